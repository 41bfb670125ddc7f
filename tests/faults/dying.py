"""Owns the fates of a worker: runs a command of ours that is killed, frozen or ended at a named point.

``dying POINT [--fate kill|freeze|end|term] [--nth N] [--only TEXT] [--always] [--lease SECONDS] [--hours HOURS]
[--connections N] [--file-size BYTES] -- COMMAND ...``, started by ``tests.faults.nursery``.

Production code has no hook for this: the functions at the point are wrapped before the command starts, also in the
processes that it forks.
"""

import argparse
import importlib
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import execute_from_command_line
from django.utils import timezone


@dataclass(frozen=True)
class Point:
    """A moment in a worker's life: before or after a call of this function."""

    module: str
    name: str
    after: bool


POINTS = {
    # The claim is written, and its transaction is still open.
    "in-claim": Point("mailings.ledger", "claim", after=True),
    # The claim is committed, and nobody has begun to hand anything over.
    "after-claim": Point("mailings.window", "Window.begin", after=False),
    # The mail is made, and the clock has not been looked at.
    "before-clock": Point("mailings.provider", "build", after=True),
    # The clock has been looked at; the next thing is the system call that sends the request.
    "before-request": Point("mailings.connections", "LeanSession.request", after=False),
    # The provider has answered, and nothing is written down.
    "after-answer": Point("mailings.connections", "LeanSession.request", after=True),
    # What came of it is written, and its transaction is still open.
    "in-record": Point("mailings.ledger", "record_sent", after=True),
    # The record is committed.
    "after-record": Point("mailings.sending", "_round", after=True),
    # The work of a task is done, and Django Q2 has not heard of it.
    "before-ack": Point("mailings.tasks", "drain", after=True),
    # A lease that ran out has been settled, and its transaction is still open.
    "in-settling": Point("mailings.states", "write_steps", after=True),
    # A process has been forked, and its parent has not noted it.
    "after-fork": Point("os", "fork", after=True),
    # None at all: only the lease or the clock is another.
    "never": Point("mailings.tasks", "drain", after=True),
}


def freeze() -> None:
    """Stop this process. The calling thread waits for that: it could still get a little further by itself."""
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.5)


FATES: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "freeze": freeze,
    "end": lambda: os._exit(1),
    "term": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "none": lambda: None,
}


class Fate:
    """Strikes once at its point in one of all processes, or each time in every one."""

    def __init__(self, given: argparse.Namespace, mark: Path) -> None:
        self._strike = FATES[given.fate]
        self._nth: int = given.nth
        self._only: str = given.only
        self._always: bool = given.always
        self._mark = mark
        self._calls = 0

    def passes(self, about: str, answer: Any) -> None:
        """One call of the function at the point. One that answers 0 is the child's side of a fork, or an idle drain."""
        if self._only and self._only not in about:
            return
        self._calls += 1
        if not self._always and (self._calls < self._nth or answer == 0 or not self._first()):
            return
        self._strike()

    def _first(self) -> bool:
        try:
            self._mark.open("x").close()
        except FileExistsError:
            return False
        return True

    def stand_at(self, point: Point) -> None:
        """Wrap the function at the point."""
        owner: Any = importlib.import_module(point.module)
        *path, name = point.name.split(".")
        for part in path:
            owner = getattr(owner, part)
        real = getattr(owner, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            about = repr((arguments, named)) if self._only else ""
            if point.after:
                answer = real(*arguments, **named)
                self.passes(about, answer)
                return answer
            self.passes(about, None)
            return real(*arguments, **named)

        setattr(owner, name, wrapped)


def shift_the_clock(hours: float) -> None:
    """Set the clock of this process wrong. Defaults of models still hold the true one: what others write is right."""
    real = timezone.now

    def now() -> datetime:
        return real() + timedelta(hours=hours)

    timezone.now = now


def shorten_leases(seconds: float) -> None:
    """Let a lease last so long, and keep the same part of it in reserve."""
    claiming: Any = importlib.import_module("mailings.claiming")
    claiming.RESERVE_SECONDS *= seconds / claiming.LEASE.total_seconds()
    claiming.LEASE = timedelta(seconds=seconds)


def main(given_words: Sequence[str]) -> None:
    """Read the words, prepare the fate, run the command."""
    words = argparse.ArgumentParser(prog="dying", description=__doc__)
    words.add_argument("point", choices=POINTS)
    words.add_argument("--fate", choices=FATES, default="kill", help="what happens there")
    words.add_argument("--nth", type=int, default=1, help="at which call in one process")
    words.add_argument("--only", default="", help="only calls that are about this text")
    words.add_argument("--always", action="store_true", help="at every such call, not only once")
    words.add_argument("--lease", type=float, default=0.0, help="seconds that a lease lasts")
    words.add_argument("--hours", type=float, default=0.0, help="how much the clock is wrong")
    words.add_argument("--connections", type=int, default=0, help="MAIL_CONNECTIONS of this program")
    words.add_argument("--file-size", type=int, default=0, help="no file may grow beyond it: to us the disk is full")
    words.add_argument("command", nargs="+")
    given = words.parse_args(given_words)
    if given.hours:
        shift_the_clock(given.hours)
    if given.file_size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.file_size, resource.RLIM_INFINITY))
    if given.connections:
        settings.MAIL_CONNECTIONS = given.connections
    if given.lease:
        shorten_leases(given.lease)
    if given.point != "never":
        mark = Path(os.environ["TEST_VAR_DIR"]) / f"struck-{os.getpid()}"
        Fate(given, mark).stand_at(POINTS[given.point])
    execute_from_command_line(["manage.py", *given.command])
