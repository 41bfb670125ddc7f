"""A dead address: an office's address that sent a letter back for good. Letters to it wait for a person."""

from django.db import models
from django.utils import timezone

from mailings.models.mode import Mode


class DeadAddress(models.Model):
    """One address in one mode. An office's address is data to mend, not a subscriber to drop: nothing is lost here."""

    address = models.CharField(max_length=254)
    mode = models.CharField(max_length=8, choices=Mode)
    #: The mail server's own words.
    answer = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField(default=timezone.now)
    #: How many letters came back for good.
    times = models.PositiveIntegerField(default=1)
    #: Where a person sent the waiting letters instead; "" until somebody did.
    corrected_to = models.CharField(max_length=254, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "mode"], name="dead_address_once_per_mode")]

    def __str__(self) -> str:
        return f"{self.address} ({self.mode})"
