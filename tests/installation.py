"""Owns a whole installation for one test: its own database, port and folder, and the real processes of the Procfile."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from config.processes import read_procfile
from tests.provider import Provider
from tests.provider.server import wait_until
from tests.visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent
DEMO = "advocacy/demo/ua-61-21-update-1.txt"
SECRET = "appeal:a-long-and-random-password"
KEY = "0123456789-an-installation-that-lives-for-one-test-0123456789"
#: Both commands in one program: each start of Python takes a second.
PREPARE = (
    "from django.core.management import call_command\n"
    "call_command('migrate', interactive=False, verbosity=0)\n"
    "call_command('collectstatic', interactive=False, verbosity=0)"
)
#: Real programs on a slow machine; what waits longer than this has failed.
PATIENCE = 40.0


def free_port() -> int:
    """A port of loopback on which nobody listens at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """One installation. Use it with ``with``: what it started is gone afterwards, whatever happened.

    ``provider`` gets its live mail and is told where to report. ``postgres`` is the address of a PostgreSQL server on
    which it makes a database of its own; "" gives it an SQLite file. ``mode`` is MAIL_MODE.
    """

    def __init__(self, folder: Path, provider: Provider, *, postgres: str = "", mode: str = "live") -> None:
        self.folder = folder
        self.provider = provider
        self.mode = mode
        self.broker = "orm"
        #: Further variables of the environment, for what is started from now on.
        self.further: dict[str, str] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._postgres = postgres
        self._database = f"appeal_{os.getpid()}_{self.port}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._starts = 0

    def __enter__(self) -> Self:
        self.provider.reports.site, self.provider.reports.secret = self.url, SECRET
        if self._postgres:
            with psycopg.connect(self._postgres, autocommit=True) as server:
                server.execute(f'CREATE DATABASE "{self._database}"'.encode())
        try:
            self.ask(PREPARE)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill_all()
        if self._postgres:
            with psycopg.connect(self._postgres, autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)'.encode())

    @property
    def database_url(self) -> str:
        """The address of its database, for DATABASE_URL."""
        if self._postgres:
            return urlunsplit(urlsplit(self._postgres)._replace(path=f"/{self._database}"))
        return f"sqlite:///{self.folder / 'appeal.sqlite3'}"

    @property
    def environment(self) -> dict[str, str]:
        """What its programs find in their environment, and nothing else of ours."""
        programs = os.path.dirname(sys.executable)  # noqa: PTH120 - not resolved: the link is what makes it a venv
        return {
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tests.installed",
            "TEST_VAR_DIR": str(self.folder),
            "ENV_FILE": os.devnull,
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": KEY,
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "Q_BROKER": self.broker,
            "MAIL_MODE": self.mode,
            "MAIL_PACE": "off",  # else nothing would leave at night; the provider is on this machine
            "MAIL_PROVIDER": "postmark",
            "MAIL_PROVIDER_API_URL": self.provider.url,
            "MAIL_PROVIDER_API_KEY": self.provider.token,
            "MAIL_WEBHOOK_SECRET": SECRET,
            **self.further,
        }

    @property
    def where(self) -> list[str]:
        """What stands before a command, so that it runs where this installation lives."""
        return []

    # --- commands ----------------------------------------------------------------------------------------------------

    def manage(self, *words: str) -> str:
        """Run ``manage.py`` and return what it printed. Raises AssertionError with its words where it fails."""
        command = [*self.where, sys.executable, "manage.py", *words]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def ask(self, code: str) -> str:
        """Run Python inside the installation and return what it printed: for what no page and no command tells."""
        return self.manage("shell", "--no-imports", "--command", code).strip()

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """What its database answers to one statement of SQL; a change is kept."""
        if self._postgres:
            with psycopg.connect(self.database_url) as server:
                cursor = server.execute(question.encode())
                return cursor.fetchall() if cursor.description else []
        with contextlib.closing(sqlite3.connect(self.folder / "appeal.sqlite3", timeout=20)) as file, file:
            return file.execute(question).fetchall()

    def load_demo(self) -> None:
        """Load and publish the demo campaign."""
        self.manage("load_campaign", DEMO, "--publish")

    # --- processes ---------------------------------------------------------------------------------------------------

    @property
    def commands(self) -> dict[str, list[str]]:
        """The processes that can be started, by their names."""
        return read_procfile(ROOT / "Procfile")

    def start(self, *names: str) -> None:
        """Start processes by their names, each as leader of its own group."""
        commands = self.commands
        for name in names:
            self.run(name, commands[name])
        if "web" in names:
            self.wait_for_web()

    def run(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a program under a name of the caller's, as leader of its own group."""
        self._starts += 1
        with (self.folder / f"{name}-{self._starts}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                [*self.where, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._running[name]

    def leader(self, name: str) -> subprocess.Popen[bytes]:
        """The process that was started under this name and has not been buried yet."""
        return self._running[name]

    def start_all(self) -> None:
        """Start web, worker and drain loop, and wait until /healthz says that all is well."""
        self.start(*read_procfile(ROOT / "Procfile"))
        assert wait_until(lambda: self.health() == 200, PATIENCE), f"Not healthy:\n{self.logs()}"

    def wait_for_web(self) -> None:
        """Wait until the web server answers, well or not."""
        assert wait_until(lambda: self.health() in {200, 503}, PATIENCE), f"No answer:\n{self.logs()}"

    def health(self) -> int:
        """The HTTP status of /healthz, 0 while nobody answers."""
        try:
            return self.visitor().get("/healthz").status
        except requests.RequestException:
            return 0

    def stop(self, name: str, seconds: float = PATIENCE) -> int:
        """Ask a process to end and wait for it. Returns its exit code."""
        self._running[name].terminate()
        code = self._running[name].wait(seconds)
        self.kill(name)
        return code

    def kill(self, name: str) -> None:
        """Kill a process and everything in its group at once, and bury it."""
        process = self._running.pop(name)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def kill_all(self, but: Collection[str] = ()) -> None:
        """Kill every process but those of these names, and bury each."""
        for name in [name for name in self._running if name not in but]:
            self.kill(name)

    def stop_all(self) -> None:
        """Ask every process to end, and wait for each."""
        for process in self._running.values():
            process.terminate()
        for name in list(self._running):
            self.stop(name)

    def logs(self) -> str:
        """The last lines of what every process printed."""
        parts = [f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in self.folder.glob("*.log")]
        return "\n".join(sorted(parts))

    # --- visitors ----------------------------------------------------------------------------------------------------

    def visitor(self) -> Visitor:
        """A new person with a browser that takes no cookie."""
        return Visitor(self.url)
