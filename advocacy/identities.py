"""Owns what of a supporter leaves with a letter, at each level of identity.

The promise: whatever a letter says of its writer, in its head, its text or its signature, comes from here, so nothing
of a higher level can leave; and no letter leaves at a level above the most that its campaign lets out.
"""

import re
from dataclasses import dataclass

from advocacy.models.identity import FULL, SHOWN_NAME, Level
from advocacy.unsaid import fold, found
from mailings.text import UnfitText

NAME_LACKS = {
    Level.FIRST: "Write the first name that your letter shows.",
    Level.PEN: "Write the pen name that your letter shows.",
}


@dataclass(frozen=True)
class Shown:
    """What an office reads of the writer; "" where it reads nothing."""

    level: Level
    #: Beside the sender's address, and for ``{supporter_name}``: the organisation's where nobody is named.
    name: str
    place: str
    country: str
    signature: str
    #: Whom the closing line names; "" where it names nobody.
    sent_for: str
    #: True where the closing line says that answers are passed on.
    answered: bool


def within(level: str, most: str) -> Level:
    """The level that was chosen, or the most that a campaign lets out where that is less.

    Less never means a name that its writer did not write down for it: where only a first name or a pen name may leave
    and the chosen level has none, the organisation's name leaves.
    """
    order = list(Level)
    chosen, limit = Level(level), Level(most)
    if order.index(chosen) >= order.index(limit):
        return chosen
    return Level.ORGANISATION if limit in SHOWN_NAME and chosen not in SHOWN_NAME else limit


def shown(level: Level, organisation: str, *, name: str, shown_name: str, place: str, country: str) -> Shown:
    """What leaves at a level.

    Args:
        level: from ``within``.
        organisation: whose name leaves where nobody's may.
        name, place, country: the supporter's own; ``place`` is town and country.
        shown_name: the first name or pen name that they wrote down.
    Raises:
        UnfitText: where the level shows a name that nobody wrote down.
    """
    if level in FULL:
        signature = "\n".join(part for part in (name, place) if part)
        return Shown(level, name, place, country, signature, name, answered=level is Level.ANSWER)
    if level is Level.ORGANISATION:
        return Shown(level, organisation, "", "", organisation, "", answered=False)
    if not shown_name:
        raise UnfitText(NAME_LACKS[level])
    seen = country if level is Level.FIRST else ""
    signature = "\n".join(part for part in (shown_name, seen) if part)
    return Shown(level, shown_name, seen, seen, signature, shown_name, answered=False)


def shown_name_fault(level: Level, shown_name: str, name: str) -> str:
    """What is wrong with the name that shall leave instead of the full one, in a sentence; "" where nothing is."""
    if not shown_name:
        return NAME_LACKS[level]
    whole = len(name.split()) > 1 or level is Level.PEN
    if whole and name and found([name], shown_name):
        return "This is your whole name. Write another one here, or choose above to show it."
    return ""


def trace(text: str, name: str, city: str, email: str = "", usual: str = "") -> str:
    """What in a text tells who its writer is, as it stands there; "" where nothing does.

    The full name is found in any spelling of it; a surname and a town only as they were typed, because many are
    words as well, and not where the update says them itself.

    Args:
        text: what the supporter typed.
        name, city, email: who they are.
        usual: what the text was before they changed it.
    """
    if email and fold(email) in fold(text):
        return email
    whole = found([name], text) if name else []
    if whole:
        return whole[0]
    surname = name.rsplit(maxsplit=1)[-1] if len(name.split()) > 1 else ""
    own = [word for word in (surname, city) if len(word) > 1 and word not in usual]
    return next((word for word in own if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)), "")


def trace_words(trace: str) -> str:
    """What is said of it."""
    return f"“{trace}” stands here, and you chose not to show it. Take it out, or choose to show more of yourself."
