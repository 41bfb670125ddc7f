"""A recall: one letter that must not leave as it is, though it stands in line or may still come back into it."""

from django.db import models

from mailings.models.message import Message


class Recall(models.Model):
    """Stands beside the queue, as a halt does, for a letter that is to be written anew or withdrawn."""

    # Not indexed by itself: the constraint's index begins with it, and serves the claim. Not checked by the database:
    # that would lock the message, and whoever records many of them could wait for us in a circle.
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="recalls", db_index=False, db_constraint=False
    )
    #: The caller's name for the reason: each is ended by itself.
    why = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "why"], name="recall_once_per_reason")]

    def __str__(self) -> str:
        return f"{self.message_id} ({self.why})"
