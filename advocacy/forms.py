"""Owns the supporter's form: what may be typed, and what is said beside a field that needs a second look."""

import re
from collections.abc import Callable
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_countries import countries

from advocacy import identities, letter_fields, points, unsaid
from advocacy.letter_fields import PointRow, PointsWidget
from advocacy.merging import names_case
from advocacy.models import Update
from advocacy.models.identity import FULL, SHOWN_NAME, Level, levels_up_to
from advocacy.own_text import body_faults
from advocacy.wording import Choices, Sample, editable_body, names_somebody, shown_of, subject_of, usual_words
from mailings.text import UnfitText, clean_address, clean_line, clean_text

#: The choice of a subject that its writer types.
OWN_SUBJECT = "own"
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


class PickField(SharedField):
    """One of a few: what came, or "". The form knows which there are, and says so."""


class PointsField(SharedField):
    """The points as they came: boxes, places, and the places that the page showed."""

    def to_python(self, value: Any) -> Any:
        """As the widget read it."""
        return value


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
    level = PickField(required=False)
    shown_name = CleanField(clean_line, LONGEST["name"], "name", required=False)
    points = PointsField(required=False, widget=PointsWidget())
    subject_choice = PickField(required=False)
    subject = CleanField(clean_line, LONGEST["subject"], "subject", required=False)
    body = CleanField(clean_text, LONGEST["body"], "letter", required=False)
    own_words = CleanField(clean_text, LONGEST["own_words"], "own words", required=False)

    def __init__(self, update: Update, data: Any = None) -> None:
        self.update_shown = update
        #: What the update offers, as it leaves.
        self.subjects = [subject_of(update, template) for template in update.subjects]
        self.levels = levels_up_to(update.campaign.most_identity)
        super().__init__(data, initial=self._initial(update) if data is None else None, label_suffix="")
        campaign = update.campaign
        asked = {
            "level": len(self.levels) > 1,
            "shown_name": not SHOWN_NAME.isdisjoint(self.levels),
            "points": len(update.asks) > 1,
            "subject_choice": len(self.subjects) > 1,
            "subject": campaign.subject_editable,
            "body": campaign.body_editable,
        }
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]

    def _initial(self, update: Update) -> dict[str, str]:
        return {
            "level": self.levels[0],
            "subject": "" if len(self.subjects) > 1 else self.subjects[0],
            "subject_choice": "1",
            "body": editable_body(update),
        }

    def clean_name(self) -> str:
        """A name without addresses in it."""
        return self._without_addresses("name", "Write your name only, without an email or web address.")

    def clean_city(self) -> str:
        """A town without addresses in it."""
        return self._without_addresses("city", "Write the town only, without an email or web address.")

    def clean_shown_name(self) -> str:
        """A name without addresses in it, or none."""
        if not self.cleaned_data["shown_name"]:
            return ""
        return self._without_addresses("shown_name", "Write a name only, without an email or web address.")

    def _without_addresses(self, field: str, words: str) -> str:
        value = str(self.cleaned_data[field])
        if ADDRESS_LIKE.search(value):
            raise ValidationError(words)
        if not any(char.isalpha() for char in value):
            raise ValidationError("Write it with letters.")
        return value

    def clean_level(self) -> str:
        """A level that the campaign allows. Where none came, a supporter is asked: we choose for nobody."""
        level = self.cleaned_data["level"]
        if not level:  # From a page that did not ask yet, or a programme.
            raise ValidationError(_("Choose how much of you the letter shows."))
        if level not in self.levels:
            raise ValidationError("Choose one of these.")
        return str(level)

    def clean_points(self) -> tuple[int, ...]:
        """The numbers of the points in their order; empty where they are all of them as printed."""
        rows = letter_fields.rows(self.update_shown, self.cleaned_data["points"])
        chosen = [row.number for row in rows if row.ticked]
        if not chosen:
            raise ValidationError("Keep at least one point: a letter that asks for nothing changes nothing.")
        return points.settled(len(rows), self.update_shown.points_that_stay, chosen)

    def clean_subject_choice(self) -> str:
        """The subject that was chosen; "" where the supporter's own stands, or nobody chose."""
        chosen = self.cleaned_data["subject_choice"]
        if chosen in {"", OWN_SUBJECT} and ("subject" in self.fields or not chosen):
            return str(chosen)
        if chosen in {str(number) for number in range(1, len(self.subjects) + 1)}:
            return self.subjects[int(chosen) - 1]
        raise ValidationError("Choose one of these.")

    def clean_body(self) -> str:
        """The edited text; "" where it is the update's own, so that the letter keeps its places for own words."""
        body = str(self.cleaned_data["body"])
        return "" if body == clean_text(editable_body(self.update_shown)) else body

    def clean(self) -> dict[str, Any]:
        """What no field can say alone: the subject, what must stay, and what must not be said."""
        data = self.cleaned_data
        self._one_subject()
        names = self.update_shown.campaign.not_to_be_said
        for field in self._leaving() if names else ():
            refusal = unsaid.refusal(names, str(data.get(field, "")))
            if refusal:
                self.add_error(field, refusal)
        if data.get("body"):
            data["points"] = ()  # The text holds them itself.
            for fault in body_faults(self.update_shown, self.choices()):
                self.add_error("body", fault)
        self._name_to_show()
        if names and not self.errors:
            writer = shown_of(self.update_shown, self.choices())
            refusal = names_somebody(self.update_shown, self.choices(), writer)
            if refusal:  # Of parts that are harmless each.
                self.add_error("own_words", refusal)
        return data

    def _one_subject(self) -> None:
        data = self.cleaned_data
        chosen = data.pop("subject_choice", "")
        if chosen == OWN_SUBJECT:
            if not data.get("subject") and "subject" not in self.errors:
                self.add_error("subject", "Write your subject, or choose one of those above.")
        elif chosen:
            data["subject"] = chosen
        reference, subject = self.update_shown.campaign.reference, str(data.get("subject", ""))
        named = reference in subject or names_case(self.update_shown.letter_text, reference)
        room = LONGEST["subject"] - len(reference) - 2
        if "subject" in self.fields and subject and not named and len(subject) > room:
            self.add_error("subject", f"The case’s reference, {reference}, comes before it: {room} characters fit.")

    def _name_to_show(self) -> None:
        """At a level with a name of its own, that name; at every lower one, no trace of the full name and the town."""
        data = self.cleaned_data
        level, shown = data.get("level", self.levels[0]), str(data.get("shown_name", ""))
        if level in FULL:
            data["shown_name"] = ""
            return
        if level in SHOWN_NAME and "shown_name" not in self.errors:
            fault = identities.shown_name_fault(Level(level), shown, str(data.get("name", "")))
            if fault:
                self.add_error("shown_name", fault)
        usual, left = usual_words(self.update_shown), shown if level in SHOWN_NAME else ""
        name, city, email = (str(data.get(one, "")) for one in ("name", "city", "email"))
        for field in ("subject", "body", "own_words"):
            trace = identities.trace(str(data.get(field, "")), name, city, email=email, usual=usual, shown=left)
            if trace:
                self.add_error(field if field in self.fields else None, identities.trace_words(trace))

    def _leaving(self) -> list[str]:
        """The fields whose words leave at the level that was chosen."""
        full = self.cleaned_data.get("level", self.levels[0]) in FULL
        own = [name for name in ("subject", "body", "own_words") if name in self.fields]
        return [*(("name", "city") if full else ("shown_name",)), *own]

    def choices(self) -> Choices:
        """What the fields that are in order decided."""
        data = self.cleaned_data
        return Choices(
            name=data.get("name", ""),
            city=data.get("city", ""),
            country=data.get("country", ""),
            own_words=data.get("own_words", ""),
            subject=data.get("subject", ""),
            body=data.get("body", ""),
            points=data.get("points", ()),
            level=data.get("level", self.levels[0]),
            shown_name=data.get("shown_name", ""),
        )

    @property
    def name_hint(self) -> str:
        """Where the name goes."""
        if self.levels[0] in FULL:
            return "It stands under your letter and beside its sender’s address, unless you choose otherwise below."
        return "It stays with us. The officials do not see it."

    def point_rows(self) -> list[PointRow]:
        """The points as the page shows them: in the order and with the ticks that came."""
        return letter_fields.rows(self.update_shown, self["points"].value())

    def subject_rows(self) -> list[tuple[str, str, bool]]:
        """(value, words, whether it is chosen) of each subject that is offered."""
        chosen = str(self["subject_choice"].value() or "1")
        return [(str(number), words, chosen == str(number)) for number, words in enumerate(self.subjects, 1)]

    @property
    def own_subject(self) -> bool:
        """True where the supporter's own subject is chosen."""
        return str(self["subject_choice"].value()) == OWN_SUBJECT

    def level_rows(self) -> list[tuple[Level, str, bool]]:
        """(level, what the offices see, whether it is chosen) of each level that may leave."""
        chosen = self["level"].value()
        data = getattr(self, "cleaned_data", {})
        given = {name: data[name] for name in ("name", "city", "country", "shown_name") if data.get(name)}
        seen = [(level, shown_of(self.update_shown, Sample(**given, level=level))) for level in self.levels]
        return [(level, ", ".join(one.signature.split("\n")), chosen == level) for level, one in seen]

    def error_list(self) -> list[tuple[str, str]]:
        """(field's id, message) for the summary on top, in the order of the page."""
        return [(f"id_{name}", str(message)) for name in self.fields for message in self.errors.get(name, [])]
