"""Tests of config.processes with real processes: started together, mended, stopped whole, nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from config.processes import Together, read_procfile

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
# A program that notes that it runs, starts a child in its group, and ends gently on SIGTERM unless told otherwise.
PROGRAM = textwrap.dedent("""
    import os, signal, subprocess, sys, time
    note, manner = sys.argv[1:]
    child = subprocess.Popen(["sleep", "600"])
    def gently(number, frame):
        with open(note, "a") as file:
            file.write("told to stop\\n")
        if manner != "deaf":
            sys.exit(0)
    signal.signal(signal.SIGTERM, gently)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(note, "a") as file:
        file.write(f"{os.getpid()} {child.pid}\\n")
    if manner == "short":
        sys.exit(3)
    while True:
        time.sleep(0.05)
""")
SUPERVISOR = textwrap.dedent("""
    import os, sys
    from config import processes
    processes.PATIENCE, processes.SHORTEST_LIFE = float(sys.argv[1]), float(sys.argv[2])
    commands = {word: [sys.executable, sys.argv[3], sys.argv[4] + "." + word, word] for word in sys.argv[5:]}
    sys.exit(processes.Together(commands, dict(os.environ)).run())
""")


def alive(pid: int) -> bool:
    """Whether the process runs (one that is only waiting to be buried does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Ground:
    """Where one test plays: a supervisor over programs, and the notes they leave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "program.py").write_text(PROGRAM)

    def start(self, *manners: str, patience: float = 20, shortest_life: float = 0.3) -> subprocess.Popen[str]:
        """Start a supervisor over one program of each manner, and wait until all have left their note."""
        numbers = [str(patience), str(shortest_life), str(self.folder / "program.py"), str(self.folder / "note")]
        self.supervisor = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *numbers, *manners], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for manner in manners:
            self.wait_for_lives(manner, 1)
        return self.supervisor

    def note(self, manner: str) -> list[str]:
        """The lines that the program of this manner has left."""
        file = self.folder / f"note.{manner}"
        return file.read_text().splitlines() if file.exists() else []

    def pids(self, *manners: str) -> list[int]:
        """Every process that the programs ever noted, with their children."""
        lines = [line for manner in manners for line in self.note(manner) if line[0].isdigit()]
        return [int(pid) for line in lines for pid in line.split()]

    def wait_for_lives(self, manner: str, lives: int) -> None:
        """Wait until the program of this manner has started so many times."""
        end = time.monotonic() + 20
        while len(self.pids(manner)) < 2 * lives:
            assert time.monotonic() < end, self.note(manner)
            time.sleep(0.02)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """An empty place to play."""
    return Ground(tmp_path)


def ended(supervisor: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code of the supervisor and what it said."""
    said = supervisor.communicate(timeout=30)[1]
    return supervisor.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_gently_and_leaves_nothing(ground: Ground, number: signal.Signals) -> None:
    supervisor = ground.start("one", "two")
    time.sleep(0.2)
    supervisor.send_signal(number)
    assert ended(supervisor)[0] == 0
    assert "told to stop" in ground.note("one")
    assert "told to stop" in ground.note("two")
    assert not any(alive(pid) for pid in ground.pids("one", "two"))


def test_who_does_not_listen_is_killed_after_the_patience(ground: Ground) -> None:
    supervisor = ground.start("deaf", "two", patience=1)
    supervisor.terminate()
    assert ended(supervisor)[0] == 0
    assert not any(alive(pid) for pid in ground.pids("deaf", "two"))


def test_a_second_ctrl_c_does_not_wait(ground: Ground) -> None:
    supervisor = ground.start("deaf", patience=25)
    begun = time.monotonic()
    supervisor.send_signal(signal.SIGINT)
    time.sleep(0.5)
    supervisor.send_signal(signal.SIGINT)
    assert ended(supervisor)[0] == 0
    assert time.monotonic() - begun < 10
    assert not any(alive(pid) for pid in ground.pids("deaf"))


def test_a_killed_process_is_started_again_without_its_orphans(ground: Ground) -> None:
    supervisor = ground.start("one", "two")
    time.sleep(0.5)
    leader, child = ground.pids("one")
    os.kill(leader, signal.SIGKILL)
    ground.wait_for_lives("one", 2)
    assert not alive(child)
    supervisor.terminate()
    code, said = ended(supervisor)
    assert code == 0
    assert "one ended (code -9). Starting it again." in said
    assert not any(alive(pid) for pid in ground.pids("one", "two"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_when_we_are_killed_the_others_stop_too(ground: Ground) -> None:
    supervisor = ground.start("one", "two")
    supervisor.kill()
    supervisor.wait(timeout=10)
    leaders = ground.pids("one")[:1] + ground.pids("two")[:1]
    end = time.monotonic() + 10
    while any(alive(pid) for pid in leaders):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "told to stop" in ground.note("one")
    for child in ground.pids("one", "two"):
        if alive(child):
            os.kill(child, signal.SIGKILL)
    ended(supervisor)


def test_who_will_not_live_stops_all(ground: Ground) -> None:
    supervisor = ground.start("two", "short", shortest_life=10)
    code, said = ended(supervisor)
    assert code == 1
    assert "short ended right after its start (code 3)" in said
    assert not any(alive(pid) for pid in ground.pids("two", "short"))


def test_a_program_that_is_not_there_stops_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Together({"one": ["sleep", "600"], "none": ["/no/such/program"]}, {"PATH": os.environ["PATH"]}).run()


def test_procfile(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text('# what runs\n\nweb: serve --name "a b"\nworker: work\n')
    assert read_procfile(tmp_path / "Procfile") == {"web": ["serve", "--name", "a b"], "worker": ["work"]}


def test_procfile_with_a_line_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("serve\n")
    with pytest.raises(ValueError, match="serve"):
        read_procfile(tmp_path / "Procfile")


def test_the_procfile_of_this_project() -> None:
    assert list(read_procfile(ROOT / "Procfile")) == ["web", "worker", "drain"]
