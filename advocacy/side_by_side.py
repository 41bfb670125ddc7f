"""Owns the letter beside its translation: each paragraph that is sent, and what it says in the reader's own language.

The promise: the left side is the finished mail, to the last sign. The right side is laid beside it by the text that it
was made from; a paragraph that somebody has changed has nothing beside it, never something that it does not say.
"""

from collections import defaultdict
from copy import copy
from dataclasses import replace

from advocacy import paper, wording
from advocacy.merging import TOKEN, canonical
from advocacy.models import Target, Update
from advocacy.paper import Row, Sheet
from advocacy.translations import Beside, Pair
from advocacy.wording import Choices

#: Where it stands, a paragraph says what the asks say.
ASKS = "points"


def sheets(update: Update, choices: Choices, beside: Beside | None) -> list[Sheet]:
    """The letter as its mails, each paragraph beside its translation where there is one.

    Raises:
        mailings.text.UnfitText: where the words may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    mails = wording.letter_mails(update, choices)
    made = [paper.of_mail(mail, choices.own_words, update.tongue) for mail in mails]
    if beside is None:
        return made
    offices = wording.written_to(update, choices, wording.shown_of(update, choices))
    return [_beside(update, choices, beside, office, sheet) for office, sheet in zip(offices, made, strict=True)]


def _beside(update: Update, choices: Choices, beside: Beside, target: Target, sheet: Sheet) -> Sheet:
    known: dict[str, list[Row]] = defaultdict(list)
    for pair in beside.of("letter_text"):
        for row in _rows(update, choices, beside, target, pair):
            known[row.sent.block.text].append(row)
    rows = [known[one.block.text].pop(0) if known[one.block.text] else Row(one) for one in sheet.paper]
    return replace(sheet, rows=tuple(rows), own=beside.language, own_subject=_subject(update, beside, sheet.subject))


def _rows(update: Update, choices: Choices, beside: Beside, target: Target, pair: Pair) -> list[Row]:
    """One paragraph of the letter on both sides, with this supporter's values in both."""
    plain = replace(choices, body="")  # A text of the supporter's own is nobody's translation.
    writer = wording.shown_of(update, choices)
    sent = wording.paper(wording.letter_text(_with(update, pair.original), plain, writer, target), choices.own_words)
    asks = beside.of("asks") if ASKS in map(canonical, TOKEN.findall(pair.original)) else []
    if pair.lacking or any(one.lacking for one in asks):
        return [Row(block) for block in sent]
    theirs = _with(update, pair.words)
    theirs.asks, theirs.language = [one.words for one in asks], beside.language.code
    own = wording.paper(wording.letter_text(theirs, plain, writer, target), choices.own_words)
    if len(sent) != len(own):
        return [Row(block, tuple(own) if at == 0 else (), pair.stale) for at, block in enumerate(sent)]
    stale = pair.stale or any(one.stale for one in asks)
    return [Row(block, (other,), stale) for block, other in zip(sent, own, strict=True)]


def _with(update: Update, paragraph: str) -> Update:
    other = copy(update)
    other.letter_text = paragraph
    return other


def _subject(update: Update, beside: Beside, sent: str) -> str:
    """The subject in the reader's language; "" where it was changed or is not translated."""
    for told in (*beside.of("letter_subject"), *beside.of("letter_subjects")):
        if told.words and sent == wording.subject_of(update, told.original):
            return wording.subject_of(update, told.words)
    return ""
