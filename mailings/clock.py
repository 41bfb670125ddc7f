"""Owns what a clock that was set far forward and back again leaves behind: times in a future that nothing explains.

Each time that the sender waits for has a longest wait. What lies beyond it, and a margin for clocks that differ, is
taken back to now, and said in the log: else nothing would leave until then, and nobody would know why.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from mailings import applying, claiming, pacing, queue, retry, rhythm, transports
from mailings.models import Event, Lane, Message, SendingDomain, Transport
from mailings.models.message import Rank, Status

log = logging.getLogger(__name__)

#: Clocks of several hosts may differ by so much.
MARGIN = timedelta(minutes=5)
#: A campaign's random delay is no longer.
LONGEST_DELAY = timedelta(hours=72)


def put_right(now: datetime | None = None) -> None:
    """Take back to now what waits for a time that no wait could have led to. Once a minute is often enough.

    Args:
        now: the moment to go by, in a test.
    """
    now = now or timezone.now()
    for what, count in {
        "messages": _messages(now),
        "hand-overs": _leases(now),
        "lanes": _lanes(now),
        "sending domains": _domains(now),
        "providers": _rests(now),
        "reports": Event.objects.filter(applied_at=None, due__gt=now + applying.LONGEST_WAIT + MARGIN).update(due=now),
        "schedules": queue.wake(now, MARGIN),
    }.items():
        if count:
            log.error("A clock must have been set forward and back. Taken back from the far future: %d %s", count, what)


def _messages(now: datetime) -> int:
    """What was handed over before waits for a retry or a look; what was not may wait for its random delay."""
    far = Q(claimed_at__isnull=False) | Q(due__gt=now + LONGEST_DELAY + MARGIN)
    # One bound for all and one status at a time, as the indexes go: a million may be in line.
    rows = Message.objects.filter(far, mode=settings.MAIL_MODE, due__gt=now + retry.LONGEST_WAIT + MARGIN)
    queued = rows.filter(status=Status.QUEUED, rank__in=Rank.values).update(due=now)
    return queued + rows.filter(status=Status.IN_DOUBT).update(due=now)


def _leases(now: datetime) -> int:
    """They run out as if they were claimed now: whoever holds one goes by a clock that nobody sets."""
    rows = Message.objects.filter(status=Status.SENDING, lease__gt=now + claiming.LEASE + MARGIN)
    return rows.update(lease=now + claiming.LEASE)


def _rests(now: datetime) -> int:
    far = Q(rests_until__gt=now + retry.LONGEST_WAIT + MARGIN)
    far |= Q(down=True, rests_until__gt=now + transports.LONGEST_REST + MARGIN)
    return Transport.objects.filter(far).update(rests_until=now)


def _domains(now: datetime) -> int:
    """What was counted on a day to come counts for today. The next day is but a clock that runs ahead a little."""
    today = now.astimezone(UTC).date()
    return SendingDomain.objects.filter(day__gt=today + timedelta(days=1)).update(day=today)


def _lanes(now: datetime) -> int:
    ahead = Q(next_at__gt=now) | Q(slowed_at__gt=now) | Q(day__gt=now.date())
    found = [
        lane.pk for lane in Lane.objects.filter(ahead, mode=settings.MAIL_MODE) if rhythm.put_right(lane, now, MARGIN)
    ]
    if not found:
        return 0
    with transaction.atomic():
        rows = Lane.objects.filter(pk__in=found)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update)
        lanes = [lane for lane in rows.order_by("pk") if rhythm.put_right(lane, now, MARGIN)]
        for lane in lanes:
            lane.save(update_fields=pacing.PACED)
    return len(lanes)
