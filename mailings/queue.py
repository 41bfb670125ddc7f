"""Owns the dealings with Django Q2: the only place that names a task or a schedule.

A task carries no letter. It may be lost, doubled or late without harm: the outbox is the queue and the truth.
"""

import logging

from django.db import transaction
from django_q.models import Schedule
from django_q.tasks import async_task

log = logging.getLogger(__name__)

DRAIN = "mailings.tasks.drain"
SWEEP = "mailings.tasks.sweep"


def nudge() -> None:
    """Ask a worker to look into the outbox, once the present transaction is durable.

    A broker that does not answer is no reason to refuse a letter: it is already in the outbox, and the minute schedule
    and the drain loop find it there.
    """
    transaction.on_commit(_enqueue, robust=True)


def _enqueue() -> None:
    try:
        async_task(DRAIN, group="drain")
    except Exception:  # Whatever the broker raises: Redis, SQS and the database have nothing in common here.
        log.exception("The worker could not be nudged; the minute schedule will find the message")


def ensure_schedules() -> None:
    """Create the minute schedule, or correct it. Runs after every migrate; doing it twice changes nothing."""
    Schedule.objects.update_or_create(
        name="sweep and drain", defaults={"func": SWEEP, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
    )
