"""Owns how many letters may leave each lane now, and what a lane draws from its server's answers.

The promise: any number of workers on any number of hosts keep each lane's pace together, because the pace stands in the
lane's row, and whoever takes a letter holds that row until his claim is committed. A claim that breaks off takes the
lane's next time back with it. Nobody waits for a row: what another worker holds is passed over.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from mailings import bounces, halts, recalls, rhythm, warmup
from mailings.models import Lane, LaneChange, Message, Recipient
from mailings.models.message import FORM, Status
from mailings.models.mode import Mode
from mailings.models.recipient import Delivery

log = logging.getLogger(__name__)

#: How often one claim looks for further lanes where those it found may not send after all.
MOST_LOOKS = 4
#: More letters than this are not counted, whatever the lane: they are a flood, which leaves at the lane's own pace.
MOST_COUNTED = 500
FLOOD = 1_000_000
#: How many lanes are looked at to tell whether one stands still that should not.
MOST_LOOKED_AT = 50
#: A server that asks us to wait.
ASKS_TO_WAIT = frozenset({Delivery.DEFERRED, Delivery.SOFT_BOUNCE})
#: A server that refuses.
REFUSES = frozenset({Delivery.BOUNCED, Delivery.REJECTED, Delivery.COMPLAINED, Delivery.SOFT_BOUNCE})
#: Refusals among so many last letters of a lane, and so many of them stop it.
LOOKED_BACK = 20
MOST_REFUSALS = 5
LONGEST_WHY = 500
Row = TypeVar("Row", Lane, Message)


def waited_for() -> bool:
    """Whether letters wait for their lane's pace at present: in live mode, unless it is off for measuring."""
    return settings.MAIL_MODE == Mode.LIVE and settings.MAIL_PACE


def take(room: int, now: datetime | None = None) -> list[int]:
    """The letters that may leave now, one of a lane at a time. Runs in the claim's transaction.

    Args:
        room: the most to take.
        now: the moment to go by, in a test.
    Returns:
        Their primary keys, those of the lanes that have waited longest first.
    """
    now = now or timezone.now()
    known = warmup.limits(now)
    if room < 1 or (known is not None and not known.left):
        return []
    taken, halted = list[int](), halts.prefixes()
    try:
        for _ in range(MOST_LOOKS):
            lanes = list(_locked(_ready(now))[: room - len(taken)])
            for lane in lanes:
                letter = _take_from(lane, now, halted)
                taken += [letter.pk] if letter else []
            if not lanes or len(taken) >= room:
                break
    except warmup.Busy:
        pass  # Its letters are counted at this moment; ours are next, a moment later.
    return taken


def waits_since(now: datetime) -> datetime | None:
    """Since when a letter waits that its lane's pace and its office's hours let leave; None where there is none.

    A closed office, a pause, a day whose letters have left: none of them is a fault.
    """
    limits = warmup.limits(now)
    if limits is not None and not limits.left:
        return None
    found, halted = [], halts.prefixes()
    for lane in _ready(now)[:MOST_LOOKED_AT]:
        opened = rhythm.office_of(lane).session(now)[0]
        head = _first_due(lane, now, halted, lock=False) if opened <= now and rhythm.left_today(lane, now) else None
        found += [max(head.due, lane.next_at, opened)] if head else []
    return min(found, default=None)


def _ready(now: datetime) -> QuerySet[Lane]:
    """Lanes in which letters stand and whose next one may leave by the clock, those first that have waited longest."""
    letter = Message.objects.filter(lane=OuterRef("pk"), status=Status.QUEUED).values("pk")[:1]
    rows = Lane.objects.filter(mode=settings.MAIL_MODE, paused_at=None, next_at__lte=now).order_by("next_at")
    # Not EXISTS: of that PostgreSQL makes a join over every letter that waits anywhere.
    return rows.alias(letter=Subquery(letter)).filter(letter__isnull=False)


