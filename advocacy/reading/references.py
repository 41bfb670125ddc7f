"""Owns what a case is called: series, number and year, and which update of it a line speaks of."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from advocacy.reading import labels
from advocacy.reading.lines import straight

#: As they are typed -> as we write them. AU is the French UA.
SERIES = {"UA": "UA", "AU": "UA", "EXTRA": "EX", "EX": "EX", "MA": "MA", "NSA": "NSA", "URGENT ACTION": "UA",
          "ACTION URGENTE": "UA"}  # fmt: skip
_NUMBER = r"\s*[:#]?\s*(?:n[o°]\.?\s*)?0*([1-9][0-9]{0,2})\s?[/.]\s?(?:19|20)?([0-9]{2})(?![0-9])"
_REFERENCE = re.compile(rf"\b(?:(UA|AU|EXTRA|EX|MA|NSA|[Uu]rgent [Aa]ction|[Aa]ction [Uu]rgente)|(ua)){_NUMBER}")
#: Other organisations count by country and day: CHN 250708.
_CASE = re.compile(r"(?<![A-Za-z])([A-Z]{3}) ([0-9]{6})(?:\.[0-9]{1,2})?\b")
_CASE_WORDS = re.compile(r"\bcase\b|\bcas\b|事件|No\.", re.IGNORECASE)
#: As people type it in a subject, lower case and all, the series misspelt or missing.
_TYPED = re.compile(rf"\b(ua|us|au|extra|ex|ma|nsa){_NUMBER}|(?:(?<=to )|(?<=on ))(){_NUMBER}", re.IGNORECASE)
TYPED_SERIES = {one.casefold(): series for one, series in SERIES.items()}

ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first 1st ist premier première premiere 1er 1re 1ère", "second 2nd deuxième deuxieme seconde 2e 2ème",
            "third 3rd troisième troisieme 3e 3ème", "fourth 4th quatrième quatrieme 4e 4ème",
            "fifth 5th cinquième cinquieme 5e 5ème", "sixth 6th sixième sixieme 6e 6ème",
            "seventh 7th septième septieme 7e 7ème", "eighth 8th huitième huitieme 8e 8ème",
            "ninth 9th neuvième neuvieme 9e 9ème", "tenth 10th dixième dixieme 10e 10ème", "eleventh 11th onzième 11e",
            "twelfth 12th douzième 12e", "thirteenth 13th treizième 13e", "fourteenth 14th quatorzième 14e",
            "fifteenth 15th quinzième 15e", "sixteenth 16th seizième 16e", "seventeenth 17th", "eighteenth 18th",
            "nineteenth 19th", "twentieth 20th vingtième 20e",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_UPDATE_N = re.compile(r"\b(?:update|mise à jour)\s+(?:n[o°]\.?\s*)?([0-9]{1,2})\b(?![/.][0-9])", re.IGNORECASE)
_NTH_UPDATE = re.compile(r"\b([\w]{2,12}) (?:update|mise à jour)\b", re.IGNORECASE)
_NTH_UA = re.compile(r"\b([\w]{2,12}) (?:UA|AU|EXTRA|EX|MA|NSA)\s*[:#]?\s*[0-9]", re.IGNORECASE)
_UPDATE = re.compile(
    r"\bfurther information (?:on|for|to) |\bupdate (?:on|to|of|for) |\burgent (?:action )?update\b|\bupdate:|"
    r"\binformations? complémentaires? (?:sur|à) l'AU|\bmise à jour (?:de|sur|à) ",
    re.IGNORECASE,
)
#: In this order: a final update may also say that the action has ended.
_CLOSING = {
    "void": labels.VOID,
    "stop": labels.STOP,
    "final": labels.FINAL,
    "correction": labels.CORRECTION,
    "ended": labels.ENDED,
}
_ANY_CLOSING = tuple(pattern for table in _CLOSING.values() for pattern in table)
_ISSUED = re.compile(r"\s*\(?issued\b.*$", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A case as a line names it, and where."""

    name: str
    start: int
    end: int


