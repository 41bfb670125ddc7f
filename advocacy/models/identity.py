"""Owns the levels of identity: how much of a supporter leaves with a letter."""

from django.db import models


class Level(models.TextChoices):
    """What an office learns of the writer, the most first. Below a level nothing of the levels above it leaves."""

    ANSWER = "answer", "Full name, place and a way to answer"
    PLACE = "place", "Full name and place"
    FIRST = "first", "First name and country"
    PEN = "pen", "A pen name"
    ORGANISATION = "org", "The organisation’s name only"


#: Levels at which the full name and the town leave.
FULL = frozenset({Level.ANSWER, Level.PLACE})
#: Levels at which a name leaves that the supporter wrote down for it.
SHOWN_NAME = frozenset({Level.FIRST, Level.PEN})


def levels_up_to(most: str) -> list[Level]:
    """The levels that a supporter may choose from, the most first."""
    known = list(Level)
    return known[known.index(Level(most)) :]
