"""Tests of mailings.calendars: when offices work, in their own time, over summer time and holidays."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailings.calendars import EVERY_DAY, Office, UnknownCalendar, canonical

pytestmark = pytest.mark.once

BEIJING = Office("Asia/Shanghai", "CN", time(9), time(17))
TAIPEI = Office("Asia/Taipei", "TW", time(9), time(17))
LONDON = Office("Europe/London", "GB", time(9), time(17))
NOWHERE = Office("UTC", "", time(9), time(17))


def office(calendars: str, time_zone: str = "UTC") -> Office:
    return Office(time_zone, calendars, time(9), time(17))


def at(office: Office, words: str) -> datetime:
    """A moment told by the clock at an office: "2026-11-24 09:00"."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(office.time_zone))


def opens(office: Office, words: str) -> str:
    """When an office opens at or after a moment of its own, by its own clock."""
    return f"{office.opening(at(office, words)).astimezone(ZoneInfo(office.time_zone)):%Y-%m-%d %H:%M}"


def test_nine_in_taipei_is_one_in_the_night_at_home() -> None:
    tuesday = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert TAIPEI.is_open(tuesday)
    assert not TAIPEI.is_open(tuesday - timedelta(microseconds=1))
    assert TAIPEI.is_open(tuesday + timedelta(hours=8, microseconds=-1))
    assert not TAIPEI.is_open(tuesday + timedelta(hours=8))  # at 17:00 nobody begins to read
    assert TAIPEI.day_of(datetime(2026, 11, 24, 16, 30, tzinfo=UTC)) == date(2026, 11, 25)


def test_a_closed_evening_leads_to_the_next_morning_and_a_friday_to_monday() -> None:
    assert opens(LONDON, "2026-11-24 12:00") == "2026-11-24 12:00"
    assert opens(LONDON, "2026-11-24 17:00") == "2026-11-25 09:00"
    assert opens(LONDON, "2026-11-27 18:00") == "2026-11-30 09:00"
    assert opens(LONDON, "2026-11-30 03:00") == "2026-11-30 09:00"


@pytest.mark.parametrize(("day", "hour"), [("2026-03-27", 9), ("2026-03-30", 8), ("2026-10-23", 8), ("2026-10-26", 9)])
def test_summer_time_moves_london_by_an_hour_and_its_own_nine_not_at_all(day: str, hour: int) -> None:
    begins, ends = LONDON.session(at(LONDON, f"{day} 00:00"))
    assert (begins, ends) == (
        datetime.fromisoformat(f"{day}T{hour:02}:00+00:00"),
        datetime.fromisoformat(f"{day}T{hour + 8:02}:00+00:00"),
    )


def test_over_the_night_of_the_change_the_hours_between_are_counted_right() -> None:
    always = Office("Europe/London", EVERY_DAY, time(0), time(23, 59))
    lengths = {day: ends - begins for day in (28, 29, 30) for begins, ends in [always.hours_on(date(2026, 3, day))]}
    assert lengths[29] == lengths[28] - timedelta(hours=1) == lengths[30] - timedelta(hours=1)


def test_an_hour_that_the_clock_jumps_over_makes_no_day() -> None:
    night = Office("Europe/London", EVERY_DAY, time(1, 30), time(2))  # on 29 March 2026 there is no 01:30
    assert opens(night, "2026-03-29 00:00") == "2026-03-30 01:30"


def test_a_leap_day_is_a_day_of_work() -> None:
    assert LONDON.works_on(date(2028, 2, 29))  # a Tuesday
    assert opens(LONDON, "2028-02-28 17:00") == "2028-02-29 09:00"
    assert not LONDON.works_on(date(2032, 2, 29))  # a Sunday


def test_china_works_on_the_saturday_that_makes_up_for_a_holiday() -> None:
    assert BEIJING.works_on(date(2026, 10, 10))
    assert opens(BEIJING, "2026-10-09 18:00") == "2026-10-10 09:00"
    assert not BEIJING.works_on(date(2026, 10, 17))  # a Saturday like any other
    assert opens(BEIJING, "2026-09-30 17:00") == "2026-10-08 09:00"  # the national holidays between


@pytest.mark.parametrize(
    ("calendars", "friday", "saturday", "sunday"),
    [
        ("SA", False, False, True),
        ("EG", False, False, True),
        ("IR", False, True, True),
        ("LY", False, False, True),  # the package says Saturday and Sunday
        ("AE", True, False, False),
        ("BN", False, True, False),
        ("HK", True, True, False),
        ("", True, False, False),
        (EVERY_DAY, True, True, True),
    ],
)
def test_weekends_are_those_of_the_country(calendars: str, friday: bool, saturday: bool, sunday: bool) -> None:
    days = [date(2026, 11, day) for day in (27, 28, 29)]
    assert [office(calendars).works_on(day) for day in days] == [friday, saturday, sunday]


