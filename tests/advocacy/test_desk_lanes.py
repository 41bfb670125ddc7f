"""Tests of the desk's lanes: what staff see of each, and how they change, pause and resume one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy.desk_lanes import MOST_PER_DAY
from advocacy.models import Update
from mailings import lanes
from mailings.models import Lane, SendingDomain
from tests.advocacy.making import at_the_desk, confirmed, messages_of
from tests.advocacy.pages import read

#: A Saturday, three in the night in London and eleven in the morning in Beijing.
SATURDAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TYPED = {
    "per_hour": "30",
    "per_day": "100",
    "time_zone": "ottawa",
    "calendars": "ca-on, cn",
    "opens_at": "08:30",
    "closes_at": "16:00",
    "reason": "It is the embassy.",
}
POLICY = "550 5.7.1 Refused by our policy"


@pytest.fixture
def staff(client: Client, update: Update, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The browser of Amara, who works at the desk, on a Saturday on which two letters wait for Beijing."""
    monkeypatch.setattr(timezone, "now", lambda: SATURDAY)
    client.force_login(at_the_desk("amara"))
    for name in ("lea", "noor"):
        confirmed(update, f"{name}@example.org")
    Lane.objects.update(next_at=SATURDAY, even_at=SATURDAY)
    return client


def pk(domain: str = "mail.gov.cn") -> int:
    """A lane's number."""
    return Lane.objects.get(domain=domain, mode="sandbox").pk


def page(answer: Any) -> str:
    """The words of a page that a strict reader has nothing to say against."""
    found = read(answer.content.decode(), host="testserver")
    assert found.faults == []
    return " ".join(found.text.split())


def shown(staff: Client, path: str = "") -> str:
    return page(staff.get(f"/desk/lanes/{path}"))


def test_staff_see_what_waits_until_when_and_why(staff: Client) -> None:
    for words in (page(staff.get("/desk/")), shown(staff)):
        assert (
            "mail.gov.cn President Xi Jinping Outside office hours The next letter may leave Monday 09:00 in Beijing. 2"
            in words
        )
        assert "Until Monday 09:15 in Beijing 20 an hour 200 a day Mon–Fri 09–17 Beijing" in words


def test_a_site_without_letters_has_no_lanes_yet(client: Client, db: None) -> None:
    client.force_login(at_the_desk("amara"))
    assert "No lanes yet" in page(client.get("/desk/lanes/"))
    assert "No lanes yet" in page(client.get("/desk/"))


@pytest.mark.parametrize(
    ("mode", "pace", "words"),
    [
        ("sandbox", True, "Letters do not wait for their pace here."),
        ("live", False, "Pace is switched off"),
        ("live", True, ""),
    ],
)
def test_staff_are_told_where_pace_is_not_waited_for(
    client: Client, db: None, settings: Settings, mode: str, pace: bool, words: str
) -> None:
    settings.MAIL_MODE, settings.MAIL_PACE = mode, pace
    client.force_login(at_the_desk("amara"))
    for path in ("", f"{lanes.lane_of('mail.gov.cn')}/"):
        told = shown(client, path)
        assert words in told
        assert ("not wait" in told or "switched off" in told) == bool(words)


def test_an_office_that_nobody_has_placed_is_named_until_somebody_has(staff: Client) -> None:
    number = lanes.lane_of("gmail.com")
    assert "Nobody has said where it is" in shown(staff)
    assert "in the middle of the night there" in shown(staff, f"{number}/")
    assert "The hours are a guess from the country in its name. They are those of Beijing." in shown(staff, f"{pk()}/")
    for one in (number, pk()):
        staff.post(f"/desk/lanes/{one}/", TYPED)
        after = shown(staff, f"{one}/")
        assert "Nobody has said" not in after
        assert "a guess" not in after


def test_a_change_is_kept_with_its_reason(staff: Client) -> None:
    answer = staff.post(f"/desk/lanes/{pk()}/", TYPED, follow=True)
    words = page(answer)
    assert "The pace is changed. The next letter goes by it." in words
    assert "30 an hour, 100 a day" in words
    assert "Mon–Fri 08:30–16 in Ottawa" in words
    assert (
        "letters an hour: 20, now 30; letters a day: 200, now 100; time zone: Asia/Shanghai, now America/Toronto"
        in words
    )
    assert "by amara It is the embassy. 21 November 2026, 03:00 UTC" in words
    lane = Lane.objects.get(pk=pk())
    assert (lane.time_zone, lane.calendars, f"{lane.opens_at:%H:%M}", f"{lane.closes_at:%H:%M}") == (
        "America/Toronto",
        "CA-ON,CN",
        "08:30",
        "16:00",
    )
    again = staff.post(f"/desk/lanes/{pk()}/", TYPED, follow=True)
    assert "Nothing changed: the lane had this pace and these hours already." in page(again)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("per_hour", "0", "To stop the lane, pause it."),
        ("per_hour", "3601", "Write a number up to 3,600."),
        ("per_hour", "many", "Write a number in digits, like 20."),
        ("per_day", "", "Write how many letters a day may leave."),
        ("per_day", str(MOST_PER_DAY + 1), "Write a number up to 86,400."),
        ("time_zone", "Atlantis", "Write a time zone by its name, like Asia/Shanghai, or a capital, like Beijing."),
        ("time_zone", "", "Write a time zone by its name"),
        ("calendars", "Atlantis", "There is no calendar for Atlantis."),
        ("calendars", "CA-ZZ", "CA has no part ZZ. Its parts are AB, BC,"),
        ("calendars", "C" * 81, "81"),
        ("opens_at", "nine", "Write the time like 09:00."),
        ("closes_at", "25:00", "Write the time like 09:00."),
        ("closes_at", "08:30", "Write a time after it opens."),
        ("reason", "", "Write in one line why, for whoever asks later."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    staff: Client, field: str, typed: str, words: str
) -> None:
    answer = staff.post(f"/desk/lanes/{pk()}/", {**TYPED, field: typed})
    assert answer.status_code == 422
    found = read(answer.content.decode(), host="testserver")
    assert found.faults == []
    assert words in found.beside(field)
    assert found.value(field) == typed
    assert found.value("per_hour") == (typed if field == "per_hour" else "30")
    assert found.title.startswith("Error: mail.gov.cn")
    assert Lane.objects.get(pk=pk()).per_hour == 20
    assert lanes.changes(pk()) == []


