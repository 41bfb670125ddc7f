"""Owns how a supporter's choice of points comes with the form: a box and a place for each, also without a script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from advocacy.models import Update

_KEY = re.compile(r"(point|place|was)-(\d{1,3})\Z")


@dataclass(frozen=True)
class PointRow:
    """One ask on the form."""

    number: int
    words: str
    #: True where every letter makes it.
    stays: bool
    ticked: bool


class PointsWidget(forms.Widget):
    """Reads the boxes ``point-1``, the chosen places ``place-1``, and ``was-1``, the places as the page showed them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """The parts that came, by their names; empty where the form asked for none."""
        return {key: str(data.get(key)) for key in data if _KEY.match(key)}


def rows(update: Update, sent: Mapping[str, str] | None) -> list[PointRow]:
    """The asks in the order that somebody chose, ticked as they ticked them; all as printed where nobody chose yet.

    A point that is moved to the place of another pushes that one on: up where it came from below, down from above.
    """
    numbers = range(1, len(update.asks) + 1)
    stay = set(update.points_that_stay)
    if not sent:
        order, ticked = list(numbers), set(numbers)
    else:
        order = sorted(numbers, key=lambda number: _key(sent, number))
        ticked = {number for number in numbers if f"point-{number}" in sent}
    ticked |= stay
    return [PointRow(number, update.asks[number - 1], number in stay, number in ticked) for number in order]


def _key(sent: Mapping[str, str], number: int) -> tuple[int, int, int]:
    was = _place(sent.get(f"was-{number}"), number)
    place = _place(sent.get(f"place-{number}"), was)
    return (place, (place > was) - (place < was), was)


def _place(typed: str | None, otherwise: int) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 4 else otherwise
