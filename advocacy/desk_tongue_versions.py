"""Owns two translators' versions of one translation: what each began from, what is merged, what is left to choose.

The promise is that of ``desk_versions``, paragraph by paragraph, also where the original has changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from advocacy import desk_choices
from advocacy.desk_choices import MINE, THEIRS, Both, plain
from advocacy.desk_translations import TranslationForm, named, typed
from advocacy.models import Update
from advocacy.three_way import merge_words
from advocacy.translations import FIELDS, Beside


def _words(beside: Beside) -> dict[str, str]:
    return {name: pair.words for name, pair in named(beside.pairs)}


def _whose(update: Update, beside: Beside) -> dict[str, Any]:
    return {"update": update.pk, "language": beside.language.code}


def packed(update: Update, stored: Beside) -> str:
    """What a form begins from; it comes back with the form."""
    return desk_choices.packed(_whose(update, stored), _words(stored))


def chosen(update: Update, stored: Beside, data: QueryDict) -> QueryDict:
    """A form that was sent, with the other's words wherever theirs was chosen."""
    told, base = data.copy(), desk_choices.opened(_whose(update, stored), str(data.get("began", "")))
    for name in data.getlist("asked"):
        if base and data.get(f"choose-{name}") == "theirs":
            told[name] = base.get(name, told.get(name, ""))
    return told


def to_choose(update: Update, stored: Beside, data: Mapping[str, Any], asked: list[str], who: str) -> list[Both]:
    """Every paragraph that both changed, with what was chosen so far."""
    base = desk_choices.opened(_whose(update, stored), str(data.get("began", ""))) or {}
    labels = {name: FIELDS[pair.field] for name, pair in named(stored.pairs)}
    return [
        Both(name, name, labels[name], MINE, THEIRS.format(who=who), base.get(name, ""), data.get(f"choose-{name}", ""))
        for name in asked
        if name in labels
    ]


@dataclass(frozen=True)
class Merged:
    """A form with what the other one saved meanwhile taken in."""

    data: QueryDict
    beside: Beside
    #: What only the other one changed, by its label.
    taken: list[str]
    asked: list[str]


def merged(update: Update, stored: Beside, data: QueryDict) -> Merged:
    """Take in what was saved since a form was opened.

    Args:
        update: as it is now, and ``stored`` its translation.
        data: what was sent, perhaps beside an original that has changed since.
    """
    began = desk_choices.opened(_whose(update, stored), str(data.get("began", ""))) or {}
    laid = typed(update, stored, data)
    # What it began from stood beside the same original, so it is laid beside the new one in the same way.
    originals = {name: value for name, value in data.items() if name.startswith("original-")}
    before = typed(update, stored, began | originals)
    mine = {name: plain(words) for name, words in _words(laid).items()}
    words, theirs = merge_words(_words(before), mine, _words(stored)), dict(named(stored.pairs))
    pairs = [
        theirs[name] if words.values[name] == theirs[name].words else replace(pair, words=words.values[name])
        for name, pair in named(laid.pairs)
    ]
    taken = [FIELDS[theirs[name].field] for name in words.theirs]
    told = _form(update, stored, data, words.values)
    told.setlist("asked", list(words.both))
    return Merged(told, replace(laid, pairs=tuple(pairs)), taken, list(words.both))


def _form(update: Update, stored: Beside, data: QueryDict, words: Mapping[str, str]) -> QueryDict:
    """A form as it would be sent from a page that shows these words beside the original of now."""
    told = data.copy()
    for name in [*desk_choices.without_choices(told), *(name for name in told if name.startswith("original-"))]:
        del told[name]
    for name, pair in named(stored.pairs):
        told[name], told[f"original-{name}"] = words[name], pair.original
    told["began"] = packed(update, stored)
    return told


def show_both(found: list[Both], form: TranslationForm) -> None:
    """Put each question to its field."""
    for one in found:
        if one.name in form.fields:
            form.fields[one.name].both = one  # type: ignore[attr-defined]  # for the template alone
