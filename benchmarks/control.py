"""Owns the provider's process as the one who measures sees it: started, told how to behave, asked what came, ended."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

from tests.installation import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20.0


@dataclass(frozen=True)
class Weather:
    """How the provider behaves in one cell of the table."""

    name: str
    delay: float = 0.0
    faulty: bool = False
    #: So many letters instead of the usual number, once, and only by those who are quick enough for it.
    letters: int | None = None

    @property
    def rates(self) -> dict[str, float]:
        """The part of all requests that meets each fault."""
        return {"429": 0.05, "503": 0.05, "reset": 0.01, "silence": 0.01} if self.faulty else {}


@dataclass(frozen=True)
class Counts:
    """What the provider saw since its weather was set."""

    #: How many copies it holds of each letter, by the letter's id (32 hex digits).
    copies: dict[str, int]
    #: When it took the first copy of each letter, in order, by this machine's monotonic clock.
    arrivals: list[float]
    fates: dict[str, int]
    #: Letters it took while their sender heard nothing.
    ambiguous: frozenset[str]
    #: Requests without a letter's id: these cannot be counted, so there must be none.
    unreadable: int
    #: CPU seconds it used itself.
    cpu: float


class Provider:
    """The provider in a process of its own. Use it with ``with``; it listens on a free port of loopback."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        #: How it behaves at present.
        self.weather = Weather("fine")

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.provider", str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.progress()
            except ConnectionError:
                if time.monotonic() > end or self._process.poll() is not None:
                    self.__exit__()
                    raise
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *raised: object) -> None:
        self._process.communicate(timeout=PATIENCE)  # Closes its standard input, and it ends.

    def set(self, weather: Weather, seed: int = 1) -> None:
        """Forget all that came and behave like this from now on. Faults are drawn from ``seed``."""
        self.weather = weather
        self._ask("POST", "/_weather", {"delay": weather.delay, "rates": weather.rates, "seed": seed})

    def progress(self) -> int:
        """How many different letters it holds."""
        return int(self._ask("GET", "/_progress")["letters"])

    def counts(self) -> Counts:
        """All that it saw."""
        told = self._ask("GET", "/_counts")
        return Counts(**(told | {"ambiguous": frozenset(told["ambiguous"])}))

    def _ask(self, method: str, target: str, body: object = None) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, target, json.dumps(body))
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()
