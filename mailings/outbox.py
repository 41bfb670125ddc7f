"""DOOR. Owns the way into the outbox and a person's acts on what is in it.

The promise: a message that ``post`` accepted is never lost, and is handed to the provider once. The row is the message;
the task that follows it is only a nudge. Posting twice under one dedupe key is harmless.
"""

import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from mailings import accepting, checks, halts, lanes, queue, recalls, states
from mailings.accepting import NewMessage
from mailings.compose import Mail
from mailings.models import Message
from mailings.models.message import (
    CANCELLABLE,
    RELEASABLE,
    RETRYABLE,
    SETTLEABLE,
    HeldFor,
    Kind,
    Rank,
    Status,
    digest_of,
)
from mailings.models.recipient import Role
from mailings.text import domain_of

ROWS_PER_INSERT = 200
NO_DELAY = timedelta(0)
#: Somebody waits before a page for it.
SECONDS_TO_PUT_ASIDE = 10.0
_dice = secrets.SystemRandom()


@dataclass(frozen=True)
class Posting:
    """A mail on its way into the outbox, with the caller's names for it."""

    mail: Mail
    dedupe_key: str
    stream: str = ""
    reference: str = ""
    #: True keeps it until ``release``: nothing leaves before its writer has confirmed.
    held: bool = False


def post(posting: Posting) -> uuid.UUID:
    """Accept one mail.

    Args:
        posting: the finished mail; its dedupe key is unique for ever.
    Returns:
        The message's uid; that of the earlier message where the dedupe key was used before.
    """
    uids = post_together([posting])
    return uids[0] if uids else Message.objects.values_list("uid", flat=True).get(dedupe_key=posting.dedupe_key)


def post_many(postings: Sequence[Posting]) -> int:
    """Accept many mails in few statements. Those whose dedupe key was used before are left out.

    Returns:
        How many were new.
    """
    parts = (postings[start : start + ROWS_PER_INSERT] for start in range(0, len(postings), ROWS_PER_INSERT))
    return sum(len(post_together(part)) for part in parts)


def post_together(postings: Sequence[Posting]) -> list[uuid.UUID]:
    """Accept a few mails that belong together: all of them, or none where anything fails.

    Returns:
        The uids of the new ones; those whose dedupe key was used before are left out.
    """
    now = timezone.now()
    roads = {road: lanes.lane_of(road) for road in {_road(posting.mail) for posting in postings} if road}
    # No savepoint of our own: where it fails, whatever it belongs to has failed.
    with transaction.atomic(savepoint=False):
        written = accepting.insert(_new(posting, now, roads) for posting in postings)
        if any(one.message["status"] == Status.QUEUED for one in written):
            queue.nudge()
    return [one.message["uid"] for one in written]


def _road(mail: Mail) -> str:
    """The mail domain whose lane a letter takes, that of its first ``to``; "" for a supporter's own mail."""
    return domain_of(mail.to[0].email) if mail.kind == Kind.LETTER else ""


def _new(posting: Posting, now: datetime, roads: dict[str, int]) -> NewMessage:
    mail, uid = posting.mail, uuid.uuid4()
    content = {
        "message_id_header": f"<{uid.hex}@{mail.sender.email.rpartition('@')[2]}>",
        "sender_name": mail.sender.name,
        "sender_address": mail.sender.email,
        "reply_to": mail.reply_to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    }
    roles = [(Role.TO.value, to) for to in mail.to] + [(Role.CC.value, copy) for copy in mail.cc]
    message = {
        "uid": uid,
        "kind": mail.kind,
        "mode": settings.MAIL_MODE,
        "status": Status.HELD if posting.held else Status.QUEUED,
        "held_for": HeldFor.CONFIRMATION if posting.held else HeldFor.NOTHING,
        "rank": Rank.LETTER if mail.kind == Kind.LETTER else Rank.OWN,
        "stream": posting.stream,
        "reference": posting.reference,
        "dedupe_key": posting.dedupe_key,
        "lane_id": roads.get(_road(mail)),
        "created_at": now,
        "due": now,
        "released_at": None if posting.held else now,
        "digest": digest_of(content.values(), [(role, address.email, address.name) for role, address in roles]),
    }
    recipients = [{"role": role, "address": address.email, "name": address.name} for role, address in roles]
    return NewMessage(message, content, recipients)


def release(reference: str, *, into_pause: bool = False, note: str = "", delay: timedelta = NO_DELAY) -> int:
    """Let the held letters under a reference leave: their writer has confirmed. Of two at once, one is counted.

    Args:
        reference: the caller's name for them.
        into_pause: the stream is paused, so they stay held until ``release_stream``.
        note: a sentence for the story.
        delay: each becomes due at a moment of its own within this time, drawn by chance, so that the time of sending
            tells nothing about its writer.
    Returns:
        How many waited for confirmation.
    """
    waiting = _letters().filter(reference=reference, status=Status.HELD, held_for=HeldFor.CONFIRMATION)
    ids, now = list(waiting.values_list("pk", flat=True)), timezone.now()
    released = 0
    with transaction.atomic():
        for some in [ids] if not delay else [[pk] for pk in ids]:
            due = now + delay * _dice.random()
            if into_pause:
                extra: dict[str, object] = {"held_for": HeldFor.PAUSE, "due": due}
                only = {"held_for": HeldFor.CONFIRMATION}
                released += len(states.move(some, RELEASABLE, Status.HELD, note=note, extra=extra, only=only))
            else:
                released += _queue(some, {Status.HELD}, note=note, due=due)
    return released


