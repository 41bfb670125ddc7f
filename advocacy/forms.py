"""Owns the supporter's form: what may be typed, and what is said beside a field that needs a second look."""

import re
from collections.abc import Callable
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django_countries import countries

from advocacy.models import Update
from advocacy.wording import Choices, editable_body
from mailings.text import UnfitText, clean_address, clean_line, clean_text

LONGEST = {"name": 100, "email": 254, "city": 80, "subject": 120, "own_words": 1500, "body": 6000}
#: Cleaning shortens a text, but not to a tenth of it.
MOST_TYPED = 10
#: A name or a town is no place for an address of any kind: it would stand in a mail's head.
ADDRESS_LIKE = re.compile(r"@|://|\bwww\.", re.IGNORECASE)


class SharedField(forms.CharField):
    """A field that all forms share: nothing in it is changed for one of them.

    Copying seven fields, one of them with 249 countries, took longer than reading what was typed.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def run_validators(self, value: Any) -> None:
        """``to_python`` has said everything already, in our own words."""


class CleanField(SharedField):
    """Text that went through ``mailings.text``; a fault is said in words and what was typed stays."""

    def __init__(self, cleaner: Callable[[str], str], longest: int, words: str, **kwargs: Any) -> None:
        self.cleaner, self.longest, self.words = cleaner, longest, words
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Clean what was typed. NUL and broken characters are refused here as well, in the same words."""
        typed = str(value or "")
        if len(typed) > MOST_TYPED * self.longest:  # Far too long to be worth the cleaning.
            raise ValidationError(f"These are {len(typed):,} characters; {self.longest:,} fit. Nothing was cut.")
        try:
            text = self.cleaner(typed)
        except UnfitText as fault:
            raise ValidationError(str(fault)) from fault
        if len(text) > self.longest:
            raise ValidationError(f"These are {len(text):,} characters; {self.longest:,} fit. Nothing was cut.")
        return text


class CountryField(SharedField):
    """One of the countries, by its code. The page draws the list."""

    #: (code, name) of each, after what stands there while none is chosen.
    choices = (("", "Choose a country"), *countries)
    codes = frozenset(code for code, _ in choices)

    def to_python(self, value: Any) -> str:
        """The code as it was chosen; nothing like it is guessed."""
        if value and value not in self.codes:
            raise ValidationError("Choose a country from the list.")
        return str(value or "")


def _address(typed: str) -> str:
    """One address in the form in which it is mailed; "" where nothing was typed, which is the field's to say."""
    return clean_address(typed) if typed.strip() else ""


class LetterForm(forms.Form):
    """Name, mailbox, place and words of one supporter. Unbound or bound to one update."""

    name = CleanField(clean_line, LONGEST["name"], "name", error_messages={"required": "Write your name."})
    email = CleanField(_address, LONGEST["email"], "email", error_messages={"required": "Write your email address."})
    city = CleanField(
        clean_line, LONGEST["city"], "town", error_messages={"required": "Write the town or city you live in."}
    )
    country = CountryField(error_messages={"required": "Choose your country."})
    own_words = CleanField(clean_text, LONGEST["own_words"], "own words", required=False)
    subject = CleanField(clean_line, LONGEST["subject"], "subject", required=False)
    body = CleanField(clean_text, LONGEST["body"], "letter", required=False)

    def __init__(self, update: Update, data: Any = None) -> None:
        self.update_shown = update
        super().__init__(data, initial=self._initial(update) if data is None else None, label_suffix="")
        campaign = update.campaign
        if not campaign.subject_editable:
            del self.fields["subject"]
        if not campaign.body_editable:
            del self.fields["body"]

    @staticmethod
    def _initial(update: Update) -> dict[str, str]:
        return {
            "subject": update.letter_subject.replace("{reference}", update.campaign.reference),
            "body": editable_body(update),
        }

    def clean_name(self) -> str:
        """A name without addresses in it."""
        return self._without_addresses("name", "Write your name only, without an email or web address.")

    def clean_city(self) -> str:
        """A town without addresses in it."""
        return self._without_addresses("city", "Write the town only, without an email or web address.")

    def _without_addresses(self, field: str, words: str) -> str:
        value = str(self.cleaned_data[field])
        if ADDRESS_LIKE.search(value):
            raise ValidationError(words)
        if not any(char.isalpha() for char in value):
            raise ValidationError("Write it with letters.")
        return value

    def clean_body(self) -> str:
        """The edited text; "" where it is the update's own, so that the letter keeps its places for own words."""
        body = str(self.cleaned_data["body"])
        return "" if body == clean_text(self._initial(self.update_shown)["body"]) else body

    def choices(self) -> Choices:
        """What a valid form decided."""
        data = self.cleaned_data
        return Choices(
            name=data["name"],
            city=data["city"],
            country=data["country"],
            own_words=data["own_words"],
            subject=data.get("subject", ""),
            body=data.get("body", ""),
        )

    def error_list(self) -> list[tuple[str, str]]:
        """(field's id, message) for the summary on top, in the order of the page."""
        return [(f"id_{name}", str(message)) for name in self.fields for message in self.errors.get(name, [])]