def test_a_lane_is_paused_and_let_go_with_a_reason(staff: Client) -> None:
    state = f"/desk/lanes/{pk()}/state/"
    refused = staff.post(state, {"do": "pause", "state-reason": " "})
    assert refused.status_code == 422
    assert "Write in one line why" in page(refused)
    words = page(staff.post(state, {"do": "pause", "state-reason": "Their server is moved."}, follow=True))
    assert "The lane is paused. What stands in it waits." in words
    assert "Paused by hand" in words
    assert "Paused by amara 11:00 in Beijing: Their server is moved." in words
    assert "Until it moves again" in words
    late = page(staff.post(state, {"do": "pause", "state-reason": "Me too."}, follow=True))
    assert "Nothing changed. It was paused already." in late
    words = page(staff.post(state, {"do": "resume", "state-reason": "It is there again."}, follow=True))
    assert "The lane moves again." in words
    assert [(change.what, change.why) for change in lanes.changes(pk())] == [
        ("Resumed", "It is there again."),
        ("Paused", "Their server is moved."),
    ]
    assert staff.post(state, {"do": "explode", "state-reason": "x"}).status_code == 404


def test_a_lane_that_paused_itself_wants_a_hand_first(staff: Client) -> None:
    Lane.objects.update(paused_at=SATURDAY, paused_why=POLICY)
    words = page(staff.get("/desk/"))
    assert "The lane to mail.gov.cn paused itself" in words
    assert f"Its mail server refused letter after letter, and said: {POLICY}. 2 letters wait for a decision." in words
    assert words.index("The lane to mail.gov.cn paused itself") < words.index("handed over")
    there = shown(staff, f"{pk()}/")
    assert "Paused itself" in there
    assert "Nothing leaves until you let it move." in there
    staff.post(f"/desk/lanes/{pk()}/state/", {"do": "resume", "state-reason": "They let us in again."})
    assert "paused itself" not in page(staff.get("/desk/"))


def test_a_lane_that_rests_says_until_when_and_why(staff: Client, settings: Settings) -> None:
    always = {
        "calendars": "every day",
        "slowness": 4,
        "slowed_at": SATURDAY,
        "next_at": SATURDAY + timedelta(minutes=12),
    }
    Lane.objects.update(**always)
    words = shown(staff)
    assert "Resting" in words
    assert "5 an hour set to 20 an hour; 200 a day" in words
    assert "Its mail server asked us to wait, so it goes 4 times slower than set." in words
    assert "The next letter may leave 11:12 in Beijing." in words
    Lane.objects.update(slowness=1, day=SATURDAY.date(), day_count=200)
    assert "Today’s 200 letters have left. The next letter may leave Sunday 09:00 in Beijing." in shown(staff)
    settings.MAIL_WARMUP = True
    SendingDomain.objects.create(domain="letters.example.org", mode="sandbox", day=SATURDAY.date(), day_count=50)
    Lane.objects.update(day_count=0)
    assert "Our sending domain is new to mail servers" in shown(staff)
    assert "5 an hour set to 20 an hour; 200 a day" in shown(staff)
    settings.MAIL_MODE = "live"
    SendingDomain.objects.create(domain="letters.example.org", mode="live", day=SATURDAY.date(), day_count=20)
    assert "Today it may send 50 letters in all, 30 of them from now on, and 5 an hour to one office." in shown(staff)


def test_a_letter_in_line_shows_its_lane_where_pace_is_waited_for(
    staff: Client, update: Update, settings: Settings
) -> None:
    settings.MAIL_MODE = "live"
    (message,) = messages_of(confirmed(update, "live@example.org"))
    Lane.objects.update(next_at=SATURDAY, even_at=SATURDAY)
    words = page(staff.get(f"/desk/letters/{message.uid}/"))
    assert "Its lane: mail.gov.cn Outside office hours The next letter may leave Monday 09:00 in Beijing." in words
    settings.MAIL_PACE = False
    assert "Its lane" not in page(staff.get(f"/desk/letters/{message.uid}/"))
