"""An approval: a second person's word that a text may become the live one.

It binds to exactly what was shown, and to the live update that it was shown beside.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from advocacy.models.update import Update


class ApprovalKind(models.TextChoices):
    """What is to be allowed."""

    PUBLISH = "publish", "Publish a draft"
    RETURN = "return", "Go back to an earlier update"


class ApprovalState(models.TextChoices):
    """How far it has come."""

    ASKED = "asked", "Waiting for approval"
    APPROVED = "approved", "Approved"
    SENT_BACK = "sent_back", "Sent back"
    VOID = "void", "Ended by a change"
    USED = "used", "Published"


#: States in which something may still become of it, and those that say yes.
OPEN = frozenset({ApprovalState.ASKED, ApprovalState.APPROVED})
GIVEN = frozenset({ApprovalState.APPROVED, ApprovalState.USED})


class Approval(models.Model):
    """One request for one text, and what was answered."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=8, choices=ApprovalKind)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.ASKED)
    #: SHA-256 of everything that the update and its offices said when it was asked for (``advocacy.approvals``).
    digest = models.CharField(max_length=64)
    #: What was live when it was asked for, and so what the text was compared with; None where nothing was.
    compared_with = models.ForeignKey(Update, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Why the campaign goes back to it.
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Why it was sent back, or what ended it.
    decision = models.CharField(max_length=300, blank=True)
    #: True where the setting let one person do it alone.
    alone = models.BooleanField(default=False)
    #: When it is to be published by itself, who said so, and what is to become of the letters that wait by then.
    publish_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = models.CharField(max_length=150, blank=True)
    letters = models.CharField(max_length=8, blank=True)
    #: Why it was not published at its time.
    missed = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["update"], condition=models.Q(state__in=["asked", "approved"]), name="approval_open_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "used"])
                | models.Q(alone=True)
                | ~models.Q(decided_by=models.F("asked_by")),
                name="approval_by_a_second_person",
            ),
        ]
        indexes = [
            # Serves advocacy.due: what is to be published by the clock.
            models.Index(
                "publish_at", condition=models.Q(state="approved", publish_at__isnull=False), name="approval_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.update}"

    @property
    def open(self) -> bool:
        """True while something may still become of it."""
        return self.state in OPEN
