"""Tests of the start-up checks: a good configuration is clean, and each missing piece of a bad one is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from pytest_django import Settings

from config.checks import check_site
from mailings.checks import faults

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SITE_URL": "https://appeal.rights.ngo",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "MAIL_MODE": "live",
    "MAIL_PROVIDER": "postmark",
    "MAIL_PROVIDER_API_KEY": "key-of-the-provider",
    "MAIL_WEBHOOK_SECRET": "appeal:a-long-and-random-password",
    "MAIL_DOMAIN": "letters.rights.ngo",
}
# A provider on this machine, as the tests of whole runs use it.
REHEARSAL = {
    "SITE_URL": "http://127.0.0.1:8000",
    "MAIL_PROVIDER_API_URL": "http://127.0.0.1:9025",
    "MAIL_DOMAIN": "letters.example.org",
}


def check(tmp_path: Path, changed: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` under an `.env` of GOOD with `changed` (an empty value leaves a line open)."""
    file = tmp_path / "env"
    file.write_text("".join(f"{name}={value}\n" for name, value in (GOOD | changed).items()))
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": str(file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_good_configuration_is_clean(tmp_path: Path) -> None:
    done = check(tmp_path, {}, "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_a_rehearsal_on_this_machine_may_use_an_example_domain(tmp_path: Path) -> None:
    done = check(tmp_path, REHEARSAL, "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_pace_may_be_off_where_the_provider_is_on_this_machine(tmp_path: Path) -> None:
    done = check(tmp_path, REHEARSAL | {"MAIL_PACE": "off"}, "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_sandbox_needs_nothing(tmp_path: Path) -> None:
    done = check(tmp_path, dict.fromkeys(GOOD, ""), "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_every_missing_piece_is_named_at_once(tmp_path: Path) -> None:
    done = check(tmp_path, dict.fromkeys(GOOD, "") | {"MAIL_MODE": "live", "MAIL_PROVIDER": "mailjet"})
    assert done.returncode == 1
    for words in (
        "SECRET_KEY is missing",
        "SITE_URL is http://127.0.0.1:8000",
        "SITE_URL does not begin with https",
        "MAIL_PROVIDER_API_KEY is missing",
        "ANYMAIL_MAILJET_SECRET_KEY is missing",
        "MAIL_WEBHOOK_SECRET is missing",
        "MAIL_DOMAIN is letters.example.org",
    ):
        assert words in done.stderr


def test_with_nothing_but_the_mode_every_piece_is_named(tmp_path: Path) -> None:
    done = check(tmp_path, dict.fromkeys(GOOD, "") | {"MAIL_MODE": "live"})
    for name in GOOD.keys() - {"MAIL_MODE"}:
        assert f"{name} is " in done.stderr


@pytest.mark.parametrize(
    ("changed", "id_", "words"),
    [
        ({"SECRET_KEY": ""}, "appeal.E001", "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "appeal.E002", "SECRET_KEY is weak"),
        ({"SECRET_KEY": "a" * 60}, "appeal.E002", "SECRET_KEY is weak"),
        ({"SITE_URL": ""}, "appeal.E004", "each reader's own machine"),
        ({"SITE_URL": "https://localhost"}, "appeal.E004", "each reader's own machine"),
        ({"SITE_URL": "http://appeal.rights.ngo"}, "appeal.E005", "does not begin with https"),
        ({"DEBUG": "true"}, "appeal.E006", "DEBUG is on"),
        ({"MAIL_PROVIDER": ""}, "appeal.E101", "MAIL_PROVIDER is missing"),
        ({"MAIL_PROVIDER": "pigeon"}, "appeal.E102", "'pigeon', which is no provider we know"),
        ({"MAIL_PROVIDER": "unisender_go"}, "appeal.E102", "which is no provider we know"),
        ({"MAIL_PROVIDER": "sandbox"}, "appeal.E103", "sends nothing"),
        ({"MAIL_MODE": "test"}, "appeal.E104", "MAIL_TEST_ADDRESS is missing"),
        ({"ANYMAIL_IGNORE_UNSUPPORTED_FEATURES": "true"}, "appeal.E105", "ANYMAIL_IGNORE_UNSUPPORTED_FEATURES"),
        ({"ANYMAIL_DEBUG_API_REQUESTS": "true"}, "appeal.E105", "ANYMAIL_DEBUG_API_REQUESTS"),
        ({"MAIL_PROVIDER_API_KEY": ""}, "appeal.E110", "MAIL_PROVIDER_API_KEY is missing for postmark"),
        ({"MAIL_PROVIDER": "mailjet"}, "appeal.E111", "ANYMAIL_MAILJET_SECRET_KEY is missing"),
        ({"MAIL_PROVIDER": "scaleway"}, "appeal.E111", "ANYMAIL_SCALEWAY_PROJECT_ID is missing"),
        ({"MAIL_PROVIDER": "postal"}, "appeal.E111", "MAIL_PROVIDER_API_URL is missing"),
        ({"MAIL_PROVIDER": "postal"}, "appeal.E124", "ANYMAIL_POSTAL_WEBHOOK_KEY is missing"),
        (
            {"MAIL_PROVIDER": "amazon_ses", "ANYMAIL_AMAZON_SES_CLIENT_PARAMS": '{"region_name": "eu-west-1"}'},
            "appeal.E113",
            "three times",
        ),
        ({"MAIL_PROVIDER": "smtp"}, "appeal.E114", "EMAIL_HOST is missing"),
        (
            {"MAIL_PROVIDER": "smtp", "EMAIL_HOST": "mx.rights.ngo", "EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"},
            "appeal.E115",
            "both on",
        ),
        ({"MAIL_PROVIDER": "smtp", "EMAIL_HOST": "mx.rights.ngo", "EMAIL_USE_TLS": "0"}, "appeal.W116", "in the clear"),
        ({"MAIL_WEBHOOK_SECRET": ""}, "appeal.E121", "MAIL_WEBHOOK_SECRET is missing"),
        ({"MAIL_WEBHOOK_SECRET": "password-without-user"}, "appeal.E122", "user:password"),
        ({"MAIL_WEBHOOK_SECRET": "user:"}, "appeal.E122", "user:password"),
        ({"MAIL_WEBHOOK_SECRET": "user:short"}, "appeal.W123", "shorter than 12"),
        ({"MAIL_PROVIDER": "mailersend"}, "appeal.E124", "ANYMAIL_MAILERSEND_SIGNING_SECRET is missing"),
        ({"MAIL_DOMAIN": ""}, "appeal.E130", "MAIL_DOMAIN is letters.example.org"),
        ({"MAIL_DOMAIN": "mail.test"}, "appeal.E130", "only an example"),
        ({"MAIL_REPLY_TO": "answers@rights.ngo"}, "appeal.E131", "MAIL_REPLY_TO is not an address at"),
        ({"MAIL_PACE": "off"}, "appeal.E140", "MAIL_PACE is off, and offices would get every letter at once"),
    ],
)
def test_each_missing_piece_is_named(tmp_path: Path, changed: dict[str, str], id_: str, words: str) -> None:
    done = check(tmp_path, changed, "--fail-level", "WARNING")
    assert done.returncode == 1
    assert f"({id_})" in done.stderr
    assert words in done.stderr
    assert "HINT" in done.stderr


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"MAIL_MODE": "production"}, "MAIL_MODE is not a word we know. Write one of: sandbox, test, live."),
        ({"MAIL_CONNECTIONS": "65"}, "MAIL_CONNECTIONS is 65, which is out of range."),
        ({"MAIL_DOMAIN": "https://rights.ngo"}, "MAIL_DOMAIN is not a domain name."),
        ({"Q_BROKER": "rabbitmq://here"}, "Q_BROKER is not an address."),
        ({"DATABASE_URL": "mysql://here/db"}, "DATABASE_URL is not the address of a database"),
        ({"ANYMAIL_AMAZON_SES_CLIENT_PARAMS": "{region"}, "ANYMAIL_AMAZON_SES_CLIENT_PARAMS starts like JSON"),
    ],
)
def test_nonsense_stops_every_command(tmp_path: Path, changed: dict[str, str], words: str) -> None:
    done = check(tmp_path, changed)
    assert done.returncode == 1
    assert words in done.stderr


def test_a_module_that_is_not_installed_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER = "live", "amazon_ses"
    settings.Q_CLUSTER = {"sqs": {}}
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "appeal.E112" in [fault.id for fault in faults()]
    assert "appeal.E003" in [fault.id for fault in check_site()]


def test_a_backend_that_sends_nothing_is_named(settings: Settings) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER = "live", "postmark"
    for backend in ("django.core.mail.backends.console.EmailBackend", "anymail.backends.test.EmailBackend"):
        settings.EMAIL_BACKEND = backend
        assert "appeal.E103" in [fault.id for fault in faults()]


def test_a_provider_that_reports_nothing_is_only_mentioned(settings: Settings) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER = "live", "smtp"
    assert [fault.level for fault in faults() if fault.id == "appeal.I120"] == [checks.INFO]


def test_the_sandbox_has_no_faults(settings: Settings) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER = "sandbox", ""
    assert faults() == []
