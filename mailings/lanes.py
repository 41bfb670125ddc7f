"""DOOR. Owns the lanes of the present mode: which one a letter takes, what staff see of each and may change."""

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from mailings import calendars, forecasts, pacing, places, rhythm, warmup
from mailings.models import Lane, LaneChange, Message, Recipient
from mailings.models.lane import HoursFrom
from mailings.models.message import Rank, Status
from mailings.models.recipient import Role
from mailings.text import domain_of
from mailings.warmup import Limits

#: Letters without a lane that get theirs in one sweep.
MOST_GIVEN = 1_000
#: (mode, domain) -> primary key, for this process. Lanes are never deleted.
_known: dict[tuple[str, str], int] = {}


def lane_of(domain: str) -> int:
    """The lane of a mail domain in the present mode; it is made where there is none.

    A new lane gets the hours of the country in its name, else UTC from Monday to Friday until staff say more.

    Args:
        domain: in lower case.
    Returns:
        Its primary key. From the second time on without a look into the database.
    """
    key = (settings.MAIL_MODE, domain)
    if key not in _known:
        place = places.guess(domain)
        guessed = {}
        if place is not None:
            guessed = {"time_zone": place.time_zone, "calendars": place.country, "hours_from": HoursFrom.NAME}
        lane, _ = Lane.objects.get_or_create(domain=domain, mode=settings.MAIL_MODE, defaults=guessed)
        # Only what is durable: a lane that is rolled back with its first letter must not be remembered.
        transaction.on_commit(lambda: _known.__setitem__(key, lane.pk))
        return lane.pk
    return _known[key]


def give() -> int:
    """Give letters in line the lane that they lack: a web server of an older version wrote them after the update.

    No claim that goes by the pace of lanes would ever find them.

    Returns:
        How many got one. There may be more of them than one call gives.
    """
    lost = Message.objects.filter(rank=Rank.LETTER, status=Status.QUEUED, lane=None, mode=settings.MAIL_MODE)
    first_to = Recipient.objects.filter(message=OuterRef("pk"), role=Role.TO).order_by("pk").values("address")[:1]
    rows = lost.annotate(to=Subquery(first_to)).exclude(to=None).order_by("pk").values_list("pk", "to")
    return sum(lost.filter(pk=pk).update(lane=lane_of(domain_of(to))) for pk, to in rows[:MOST_GIVEN])


def forget() -> None:
    """Forget which lanes there are, where the database was changed behind our back: a test's, or one restored."""
    _known.clear()


@dataclass(frozen=True)
class Pace:
    """What staff set of a lane."""

    per_hour: int
    per_day: int
    time_zone: str
    calendars: str
    opens_at: time
    closes_at: time


@dataclass(frozen=True)
class LaneReport:
    """One lane, as staff see it. Every moment is aware; tell it by ``there``."""

    pk: int
    domain: str
    pace: Pace
    #: ``moving``, ``closed``, ``resting``, ``paused`` (by a person) or ``stopped`` (by itself, because it was refused).
    state: str
    #: Its days and hours in words, and the place they are told in: ("Mon-Fri 09-17", "Beijing").
    hours: tuple[str, str]
    #: ``name``, ``staff``, or "" where nobody knows where the office is.
    hours_from: str
    waiting: int
    #: When the last of what waits leaves at this pace; None where nothing waits, it is paused, or it takes years.
    lasts_until: datetime | None
    #: When the next letter may leave; None while it is paused.
    next_at: datetime | None
    #: How many times slower than set it goes at present.
    slowness: int
    #: Letters that may still leave today.
    left_today: int
    #: What our domain allows while it warms up; None once it is warm.
    warmup: Limits | None
    paused_at: datetime | None
    paused_by: str
    paused_why: str

    def there(self, moment: datetime) -> str:
        """A moment told at the office: "Monday 09:00 in Beijing"."""
        return places.moment_there(moment, self.pace.time_zone, timezone.now())


@dataclass(frozen=True)
class Change:
    """One line of a lane's story; ``by`` is "" for the lane itself."""

    at: datetime
    by: str
    what: str
    why: str


def waited_for() -> bool:
    """Whether letters wait for their lane's pace at present."""
    return pacing.waited_for()


def warmup_today() -> Limits | None:
    """What our sending domain allows while it warms up; None once mail servers know it."""
    return warmup.limits(timezone.now())


def everything() -> list[LaneReport]:
    """Every lane: those that a person has to look at first, then by how much waits in them."""
    rows = Message.objects.filter(status=Status.QUEUED, lane__mode=settings.MAIL_MODE)
    waiting = dict(rows.order_by().values_list("lane").annotate(n=Count("pk")))
    found = list(_reports(list(Lane.objects.filter(mode=settings.MAIL_MODE)), waiting))
    return sorted(found, key=lambda lane: (lane.state != "stopped", -lane.waiting, lane.domain))


def report(pk: int) -> LaneReport | None:
    """One lane of the present mode; None where there is none."""
    rows = Lane.objects.filter(pk=pk, mode=settings.MAIL_MODE)
    waiting = Message.objects.filter(lane=pk, status=Status.QUEUED).count()
    return next(_reports(list(rows), {pk: waiting}), None)


