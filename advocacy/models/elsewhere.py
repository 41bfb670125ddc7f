"""Letters that people sent without our server, as they told us: numbers by update, way and day, and nobody's name."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from advocacy.models.update import Update


class Way(models.TextChoices):
    """How a letter went that its writer sent alone."""

    EMAIL = "email", "By email"
    POST = "post", "By post"
    FAX = "fax", "By fax"


class SentElsewhere(models.Model):
    """How many people told us on one day that they sent a letter on one update in one way."""

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="sent_elsewhere", db_index=False)
    way = models.CharField(max_length=5, choices=Way)
    day = models.DateField()
    #: The sending mode in which it was told, as letters keep it: what was tried in the sandbox is nobody's letter.
    mode = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-day", "way")
        constraints = [
            models.UniqueConstraint(
                fields=["update", "way", "day", "mode"], name="sent_elsewhere_once_per_update_way_and_day"
            ),
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="sent_elsewhere_way_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_way_display().lower()} on {self.day}"


class SpentSlip(models.Model):
    """One page on which somebody pressed "I sent it", by its random number: pressing twice counts once.

    It says nothing of what was counted, nor for which campaign, and goes when its page is good no longer.
    """

    slip = models.CharField(max_length=40)
    spent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Not unique=True: that makes a second index, for LIKE.
        constraints = [models.UniqueConstraint(fields=["slip"], name="spent_slip_once")]

    def __str__(self) -> str:
        return self.slip
