"""Owns the claim: which due messages one worker takes, and what it needs to hand them over.

The promise: a claim is one transaction that is over before the first request begins. Halts, suppressions, dead
addresses and the pace are looked at in it, so nothing that was stopped a moment ago leaves.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mailings import ledger, pacing, parcel, states, warmup
from mailings.compose import Address
from mailings.ledger import ClaimedMessage, ClaimedRecipient
from mailings.models import Message, Recipient
from mailings.models.message import HeldFor, Kind, Status, digest_of
from mailings.models.recipient import Delivery, Role
from mailings.parcel import Parcel
from mailings.retry import MOST_ATTEMPTS
from mailings.text import UnfitText
from mailings.transports import Road

#: Longer than a hand-over can last: 30 s to read an answer, and as much again for a slow machine.
LEASE = timedelta(seconds=90)
#: A hand-over must be begun this long before its lease ends.
RESERVE_SECONDS = 40.0


def claim(room: int, worker: str, road: Road) -> list[Parcel]:
    """Take up to ``room`` due messages for this worker. Committed on return, unless a transaction is open around it.

    Own mails of supporters come first, then letters by the time they are due or by the pace of their lanes. What cannot
    be mailed at all is failed here, a letter to a dead address is held, and a copy to one is left out.

    Args:
        room: how many connections are free.
        worker: this worker's name, unique among all that run.
        road: the provider that takes mail now.
    Returns:
        Complete parcels. Their rows are ``sending`` with a lease, and their attempt is counted.
    """
    if room < 1:
        return []
    begin_before = parcel.now() + LEASE.total_seconds() - RESERVE_SECONDS
    with transaction.atomic(savepoint=False):
        now = timezone.now()
        ids = _due(room, now)
        if not ids:
            return []
        rows, recipients = ledger.claim(ids, worker, road.provider, now, now + LEASE)
        made = [_parcel_or_end(row, recipients[row.pk], begin_before, road) for row in rows]
    return [one for one in made if one is not None]


def _due(room: int, now: datetime) -> list[int]:
    if not pacing.waited_for():
        return ledger.due(room, now, letters=True)
    own = ledger.due(room, now, letters=False)
    warmup.count_own(len(own), now)
    return own + pacing.take(room - len(own), now)


def give_back(worker: str, flying: Collection[int]) -> None:
    """Put in line again what this worker claimed and never began: the answer to its claim was lost with the database.

    Args:
        worker: the name of the caller. Only the worker itself may say that it never began a message.
        flying: what it does hand over at this moment.
    """
    mine = Message.objects.filter(owner=worker, status=Status.SENDING).exclude(pk__in=list(flying))
    states.move(
        list(mine.values_list("pk", flat=True)),
        {Status.SENDING},
        Status.QUEUED,
        only={"owner": worker},
        note="Not begun: the database went away while it was claimed.",
        extra={"attempts": F("attempts") - 1},
    )


def _parcel_or_end(
    row: ClaimedMessage, recipients: list[ClaimedRecipient], begin_before: float, road: Road
) -> Parcel | None:
    """What is handed over; None where the message cannot or must not be, and has been put where it belongs."""
    fault = _fault(row, recipients)
    letter = row.kind == Kind.LETTER
    if not fault and letter and any(r.dead and r.role == Role.TO for r in recipients):
        _hold(row)
        return None
    silent = {r.pk for r in recipients if r.suppressed or (r.dead and letter)}
    spoken_to = [r for r in recipients if r.pk not in silent]
    if silent:
        Recipient.objects.filter(pk__in=silent).update(status=Delivery.SUPPRESSED, status_at=timezone.now())
    if not fault and not any(r.role == Role.TO for r in spoken_to):
        fault = "Not mailed: its address is on the list of addresses that must not be mailed."
    if not fault:
        try:
            return _parcel(row, spoken_to, begin_before, road)
        except UnfitText as unfit:  # Frozen by an older version, before this was refused.
            fault = f"Its head cannot be mailed. {unfit}"
    states.move([row.pk], {Status.SENDING}, Status.FAILED, note=fault, extra={"answer": fault})
    return None


def _fault(row: ClaimedMessage, recipients: list[ClaimedRecipient]) -> str:
    """Why it may not be handed over at all, in a sentence for staff; "" where it may."""
    if row.attempts > MOST_ATTEMPTS:
        return f"Given up after {MOST_ATTEMPTS} attempts. It may be what ends its worker."
    words = [row.message_id_header, row.sender_name, row.sender_address, row.reply_to, row.subject, row.text, row.html]
    if row.digest != digest_of(words, [(r.role, r.address, r.name) for r in recipients]):
        return "Its words are not those that were frozen. It was not sent."
    return ""


def _hold(row: ClaimedMessage) -> None:
    """Nothing is lost: it leaves for the corrected address, or for this one once a person says that it works."""
    extra = {"held_for": HeldFor.ADDRESS, "attempts": F("attempts") - 1}
    note = "Its address sent a letter back for good. It waits for a person."
    states.move([row.pk], {Status.SENDING}, Status.HELD, note=note, extra=extra)


def _parcel(row: ClaimedMessage, recipients: list[ClaimedRecipient], begin_before: float, road: Road) -> Parcel:
    def addresses(role: str) -> tuple[Address, ...]:
        return tuple(Address(r.address, r.name) for r in recipients if r.role == role)

    return Parcel(
        pk=row.pk,
        uid_hex=row.uid.hex,
        kind=row.kind,
        begin_before=begin_before,
        message_id_header=row.message_id_header,
        sender=Address(row.sender_address, row.sender_name),
        reply_to=row.reply_to,
        subject=row.subject,
        text=row.text,
        html=row.html,
        to=addresses(Role.TO),
        cc=addresses(Role.CC),
        provider=road.provider,
        troubled=road.troubled,
    )
