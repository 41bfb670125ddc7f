"""Owns the record: what came of the hand-overs of one worker, written in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mailings import retry, states, transports
from mailings.models import Message, Recipient
from mailings.models.message import Status
from mailings.models.recipient import Delivery
from mailings.parcel import Outcome
from mailings.retry import Verdict

#: States that a message may have been put into while the provider's answer to its hand-over was on its way.
SETTLED_BY_A_LATE_ANSWER = frozenset({Status.IN_DOUBT, Status.QUEUED, Status.FAILED})
#: The provider asked for patience without saying for how long.
PATIENCE = timedelta(minutes=2)


def record(outcomes: Sequence[Outcome], worker: str) -> None:
    """Write what came of these hand-overs.

    A message that another hand has moved on meanwhile (its lease ran out, or an event proved that it left) keeps that
    state, unless the provider did take it: then it is sent, and not in doubt or in line for a second time.

    Args:
        outcomes: of parcels that this worker claimed.
        worker: the name it claimed them under.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = Message.objects.in_bulk([outcome.parcel.pk for outcome in outcomes])
        for outcome in outcomes:
            row = rows.get(outcome.parcel.pk)
            if row is not None:
                _record_one(outcome, row, worker, now)


def _record_one(outcome: Outcome, row: Message, worker: str, now: datetime) -> None:
    status, fields, note = _consequence(outcome, row, now)
    moved = states.move([row.pk], {Status.SENDING}, status, note=note, extra=fields, only={"owner": worker})
    if outcome.verdict is Verdict.SENT:
        if not moved:
            _record_late(row, fields)
        _mark_recipients(outcome, now)


def _record_late(row: Message, fields: dict[str, object]) -> None:
    """The provider took it, though another hand was faster than this record."""
    note = f"The answer of {settings.MAIL_PROVIDER} came late: it took it."
    states.move([row.pk], SETTLED_BY_A_LATE_ANSWER, Status.SENT, note=note, extra=fields)
    learned = {name: fields[name] for name in ("provider", "provider_message_id")}
    Message.objects.filter(pk=row.pk, status=Status.SENT).update(**learned)


def _consequence(outcome: Outcome, row: Message, now: datetime) -> tuple[Status, dict[str, object], str]:
    """The new status, the columns that go with it and the line for the story."""
    fields: dict[str, object] = {"answer": outcome.answer, "provider": settings.MAIL_PROVIDER}
    unspent = {"attempts": F("attempts") - 1}
    match outcome.verdict:
        case Verdict.SENT:
            fields |= {"sent_at": now, "provider_message_id": outcome.provider_message_id}
            return (
                Status.SENT,
                fields,
                f"{settings.MAIL_PROVIDER} took it as {outcome.provider_message_id or 'accepted'}",
            )
        case Verdict.NEVER:
            return Status.FAILED, fields, outcome.answer
        case Verdict.IN_DOUBT:
            return Status.IN_DOUBT, fields | {"due": now}, outcome.answer
        case Verdict.TRANSPORT_DOWN:
            until = transports.rest(retry.REST_OF_A_TRANSPORT, outcome.answer)
            return Status.QUEUED, fields | unspent | {"due": until}, outcome.answer
        case Verdict.LATER:
            wait = PATIENCE if outcome.retry_after is None else outcome.retry_after
            until = transports.rest(wait, outcome.answer)
            return Status.QUEUED, fields | unspent | {"due": until}, outcome.answer
        case Verdict.SOON if not outcome.begun:
            return Status.QUEUED, fields | unspent, outcome.answer
        case Verdict.SOON if row.attempts >= retry.MOST_ATTEMPTS:
            return Status.FAILED, fields, f"Given up after {row.attempts} attempts. {outcome.answer}"
        case Verdict.SOON:
            return Status.QUEUED, fields | {"due": now + retry.delay(row.attempts)}, outcome.answer


def _mark_recipients(outcome: Outcome, now: datetime) -> None:
    """Recipients are on their way, save those that an event or the provider's answer has already said more of."""
    untold = Recipient.objects.filter(message=outcome.parcel.pk, status=Delivery.UNKNOWN)
    for recipient in untold if outcome.refused else ():
        if recipient.address.lower() in outcome.refused:
            Recipient.objects.filter(pk=recipient.pk).update(
                status=Delivery.REJECTED, status_at=now, answer="Refused by the provider at hand-over"
            )
    untold.filter(status=Delivery.UNKNOWN).update(status=Delivery.SENT, status_at=now)
