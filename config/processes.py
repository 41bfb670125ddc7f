"""Owns the running of several processes as one: started together, started again when one dies, stopped whole.

Each process leads a group of its own. Only the leader is asked to stop (SIGTERM), because a cluster whose workers all
get the signal at once drops letters in the middle of their hand-over; whatever is left of the group when the leader is
gone, or when the patience is over, is killed. Should this process itself be killed, Linux asks the leaders to stop.
"""

import contextlib
import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

PATIENCE = 45.0  # seconds; a hand-over to a silent provider ends after 35
SHORTEST_LIFE = 5.0  # seconds; what dies sooner would die again, and starting it for ever would hide why
LOOK_EVERY = 0.1  # seconds
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
ON_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG, see prctl(2)


def read_procfile(path: Path) -> dict[str, list[str]]:
    """Name and command of each process in a Procfile; comments and empty lines are left out.

    Raises ValueError on a line that is not `name: command`.
    """
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, colon, command = line.partition(":")
            if not colon or not command.strip():
                raise ValueError(f"Not a line of a Procfile: {line}")
            found[name.strip()] = shlex.split(command)
    return found


def print_line(line: str) -> None:
    """Tell the person at the terminal something, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Together:
    """Processes that run as one. `commands` are their names and command lines, `environment` what they all get."""

    def __init__(
        self, commands: Mapping[str, list[str]], environment: Mapping[str, str], say: Callable[[str], None] = print_line
    ) -> None:
        self._commands = dict(commands)
        self._environment = dict(environment)
        self._say = say
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._born: dict[str, float] = {}
        self._interrupts = 0

    def run(self) -> int:
        """Start all and watch them until a signal comes (returns 0) or one of them will not live (returns 1)."""
        before = {
            number: signal.signal(number, self._interrupted)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            for name in self._commands:
                self._start(name)
            sound = True
            while sound and not self._interrupts:
                time.sleep(LOOK_EVERY)
                sound = self._mend()
            self._stop()
        finally:
            for process in self._running.values():
                _kill_group(process)
            for number, handler in before.items():
                signal.signal(number, handler)
        return 0 if sound else 1

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._interrupts += 1

    def _start(self, name: str) -> None:
        # A session of its own: Ctrl-C at the terminal reaches us and not them, so that the order of stopping is ours.
        self._running[name] = subprocess.Popen(
            self._commands[name],
            env=self._environment,
            start_new_session=True,
            preexec_fn=_end_with_us,  # noqa: PLW1509 - unsafe beside threads, and there are none here
        )
        self._born[name] = time.monotonic()

    def _mend(self) -> bool:
        """Start again what has ended. False when one ended so soon that it makes no sense."""
        for name, process in self._running.items():
            if process.poll() is None:
                continue
            _kill_group(process)  # workers whose leader was killed would go on without anybody to guard them
            if time.monotonic() - self._born[name] < SHORTEST_LIFE:
                self._say(f"{name} ended right after its start (code {process.returncode}). Stopping everything.")
                return False
            self._say(f"{name} ended (code {process.returncode}). Starting it again.")
            self._start(name)
        return True

    def _stop(self) -> None:
        alive = [process for process in self._running.values() if process.poll() is None]
        self._say("Stopping. Letters on their way are finished first; press Ctrl-C again to stop at once.")
        for process in alive:
            process.terminate()
        end, interrupts = time.monotonic() + PATIENCE, self._interrupts
        while time.monotonic() < end and self._interrupts == interrupts:
            if all(process.poll() is not None for process in alive):
                break
            time.sleep(LOOK_EVERY)


def _end_with_us() -> None:
    """In a child, before it becomes its program: be told to stop when the parent is no more."""
    if LIBC is not None:
        LIBC.prctl(ON_DEATH_OF_PARENT, signal.SIGTERM)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # Nobody of it may be left; macOS says "not permitted" of a group that is only waiting to be buried.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
