"""A halt: streams whose letters must not leave now, or never again."""

from django.db import models
from django.utils import timezone

from mailings.models.mode import Mode


class Halt(models.Model):
    """Every stream that begins so, in one mode: a stream is halted in all of them.

    Stands beside the queue, so that what comes back into it is caught.
    """

    stream_prefix = models.CharField(max_length=120)
    mode = models.CharField(max_length=8, choices=Mode)
    #: True withdraws the letters for good, False holds them until the halt is lifted.
    for_good = models.BooleanField()
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream_prefix", "mode"], name="halt_once_per_stream")]

    def __str__(self) -> str:
        return f"{self.stream_prefix} ({self.mode})"
