"""Tests of config.env: what each reader accepts, and that it refuses the rest in words, without showing the value."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import env

pytestmark = pytest.mark.once

Setter = Callable[[str], None]


@pytest.fixture
def given_x(monkeypatch: pytest.MonkeyPatch) -> Setter:
    """Sets the variable X."""
    monkeypatch.delenv("X", raising=False)
    monkeypatch.delenv("X_FILE", raising=False)
    return lambda value: monkeypatch.setenv("X", value)


@pytest.mark.parametrize("written", [None, "", "   "])
def test_unset_and_empty_mean_the_default(given_x: Setter, written: str | None) -> None:
    if written is not None:
        given_x(written)
    assert env.text("X", "fallback") == "fallback"
    assert env.boolean("X", True) is True
    assert env.integer("X", 3, least=1, most=9) == 3
    assert env.choice("X", "b", ("a", "b")) == "b"
    assert env.secret("X") == ""
    assert env.url("X") == ""
    assert env.email("X") == ""
    assert env.domain("X", "letters.example.org") == "letters.example.org"
    assert env.comma_list("X", ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False)]
)
def test_boolean(given_x: Setter, written: str, meant: bool) -> None:
    given_x(written)
    assert env.boolean("X", not meant) is meant


@pytest.mark.parametrize(
    ("written", "read", "words"),
    [
        ("a\nb", lambda: env.text("X"), "line break"),
        ("maybe", lambda: env.boolean("X", True), "Write true or false"),
        ("ten", lambda: env.integer("X", 1, least=1, most=64), "from 1 to 64"),
        ("1.5", lambda: env.integer("X", 1, least=1, most=64), "whole number"),
        ("٣", lambda: env.integer("X", 1, least=1, most=64), "whole number"),
        ("0", lambda: env.integer("X", 1, least=1, most=64), "out of range"),
        ("65", lambda: env.integer("X", 1, least=1, most=64), "from 1 to 64"),
        ("9" * 5000, lambda: env.integer("X", 1, least=1, most=64), "whole number"),
        ("prod", lambda: env.choice("X", "sandbox", ("sandbox", "live")), "sandbox, live"),
        ("appeal.example.org", lambda: env.url("X"), "not an address"),
        ("ftp://a.example", lambda: env.url("X"), "not an address"),
        ("https://", lambda: env.url("X"), "not an address"),
        ("https://a b", lambda: env.url("X"), "not an address"),
        ("https://a:99999", lambda: env.url("X"), "not an address"),
        ("https://[::1", lambda: env.url("X"), "not an address"),
        ("https://me:pw@a.example", lambda: env.url("X"), "user name"),
        ("https://a.example/?q=1", lambda: env.url("X"), "query"),
        ("someone", lambda: env.email("X"), "not an email address"),
        ("a@example.org, b@example.org", lambda: env.email("X"), "not an email address"),
        ("Name <a@example.org>", lambda: env.email("X"), "not an email address"),
        ("https://a.example", lambda: env.domain("X", ""), "not a domain"),
        ("me@a.example", lambda: env.domain("X", ""), "not a domain"),
        ("localhost", lambda: env.domain("X", ""), "not a domain"),
        ("-a.example", lambda: env.domain("X", ""), "not a domain"),
        ("*", lambda: env.page_origins("X"), "not the name of a host"),
        ("www.example.org, https:", lambda: env.page_origins("X"), "not the name of a host"),
        ("'self'", lambda: env.page_origins("X"), "not the name of a host"),
        ("example.org; script-src *", lambda: env.page_origins("X"), "not the name of a host"),
        ("www.example.org other.example.org", lambda: env.page_origins("X"), "not the name of a host"),
        ("https://www.example.org/page", lambda: env.page_origins("X"), "not the name of a host"),
        ("me@example.org", lambda: env.page_origins("X"), "not the name of a host"),
        ("www.*.example.org", lambda: env.page_origins("X"), "not the name of a host"),
        ("*.org", lambda: env.page_origins("X"), "not the name of a host"),
        ("http://www.example.org", lambda: env.page_origins("X"), "without https"),
        ("ftp://localhost", lambda: env.page_origins("X"), "without https"),
        ("www.example.org:", lambda: env.page_origins("X"), "port"),
        ("www.example.org:*", lambda: env.page_origins("X"), "port"),
        ("www.example.org:99999", lambda: env.page_origins("X"), "port"),
        ("oracle://u:p@h/d", lambda: env.database("X", ""), "address of a database"),
        ("nonsense://", lambda: env.database("X", ""), "address of a database"),
    ],
)
def test_nonsense_is_refused_in_words_that_name_the_variable(
    given_x: Setter, written: str, read: Callable[[], object], words: str
) -> None:
    given_x(written)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert str(caught.value).startswith("X ")
    assert words in str(caught.value)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_no_text_makes_a_reader_fail_otherwise(given_x: Setter, written: str) -> None:
    given_x(written)
    for read in (
        lambda: env.text("X"),
        lambda: env.boolean("X", True),
        lambda: env.integer("X", 1, least=0, most=9),
        lambda: env.url("X"),
        lambda: env.email("X"),
        lambda: env.domain("X", "a.example"),
        lambda: env.comma_list("X"),
        lambda: env.page_origins("X"),
        lambda: env.database("X", "sqlite://:memory:"),
    ):
        try:
            read()
        except ImproperlyConfigured as error:
            assert str(error).startswith("X ")  # noqa: PT017 - most texts are fine


def test_url_loses_its_last_slash(given_x: Setter) -> None:
    given_x("https://appeal.example.org/")
    assert env.url("X") == "https://appeal.example.org"


def test_domain_is_lower_case(given_x: Setter) -> None:
    given_x("Letters.Example.ORG")
    assert env.domain("X", "") == "letters.example.org"


def test_comma_list(given_x: Setter) -> None:
    given_x(" a , b,,c ")
    assert env.comma_list("X") == ["a", "b", "c"]


def test_page_origins(given_x: Setter) -> None:
    given_x(
        "WWW.example.org, *.news.example.org, https://shop.example.org:8443, http://localhost:8001, http://127.0.0.1:*"
    )
    assert env.page_origins("X") == [
        "https://www.example.org",
        "https://*.news.example.org",
        "https://shop.example.org:8443",
        "http://localhost:8001",
        "http://127.0.0.1:*",
    ]


def test_no_text_of_page_origins_adds_to_a_policy(given_x: Setter) -> None:
    given_x("")
    assert env.page_origins("X") == []
    assert env.page_origins("X", ["http://localhost:*"]) == ["http://localhost:*"]


def test_database_keeps_its_connections(given_x: Setter) -> None:
    given_x("postgresql://me:p%40ss@db.example:5433/letters")
    found = env.database("X", "")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"], found["NAME"], found["PASSWORD"]) == ("db.example", 5433, "letters", "p@ss")
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (60, True)


def test_both_sides_of_postgresql_notice_when_the_other_is_gone(given_x: Setter) -> None:
    given_x("postgresql://me@db.example/letters?sslmode=require&connect_timeout=9&options=-c%20work_mem=8MB")
    options = env.database("X", "")["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"], options["tcp_user_timeout"]) == ("require", 9, 20_000)
    assert options["options"].startswith("-c idle_in_transaction_session_timeout=30s ")
    assert options["options"].endswith(" -c work_mem=8MB")


def test_a_file_is_not_asked_for_what_only_a_server_knows(given_x: Setter) -> None:
    given_x("sqlite:////srv/appeal.sqlite3")
    assert not env.database("X", "").get("OPTIONS")


def test_secret_from_a_file(given_x: Setter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    assert env.secret("X") == "s3cret"


@pytest.mark.parametrize("content", [b"", b"\n", b"one\ntwo", b"\xff\xfe", b"x" * 20_000])
def test_secret_file_that_is_no_secret(
    given_x: Setter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="X_FILE"):
        env.secret("X")


def test_secret_file_that_is_not_there(given_x: Setter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="X_FILE names a file that cannot be read"):
        env.secret("X")


def test_secret_given_twice(given_x: Setter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given_x("hunter2")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="both set") as caught:
        env.secret("X")
    assert "hunter2" not in str(caught.value)


def test_an_error_never_shows_the_value(given_x: Setter) -> None:
    given_x("hunter2 pasted into the wrong line")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.url("X")
    assert "hunter2" not in str(caught.value)


def test_named_with_a_prefix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    monkeypatch.setenv("ZED_", "no name")
    monkeypatch.setenv("ZED_EMPTY", "")
    monkeypatch.setenv("ZED_ONE", "1")
    monkeypatch.setenv("ZED_KEY_FILE", str(tmp_path / "key"))
    assert env.named_with("ZED_") == {"ONE": "1", "KEY": "k"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that a test may have a file loaded into."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.pop("ENV_FILE", None)


@pytest.mark.usefixtures("environment")
def test_load_lets_the_process_win(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('A=from the file\nB="from the file"\nC=with $A and ${A}\n')
    os.environ["A"] = "from the process"
    env.load(tmp_path)
    assert os.environ["A"] == "from the process"
    assert os.environ["B"] == "from the file"
    assert os.environ["C"] == "with $A and ${A}"


@pytest.mark.usefixtures("environment")
def test_load_of_another_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=ordinary\n")
    (tmp_path / "other").write_text("A=other\n")
    os.environ["ENV_FILE"] = str(tmp_path / "other")
    env.load(tmp_path)
    assert os.environ["A"] == "other"


@pytest.mark.usefixtures("environment")
def test_load_of_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=ordinary\n")
    os.environ["ENV_FILE"] = os.devnull
    env.load(tmp_path)
    assert "A" not in os.environ


@pytest.mark.usefixtures("environment")
def test_load_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    os.environ["ENV_FILE"] = str(tmp_path / "none")
    with pytest.raises(ImproperlyConfigured, match="ENV_FILE names a file that is not there"):
        env.load(tmp_path)
