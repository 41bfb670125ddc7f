"""A transport: the road to one provider, which rests when the provider refuses everybody."""

from django.db import models


class Transport(models.Model):
    """The rest of one provider in one mode, after an outage or a refused key. No attempt is spent meanwhile."""

    name = models.CharField(max_length=40, unique=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    #: True where it takes nobody's mail; false where it only asked for patience.
    down = models.BooleanField(default=False)
    #: How often in a row it took nothing. The rest grows with it; the first mail it takes sets it back.
    failures = models.PositiveSmallIntegerField(default=0)
    #: How many letters in a row it refused for good. The first mail it takes sets it back.
    refusals = models.PositiveSmallIntegerField(default=0, db_default=0)
    why = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name
