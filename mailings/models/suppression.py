"""A suppression: an address that must not be mailed, and why."""

from django.db import models
from django.utils import timezone

from mailings.models.mode import Mode


class Suppression(models.Model):
    """One address in one mode. What bounced in the sandbox says nothing about the world."""

    class Why(models.TextChoices):
        """The reason, shown to staff."""

        BOUNCED = "bounced", "Mail to it came back for good"
        COMPLAINED = "complained", "Its owner marked our mail as unwanted"
        STAFF = "staff", "Entered by staff"

    address = models.CharField(max_length=254)
    mode = models.CharField(max_length=8, choices=Mode)
    why = models.CharField(max_length=12, choices=Why)
    answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "mode"], name="suppression_once_per_mode")]

    def __str__(self) -> str:
        return f"{self.address} ({self.why})"