def references_in(text: str) -> list[Reference]:
    """Every case that a line names, in one form: ``UA 222.17`` is ``UA 222/17``."""
    found = []
    for match in _REFERENCE.finditer(text):
        series = SERIES[(match[1] or match[2]).upper()]
        found.append(Reference(f"{series} {match[3]}/{match[4]}", match.start(), match.end()))
    if not found and _CASE_WORDS.search(text[:200]):
        found = [Reference(f"{match[1]} {match[2]}", match.start(), match.end()) for match in _CASE.finditer(text)]
    return found


def ordinal(word: str) -> int | None:
    """The number of ``second`` or ``deuxième``, misspelt ones too (``seond``); None for another word."""
    folded = word.casefold()
    if folded in ORDINALS:
        return ORDINALS[folded]
    near = get_close_matches(folded, ORDINALS, n=1, cutoff=0.8) if len(folded) > 3 else []
    return ORDINALS[near[0]] if near and not near[0][0].isdigit() and near[0][0] == folded[0] else None


def update_number_in(text: str) -> int | None:
    """Which update a line says it is: ``Update 1`` and ``first update`` 1, ``Second UA`` 1, ``First UA`` 0; or None."""
    plain = straight(text)
    numbered = _UPDATE_N.search(plain)
    if numbered:
        return int(numbered[1])
    for match in _NTH_UPDATE.finditer(plain):
        number = ordinal(match[1])
        if number is not None:
            return number
    for match in _NTH_UA.finditer(plain):
        number = ordinal(match[1])
        if number is not None:
            return number - 1
    return None


def says_update(text: str) -> bool:
    """True for a line that speaks of an update without its number."""
    return _UPDATE.search(straight(text)) is not None


@cache
def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def matches(patterns: tuple[str, ...], text: str) -> bool:
    """True where one of the table's patterns is in the text."""
    return _one_of(patterns).search(straight(text)) is not None


def closing_of(text: str) -> str:
    """How a line ends its case: stop, final, ended, correction, void; "" where it does not."""
    if not matches(_ANY_CLOSING, text):
        return ""
    return next(kind for kind, table in _CLOSING.items() if matches(table, text))


@dataclass(frozen=True)
class SubjectLine:
    """A subject as its author typed it. ``kind``: initial, update, final, stop, correction, void; "" where unknown."""

    series: str = ""
    number: str = ""
    kind: str = ""
    update_number: int | None = None
    country: str = ""

    @property
    def reference(self) -> str:
        """The case in one form; "" where series or number is not there."""
        return f"{self.series} {self.number}" if self.series and self.number else ""


def read_subject(line: str) -> SubjectLine:
    """A subject line such as ``seond update to ua 87/11 on syria``.

    Args:
        line: at most a few hundred characters; what comes after is not read.
    Returns:
        What it names. The country is as typed, and nothing is made up.
    """
    text = line[:300]
    found = _TYPED.search(text)
    if not found:
        return SubjectLine()
    series, number, year = (found[1], found[2], found[3]) if found[1] else ("", found[5], found[6])
    closing = closing_of(text)
    update = update_number_in(text)
    kind = closing if closing and closing != "ended" else _kind(text, update)
    return SubjectLine(
        TYPED_SERIES.get(series.casefold(), ""),
        f"{number}/{year}",
        kind,
        {"initial": 0, "update": update}.get(kind),
        "" if kind == "void" else _country(text[found.end() :]),
    )


def _kind(text: str, update: int | None) -> str:
    if update or says_update(text):
        return "update"
    return "initial"


def _country(rest: str) -> str:
    words = _ISSUED.sub("", rest).strip(" ]")
    words = re.sub(r"^(?:on|[-:,])\s+", "", words, flags=re.IGNORECASE).strip()
    return words[:-1] if words.endswith(".") and "." not in words[:-1] else words
