"""An event: one thing that a provider told us, in Anymail's vocabulary, kept once however often it is told."""

from django.db import models
from django.utils import timezone

from mailings.models.message import Message
from mailings.models.recipient import Recipient


class Bounce(models.TextChoices):
    """Whether what came back can ever be delivered."""

    NONE = "", "Did not come back"
    HARD = "hard", "For good"
    SOFT = "soft", "For now"


class Event(models.Model):
    """One report of a provider. Stored first, applied after; a report for no message of ours is kept for staff."""

    #: SHA-256 over provider, type, ids, address and time, because not every provider numbers its reports.
    fingerprint = models.CharField(max_length=64, unique=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    recipient = models.ForeignKey(Recipient, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    provider = models.CharField(max_length=30)
    type = models.CharField(max_length=20)
    address = models.CharField(max_length=254, blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    #: Our own id, as the provider handed it back. What message it names is looked up when the event is applied.
    message_uid = models.UUIDField(null=True, blank=True)
    bounce = models.CharField(max_length=4, choices=Bounce, blank=True, default="")
    #: When it took effect. Events are stored first and applied after.
    applied_at = models.DateTimeField(null=True, blank=True)
    provider_event_id = models.CharField(max_length=200, blank=True)
    provider_message_id = models.CharField(max_length=200, blank=True, db_index=True)
    reject_reason = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            # Serves events.apply: what is stored and not applied yet.
            models.Index("id", condition=models.Q(applied_at__isnull=True), name="event_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.type} {self.received_at:%Y-%m-%d %H:%M}"
