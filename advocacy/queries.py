"""Owns the reads that public pages need; no view asks the database itself."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from advocacy.models import Campaign, ChangedLetter, Letter
from advocacy.models.campaign import PUBLIC, CampaignStatus
from advocacy.models.changeover import Outcome
from mailings import reports
from mailings.reports import MessageReport

#: Below this many letters no progress is shown: it discourages, and it could single somebody out.
FEWEST_SHOWN = 25
#: (below, step): a count is rounded down to such steps, and beyond all of them to the largest.
STEPS = ((100, 5), (500, 10), (5000, 50))
LARGEST_STEP = 100
#: From so many letters on an hour hides a single one among others; before, it takes a day.
MANY = 200
#: So many other campaigns are offered where one takes no letters.
FEW = 3
#: A campaign may be sent so many letters in a second that it is not read for each of them.
SECONDS_KNOWN = 1.0


def open_campaigns() -> QuerySet[Campaign]:
    """Campaigns that anybody may write on now, newest first, each with its live update."""
    return Campaign.objects.filter(status__in=[CampaignStatus.OPEN, CampaignStatus.PAUSED]).select_related(
        "live_update"
    )


def other_campaigns(campaign: Campaign | None = None) -> QuerySet[Campaign]:
    """A few other campaigns that take letters that leave at once, for somebody who cannot write on this one."""
    rows = Campaign.objects.filter(status=CampaignStatus.OPEN).select_related("live_update")
    return (rows.exclude(pk=campaign.pk) if campaign else rows)[:FEW]


def public_campaign(slug: str) -> Campaign | None:
    """The campaign with this slug whose page anybody may see, with all of its live update; else None."""
    rows = Campaign.objects.filter(slug=slug, status__in=PUBLIC).select_related("live_update")
    found = rows.prefetch_related("live_update__targets", "live_update__translations").first()
    if found and found.live_update:
        found.live_update.campaign = found
    return found


_known: dict[str, tuple[float, Campaign]] = {}


def known_campaign(slug: str) -> Campaign | None:
    """As ``public_campaign``, but perhaps a second old, and shared by all threads: nobody may change it.

    For whoever compares it with the truth before anything is done by it, as ``advocacy.letters.write`` does.
    """
    now = time.monotonic()
    at, found = _known.get(slug, (float("-inf"), None))
    if found is None or now - at >= SECONDS_KNOWN:
        found = public_campaign(slug)
        if found is None or found.live_update is None:
            return None
        _known[slug] = (now, found)
    return found


@dataclass(frozen=True)
class Progress:
    """How many letters were confirmed and how many of their offices' mail servers accepted, as the page tells it.

    Both are rounded down; 0 stands for fewer than are told.
    """

    confirmed: int
    accepted: int
    goal: int

    @property
    def shown(self) -> bool:
        """False while the numbers are too small to be told."""
        return self.confirmed >= FEWEST_SHOWN


def rounded(number: int) -> int:
    """A number of letters as it is told: rounded down, the more the larger it is, and 0 while it is small."""
    step = next((step for below, step in STEPS if number < below), LARGEST_STEP)
    return number // step * step if number >= FEWEST_SHOWN else 0


#: Campaign's key -> (the hour it was counted for, letters confirmed, letters accepted).
_counted: dict[int, tuple[datetime, int, int]] = {}


def progress(campaign: Campaign) -> Progress:
    """The goal card of one campaign: late and rounded, so that whoever watches it learns of nobody when they wrote.

    A large count is as it was at the last full hour, a smaller one as it was when the campaign's day began. So it need
    not be counted more than once in an hour.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    known = _counted.get(campaign.pk)
    if known is None or known[0] != hour:
        known = _counted[campaign.pk] = (hour, *_counts(campaign, hour))
    confirmed, accepted = rounded(known[1]), rounded(min(known[2], known[1]))
    return Progress(confirmed, accepted, campaign.goal)


def _counts(campaign: Campaign, hour: datetime) -> tuple[int, int]:
    day = hour.astimezone(campaign.zone).replace(hour=0)
    letters = Letter.objects.filter(update__campaign=campaign, mode=settings.MAIL_MODE, withdrawn_at=None)
    by = {name: Count("pk", filter=Q(confirmed_at__lt=at)) for name, at in (("hour", hour), ("day", day))}
    counted = letters.aggregate(**by)
    told, before = (counted["hour"], hour) if counted["hour"] >= MANY else (counted["day"], day)
    return told, reports.accepted(f"{campaign.slug}/", before=before)


def last_change(letter: Letter) -> ChangedLetter | None:
    """What became of a letter when another update became live, the last time that touched it; None where none did."""
    rows = letter.changes.select_related("changeover__update").exclude(outcome=Outcome.LEFT)
    return rows.last()


def letters_of(letter: Letter) -> list[MessageReport]:
    """The mails that a letter became, oldest first."""
    return reports.letters_under(letter.code)
