"""Tests of mailings.places: where an office probably stands, and how a moment is told with its place."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from mailings import places
from mailings.calendars import canonical

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 24, 1, 4, tzinfo=UTC)  # Tuesday, 09:04 in Beijing


@pytest.mark.parametrize(
    ("domain", "country", "zone", "capital"),
    [
        ("mail.gov.cn", "CN", "Asia/Shanghai", "Beijing"),
        ("fcdo.gov.uk", "GB", "Europe/London", "London"),
        ("president.ir", "IR", "Asia/Tehran", "Tehran"),
        ("ottawa.embassy.ca", "CA", "America/Toronto", "Ottawa"),
        ("moj.gov.ly", "LY", "Africa/Tripoli", "Tripoli"),
        ("presidencia.gov.co", "CO", "America/Bogota", "Bogotá"),
    ],
)
def test_the_country_in_a_domain_is_a_guess(domain: str, country: str, zone: str, capital: str) -> None:
    assert places.guess(domain) == places.Place(country, zone, capital)


@pytest.mark.parametrize(
    "domain", ["gmail.com", "office.example.org", "state.gov", "bit.ly", "embassy.tv", "x.eu", "cn.", ""]
)
def test_a_domain_that_tells_no_country_is_not_guessed(domain: str) -> None:
    assert places.guess(domain) is None


def test_every_guess_is_a_zone_and_a_calendar_that_exist() -> None:
    found = [place for place in map(places.guess, (f"gov.{a}{b}" for a in LETTERS for b in LETTERS)) if place]
    assert len({place.country for place in found}) == len(places.CAPITALS.replace("\n", " ").split(";"))
    assert {place.time_zone for place in found} <= available_timezones()
    assert all(canonical(place.country) == place.country for place in found)


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        (" asia/shanghai ", "Asia/Shanghai"),
        ("beijing", "Asia/Shanghai"),
        ("New Delhi", "Asia/Kolkata"),
        ("america/argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("Asia", ""),
        ("Mars/Olympus", ""),
        ("../etc/passwd", ""),
        ("", ""),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_capital(typed: str, zone: str) -> None:
    assert places.zone_named(typed) == zone


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "Asia", "", "../etc/passwd", "Europe/London\x00", "x" * 500])
def test_a_zone_that_this_machine_lacks_is_utc(unknown: str) -> None:
    assert places.zone(unknown).key == "UTC"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T01:04", "09:04 in Beijing"),
        ("2026-11-24T16:30", "Wednesday 00:30 in Beijing"),
        ("2026-11-30T01:00", "Monday 09:00 in Beijing"),
        ("2026-12-01T01:00", "Tuesday 1 December, 09:00 in Beijing"),
        ("2026-11-23T01:00", "Monday 23 November, 09:00 in Beijing"),
        ("2027-01-04T01:00", "Monday 4 January 2027, 09:00 in Beijing"),
    ],
)
def test_a_moment_is_told_with_its_place_as_near_as_needed(moment: str, words: str) -> None:
    then = datetime.fromisoformat(f"{moment}+00:00")
    assert places.moment_there(then, "Asia/Shanghai", NOW) == words


def test_the_place_of_a_zone_is_its_capital_or_its_own_city() -> None:
    assert [places.place_of(zone) for zone in ("Asia/Urumqi", "America/St_Johns", "Europe/Kyiv")] == [
        "Urumqi",
        "St Johns",
        "Kyiv",
    ]
    assert places.moment_there(NOW, "UTC", NOW) == "01:04 UTC"
