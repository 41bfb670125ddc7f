"""Owns the sandbox's reports: what became of a mail, told through the very signal that a webhook raises."""

from datetime import datetime
from email import message_from_bytes
from email.utils import getaddresses

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.utils import timezone

from mailings import events
from mailings.models import SandboxMail
from mailings.sandbox.backend import drop_oldest

ESP_NAME = "Sandbox"
BOUNCING_DOMAIN = "bounce.example.org"
MAILS_PER_LOOK = 200

#: What the sandbox's pretended mail server answers, by report.
ANSWERS = {
    EventType.DELIVERED: "250 2.0.0 Ok: queued in the sandbox",
    EventType.DEFERRED: "451 4.7.1 Please try again later",
    EventType.BOUNCED: "550 5.1.1 No such mailbox in the sandbox",
    EventType.COMPLAINED: "Marked as unwanted by its reader",
}


def report() -> int:
    """Report every mail that was not reported yet, and apply it, so that pages show it at once. Returns how many."""
    told = 0
    while waiting := list(SandboxMail.objects.filter(reported_at__isnull=True).order_by("id")[:MAILS_PER_LOOK]):
        _report_on(waiting)
        told += len(waiting)
    if told:
        events.apply_waiting()
        drop_oldest()
    return told


def _report_on(mails: list[SandboxMail]) -> None:
    for mail in mails:
        now = timezone.now()
        if SandboxMail.objects.filter(pk=mail.pk, reported_at__isnull=True).update(reported_at=now):
            for address in addresses(mail):
                bounces = address.lower().endswith("@" + BOUNCING_DOMAIN)
                tell(mail, address, EventType.BOUNCED if bounces else EventType.DELIVERED, now)


def addresses(mail: SandboxMail) -> list[str]:
    """Every address in the mail's To and Cc."""
    head = message_from_bytes(bytes(mail.raw))  # names stay encoded, and addresses never are
    fields = [str(field) for field in (*head.get_all("To", []), *head.get_all("Cc", []))]
    return [address for _, address in getaddresses(fields) if address]


def tell(mail: SandboxMail, address: str, event_type: str, when: datetime) -> None:
    """Raise Anymail's tracking signal, as its webhook views do.

    Args:
        mail: the mail it is about.
        address: one of its addresses.
        event_type: a key of ``ANSWERS``.
        when: the time of the report.
    """
    event = AnymailTrackingEvent(
        event_type=event_type,
        timestamp=when,
        message_id=str(mail.provider_id),
        event_id=f"{mail.provider_id}-{event_type}-{address}-{when.timestamp()}",
        recipient=address,
        metadata={"m": mail.message_uid.hex},
        reject_reason="bounced" if event_type == EventType.BOUNCED else None,
        mta_response=ANSWERS[event_type],
    )
    tracking.send(sender=SandboxMail, event=event, esp_name=ESP_NAME)
