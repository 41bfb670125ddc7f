"""Owns printed dates: English, French, Arabic and East Asian ones, day or month first. No date is made up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january jan janvier janv يناير", "february feb février fevrier févr فبراير", "march mar mars مارس",
            "april apr avril avr أبريل", "may mai مايو", "june jun juin يونيو", "july jul juillet juil يوليو",
            "august aug août aout أغسطس", "september sept sep septembre سبتمبر", "october oct octobre أكتوبر",
            "november nov novembre نوفمبر", "december dec décembre decembre déc ديسمبر",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"\b([0-9]{1,2})"
_YEAR = r"([0-9]{4})\b"
_DAY_FIRST = re.compile(rf"{_DAY}(?:st|nd|rd|th|er)? (?:of |de )?{_MONTH}(?:/[^\W\d]+)?,? {_YEAR}", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b{_MONTH} ([0-9]{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}", re.IGNORECASE)
_ISO = re.compile(r"(?<![\w/.-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![\w/-])")
_EAST_ASIAN = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
#: A day without its year, as a dateline prints it.
DAY_ONLY = re.compile(r"(?<![0-9年])([0-9]{1,2})月([0-9]{1,2})日")


@dataclass(frozen=True)
class Printed:
    """A date and where in its line it stands."""

    day: date
    start: int
    end: int


def dates_in(text: str) -> list[Printed]:
    """Every date of a line, in its order; a day that does not exist is none."""
    found = [one for one in _all(text) if one]
    return sorted(found, key=lambda one: one.start)


def _all(text: str) -> Iterator[Printed | None]:
    for match in _DAY_FIRST.finditer(text):
        yield _printed(match, match[3], MONTHS[match[2].casefold()], match[1])
    for match in _MONTH_FIRST.finditer(text):
        yield _printed(match, match[3], MONTHS[match[1].casefold()], match[2])
    for pattern in (_ISO, _EAST_ASIAN):
        for match in pattern.finditer(text):
            yield _printed(match, match[1], match[2], match[3])


def _printed(match: re.Match[str], year: str, month: int | str, day: str) -> Printed | None:
    try:
        return Printed(date(int(year), int(month), int(day)), match.start(), match.end())
    except ValueError:
        return None
