"""Owns every change of a message's status: the only writer of ``Message.status`` and of its story.

The promise: a change names the states it may come from and counts its rows, so that of two who act at once one acts and
the other learns that he did not. A crash inside leaves nothing, because status and story are one transaction.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mailings import signals
from mailings.models import Message, Step
from mailings.models.message import Status

LONGEST_NOTE = 500
#: SQLite takes no more than 250,000 values in one statement, and a stopped campaign may have more letters in line.
MOST_AT_ONCE = 10_000
#: What a message no longer carries once nobody doubts it.
NO_DOUBT: dict[str, Any] = {"doubted_at": None, "looked_at": None, "noes": 0}


def move(
    ids: Collection[int],
    old: Collection[Status],
    new: Status,
    *,
    note: str = "",
    by: str = "",
    extra: dict[str, Any] | None = None,
    only: dict[str, Any] | None = None,
) -> list[int]:
    """Change the status of those messages that are in one of the old states.

    Args:
        ids: primary keys of messages.
        old: the states that permit this act.
        new: the state they take.
        note: a sentence for the story.
        by: the member of staff, or "" for the machine.
        extra: further columns to set with it.
        only: further conditions, e.g. the owner of a lease.
    Returns:
        The primary keys that did change, in order.
    """
    settled = {} if new is Status.IN_DOUBT else NO_DOUBT
    fields: dict[str, Any] = {"held_for": "", "owner": "", "lease": None, **settled, **(extra or {})}
    in_order = sorted(ids)
    with transaction.atomic():
        rows = [
            row
            for start in range(0, len(in_order), MOST_AT_ONCE)
            for row in _move(in_order[start : start + MOST_AT_ONCE], old, {"status": new, **fields}, only or {})
        ]
        write_steps(rows, new, note=note, by=by)
        announce(rows, new)
    return [row.pk for row in rows]


def _move(ids: list[int], old: Collection[Status], fields: dict[str, Any], only: dict[str, Any]) -> list[Message]:
    candidates = Message.objects.filter(pk__in=ids, status__in=list(old), **only).order_by("pk")
    if connection.features.has_select_for_update:
        candidates = candidates.select_for_update()
    rows = list(candidates.only("pk", "uid", "kind", "stream", "reference", "attempts"))
    count = Message.objects.filter(pk__in=[row.pk for row in rows], status__in=list(old)).update(**fields)
    if count != len(rows):  # Held by the row locks above; SQLite holds the whole database.
        raise RuntimeError(f"{len(rows)} messages were locked, but {count} changed")
    return rows


def write_steps(rows: Iterable[Message], status: Status, *, note: str = "", by: str = "") -> None:
    """Append one line to the story of each message."""
    now = timezone.now()
    Step.objects.bulk_create(
        [
            Step(message=row, at=now, status=status, attempt=row.attempts, note=note[:LONGEST_NOTE], by=by)
            for row in rows
        ],
        batch_size=MOST_AT_ONCE,
    )


def announce(rows: Iterable[Message], status: Status) -> None:
    """Tell listeners of the change once it is durable. A listener's fault is logged and stops nothing."""
    if not signals.message_changed.has_listeners(Message):
        return
    news = [
        {"uid": row.uid, "kind": row.kind, "stream": row.stream, "reference": row.reference, "status": str(status)}
        for row in rows
    ]

    def tell() -> None:
        for item in news:
            signals.message_changed.send_robust(sender=Message, **item)

    transaction.on_commit(tell)
