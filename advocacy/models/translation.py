"""A translation: the words of an update in one more language, paragraph by paragraph. Frozen with its update."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from advocacy.languages import LONGEST_CODE, Language, language
from advocacy.models.update import Update

#: Field of an update -> its paragraphs, in order.
Pieces = dict[str, list[str]]


class Translation(models.Model):
    """What an update says in another language than its letter's. It is read; what is sent is the update's own letter.

    ``words`` and ``made_from`` hold the same fields, and in each as many paragraphs: a paragraph's translation, ""
    where it is not written yet, and the original's paragraph as it was when that was made.
    """

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="translations")
    #: A tag of ``advocacy.languages``.
    language = models.CharField(max_length=LONGEST_CODE)
    words: models.JSONField[Pieces, Pieces] = models.JSONField(default=dict)
    made_from: models.JSONField[Pieces, Pieces] = models.JSONField(default=dict)
    edited_at = models.DateTimeField(default=timezone.now)
    #: The account that edited it last; "" for the machine.
    edited_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("language",)
        constraints = [
            models.UniqueConstraint(fields=["update", "language"], name="translation_once_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.update} in {self.tongue.name}"

    @property
    def tongue(self) -> Language:
        """Its language."""
        return language(self.language)
