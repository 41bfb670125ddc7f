"""Tests of mailings.health where letters wait for their pace: red when mail stands still, never for a closed office."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from mailings import halts, health
from mailings.models import Lane, Message, SendingDomain
from mailings.models.message import Status
from tests.mailings.making import post, put
from tests.mailings.road import HOUR, MINUTE, MONDAY, lane, leave, letters

pytestmark = pytest.mark.django_db

Clock = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Live mode with pace at a moment; sets the time that everybody goes by."""
    settings.MAIL_MODE, settings.MAIL_PACE, settings.MAIL_WARMUP = "live", True, False

    def to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    to(MONDAY)
    return to


def late() -> timedelta | None:
    """For how long the oldest message that may leave has waited; None where none does."""
    found = health.health()
    assert found.moving == (found.oldest_due is None or timezone.now() - found.oldest_due < timedelta(minutes=3))
    return timezone.now() - found.oldest_due if found.oldest_due else None


def test_an_own_mail_waits_for_no_lane(clock: Clock) -> None:
    put(post("copy"), Status.QUEUED, due=MONDAY)
    for minutes, moving in ((2, True), (3, False)):
        clock(MONDAY + minutes * MINUTE)
        assert late() == minutes * MINUTE
        assert health.health().moving is moving


def test_a_letter_that_its_lane_and_its_office_let_leave_and_nobody_takes_is_red(clock: Clock) -> None:
    letters(1)
    lane(mode="live")
    clock(MONDAY + 5 * MINUTE)
    assert late() == 5 * MINUTE
    assert not health.health().moving


def test_a_letter_is_late_only_when_its_lane_had_its_turn(clock: Clock) -> None:
    letters(2)
    lane(mode="live")
    leave(MONDAY)
    turn = Lane.objects.get().next_at
    clock(turn - timedelta(microseconds=1))
    assert late() is None
    clock(turn + 3 * MINUTE)
    assert late() == 3 * MINUTE


def test_a_weekend_is_no_fault_and_at_nine_on_monday_nothing_is_late_yet(clock: Clock) -> None:
    letters(40, due=MONDAY - timedelta(days=2))
    lane(mode="live")
    nine = MONDAY - HOUR
    for now, waited in [
        (nine - timedelta(days=1), None),
        (nine - timedelta(microseconds=1), None),
        (nine, timedelta(0)),
        (nine + 4 * MINUTE, 4 * MINUTE),
    ]:
        clock(now)
        assert late() == waited


@pytest.mark.parametrize(
    "changed",
    [
        {"paused_at": MONDAY - HOUR},
        {"per_day": 1, "day": MONDAY.date(), "day_count": 1},
        {"time_zone": "Asia/Shanghai"},
        {"mode": "test"},
    ],
)
def test_a_lane_that_may_not_send_is_no_fault(clock: Clock, changed: dict[str, object]) -> None:
    letters(1)
    lane(**{"mode": "live", **changed})  # type: ignore[arg-type]  # whatever a lane may be
    if changed.get("mode"):
        Message.objects.update(lane=Lane.objects.get(mode="test"), mode="test")
    clock(MONDAY + HOUR)
    assert late() is None


def test_letters_that_may_not_leave_are_no_fault(clock: Clock, settings: Settings) -> None:
    letters(1, "a/later", due=MONDAY + 5 * HOUR)
    letters(1, "b/halted")
    put(letters(1)[0], Status.HELD)
    halts.halt("b/", for_good=False)
    lane(mode="live")
    clock(MONDAY + HOUR)
    assert late() is None
    letters(1, "c/1")
    assert late() == HOUR
    settings.MAIL_WARMUP = True
    SendingDomain.objects.create(domain="letters.example.org", mode="live", day=MONDAY.date(), day_count=50)
    assert late() is None  # the domain's letters of today have left
