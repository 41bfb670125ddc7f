"""Tests of mailings.lanes: which lane a letter takes, what staff see of each, and what they may change."""

import threading
from datetime import datetime, time, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from mailings import lanes, outbox, tasks
from mailings.compose import Address
from mailings.lanes import LaneReport, Pace
from mailings.models import Lane, Message, SendingDomain
from mailings.models.message import Status
from mailings.outbox import Posting
from tests.mailings.making import AMBASSADOR, PRESIDENT, drained, mail, post, put, status_of
from tests.mailings.road import HOUR, MINUTE, MONDAY, lane, leave, letters
from tests.provider import Provider

pytestmark = pytest.mark.django_db

BEIJING = Address("english@mail.gov.cn", "President Example")
PACE = Pace(20, 200, "UTC", "", time(9), time(17))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the time that everybody goes by."""

    def to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    to(MONDAY)
    return to


def report(road: Lane) -> LaneReport:
    """What staff see of a lane."""
    found = lanes.report(road.pk)
    assert found is not None
    return found


# --- which lane -------------------------------------------------------------------------------------------------------


def test_a_letter_takes_the_lane_of_its_first_office() -> None:
    letter = post(to=(BEIJING, PRESIDENT), cc=(AMBASSADOR,))
    assert letter.lane is not None
    assert (letter.lane.domain, letter.lane.mode) == ("mail.gov.cn", "sandbox")
    assert post(to=(Address("other@MAIL.gov.cn"),), cc=()).lane == letter.lane
    assert Lane.objects.count() == 1


def test_a_letter_of_an_older_version_gets_its_lane_and_leaves(
    provider: Provider, settings: Settings, clock: Any
) -> None:
    settings.MAIL_PACE = True
    letter, link = post(to=(PRESIDENT, BEIJING)), post("confirmation")
    road = lane(mode="live")
    Message.objects.filter(pk=letter.pk).update(lane=None)
    drained()
    assert (status_of(letter), status_of(link)) == ("queued", "sent")
    tasks.tidy("loop")
    letter.refresh_from_db()
    assert letter.lane == road
    drained()
    assert status_of(letter) == "sent"
    assert lanes.give() == 0


@pytest.mark.parametrize("kind", ["confirmation", "copy", "notice"])
def test_a_supporters_own_mail_has_no_lane(kind: str) -> None:
    assert post(kind).lane is None


def test_a_new_lane_has_the_hours_of_the_country_in_its_name() -> None:
    made = Lane.objects.get(pk=lanes.lane_of("mail.gov.cn"))
    assert (made.time_zone, made.calendars, made.hours_from) == ("Asia/Shanghai", "CN", "name")
    assert (made.per_hour, made.per_day, made.opens_at, made.closes_at) == (20, 200, time(9), time(17))
    other = Lane.objects.get(pk=lanes.lane_of("gmail.com"))
    assert (other.time_zone, other.calendars, other.hours_from) == ("UTC", "", "")


def test_lanes_that_were_made_before_there_were_guesses_get_them_with_the_migration() -> None:
    for domain in ("mail.gov.cn", "gmail.com"):
        lane(domain)
    lane("moj.gov.eg", time_zone="Europe/Paris")
    import_module("mailings.migrations.0006_pace").guess_places(apps, None)
    assert list(Lane.objects.values_list("domain", "time_zone", "calendars", "hours_from")) == [
        ("gmail.com", "UTC", "", ""),
        ("mail.gov.cn", "Asia/Shanghai", "CN", "name"),
        ("moj.gov.eg", "Europe/Paris", "", ""),
    ]


def test_each_mode_has_lanes_of_its_own(settings: Settings) -> None:
    here = lanes.lane_of("mail.gov.cn")
    settings.MAIL_MODE = "test"
    assert lanes.lane_of("mail.gov.cn") != here
    assert lanes.report(here) is None


@pytest.mark.django_db(transaction=True)
def test_a_known_lane_is_found_without_the_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    known = lanes.lane_of("mail.gov.cn")
    with django_assert_num_queries(0):
        assert lanes.lane_of("mail.gov.cn") == known


@pytest.mark.django_db(transaction=True)
def test_a_lane_that_was_rolled_back_with_its_letter_is_not_remembered() -> None:
    def broken() -> None:
        with transaction.atomic():
            outbox.post(Posting(mail(to=(BEIJING,)), "letter-1"))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        broken()
    assert not Lane.objects.exists()
    assert post(to=(BEIJING,)).lane == Lane.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_first_letter_to_an_office_at_once_make_one_lane() -> None:
    start, made = threading.Barrier(4), list[Message]()

    def write() -> None:
        try:
            start.wait(timeout=10)
            made.append(post(to=(BEIJING,), cc=()))
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [message.lane_id for message in made] == [Lane.objects.get().pk] * 4


# --- what staff see ---------------------------------------------------------------------------------------------------


def test_a_lane_that_moves(clock: Any) -> None:
    letters(3)
    seen = report(lane())
    assert (seen.state, seen.waiting, seen.domain, seen.hours) == (
        "moving",
        3,
        "office.example.org",
        ("Mon–Fri 09–17", "UTC"),
    )
    assert seen.next_at == MONDAY
    assert seen.lasts_until == MONDAY + 30 * MINUTE  # three letters, a quarter of an hour apart
    assert seen.there(MONDAY + 30 * MINUTE) == "10:30 UTC"
    assert seen.pace == PACE
    leave(MONDAY)
    assert (report(Lane.objects.get()).left_today, report(Lane.objects.get()).waiting) == (199, 2)


def test_a_lane_outside_its_offices_hours(clock: Any) -> None:
    clock(MONDAY - timedelta(days=2))
    letters(1, to=BEIJING)
    seen = report(lane("mail.gov.cn", time_zone="Asia/Shanghai", calendars="CN"))
    assert (seen.state, seen.hours) == ("closed", ("Mon–Fri 09–17", "Beijing"))
    assert seen.next_at is not None
    assert seen.there(seen.next_at) == "Monday 09:00 in Beijing"


def test_a_lane_that_rests(clock: Any, settings: Settings) -> None:
    slow = lane("slow.example.org", slowness=2, slowed_at=MONDAY, next_at=MONDAY + 5 * MINUTE)
    spent = lane("spent.example.org", per_day=3, day=MONDAY.date(), day_count=3)
    assert (report(slow).state, report(slow).slowness, report(slow).next_at) == ("resting", 2, MONDAY + 5 * MINUTE)
    assert (report(spent).state, report(spent).next_at) == ("resting", MONDAY + timedelta(hours=23))
    clock(MONDAY + HOUR)
    assert (report(slow).state, report(slow).slowness) == ("moving", 1)
    settings.MAIL_WARMUP = True
    SendingDomain.objects.create(domain="letters.example.org", mode="sandbox", day=MONDAY.date(), day_count=50)
    warming = report(slow)
    assert warming.warmup is not None
    assert (warming.state, warming.warmup.left, warming.warmup.per_hour) == ("resting", 0, 5)


def test_a_paused_lane_tells_who_and_why_and_estimates_nothing(clock: Any) -> None:
    letters(3)
    by_hand = lane(paused_at=MONDAY, paused_by="amara", paused_why="Their server is moved.")
    by_itself = lane("b.example.org", paused_at=MONDAY, paused_why="550 5.7.1 No")
    seen = report(by_hand)
    assert (seen.state, seen.paused_by, seen.paused_why) == ("paused", "amara", "Their server is moved.")
    assert (seen.lasts_until, seen.next_at) == (None, None)
    assert report(by_itself).state == "stopped"


def test_lanes_that_want_a_hand_come_first_then_those_in_which_most_waits(
    clock: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number, name in enumerate("abcd"):
        lane(f"{name}.example.org")
        letters(number, to=Address(f"office@{name}.example.org"))
    lane("z.example.org", paused_at=MONDAY)
    lane("other.example.org", mode="live")
    with django_assert_max_num_queries(2):
        seen = lanes.everything()
    assert [(one.domain[0], one.waiting) for one in seen] == [("z", 0), ("d", 3), ("c", 2), ("b", 1), ("a", 0)]


def test_what_is_not_in_line_does_not_wait(clock: Any) -> None:
    for status in Status:
        put(letters(1)[0], status)
    assert report(Lane.objects.get()).waiting == 1


# --- what staff change ------------------------------------------------------------------------------------------------


def test_a_pause_and_its_end_keep_who_and_why(clock: Any) -> None:
    road = lane()
    letters(1)
    assert lanes.pause(road.pk, by="amara", reason="Their server is moved.")
    assert not lanes.pause(road.pk, by="tomasz", reason="Me too.")
    assert leave(MONDAY + MINUTE) == []
    clock(MONDAY + HOUR)
    assert lanes.resume(road.pk, by="tomasz", reason="It is there again.")
    assert not lanes.resume(road.pk, by="amara", reason="Me too.")
    assert [(one.at, one.by, one.what, one.why) for one in lanes.changes(road.pk)] == [
        (MONDAY + HOUR, "tomasz", "Resumed", "It is there again."),
        (MONDAY, "amara", "Paused", "Their server is moved."),
    ]
    assert len(leave(MONDAY + HOUR)) == 1
    assert report(road).state == "moving"


def test_a_change_holds_for_the_next_letter(clock: Any) -> None:
    letters(1, to=BEIJING)
    road = Lane.objects.get()
    assert leave(MONDAY) == []  # six in the evening in Beijing
    zone, calendars = lanes.time_zone_named("ottawa"), lanes.calendars_named("ca-on, cn")
    there = Pace(30, 100, zone, calendars, time(8), time(18))
    clock(MONDAY + 4 * HOUR)
    assert lanes.change(road.pk, there, by="amara", reason="It is the embassy in Ottawa.")
    assert report(road).pace == there
    assert report(road).hours_from == "staff"
    assert len(leave(MONDAY + 4 * HOUR)) == 1
    (change,) = lanes.changes(road.pk)
    assert (change.by, change.why) == ("amara", "It is the embassy in Ottawa.")
    assert change.what == (
        "letters an hour: 20, now 30; letters a day: 200, now 100; time zone: Asia/Shanghai, now America/Toronto; "
        "calendars: CN, now CA-ON,CN; opens: 09:00, now 08:00; closes: 17:00, now 18:00"
    )


def test_hours_that_staff_find_right_are_no_guess_any_more(clock: Any) -> None:
    road = lane()
    assert report(road).hours_from == ""
    assert lanes.change(road.pk, PACE, by="amara", reason="They are in Accra.")
    assert report(road).hours_from == "staff"
    assert [change.what for change in lanes.changes(road.pk)] == ["Found right as it was"]
    assert not lanes.change(road.pk, PACE, by="amara", reason="Once more.")
    assert len(lanes.changes(road.pk)) == 1


def test_a_lane_of_another_mode_is_not_changed(clock: Any) -> None:
    other = lane(mode="live")
    assert not lanes.pause(other.pk, by="amara", reason="No.")
    assert not lanes.resume(other.pk, by="amara", reason="No.")
    with pytest.raises(Lane.DoesNotExist):
        lanes.change(other.pk, PACE, by="amara", reason="No.")
    assert (lanes.report(other.pk), lanes.changes(other.pk)) == (None, [])


def test_what_is_unknown_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Write a time zone by its name, like Asia/Shanghai, or a capital"):
        lanes.time_zone_named("Atlantis")
    with pytest.raises(ValueError, match="There is no calendar for Atlantis"):
        lanes.calendars_named("Atlantis")
