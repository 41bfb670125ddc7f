"""Owns two people's versions of one draft at its form: what each began from, what is merged, what is left to choose.

The promise: nobody's words are written over unseen. What only one of them changed stands after both have saved; what
both changed is shown with both values, and saved once somebody has chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from advocacy import desk_choices, drafts
from advocacy.desk_choices import MINE, THEIRS, Both, plain
from advocacy.desk_drafts import UpdateForm
from advocacy.desk_offices import TargetForm
from advocacy.models import Update
from advocacy.three_way import Place, Row, left_out, merge_rows, merge_words

WORDS = tuple(UpdateForm.base_fields)
OFFICE = tuple(TargetForm.base_fields)
LABELS = {
    "number": "Number", "issued_on": "Date of issue", "original_index": "Index of the first appeal",
    "original_issued_on": "Date of the first appeal", "deadline": "Write before", "facts": "What happened",
    "asks": "What it asks", "points_that_stay": "Asks in every letter", "letter_subject": "Subject",
    "letter_subjects": "Further subjects", "letter_text": "Text of the letter",
}  # fmt: skip
#: Who left an office out -> the words for keeping mine and for taking theirs.
CHOICES = {
    "": (MINE, THEIRS),
    "mine": ("Leave it out, as you did", "Keep it, as {who} changed it"),
    "theirs": ("Keep it, as you changed it", "Leave it out, as {who} did"),
}
MERGED = "What both of you changed stands below, and nothing is saved yet. Save once more."


@dataclass(frozen=True)
class Version:
    """What a draft says, as its form shows it."""

    words: Row
    offices: list[Row]


def stored(update: Update) -> Version:
    """A draft as it is now."""
    words = {name: _shown(UpdateForm.base_fields[name], getattr(update, name)) for name in WORDS}
    return Version(words, [_row(values) for values in drafts.target_values(update)])


def _row(values: Mapping[str, Any]) -> Row:
    return {name: _shown(TargetForm.base_fields[name], values[name]) for name in OFFICE}


def _shown(field: forms.Field, value: Any) -> str:
    return "" if value is None else plain(field.prepare_value(value))


def packed(update: Update) -> str:
    """What a form begins from; it comes back with the form."""
    return desk_choices.packed({"update": update.pk}, asdict(stored(update)))


def opened(update: Update, data: Mapping[str, Any]) -> Version | None:
    """What a form that was sent began from; None where it does not say so."""
    told = desk_choices.opened({"update": update.pk}, str(data.get("began", "")))
    return Version(told["words"], told["offices"]) if told else None


# --- merging ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """A form with what the other one saved meanwhile taken in."""

    data: QueryDict
    #: What only the other one changed, by its label.
    taken: list[str]
    #: True where both changed the same.
    asks: bool


def merged(update: Update, data: QueryDict, rows: int, known: int) -> Merged:
    """Take in what was saved since a form was opened.

    Args:
        update: as it is now.
        data: what was sent.
        rows: how many offices the form has, and ``known`` how many of them it began with.
    """
    base, theirs = opened(update, data), stored(update)
    words = merge_words(base.words if base else None, _typed_words(data), theirs.words)
    began = base.offices if base else [{} for _ in range(min(known, rows))]
    places = merge_rows(began, _typed(data, rows, len(began)), theirs.offices)
    told = data.copy()
    gone = desk_choices.without_choices(told)
    for name in [*gone, *(name for name in told if name.startswith("office-"))]:
        del told[name]
    for name, value in words.values.items():
        told[name] = value
    if words.values["points_that_stay"] == theirs.words["points_that_stay"]:
        told["ticked_of"] = theirs.words["asks"]  # Numbers mean the asks of whoever ticked them.
    told["office-INITIAL_FORMS"] = str(len(theirs.offices))
    told["began"], told["seen"] = packed(update), drafts.stamp(update)
    told["office-TOTAL_FORMS"], told[f"office-{len(places)}-role"] = str(len(places) + 1), "copy"  # one is empty
    asked = [*words.both, *(one for at, place in enumerate(places) for one in _asked(at, place, told))]
    told.setlist("asked", asked)
    taken = [label(name) for name in words.theirs]
    taken += [place.values["name"] or "an office" for place in places if place.theirs and not place.asks]
    taken += [f"{row['name']} is left out" for row in left_out(began, theirs.offices) if row]
    return Merged(told, taken, bool(asked))


def _typed_words(data: QueryDict) -> Row:
    return {name: plain(", ".join(data.getlist(name))) for name in WORDS}


def _typed(data: Mapping[str, Any], rows: int, known: int) -> list[Row | None]:
    """The rows that were sent; None for one that is left out."""
    found: list[Row | None] = []
    for at in range(max(rows, known)):
        row = {name: plain(data.get(f"office-{at}-{name}", "")) for name in OFFICE}
        said = any(value for name, value in row.items() if name != "role")
        gone = at >= rows or bool(data.get(f"office-{at}-DELETE"))
        if at < known:
            found.append(None if gone else row)
        elif said and not gone:
            found.append(row)
    return found


def _asked(at: int, place: Place, told: QueryDict) -> list[str]:
    """Write one office into a form. Returns what is to be chosen of it."""
    prefix = f"office-{at}"
    for name in OFFICE:
        told[f"{prefix}-{name}"] = place.values.get(name, "")
    if place.out == "mine" and not place.asks:
        told[f"{prefix}-DELETE"] = "on"
    if place.both:
        return [f"{prefix}-{name}" for name in place.both]
    return [f"{prefix}:{place.out}"] if place.asks else []


def label(name: str) -> str:
    """What the page calls a field."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


