"""Owns the supporter's form where they send the letter themselves: we ask for nothing that the letter does not show."""

import copy
from typing import Any

from django import forms

from advocacy.forms import LetterForm, PickField
from advocacy.models import Update
from advocacy.models.identity import FULL, Level
from mailings.text import UnfitText, clean_address

#: Level -> the fields that its letter cannot do without. A name of its own is asked for at its levels anyway.
NEEDED = {**dict.fromkeys(FULL, ("name", "city", "country")), Level.FIRST: ("country",)}


def _optional(name: str) -> forms.Field:
    field = copy.copy(LetterForm.base_fields[name])
    field.required = False
    return field


OPTIONAL = {**{name: _optional(name) for name in ("name", "city", "country")}, "email": PickField(required=False)}


class ElsewhereForm(LetterForm):
    """The same form. No link is mailed, so no address is asked for, and none is complained about."""

    def __init__(self, update: Update, data: Any) -> None:
        super().__init__(update, data)
        self.fields.update(OPTIONAL)

    def clean_name(self) -> str:
        """A name without addresses in it, or none."""
        return super().clean_name() if self.cleaned_data["name"] else ""

    def clean_email(self) -> str:
        """An address that might stand in the letter, to be found there; "" for anything else."""
        try:
            return clean_address(self.cleaned_data["email"])
        except UnfitText:
            return ""

    def clean_city(self) -> str:
        """A town without addresses in it, or none."""
        return super().clean_city() if self.cleaned_data["city"] else ""

    def clean(self) -> dict[str, Any]:
        """What the chosen level needs, and then what every letter needs."""
        for name in NEEDED.get(self.cleaned_data.get("level", self.levels[0]), ()):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return super().clean()
