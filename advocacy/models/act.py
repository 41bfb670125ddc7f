"""An act: one step that somebody took with a campaign, its texts, or the people at its desk. Added, and never changed.

A database trigger holds that (migration 0006). Nothing of a supporter ever stands in one.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from advocacy.models.campaign import Campaign
from advocacy.models.office import Office
from advocacy.models.update import Update


class What(models.TextChoices):
    """What was done, as the trail says it after the name of who did it."""

    BEGAN = "began", "began a draft"
    EDITED = "edited", "changed a draft"
    DISCARDED = "discarded", "threw a draft away"
    ASKED = "asked", "asked for approval"
    APPROVED = "approved", "approved"
    SENT_BACK = "sent_back", "did not approve"
    VOIDED = "voided", "changed what had been shown, which ended the approval"
    SCHEDULED = "scheduled", "set a time for publishing"
    UNSCHEDULED = "unscheduled", "took the time for publishing back"
    MISSED = "missed", "did not publish at the set time"
    PUBLISHED = "published", "published"
    WENT_BACK = "went_back", "went back to an earlier update"
    LETTERS = "letters", "decided on the letters that waited"
    SETTINGS = "settings", "changed the settings"
    DEADLINE = "deadline", "decided on the deadline"
    PAUSED = "paused", "paused the campaign"
    RESUMED = "resumed", "resumed the campaign"
    STOPPED = "stopped", "stopped the campaign"
    CLOSED = "closed", "closed the campaign"
    ALLOWED = "allowed", "let somebody into the campaign"
    DISALLOWED = "disallowed", "took somebody out of the campaign"
    ACCOUNT = "account", "made an account"
    PASSWORD = "password", "gave somebody a new password"
    ROLES = "roles", "changed somebody’s roles"
    BOOKED = "booked", "put an office into the book"
    PROPOSED = "proposed", "asked for a change of an office"
    REFUSED = "refused", "did not approve the change of an office"
    CHANGED = "changed", "changed an office in the book"
    SETS = "sets", "changed a set of offices"
    RETIRED = "retired", "retired an office of the book"
    BROUGHT_BACK = "brought_back", "brought an office of the book back"


class Act(models.Model):
    """Who did what, when, and what changed: every field's old and new value."""

    at = models.DateTimeField(default=timezone.now)
    #: The account's name at that time; "" for the machine.
    by = models.CharField(max_length=150, blank=True)
    what = models.CharField(max_length=12, choices=What)
    #: None for what concerns no single campaign.
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, related_name="acts")
    #: Not a key: a draft may be thrown away, and its trail stays.
    update_number = models.PositiveSmallIntegerField(null=True)
    update_correction = models.PositiveSmallIntegerField(default=0)
    #: The office in the book that it was about; None for what concerns none.
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="acts")
    note = models.CharField(max_length=500, blank=True)
    #: Field -> [old value, new value].
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.by or 'The machine'} {self.get_what_display()}"

    @property
    def update_name(self) -> str:
        """The name of the update it was about; "" where it was about none."""
        if self.update_number is None:
            return ""
        return Update(number=self.update_number, correction=self.update_correction).name