# --- choosing --------------------------------------------------------------------------------------------------------


def chosen(data: QueryDict, base: Version | None) -> QueryDict:
    """A form that was sent, with their value wherever theirs was chosen."""
    told = data.copy()
    for name, out in map(_parted, data.getlist("asked")):
        choice = data.get(f"choose-{name}")
        if out == "mine" and choice == "mine":
            told[f"{name}-DELETE"] = "on"
        elif choice == "theirs" and base is not None:
            _take(told, name, out, base)
    return told


def _parted(asked: str) -> tuple[str, str]:
    name, _, out = asked.partition(":")
    return name, out


def _take(told: QueryDict, name: str, out: str, base: Version) -> None:
    whole, at, field = _office(name)
    if not whole:
        told[name] = base.words.get(name, told.get(name, ""))
        if name == "points_that_stay":
            told["ticked_of"] = base.words["asks"]
    elif out == "theirs":
        told[f"{name}-DELETE"] = "on"
    elif at < len(base.offices):
        for one in OFFICE if not field else (field,):
            told[f"office-{at}-{one}"] = base.offices[at].get(one, "")


def _office(name: str) -> tuple[bool, int, str]:
    """Whether a name is one of an office, in which row, and of which field; "" for all of it."""
    parts = name.split("-", 2)
    if parts[0] != "office" or len(parts) < 2 or not parts[1].isdecimal() or len(parts[1]) > 3:
        return False, 0, ""
    return True, int(parts[1]), parts[2] if len(parts) > 2 and parts[2] in OFFICE else ""


def to_choose(data: Any, base: Version | None, who: str) -> list[Both]:
    """Everything that both changed, with what was chosen so far."""
    found = []
    for asked in data.getlist("asked"):
        name, out = _parted(asked)
        whole, at, field = _office(name)
        row = base.offices[at] if base and whole and at < len(base.offices) else {}
        theirs = (
            (row.get(field, "") if field else _office_words(row)) if whole else base.words.get(name, "") if base else ""
        )
        mine, their = CHOICES.get(out, CHOICES[""])
        said = label(field or name) if not whole or field else data.get(f"{name}-name", "") or "An office"
        choice = data.get(f"choose-{name}", "")
        found.append(Both(asked, name, said, mine, their.format(who=who), theirs if out != "theirs" else "", choice))
    return found


def _office_words(row: Row) -> str:
    return "\n".join(value for name, value in row.items() if value and name in OFFICE and not name.endswith("_id"))


def who(update: Update, by: str) -> str:
    """Who saved a draft last, within a sentence to whoever opened it before."""
    return "you, in another window," if update.edited_by == by else update.edited_by or "somebody"


def met(update: Update, by: str) -> str:
    """That somebody saved a draft after it was opened, in a sentence."""
    name = who(update, by)
    name = name if name == update.edited_by else name.capitalize()
    return f"{name} saved this draft at {update.edited_at:%H:%M} UTC, after you opened it."


def show_both(found: list[Both], form: UpdateForm, targets: forms.BaseFormSet[TargetForm]) -> None:
    """Put each question to its field, or to its office."""
    for one in found:
        whole, at, field = _office(one.name)
        place: Any = form if not whole else targets.forms[at] if at < len(targets.forms) else None
        name = field if whole else one.name
        if place is not None and (not name or name in place.fields):
            (place.fields[name] if name else place).both = one
