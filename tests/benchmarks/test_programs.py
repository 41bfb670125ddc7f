"""Tests of what is read of a running program: its CPU with that of its children, its memory, and its end."""

import sys
from pathlib import Path

import pytest

from benchmarks.programs import Watch, wait

pytestmark = pytest.mark.once

#: Works for a while with 60 MB in its hands.
WORKS = """
import time
held = bytearray(b"x") * 60_000_000
end = time.process_time() + 0.6
while time.process_time() < end:
    pass
"""
#: Lets another one work.
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WORKS!r}], check=True)"


def test_the_work_of_children_counts(tmp_path: Path) -> None:
    with Watch() as watch:
        program = watch.start([sys.executable, "-c", PARENT], {}, tmp_path / "log")
        assert wait([program], 30)
    program.checked()
    assert watch.used.cpu >= 0.6
    assert watch.used.peak >= 60_000_000


def test_whatever_still_runs_is_ended_with_its_children(tmp_path: Path) -> None:
    sleeps = "import subprocess, sys; subprocess.run(['sleep', '60'])"
    with Watch() as watch:
        program = watch.start([sys.executable, "-c", sleeps], {"PATH": "/usr/bin:/bin"}, tmp_path / "log")
        while len(program.tree()) < 2:
            assert program.running
    assert not program.running
    assert [stat for stat in program.tree() if stat.state != "Z"] == []


def test_a_program_that_ended_badly_says_why(tmp_path: Path) -> None:
    with Watch() as watch:
        program = watch.start([sys.executable, "-c", "raise SystemExit('No such letter')"], {}, tmp_path / "log")
        assert wait([program], 30)
    with pytest.raises(RuntimeError, match="No such letter"):
        program.checked()
