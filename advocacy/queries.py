"""Owns the reads that public pages need; no view asks the database itself."""

import time
from dataclasses import dataclass

from django.db.models import QuerySet

from advocacy import letter_counts
from advocacy.models import Campaign, ChangedLetter, Letter, Update
from advocacy.models.campaign import PUBLIC, CampaignStatus
from advocacy.models.changeover import Outcome
from mailings import reports
from mailings.reports import MessageReport

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
    stream = f"{campaign.slug}/"
    confirmed = letter_counts.in_states(stream, ("queued", "sending", "sent", "in_doubt"))
    return Progress(confirmed, letter_counts.accepted(stream), campaign.goal)


@dataclass(frozen=True)
class Before:
    """The documents of a case that were published before an update, newest first, each as it was corrected last."""

    documents: list[Update]

    @property
    def has_the_first(self) -> bool:
        """True where the first appeal is among them. Else the update itself tells of it."""
        return any(one.number == 0 for one in self.documents)


def documents_before(update: Update) -> Before:
    """What was published before an update in its campaign. One query."""
    rows = Update.objects.filter(campaign=update.campaign_id, number__lt=update.number).exclude(published_at=None)
    known: dict[int, Update] = {}
    for one in rows.only("number", "correction", "index", "issued_on"):
        known.setdefault(one.number, one)
    return Before(list(known.values()))


def last_change(letter: Letter) -> ChangedLetter | None:
    """What became of a letter when another update became live, the last time that touched it; None where none did."""
    rows = letter.changes.select_related("changeover__update").exclude(outcome=Outcome.LEFT)
    return rows.last()


def letters_of(letter: Letter) -> list[MessageReport]:
    """The mails that a letter became, oldest first."""
    return reports.letters_under(letter.code)
