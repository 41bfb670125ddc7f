"""Owns the dealings with Django Q2: the only place that names a task or a schedule.

A task carries no letter. It may be lost, doubled or late without harm: the outbox is the queue and the truth.
"""

import logging
import threading
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django_q.models import Schedule
from django_q.tasks import async_task

log = logging.getLogger(__name__)

DRAIN = "mailings.tasks.drain"
SWEEP = "mailings.tasks.sweep"
LOOK = "mailings.tasks.look"
#: What Django Q2 runs every minute, by the name of its schedule.
MINUTELY = {"sweep and drain": SWEEP, "look for evidence": LOOK}
#: One task empties the whole outbox. A second one within this time costs the form a write and finds nothing to do.
SECONDS_BETWEEN_NUDGES = 1.0
#: A broker that is away may take seconds to fail, while a supporter waits. Nobody else waits for it so soon after.
SECONDS_AFTER_A_FAILURE = 30.0


def nudge() -> None:
    """Ask a worker to look into the outbox, once the present transaction is durable.

    The first nudge goes at once; those of the next second go together at its end. A broker that does not answer is no
    reason to refuse a letter, nor to let one supporter after another wait for it: the letter is already in the outbox,
    and the minute schedule and the drain loop find it there.
    The same holds for a process that dies before its last nudge has gone.
    """
    transaction.on_commit(_nudges.one_more, robust=True)


class _Nudges:
    """The nudges of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = self._away_until = float("-inf")
        self._waiting: threading.Timer | None = None

    def one_more(self) -> None:
        """Nudge now, or see to it that somebody does when the pause is over."""
        with self._lock:
            if time.monotonic() < self._away_until:
                return
            # A timer that waited while this process was forked lives in the other one.
            if self._waiting and self._waiting.is_alive():
                return
            pause = self._last + SECONDS_BETWEEN_NUDGES - time.monotonic()
            if pause > 0:
                self._waiting = threading.Timer(pause, self._late)
                self._waiting.start()
                return
            self._last = time.monotonic()
        self._try()

    def _late(self) -> None:
        with self._lock:  # Whoever comes after this begins a new pause, because what he wrote may not be seen by now.
            self._waiting = None
            self._last = time.monotonic()
        self._try()
        connection.close()  # This thread's own; nobody else would.

    def _try(self) -> None:
        try:
            async_task(DRAIN, group="drain")
        except Exception:  # Whatever the broker raises: Redis, SQS and the database have nothing in common here.
            log.exception("The worker could not be nudged; the minute schedule will find the message")
            with self._lock:
                self._away_until = time.monotonic() + SECONDS_AFTER_A_FAILURE


_nudges = _Nudges()


def wake(now: datetime, margin: timedelta) -> int:
    """Let the minute schedules run that wait for longer than a minute and a margin. Returns how many did."""
    late = Schedule.objects.filter(name__in=MINUTELY, next_run__gt=now + timedelta(minutes=1) + margin)
    return int(late.update(next_run=now))


def ensure_schedules() -> None:
    """Create the minute schedules, or correct them. Runs after every migrate; doing it twice changes nothing."""
    for name, function in MINUTELY.items():
        fields = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1}
        Schedule.objects.update_or_create(name=name, defaults=fields)
