"""Rows 5, 7 and 42: two clusters of Django Q2 and a drain loop of two processes, and forty of them killed at random.

Any process may be hit: a worker, its sentinel, the first process of a cluster, the parent of the drain loop or a child
of it. As the supervisor does (config/processes.py), a group whose leader is gone is killed whole and started again.
"""

import contextlib
import os
import random
import signal

import pytest

from tests.faults import invariants
from tests.faults.cluster import family_of
from tests.faults.nursery import Program
from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

LETTERS = 600
KILLS = 40
#: So few that there is work left for the last one who dies.
CONNECTIONS = "3"
GROUPS = {"first": ["qcluster"], "second": ["qcluster"], "drain": ["drain", "--loop", "--processes", "2"]}


class Company:
    """The groups of processes, and a supervisor who does not sleep."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.leaders: dict[str, Program] = {}
        self.mend()

    def mend(self) -> bool:
        """Start what is not there, and start again what has lost its leader."""
        for name, words in GROUPS.items():
            leader = self.leaders.get(name)
            if leader is not None and leader.code is None:
                continue
            if leader is not None:
                self.trial.kill(name)
            self.leaders[name] = self.trial.dying("never", "--connections", CONNECTIONS, command=words, name=name)
        return True

    def members(self) -> list[int]:
        """Every process of every group."""
        return sorted(pid for leader in self.leaders.values() for pid in family_of(leader.pid))

    def busy(self) -> list[int]:
        """Those of them who have letters in hand."""
        owners = self.trial.site.rows("SELECT DISTINCT owner FROM mailings_message WHERE status = 'sending'")
        return [pid for pid in self.members() if any(f"-{pid}-" in owner for (owner,) in owners)]


def test_forty_kills_lose_nothing_and_double_nothing(trial: Trial) -> None:
    chance = random.Random(f"{trial.cluster is None}")
    trial.post(LETTERS, streams=7)
    trial.provider.delay = 0.1
    company = Company(trial)
    hit: set[str] = set()
    for number in range(KILLS):
        # Each waits until some more letters were offered, so that all forty fall into the work.
        enough = number * (LETTERS // (KILLS + 5)) + chance.randrange(8)
        trial.wait(lambda: company.mend() and trial.provider.requests >= enough)  # noqa: B023
        # Every other one is somebody who has letters in hand, if there is one.
        busy = company.busy() if number % 2 else []
        with contextlib.suppress(ProcessLookupError):  # Ended with its parent a moment ago.
            os.kill(chance.choice(busy or company.members()), signal.SIGKILL)
        company.mend()
        hit |= trial.lapse()
    assert len(hit) >= KILLS / 4, "hardly anybody was hit who had a letter in hand"

    # The last of them go on in peace; what the dead had in hand is in doubt once its lease is over.
    trial.provider.delay = 0.0

    def done() -> bool:
        company.mend()
        trial.lapse()
        return not {"queued", "sending"} & trial.counts().keys()

    while not done():
        trial.drain()
    counts = trial.counts()
    assert counts["sent"] + counts["in_doubt"] == LETTERS
    trial.hold()

    # Reports settle every doubt about a letter that left. The others have no copy: a person sends them, once.
    trial.settle_by_reports()
    never_left = trial.in_state("in_doubt")
    assert not set(never_left) & trial.copies().keys()
    if never_left:
        trial.send_again(never_left)
        trial.drain()
    assert trial.counts() == {"sent": LETTERS}
    assert len(trial.copies()) == len(trial.provider.mails) == LETTERS


def test_orphans_of_a_killed_leader_end_with_their_group(trial: Trial) -> None:
    trial.post(60)
    trial.provider.delay = 0.2
    cluster = trial.start("worker", "qcluster")
    trial.offered(20)
    sentinel = next(pid for pid in family_of(cluster.pid) if pid != cluster.pid)
    family = family_of(cluster.pid)
    os.kill(sentinel, signal.SIGKILL)
    # The first process takes that for a good end, and leaves orphans behind that go on: the supervisor ends them all.
    cluster.wait(60)
    trial.kill("worker")
    trial.wait(lambda: not any(invariants.alive(f"host-{pid}-token") for pid in family))
    trial.provider.delay = 0.0
    trial.lapse()
    trial.drain()
    counts = trial.counts()
    assert counts["sent"] + counts["in_doubt"] == 60
    assert counts["sent"] >= 20
    trial.settle_by_reports()
    trial.hold()
