"""Owns the arithmetic of a lane's pace: when its next letter may leave. Knows the lane's row and no database.

The promise: in no hour (from any moment, its end not counted) do more than ``per_hour + 1`` letters leave a lane, on no
day of its office more than ``per_day``, and none outside its office's hours. Why it holds: ``even_at`` moves on by at
least an interval with each letter and never back, a quarter of an interval is all that jitter can add or take, and all
that a late look can win back. What breaks it: a clock that jumps, or a change of the pace by hand within the hour.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from mailings.calendars import Office
from mailings.models import Lane
from mailings.warmup import FIRST_PER_HOUR, Limits

HOUR = timedelta(hours=1)
#: What waits is spread over the rest of the office's day, but no letter waits longer than this for that reason.
LONGEST_SPREAD = timedelta(minutes=15)
#: How far jitter moves a letter, in intervals, to both sides: two letters are half to one and a half intervals apart.
JITTER = 0.25
MOST_SLOWNESS = 16
#: A burst of refusals is one reason to slow down, not many.
SLOWER_AGAIN = timedelta(minutes=10)
#: So long without a refusal makes it twice as fast again.
FASTER_AGAIN = timedelta(hours=1)
#: A lane that has nothing to send, though letters stand in it, is looked at again after this.
LOOK_AGAIN = timedelta(minutes=1)

Dice = Callable[[float, float], float]
_dice = random.SystemRandom().uniform


def office_of(lane: Lane) -> Office:
    """The hours of the lane's office."""
    return Office(lane.time_zone, lane.calendars, lane.opens_at, lane.closes_at)


def interval(lane: Lane, limits: Limits | None = None) -> timedelta:
    """The shortest time between two letters: what staff allow, what warms up, what the server asked for."""
    per_hour = lane.per_hour if limits is None else min(lane.per_hour, limits.per_hour)
    return HOUR * lane.slowness / per_hour


def rest_of_day(lane: Lane, now: datetime) -> timedelta:
    """How long an office that is open now will be."""
    return office_of(lane).session(now)[1] - now


def left_today(lane: Lane, now: datetime) -> int:
    """How many letters may still leave on this day of the office."""
    today = office_of(lane).day_of(now)
    return lane.per_day if lane.day is None or lane.day < today else max(0, lane.per_day - lane.day_count)


def may_send(lane: Lane, now: datetime, dice: Dice = _dice) -> bool:
    """Whether a letter may leave now. Where only time stands in the way, the lane is moved on to when it may."""
    if lane.paused_at is not None or lane.next_at > now:
        return False
    office = office_of(lane)
    if office.is_open(now) and left_today(lane, now):
        return True
    if left_today(lane, now):
        _move(lane, office.opening(now), dice)
    else:
        _move(lane, _tomorrow(lane, now), dice)
    return False


def next_chance(lane: Lane, now: datetime) -> datetime:
    """When the next letter may leave, as things stand: now, or a moment within the office's hours."""
    moment = max(now, lane.next_at)
    if not left_today(lane, now):
        moment = max(moment, _tomorrow(lane, now))
    return office_of(lane).opening(moment)


def _tomorrow(lane: Lane, now: datetime) -> datetime:
    """When the office opens next after this day of its own."""
    office = office_of(lane)
    day = max(lane.day or office.day_of(now), office.day_of(now)) + timedelta(days=1)
    return office.opening(office.hours_on(day)[0])


def _move(lane: Lane, opening: datetime, dice: Dice) -> None:
    """Let the lane's next letter leave soon after the office opens, and not every lane's on the stroke of nine."""
    usual = interval(lane)
    lane.even_at = max(lane.even_at, opening + usual * JITTER)
    lane.next_at = lane.even_at + usual * dice(-JITTER, JITTER)


def sent(lane: Lane, now: datetime, waiting: int, limits: Limits | None = None, dice: Dice = _dice) -> None:
    """A letter leaves now: count it, and move the lane on to its next one.

    Args:
        lane: changed, not stored.
        now: when it leaves.
        waiting: how many letters could leave after it.
        limits: what a domain that warms up allows, this letter not yet counted.
        dice: draws a number between two.
    """
    office = office_of(lane)
    today = office.day_of(now)
    if lane.day is None or lane.day < today:
        lane.day, lane.day_count = today, 0
    lane.day_count += 1
    closes = now + rest_of_day(lane, now)
    step = interval(lane, limits)
    more = min(waiting, left_today(lane, now), *([] if limits is None else [limits.left - 1]))
    if more > 0:  # In even parts of the day, one of them after the last letter, so that it is not left for tomorrow.
        step = max(step, min((closes - now) / (more + 1), LONGEST_SPREAD))
    lane.even_at = max(lane.even_at, now - step * JITTER) + step
    lane.next_at = lane.even_at + step * dice(-JITTER, JITTER)
    if lane.next_at >= closes:
        _move(lane, office.opening(closes), dice)


def put_right(lane: Lane, now: datetime, margin: timedelta) -> bool:
    """Take back what only a clock that ran ahead can have set. Returns False where there is nothing.

    Args:
        lane: changed, not stored.
        now: the present.
        margin: how far clocks may differ.
    """
    office = office_of(lane)
    today, right = office.day_of(now), True
    if lane.next_at > _latest(lane, now) + margin:
        lane.next_at = lane.even_at = now
        right = False
    if lane.day is not None and lane.day > today + timedelta(days=1):  # A day ahead is that of another time zone.
        lane.day = today
        right = False
    if lane.slowed_at is not None and lane.slowed_at > now + margin:
        lane.slowed_at = now
        right = False
    return not right


def _latest(lane: Lane, now: datetime) -> datetime:
    """A moment for its next letter beyond which no pace, no closed office and no full day can have moved a lane."""
    office = office_of(lane)
    after_this_session = office.opening(office.session(now)[1])
    after_tomorrow = office.opening(office.hours_on(office.day_of(now) + timedelta(days=2))[0])
    slowest = HOUR * MOST_SLOWNESS / min(lane.per_hour, FIRST_PER_HOUR)
    return max(after_this_session, after_tomorrow) + 2 * slowest


def postpone(lane: Lane, now: datetime) -> None:
    """Nothing in the lane may leave at present: look at it again a little later."""
    lane.next_at = now + LOOK_AGAIN


def slow_down(lane: Lane, now: datetime) -> bool:
    """The office's server asked us to wait: go half as fast. Returns False where that was done a moment ago."""
    speed_up(lane, now)
    if lane.slowed_at is not None and lane.slowness > 1 and now - lane.slowed_at < SLOWER_AGAIN:
        return False
    lane.slowness = min(MOST_SLOWNESS, lane.slowness * 2)
    lane.slowed_at = now
    lane.even_at = max(lane.even_at, now + interval(lane))
    lane.next_at = max(lane.next_at, lane.even_at)
    return True


def speed_up(lane: Lane, now: datetime) -> None:
    """Twice as fast for each hour in which the office's server did not ask us to wait, up to the lane's own pace."""
    if lane.slowness == 1 or lane.slowed_at is None:
        return
    hours = max(0, (now - lane.slowed_at) // FASTER_AGAIN)
    lane.slowness = max(1, lane.slowness >> hours)
    lane.slowed_at += hours * FASTER_AGAIN
