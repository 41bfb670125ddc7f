"""Row 10: a worker is frozen, as a machine that sleeps, until its lease is over and others have gone on without it.

The provider here keeps no keys, so that a second copy cannot be ruled out where a person asks for one; with one that
does (``test_doubt_settled``) there is none.
"""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.faults.cluster import family_of
from tests.faults.nursery import Program
from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

#: How long a lease lasts here, and a little more.
LEASE, LONGER = "3", 3.3


def frozen(trial: Trial, point: str) -> tuple[Program, str]:
    """A worker that stopped at this point with the first of three letters in its hand, and that letter."""
    first, *_ = trial.post(3)
    worker = trial.dying(point, "--fate", "freeze", "--lease", LEASE, "--connections", "1")
    trial.wait(lambda: state_of(worker) == "T")
    time.sleep(LONGER)
    return worker, first


def state_of(worker: Program) -> str:
    """What Linux says of a process; T where it is stopped."""
    return Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0]


def thaw(worker: Program) -> None:
    """Let it go on, to its end."""
    for pid in family_of(worker.pid):
        os.kill(pid, signal.SIGCONT)
    assert worker.wait(60) == 0


def late_answers(trial: Trial) -> list[str]:
    """The provider's ids of copies of which stories tell that nobody knew of them in time."""
    told = trial.site.rows("SELECT note FROM mailings_step WHERE note LIKE 'A late answer:%'")
    return [re.findall(r"took it as (\S+)\. Nobody", note)[0] for (note,) in told]


def test_before_its_look_at_the_clock_it_sends_nothing_any_more(trial: Trial) -> None:
    worker, first = frozen(trial, "before-clock")
    trial.drain()
    assert trial.counts() == {"sent": 2, "in_doubt": 1}
    trial.send_again([first])  # A person knows that their office has nothing.
    trial.drain()
    assert trial.counts() == {"sent": 3}
    thaw(worker)
    assert trial.counts() == {"sent": 3}
    assert set(trial.copies().values()) == {1}


def test_in_the_last_moment_it_still_leaves_and_ends_the_doubt(trial: Trial) -> None:
    worker, first = frozen(trial, "before-request")
    trial.drain()
    assert trial.statuses()[first] == "in_doubt"
    thaw(worker)
    assert trial.counts() == {"sent": 3}
    assert set(trial.copies().values()) == {1}


def test_a_second_copy_that_a_person_asked_for_meanwhile_is_shown_and_not_hidden(trial: Trial) -> None:
    worker, first = frozen(trial, "before-request")
    trial.drain()
    trial.send_again([first])
    trial.drain()
    trial.twice.add(first)
    assert trial.copies()[first] == 1
    thaw(worker)
    assert trial.counts() == {"sent": 3}
    assert trial.copies()[first] == 2
    by_the_person, by_the_sleeper = (mail for mail in trial.provider.mails if mail.metadata["m"] == first)
    assert by_the_person.message_id == by_the_sleeper.message_id
    assert late_answers(trial) == [by_the_sleeper.provider_id]
    kept = f"SELECT count(*) FROM mailings_message WHERE provider_message_id = '{by_the_person.provider_id}'"
    assert trial.site.rows(kept) == [(1,)]


def test_the_same_while_the_second_copy_is_on_its_way(trial: Trial) -> None:
    worker, first = frozen(trial, "before-request")
    trial.drain()
    trial.send_again([first])
    trial.provider.answers.clear()
    trial.twice.add(first)
    second = trial.dying("never", "--connections", "1", name="second")
    trial.wait(lambda: trial.copies()[first] == 1)
    trial.provider.answers.set()
    thaw(worker)
    assert second.wait(60) == 0
    assert trial.counts() == {"sent": 3}
    assert trial.copies()[first] == 2
    assert len(late_answers(trial)) == 1
