"""Owns the record: what came of the hand-overs of one worker, written in one transaction.

The promise: what the provider took is recorded as sent, whatever became of the row meanwhile; what it surely did not
take goes back in line or fails; everything else is in doubt. A crash before the commit leaves rows ``sending``, and the
end of their lease makes them in doubt: never sent again blindly.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mailings import halts, ledger, retry, states, transports
from mailings.models import Message, Recipient
from mailings.models.message import PROVABLE, Status
from mailings.models.recipient import Delivery
from mailings.parcel import Outcome
from mailings.retry import Verdict

#: The provider asked for patience without saying for how long.
PATIENCE = timedelta(minutes=2)
#: What a refusal for now takes of the patience with one message, where nothing was wrong with its provider: that has
#: taken others since the last one. Among many that are asked to wait one may have bad luck often: the difference.
PUT_OFF = {Verdict.LATER: 1, Verdict.TRANSPORT_DOWN: 10}
MOST_PUT_OFF = 200
#: What an address is called whose message the provider took, while nobody has told anything of the address itself.
HANDED_OVER = frozenset({Delivery.UNKNOWN, Delivery.SENT})


def record(outcomes: Sequence[Outcome], worker: str) -> None:
    """Write what came of these hand-overs. Doing it twice changes nothing.

    A message that another hand has moved on meanwhile (its lease ran out, or an event proved that it left) keeps that
    state, unless the provider did take it: then it is sent, and not in doubt or in line for a second time.

    Args:
        outcomes: of parcels that this worker claimed.
        worker: the name it claimed them under.
    """
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        took = [outcome for outcome in outcomes if outcome.verdict is Verdict.SENT]
        _record_sent(took, worker, now)
        others = _excused([outcome for outcome in outcomes if outcome.verdict is not Verdict.SENT], took, worker)
        if others:
            _record_others(others, worker, now)
        _tell_transports([*took, *others])


def _record_sent(outcomes: list[Outcome], worker: str, now: datetime) -> None:
    sent = ledger.record_sent([(one.parcel.pk, one.provider_message_id) for one in outcomes], worker, now)
    for outcome in outcomes:
        if outcome.parcel.pk not in sent:
            _record_late(outcome, now)
    # After the messages, as reports do: who locks an address first and its message then waits for them in a circle.
    for outcome in outcomes:
        if outcome.refused:
            _mark_refused(outcome, now)


def _mark_refused(outcome: Outcome, now: datetime) -> None:
    """The provider took the message and refused some of its addresses, unless a report has said more of them."""
    said_no_more = Recipient.objects.filter(message=outcome.parcel.pk, status__in=HANDED_OVER)
    for recipient in said_no_more:
        if recipient.address.lower() in outcome.refused:
            said_no_more.filter(pk=recipient.pk).update(
                status=Delivery.REJECTED, status_at=now, answer="Refused by the provider at hand-over"
            )


def _record_late(outcome: Outcome, now: datetime) -> None:
    """The provider took it, though another hand was faster than this record."""
    learned = {"provider": outcome.parcel.provider, "provider_message_id": outcome.provider_message_id}
    note = f"The answer of {outcome.parcel.provider} came late: it took it."
    extra = {"sent_at": now, "answer": "", **learned}
    if not states.move([outcome.parcel.pk], PROVABLE, Status.SENT, note=note, extra=extra):
        _tell_of_a_second_copy(outcome)
    Message.objects.filter(pk=outcome.parcel.pk, status=Status.SENT, provider_message_id="").update(**learned)
    Recipient.objects.filter(message=outcome.parcel.pk, status=Delivery.UNKNOWN).update(
        status=Delivery.SENT, status_at=now
    )


def _tell_of_a_second_copy(outcome: Outcome) -> None:
    """It was sent again while its first hand-over was thought lost. What cannot be undone is shown."""
    ours = outcome.provider_message_id
    note = f"A late answer: {outcome.parcel.provider} took it as {ours}. Nobody knew that when it was sent again."
    rows = Message.objects.filter(pk=outcome.parcel.pk).exclude(provider_message_id__in=["", ours])
    states.write_steps(list(rows) if ours else [], Status.SENT, note=note)


def _excused(outcomes: list[Outcome], took: list[Outcome], worker: str) -> list[Outcome]:
    """The same outcomes; where a provider refuses letter after letter, those that are not to blame go back in line."""
    refused = [outcome.parcel.pk for outcome in outcomes if outcome.verdict is Verdict.NEVER]
    if not refused:
        return outcomes
    # What was recorded before was counted before.
    ours = Message.objects.filter(pk__in=refused, status=Status.SENDING, owner=worker)
    known = set(ours.values_list("pk", flat=True))
    well = {outcome.parcel.provider for outcome in took}
    for provider in sorted({outcome.parcel.provider for outcome in outcomes} - well):
        mine = [o for o in outcomes if o.parcel.provider == provider and o.parcel.pk in known]
        beyond = transports.refused(provider, len(mine)) if mine else 0
        excused = {outcome.parcel.pk for outcome in mine[len(mine) - beyond :]}
        outcomes = [_put_back(one) if one.parcel.pk in excused else one for one in outcomes]
    return outcomes


def _put_back(outcome: Outcome) -> Outcome:
    answer = f"Refused like {transports.MOST_REFUSALS} before it, with none taken between them. {outcome.answer}"
    return replace(outcome, verdict=Verdict.TRANSPORT_DOWN, answer=answer)


def _record_others(outcomes: list[Outcome], worker: str, now: datetime) -> None:
    rows = Message.objects.in_bulk([outcome.parcel.pk for outcome in outcomes])
    back: list[int] = []
    for outcome in outcomes:
        row = rows.get(outcome.parcel.pk)
        if row is not None:
            status, fields, note = _consequence(outcome, row, now)
            moved = states.move([row.pk], {Status.SENDING}, status, note=note, extra=fields, only={"owner": worker})
            back += moved if status is Status.QUEUED else []
    if back:
        halts.put_aside(back)


def _consequence(outcome: Outcome, row: Message, now: datetime) -> tuple[Status, dict[str, object], str]:
    """The new status, the columns that go with it and the line for the story."""
    fields: dict[str, object] = {"answer": outcome.answer}
    put_off = row.put_off + (0 if outcome.parcel.troubled else PUT_OFF.get(outcome.verdict, 0))
    again = fields | {"due": now, "attempts": F("attempts") - 1, "put_off": put_off}
    if put_off >= MOST_PUT_OFF and outcome.verdict in PUT_OFF:
        return Status.FAILED, fields, f"Given up: refused again and again, while others were taken. {outcome.answer}"
    match outcome.verdict:
        case Verdict.IN_DOUBT:
            return Status.IN_DOUBT, fields | {"due": now, "doubted_at": row.claimed_at}, outcome.answer
        case Verdict.TRANSPORT_DOWN:
            return Status.QUEUED, again, outcome.answer
        case Verdict.LATER:
            return Status.QUEUED, again | {"due": now + _patience(outcome)}, outcome.answer
        case Verdict.SOON if not outcome.begun:
            return Status.QUEUED, again, outcome.answer
        case Verdict.SOON if row.attempts < retry.MOST_ATTEMPTS:
            return Status.QUEUED, fields | {"due": now + retry.delay(row.attempts)}, outcome.answer
        case Verdict.SOON:
            return Status.FAILED, fields, f"Given up after {row.attempts} attempts. {outcome.answer}"
        case _:
            return Status.FAILED, fields, outcome.answer


def _tell_transports(outcomes: Sequence[Outcome]) -> None:
    """What the providers' answers say of the providers themselves."""
    for provider in sorted({outcome.parcel.provider for outcome in outcomes}):
        mine = [outcome for outcome in outcomes if outcome.parcel.provider == provider and outcome.begun]
        took = [outcome for outcome in mine if outcome.verdict is Verdict.SENT]
        doubtful = [outcome for outcome in mine if outcome.verdict is Verdict.IN_DOUBT]
        if any(outcome.parcel.troubled for outcome in took):
            transports.took(provider)
        for outcome in mine:
            if outcome.verdict is Verdict.TRANSPORT_DOWN:
                transports.down(provider, outcome.answer)
            elif outcome.verdict is Verdict.LATER and not took:  # Beside others that were taken it means this one.
                transports.wait(provider, _patience(outcome), outcome.answer)
        if doubtful and not took:
            transports.doubtful_round(provider, doubtful[0].answer)


def _patience(outcome: Outcome) -> timedelta:
    return PATIENCE if outcome.retry_after is None else outcome.retry_after
