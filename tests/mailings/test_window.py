"""Tests of mailings.window: side by side, each answer once, and an end that waits for every one."""

import threading
from typing import Any

import pytest

from mailings.parcel import Outcome, Parcel
from mailings.retry import Verdict
from mailings.window import Window
from tests.mailings.test_provider import parcel

pytestmark = pytest.mark.once


def parcels(*numbers: int) -> list[Parcel]:
    return [parcel(pk=number) for number in numbers]


def take(one: Parcel) -> Outcome:
    return Outcome(one, Verdict.SENT)


def test_every_answer_is_told_once() -> None:
    told: list[int] = []
    with Window(3, take, lambda: None) as window:
        for start in range(0, 12, 3):
            window.begin(parcels(*range(start, start + 3)))
            while found := window.answers():
                told += [outcome.parcel.pk for outcome in found]
        assert (window.flying, window.free) == ([], 3)
    assert sorted(told) == list(range(12))


def test_as_many_as_there_are_connections_are_under_way_at_once() -> None:
    together = threading.Barrier(4)

    def meet(one: Parcel) -> Outcome:
        together.wait(timeout=10)  # breaks, and answers in doubt, unless all four are there
        return take(one)

    with Window(4, meet, lambda: None) as window:
        window.begin(parcels(1, 2, 3, 4))
        found: list[Outcome] = []
        while late := window.answers():
            found += late
    assert [outcome.verdict for outcome in found] == [Verdict.SENT] * 4


def test_the_others_do_not_wait_for_a_slow_one() -> None:
    go_on = threading.Event()

    def slowly(one: Parcel) -> Outcome:
        if one.pk == 1:
            go_on.wait(10)
        return take(one)

    with Window(2, slowly, lambda: None) as window:
        window.begin(parcels(1))
        for number in range(2, 6):
            window.begin(parcels(number))
            assert [outcome.parcel.pk for outcome in window.answers()] == [number]
        assert (window.flying, window.free) == ([1], 1)
        go_on.set()
        assert [outcome.parcel.pk for outcome in window.answers()] == [1]


def test_a_fault_of_our_own_leaves_a_doubt_and_not_a_standstill() -> None:
    def broken(one: Parcel) -> Outcome:
        raise RuntimeError(one.pk)

    with Window(2, broken, lambda: None) as window:
        window.begin(parcels(1, 2))
        found: list[Outcome] = []
        while late := window.answers():
            found += late
    assert {outcome.verdict for outcome in found} == {Verdict.IN_DOUBT}
    assert len(found) == 2


def test_what_is_claimed_twice_is_begun_once() -> None:
    go_on, begun = threading.Event(), list[int]()

    def slowly(one: Parcel) -> Outcome:
        begun.append(one.pk)
        go_on.wait(10)
        return take(one)

    with Window(3, slowly, lambda: None) as window:
        window.begin(parcels(1))
        window.begin(parcels(1))
        (second,) = window.answers()
        assert (second.verdict, second.begun, window.flying) == (Verdict.IN_DOUBT, False, [1])
        go_on.set()
        (first,) = window.answers()
        assert (first.verdict, window.flying, window.answers()) == (Verdict.SENT, [], [])
    assert begun == [1]


def test_its_end_waits_for_what_is_under_way_and_closes_each_threads_connection() -> None:
    done: list[Any] = []

    def hand_over(one: Parcel) -> Outcome:
        done.append(one.pk)
        return take(one)

    with Window(2, hand_over, lambda: done.append("closed")) as window:
        window.begin(parcels(1, 2))
    assert sorted(map(str, done)) == ["1", "2", "closed", "closed"]


def test_a_machine_without_threads_is_a_fault_and_not_a_standstill(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    with Window(2, take, lambda: None) as window:
        with pytest.raises(RuntimeError, match="thread"):
            window.begin(parcels(1, 2))
        assert window.answers() == []
