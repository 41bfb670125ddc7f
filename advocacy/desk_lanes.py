"""Owns what the desk says of lanes, in words, and the form that changes one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy import desk_queries
from advocacy.desk_forms import line
from mailings import lanes
from mailings.lanes import LaneReport, Pace
from mailings.reports import MessageReport

#: One letter a second. A ministry's mail server that is sent more would take it for an attack.
MOST_PER_HOUR = 3_600
MOST_PER_DAY = 86_400
LONGEST_CALENDARS = 80


@dataclass(frozen=True)
class Row:
    """One lane with the words that stand beside it."""

    lane: LaneReport
    #: The people whom live campaigns write to on it.
    offices: list[str]
    #: Why it stands, or how it goes, in a sentence or two.
    why: str
    #: How fast letters leave at present, and how fast they were set to where that is another.
    pace: str
    pace_set: str
    lasts: str

    @property
    def paused(self) -> bool:
        """True where only a person lets it move again."""
        return self.lane.state in {"paused", "stopped"}


def rows() -> list[Row]:
    """Every lane, those that want a hand first."""
    offices = desk_queries.offices_by_domain()
    return [_row(lane, offices.get(lane.domain, [])) for lane in lanes.everything()]


def row(pk: int) -> Row | None:
    """One lane; None where there is none in the present mode."""
    lane = lanes.report(pk)
    return _row(lane, desk_queries.offices_by_domain().get(lane.domain, [])) if lane else None


def row_of(report: MessageReport) -> Row | None:
    """The lane that a letter stands in; None for a supporter's own mail, and where no letter waits for a lane."""
    lane = lanes.of_letter(report.uid) if lanes.waited_for() else None
    return _row(lane, []) if lane else None


def _row(lane: LaneReport, offices: list[str]) -> Row:
    now, as_set = _pace(lane, present=True), _pace(lane, present=False)
    return Row(lane, offices, _why(lane), now, "" if now == as_set else as_set, _lasts(lane))


def _why(lane: LaneReport) -> str:
    at_once = lane.next_at is not None and lane.next_at <= timezone.now()
    next_letter = f"The next letter may leave {'now' if at_once else _at(lane, lane.next_at)}."
    if lane.state == "stopped":
        said = lane.paused_why.rstrip(".")
        return f"Its mail server refused letter after letter, and said: {said}. Nothing leaves until you let it move."
    if lane.state == "paused":
        return f"Paused by {lane.paused_by} {_at(lane, lane.paused_at)}: {lane.paused_why.rstrip('.')}."
    if lane.state == "closed":
        return next_letter
    if lane.slowness > 1:
        return f"Its mail server asked us to wait, so it goes {lane.slowness} times slower than set. {next_letter}"
    if not lane.left_today:
        return f"Today’s {lane.pace.per_day:,} letters have left. {next_letter}"
    if lane.state == "resting":
        return "Our sending domain is new to mail servers, and the letters that it may send today have left."
    return next_letter if lane.waiting else "Nothing waits."


def _at(lane: LaneReport, moment: datetime | None) -> str:
    return lane.there(moment) if moment else ""


def _pace(lane: LaneReport, *, present: bool) -> str:
    """Its pace as staff set it, or as it is at present."""
    per_hour, slowness = lane.pace.per_hour, lane.slowness if present else 1
    if present and lane.warmup is not None:
        per_hour = min(per_hour, lane.warmup.per_hour)
    if per_hour % slowness:
        return f"one every {60 * slowness / per_hour:.0f} minutes"
    return f"{per_hour // slowness:,} an hour"


def _lasts(lane: LaneReport) -> str:
    if not lane.waiting:
        return "Nothing waits"
    if lane.state in {"paused", "stopped"}:
        return "Until it moves again"
    return f"Until {_at(lane, lane.lasts_until)}" if lane.lasts_until else "For years at this pace"


def _number(most: int, what: str) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=most,
        error_messages={
            "required": f"Write how many {what}.",
            "invalid": "Write a number in digits, like 20.",
            "min_value": "Write 1 or a larger number. To stop the lane, pause it.",
            "max_value": f"Write a number up to {most:,}.",
        },
    )


def _hour() -> forms.TimeField:
    words = "Write the time like 09:00."
    return forms.TimeField(input_formats=["%H:%M", "%H:%M:%S"], error_messages={"required": words, "invalid": words})


class LaneForm(forms.Form):
    """The pace and the hours of a lane, and why they change."""

    per_hour = _number(MOST_PER_HOUR, "letters an hour may leave")
    per_day = _number(MOST_PER_DAY, "letters a day may leave")
    time_zone = line(60, "Write a time zone by its name, like Asia/Shanghai, or a capital, like Beijing.")
    calendars = line(LONGEST_CALENDARS)
    opens_at = _hour()
    closes_at = _hour()
    reason = line(300, "Write in one line why, for whoever asks later.")

    def __init__(self, lane: LaneReport, data: Any = None) -> None:
        pace = lane.pace
        hours = {"opens_at": f"{pace.opens_at:%H:%M}", "closes_at": f"{pace.closes_at:%H:%M}"}
        numbers = {"per_hour": pace.per_hour, "per_day": pace.per_day}
        super().__init__(data, initial={**numbers, **hours, "time_zone": pace.time_zone, "calendars": pace.calendars})

    def clean_time_zone(self) -> str:
        """The zone's own name."""
        try:
            return lanes.time_zone_named(str(self.cleaned_data["time_zone"]))
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault

    def clean_calendars(self) -> str:
        """Codes that there is a calendar for."""
        try:
            return lanes.calendars_named(str(self.cleaned_data["calendars"]))
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault

    def clean(self) -> dict[str, Any]:
        """An office opens before it closes."""
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and opens >= closes:
            self.add_error("closes_at", "Write a time after it opens. Hours over midnight are not known here.")
        return data

    def pace(self) -> Pace:
        """What a valid form says."""
        return Pace(**{name: self.cleaned_data[name] for name in Pace.__dataclass_fields__})
