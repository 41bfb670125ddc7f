"""Owns what the tests of pace are made of: a lane that is open, letters that wait in it, and a claim at a moment."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction

from mailings import pacing
from mailings.compose import Address
from mailings.models import Lane, Message
from mailings.models.message import Status
from tests.mailings.making import PRESIDENT, post, put

#: A Monday, ten in the morning where the lanes of tests are.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def letters(
    number: int, stream: str = "a/1", to: Address = PRESIDENT, due: datetime = MONDAY, **columns: Any
) -> list[Message]:
    """Letters in line since one moment, each due a second after the one before."""
    found = [post(stream=stream, to=(to,), cc=()) for _ in range(number)]
    return [put(one, Status.QUEUED, due=due + timedelta(seconds=n), **columns) for n, one in enumerate(found)]


def lane(domain: str = "office.example.org", mode: str = "sandbox", **changed: Any) -> Lane:
    """A lane that nothing has left for a week, to an office that works from nine to five on any weekday."""
    long_ago = MONDAY - timedelta(days=7)
    values: dict[str, Any] = {
        "time_zone": "UTC",
        "calendars": "",
        "opens_at": time(9),
        "closes_at": time(17),
        "next_at": long_ago,
        "even_at": long_ago,
        **changed,
    }
    return Lane.objects.update_or_create(domain=domain, mode=mode, defaults=values)[0]


def leave(now: datetime, room: int = 8) -> list[Message]:
    """What one claim lets leave at a moment, handed over at once."""
    with transaction.atomic():
        ids = pacing.take(room, now)
        Message.objects.filter(pk__in=ids).update(status=Status.SENT, sent_at=now)
    rows = Message.objects.in_bulk(ids)
    return [rows[pk] for pk in ids]


def streams_of(now: datetime, turns: int) -> list[str]:
    """The streams that have the next turns of the one lane, each as soon as it may."""
    found = []
    for _ in range(turns):
        now = max(now, Lane.objects.get().next_at)
        found += [message.stream for message in leave(now)]
    return found
