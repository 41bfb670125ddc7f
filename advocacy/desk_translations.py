"""Owns what the desk's pages of translations ask for and show: one field a paragraph, and how far each language is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField

from advocacy import page_words, side_by_side, translations
from advocacy.forms import CleanField
from advocacy.languages import Language, choices
from advocacy.merging import mended
from advocacy.models import Update
from advocacy.page_words import PageWords
from advocacy.paper import Sheet
from advocacy.text_diff import Budget, Part, by_word
from advocacy.translations import FIELDS, MOST_PIECES, Beside, Pair
from advocacy.wording import Choices
from mailings.text import UnfitText, clean_line, clean_text

#: So many characters a translation may always have, and otherwise so many times those of the original.
LONGEST_PIECE = 20_000
LONGEST_LINE = 300
TIMES_THE_ORIGINAL = 3
LINES = frozenset({"title", "asks", "letter_subject", "letter_subjects"})
ORIGINAL = re.compile(r"original-([a-z_]+)-([0-9]{1,4})")


def one_paragraph(value: str) -> str:
    """A clean text without an empty line in it: else nobody knew which paragraph stands beside which.

    Raises:
        UnfitText: where there is one, or it may not stand in a mail.
    """
    text = clean_text(value)
    if "\n\n" in text:
        raise UnfitText("Write it as one paragraph, without an empty line: the original has one here.")
    return text


def named(pairs: Sequence[Pair]) -> list[tuple[str, Pair]]:
    """Each paragraph with the name of its field on the form: ``facts-2``."""
    counted: dict[str, int] = {}
    found = []
    for pair in pairs:
        counted[pair.field] = counted.get(pair.field, 0) + 1
        found.append((f"{pair.field}-{counted[pair.field]}", pair))
    return found


def longest(pair: Pair) -> int:
    """How many characters the translation of a paragraph may have."""
    return max(LONGEST_LINE if pair.field in LINES else LONGEST_PIECE, TIMES_THE_ORIGINAL * len(pair.original))


class TranslationForm(forms.Form):
    """One field for each paragraph of the original. It may be kept incomplete; publishing says what is lacking."""

    def __init__(self, beside: Beside, data: Any = None) -> None:
        self.named = named(beside.pairs)
        super().__init__(data, initial={name: pair.words for name, pair in self.named})
        for name, pair in self.named:
            cleaner: Callable[[str], str] = clean_line if pair.field in LINES else one_paragraph
            self.fields[name] = CleanField(cleaner, longest(pair), "", required=False)

    def clean(self) -> dict[str, Any]:
        """Tokens must be the original's."""
        for name, pair in self.named:
            fault = replace(pair, words=str(self.cleaned_data.get(name, ""))).token_fault
            if fault:
                self.add_error(name, fault)
        return self.cleaned_data

    def pairs(self) -> list[Pair]:
        """What a valid form says. A paragraph that was older stays so until it is changed, or somebody ticks it."""
        return [
            _said(pair, str(self.cleaned_data[name]), still_right=f"kept-{name}" in self.data)
            for name, pair in self.named
        ]


def _said(pair: Pair, words: str, *, still_right: bool) -> Pair:
    words = mended(words) if pair.field == "letter_text" else words
    if pair.stale and words == pair.words and not still_right:
        return pair
    return replace(pair, words=words, made_from=pair.original if words else "")


def originals(data: Mapping[str, Any]) -> list[Pair]:
    """The original's paragraphs as they stood on the form that was sent, in order."""
    found: list[tuple[int, int, Pair]] = []
    for name, value in data.items():
        match = ORIGINAL.fullmatch(name)
        if match and match[1] in FIELDS and len(found) < MOST_PIECES:
            found.append((list(FIELDS).index(match[1]), int(match[2]), Pair(match[1], _plain(value))))
    return [pair for _, _, pair in sorted(found, key=lambda one: one[:2])]


