"""Owns the reads that public pages need; no view asks the database itself."""

from copy import copy
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection
from django.db.models import DateTimeField, QuerySet

from advocacy.models import Campaign, Letter, Update
from advocacy.models.campaign import CampaignStatus
from mailings import reports
from mailings.reports import MessageReport, Totals

#: Below this many letters no progress is shown: it discourages, and it could single somebody out.
FEWEST_SHOWN = 25
#: So many published updates, with their offices, are kept in the memory of a process.
UPDATES_KEPT = 64


def open_campaigns() -> QuerySet[Campaign]:
    """Campaigns that anybody may write on now, newest first, each with its live update."""
    return Campaign.objects.filter(status__in=[CampaignStatus.OPEN, CampaignStatus.PAUSED]).select_related(
        "live_update"
    )


#: What the page and the form ask of a campaign; the rest is fetched should it be wanted.
FIELDS = [field for field in Campaign._meta.concrete_fields if not isinstance(field, DateTimeField)]
NAMES = [field.attname for field in FIELDS]
#: By hand, because this is asked for each letter: the ORM takes several times as long to say the same.
CAMPAIGN = f"""
    SELECT {", ".join(f"campaign.{field.column}" for field in FIELDS)}, live.published_at
    FROM advocacy_campaign campaign JOIN advocacy_update live ON live.id = campaign.live_update_id
    WHERE campaign.slug = %s"""  # noqa: S608


def public_campaign(slug: str) -> Campaign | None:
    """The campaign with this slug whose page anybody may see, with its live update and targets; else None."""
    with connection.cursor() as cursor:
        cursor.execute(CAMPAIGN, [slug])
        row = cursor.fetchone()
    if row is None:
        return None
    values = [field.to_python(value) for field, value in zip(FIELDS, row, strict=False)]
    found = Campaign.from_db(connection.alias, NAMES, values)
    if not found.public or found.live_update_id is None:
        return None
    update = (_frozen if row[-1] else _read)(found.live_update_id, row[-1])
    found.live_update = copy(update)  # Its campaign is set below, and another thread may be showing it.
    found.live_update.campaign = found
    return found


def _read(pk: int, published_at: object) -> Update:
    return Update.objects.prefetch_related("targets").get(pk=pk)


#: A published update never changes, nor do its targets: the database refuses it (migration 0002). So it is read once.
#: The time of its publication is part of the key: another database, or a restored one, numbers its rows as it likes.
_frozen = lru_cache(UPDATES_KEPT)(_read)


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


def letters_of(letter: Letter) -> list[MessageReport]:
    """The mails that a letter became, oldest first."""
    return reports.letters_under(letter.code)
