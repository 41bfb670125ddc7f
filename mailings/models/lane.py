"""A lane: everything bound for one target's mail domain: its pace, its hours, its pause."""

from datetime import time

from django.db import models
from django.utils import timezone

from mailings.models.mode import Mode


class HoursFrom(models.TextChoices):
    """Who said where an office is, and so when it works."""

    NOBODY = "", "Nobody: UTC, Monday to Friday"
    NAME = "name", "Guessed from the country in its name"
    STAFF = "staff", "Set by staff"


class Lane(models.Model):
    """The road to one mail domain in one mode. Any number of workers may run, because the pace lives in this row."""

    domain = models.CharField(max_length=253)
    mode = models.CharField(max_length=8, choices=Mode)

    #: The pace that staff allow. Source of the defaults: docs/decisions on pace.
    per_hour = models.PositiveIntegerField("letters an hour", default=20)
    per_day = models.PositiveIntegerField("letters a day", default=200)
    #: An IANA name. Hours and days are those of the office, never ours.
    time_zone = models.CharField(max_length=60, default="UTC")
    #: ISO 3166 codes parted by commas, with a subdivision where one matters: "CN" or "CA-ON,CN". An embassy keeps both
    #: calendars; the lane rests when any of them does. Empty: Monday to Friday, no holidays.
    calendars = models.CharField(max_length=80, blank=True, default="")
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(17))
    hours_from = models.CharField(max_length=5, choices=HoursFrom, blank=True, default="")

    #: The earliest time at which the next letter may leave.
    next_at = models.DateTimeField(default=timezone.now)
    #: Where ``next_at`` would be without its jitter. Jitter upon jitter would let twice the pace through in an hour.
    even_at = models.DateTimeField(default=timezone.now)
    #: The stream that had the last turn: the next one in order has the next.
    last_stream = models.CharField(max_length=120, blank=True, default="")
    #: The day at the office that ``day_count`` counts.
    day = models.DateField(null=True, blank=True)
    day_count = models.PositiveIntegerField(default=0)

    #: How many times slower than allowed it goes, after its server asked us to wait: 1, 2, 4 ...
    slowness = models.PositiveSmallIntegerField(default=1)
    slowed_at = models.DateTimeField(null=True, blank=True)

    paused_at = models.DateTimeField(null=True, blank=True)
    #: The member of staff, or "" where the lane paused itself because its server began to reject.
    paused_by = models.CharField(max_length=150, blank=True, default="")
    paused_why = models.CharField(max_length=500, blank=True, default="")
    #: What left before a person let it move again is no reason to pause it once more.
    watched_from = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("domain",)
        indexes = [
            # Serves pacing: the lanes that may send now, however many there are that may not.
            models.Index("mode", "next_at", condition=models.Q(paused_at__isnull=True), name="lane_next"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["domain", "mode"], name="lane_once_per_domain_and_mode"),
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")), name="lane_opens_before_it_closes"
            ),
            models.CheckConstraint(
                condition=models.Q(per_hour__gte=1, per_day__gte=1, slowness__gte=1), name="lane_moves"
            ),
            models.CheckConstraint(condition=models.Q(hours_from__in=HoursFrom.values), name="lane_hours_from_known"),
        ]

    def __str__(self) -> str:
        return f"{self.domain} ({self.mode})"
