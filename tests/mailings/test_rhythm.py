"""Tests of mailings.rhythm and mailings.forecasts: the pace of one lane, without a database, over days and weeks."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailings import forecasts, rhythm
from mailings.calendars import EVERY_DAY
from mailings.models import Lane
from mailings.warmup import Limits

pytestmark = pytest.mark.once

ANY = random.SystemRandom().uniform
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEIJING = ZoneInfo("Asia/Shanghai")
SATURDAY = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in Beijing


def lane(**changed: Any) -> Lane:
    """A lane to an office in Beijing that nothing has left for a week."""
    long_ago = SATURDAY - timedelta(days=7)
    values = {"domain": "mail.gov.cn", "mode": "live", "time_zone": "Asia/Shanghai", "calendars": "CN"}
    return Lane(**{**values, "next_at": long_ago, "even_at": long_ago, **changed})


def run(
    lane: Lane,
    arrivals: Sequence[datetime],
    until: datetime,
    look: timedelta = timedelta(seconds=1),
    refused: Sequence[datetime] = (),
    dice: rhythm.Dice = ANY,
) -> list[datetime]:
    """When letters that arrive so leave the lane, with a worker that looks so often, until a moment."""
    came, complaints, now, left = sorted(arrivals), sorted(refused), min(arrivals), list[datetime]()
    while now < until and len(left) < len(came):
        while complaints and complaints[0] <= now:
            rhythm.slow_down(lane, complaints.pop(0))
        waiting = sum(moment <= now for moment in came) - len(left)
        rhythm.speed_up(lane, now)
        if waiting and rhythm.may_send(lane, now, dice):
            rhythm.sent(lane, now, waiting - 1, dice=dice)
            left.append(now)
        if len(left) < len(came):
            # Nothing happens before the next of these, so the looks between need not be made.
            ahead = min(max(lane.next_at, came[len(left)]), *complaints[:1], until) - now
            now += max(1, -(-ahead // look)) * look
    return left


def most_in_an_hour(moments: Sequence[datetime]) -> int:
    """The most letters in any hour, its end not counted."""
    return max(sum(first <= one < first + HOUR for one in moments[n:]) for n, first in enumerate(moments))


# --- what waits through a weekend -------------------------------------------------------------------------------------


def test_five_hundred_letters_of_a_weekend_are_spread_over_the_days_after_it() -> None:
    office = lane()
    left = run(office, [SATURDAY + number * MINUTE for number in range(500)], MONDAY + timedelta(days=7))
    days = Counter(moment.astimezone(BEIJING).date().isoformat() for moment in left)
    assert list(days) == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert [160 - 3 <= number <= 160 + 3 for number in days.values()] == [True, True, True, False]
    hours = Counter(moment.astimezone(BEIJING).hour for moment in left if moment < MONDAY + timedelta(days=1))
    assert sorted(hours) == list(range(9, 17))
    assert all(18 <= number <= 21 for number in hours.values())  # nothing is poured out at nine
    assert left[0] < MONDAY + 3 * MINUTE
    assert most_in_an_hour(left) <= 21


def test_few_letters_of_a_weekend_are_spread_over_the_whole_monday() -> None:
    left = run(lane(), [SATURDAY + number * MINUTE for number in range(64)], MONDAY + timedelta(days=7))
    hours = Counter(moment.astimezone(BEIJING).hour for moment in left)
    assert {moment.astimezone(BEIJING).date() for moment in left} == {date(2026, 11, 23)}
    assert all(7 <= hours[hour] <= 9 for hour in range(9, 17))


def test_a_handful_does_not_wait_longer_than_a_quarter_of_an_hour_for_the_spread() -> None:
    left = run(lane(), [SATURDAY] * 5, MONDAY + timedelta(days=1))
    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert len(gaps) == 4
    assert all(15 * MINUTE * 0.5 <= gap <= 15 * MINUTE * 1.5 for gap in gaps)


def test_a_day_with_few_letters_allowed_spreads_those_few() -> None:
    left = run(lane(per_hour=60, per_day=48), [SATURDAY] * 100, MONDAY + timedelta(days=1))
    hours = Counter(moment.astimezone(BEIJING).hour for moment in left)
    assert sum(hours.values()) == 48
    assert all(5 <= hours[hour] <= 7 for hour in range(9, 17))


def test_the_first_letters_of_many_offices_do_not_leave_on_the_stroke_of_nine() -> None:
    first = set()
    for _ in range(20):
        office = lane()
        assert not rhythm.may_send(office, SATURDAY)
        assert MONDAY <= office.next_at <= MONDAY + 1.5 * MINUTE
        first.add(office.next_at)
    assert len(first) == 20


def test_a_letter_to_an_open_office_that_nothing_has_left_lately_leaves_at_once_and_a_second_waits() -> None:
    office, now = lane(), MONDAY + HOUR
    assert rhythm.may_send(office, now)
    rhythm.sent(office, now, waiting=0)
    assert not rhythm.may_send(office, now)
    assert 1.5 * MINUTE <= office.next_at - now <= 4.5 * MINUTE


def test_a_week_of_silence_is_no_credit() -> None:
    left = run(lane(), [MONDAY + 4 * HOUR] * 4, MONDAY + timedelta(days=1), look=timedelta(seconds=1))
    assert all(later - earlier >= 1.5 * MINUTE for earlier, later in pairwise(left))


def test_what_a_late_look_loses_is_won_back_up_to_a_quarter_of_an_interval() -> None:
    often = run(lane(), [MONDAY] * 300, MONDAY + 8 * HOUR)
    seldom = run(lane(), [MONDAY] * 300, MONDAY + 8 * HOUR, look=timedelta(seconds=40))
    assert abs(len(often) - len(seldom)) <= 4


# --- the promise ------------------------------------------------------------------------------------------------------

PLACES = [
    ("Asia/Shanghai", "CN"),
    ("Africa/Cairo", "EG"),
    ("America/Toronto", "CA-ON,CN"),
    ("UTC", ""),
    ("UTC", EVERY_DAY),
]
EXTREMES = st.sampled_from([-0.25, -0.2, 0.0, 0.2, 0.25])


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    """Any lane."""
    zone, calendars = draw(st.sampled_from(PLACES))
    begin = draw(st.integers(0, 22))
    return lane(
        time_zone=zone,
        calendars=calendars,
        per_hour=draw(st.sampled_from([1, 2, 7, 20, 60, 600])),
        per_day=draw(st.sampled_from([1, 5, 50, 200, 10_000])),
        opens_at=time(begin),
        closes_at=time(draw(st.integers(begin + 1, 23)), draw(st.sampled_from([0, 30, 59]))),
        slowness=draw(st.sampled_from([1, 2, 16])),
        slowed_at=SATURDAY,
    )


@settings(max_examples=60, deadline=None)
@given(
    office=lanes(),
    arrivals=st.lists(st.tuples(st.integers(0, 4 * 24 * 60), st.integers(1, 40)), min_size=1, max_size=6),
    look=st.sampled_from([1, 7, 60]),
    refused=st.lists(st.integers(0, 4 * 24 * 60), max_size=4),
    jitter=st.lists(EXTREMES, min_size=1, max_size=20),
)
def test_never_more_than_the_pace_never_outside_hours(
    office: Lane, arrivals: list[tuple[int, int]], look: int, refused: list[int], jitter: list[float]
) -> None:
    numbers = [0]

    def dice(low: float, high: float) -> float:
        numbers[0] += 1
        return jitter[numbers[0] % len(jitter)]

    came = [SATURDAY + minute * MINUTE for minute, number in arrivals for _ in range(number)]
    left = run(
        office,
        came,
        SATURDAY + timedelta(days=12),
        timedelta(seconds=look),
        [SATURDAY + minute * MINUTE for minute in refused],
        dice,
    )
    hours = rhythm.office_of(office)
    assert all(hours.is_open(moment) for moment in left)
    assert max(Counter(hours.day_of(moment) for moment in left).values(), default=0) <= office.per_day
    assert not left or most_in_an_hour(left) <= office.per_hour + 1
    assert all(came <= gone for came, gone in zip(sorted(came), left, strict=False))


@settings(max_examples=30, deadline=None)
@given(office=lanes(), number=st.integers(1, 60))
def test_whatever_waits_leaves_in_the_end(office: Lane, number: int) -> None:
    office.per_day = max(office.per_day, 5)
    left = run(office, [SATURDAY] * number, SATURDAY + timedelta(days=400), timedelta(seconds=20))
    assert len(left) == number


# --- a server that asks us to wait ------------------------------------------------------------------------------------


def test_each_refusal_halves_the_pace_but_a_burst_of_them_only_once() -> None:
    office, now = lane(), MONDAY + HOUR
    assert rhythm.slow_down(office, now)
    assert not rhythm.slow_down(office, now + 9 * MINUTE)
    assert (office.slowness, rhythm.interval(office)) == (2, 6 * MINUTE)
    assert office.next_at == now + 6 * MINUTE  # the server asked for patience now, not after the next letter
    for number in range(1, 7):
        assert rhythm.slow_down(office, now + number * 10 * MINUTE)
    assert office.slowness == rhythm.MOST_SLOWNESS == 16


def test_each_hour_without_one_makes_it_twice_as_fast_again() -> None:
    office, now = lane(slowness=16, slowed_at=MONDAY), MONDAY
    for minutes, slowness in [(59, 16), (60, 8), (119, 8), (120, 4), (600, 1)]:
        rhythm.speed_up(office, now + minutes * MINUTE)
        assert office.slowness == slowness


def test_a_lane_that_never_was_slow_is_not_touched() -> None:
    office = lane()
    rhythm.speed_up(office, MONDAY)
    assert (office.slowness, office.slowed_at) == (1, None)


# --- days -------------------------------------------------------------------------------------------------------------


def test_the_days_letters_are_counted_on_the_days_of_the_office() -> None:
    office = lane(per_day=3, per_hour=60)
    left = run(office, [MONDAY] * 7, MONDAY + timedelta(days=4))
    assert list(Counter(moment.astimezone(BEIJING).date().day for moment in left).items()) == [
        (23, 3),
        (24, 3),
        (25, 1),
    ]


def test_a_clock_that_went_back_opens_no_second_day() -> None:
    office = lane(per_day=1, day=date(2026, 11, 24), day_count=1)
    assert rhythm.left_today(office, MONDAY) == 0
    assert not rhythm.may_send(office, MONDAY + HOUR)
    assert office.next_at >= MONDAY + timedelta(days=2)


def test_a_paused_lane_sends_nothing_and_stays_where_it_is() -> None:
    office = lane(paused_at=SATURDAY)
    before = office.next_at
    assert not rhythm.may_send(office, MONDAY + HOUR)
    assert office.next_at == before


def test_a_domain_that_warms_up_slows_every_lane() -> None:
    office, now = lane(), MONDAY + HOUR
    assert rhythm.interval(office, Limits(0)) == 12 * MINUTE  # 5 an hour on the first day
    assert rhythm.interval(office, Limits(1)) == 6 * MINUTE
    assert rhythm.interval(office, Limits(7)) == 3 * MINUTE  # never faster than staff allow
    rhythm.sent(office, now, waiting=0, limits=Limits(0))
    assert office.next_at - now >= 6 * MINUTE


# --- estimates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 5, 40, 64, 170, 500])
@pytest.mark.parametrize("changed", [{}, {"per_hour": 60, "per_day": 48}, {"slowness": 4, "slowed_at": SATURDAY}])
def test_an_estimate_comes_true(number: int, changed: dict[str, Any]) -> None:
    told = forecasts.lasts_until(lane(**changed), number, SATURDAY)
    left = run(lane(**changed), [SATURDAY] * number, SATURDAY + timedelta(days=400))
    assert told is not None
    assert abs(told - left[-1]) <= 40 * MINUTE
    assert rhythm.office_of(lane()).is_open(told)


def test_a_slow_lane_is_taken_to_be_slow_today_and_not_tomorrow() -> None:
    slow = {"slowness": 4, "slowed_at": MONDAY, "next_at": MONDAY}
    today, tomorrow = (forecasts.lasts_until(lane(**slow), number, MONDAY) for number in (40, 41))
    assert today is not None
    assert tomorrow is not None
    assert MONDAY + 7 * HOUR < today < MONDAY + 8 * HOUR  # 5 an hour instead of 20
    assert tomorrow - MONDAY == timedelta(days=1)


def test_estimates_cross_holidays_and_warm_up() -> None:
    before = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)  # four in the afternoon before seven days of holidays
    told = forecasts.lasts_until(lane(next_at=before), 30, before)
    assert told is not None
    assert told.astimezone(BEIJING).date() == date(2026, 10, 8)
    warm = forecasts.lasts_until(lane(), 500, MONDAY)
    cold = forecasts.lasts_until(lane(), 500, MONDAY, Limits(0))
    assert warm is not None
    assert cold is not None
    assert cold - warm >= timedelta(days=1)


def test_a_hundred_thousand_letters_are_estimated_day_by_day() -> None:
    told = forecasts.lasts_until(lane(), 100_000, MONDAY)
    assert told is not None
    assert date(2029, 3, 1) < told.date() < date(2029, 8, 1)  # 161 a day, about 250 days a year
    assert forecasts.lasts_until(lane(per_day=1), 100_000, MONDAY) is None
    assert forecasts.lasts_until(lane(), 0, MONDAY) is None
