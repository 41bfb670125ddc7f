"""Tests of mailings.warmup: a new sending domain begins with few letters, and earns more day by day."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from mailings import pacing, warmup
from mailings.compose import Address
from mailings.models import Event, Message, Recipient, SendingDomain
from mailings.models.message import Status
from mailings.models.recipient import Delivery
from tests.mailings.making import post, put
from tests.mailings.road import HOUR, MINUTE, MONDAY, lane, leave, letters

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _warming(settings: Settings) -> None:
    settings.MAIL_WARMUP = True


def domain(**changed: Any) -> SendingDomain:
    """Our sending domain as it stands after its last day of sending, last Friday."""
    values = {"step": 0, "day": MONDAY.date() - 3 * DAY, "day_count": 10, "day_own": 0, **changed}
    return SendingDomain.objects.update_or_create(domain="letters.example.org", mode="sandbox", defaults=values)[0]


def sent(number: int, status: Delivery = Delivery.DELIVERED, at: datetime = MONDAY - 3 * DAY) -> list[Message]:
    """Letters that left on the last day, with what became of each."""
    found = [put(post(cc=()), Status.SENT, sent_at=at) for _ in range(number)]
    Recipient.objects.filter(message__in=found).update(status=status)
    return found


def step_on(now: datetime = MONDAY) -> int:
    """The step that the domain has reached at a moment."""
    limits = warmup.limits(now)
    return warmup.WARM if limits is None else limits.step


@pytest.mark.parametrize(
    ("step", "an_hour", "a_day"), [(0, 5, 50), (1, 10, 100), (2, 20, 200), (3, 30, 400), (9, 90, 25_600)]
)
def test_each_day_of_sending_allows_more(step: int, an_hour: int, a_day: int) -> None:
    limits = warmup.Limits(step)
    assert (limits.per_hour, limits.per_day) == (an_hour, a_day)


def test_a_domain_that_nobody_knows_begins_with_the_first_step() -> None:
    assert warmup.limits(MONDAY) == warmup.Limits(0)
    letters(2)
    lane()
    assert len(leave(MONDAY + MINUTE)) == 1
    row = SendingDomain.objects.get()
    assert (row.domain, row.mode, row.step, row.day, row.day_count) == (
        "letters.example.org",
        "sandbox",
        0,
        MONDAY.date(),
        1,
    )
    assert leave(MONDAY + 6 * MINUTE) == []  # five an hour, not twenty
    assert len(leave(MONDAY + 20 * MINUTE)) == 1


def test_the_whole_domain_has_a_number_for_the_day_and_lanes_are_left_as_they_were() -> None:
    domain(day=MONDAY.date(), day_count=49)
    for number in range(3):
        letters(1, to=Address(f"office@office-{number}.example.org", "Office"))
        lane(f"office-{number}.example.org")
    assert len(leave(MONDAY + MINUTE)) == 1
    assert leave(MONDAY + 2 * MINUTE) == []
    assert pacing.waits_since(MONDAY + HOUR) is None  # no fault
    assert len(leave(MONDAY + DAY)) == 2  # midnight in UTC has gone by


def test_a_good_day_is_a_step() -> None:
    domain()
    sent(10)
    assert step_on() == 1


def test_the_step_is_kept_with_the_first_letter_of_a_day_so_that_an_empty_day_is_none() -> None:
    domain()
    assert [step_on(MONDAY), step_on(MONDAY + DAY), step_on(MONDAY + 2 * DAY)] == [1, 1, 1]
    assert SendingDomain.objects.get().step == 0
    letters(1)
    lane()
    assert len(leave(MONDAY + 2 * DAY)) == 1
    assert (SendingDomain.objects.get().step, step_on(MONDAY + 3 * DAY)) == (1, 2)


@pytest.mark.parametrize(
    ("status", "number", "step"),
    [
        (Delivery.BOUNCED, 2, 1),
        (Delivery.BOUNCED, 3, 0),
        (Delivery.SOFT_BOUNCE, 3, 0),
        (Delivery.COMPLAINED, 1, 0),
        (Delivery.REJECTED, 5, 1),  # by our own provider: no mail server saw it
    ],
)
def test_a_bad_day_is_no_step(status: Delivery, number: int, step: int) -> None:
    domain()
    sent(100 - number)
    sent(number, status)
    assert step_on() == step


@pytest.mark.parametrize(("number", "step"), [(2, 1), (3, 0)])
def test_too_many_waits_are_no_step_though_the_letters_were_accepted_later(number: int, step: int) -> None:
    domain()
    for letter in sent(20)[:number]:
        for turn in range(3):  # asked three times, it is still one letter
            Event.objects.create(
                fingerprint=f"{letter.pk}-{turn}", message=letter, recipient=letter.recipients.get(), type="deferred"
            )
    assert step_on() == step


def test_a_bad_day_long_ago_is_forgiven() -> None:
    domain()
    sent(10)
    sent(10, Delivery.BOUNCED, at=MONDAY - 4 * DAY)
    assert step_on() == 1


@pytest.mark.parametrize(("step", "days", "then"), [(8, 29, 9), (8, 30, 5), (2, 31, 0), (10, 30, 7)])
def test_a_month_of_silence_takes_three_steps_back(step: int, days: int, then: int) -> None:
    domain(step=step, day=MONDAY.date() - days * DAY)
    assert step_on() == then


def test_a_warm_domain_is_known_to_be_warm_and_its_last_day_is_kept() -> None:
    domain(step=warmup.WARM)
    assert warmup.limits(MONDAY) is None
    letters(2)
    lane()
    assert len(leave(MONDAY + MINUTE)) == 1
    assert SendingDomain.objects.get().day == MONDAY.date()
    with transaction.atomic():
        assert warmup.reserve(MONDAY) is None  # nothing is locked for the rest of the day


def test_off_is_for_a_domain_that_is_warm_already(settings: Settings) -> None:
    settings.MAIL_WARMUP = False
    letters(1)
    lane()
    assert len(leave(MONDAY + MINUTE)) == 1
    warmup.count_own(3, MONDAY)
    assert not SendingDomain.objects.exists()


def test_own_mails_count_and_take_no_more_than_half_of_the_day() -> None:
    warmup.count_own(20, MONDAY)
    limits = warmup.limits(MONDAY)
    assert limits is not None
    assert (limits.per_day, limits.left) == (30, 30)
    warmup.count_own(80, MONDAY)
    limits = warmup.limits(MONDAY)
    assert limits is not None
    assert (limits.per_day, limits.left) == (25, 25)
    warmup.count_own(1, MONDAY + DAY)
    row = SendingDomain.objects.get()
    assert (row.step, row.day, row.day_own) == (1, date(2026, 11, 24), 1)


def test_the_day_is_utcs_wherever_the_office_is() -> None:
    domain(day=MONDAY.date(), day_count=50)
    assert warmup.limits(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == warmup.Limits(0, letters=50)
    assert warmup.limits(datetime(2026, 11, 24, 0, 0, tzinfo=UTC)) == warmup.Limits(1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_worker_that_counts() -> None:
    domain()
    letters(1)
    lane()
    counts, done = threading.Event(), threading.Event()

    def count() -> None:
        try:
            with transaction.atomic():
                warmup.reserve(MONDAY)
                counts.set()
                done.wait(timeout=20)
        finally:
            connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    try:
        assert counts.wait(timeout=20)
        assert leave(MONDAY + MINUTE) == []
    finally:
        done.set()
        thread.join(timeout=20)
    assert len(leave(MONDAY + MINUTE)) == 1
