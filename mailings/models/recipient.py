"""A recipient: one address of one message, with its role and the delivery status that the provider reports for it."""

from django.db import models

from mailings.models.message import Message


class Role(models.TextChoices):
    """How an address stands in the mail's head."""

    TO = "to", "To"
    CC = "cc", "Copy"


class Delivery(models.TextChoices):
    """The provider's word on one address. Only ``mailings.events`` and ``mailings.sending`` write it."""

    UNKNOWN = "unknown", "No word yet"
    SENT = "sent", "On its way"
    DEFERRED = "deferred", "Asked to wait"
    SOFT_BOUNCE = "soft_bounce", "Came back for now"
    DELIVERED = "delivered", "Accepted by their server"
    BOUNCED = "bounced", "Came back"
    COMPLAINED = "complained", "Marked unwanted"
    REJECTED = "rejected", "Refused by our provider"
    SUPPRESSED = "suppressed", "Not mailed"


#: A status only ever rises in this order, whatever order the reports arrive in.
ORDER = {
    Delivery.UNKNOWN: 0,
    Delivery.SENT: 1,
    Delivery.DEFERRED: 2,
    Delivery.SOFT_BOUNCE: 3,
    Delivery.SUPPRESSED: 4,
    Delivery.REJECTED: 4,
    Delivery.DELIVERED: 5,
    Delivery.BOUNCED: 6,
    Delivery.COMPLAINED: 7,
}


class Recipient(models.Model):
    """One address of one message."""

    #: Found by the index of ``recipient_once_in_a_message``; one of its own would only cost.
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    role = models.CharField(max_length=2, choices=Role)
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, choices=Delivery, default=Delivery.UNKNOWN)
    status_at = models.DateTimeField(null=True, blank=True)
    #: The mail server's own words, verbatim, as the provider passed them on.
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-role", "id")
        indexes = [
            # Serves reports and the desk: every letter to one address.
            models.Index("address", name="recipient_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "address"], name="recipient_once_in_a_message"),
            models.CheckConstraint(condition=models.Q(status__in=Delivery.values), name="recipient_status_known"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="recipient_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.address} ({self.status})"
