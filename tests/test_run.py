"""Tests of tests/run.py: what is run where, what is said about what is missing, and when that is a failure."""

from collections.abc import Sequence

import pytest

from tests import run
from tests.run import Found, Run, main, plan, with_database

pytestmark = pytest.mark.once

ALL = Found(postgres="postgresql://postgres@127.0.0.1:5432/postgres", redis="redis://127.0.0.1/15", chromium="/c")
NOTHING = Found(postgres="", redis="", chromium="")


@pytest.fixture(autouse=True)
def _skipping_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APPEAL_NOTHING_SKIPPED", raising=False)


def made(found: Found, *given: int) -> tuple[int, list[Run]]:
    """The exit code of `main` and the runs it made, when pytest ends with `given`, one code a run."""
    runs: list[Run] = []

    def pytest_(one: Run) -> int:
        runs.append(one)
        return given[len(runs) - 1]

    return main(["-x"], look=lambda: found, pytest=pytest_), runs


def test_postgresql_first_then_everything_on_sqlite() -> None:
    first, second = plan(ALL, ["-x"])
    assert (first.name, second.name) == ("PostgreSQL", "SQLite")
    assert first.words == ("-m", "not (browser or e2e or once)", "-x")
    assert second.words == ("-m", "not postgres", "-x")
    assert first.environment["DATABASE_URL"].startswith("postgresql://postgres@127.0.0.1:5432/appeal_")
    assert second.environment["DATABASE_URL"] == ""
    assert second.environment["TEST_POSTGRES_URL"] == ALL.postgres


def test_without_postgresql_everything_on_sqlite() -> None:
    assert [one.name for one in plan(NOTHING, [])] == ["SQLite"]


def test_with_all_found_nothing_is_said_to_be_missing() -> None:
    assert ALL.missing() == []


def test_what_is_missing_is_said_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    code, runs = made(NOTHING, 0)
    assert (code, len(runs)) == (0, 1)
    said = capsys.readouterr().out
    for word in ("PostgreSQL", "Redis", "Chromium"):
        assert f"!!! SKIPPED FOR WANT OF IT: {word}" in said


def test_where_nothing_may_be_skipped_it_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEAL_NOTHING_SKIPPED", "1")
    assert made(NOTHING) == (1, [])


@pytest.mark.parametrize(
    ("given", "code"), [((0, 0), 0), ((1, 0), 1), ((0, 2), 2), ((5, 0), 0), ((0, 5), 0), ((5, 5), 5), ((5, 1), 1)]
)
def test_one_failure_is_a_failure_and_all_runs_are_made(given: tuple[int, ...], code: int) -> None:
    result, runs = made(ALL, *given)
    assert result == code
    assert len(runs) == 2


def test_with_database_keeps_the_rest() -> None:
    url = with_database("postgresql://u:p%40@127.0.0.1:5433/postgres?sslmode=disable", "other")
    assert url == "postgresql://u:p%40@127.0.0.1:5433/other?sslmode=disable"


def test_an_address_where_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    monkeypatch.setenv("TEST_REDIS_URL", "redis://127.0.0.1:1/0")
    assert run.postgres_url() == ""
    assert run.redis_url() == ""


@pytest.mark.parametrize(("uid", "before"), [(0, []), (1000, ["sudo", "-n"])])
def test_chromium_is_installed_as_root_or_by_sudo(monkeypatch: pytest.MonkeyPatch, uid: int, before: list[str]) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
    called: list[list[str]] = []

    def call(command: Sequence[str]) -> int:
        called.append(list(command))
        return 0

    assert run.install_chromium(call)
    assert called[-1][: len(before) + 1] == [*before, "apt-get"]
    assert called[-1][-1] == "chromium"


def test_chromium_is_not_installed_without_the_right_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")
    assert not run.install_chromium(lambda command: 1)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert not run.install_chromium(lambda command: 0)