def typed(update: Update, stored: Beside, data: Mapping[str, Any]) -> Beside:
    """What stands on a form that was sent, laid beside the original as it is now. Nothing of it is checked yet."""
    was = named(originals(data))
    told = [replace(pair, words=_plain(data.get(name, "")).strip(), made_from=pair.original) for name, pair in was]
    older = {(pair.field, pair.original): pair for pair in stored.pairs if pair.stale}
    told = [_still(pair, older.get((pair.field, pair.original))) for pair in told]
    words, made_from = translations.stored(told)
    laid = translations.aligned(translations.pieces(update), stored.language, words, made_from)
    return replace(laid, original=update.language)


def _still(pair: Pair, older: Pair | None) -> Pair:
    return older if older and older.words == pair.words else pair


def _plain(value: Any) -> str:
    r"""As it was stored: a browser sends ``\r\n`` for each line break."""
    return str(value).replace("\r\n", "\n")


# --- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One paragraph on the page."""

    label: str
    pair: Pair
    field: BoundField
    #: What has changed in the original since it was translated; empty where nothing has.
    parts: list[Part]
    #: How its numbers, dates or addresses are apart from the original's; "" where they are not.
    apart: str = ""

    @property
    def rows(self) -> int:
        """How many lines its field shows."""
        return min(max(len(self.pair.original) // 55 + self.pair.original.count("\n") + 1, 2), 16)


@dataclass(frozen=True)
class Section:
    """One field of the update on the page."""

    name: str
    label: str
    rows: list[Row]
    left_over: list[Pair]


def sections(beside: Beside, form: TranslationForm) -> list[Section]:
    """The whole page, field by field."""
    budget = Budget()
    found = []
    for field, label in FIELDS.items():
        mine = [(name, pair) for name, pair in form.named if pair.field == field]
        rows = []
        for at, (name, pair) in enumerate(mine, 1):
            parts = by_word(pair.made_from, pair.original, budget) if pair.stale else []
            rows.append(
                Row(
                    f"{label}, {at} of {len(mine)}" if len(mine) > 1 else label,
                    pair,
                    form[name],
                    parts,
                    beside.figures(pair),
                )
            )
        left = [pair for pair in beside.left_over if pair.field == field]
        if rows or left:
            found.append(Section(field, label, rows, left))
    return found


@dataclass(frozen=True)
class Standing:
    """How far one language is."""

    language: Language
    words: str
    tone: str
    icon: str


def standing(beside: Beside) -> Standing:
    """How far a translation is, as a pill says it."""
    lacking, stale = len(beside.lacking), len(beside.stale)
    if lacking:
        older = f", older in {stale}" if stale else ""
        return Standing(beside.language, f"Lacks {lacking} of {len(beside.pairs)}{older}", "bad", "dots")
    if not beside.whole:
        return Standing(beside.language, "Words in braces differ", "bad", "warning")
    if stale:
        return Standing(beside.language, f"Older in {stale} of {len(beside.pairs)}", "wait", "clock")
    if beside.apart:
        return Standing(beside.language, f"Other figures in {len(beside.apart)} of {len(beside.pairs)}", "wait", "ask")
    return Standing(beside.language, "Complete", "good", "tick")


@dataclass(frozen=True)
class Languages:
    """The list of an update's translations, and what may be added."""

    known: list[Standing]
    choices: list[tuple[str, str]]


def languages_of(update: Update) -> Languages:
    """Every translation of an update with its standing."""
    known = [standing(one) for one in translations.all_beside(update)]
    return Languages(known, choices(without=[update.language, *(one.language.code for one in known)]))


@dataclass(frozen=True)
class Shown:
    """A translation on the preview: the page's words, and the letter beside them."""

    standing: Standing
    words: PageWords
    sheets: list[Sheet]


def shown(update: Update, choices: Choices) -> list[Shown]:
    """Every translation as its readers will see it."""
    found = []
    for beside in translations.all_beside(update):
        try:
            sheets = side_by_side.sheets(update, choices, beside)
        except (UnfitText, ValueError):
            sheets = []  # The preview says why beside the letter itself.
        found.append(Shown(standing(beside), page_words.in_translation(update, beside), sheets))
    return found
