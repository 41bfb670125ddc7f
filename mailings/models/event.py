"""An event: one thing that a provider told us, in Anymail's vocabulary, kept once however often it is told."""

from collections.abc import Mapping

from anymail.signals import EventType
from django.db import models
from django.utils import timezone

from mailings.models.message import Message
from mailings.models.recipient import Delivery, Recipient

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


class Bounce(models.TextChoices):
    """Whether what came back can ever be delivered."""

    NONE = "", "Did not come back"
    HARD = "hard", "For good"
    SOFT = "soft", "For now"
    #: Their server's rules refused it. That says something of our mail, and nothing of the address.
    POLICY = "policy", "Refused by their rules"


def meaning(event_type: str, bounce: str) -> Delivery:
    """What a report says of its address.

    Args:
        event_type: a key of ``MEANING``.
        bounce: one of ``Bounce``.
    """
    if bounce in {Bounce.SOFT, Bounce.POLICY}:
        return Delivery.SOFT_BOUNCE
    if bounce == Bounce.HARD and event_type != EventType.REJECTED:
        return Delivery.BOUNCED
    return MEANING[event_type]


class Event(models.Model):
    """One report of a provider. Stored first, applied after; a report for no message of ours is kept for staff."""

    #: SHA-256 over provider, type, ids, address and time, because not every provider numbers its reports.
    fingerprint = models.CharField(max_length=64)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    recipient = models.ForeignKey(Recipient, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    provider = models.CharField(max_length=30)
    type = models.CharField(max_length=20)
    address = models.CharField(max_length=254, blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    #: Our own id, as the provider handed it back. What message it names is looked up when the event is applied.
    message_uid = models.UUIDField(null=True, blank=True)
    bounce = models.CharField(max_length=6, choices=Bounce, blank=True, default="")
    #: When it took effect. Events are stored first and applied after.
    applied_at = models.DateTimeField(null=True, blank=True)
    #: When it is looked at next, while it waits for a message that we do not know yet.
    due = models.DateTimeField(default=timezone.now)
    provider_event_id = models.CharField(max_length=200, blank=True)
    provider_message_id = models.CharField(max_length=200, blank=True)
    reject_reason = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            # Not unique=True: that makes a second index for LIKE, which every report would pay for.
            models.UniqueConstraint(fields=["fingerprint"], name="event_once_per_fingerprint"),
        ]
        indexes = [
            # Serves events.apply_waiting: what is stored and not applied yet.
            models.Index("due", "id", condition=models.Q(applied_at__isnull=True), name="event_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.type} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def says(self) -> Delivery:
        """What it says of its address."""
        return meaning(self.type, self.bounce)
