"""Owns which single letters must not leave as they are. Whatever hands a letter over asks here.

The promise: from the commit that recalls a letter on it does not leave, whichever way it comes back into the line: from
a hand-over that failed for now, from a doubt, by a person's word. Whoever recalled it then finds it there.
"""

from django.db.models import Exists, OuterRef, QuerySet

from mailings.models import Message, Recall
from mailings.models.message import Status

BATCH = 5_000
#: States in which a letter is neither sent nor withdrawn: it stands in line, or may come back into it.
UNSETTLED = (Status.HELD, Status.QUEUED, Status.SENDING, Status.IN_DOUBT, Status.FAILED)
SETTLED = (Status.SENT, Status.CANCELLED)


def recall(rows: QuerySet[Message], why: str) -> int:
    """Let none of these leave as it is. Call it in the transaction that gives the reason.

    No message is locked or written: a worker may be recording many of them at this moment.

    Returns:
        How many that were neither sent nor withdrawn.
    """
    ids = list(rows.filter(status__in=UNSETTLED).order_by().values_list("pk", flat=True))
    found = [Recall(message_id=pk, why=why) for pk in ids]
    Recall.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True)
    return len(ids)


def end(rows: QuerySet[Message], why: str) -> None:
    """Let these leave as they are, as far as this reason goes."""
    Recall.objects.filter(why=why, message__in=rows.order_by().values("pk")).delete()


def of(rows: QuerySet[Message], why: str) -> QuerySet[Message]:
    """Those of the rows that were recalled for this reason."""
    return rows.filter(pk__in=Recall.objects.filter(why=why).values("message"))


def recalled() -> Exists:
    """The condition that a message was recalled for any reason."""
    return Exists(Recall.objects.filter(message=OuterRef("pk")))


def forget_settled() -> None:
    """Forget recalls of what has left or was withdrawn: it does not come back."""
    Recall.objects.filter(message__status__in=SETTLED).delete()
