"""Owns what the desk's pages of sets and of files ask for and show: whose rows differ, and what each row would do."""

from dataclasses import dataclass
from typing import Any

from django import forms

from advocacy import book, desk_book, office_files, office_imports
from advocacy.access import Desk
from advocacy.desk_forms import line
from advocacy.forms import CountryField
from advocacy.models import Office, OfficeSet, SetEntry, Update
from advocacy.office_imports import Plan, Step
from advocacy.wording import COUNTRIES
from mailings.addresses import Listed
from mailings.text import address_key

#: So many rows of a plan stand open on the page; the others are folded below them. None is left out.
OPEN_ROWS = 100


class FileForm(forms.Form):
    """A file of offices, and the set that it fills."""

    into = line(80)
    file = forms.FileField(required=False, allow_empty_file=True, max_length=None)
    #: The text of a file that was shown before.
    text = forms.CharField(required=False, strip=False, max_length=office_files.MOST_BYTES, widget=forms.HiddenInput)


class SetNameForm(forms.Form):
    """How a set is called."""

    name = line(80, "Write a name for the set.")


class EntryForm(forms.Form):
    """Which office stands for a country."""

    country = CountryField(error_messages={"required": "Choose a country."})
    office = forms.ChoiceField(
        error_messages={"required": "Choose an office.", "invalid_choice": "Choose an office from the list."}
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        known = Office.objects.filter(retired=False).exclude(email="").order_by("name", "pk")[: desk_book.MOST_CHOICES]
        told = [(str(one.pk), f"{one} <{one.email}>") for one in known]
        self.fields["office"].choices = [("", "Choose an office"), *told]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Member:
    """One country of a set."""

    entry: SetEntry
    country: str
    flag: Listed | None


def members(office_set: OfficeSet) -> list[Member]:
    """Every country of a set with its office, by the country's name."""
    entries = list(office_set.entries.select_related("office"))
    flags = book.flags([entry.office.email for entry in entries])
    told = [
        Member(one, str(COUNTRIES.get(one.country, one.country)), flags.get(address_key(one.office.email)))
        for one in entries
    ]
    return sorted(told, key=lambda one: one.country)


@dataclass(frozen=True)
class Printed:
    """An update that uses a set, and the countries for which the book says otherwise now."""

    update: Update
    live: bool
    apart: list[str]


def printed(office_set: OfficeSet, desk: Desk) -> list[Printed]:
    """The drafts and live updates that use a set, of campaigns that somebody sees."""
    found = []
    for use in book.uses_of_set(office_set):
        if desk.sees(use.update.campaign.slug):
            apart = [str(COUNTRIES.get(code, code)) for code in book.rows_apart(use.target)]
            found.append(Printed(use.update, use.live, apart))
    return found


@dataclass(frozen=True)
class StepRow:
    """One row of a file, as the page tells it."""

    step: Step
    country: str
    #: (field, what the book says, what the file says); of a new office all that the file says.
    changes: list[tuple[str, str, str]]


def step_rows(plan: Plan) -> list[StepRow]:
    """The rows of a plan, all of them: those that do something first."""
    ordered = sorted(plan.steps, key=lambda step: (step.word == "same", step.row.number))
    return [_step_row(step) for step in ordered]


def _step_row(step: Step) -> StepRow:
    code = str(step.row.values.get("country", ""))
    told = step.changes
    if step.word == "new":
        told = {
            n: ("", value) for n, value in step.row.values.items() if value and n not in {"name", "email", "country"}
        }
    changes = [(_label(name), _said(old), _said(new)) for name, (old, new) in told.items()]
    return StepRow(step, str(COUNTRIES.get(code, code)), changes)


def _label(name: str) -> str:
    return desk_book.LABELS.get(name, name)


def _said(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def plan_of(text: str, into: str) -> tuple[office_files.Sheet, Plan]:
    """The rows of a text, and what they would do. Raises ``office_files.Unreadable``."""
    sheet = office_files.read(text, by_country=bool(into))
    return sheet, office_imports.plan(sheet, into)
