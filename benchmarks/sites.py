"""Owns a running site that is asked: Appeal or the bare project, behind the same server with the same settings."""

import json
import sys
import time
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from benchmarks.databases import Database
from benchmarks.engines import Appeal
from benchmarks.load import Plan, Told, read_told
from benchmarks.places import OURS, SECRET, Place, base_environment, call
from benchmarks.programs import Program
from tests.installation import free_port

#: As many visitors side by side as the server has threads in all.
VISITORS = 8
PROCESSES = 2
PATIENCE = 40.0
DEMO = "advocacy/demo/ua-61-21-update-1.txt"
SLUG = "ua-61-21"


@dataclass(frozen=True)
class Asked:
    """What came of asking a site."""

    #: Answers a second.
    rate: float
    #: CPU seconds for 1000 answers: of the site, of the database server, of the visitors.
    site_cpu: float
    database_cpu: float | None
    visitors_cpu: float
    #: Milliseconds to an answer.
    median: float
    p99: float
    answers: int


class Site:
    """One site on one database. Use it with ``with``: its processes are gone afterwards."""

    #: As the table names it.
    name: str
    application: str

    def __init__(self, place: Place) -> None:
        self.place = place
        self.port = free_port()

    @property
    def database(self) -> Database:
        assert self.place.database is not None
        return self.place.database

    @property
    def environment(self) -> dict[str, str]:
        """What its processes find in their environment."""
        web = {"PORT": str(self.port), "SITE_URL": f"http://127.0.0.1:{self.port}", "WEB_PROCESSES": str(PROCESSES)}
        return base_environment(self.place, OURS) | {"MAIL_WEBHOOK_SECRET": SECRET} | web

    def prepare(self) -> None:
        """Make its tables, and whatever it shows."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        command = [OURS, "-m", "gunicorn", "-c", "python:config.web", self.application]
        self._program = Program(command, self.environment, self.place.folder / "site.log")
        end = time.monotonic() + PATIENCE
        while not self._answers():
            self._program.checked()
            if time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"{self.name} does not answer: {self._program.log.read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *raised: object) -> None:
        self._program.end()

    def get(self, path: str) -> str:
        """The text of a page. Raises RuntimeError where it is not there."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.name} answers {answer.status} to {path}")
        return text

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return True

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        headers: dict[str, str] | None = None,
        bodies: list[str] | None = None,
        status: int = 200,
    ) -> Asked:
        """Let visitors ask for so many seconds.

        Raises:
            RuntimeError: where any answer had another status.
        """
        plan = Plan(self.port, method, path, headers or {}, VISITORS, seconds, bodies)
        file = self.place.folder / "plan.json"
        file.write_text(json.dumps(asdict(plan)))
        before, server_before = self._program.cpu(), self.database.server_cpu()
        told = read_told(call([sys.executable, "-m", "benchmarks.load", str(file)], self.environment))
        used, server = self._program.cpu() - before, self.database.server_cpu()
        if set(told.statuses) != {str(status)}:
            raise RuntimeError(f"{self.name} answered {told.statuses} to {method} {path}: {self._log()}")
        return _asked(told, used, None if server is None or server_before is None else server - server_before)

    def _log(self) -> str:
        return self._program.log.read_text(errors="replace")[-2000:]


def _asked(told: Told, used: float, server: float | None) -> Asked:
    thousands = told.answers / 1000
    return Asked(
        rate=told.answers / told.seconds,
        site_cpu=used / thousands,
        database_cpu=None if server is None else server / thousands,
        visitors_cpu=told.cpu / thousands,
        median=told.median,
        p99=told.p99,
        answers=told.answers,
    )


class AppealSite(Site):
    """Appeal with its demo campaign."""

    name = "Appeal"
    application = "config.wsgi"

    @property
    def environment(self) -> dict[str, str]:
        return Appeal().environment(self.place) | super().environment

    def prepare(self) -> None:
        call([OURS, "manage.py", "migrate", "--verbosity", "0"], self.environment)
        call([OURS, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"], self.environment)
        call([OURS, "manage.py", "load_campaign", DEMO, "--publish"], self.environment)


class BareSite(Site):
    """The bare Django project."""

    name = "bare Django"
    application = "benchmarks.bare.wsgi"

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}

    def prepare(self) -> None:
        call([OURS, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"], self.environment)


def place(folder: Path, database: Database, provider_url: str) -> Place:
    """Where a site is asked; the folder is made."""
    folder.mkdir(exist_ok=True)
    return Place(folder, provider_url, database)
