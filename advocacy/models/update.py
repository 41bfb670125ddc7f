"""An update: one published text of a campaign, immutable from the moment it is public. Number 0 is the first appeal."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from advocacy.languages import DEFAULT, LONGEST_CODE, Language, language
from advocacy.models.campaign import Campaign


class Update(models.Model):
    """A text of a campaign with its asks, its letter and its targets.

    A draft may change; a published one never does. A database trigger holds that (migration 0002), whatever the code
    does.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="updates")
    number = models.PositiveSmallIntegerField()
    #: 0 for a document of the organisation's; else it says the same as an earlier text of this number, save for an
    #: office that was corrected in the book, and this counts those.
    correction = models.PositiveSmallIntegerField(default=0)
    #: The language of its words and of its letter, which is always sent in it: a tag of ``advocacy.languages``.
    language = models.CharField(max_length=LONGEST_CODE, default=DEFAULT)
    index = models.CharField(max_length=40, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    original_index = models.CharField(max_length=40, blank=True)
    original_issued_on = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    facts = models.TextField()
    #: What the letter asks for, one string each, without a final full stop or semicolon.
    asks: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    #: Which asks are in every letter, by their number from 1. Of the others a supporter may leave out any, but not all.
    points_that_stay: models.JSONField[list[int], list[int]] = models.JSONField(default=list, blank=True)
    additional_information = models.TextField(blank=True)
    letter_subject = models.CharField(max_length=120)
    #: Further subjects that a supporter may choose instead.
    letter_subjects: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    #: The letter with the tokens of ``advocacy.merging``: it opens before the points and closes after them.
    letter_text = models.TextField()
    deadline = models.DateField(null=True, blank=True)
    #: The text it was read from, as it was given.
    source_text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(default=timezone.now)
    #: The account that changed something in it last; "" for the machine.
    edited_by = models.CharField(max_length=150, blank=True)
    #: The accounts that wrote any word of it or of its translations since it was begun. None of them may approve it.
    written_by: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-number", "-correction")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number", "correction"], name="update_once_per_number_and_correction"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign.reference}, {self.name}"

    @property
    def document(self) -> str:
        """The document whose words it says: "First appeal", "Update 1"."""
        return f"Update {self.number}" if self.number else "First appeal"

    @property
    def name(self) -> str:
        """How people speak of it: as its document, or "Update 1 (corrected)", "Update 1 (corrected twice)"."""
        times = {1: "", 2: " twice"}.get(self.correction, f" {self.correction} times")
        return f"{self.document} (corrected{times})" if self.correction else self.document

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the texts of its campaign: a larger one comes later."""
        return self.number, self.correction

    @property
    def tongue(self) -> Language:
        """The language that its letter is sent in."""
        return language(self.language)

    @property
    def stream(self) -> str:
        """The name under which ``mailings`` counts the letters on it."""
        return f"{self.campaign.slug}/{self.number}" + (f".{self.correction}" if self.correction else "")

    @property
    def subjects(self) -> list[str]:
        """Every subject that it offers, its own first; with tokens."""
        return [self.letter_subject, *self.letter_subjects]

    @property
    def approval_state(self) -> str:
        """The state of the request that something may still become of; "" where there is none."""
        return next((str(one.state) for one in self.approvals.all() if one.open), "")

    @property
    def published(self) -> bool:
        """True once it can no longer change."""
        return self.published_at is not None