def test_libya_keeps_its_holidays_though_its_weekend_is_put_right() -> None:
    assert not office("LY").works_on(date(2026, 2, 17))  # the day of the revolution, a Tuesday
    assert office("LY").works_on(date(2026, 2, 18))


def test_an_embassy_keeps_both_calendars() -> None:
    embassy = office("CA-ON,CN", "America/Toronto")
    canada, china, both = date(2026, 7, 1), date(2026, 10, 5), date(2026, 11, 24)
    assert [office("CA-ON").works_on(day) for day in (canada, china, both)] == [False, True, True]
    assert [office("CN").works_on(day) for day in (canada, china, both)] == [True, False, True]
    assert [embassy.works_on(day) for day in (canada, china, both)] == [False, False, True]
    assert not embassy.works_on(date(2026, 10, 10))  # made up for in Beijing, a Saturday in Ottawa


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    family_day = date(2026, 2, 16)
    assert office("CA").works_on(family_day)
    assert not office("CA-ON").works_on(family_day)


def test_the_turn_of_a_year_is_crossed() -> None:
    assert opens(LONDON, "2026-12-31 17:00") == "2027-01-04 09:00"  # New Year's Day is a Friday
    assert opens(BEIJING, "2025-12-31 23:30") == "2026-01-04 09:00"  # a Sunday that is made up for
    assert opens(NOWHERE, "2026-12-31 17:00") == "2027-01-01 09:00"


@pytest.mark.parametrize(
    ("calendars", "words"),
    [
        ("", "Mon–Fri 09–17"),
        ("CN", "Mon–Fri 09–17"),
        ("EG", "Sun–Thu 09–17"),
        ("IR", "Sat–Thu 09–17"),
        ("BN", "Mon–Thu, Sat 09–17"),
        ("EG,GB", "Mon–Thu 09–17"),
        (EVERY_DAY, "Every day 09–17"),
    ],
)
def test_hours_in_words(calendars: str, words: str) -> None:
    assert office(calendars).in_words(2026) == words


def test_an_office_that_never_closes_is_open_at_any_time() -> None:
    assert Office("UTC", EVERY_DAY, time(0), time(23, 59)).in_words(2026) == "Any time"
    assert Office("UTC", "", time(8, 30), time(16)).in_words(2026) == "Mon–Fri 08:30–16"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("cn", "CN"),
        (" ca-on , CN,cn ", "CA-ON,CN"),
        ("gb-sct", "GB-SCT"),
        ("Every Day", "every day"),
        (",", ""),
    ],
)
def test_calendars_are_stored_as_their_codes(typed: str, stored: str) -> None:
    assert canonical(typed) == stored


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ZZ", "There is no calendar for ZZ. Write the two letters of a country, like CN"),
        ("China", "There is no calendar for China."),
        ("CHN", "There is no calendar for CHN."),  # the package knows three letters; one country, one code
        ("XNYS", "There is no calendar for XNYS."),
        ("CA-ZZ", "CA has no part ZZ. Its parts are AB, BC,"),
        ("CN, every day", "There is no calendar for every day."),
        ("KR-11", "KR has no part 11. Write KR for the whole country."),
    ],
)
def test_what_is_no_calendar_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(UnknownCalendar, match=re.escape(words)):
        canonical(typed)


def test_a_calendar_that_a_newer_package_dropped_or_a_zone_the_machine_lacks_stops_no_letter() -> None:
    lost = Office("Mars/Olympus", "QQ", time(9), time(17))
    assert lost.opening(datetime(2026, 11, 28, tzinfo=UTC)) == datetime(2026, 11, 30, 9, tzinfo=UTC)


OFFICES = st.builds(
    Office,
    time_zone=st.sampled_from(
        ["Asia/Shanghai", "Europe/London", "America/St_Johns", "Pacific/Auckland", "Africa/Cairo"]
    ),
    calendars=st.sampled_from(["", "CN", "EG", "LY", "GB", "CA-ON,CN", EVERY_DAY]),
    opens_at=st.times(max_value=time(11)),
    closes_at=st.times(min_value=time(12)),
)
MOMENTS = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(office=OFFICES, moment=MOMENTS)
def test_a_session_is_the_next_whole_one_on_a_day_of_work(office: Office, moment: datetime) -> None:
    begins, ends = office.session(moment)
    assert begins < ends
    assert moment < ends
    assert office.works_on(office.day_of(begins))
    assert office.is_open(begins)
    assert not office.is_open(begins - timedelta(microseconds=1))
    assert office.opening(moment) == max(moment, begins)
    between = [moment + (begins - moment) * step / 7 for step in range(7)] if moment < begins else []
    assert not any(office.is_open(one) for one in between)
