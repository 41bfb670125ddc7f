"""Owns what of a supporter leaves with a letter, at each level of identity.

The promise: whatever a letter says of its writer, in its head, its text or its signature, comes from here, so nothing
of a higher level can leave; and no letter leaves at a level above the most that its campaign lets out.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from advocacy.models.identity import FULL, SHOWN_NAME, Level
from advocacy.unsaid import fold, found, runs_on
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
    """The level that was chosen, or what may leave where a campaign lets out less.

    The order of ``Level`` decides. A pen name is less than a first name, for nothing in it is of its writer: so it
    stays where a campaign lets out a first name. A first name is no pen name: where only a pen name may leave, none was
    written down for it, and the organisation's name leaves, as it does wherever a shorter name is missing.
    """
    order = list(Level)
    chosen, limit = Level(level), Level(most)
    if order.index(chosen) >= order.index(limit):
        return chosen
    return Level.ORGANISATION if limit in SHOWN_NAME else limit


def above(most: str) -> list[Level]:
    """The levels at which more leaves than this."""
    order = list(Level)
    return order[: order.index(Level(most))]


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


def trace(text: str, name: str, city: str, *, email: str = "", usual: str = "", shown: str = "") -> str:
    """What in a text tells who its writer is, as it stands there; "" where nothing does.

    Everything is found as whole words, without regard to accents. The full name, and two of its parts side by side in
    either order, count however they are written: nobody writes "will hope" by chance. One part alone ("Hope", "Will",
    "Hu") and the town may be ordinary words, so they count only with a capital or as they were typed: "we hope" is a
    word, "Hope" may be one at the head of a sentence, and there we ask for another word rather than give somebody away.
    Scripts without capitals have no such mark, and all counts. What the update says itself, so written, tells nothing.

    Args:
        text: what the supporter typed.
        name, city, email: who they are.
        usual: what the text was before they changed it.
        shown: the first name or pen name that leaves all the same, which is no secret.
    """
    if email and fold(email) in fold(text):
        return email
    together, alone = _names_of(name, shown)
    alone += [city] if len(city) > 1 else []
    here = found(together, text) + [word for word in found(alone, text) if word in alone or _as_a_name(word)]
    said = {*found(together, usual), *found(alone, usual)} if here else ()
    return next((words for words in here if words not in said), "")


def _as_a_name(word: str) -> bool:
    """True where a word begins with a capital, or its script has none."""
    return word[:1] != word[:1].lower() or word.lower() == word.upper()


def _names_of(name: str, shown: str) -> tuple[list[str], list[str]]:
    """What gives a writer away in any spelling, and what does as a name alone; without what is shown."""
    parts = re.split(r"[\s\-‐‑]+", name.strip())
    if any(part != part.lower() for part in parts):  # The "de la" of a name tells nothing.
        parts = [part for part in parts if part != part.lower() or part.lower() == part.upper()]
    open_to_all = {fold(word) for word in re.split(r"[\s\-‐‑]+", shown)}
    alone = [part for part in parts if _letters(part) > 1]
    joined = re.sub(r"[\W_]+", "", name)
    together = [name] if len(parts) > 1 else []
    together += [
        two
        for one, other in pairwise([*parts, parts[0]] if len(parts) > 1 else [])
        if not {fold(one), fold(other)} <= open_to_all and max(_letters(one), _letters(other)) > 1
        for two in (f"{one} {other}", f"{other} {one}")
    ]
    if 1 < len(joined) < 5 and runs_on(joined):  # 王小明: the family's name is its first sign, or two of four.
        cut = 2 if len(joined) == 4 else 1
        family, own = joined[:cut], joined[cut:]
        together += [joined, f"{family} {own}", f"{own}{family}", f"{own} {family}"]
        alone = [part for part in (*alone, own) if len(part) > 1]
    return together, [part for part in alone if fold(part) not in open_to_all]


def _letters(part: str) -> int:
    return sum(char.isalpha() for char in part)


def trace_words(trace: str) -> str:
    """What is said of it."""
    return f"“{trace}” stands here, and you chose not to show it. Take it out, or choose to show more of yourself."
