"""Owns what a supporter's own version of the whole letter must keep, as the offices will read it."""

from dataclasses import replace

from advocacy.models import Update
from advocacy.points import lacking
from advocacy.wording import MARKS, Choices, letter_text, shown_of, written_to
from mailings.text import UnfitText

#: A line that holds one of these goes away where the letter has nothing to put in for it.
_MAY_TAKE_ITS_LINE = f"{MARKS['place']}, {MARKS['country']} or {MARKS['target_title']}"


def body_faults(update: Update, choices: Choices) -> list[str]:
    """What a supporter's own version of the whole text lacks of what must stay, each a whole sentence."""
    if not choices.body:
        return []
    reference, faults = update.campaign.reference, []
    if reference not in choices.body and reference not in choices.subject:
        faults.append(f"The letter must name the case, {reference}. Write it into the text or the subject.")
    gone = lacking(update.asks, update.points_that_stay, choices.body)
    if gone and not update.points_that_stay:
        faults.append(f"The letter must ask for something. Keep at least one point, such as: {gone[0]}")
    else:
        faults += [f"This point must stay, in these words: {ask}" for ask in gone]
    parts = [] if gone else lacks(update, choices)[: len(update.points_that_stay) or 1]
    if any(choices.own_words not in text for text in _as_read(update, choices)):
        parts.append("your own words")
    if parts:
        rule = f"A line with {_MAY_TAKE_ITS_LINE} goes away where your letter shows none."
        faults.append(f"{rule} Write on a line without them: {'; '.join(parts)}")
    return faults


def lacks(update: Update, choices: Choices) -> list[str]:
    """The asks that must stay, and that some office would not read in a supporter's own version of the text.

    Args:
        update: the update that it is written on.
        choices: with a ``body``.
    """
    texts = _as_read(update, replace(choices, own_words=""))
    gone = (ask for text in texts for ask in lacking(update.asks, update.points_that_stay, text))
    return list(dict.fromkeys(gone))


def _as_read(update: Update, choices: Choices) -> list[str]:
    """The letter as each office reads it."""
    try:
        writer = shown_of(update, choices)
    except UnfitText:
        return []  # A name is lacking, and its own field says so.
    return [letter_text(update, choices, writer, office) for office in written_to(update, choices, writer)]
