"""Tests of mailings.clock: a clock that is set far forward and back again keeps nothing in the future for ever."""

import logging
import random
from copy import copy
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule
from pytest_django import Settings

from advocacy.models.campaign import LONGEST_DELAY
from mailings import clock, outbox, queue, rhythm, tasks, transports
from mailings.calendars import EVERY_DAY
from mailings.models import Event, Lane, Message, SendingDomain, Transport
from mailings.models.message import Status
from tests.mailings.making import drained, post, put, status_of
from tests.mailings.road import HOUR, MONDAY, lane
from tests.mailings.telling import sent, store, told
from tests.provider import Provider, Weather

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FAR = 100 * DAY


class Clock:
    """The machine's clock, as somebody sets it: from a Monday at ten."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._began, self._now = timezone.now(), timezone.now

    def now(self) -> datetime:
        """What it shows."""
        return MONDAY + (self._now() - self._began) + self.ahead


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(timezone, "now", found.now)
    return found


@pytest.fixture
def paced(provider: Provider, settings: Settings) -> Provider:
    """The provider on loopback, with pace, a domain that warms up, and one office that never closes."""
    settings.MAIL_PACE = settings.MAIL_WARMUP = True
    lane(mode="live", calendars=EVERY_DAY, opens_at=time(0), closes_at=time(23, 59))
    return provider


def test_a_lane_comes_back_with_the_clock(machine: Clock, paced: Provider, caplog: pytest.LogCaptureFixture) -> None:
    machine.ahead = FAR
    first = post()
    drained()
    second = post()
    machine.ahead = timedelta(0)
    put(second, Status.QUEUED, due=timezone.now())
    drained()
    assert (status_of(first), status_of(second)) == ("sent", "queued")
    with caplog.at_level(logging.ERROR):
        tasks.tidy("loop")
    assert "Taken back from the far future: 1 lanes" in caplog.text
    drained()
    assert status_of(second) == "sent"


def test_a_domains_day_in_the_future_is_taken_as_today(machine: Clock, paced: Provider) -> None:
    machine.ahead = FAR
    post()
    drained()
    SendingDomain.objects.update(day_count=10_000)
    machine.ahead = timedelta(0)
    tasks.tidy("loop")
    letter = put(post(), Status.QUEUED, due=timezone.now())
    drained()
    assert status_of(letter) == "queued"  # what was counted counts for today
    machine.ahead = DAY
    drained()
    assert status_of(letter) == "sent"
    assert SendingDomain.objects.get().day == (MONDAY + DAY).date()


def test_a_retry_and_a_rest_come_back_with_the_clock(
    machine: Clock, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    machine.ahead = FAR
    provider.weather = Weather.TOO_MANY
    message = post()
    drained()
    provider.weather = Weather.FINE
    machine.ahead = timedelta(0)
    drained()
    assert status_of(message) == "queued"
    with caplog.at_level(logging.ERROR):
        tasks.tidy("loop")
    assert "Taken back from the far future: 1 messages" in caplog.text
    assert "Taken back from the far future: 1 providers" in caplog.text
    drained()
    assert status_of(message) == "sent"


def test_a_worker_that_died_while_the_clock_was_ahead_is_missed(machine: Clock) -> None:
    machine.ahead = FAR
    message = put(post(), Status.SENDING, claimed_at=timezone.now(), lease=timezone.now() + timedelta(seconds=90))
    machine.ahead = timedelta(0)
    tasks.tidy("loop")
    assert status_of(message) == "sending"  # it may be at it in this moment
    machine.ahead = timedelta(seconds=95)
    tasks.tidy("loop")
    assert status_of(message) == "in_doubt"


def test_reports_and_schedules_come_back_with_the_clock(machine: Clock) -> None:
    store(told(sent(), "delivered"))
    Event.objects.update(due=timezone.now() + FAR)
    queue.ensure_schedules()
    Schedule.objects.update(next_run=timezone.now() + FAR)
    clock.put_right()
    assert Event.objects.get().due <= timezone.now()
    assert {row.next_run <= timezone.now() for row in Schedule.objects.filter(name__in=queue.MINUTELY)} == {True}


def test_what_waits_for_a_reason_goes_on_waiting(caplog: pytest.LogCaptureFixture) -> None:
    now = timezone.now()
    delayed = post(held=True)
    outbox.release(delayed.reference, delay=clock.LONGEST_DELAY)
    put(delayed, Status.QUEUED, due=now + clock.LONGEST_DELAY)
    asked = put(post(), Status.QUEUED, due=now + 12 * HOUR, claimed_at=now)
    flying = put(post(), Status.SENDING, claimed_at=now, lease=now + timedelta(seconds=90))
    transports.wait("sandbox", 12 * HOUR, "HTTP 429")
    before = set(Message.objects.values_list("pk", "due", "lease")), Transport.objects.get().rests_until
    clock.put_right()
    assert (set(Message.objects.values_list("pk", "due", "lease")), Transport.objects.get().rests_until) == before
    assert {status_of(one) for one in (delayed, asked, flying)} == {"queued", "sending"}
    assert "far future" not in caplog.text


def test_the_longest_random_delay_is_known() -> None:
    assert timedelta(hours=LONGEST_DELAY) == clock.LONGEST_DELAY


@pytest.mark.parametrize("seed", range(40))
def test_no_pace_is_taken_for_a_clock_that_ran_ahead(seed: int) -> None:
    dice = random.Random(seed)
    now = MONDAY + dice.random() * 400 * DAY
    one = Lane(
        domain="office.example.org",
        time_zone=dice.choice(["UTC", "Asia/Shanghai", "America/Toronto"]),
        calendars=dice.choice(["", "CN", "CA-ON,CN", EVERY_DAY]),
        per_hour=dice.choice([1, 2, 20, 3600]),
        per_day=dice.choice([1, 5, 200]),
        next_at=now,
        even_at=now,
    )
    for _ in range(150):
        now += dice.choice([dice.random(), dice.random() * 20]) * HOUR
        if dice.random() < 0.2:
            rhythm.slow_down(one, now)
        rhythm.speed_up(one, now)
        if rhythm.may_send(one, now):
            rhythm.sent(one, now, dice.choice([0, 3, 1000]))
        seen = copy(one)
        assert not rhythm.put_right(seen, now, timedelta(0)), (now, one.next_at)
        assert seen.next_at == one.next_at
