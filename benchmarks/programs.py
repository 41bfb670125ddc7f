"""Owns the programs that are measured: started in a session of their own, their CPU and memory read from /proc."""

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_EVERY = 0.25  # seconds
GRACE = 15.0  # seconds between "please end" and the end


@dataclass(frozen=True)
class Stat:
    """What /proc says of one process."""

    pid: int
    name: str
    #: One letter: "Z" has ended, and waits for its parent to look.
    state: str
    parent: int
    session: int
    #: CPU seconds of it and of those of its children that have ended.
    cpu: float


def read_stat(pid: int) -> Stat | None:
    """One process, None where it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # Its name may hold blanks and brackets, so what counts is what stands behind the last of these.
    before, _, after = text.rpartition(")")
    words = after.split()
    return Stat(
        pid, before.partition("(")[2], words[0], int(words[1]), int(words[3]), sum(map(int, words[11:15])) / TICKS
    )


def processes() -> list[Stat]:
    """Every process of this machine that we may see."""
    found = [read_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [stat for stat in found if stat]


def memory(pid: int) -> int:
    """Bytes that one process occupies, each shared page counted in its part; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


class Program:
    """One running program with all its children, as leader of a session."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.command = " ".join(command)
        self.log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=dict(environment), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def tree(self) -> list[Stat]:
        """It and all its descendants that run."""
        return [stat for stat in processes() if stat.session == self.pid]

    def cpu(self) -> float:
        """CPU seconds of the whole tree so far, by the clock ticks of the kernel."""
        return sum(stat.cpu for stat in self.tree())

    def memory(self) -> int:
        """Bytes that the whole tree occupies now."""
        return sum(memory(stat.pid) for stat in self.tree())

    def end(self) -> None:
        """Ask it to end, wait a little, and end whatever of it is left then."""
        if self.running:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        end = time.monotonic() + GRACE
        while (left := [stat for stat in self.tree() if stat.state != "Z"]) and time.monotonic() < end:
            for stat in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stat.pid, signal.SIGKILL)
            self._process.poll()
            time.sleep(0.01)
        self._process.wait()

    def checked(self) -> None:
        """Raise RuntimeError with its last words where it has ended badly."""
        if self._process.poll():
            words = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.command} ended with {self._process.returncode}:\n{words}")


@dataclass(frozen=True)
class Used:
    """What programs used while they were watched."""

    #: CPU seconds of all of them and their children.
    cpu: float
    #: Bytes: the most in the whole time, and the most in its first third.
    peak: int
    early: int
    #: CPU seconds that everybody else on this machine used meanwhile, and how long that was.
    others: float
    seconds: float


class Watch:
    """Watches the memory and the CPU of programs from `with` to its end; `used` tells them afterwards.

    The programs are those that are put into `programs` meanwhile. They must have ended before the `with` does: the
    CPU is what the kernel counts for children that have ended, exact to the microsecond.
    """

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self._samples: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._before = _children_cpu()
        self._busy_before, self._began = _busy_but_for_us(), time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for program in self.programs:
            program.end()
        self._over.set()
        self._thread.join()
        self._cpu = _children_cpu() - self._before
        self._seconds = time.monotonic() - self._began
        self._others = _busy_but_for_us() - self._busy_before - self._cpu

    def start(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Program:
        """Start a program and watch it."""
        program = Program(command, environment, log)
        self.programs.append(program)
        return program

    @property
    def used(self) -> Used:
        """What they used."""
        samples = self._samples or [0]
        early = max(samples[: len(samples) // 3 + 1])
        return Used(self._cpu, max(samples), early, self._others, self._seconds)

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self._samples.append(sum(program.memory() for program in list(self.programs) if program.running))


def _busy_but_for_us() -> float:
    """CPU seconds that all cores were busy since the machine started, but for this very process."""
    user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + sum(rest)) / TICKS - time.process_time()


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait(programs: Sequence[Program], seconds: float) -> bool:
    """Wait until all have ended by themselves. False where one still runs after so many seconds."""
    end = time.monotonic() + seconds
    while any(program.running for program in programs):
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
