"""Owns the writing of a letter anew for another address: the same words, a new message that takes the old one's place.

The promise: one letter is replaced once. The withdrawal of the old message and the writing of the new one are one
transaction; of two that replace at once, one moves the old message and the other finds it moved.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mailings import lanes, recalls, states
from mailings.models import Content, Message, Recipient
from mailings.models.message import CANCELLABLE, HeldFor, Status
from mailings.models.recipient import Delivery, Role
from mailings.text import address_key, domain_of

#: What a copy's server or our provider said of it where it did not get the letter.
NOT_HAD = frozenset({Delivery.BOUNCED, Delivery.REJECTED, Delivery.SUPPRESSED})
#: What leaves for a corrected address: what stands in line, and what waits for nothing but the address.
WAITING = Q(status=Status.QUEUED) | Q(status=Status.HELD, held_for=HeldFor.ADDRESS)
#: Which of some references may leave as they are. It is asked first in the transaction, and may lock what it goes by.
Fit = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True)
class Correction:
    """Which address gives way to which, by whose word."""

    #: The address that gives way, in lower case, and the clean one that takes its place.
    old: str
    new: str
    by: str
    note: str

    @property
    def of_the_old(self) -> str:
        """The line in the story of the message that gives way."""
        return f"Its address {self.old} is corrected to {self.new}; it goes in another mail. {self.note}"

    @property
    def of_the_new(self) -> str:
        """The line in the story of the message that takes its place."""
        return f"Written in place of the letter to {self.old}, which came back. {self.note}"


def replace(ids: Collection[int], correction: Correction, fit: Fit | None = None) -> int:
    """Replace letters that stand in line or wait for a working address.

    Args:
        ids: primary keys of messages that carry the old address.
        correction: what takes its place.
        fit: see ``Fit``.
    Returns:
        How many were replaced. What moved on meanwhile, waits for something else, is not fit or was recalled, is left
        alone.
    """
    with transaction.atomic():
        rows = _fit(ids, fit).filter(WAITING & ~Q(recalls.recalled()))
        locked = list(rows.values_list("pk", flat=True))
        by, note = correction.by, correction.of_the_old
        moved = states.move(locked, CANCELLABLE, Status.CANCELLED, by=by, note=note)
        return _write(_rows(moved), correction)


def send_again(ids: Collection[int], correction: Correction, fit: Fit | None = None) -> int:
    """Write letters anew that came back. Those that were replaced before, and those not fit, are left alone.

    Returns:
        How many were written.
    """
    with transaction.atomic():
        locked = _fit(ids, fit).filter(status=Status.SENT)
        # A second look, once they are locked: somebody else may have been faster.
        sent = set(locked.values_list("pk", flat=True))
        replaced = set(Message.objects.filter(replaces__in=sent).values_list("replaces", flat=True))
        rows = _rows(sent - replaced)
        states.write_steps(rows, Status.SENT, by=correction.by, note=correction.of_the_old)
        return _write(rows, correction)


def _fit(ids: Collection[int], fit: Fit | None) -> QuerySet[Message]:
    """Those of the messages that may leave as they are, locked once they are read."""
    rows = Message.objects.filter(pk__in=list(ids))
    if fit is not None:
        rows = rows.filter(reference__in=list(fit(set(rows.values_list("reference", flat=True)))))
    return rows.select_for_update().order_by("pk")


def _rows(ids: Collection[int]) -> list[Message]:
    rows = Message.objects.filter(pk__in=list(ids)).select_related("content").prefetch_related("recipients")
    return list(rows.order_by("pk"))


def _write(rows: Sequence[Message], correction: Correction) -> int:
    """Write the new messages of these old ones, with their words, recipients and the first line of their story."""
    if not rows:
        return 0
    lane = lanes.lane_of(domain_of(correction.new))
    made = [_made(row, correction, lane, timezone.now()) for row in rows]
    saved = Message.objects.bulk_create([message for message, _, _ in made])
    for message, content, recipients in made:
        content.message = message
        for recipient in recipients:
            recipient.message = message
    Content.objects.bulk_create([content for _, content, _ in made])
    Recipient.objects.bulk_create([recipient for _, _, recipients in made for recipient in recipients])
    states.write_steps(saved, Status.QUEUED, by=correction.by, note=correction.of_the_new)
    states.announce(saved, Status.QUEUED)
    return len(saved)


def _made(old: Message, correction: Correction, lane: int, now: datetime) -> tuple[Message, Content, list[Recipient]]:
    recipients, words, uid = _recipients(old, correction), old.content, uuid.uuid4()
    content = Content(
        message_id_header=f"<{uid.hex}@{domain_of(words.sender_address)}>",
        sender_name=words.sender_name,
        sender_address=words.sender_address,
        reply_to=words.reply_to,
        subject=words.subject,
        text=words.text,
        html=words.html,
    )
    to_it = any(one.role == Role.TO and one.address == correction.new for one in recipients)
    message = Message(
        uid=uid,
        kind=old.kind,
        mode=old.mode,
        status=Status.QUEUED,
        rank=old.rank,
        stream=old.stream,
        reference=old.reference,
        dedupe_key=f"in place of {old.uid.hex}",
        form=old.form,
        lane_id=lane if to_it else old.lane_id,
        replaces=old,
        created_at=now,
        released_at=now,
        due=now,
        digest=content.compute_digest([(one.role, one.address, one.name) for one in recipients]),
    )
    return message, content, recipients


def _recipients(old: Message, correction: Correction) -> list[Recipient]:
    """The old recipients with one address in the place of another. Who had the letter is not sent it twice."""
    found: dict[str, Recipient] = {}
    for one in sorted(old.recipients.all(), key=lambda one: (one.role != Role.TO, one.pk)):
        gives_way = address_key(one.address) == correction.old
        had_it = old.status == Status.SENT and one.status not in NOT_HAD
        if had_it and not gives_way:
            continue
        address = correction.new if gives_way else one.address
        found.setdefault(address_key(address), Recipient(role=one.role, address=address, name=one.name))
    return list(found.values())
