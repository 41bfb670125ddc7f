"""A sandbox mail: what the sandbox provider was handed, byte for byte."""

import uuid

from django.db import models
from django.utils import timezone


class SandboxMail(models.Model):
    """One mail in the sandbox mailbox, as a provider would hold it: it knows our id and nothing of our tables."""

    provider_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_uid = models.UUIDField(db_index=True)
    received_at = models.DateTimeField(default=timezone.now)
    raw = models.BinaryField()
    #: When the sandbox told us what became of it.
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            # Serves sandbox.reports: what has not been reported yet.
            models.Index("id", condition=models.Q(reported_at__isnull=True), name="sandbox_unreported"),
        ]

    def __str__(self) -> str:
        return str(self.provider_id)
