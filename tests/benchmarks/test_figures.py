"""Tests of the benchmarks' arithmetic: rates, what is lost and what is doubled, medians and the worst."""

from dataclasses import replace

import pytest

from benchmarks import figures
from benchmarks.control import Counts
from benchmarks.engines import Shown
from benchmarks.figures import Sent
from benchmarks.programs import Used

pytestmark = pytest.mark.once

USED = Used(cpu=2.0, peak=100, early=90, others=2.5, seconds=10.0)


def counts(
    copies: dict[str, int], arrivals: list[float] | None = None, ambiguous: frozenset[str] = frozenset()
) -> Counts:
    """What a provider saw."""
    return Counts(copies, arrivals or [float(n) for n in range(len(copies))], {}, ambiguous, 0, 0.5)


def measured(account: dict[str, Shown], seen: Counts) -> Sent:
    return figures.sent(account, seen, USED, 1.0, began=0.0, ended=10.0)


def test_a_letter_is_lost_where_it_is_said_to_be_sent_and_never_came() -> None:
    account = {
        "came": Shown.SENT,
        "gone": Shown.SENT,
        "waits": Shown.WAITING,
        "failed": Shown.FAILED,
        "doubtful": Shown.IN_DOUBT,
    }
    sent = measured(account, counts({"came": 1}))
    assert (sent.lost, sent.waiting, sent.failed, sent.in_doubt) == (1, 1, 1, 1)
    assert sent.doubled == 0


def test_a_letter_is_doubled_once_however_many_copies_there_are() -> None:
    account = dict.fromkeys(["one", "two", "three"], Shown.SENT)
    sent = measured(account, counts({"one": 1, "two": 2, "three": 4}, ambiguous=frozenset({"one", "two"})))
    assert (sent.doubled, sent.ambiguous, sent.ambiguous_doubled) == (2, 2, 1)


def test_rates_count_letters_and_not_copies() -> None:
    sent = measured(dict.fromkeys(["one", "two"], Shown.SENT), counts({"one": 5, "two": 1}, [1.0, 4.0]))
    assert sent.whole == pytest.approx(0.2)
    assert sent.first == 1.0
    assert (sent.sender_cpu, sent.database_cpu, sent.provider_cpu) == (1000.0, 500.0, 250.0)
    assert sent.others == pytest.approx(0.1), "neither the senders, nor the provider, nor the database is other work"


def test_the_steady_rate_leaves_out_start_and_end() -> None:
    # A slow start, a hundred a second in the middle, a slow end.
    slow = [float(n) for n in range(90)]
    steady = [100 + n / 100 for n in range(820)]
    end = [200.0 + n for n in range(90)]
    assert figures.steady_rate([*slow, *steady, *end]) == pytest.approx(100, rel=0.15)
    assert figures.steady_rate([1.0, 2.0]) == 0.0
    assert figures.steady_rate([]) == 0.0


def test_a_run_that_cannot_be_counted_is_no_run() -> None:
    with pytest.raises(RuntimeError, match="bore no letter"):
        measured({"one": Shown.SENT}, replace(counts({"one": 1}), unreadable=1))
    with pytest.raises(RuntimeError, match="not given"):
        measured({"one": Shown.SENT}, counts({"one": 1, "stranger": 1}))


def test_runs_are_folded_by_median_and_by_the_worst() -> None:
    first = measured({"one": Shown.SENT}, counts({"one": 1}))
    runs = [
        replace(first, whole=100.0, doubled=0, database_cpu=None),
        replace(first, whole=300.0, doubled=2, database_cpu=None),
        replace(first, whole=120.0, doubled=1, database_cpu=None),
    ]
    middle = figures.middle(runs)
    assert middle.whole == 120.0
    assert middle.doubled == 2, "one run that doubled is not forgiven by two that did not"
    assert middle.database_cpu is None


def test_only_peers_are_compared_with() -> None:
    assert figures.fastest_peer({"appeal": 900.0, "bare": 700.0, "mailer": 30.0, "q2": 70.0}, {"mailer", "q2"}) == 70.0
    assert figures.fastest_peer({"appeal": 900.0}, {"mailer"}) == 0.0
