"""Owns the numbers, dates and addresses of a paragraph and of its translation: which of them are not in both.

A number may stand in digits on one side and be spelled on the other. What is spelled on both sides is compared where
both languages' numerals are known. A date that nobody can read is compared by its day and its year.
"""

import re
from dataclasses import dataclass
from datetime import date

from advocacy.people_counts import counts, numbers
from advocacy.reading.dates import dates_in

#: Languages whose numerals are read, so that a number of people that is spelled must be found again.
SPELLED = frozenset({"en", "fr"})
#: Fewer are often said in other words: "both" is "deux".
FEW = 3
ADDRESS = re.compile(r"https?://[^\s<>()]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
#: Where months have numbers and no names: English says the name.
MONTH = re.compile(r"[0-9]{1,2}\s?(?:月|월)")


@dataclass(frozen=True)
class _Said:
    digits: frozenset[int]
    #: Spelled, and how many people.
    spelled: frozenset[int]
    people: frozenset[int]
    dates: frozenset[date]
    addresses: frozenset[str]

    @property
    def all(self) -> frozenset[int]:
        return self.digits | self.spelled | self.people

    def has_date(self, day: date) -> bool:
        return day in self.dates or {day.day, day.year} <= self.all


def _said(text: str) -> _Said:
    addresses = frozenset(one.rstrip(".,;:").casefold() for one in ADDRESS.findall(text))
    text = ADDRESS.sub(" ; ", text)
    found = [one for line in text.split("\n") for one in dates_in(line)]
    rest = "\n".join(MONTH.sub(" ", _without_dates(line)) for line in text.split("\n"))
    digits, spelled = numbers(rest)
    people = frozenset(one.number for one in counts(rest) if one.number >= FEW)
    return _Said(digits, spelled, people, frozenset(one.day for one in found), addresses)


def _without_dates(line: str) -> str:
    rest = line
    for one in reversed(dates_in(line)):
        rest = f"{rest[: one.start]} ; {rest[one.end :]}"
    return rest


def apart(original: str, words: str, language: str, translated: str) -> str:
    """What only one of two paragraphs says, in a sentence or two; "" where both have the same.

    Args:
        original, words: a paragraph and its translation.
        language, translated: the tags of their languages.
    """
    ours, theirs = _said(original), _said(words)
    spelled = language in SPELLED and translated in SPELLED
    lost, come = _lacking(ours, theirs, spelled=spelled), _lacking(theirs, ours, spelled=spelled)
    said = [f"The original says {', '.join(lost)}, and the translation does not."] if lost else []
    said += [f"The translation says {', '.join(come)}, and the original does not."] if come else []
    return " ".join(said)


def _lacking(one: _Said, other: _Said, *, spelled: bool) -> list[str]:
    """What one side says and the other does not."""
    days = [day for day in sorted(one.dates) if not other.has_date(day)]
    # Of a date that could be read on the other side alone, day and year are no numbers of their own.
    known = {part for day in other.dates if one.has_date(day) for part in (day.day, day.month, day.year)}
    sure = one.digits | (one.people if spelled else frozenset())
    return [
        *(f"{number:,}" if number >= 10_000 else str(number) for number in sorted(sure - other.all - known)),
        *(f"{day.day} {day:%B %Y}" for day in days),
        *sorted(one.addresses - other.addresses),
    ]