def stopped() -> list[LaneReport]:
    """Lanes that paused themselves and wait for a person."""
    rows = Lane.objects.filter(mode=settings.MAIL_MODE, paused_at__isnull=False, paused_by="")
    return [found for row in rows if (found := report(row.pk))]


def of_letter(uid: uuid.UUID) -> LaneReport | None:
    """The lane that a message stands in; None for a supporter's own mail."""
    pk = Message.objects.filter(uid=uid).values_list("lane", flat=True).first()
    return report(pk) if pk else None


def changes(pk: int) -> list[Change]:
    """What was done to a lane, newest first."""
    rows = LaneChange.objects.filter(lane=pk, lane__mode=settings.MAIL_MODE)
    return [Change(row.at, row.by, row.what, row.why) for row in rows[:50]]


def _reports(rows: list[Lane], waiting: dict[int, int]) -> Iterator[LaneReport]:
    now = timezone.now()
    limits = warmup.limits(now)
    for row in rows:
        rhythm.speed_up(row, now)
        yield _report(row, waiting.get(row.pk, 0), limits, now)


def _report(row: Lane, waiting: int, limits: Limits | None, now: datetime) -> LaneReport:
    office, paused = rhythm.office_of(row), row.paused_at is not None
    left = rhythm.left_today(row, now)
    return LaneReport(
        pk=row.pk,
        domain=row.domain,
        pace=_pace_of(row),
        state=_state(row, left, limits, now),
        hours=(office.in_words(office.day_of(now).year), places.place_of(row.time_zone)),
        hours_from=row.hours_from,
        waiting=waiting,
        lasts_until=None if paused else forecasts.lasts_until(row, waiting, now, limits),
        next_at=None if paused else rhythm.next_chance(row, now),
        slowness=row.slowness,
        left_today=left,
        warmup=limits,
        paused_at=row.paused_at,
        paused_by=row.paused_by,
        paused_why=row.paused_why,
    )


def _state(row: Lane, left: int, limits: Limits | None, now: datetime) -> str:
    if row.paused_at is not None:
        return "paused" if row.paused_by else "stopped"
    if not rhythm.office_of(row).is_open(now):
        return "closed"
    if row.slowness > 1 or not left or (limits is not None and not limits.left):
        return "resting"
    return "moving"


def _pace_of(row: Lane) -> Pace:
    return Pace(**{name: getattr(row, name) for name in Pace.__dataclass_fields__})


def calendars_named(typed: str) -> str:
    """Calendars that staff typed, as ``change`` takes them. Raises ValueError with a sentence about what is unknown."""
    return calendars.canonical(typed)


def time_zone_named(typed: str) -> str:
    """The time zone that staff mean by its name or its capital. Raises ValueError with a sentence."""
    found = places.zone_named(typed)
    if not found:
        raise ValueError("Write a time zone by its name, like Asia/Shanghai, or a capital, like Beijing.")
    return found


def pause(pk: int, *, by: str, reason: str) -> bool:
    """Let nothing more leave on a lane until somebody resumes it. Returns False where it was paused already."""
    now = timezone.now()
    with transaction.atomic():
        free = Lane.objects.filter(pk=pk, mode=settings.MAIL_MODE, paused_at=None)
        if not free.update(paused_at=now, paused_by=by, paused_why=reason):
            return False
        LaneChange.objects.create(lane_id=pk, at=now, by=by, what="Paused", why=reason)
    return True


def resume(pk: int, *, by: str, reason: str) -> bool:
    """Let a lane move again. What was refused before does not pause it once more. Returns False where it moved."""
    now = timezone.now()
    moving = {"paused_at": None, "paused_by": "", "paused_why": "", "watched_from": now, "even_at": now, "next_at": now}
    with transaction.atomic():
        if not Lane.objects.filter(pk=pk, mode=settings.MAIL_MODE, paused_at__isnull=False).update(**moving):
            return False
        LaneChange.objects.create(lane_id=pk, at=now, by=by, what="Resumed", why=reason)
    return True


def change(pk: int, pace: Pace, *, by: str, reason: str) -> bool:
    """Set a lane's pace and hours; its next letter goes by them. Returns False where nothing was different.

    Args:
        pk: the lane.
        pace: what ``calendars_named`` and ``time_zone_named`` gave, numbers of at least 1, opening before closing.
        by, reason: kept in the lane's story.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = Lane.objects.filter(pk=pk, mode=settings.MAIL_MODE)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update)
        lane = rows.get()
        what = _differences(_pace_of(lane), pace)
        if not what and lane.hours_from == HoursFrom.STAFF:
            return False
        rows.update(**asdict(pace), hours_from=HoursFrom.STAFF, even_at=now, next_at=now)
        LaneChange.objects.create(lane=lane, at=now, by=by, what=what or "Found right as it was", why=reason)
    return True


#: What each part of a pace is called in a lane's story.
NAMES = {
    "per_hour": "letters an hour",
    "per_day": "letters a day",
    "time_zone": "time zone",
    "calendars": "calendars",
    "opens_at": "opens",
    "closes_at": "closes",
}


def _differences(old: Pace, new: Pace) -> str:
    """What a change changes, in words for the story: "letters an hour: 20, now 30"."""
    return "; ".join(
        f"{words}: {_told(getattr(old, name))}, now {_told(getattr(new, name))}"
        for name, words in NAMES.items()
        if getattr(old, name) != getattr(new, name)
    )


def _told(value: object) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value) or "none"
