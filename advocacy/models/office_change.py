"""A proposed change of an office that live campaigns write to: it takes effect once a second person approves it."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from advocacy.models.office import Office


class ChangeState(models.TextChoices):
    """How far it has come."""

    ASKED = "asked", "Waiting for approval"
    DONE = "done", "In effect"
    SENT_BACK = "sent_back", "Not approved"


class OfficeChange(models.Model):
    """What an office is to say from now on, and what was answered. What was asked for is never altered."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="changes")
    #: Field -> new value, of the fields that change.
    values: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    #: Why it was not approved.
    decision = models.CharField(max_length=300, blank=True)
    #: True where the setting let one person do it alone.
    alone = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["office"], condition=models.Q(state="asked"), name="office_change_open_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ChangeState.values), name="office_change_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(alone=True) | ~models.Q(decided_by=models.F("asked_by")),
                name="office_change_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.office}"
