"""Owns what providers report: an Anymail tracking signal becomes an event, stored once, then applied.

The promise: reports may come twice, late, in any order, before our own commit or for mail that is not ours; each is
stored once, a recipient's status only rises, and a message that is reported on has left. The only writer of
``Recipient.status`` beside the hand-over itself.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mailings import signals, states
from mailings.models import Event, Message, Recipient, Suppression
from mailings.models.message import Kind, Status
from mailings.models.recipient import ORDER, Delivery, Role
from mailings.text import LINE_BREAKS

log = logging.getLogger(__name__)

#: What each report says of an address. Reports that are not here (opened, clicked ...) are not even stored: we do not
#: spy.
MEANING: Mapping[str, Delivery] = {
    EventType.QUEUED: Delivery.SENT,
    EventType.SENT: Delivery.SENT,
    EventType.DEFERRED: Delivery.DEFERRED,
    EventType.DELIVERED: Delivery.DELIVERED,
    EventType.BOUNCED: Delivery.BOUNCED,
    EventType.REJECTED: Delivery.REJECTED,
    EventType.FAILED: Delivery.REJECTED,
    EventType.COMPLAINED: Delivery.COMPLAINED,
    EventType.UNSUBSCRIBED: Delivery.COMPLAINED,
}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: States in which a report about the message proves that it left.
PROVED_BY_A_REPORT = frozenset({Status.SENDING, Status.IN_DOUBT})
#: States that a doubtful message may have been put into since, to be sent again or given up: a report proves that it
#: left where it was claimed before.
PROVED_IF_CLAIMED = frozenset({Status.QUEUED, Status.FAILED})


def receive(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: object) -> None:
    """Hear one report of a provider. Connected to ``anymail.signals.tracking``."""
    if event.event_type not in MEANING:
        return
    with transaction.atomic():
        message = _message(event)
        recipient = _recipient(message, str(event.recipient or "")) if message else None
        stored, new = Event.objects.get_or_create(
            fingerprint=_fingerprint(event, esp_name), defaults=_columns(event, esp_name, message, recipient)
        )
        if new and message is not None:
            _apply(stored, message, recipient)
    if message is None:
        log.warning("%s reports %s for a message that is not ours", esp_name, event.event_type)


def _message(event: AnymailTrackingEvent) -> Message | None:
    """The message by our own id, else by the provider's."""
    rows = Message.objects.filter(mode=settings.MAIL_MODE)
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    try:
        return rows.filter(uid=uuid.UUID(hex=str(metadata["m"]))).first()
    except (KeyError, ValueError):
        found = _short(event.message_id, 200)
        return rows.filter(provider_message_id=found).first() if found else None


def _recipient(message: Message, address: str) -> Recipient | None:
    """The recipient a report is about. In test mode the one tester stands for the first ``to``."""
    recipients = list(message.recipients.all())
    for recipient in recipients:
        if recipient.address.lower() == address.lower():
            return recipient
    if message.mode == "test":
        return next((r for r in recipients if r.role == Role.TO), None)
    return None


def _fingerprint(event: AnymailTrackingEvent, esp_name: str) -> str:
    when = event.timestamp.isoformat() if isinstance(event.timestamp, datetime) else ""
    parts = (esp_name, event.event_type, event.message_id, event.recipient, when, event.event_id)
    return hashlib.sha256("\x00".join(str(part or "") for part in parts).encode("utf-8", "replace")).hexdigest()


def _columns(
    event: AnymailTrackingEvent, esp_name: str, message: Message | None, recipient: Recipient | None
) -> dict[str, Any]:
    return {
        "message": message,
        "recipient": recipient,
        "provider": _short(esp_name, 30),
        "type": event.event_type,
        "address": _short(event.recipient, 254),
        "happened_at": _when(event.timestamp),
        "provider_event_id": _short(event.event_id, 200),
        "provider_message_id": _short(event.message_id, 200),
        "reject_reason": _short(event.reject_reason, 40),
        "answer": _short(event.mta_response or event.description, 500),
    }


def _when(told: object) -> datetime | None:
    """The time of a report, where it can be believed: a provider's clock that is years off says nothing."""
    if not isinstance(told, datetime):
        return None
    try:
        when = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return when if EARLIEST <= when <= timezone.now() + timedelta(days=1) else None


def _short(value: object, length: int) -> str:
    """A provider's words, on one line, fit for both databases."""
    text = LINE_BREAKS.sub(" ", str(value or "")).replace("\x00", "")
    return text.encode("utf-8", "replace").decode()[:length]


def _apply(event: Event, message: Message, recipient: Recipient | None) -> None:
    """Raise the recipient's status and draw what follows. Runs inside the transaction that stored the event."""
    now = timezone.now()
    extra = {"sent_at": event.happened_at or now, "answer": "", "provider_message_id": event.provider_message_id}
    note = "A report of the provider bears our id: it left."
    states.move([message.pk], PROVED_BY_A_REPORT, Status.SENT, note=note, extra=extra)
    claimed = {"claimed_at__isnull": False}
    states.move([message.pk], PROVED_IF_CLAIMED, Status.SENT, note=note, extra=extra, only=claimed)
    if recipient is None:
        return
    new = MEANING[event.type]
    lower = [status for status, rank in ORDER.items() if rank < ORDER[new]]
    raised = Recipient.objects.filter(pk=recipient.pk, status__in=lower).update(
        status=new, status_at=event.happened_at or now, answer=event.answer
    )
    if raised:
        _suppress(message, recipient, new, event)
        _announce(message, recipient, new, event.answer)


def _suppress(message: Message, recipient: Recipient, status: Delivery, event: Event) -> None:
    """A supporter's address that is dead or unwilling is mailed no more. An office's is marked, never silenced."""
    if message.kind == Kind.LETTER or status not in {Delivery.BOUNCED, Delivery.COMPLAINED}:
        return
    why = Suppression.Why.BOUNCED if status == Delivery.BOUNCED else Suppression.Why.COMPLAINED
    Suppression.objects.get_or_create(
        address=recipient.address.lower(), mode=message.mode, defaults={"why": why, "answer": event.answer}
    )


def _announce(message: Message, recipient: Recipient, status: Delivery, answer: str) -> None:
    news = {
        "uid": message.uid,
        "kind": message.kind,
        "stream": message.stream,
        "reference": message.reference,
        "role": recipient.role,
        "address": recipient.address,
        "status": str(status),
        "answer": answer,
    }
    transaction.on_commit(lambda: signals.recipient_changed.send_robust(sender=Recipient, **news) and None)
