"""Owns which streams are halted. Whatever would put a letter in line, or take it from there, asks here."""

from collections.abc import Collection

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mailings import states
from mailings.models import Halt, Message
from mailings.models.message import HeldFor, Kind, Status


def halt(stream_prefix: str, *, for_good: bool) -> None:
    """Halt the streams that begin so, in the present mode. A halt for good replaces one for a time."""
    Halt.objects.update_or_create(stream_prefix=stream_prefix, mode=settings.MAIL_MODE, defaults={"for_good": for_good})


def lift(stream_prefix: str) -> None:
    """Let these streams move again. What was halted for good stays halted."""
    Halt.objects.filter(stream_prefix=stream_prefix, mode=settings.MAIL_MODE, for_good=False).delete()


def halted() -> Q:
    """The condition that a message is a letter of a halted stream; matches nothing while there is no halt."""
    found = Q(pk__in=[])
    for prefix, mode in Halt.objects.values_list("stream_prefix", "mode"):
        found |= Q(kind=Kind.LETTER, mode=mode, stream__startswith=prefix)
    return found


def put_aside(ids: Collection[int] | None = None) -> None:
    """Take letters of halted streams out of the line that came back into it: from a hand-over, or a retry.

    The halts are locked meanwhile: whoever ends a pause waits for that, and then finds what was held for it.

    Args:
        ids: only these messages; all that stand in line where it is None.
    """
    if not _back(ids).exists():
        return
    with transaction.atomic():
        if connection.features.has_select_for_update:  # SQLite holds the whole database.
            list(Halt.objects.order_by("pk").select_for_update())
        for row in _back(ids):  # Asked once more: a pause that has ended would hold it, and nobody would let it go.
            status, extra = _consequence(row)
            states.move([row.pk], {Status.QUEUED}, status, note="Its campaign was halted meanwhile.", extra=extra)


def _back(ids: Collection[int] | None) -> QuerySet[Message]:
    back = Message.objects.filter(halted(), status=Status.QUEUED)
    return back if ids is None else back.filter(pk__in=list(ids))


def prefixes() -> tuple[str, ...]:
    """How the halted streams of the present mode begin."""
    return tuple(Halt.objects.filter(mode=settings.MAIL_MODE).values_list("stream_prefix", flat=True))


def _consequence(message: Message) -> tuple[Status, dict[str, object]]:
    """What a halted letter becomes instead of queued: its status and the columns that go with it."""
    ends = [
        for_good
        for prefix, for_good in Halt.objects.filter(mode=message.mode).values_list("stream_prefix", "for_good")
        if message.stream.startswith(prefix)
    ]
    return (Status.CANCELLED, {}) if any(ends) else (Status.HELD, {"held_for": HeldFor.PAUSE})
