"""Owns the claim: which due messages one worker takes, and what it needs to hand them over."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from mailings import halts, states, transports
from mailings.compose import Address
from mailings.models import Content, Message, Recipient, Suppression
from mailings.models.message import Rank, Status
from mailings.models.recipient import Delivery, Role
from mailings.parcel import Parcel
from mailings.text import UnfitText

#: Longer than a hand-over can last: 30 s to read an answer, and as much again for a slow machine.
LEASE = timedelta(seconds=90)
#: A hand-over must be begun this long before its lease ends.
RESERVE_SECONDS = 40.0


def claim(room: int, worker: str) -> list[Parcel]:
    """Take up to ``room`` due messages for this worker and commit.

    Own mails of supporters come first, then letters by the time they are due. A message whose every ``to`` address is
    suppressed is failed here; a suppressed copy is left out. Nothing is taken while the transport rests.

    Args:
        room: how many connections are free.
        worker: this worker's name, unique among all that run.
    Returns:
        Complete parcels. Their rows are ``sending`` with a lease, and their attempt is counted.
    """
    if room < 1 or transports.resting():
        return []
    began = time.monotonic()
    with transaction.atomic():
        ids = _due(room)
        if not ids:
            return []
        now = timezone.now()
        Message.objects.filter(pk__in=ids, status=Status.QUEUED).update(
            status=Status.SENDING, owner=worker, claimed_at=now, lease=now + LEASE, attempts=F("attempts") + 1
        )
        rows = Message.objects.filter(pk__in=ids, owner=worker, status=Status.SENDING).select_related("content")
        begin_before = began + LEASE.total_seconds() - RESERVE_SECONDS
        return _parcels(list(rows.order_by("rank", "due", "pk")), begin_before)


def put_aside_halted() -> None:
    """Take letters of halted streams out of the line that came back into it after the halt."""
    for row in halts.queued_and_halted():
        status, extra = halts.consequence(row)
        states.move([row.pk], {Status.QUEUED}, status, note="Its campaign was halted meanwhile.", extra=extra)


def _due(room: int) -> list[int]:
    ids: list[int] = []
    halted = halts.halted()
    for rank in (Rank.OWN, Rank.LETTER):
        due = Message.objects.filter(
            ~halted, status=Status.QUEUED, mode=settings.MAIL_MODE, rank=rank, due__lte=timezone.now()
        ).order_by("due", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids += due.values_list("pk", flat=True)[: room - len(ids)]
        if len(ids) == room:
            break
    return ids


def _parcels(rows: list[Message], begin_before: float) -> list[Parcel]:
    by_message: dict[int, list[Recipient]] = {row.pk: [] for row in rows}
    for recipient in Recipient.objects.filter(message__in=rows).order_by("pk"):
        by_message[recipient.message_id].append(recipient)
    silent = _suppressed([r for recipients in by_message.values() for r in recipients])
    parcels = []
    for row in rows:
        recipients = by_message[row.pk]
        fault = _fault(row, recipients, silent)
        if fault:
            states.move([row.pk], {Status.SENDING}, Status.FAILED, note=fault, extra={"answer": fault})
        else:
            spoken_to = [recipient for recipient in recipients if recipient.pk not in silent]
            parcels.append(_parcel(row, row.content, spoken_to, begin_before))
    return parcels


def _suppressed(recipients: list[Recipient]) -> set[int]:
    addresses = {recipient.address.lower() for recipient in recipients}
    listed = set(
        Suppression.objects.filter(mode=settings.MAIL_MODE, address__in=addresses).values_list("address", flat=True)
    )
    silent = {recipient.pk for recipient in recipients if recipient.address.lower() in listed}
    if silent:
        Recipient.objects.filter(pk__in=silent).update(status=Delivery.SUPPRESSED, status_at=timezone.now())
    return silent


def _fault(row: Message, recipients: list[Recipient], silent: set[int]) -> str:
    """Why this message cannot be handed over at all, in a sentence for staff; "" where it can."""
    if row.digest != row.content.compute_digest([(r.role, r.address, r.name) for r in recipients]):
        return "Its words are not those that were frozen. It was not sent."
    try:
        _parcel(row, row.content, recipients, 0.0)
    except UnfitText as unfit:  # Frozen by an older version, before this was refused.
        return f"Its head cannot be mailed. {unfit}"
    if not any(r.role == Role.TO and r.pk not in silent for r in recipients):
        return "Not mailed: its address is on the list of addresses that must not be mailed."
    return ""


def _parcel(row: Message, content: Content, recipients: list[Recipient], begin_before: float) -> Parcel:
    def addresses(role: str) -> tuple[Address, ...]:
        return tuple(Address(r.address, r.name) for r in recipients if r.role == role)

    return Parcel(
        pk=row.pk,
        uid_hex=row.uid.hex,
        kind=row.kind,
        begin_before=begin_before,
        message_id_header=content.message_id_header,
        sender=Address(content.sender_address, content.sender_name),
        reply_to=content.reply_to,
        subject=content.subject,
        text=content.text,
        html=content.html,
        to=addresses(Role.TO),
        cc=addresses(Role.CC),
    )
