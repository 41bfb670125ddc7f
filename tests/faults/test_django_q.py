"""Rows 6, 45, 46 and 55: Django Q2 stands still, cannot read its tasks, has lost them or its clockwork."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.cluster import family_of
from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

WAITING = "SELECT count(*) FROM django_q_ormq"
TASKS = "SELECT count(*) FROM django_q_task WHERE func = '{function}' AND success = {right}"
#: Queued by a version of this site that had a task of another name, and by somebody with another key.
RENAMED = "from django_q.tasks import async_task\nprint(async_task('mailings.tasks.a_name_of_old'))"
POISON = """
from django.core import signing
from django_q.brokers import get_broker
print(get_broker().enqueue(signing.dumps(['not', 'a', 'task'], key='another key', salt='another name')))
"""
#: What the clockwork of a cluster does every half minute, twice.
STRIKE = """
from django_q.models import OrmQ
from django_q.scheduler import scheduler
scheduler()
scheduler()
print(OrmQ.objects.count())
"""


def ago(minutes: int) -> str:
    """A moment so many minutes ago, as the database keeps it."""
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"


def test_an_idle_worker_of_a_cluster_is_killed(trial: Trial, no_schedule: None) -> None:
    trial.post(1)
    cluster = trial.start("worker", "qcluster")
    trial.until_all_sent()
    # The first process, its sentinel, and the sentinel's children, the workers among them before all others.
    _, _, worker, *_ = family_of(cluster.pid)
    os.kill(worker, signal.SIGKILL)

    # Whether the cluster goes on (the queue's lock may have died with its holder) or not, the loop does.
    trial.loop()
    trial.post(20)
    trial.until_all_sent()
    assert len(trial.provider.mails) == 21
    trial.wait(lambda: trial.site.health() == 200)

    # With the loop gone as well, nobody shows that he lives: that is red, and it is said within three minutes.
    trial.kill("drain")
    trial.kill("worker")
    trial.site.rows(f"UPDATE mailings_heartbeat SET at = '{ago(2)}'")
    assert trial.site.health() == 200
    trial.site.rows(f"UPDATE mailings_heartbeat SET at = '{ago(4)}'")
    assert trial.site.health() == 503


def test_a_task_that_no_longer_exists_keeps_nothing_back(trial: Trial) -> None:
    trial.ask(RENAMED)
    trial.start("worker", "qcluster")
    trial.post(10)
    trial.until_all_sent()
    trial.wait(lambda: trial.site.rows(WAITING) == [(0,)])
    failed = TASKS.format(function="mailings.tasks.a_name_of_old", right="false" if trial.cluster else "0")
    trial.wait(lambda: trial.site.rows(failed) == [(1,)])  # Its failure is there to be seen.


def test_what_is_no_task_keeps_nothing_back(trial: Trial) -> None:
    trial.ask(POISON)
    trial.start("worker", "qcluster")
    trial.post(10)
    trial.until_all_sent()
    trial.wait(lambda: trial.site.rows(WAITING) == [(0,)])


def test_another_key_makes_tasks_unreadable_and_no_letter_stays(trial: Trial, no_schedule: None) -> None:
    trial.post(10)
    assert trial.site.rows(WAITING) == [(1,)]
    trial.further = {"SECRET_KEY": "another-key-of-this-installation-9876543210-9876543210"}
    trial.start("worker", "qcluster")
    # The nudge was signed with the key of before, so nobody can read it: it is gone, and nobody is told to drain.
    trial.wait(lambda: trial.site.rows(WAITING) == [(0,)])
    assert trial.counts() == {"queued": 10}
    trial.loop()
    trial.until_all_sent()
    assert len(trial.provider.mails) == 10


def test_a_clockwork_that_stood_for_three_days_strikes_once(trial: Trial) -> None:
    trial.post(10)
    trial.site.rows("DELETE FROM django_q_ormq")  # The nudge was lost too: only the minute is left.
    trial.site.rows(f"UPDATE django_q_schedule SET next_run = '{ago(3 * 24 * 60)}'")
    # Both schedules once, and not 4,320 times each.
    assert trial.ask(STRIKE) == "2"
    trial.start("worker", "qcluster")
    trial.until_all_sent()
    assert len(trial.provider.mails) == 10
