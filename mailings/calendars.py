"""Owns when an office works: its days of the week, public holidays and hours. The only importer of ``holidays``.

Dates and hours are the office's own, so that a change of summer time here or there moves nothing; every moment that
goes in or comes out is an aware datetime.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from mailings.places import zone

#: In the place of country codes: an office that reads its mail on any day.
EVERY_DAY = "every day"
MONDAY_TO_FRIDAY = frozenset(range(5))
WHOLE_WEEK = frozenset(range(7))
#: Weekends (0 is Monday) where the package is wrong: Libya rests on Friday and Saturday.
WEEKENDS = {"LY": frozenset({4, 5})}
#: No office is closed for so long; where the search comes so far, something else is wrong, and it is looked at again.
LONGEST_CLOSURE = 370
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class UnknownCalendar(ValueError):
    """No calendar of this name; the message is a sentence for whoever typed it."""


def canonical(text: str) -> str:
    """Calendars as they are stored: "ca-on, CN" becomes "CA-ON,CN".

    Args:
        text: codes of countries parted by commas, with a subdivision after a hyphen; ``every day``; or nothing.
    Raises:
        UnknownCalendar: with a sentence that names what is not known.
    """
    if text.strip().casefold() == EVERY_DAY:
        return EVERY_DAY
    found: dict[str, None] = {}
    for typed in filter(None, (part.strip() for part in text.split(","))):
        found[_code(typed)] = None
    return ",".join(found)


def _code(typed: str) -> str:
    country, _, subdivision = typed.upper().partition("-")
    known = holidays.list_supported_countries()
    if len(country) != 2 or country not in known:
        raise UnknownCalendar(
            f"There is no calendar for {typed}. Write the two letters of a country, like CN, or CA-ON for a part of it."
        )
    if not subdivision:
        return country
    parts = {part.upper(): part for part in known[country]}
    if subdivision not in parts:
        shown = f" Its parts are {', '.join(known[country])}." if known[country] else ""
        raise UnknownCalendar(f"{country} has no part {subdivision}.{shown} Write {country} for the whole country.")
    return f"{country}-{parts[subdivision]}"


@lru_cache(maxsize=1024)
def _working_days(code: str, year: int) -> frozenset[date]:
    """The days of a year on which offices under one calendar work; make-up workdays are among them."""
    days = [date(year, 1, 1) + timedelta(number) for number in range(366)]
    days = [day for day in days if day.year == year]
    country, _, subdivision = code.partition("-")
    try:
        calendar = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    except NotImplementedError:  # A newer package does not know it any more: letters must go on all the same.
        return frozenset(day for day in days if day.weekday() in MONDAY_TO_FRIDAY)
    weekend = WEEKENDS.get(country)
    if weekend is not None:
        return frozenset(day for day in days if day.weekday() not in weekend and day not in calendar)
    return frozenset(day for day in days if calendar.is_working_day(day))


@lru_cache(maxsize=1024)
def _weekdays(code: str, year: int) -> frozenset[int]:
    """The days of the week on which offices under one calendar usually work."""
    worked = [day.weekday() for day in _working_days(code, year)]
    # Holidays take a few of a working weekday's 52, make-up days give a few to a day of rest.
    return frozenset(number for number in WHOLE_WEEK if worked.count(number) > 20)


@dataclass(frozen=True)
class Office:
    """The hours of one office. Closed on a day when any of its calendars is; without one, open Monday to Friday."""

    time_zone: str
    calendars: str
    opens_at: time
    closes_at: time

    @property
    def codes(self) -> list[str]:
        """Its calendars, each by its code."""
        return [code for code in self.calendars.split(",") if code]

    def day_of(self, moment: datetime) -> date:
        """The date at the office."""
        return moment.astimezone(zone(self.time_zone)).date()

    def works_on(self, day: date) -> bool:
        """True where no calendar keeps it closed on this date of its own."""
        if self.calendars == EVERY_DAY:
            return True
        if not self.codes:
            return day.weekday() in MONDAY_TO_FRIDAY
        return all(day in _working_days(code, day.year) for code in self.codes)

    def weekdays(self, year: int) -> frozenset[int]:
        """The days of the week on which it usually works; 0 is Monday."""
        if self.calendars == EVERY_DAY:
            return WHOLE_WEEK
        return frozenset.intersection(
            MONDAY_TO_FRIDAY if not self.codes else WHOLE_WEEK, *(_weekdays(code, year) for code in self.codes)
        )

    def hours_on(self, day: date) -> tuple[datetime, datetime]:
        """When it opens and closes on a date of its own, in UTC, where differences are true across summer time."""
        here = zone(self.time_zone)
        opens, closes = (datetime.combine(day, hour, here) for hour in (self.opens_at, self.closes_at))
        return opens.astimezone(UTC), closes.astimezone(UTC)

    def session(self, moment: datetime) -> tuple[datetime, datetime]:
        """The hours in which the moment lies, or the next ones after it: when they begin and end, in UTC."""
        moment = moment.astimezone(UTC)  # Two times in one zone would be compared by the clock on the wall.
        day = self.day_of(moment)
        for _ in range(LONGEST_CLOSURE):
            opens, closes = self.hours_on(day)
            # Where the clock jumps over the opening hour, a short day may end before it begins: no day at all.
            if moment < closes and opens < closes and self.works_on(day):
                return opens, closes
            day += timedelta(days=1)
        return moment + timedelta(days=LONGEST_CLOSURE), moment + timedelta(days=LONGEST_CLOSURE, hours=1)

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody may be at work there."""
        return self.session(moment)[0] <= moment

    def opening(self, moment: datetime) -> datetime:
        """The moment itself while it is open, else when it opens next."""
        return max(self.session(moment)[0], moment)

    def in_words(self, year: int) -> str:
        """Its days and hours, like "Mon-Fri 09-17", with dashes between; "Any time" where it never closes."""
        days = _runs(self.weekdays(year))
        hours = [f"{hour:%H:%M}" if hour.minute else f"{hour:%H}" for hour in (self.opens_at, self.closes_at)]
        if len(self.weekdays(year)) == 7 and hours == ["00", "23:59"]:
            return "Any time"
        return f"{days} {hours[0]}–{hours[1]}"


def _runs(weekdays: frozenset[int]) -> str:
    """Days of the week in words, neighbours drawn together: Mon–Thu, Sat; Sun–Thu."""
    if len(weekdays) == 7:
        return "Every day"
    found = []
    for first in sorted(day for day in weekdays if (day - 1) % 7 not in weekdays):
        last = first
        while (last + 1) % 7 in weekdays:
            last = (last + 1) % 7
        found.append(DAY_NAMES[first] if first == last else f"{DAY_NAMES[first]}–{DAY_NAMES[last]}")
    return ", ".join(found)
