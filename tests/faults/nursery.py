"""Owns the starting of many short programs of ours: each is forked from one that has loaded everything already.

Python and Django take most of a second to start, and the fault suite starts hundreds of programs. The nursery itself
opens no connection and starts no thread, so a child is as good as new. A child with variables of its own is started
afresh, because settings are read once.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import django
from django.core.management import execute_from_command_line

from tests.faults import dying
from tests.installation import ROOT

LOOK_EVERY = 0.02  # seconds
#: Loaded before any child is born, because every child would load them.
NEEDED = ["mailings.management.commands.drain", "mailings.tasks", "django_q.cluster", "tests.mailings.making"]


@dataclass
class Program:
    """One program that was started. ``code`` is its exit code, negative where a signal ended it, None while it runs."""

    pid: int
    log: Path
    code: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def bury(self, code: int) -> None:
        """Note how it ended."""
        self.code = code
        self._ended.set()

    def wait(self, seconds: float) -> int:
        """Wait for its end and return its code.

        Raises:
            AssertionError: with the end of its log where it did not end.
        """
        assert self._ended.wait(seconds), f"It still runs after {seconds:g} s:\n{self.words()[-3000:]}"
        assert self.code is not None
        return self.code

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it is gone."""
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it and all of its group, and wait for it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait(30)

    def words(self) -> str:
        """What it printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Nursery:
    """Starts programs in one environment. Use it with ``with``: all its children are gone afterwards."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._born: dict[int, Program] = {}
        self._answers: dict[int, threading.Event] = {}
        self._count = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._listen, name="nursery", daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *raised: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._reader.join(10)
        self._process.stdout.close()

    def start(self, name: str, words: Sequence[str], further: dict[str, str] | None = None) -> Program:
        """Start ``manage.py`` or, where the first word is ``dying``, ``tests.faults.dying`` with these words."""
        self._count += 1
        number, log = self._count, self._folder / f"{name}-{self._count}.log"
        born = self._answers[number] = threading.Event()
        order = {"number": number, "words": list(words), "log": str(log), "further": further or {}}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        assert born.wait(60), "nothing was born"
        return self._born[number]

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            number = said["number"]
            if "pid" in said:
                self._born[number] = Program(said["pid"], Path(said["log"]))
                self._answers[number].set()
            else:
                self._born[number].bury(said["code"])


# --- inside the nursery -----------------------------------------------------------------------------------------------


def run(words: Sequence[str]) -> None:
    """Do what these words say, in this process."""
    if words[0] == "dying":
        dying.main(words[1:])
    else:
        execute_from_command_line(["manage.py", *words])


def _be_born(order: dict[str, Any]) -> list[str]:
    """In the child: become a program of its own. Returns what it has to do."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for old, new in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    words: list[str] = order["words"]
    if order["further"]:
        afresh = [sys.executable, "-m", "tests.faults.nursery", *words]
        os.execve(sys.executable, afresh, {**os.environ, **order["further"]})
    return words


def _say(**words: Any) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


def main() -> list[str]:
    """Give birth as ordered on stdin, tell of births and deaths on stdout; at the end of stdin end all.

    Returns:
        In a child what it has to do, so that it runs and ends as any program does; nothing in the nursery itself.
    """
    for name in NEEDED:
        importlib.import_module(name)
    living: dict[int, int] = {}
    waiting = b""
    while True:
        ready, _, _ = select.select([0], [], [], LOOK_EVERY)
        if ready:
            read = os.read(0, 65536)
            if not read:
                break
            waiting += read
        while b"\n" in waiting:
            line, _, waiting = waiting.partition(b"\n")
            order = json.loads(line)
            child = os.fork()
            if not child:
                return _be_born(order)
            living[child] = order["number"]
            _say(number=order["number"], pid=child, log=order["log"])
        for child in list(living):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                _say(number=living.pop(child), code=os.waitstatus_to_exitcode(status))
    for child in living:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    return []


if __name__ == "__main__":
    ordered = sys.argv[1:]
    if not ordered:
        django.setup()
        ordered = main()
    if ordered:
        run(ordered)
