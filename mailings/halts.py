"""Owns which streams are halted. Whatever would put a letter in line, or take it from there, asks here."""

from collections.abc import Collection, Iterable
from math import inf
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mailings import states
from mailings.models import Halt, Message
from mailings.models.message import CANCELLABLE, HeldFor, Kind, Status
from mailings.models.mode import Mode

BATCH = 500
MEANWHILE = "Its campaign was halted meanwhile."


def halt(stream_prefix: str, *, for_good: bool) -> None:
    """Halt the streams that begin so, whatever the mode: it may be another one tomorrow.

    A halt for good replaces one for a time.
    """
    for mode in Mode:
        Halt.objects.update_or_create(stream_prefix=stream_prefix, mode=mode, defaults={"for_good": for_good})


def lift(stream_prefix: str) -> None:
    """Let these streams move again, in every mode. What was halted for good stays halted."""
    Halt.objects.filter(stream_prefix=stream_prefix, for_good=False).delete()


def halted() -> Q:
    """The condition that a message is a letter of a halted stream; matches nothing while there is no halt."""
    return _of(Halt.objects.all())


def _of(halts: QuerySet[Halt]) -> Q:
    found = Q(pk__in=[])
    for prefix, mode in halts.values_list("stream_prefix", "mode"):
        found |= Q(kind=Kind.LETTER, mode=mode, stream__startswith=prefix)
    return found


def put_aside(
    ids: Collection[int] | None = None,
    *,
    stream_prefix: str = "",
    by: str = "",
    note: str = MEANWHILE,
    seconds: float = inf,
) -> int:
    """Take letters of halted streams out of the line: those that stand there at the halt, or came back into it after.

    In batches, each a transaction of its own: a campaign may have more letters than one would bear. What is left where
    it breaks off does not leave either, and the next sweep goes on with it.

    Args:
        ids: only these messages; all where it is None.
        stream_prefix: only streams that begin so.
        by, note: kept in each story.
        seconds: no batch is begun after this time.
    Returns:
        How many it took out.
    """
    end, moved = monotonic() + seconds, 0
    while some := list(_back(ids).filter(stream__startswith=stream_prefix).values_list("pk", flat=True)[:BATCH]):
        done = _put_aside(some, by, note)
        moved += done
        if not done or monotonic() > end:
            break
    return moved


def _put_aside(ids: Collection[int], by: str, note: str) -> int:
    """One batch. The halts are locked meanwhile: whoever ends a pause waits for it, and then finds what was held."""
    with transaction.atomic():
        if connection.features.has_select_for_update:  # SQLite holds the whole database.
            list(Halt.objects.order_by("pk").select_for_update())
        rows = list(_back(ids))  # Asked once more: a pause that has ended would hold it, and nobody would let it go.
        becomes, moved = counted_as(rows), 0
        for status, held_for in sorted(set(becomes.values())):
            mine = [pk for pk, found in becomes.items() if found == (status, held_for)]
            old = CANCELLABLE if status is Status.CANCELLED else {Status.QUEUED}
            moved += len(states.move(mine, old, status, by=by, note=note, extra={"held_for": held_for}))
    return moved


def _back(ids: Collection[int] | None) -> QuerySet[Message]:
    stopped = _of(Halt.objects.filter(for_good=True))
    back = Message.objects.filter(Q(halted(), status=Status.QUEUED) | Q(stopped, status=Status.HELD))
    return back if ids is None else back.filter(pk__in=list(ids))


def counted_as(rows: Iterable[Message]) -> dict[int, tuple[Status, HeldFor]]:
    """What letters of halted streams are as good as, by primary key, though they are not put aside yet."""
    letters = [row for row in rows if row.kind == Kind.LETTER and row.status in CANCELLABLE]
    halts = list(Halt.objects.values_list("stream_prefix", "mode", "for_good")) if letters else []
    found = {}
    for row in letters:
        ends = [for_good for prefix, mode, for_good in halts if mode == row.mode and row.stream.startswith(prefix)]
        if any(ends):
            found[row.pk] = (Status.CANCELLED, HeldFor.NOTHING)
        elif ends and row.status == Status.QUEUED:
            found[row.pk] = (Status.HELD, HeldFor.PAUSE)
    return found


def prefixes() -> tuple[str, ...]:
    """How the halted streams of the present mode begin."""
    return tuple(Halt.objects.filter(mode=settings.MAIL_MODE).values_list("stream_prefix", flat=True))
