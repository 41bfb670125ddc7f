"""The instance: which installation this database belongs to, so that a copy of it does not send again."""

import uuid

from django.db import models


class Instance(models.Model):
    """The one row. ``uid`` stands in the environment as well; where the two differ, this is a copy."""

    uid = models.UUIDField(default=uuid.uuid4)
    #: Rises while workers live. A database behind what a worker's own file remembers was restored from a backup.
    generation = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="instance_only_one")]

    def __str__(self) -> str:
        return str(self.uid)
