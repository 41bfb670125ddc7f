"""Tests of config.settings: what a page carries, what a browser is told, and what the environment changes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


urlpatterns = [path("page/", page), path("healthz", page)]

THEIRS = ("ANYMAIL_", "AWS_ACCESS", "AWS_SECRET", "AWS_DEFAULT")  # variables that others read and we only mention
READ = """
import json, sys
import config.settings as site
print(json.dumps({name: getattr(site, name) for name in sys.argv[1:]}, default=str))
"""


def read(names: str, **environment: str) -> dict[str, Any]:
    """Settings by their names, as they are under an environment."""
    done = subprocess.run(
        [sys.executable, "-c", READ, *names.split()],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "SECRET_KEY": "k" * 50} | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture
def _one_page(settings: Settings) -> None:
    """A site of one page under this project's middleware."""
    settings.ROOT_URLCONF = __name__


@pytest.mark.usefixtures("_one_page")
def test_a_public_page_sets_no_cookie_and_loads_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/page/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    rules = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("frame-ancestors") == "'none'"
    assert set(rules.values()) == {"'self'"}
    assert "script-src" in rules
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("_one_page")
def test_another_host_is_not_served(client: Client) -> None:
    assert client.get("/page/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.usefixtures("_one_page")
def test_https_is_insisted_on_except_by_the_health_page(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/page/").status_code == 301
    assert client.get("/healthz").status_code == 200


def test_https_makes_cookies_secure() -> None:
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
    assert not any(read(names).values())
    assert all(read(names, SITE_URL="https://appeal.rights.ngo").values())


def test_the_port_is_in_the_site_url_unless_that_is_given() -> None:
    assert read("SITE_URL", PORT="8123") == {"SITE_URL": "http://127.0.0.1:8123"}
    assert read("SITE_URL", PORT="8123", SITE_URL="http://a.example/") == {"SITE_URL": "http://a.example"}


def test_hosts() -> None:
    live = read("ALLOWED_HOSTS", SITE_URL="https://a.example", MAIL_MODE="live", ALLOWED_HOSTS="b.example, c.example")
    assert live == {"ALLOWED_HOSTS": ["a.example", "b.example", "c.example"]}
    assert "127.0.0.1" in read("ALLOWED_HOSTS", SITE_URL="https://a.example")["ALLOWED_HOSTS"]


def test_pages_of_this_machine_may_show_the_form_in_the_sandbox_and_no_other_one() -> None:
    assert read("EMBED_HOSTS") == {"EMBED_HOSTS": ["http://localhost:*", "http://127.0.0.1:*"]}
    assert read("EMBED_HOSTS", MAIL_MODE="test") == {"EMBED_HOSTS": []}
    assert read("EMBED_HOSTS", EMBED_HOSTS="www.example.org") == {"EMBED_HOSTS": ["https://www.example.org"]}


def test_addresses_follow_the_domain() -> None:
    found = read("MAIL_REPLY_TO ORGANISATION_CONTACT MAIL_CONNECTIONS", MAIL_DOMAIN="letters.rights.ngo")
    assert found == {
        "MAIL_REPLY_TO": "answers@letters.rights.ngo",
        "ORGANISATION_CONTACT": "hello@letters.rights.ngo",
        "MAIL_CONNECTIONS": 8,
    }


def test_the_sandbox_sends_nothing_whatever_else_is_set() -> None:
    found = read("MAIL_PROVIDER EMAIL_BACKEND", MAIL_PROVIDER="postmark", MAIL_PROVIDER_API_KEY="key")
    assert found == {"MAIL_PROVIDER": "sandbox", "EMAIL_BACKEND": "mailings.sandbox.backend.EmailBackend"}


@pytest.mark.parametrize("provider", ["", "pigeon"])
def test_without_a_provider_the_backend_refuses(provider: str) -> None:
    assert read("EMAIL_BACKEND", MAIL_MODE="live", MAIL_PROVIDER=provider) == {
        "EMAIL_BACKEND": "config.nowhere.EmailBackend"
    }


@pytest.mark.parametrize("mode", ["test", "live"])
def test_outside_of_the_sandbox_no_key_is_made_up(mode: str) -> None:
    assert read("SECRET_KEY", MAIL_MODE=mode, SECRET_KEY="") == {"SECRET_KEY": ""}


def test_sqlite_waits_and_keeps_what_it_promised() -> None:
    database = read("DATABASES", DATABASE_URL="sqlite:////tmp/x.sqlite3")["DATABASES"]["default"]
    assert database["OPTIONS"]["timeout"] == 20
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_postgresql_keeps_its_connections() -> None:
    database = read("DATABASES", DATABASE_URL="postgresql://u@h/d")["DATABASES"]["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert "init_command" not in database.get("OPTIONS", {})


@pytest.mark.parametrize(
    ("broker", "key", "value"),
    [
        ("", "orm", "default"),
        (
            "redis://:secret@127.0.0.1:6379/0?socket_timeout=9",
            "redis",
            "redis://:secret@127.0.0.1:6379/0?socket_connect_timeout=3&socket_timeout=9",
        ),
        ("sqs", "sqs", {"aws_region": "eu-central-1", "receive_message_wait_time_seconds": 5}),
    ],
)
def test_brokers(broker: str, key: str, value: object) -> None:
    cluster = read("Q_CLUSTER", Q_BROKER=broker)["Q_CLUSTER"]
    assert cluster[key] == value
    assert {"orm", "redis", "sqs"} & cluster.keys() == {key}
    # A task waits in memory behind others of its worker, and its retry runs from the moment it was fetched.
    waiting = cluster["timeout"] * (cluster["queue_limit"] // cluster["workers"] + 1) + 30
    assert cluster["retry"] > waiting


def test_every_variable_is_explained() -> None:
    """Each name that the settings read stands in .env.example, and nothing else does."""
    code = "import config.env as env, json\nseen = set()\n"
    code += "text = env.text\nenv.text = lambda name, *a, **k: (seen.add(name), text(name, *a, **k))[1]\n"
    code += "import config.settings, config.web\nprint(json.dumps(sorted(seen)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "SECRET_KEY": "k" * 50, "Q_BROKER": "sqs"}
        | {"SITE_URL": "https://a.example", "MAIL_MODE": "live"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = {line.lstrip("#").partition("=")[0] for line in lines if "=" in line}
    ours = {name for name in names if " " not in name and not name.startswith(THEIRS)}
    assert ours == set(json.loads(done.stdout))


def test_every_line_of_the_example_is_open() -> None:
    """A copy of it changes nothing."""
    for line in (ROOT / ".env.example").read_text().splitlines():
        assert not line or line.startswith("#") or line.endswith("="), line


@pytest.mark.parametrize(
    ("given", "pace", "warmup"),
    [
        ({}, True, False),
        ({"MAIL_MODE": "test"}, True, False),
        ({"MAIL_MODE": "live"}, True, True),
        ({"MAIL_MODE": "live", "MAIL_PACE": "off", "MAIL_WARMUP": "off"}, False, False),
        ({"MAIL_WARMUP": "on"}, True, True),
    ],
)
def test_pace_is_on_and_a_live_domain_warms_up_unless_told_otherwise(
    given: dict[str, str], pace: bool, warmup: bool
) -> None:
    assert read("MAIL_PACE MAIL_WARMUP", **given) == {"MAIL_PACE": pace, "MAIL_WARMUP": warmup}