def _locked(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The rows locked until the transaction ends, without those that another worker holds.

    Not their keys: a web server that writes a letter into a lane must not wait for us.
    """
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, no_key=True)
    return rows


def _take_from(lane: Lane, now: datetime, halted: tuple[str, ...]) -> Message | None:
    """The letter whose turn it is in a lane that is locked, with the lane moved on; None where none may leave."""
    rhythm.speed_up(lane, now)
    found = None
    if rhythm.may_send(lane, now):
        found = _first_due(lane, now, halted)
        if found is None:
            rhythm.postpone(lane, now)
        elif not _count(lane, now):
            return None
        else:
            lane.last_stream = found.stream
    lane.save(update_fields=PACED)
    return found


#: The columns that a turn changes; the others are a person's.
PACED = ("next_at", "even_at", "last_stream", "day", "day_count", "slowness", "slowed_at")


def _count(lane: Lane, now: datetime) -> bool:
    """Count one letter for the lane and for the domain it leaves from. False where the domain's day is full."""
    row = warmup.reserve(now)
    limits = warmup.limits_of(row)
    if limits is not None and not limits.left:
        return False
    # More need not be counted than fit into what is left of the day: beyond that they leave one interval apart.
    most = min(MOST_COUNTED, int(rhythm.rest_of_day(lane, now) / rhythm.interval(lane, limits)) + 1)
    due = Message.objects.filter(lane=lane, status=Status.QUEUED, due__lte=now)
    waiting = due[: most + 1].count() - 1
    rhythm.sent(lane, now, waiting if waiting < most else FLOOD, limits)
    warmup.count(row, 1)
    return True


def _first_due(lane: Lane, now: datetime, halted: tuple[str, ...], *, lock: bool = True) -> Message | None:
    """The oldest due letter of the stream whose turn it is. Round robin: 10,000 letters delay another's one by one."""
    for head in _heads(lane, lock=lock):
        if head.due <= now and not head.stream.startswith(halted):
            return head
    return None


def _heads(lane: Lane, *, lock: bool = True) -> Iterator[Message]:
    """The first letter, not recalled, of each stream in a lane, from the stream after the last turn's once around.

    One look into the index for each stream (a loose index scan), however many letters it has.
    """
    rows = Message.objects.filter(~recalls.recalled(), lane=lane, status=Status.QUEUED, form__lte=FORM)
    rows = rows.order_by("stream", "due", "pk").only("pk", "stream", "due")
    rows = _locked(rows) if lock else rows
    for bound, beyond in ((Q(), lane.last_stream), (Q(stream__lte=lane.last_stream), None)):
        while head := rows.filter(bound, *([] if beyond is None else [Q(stream__gt=beyond)])).first():
            yield head
            beyond = head.stream  # noqa: PLW2901


def heard(lane_id: int, said: Collection[Delivery], answer: str, now: datetime | None = None) -> None:
    """Draw what follows for a lane from what its server said of letters.

    A server that asks us to wait gets half the pace. A lane whose last letters were refused again and again pauses
    itself: to go on would spoil the name of the domain that all letters come from.

    Args:
        lane_id: the lane's primary key.
        said: what is new of recipients on the lane.
        answer: the server's own words.
        now: the moment to go by, in a test.
    """
    now = now or timezone.now()
    if not (ASKS_TO_WAIT | REFUSES) & set(said):
        return
    with transaction.atomic():
        rows = Lane.objects.filter(pk=lane_id)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update)
        lane = rows.get()
        if ASKS_TO_WAIT & set(said) and rhythm.slow_down(lane, now):
            lane.save(update_fields=PACED)
        if REFUSES & set(said) and lane.paused_at is None and _refusals(lane) >= MOST_REFUSALS:
            _pause_itself(lane, answer, now)


def _refusals(lane: Lane) -> int:
    """How often the lane's own server refused the last letters: by policy each counts, a dead mailbox only once."""
    letters = Message.objects.filter(lane=lane, sent_at__isnull=False).order_by("-sent_at")
    if lane.watched_from is not None:
        letters = letters.filter(sent_at__gte=lane.watched_from)
    last = list(letters.values_list("pk", flat=True)[:LOOKED_BACK])
    refused = Recipient.objects.filter(message__in=last, status__in=REFUSES, address__iendswith=f"@{lane.domain}")
    by_policy, dead = 0, set()
    for address, status, answer in refused.values_list("address", "status", "answer"):
        if status == Delivery.COMPLAINED or bounces.refuses_us(answer):
            by_policy += 1
        elif status != Delivery.SOFT_BOUNCE:
            dead.add(address.lower())
    return by_policy + len(dead)


def _pause_itself(lane: Lane, answer: str, now: datetime) -> None:
    why = (answer or "No reason was given.")[:LONGEST_WHY]
    Lane.objects.filter(pk=lane.pk).update(paused_at=now, paused_by="", paused_why=why)
    what = f"Paused itself: {MOST_REFUSALS} or more of the last {LOOKED_BACK} letters were refused"
    LaneChange.objects.create(lane=lane, at=now, what=what, why=why)
    log.error("The lane to %s paused itself, because its mail server refuses. It said: %s", lane.domain, why)
