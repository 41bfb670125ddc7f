"""Owns the warm-up of a new sending domain: how few letters may leave it until mail servers know it.

Source of the numbers: docs/decisions/0006-pace.md. The day is UTC's. The promise: no more than the day's letters leave,
however many workers run, because the domain's row is locked from the count to the end of the claim.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet

from mailings.models import Event, Recipient, SendingDomain
from mailings.models.recipient import Delivery

FIRST_PER_HOUR = 5
MORE_PER_HOUR = 10
FIRST_PER_DAY = 50
#: From this step on the domain is warm: 51,200 letters a day, and 100 an hour to one office, are no limit to us.
WARM = 10
#: After so long a silence the world has half forgotten a domain.
SILENCE = timedelta(days=30)
STEPS_LOST = 3
#: What one good day may hold at most; after a worse one the step does not rise.
MOST_BOUNCED = 0.02
MOST_DEFERRED = 0.10


@dataclass(frozen=True)
class Limits:
    """What a domain that warms up allows on one day."""

    step: int
    #: How many of the day's letters have left, and how many own mails of supporters.
    letters: int = 0
    own: int = 0

    @property
    def per_hour(self) -> int:
        """Letters an hour to one office."""
        return MORE_PER_HOUR * self.step or FIRST_PER_HOUR

    @property
    def per_day(self) -> int:
        """Letters of the whole domain. Own mails take their share of them, but never more than half."""
        whole = FIRST_PER_DAY << self.step
        return max(whole - self.own, whole // 2)

    @property
    def left(self) -> int:
        """How many letters may still leave today."""
        return max(0, self.per_day - self.letters)

    def later(self, days: int) -> "Limits | None":
        """What it will allow after so many good days of sending; None once it is warm."""
        step = self.step + days
        return None if step >= WARM else Limits(step)


class Busy(Exception):
    """Another worker counts in this very moment."""


def limits(now: datetime) -> Limits | None:
    """What the present domain allows, for whoever only wants to know; None where it is warm or need not warm up."""
    if not settings.MAIL_WARMUP:
        return None
    return limits_of(_on(_rows().first() or SendingDomain(), now))


def limits_of(row: SendingDomain | None) -> Limits | None:
    """What a row that ``reserve`` gave still allows."""
    if row is None or row.step >= WARM:
        return None
    return Limits(row.step, row.day_count, row.day_own)


def reserve(now: datetime) -> SendingDomain | None:
    """Lock the domain's row until the transaction ends, as it stands today; None where nothing needs to be counted.

    Raises:
        Busy: where another worker holds it. Nobody waits for it: whoever waits would hold up own mails.
    """
    if not settings.MAIL_WARMUP:
        return None
    row, _ = SendingDomain.objects.get_or_create(domain=settings.MAIL_DOMAIN, mode=settings.MAIL_MODE)
    if row.step >= WARM and row.day == _day(now):
        return None
    rows = _rows()
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    locked = rows.first()
    if locked is None:
        raise Busy
    return _on(locked, now)


def count(row: SendingDomain | None, letters: int) -> None:
    """Note that letters leave, on a row that ``reserve`` gave."""
    if row is not None and letters:
        row.day_count += letters
        row.save()


def count_own(mails: int, now: datetime) -> None:
    """Note that supporters' own mails leave. They never wait; but what leaves counts for the domain."""
    if not settings.MAIL_WARMUP or not mails:
        return
    if _rows().filter(day=_day(now)).update(day_own=F("day_own") + mails):
        return
    SendingDomain.objects.get_or_create(domain=settings.MAIL_DOMAIN, mode=settings.MAIL_MODE)
    rows = _rows()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    row = _on(rows.get(), now)
    row.day_own += mails
    row.save()


def _rows() -> QuerySet[SendingDomain]:
    return SendingDomain.objects.filter(domain=settings.MAIL_DOMAIN, mode=settings.MAIL_MODE)


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _on(row: SendingDomain, now: datetime) -> SendingDomain:
    """The row as it stands today. It is stored with the first message of the day, so that no empty day is a step."""
    today = _day(now)
    if row.day is not None and row.day < today:
        if today - row.day >= SILENCE:
            row.step = max(0, min(row.step, WARM) - STEPS_LOST)
        elif row.step < WARM and _went_well(row.day):
            row.step += 1
        row.day_count = row.day_own = 0
    row.day = max(row.day or today, today)
    return row


def _went_well(day: date) -> bool:
    """Whether the letters of a day (UTC) were taken as a domain's letters should be."""
    begin = datetime.combine(day, time(), UTC)
    # By the index on lanes and times: letters have a lane, and few have left a domain that is new.
    spoken_to = Recipient.objects.filter(
        message__mode=settings.MAIL_MODE,
        message__lane__isnull=False,
        message__sent_at__gte=begin,
        message__sent_at__lt=begin + timedelta(days=1),
    )
    number = spoken_to.count()
    if spoken_to.filter(status=Delivery.COMPLAINED).exists():
        return False
    bounced = spoken_to.filter(status__in=[Delivery.BOUNCED, Delivery.SOFT_BOUNCE]).count()
    # The events, not the status: most of what was asked to wait was accepted afterwards.
    waits = Event.objects.filter(recipient__in=spoken_to, type=Delivery.DEFERRED).values("recipient").distinct().count()
    return bounced <= MOST_BOUNCED * number and waits <= MOST_DEFERRED * number
