"""Owns the form for the words of a draft: what each field may hold, and what is said beside one that will not do."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from advocacy import hails, languages
from advocacy.comparing_asks import carried_over
from advocacy.desk_forms import DayField, LinesField, line, text
from advocacy.letter_checks import LONGEST_SUBJECT
from advocacy.merging import letter_faults, mended, subject_faults
from advocacy.models import Campaign
from advocacy.readability import LONGEST_LETTER

MOST_SUBJECTS = 6


class TicksWidget(forms.TextInput):
    """Reads numbers that are ticked one by one, or typed as a list."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        """The numbers as a list that people write; None where none came."""
        found = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        return ", ".join(map(str, found)) if found else None


class NumbersField(forms.CharField):
    """Numbers from 1, as people list them: 1, 3 and 4."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=200, widget=TicksWidget)

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]  # a list is what this field is for
        """The numbers, each once, in their order."""
        parts = [part for part in re.split(r"[\s,;]+|\band\b", str(value or "")) if part]
        if not all(part.isascii() and part.isdecimal() and int(part[:4]) > 0 and len(part) < 4 for part in parts):
            raise ValidationError("Write the numbers of the asks, like 1, 3. Leave it empty where any may be left out.")
        return sorted({int(part) for part in parts})

    def prepare_value(self, value: Any) -> Any:
        """A stored list as people write it; what was typed as it was typed."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """``to_python`` has said everything already."""


class UpdateForm(forms.Form):
    """The words of a draft. It may be kept incomplete; publishing says what is missing."""

    number = forms.IntegerField(
        min_value=0,
        max_value=999,
        error_messages={
            "required": "Write the number of the update; 0 is the first appeal.",
            "invalid": "Write the number in digits.",
            "min_value": "Write 0 or a larger number.",
            "max_value": "Write a number up to 999.",
        },
    )
    language = forms.ChoiceField(
        required=False,
        choices=languages.choices(),
        error_messages={"invalid_choice": "Choose a language from the list."},
    )
    index = line(40)
    issued_on = DayField()
    original_index = line(40)
    original_issued_on = DayField()
    country = line(80)
    title = line(200)
    summary = text()
    facts = text()
    asks = LinesField()
    points_that_stay = NumbersField()
    additional_information = text()
    letter_subject = line(LONGEST_SUBJECT)
    letter_subjects = LinesField()
    letter_text = text(LONGEST_LETTER)
    deadline = DayField()

    def __init__(self, campaign: Campaign, own_number: int, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        #: The asks whose ticks stand on the page, one on each line: somebody may move or change them in the same form.
        self.ticked_of = self._shown_asks()
        self.taken = set(campaign.updates.exclude(number=own_number).values_list("number", flat=True))

    def _shown_asks(self) -> str:
        if self.is_bound and "ticked_of" in self.data:
            return str(self.data["ticked_of"]).replace("\r\n", "\n")
        return "\n".join(self.initial.get("asks") or [])

    def ask_rows(self) -> list[tuple[int, str, bool]]:
        """(number, words, whether it stays) of each ask on the page."""
        typed = re.findall(r"[0-9]+", str(self["points_that_stay"].value() or ""))
        rows = enumerate(filter(None, self.ticked_of.split("\n")), 1)
        return [(number, words, str(number) in typed) for number, words in rows]

    def clean_number(self) -> int:
        """A number that no other update of this campaign has."""
        number = int(self.cleaned_data["number"])
        if number in self.taken:
            raise ValidationError(f"There is an update with the number {number} already.")
        return number

    def clean_language(self) -> str:
        """A language; the one of before where none was sent."""
        return str(self.cleaned_data["language"] or self.initial.get("language") or languages.DEFAULT)

    def clean_letter_subject(self) -> str:
        """A subject may name the case, and nothing else is put in for it."""
        return _subject(str(self.cleaned_data["letter_subject"]))

    def clean_letter_subjects(self) -> list[str]:
        """Further subjects, one on each line, of which each is one."""
        lines = [_subject(one) for one in self.cleaned_data["letter_subjects"]]
        if len(lines) > MOST_SUBJECTS:
            raise ValidationError(f"These are {len(lines)} subjects; nobody chooses among more than {MOST_SUBJECTS}.")
        return lines

    def clean_letter_text(self) -> str:
        """A letter whose tokens all mean something, and which fits every office; empty while it is not written yet."""
        letter = mended(str(self.cleaned_data["letter_text"]))
        faults = [*letter_faults(letter), *hails.letter_faults(letter)] if letter else []
        if faults:
            raise ValidationError(list[Any](faults))
        return letter

    def clean(self) -> dict[str, Any]:
        """Points that stay have to be there; a tick goes with its ask, by its words."""
        data = super().clean() or {}
        was = [one for one in self.ticked_of.split("\n") if one]
        if "ticked_of" in self.data and "asks" in data and was != data["asks"]:
            data["points_that_stay"] = carried_over(was, data.get("points_that_stay", []), data["asks"])
        count = len(data.get("asks", []))
        unknown = [number for number in data.get("points_that_stay", []) if number > count]
        if unknown and "asks" in data:
            self.add_error("points_that_stay", f"There is no ask {unknown[0]}: the list above has {count}.")
        return data


def _subject(typed: str) -> str:
    """One subject, in which nothing is put in but the reference."""
    faults = subject_faults(typed)
    if len(typed) > LONGEST_SUBJECT:
        faults.append(f"“{typed[:40]} …” has {len(typed)} characters; {LONGEST_SUBJECT} fit.")
    if faults:
        raise ValidationError(faults[0])
    return typed
