"""A heartbeat: when each kind of worker last showed on each host that it lives."""

from django.db import models


class Heartbeat(models.Model):
    """One row per kind of worker and host, named like ``loop@host``."""

    #: A host's name has up to 64 characters; cut shorter, two hosts of one cloud could be taken for one.
    LONGEST_NAME = 80

    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    at = models.DateTimeField()
    #: It was asked to end: its silence is no news.
    ended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
