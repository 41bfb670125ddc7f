"""Owns what staff do to many messages at once, in batches that neither a database nor a worker minds."""

import uuid
from collections.abc import Callable, Sequence

from django.db import transaction

from advocacy import lowering
from mailings import outbox

BATCH = 500
#: The act as the form names it -> the outbox's door.
DOORS: dict[str, Callable[..., int]] = {
    "retry": outbox.retry,
    "cancel": outbox.cancel,
    "sent": outbox.count_as_sent,
}


def act_on(act: str, uids: Sequence[uuid.UUID], *, by: str, reason: str) -> int:
    """Do one act to messages.

    Args:
        act: ``retry``, ``cancel`` or ``sent``.
        uids: the messages; those whose state does not permit the act are left alone, and at ``retry`` those that show
            more of their writer than the campaign lets out, and those that were decided on when another update
            became live.
        by: the member of staff, kept in each story.
        reason: kept beside it.
    Returns:
        How many did change. Stopped in the middle, the batches that were done stay done, and doing it again is
        harmless.
    """
    return sum(_act_on(act, uids[start : start + BATCH], by=by, reason=reason) for start in range(0, len(uids), BATCH))


def _act_on(act: str, uids: Sequence[uuid.UUID], *, by: str, reason: str) -> int:
    with transaction.atomic():
        if act == "retry":  # No letter leaves that shows more than its campaign lets out by now.
            uids = lowering.fit_to_retry(uids)
        return DOORS[act](uids, by=by, note=reason)