def _queue(
    ids: list[int], old: Collection[Status], *, due: object, by: str = "", note: str = "", afresh: bool = False
) -> int:
    extra: dict[str, object] = {"released_at": timezone.now(), "due": due} | (
        {"attempts": 0, "put_off": 0} if afresh else {}
    )
    with transaction.atomic():
        moved = states.move(ids, old, Status.QUEUED, by=by, note=note, extra=extra)
        if moved:
            queue.nudge()
    return len(moved)


def _letters() -> QuerySet[Message]:
    """Letters of the present mode: those of another one never leave."""
    return Message.objects.filter(kind=Kind.LETTER, mode=settings.MAIL_MODE)


def halt_stream(stream_prefix: str, *, for_good: bool) -> None:
    """Let no letter leave under streams that begin so, from this commit on, in whatever mode.

    ``put_aside`` then empties the line.

    Args:
        stream_prefix: how the streams begin.
        for_good: True withdraws the letters, False holds them until ``release_stream``.
    """
    halts.halt(stream_prefix, for_good=for_good)


def put_aside(stream_prefix: str, *, by: str, note: str) -> int:
    """Hold or withdraw what stands in line under halted streams that begin so. In many transactions: call it in none.

    Returns:
        How many. What ten seconds are too short for is done within the next minutes, and reads so already.
    """
    return halts.put_aside(stream_prefix=stream_prefix, by=by, note=note, seconds=SECONDS_TO_PUT_ASIDE)


def release_stream(stream_prefix: str, *, by: str, note: str) -> int:
    """Let go what a pause held, in whatever mode. What waits for its writer's confirmation stays held."""
    halts.lift(stream_prefix)
    letters = Message.objects.filter(kind=Kind.LETTER, stream__startswith=stream_prefix)
    held = letters.filter(status=Status.HELD, held_for=HeldFor.PAUSE)
    # A letter that was to leave at a moment drawn by chance keeps it: else the pause would tell of its writer.
    due = Greatest(F("due"), Value(timezone.now(), DateTimeField()))
    return _queue(list(held.values_list("pk", flat=True)), RELEASABLE, by=by, note=note, due=due)


def withdraw(reference: str, *, note: str) -> int:
    """Withdraw the letters under a reference that have not begun to leave: their writer wants them back."""
    rows = _letters().filter(reference=reference, status__in=CANCELLABLE)
    return len(states.move(list(rows.values_list("pk", flat=True)), CANCELLABLE, Status.CANCELLED, note=note))


def hold_back(references: Collection[str], *, by: str, note: str) -> int:
    """Take letters that have not begun to leave back to where they wait for ``release``.

    Args:
        references: the caller's names for them.
        by, note: kept in each story.
    Returns:
        How many messages were taken back.
    """
    names, moved = list(references), 0
    with transaction.atomic():
        for start in range(0, len(names), ROWS_PER_INSERT):
            rows = _letters().filter(reference__in=names[start : start + ROWS_PER_INSERT], status__in=CANCELLABLE)
            ids = list(rows.exclude(held_for=HeldFor.CONFIRMATION).values_list("pk", flat=True))
            extra = {"held_for": HeldFor.CONFIRMATION}
            moved += len(states.move(ids, CANCELLABLE, Status.HELD, by=by, note=note, extra=extra))
    return moved


def recall(rows: QuerySet[Message], *, why: str) -> int:
    """Let none of these letters leave as it is from this commit on, also where it comes back into the line later.

    Args:
        rows: from ``reports.search``.
        why: the caller's name for the reason; each is ended by itself.
    Returns:
        How many had neither been sent nor withdrawn. ``recalled`` finds them again.
    """
    return recalls.recall(rows, why)


def recalled(rows: QuerySet[Message], *, why: str) -> QuerySet[Message]:
    """Those of some letters that were recalled for this reason and are still to be decided on."""
    return recalls.of(rows, why)


def end_recall(rows: QuerySet[Message], *, why: str) -> None:
    """Let these letters leave as they are, as far as this reason goes."""
    recalls.end(rows, why)


def cancel(uids: Collection[uuid.UUID], *, by: str, note: str) -> int:
    """Withdraw messages that have not begun to leave.

    Returns:
        How many were withdrawn; the others had left, were leaving, or were withdrawn before.
    """
    return len(states.move(_ids(uids), CANCELLABLE, Status.CANCELLED, by=by, note=note))


def retry(uids: Collection[uuid.UUID], *, by: str, note: str) -> int:
    """Send again what failed or is in doubt. A person decides this; the Message-ID stays the same.

    Returns:
        How many were put in line. Messages of another mode, letters of a halted stream and those that were recalled
        are left alone.
    """
    free = ~halts.halted() & ~Q(recalls.recalled())
    rows = Message.objects.filter(free, uid__in=uids, mode=settings.MAIL_MODE)
    ids = list(rows.values_list("pk", flat=True))
    return _queue(ids, RETRYABLE, by=by, note=note, due=timezone.now(), afresh=True)


def count_as_sent(uids: Collection[uuid.UUID], *, by: str, note: str) -> int:
    """Settle messages in doubt by a person's word that they left.

    Returns:
        How many were in doubt.
    """
    extra = {"sent_at": timezone.now(), "answer": note[: states.LONGEST_NOTE]}
    return len(states.move(_ids(uids), SETTLEABLE, Status.SENT, by=by, note=note, extra=extra))


def _ids(uids: Collection[uuid.UUID]) -> list[int]:
    return list(Message.objects.filter(uid__in=uids).values_list("pk", flat=True))


def provider_is_here() -> bool:
    """True where mail goes to a provider on this very machine, so that no real office can be reached."""
    return checks.provider_is_here()
