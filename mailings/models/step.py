"""A step: one change of a message's status, kept for its story: when, to what, by whom and why."""

from django.db import models
from django.utils import timezone

from mailings.models.message import Message, Status


class Step(models.Model):
    """One line of a message's story. Append only; carries no text of a supporter."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=10, choices=Status)
    attempt = models.PositiveSmallIntegerField(default=0)
    #: A sentence for staff, or the provider's answer.
    note = models.CharField(max_length=500, blank=True)
    #: The member of staff who did it, or nothing when the machine did.
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status}"
