"""Owns the estimate of how long what waits in a lane will last at its pace."""

from datetime import datetime, timedelta

from mailings import rhythm
from mailings.models import Lane
from mailings.warmup import Limits

#: Beyond so many days of work an estimate says no more than "years".
MOST_DAYS = 3_000


def lasts_until(lane: Lane, waiting: int, now: datetime, limits: Limits | None = None) -> datetime | None:
    """When the last of the letters that wait will leave, if no more come and nothing changes.

    One step for each day of work, so that 100,000 letters are estimated in a moment.

    Args:
        lane: its pace, hours, and what has left it today. A pause is not looked at.
        waiting: how many letters stand in it, all taken as due.
        now: from when on.
        limits: what a domain that warms up allows today; it is taken to warm up by a step with each day of work.
    Returns:
        A moment within the office's hours; None for nothing that waits, and for what lasts for years.
    """
    if not waiting:
        return None
    office, today = rhythm.office_of(lane), rhythm.left_today(lane, now)
    moment = max(now, lane.next_at)
    for number in range(MOST_DAYS):
        begins, ends = office.session(moment)
        begins = max(begins, moment)
        allowed = limits.later(number) if limits and number else limits
        same_day = office.day_of(begins) == office.day_of(now)
        # A server that asked us to wait is taken to have had its fill by tomorrow.
        step = rhythm.interval(lane, allowed) / (1 if same_day else lane.slowness)
        most = today if same_day else lane.per_day
        if allowed is not None:
            most = min(most, allowed.left)
        fits = min(most, max(1, int((ends - begins) / step)))
        if waiting <= fits:
            spread = min((ends - begins) / waiting, rhythm.LONGEST_SPREAD)
            return min(begins + max(step, spread) * (waiting - 1), ends - timedelta(seconds=1))
        waiting -= fits
        moment = office.hours_on(office.day_of(begins) + timedelta(days=1))[0]
    return None
