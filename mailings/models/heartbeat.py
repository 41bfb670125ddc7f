"""A heartbeat: when each kind of worker last showed that it lives."""

from django.db import models


class Heartbeat(models.Model):
    """One row per kind of worker."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
