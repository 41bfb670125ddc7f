"""Owns the reads that public pages need; no view asks the database itself."""

import time
from dataclasses import dataclass

from django.db.models import QuerySet

from advocacy.models import Campaign, ChangedLetter, Letter
from advocacy.models.campaign import PUBLIC, CampaignStatus
from advocacy.models.changeover import Outcome
from mailings import reports
from mailings.reports import MessageReport, Totals

#: Below this many letters no progress is shown: it discourages, and it could single somebody out.
FEWEST_SHOWN = 25
#: A campaign may be sent so many letters in a second that it is not read for each of them.
SECONDS_KNOWN = 1.0


def open_campaigns() -> QuerySet[Campaign]:
    """Campaigns that anybody may write on now, newest first, each with its live update."""
    return Campaign.objects.filter(status__in=[CampaignStatus.OPEN, CampaignStatus.PAUSED]).select_related(
        "live_update"
    )


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
    """How many letters were confirmed and how many the first office's mail server accepted, as the page tells it."""

    confirmed: int
    accepted: int
    goal: int

    @property
    def shown(self) -> bool:
        """False while the numbers are too small to be told."""
        return self.confirmed >= FEWEST_SHOWN


def progress(campaign: Campaign) -> Progress:
    """The goal card of one campaign."""
    counts: Totals = reports.totals(f"{campaign.slug}/", role="to")
    gone = ("queued", "sending", "sent", "in_doubt")
    confirmed = sum(counts.messages[state] for state in gone)
    return Progress(confirmed, counts.recipients["delivered"], campaign.goal)


def last_change(letter: Letter) -> ChangedLetter | None:
    """What became of a letter when another update became live, the last time that touched it; None where none did."""
    rows = letter.changes.select_related("changeover__update").exclude(outcome=Outcome.LEFT)
    return rows.last()


def letters_of(letter: Letter) -> list[MessageReport]:
    """The mails that a letter became, oldest first."""
    return reports.letters_under(letter.code)
