"""Tests of mailings.crew on a system without room for another process: those that are there do the work."""

import errno
import gc
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailings import crew
from mailings.crew import Crew

PATIENCE = 30.0
REAL_FORK = os.fork


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """A crew changes what signals do and what is looked through for garbage, for a whole process."""
    before = {number: signal.getsignal(number) for number in crew.ENDS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    gc.unfreeze()


class Forks:
    """``os.fork`` on a system that has no room for the first few."""

    def __init__(self, refused: float, error: int) -> None:
        self.refused, self.error, self.asked = refused, error, 0

    def __call__(self) -> int:
        self.asked += 1
        if self.asked <= self.refused:
            raise OSError(self.error, os.strerror(self.error))
        return REAL_FORK()


@pytest.mark.parametrize("error", [errno.EAGAIN, errno.ENOMEM])
def test_what_was_refused_is_tried_again_and_a_second_process_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, error: int
) -> None:
    forks, first, came = Forks(2, error), os.getpid(), tmp_path / "came"
    monkeypatch.setattr(os, "fork", forks)
    monkeypatch.setattr(crew, "SECONDS_AFTER_NO_ROOM", 0.05)
    rounds: list[bool] = []

    def work(of: Crew) -> None:
        if os.getpid() != first:
            came.touch()
            return
        ends = time.monotonic() + PATIENCE
        while not came.exists() and time.monotonic() < ends:
            of.mend()
            rounds.append(of.stopping())
            time.sleep(0.01)

    with caplog.at_level(logging.WARNING, logger="mailings.crew"):
        assert Crew(2, work).run(replace=True) == 0
    assert came.exists()
    assert not any(rounds)
    assert forks.asked >= 3
    told = [one.message for one in caplog.records if one.name == "mailings.crew"]
    assert told == [f"No room for another process of the drain ({os.strerror(error)}); lacking: 1"] * 2


def test_without_any_room_the_first_does_the_work_alone_and_seldom_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    forks = Forks(float("inf"), errno.EAGAIN)
    monkeypatch.setattr(os, "fork", forks)
    done: list[bool] = []

    def work(of: Crew) -> None:
        of.mend()
        done.append(of.pausing())

    for replace in (True, False):
        assert Crew(3, work).run(replace=replace) == 0
    # Nobody pauses for a process that cannot be started now, and each crew asked once.
    assert (done, forks.asked) == ([False, False], 2)


def test_signals_reach_the_first_after_a_fork_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", Forks(float("inf"), errno.EAGAIN))

    def work(of: Crew) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        assert of.stopping()

    assert Crew(2, work).run(replace=True) == 0
