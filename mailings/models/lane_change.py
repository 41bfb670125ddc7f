"""A lane's change: what a member of staff, or the lane itself, did to its pace or its pause, and why."""

from django.db import models
from django.utils import timezone

from mailings.models.lane import Lane


class LaneChange(models.Model):
    """One line of a lane's story. Append only."""

    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    #: The member of staff, or "" for the machine.
    by = models.CharField(max_length=150, blank=True, default="")
    what = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
