"""Owns the arithmetic: from what the provider saw and the engine says to letters a second, lost, doubled; medians."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import median

from benchmarks.control import Counts
from benchmarks.engines import Shown
from benchmarks.programs import Used

#: Steady is what lies between these parts of the arrivals: start and end are left out.
STEADY = (0.1, 0.9)


@dataclass(frozen=True)
class Sent:
    """The figures of one run of one engine."""

    letters: int
    #: Letters a second from the start of the first process to the last letter and its record.
    whole: float
    #: Letters a second in the middle of the run; 0 where too few arrived to say.
    steady: float
    #: Seconds from the start of the first process to the first letter.
    first: float
    #: CPU seconds for 1000 letters.
    sender_cpu: float
    #: The same for the database server; None where it works inside the sender, or out of our sight.
    database_cpu: float | None
    provider_cpu: float
    #: Bytes of memory of all sender processes: the most, and the most in the first third.
    peak: float
    early: float
    lost: int
    doubled: int
    in_doubt: int
    failed: int
    waiting: int
    #: Letters that the provider took without a word to the sender, and how many of these it has twice.
    ambiguous: int
    ambiguous_doubled: int
    #: How many cores were busy meanwhile with what has no part in it: where this is not little, the figures are noise.
    others: float


def steady_rate(arrivals: Sequence[float]) -> float:
    """Letters a second between 10 and 90 % of the arrivals."""
    first, last = (int(len(arrivals) * part) for part in STEADY)
    if last - first < 2:
        return 0.0
    seconds = arrivals[last] - arrivals[first]
    return (last - first) / seconds if seconds else 0.0


def lost(account: Mapping[str, Shown], copies: Mapping[str, int]) -> int:
    """Letters that the engine took for sent and that the provider never got: nobody would ever look for them."""
    return sum(shown is Shown.SENT and letter not in copies for letter, shown in account.items())


def sent(
    account: Mapping[str, Shown],
    counts: Counts,
    used: Used,
    database_cpu: float | None,
    *,
    began: float,
    ended: float,
) -> Sent:
    """The figures of one run.

    Args:
        account: what the engine says of every letter it was given.
        counts: what the provider saw.
        used: what the senders used.
        database_cpu: CPU seconds of the database server.
        began, ended: when the first process started and the last letter was recorded, by the monotonic clock.
    """
    _check(account, counts)
    said, arrived = list(account.values()), len(counts.copies)
    thousands = max(arrived, 1) / 1000
    return Sent(
        letters=len(account),
        whole=arrived / (ended - began),
        steady=steady_rate(counts.arrivals),
        first=counts.arrivals[0] - began if counts.arrivals else 0.0,
        sender_cpu=used.cpu / thousands,
        database_cpu=None if database_cpu is None else database_cpu / thousands,
        provider_cpu=counts.cpu / thousands,
        peak=used.peak,
        early=used.early,
        lost=lost(account, counts.copies),
        doubled=sum(copies > 1 for copies in counts.copies.values()),
        in_doubt=said.count(Shown.IN_DOUBT),
        failed=said.count(Shown.FAILED),
        waiting=said.count(Shown.WAITING),
        ambiguous=len(counts.ambiguous),
        ambiguous_doubled=sum(counts.copies[letter] > 1 for letter in counts.ambiguous),
        others=max(0.0, used.others - counts.cpu - (database_cpu or 0)) / used.seconds,
    )


def _check(account: Mapping[str, Shown], counts: Counts) -> None:
    """Raises RuntimeError where the provider has what nobody gave to the engine: nothing can be said of such a run."""
    if counts.unreadable:
        raise RuntimeError(f"{counts.unreadable} requests bore no letter's id: nothing can be said of this run")
    strangers = counts.copies.keys() - account.keys()
    if strangers:
        raise RuntimeError(f"The provider holds {len(strangers)} letters that the engine was not given")


#: A letter lost or doubled in one run of three is not forgiven by the other two.
WORST = frozenset({"lost", "doubled", "ambiguous", "ambiguous_doubled", "in_doubt", "failed", "waiting", "others"})


def middle(runs: Sequence[Sent]) -> Sent:
    """The median of every figure; of lost, doubled and what else went wrong the worst."""
    found: dict[str, float | int | None] = {}
    for field in fields(Sent):
        values = [value for run in runs if (value := getattr(run, field.name)) is not None]
        found[field.name] = (max if field.name in WORST else median)(values) if values else None
    return replace(runs[0], **found)  # type: ignore[arg-type]


def fastest_peer(whole: Mapping[str, float], peers: set[str]) -> float:
    """Letters a second of the fastest among the peers, 0 where none was measured."""
    return max((rate for key, rate in whole.items() if key in peers), default=0.0)
