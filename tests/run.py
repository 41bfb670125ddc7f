"""Owns what `make test` does: look for what tests can use, say loudly what is missing, run pytest per database.

Run as `.venv/bin/python tests/run.py [words for pytest]`. The in-process tests run on PostgreSQL where it answers; then
everything runs on SQLite (tests that start a browser or whole processes choose their databases themselves, and some
need none). With APPEAL_NOTHING_SKIPPED=1 in the environment, whatever is missing is a failure. pytest's closing line of
the last run is the last line printed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/15"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS = 5  # pytest's exit code when the words for it chose none
ONCE = "browser or e2e or once"
ROOT = Path(__file__).resolve().parent.parent

Call = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Found:
    """What tests can use here: addresses and paths, "" for what is missing."""

    postgres: str
    redis: str
    chromium: str

    def missing(self) -> list[str]:
        """What is missing, and what is skipped for it, one line each."""
        lines = []
        if not self.postgres:
            lines.append(
                f"PostgreSQL does not answer at {POSTGRES} (TEST_POSTGRES_URL names another): "
                "every test runs on SQLite only"
            )
        if not self.redis:
            lines.append(f"Redis does not answer at {REDIS} (TEST_REDIS_URL names another): its tests are skipped")
        if not self.chromium:
            lines.append("Chromium is not installed (on Debian: apt-get install chromium): browser tests are skipped")
        return lines


@dataclass(frozen=True)
class Run:
    """One run of pytest: its name for people, which tests, and what is added to its environment."""

    name: str
    words: tuple[str, ...]
    environment: dict[str, str]


#: How the browser is started for a test: without what it would ask of other hosts by itself.
CHROMIUM_WORDS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """The path of Chromium, or "" where it is not installed."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


def postgres_url() -> str:
    """The address of a PostgreSQL that lets us in, or ""."""
    url = os.environ.get("TEST_POSTGRES_URL") or POSTGRES
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return ""
    return url


def redis_url() -> str:
    """The address of a Redis that answers, or ""."""
    url = os.environ.get("TEST_REDIS_URL") or REDIS
    try:
        with redis.from_url(url, socket_connect_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError):
        return ""
    return url


def call(command: Sequence[str]) -> int:
    """Run a program in the project's folder and return its exit code; 127 when there is no such program."""
    try:
        return subprocess.run(command, check=False, cwd=ROOT).returncode
    except FileNotFoundError:
        return 127


def install_chromium(call: Call = call) -> bool:
    """Try to install Chromium from the system's packages, as root or by sudo without a password."""
    if shutil.which("apt-get") is None:
        return False
    before: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if before and call([*before, "true"]) != 0:
        return False
    say("Installing Chromium for the browser tests ...")
    install = [*before, "apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]
    return call(install) == 0 or (call([*before, "apt-get", "-qq", "update"]) == 0 and call(install) == 0)


def look() -> Found:
    """See what is there, and install Chromium if that can be done."""
    if not chromium_path():
        install_chromium()
    return Found(postgres=postgres_url(), redis=redis_url(), chromium=chromium_path())


def with_database(url: str, name: str) -> str:
    """`url` of a PostgreSQL server with another database `name`."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def plan(found: Found, words: Sequence[str]) -> list[Run]:
    """The runs to make, in order; `words` are handed on to pytest in each."""
    shared = {"TEST_POSTGRES_URL": found.postgres, "TEST_REDIS_URL": found.redis}
    runs = []
    if found.postgres:
        # A name of its own: two runs at once must not share a test database.
        url = with_database(found.postgres, f"appeal_{os.getpid()}")
        runs.append(Run("PostgreSQL", ("-m", f"not ({ONCE})", *words), {**shared, "DATABASE_URL": url}))
    runs.append(Run("SQLite", ("-m", "not postgres", *words), {**shared, "DATABASE_URL": ""}))
    return runs


def pytest(run: Run) -> int:
    """Make one run; returns pytest's exit code."""
    environment = {**os.environ, **run.environment}
    command = [sys.executable, "-m", "pytest", *run.words]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def say(line: str) -> None:
    """Print one line at once, so that it stands before what programs print after it."""
    print(line, flush=True)


def main(words: Sequence[str], look: Callable[[], Found] = look, pytest: Callable[[Run], int] = pytest) -> int:
    """Look, say, run. Returns 0 when every run passed, and at least one of them had tests to run."""
    found = look()
    missing = found.missing()
    for line in missing:
        say(f"!!! SKIPPED FOR WANT OF IT: {line}")
    if missing and os.environ.get("APPEAL_NOTHING_SKIPPED") == "1":
        say("Nothing may be skipped here (APPEAL_NOTHING_SKIPPED=1).")
        return 1
    codes = []
    for run in plan(found, words):
        say(f"--- Tests on {run.name} ---")
        codes.append(pytest(run))
    return next((code for code in codes if code not in {0, NO_TESTS}), min(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
