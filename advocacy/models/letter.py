"""A letter: one supporter's appeal on one update, with their choices. What it became stands in the outbox."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django_countries.fields import Country

from advocacy.models.identity import SHOWN_NAME, Level
from advocacy.models.supporter import Supporter
from advocacy.models.update import Update

#: Letters and digits that are not mistaken for each other when read aloud or copied by hand.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    """A random name for a letter; 31**8 of them, so it says nothing about order or number."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Letter(models.Model):
    """One supporter's letter on one update: the database lets there be no second one in the same mode."""

    code = models.CharField(max_length=CODE_LENGTH, default=new_code)
    #: Without an index of its own: the constraint's begins with it.
    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="letters", db_index=False)
    supporter = models.ForeignKey(Supporter, on_delete=models.CASCADE, related_name="letters")
    #: The sending mode it was written in, as its messages keep it.
    mode = models.CharField(max_length=8)
    #: Rises when it is written afresh before it was confirmed: the confirm page says which version was read.
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2)
    own_words = models.TextField(blank=True)
    subject = models.CharField(max_length=120)
    #: The whole text where the campaign allows its change and the supporter changed it; else "".
    body = models.TextField(blank=True)
    #: The numbers of the points that it makes, in their order; empty: all as the update prints them.
    points: models.JSONField[list[int], list[int]] = models.JSONField(default=list, blank=True)
    #: How much of its writer leaves with it.
    level = models.CharField(max_length=6, choices=Level, default=Level.PLACE)
    #: The first name or the pen name that leaves instead of the full name; "" at the other levels.
    shown_name = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    #: How often, and when last, a link to confirm it was mailed. Keeps the form from being used to flood a mailbox.
    links_mailed = models.PositiveSmallIntegerField(default=0)
    link_mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Not unique=True: that makes a second index for LIKE, which every letter would pay for.
            models.UniqueConstraint(fields=["code"], name="letter_once_per_code"),
            models.UniqueConstraint(
                fields=["update", "supporter", "mode"], name="letter_once_per_supporter_and_update"
            ),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="letter_level_known"),
            models.CheckConstraint(
                condition=~models.Q(level__in=sorted(SHOWN_NAME)) | ~models.Q(shown_name=""), name="letter_shows_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"Letter {self.reference}"

    @property
    def reference(self) -> str:
        """The code as people read it: 7K2M-94QX."""
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def country_name(self) -> str:
        """The country's name in the page's language."""
        return str(Country(self.country).name)

    @property
    def confirmed(self) -> bool:
        """True once its writer let it go."""
        return self.confirmed_at is not None
