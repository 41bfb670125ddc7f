"""Owns the words in which staff read the evidence about a message in doubt: what speaks for it, what against."""

from datetime import datetime

from django.utils.timesince import timesince

from mailings.doubts import Doubt
from mailings.reports import MessageReport


def speaks_for_left(report: MessageReport, doubt: Doubt) -> list[str]:
    """The evidence that a message in doubt did leave."""
    if doubt.elsewhere:
        found = ["It was in line when this database was copied or restored: it may have left from the other one"]
    else:
        found = ["The line broke only after the hand-over had begun"]
    if report.provider_message_id:
        found.append(f"Our provider gave it a name of its own: {report.provider_message_id}")
    if doubt.had_its_key:
        found.append(f"{doubt.provider} had a request under the key of this letter before it was repeated")
    return found + [f"A report came for {r.address}" for r in report.recipients if r.status != "unknown"]


def speaks_for_stayed(report: MessageReport, doubt: Doubt, now: datetime) -> list[str]:
    """The evidence that it did not."""
    found = []
    if doubt.unknown_at:
        times = " and ".join(f"{at:%H:%M}" for at in doubt.unknown_at)
        found.append(f"{doubt.provider} was asked at {times} UTC, and does not know it")
    if not report.provider_message_id:
        found.append("Our provider gave it no name of its own")
    silent = all(recipient.status == "unknown" for recipient in report.recipients)
    if silent and doubt.began_at and not doubt.elsewhere:
        waited = _since(doubt.began_at, now)
        found.append(f"No delivery report in {waited} since it was handed over. {_silence(doubt, now)}")
    return found


def _silence(doubt: Doubt, now: datetime) -> str:
    """What it is worth that no report came."""
    if doubt.last_report_at is None:
        return "None has ever come for any letter, so that this says nothing"
    ago = _since(doubt.last_report_at, now)
    if doubt.reports_arrive:
        return f"Reports do come: the last one for any letter came {ago} ago"
    return f"None has come for any other letter either; the last one came {ago} ago, so that this says little"


def what_follows(doubt: Doubt) -> str:
    """What happens if nobody decides."""
    if doubt.next_look is None:
        return "Unless a report comes that proves it left, nothing more happens by itself."
    asked = f"{doubt.provider} is asked again after {doubt.next_look:%H:%M} UTC."
    if doubt.goes_again:
        return f"{asked} If it does not know the letter then either, the letter goes again by itself."
    return f"{asked} If it has the letter, the letter counts as sent."


def _since(when: datetime, now: datetime) -> str:
    return timesince(when, now).replace("\xa0", " ")
