"""Owns how many letters a campaign has, where people read a number: one for each writer, whatever became of its mails.

A letter is several mails where it goes to several offices, and leaves withdrawn ones behind where its writer wrote it
afresh, an update became live or an address was corrected. Such a letter counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from advocacy.models import Campaign
from advocacy.models.campaign import CampaignStatus
from mailings import reports
from mailings.reports import Totals

#: States of a mail that has not begun to leave.
NOT_BEGUN = ("held", "queued")


def in_states(stream_prefix: str, states: Iterable[str]) -> int:
    """How many letters of these streams have a mail in one of these states."""
    rows = reports.search(stream_prefix=stream_prefix, kind="letter").filter(status__in=list(states))
    return int(rows.order_by().values("reference").distinct().count())


def accepted(stream_prefix: str) -> int:
    """How many letters the mail server of an office that they are written to accepted."""
    rows = reports.search(stream_prefix=stream_prefix, kind="letter")
    taken = rows.filter(recipients__role="to", recipients__status="delivered")
    return int(taken.order_by().values("reference").distinct().count())


def withdrawn(stream_prefix: str) -> int:
    """How many letters were withdrawn, so that no mail of them is left that left or will."""
    rows = reports.search(stream_prefix=stream_prefix, kind="letter", status="cancelled").order_by()
    others = reports.search(kind="letter").order_by().exclude(status="cancelled")
    gone = rows.filter(~Exists(others.filter(reference=OuterRef("reference"))))
    return int(gone.values("reference").distinct().count())


def in_letters(totals: Totals, stream_prefix: str) -> Totals:
    """Counts of mails, with letters in the place of the mails that were withdrawn: earlier words of one are none."""
    return replace(totals, messages={**totals.messages, "cancelled": withdrawn(stream_prefix)})


def waiting(of: Campaign) -> int:
    """How many letters of a campaign have not begun to leave: what a stop would withdraw."""
    return in_states(f"{of.slug}/", NOT_BEGUN)


@dataclass(frozen=True)
class AfterStop:
    """What became of the letters that were on their way when a campaign was ended."""

    left: int
    last_at: datetime | None
    flying: int
    in_doubt: int
    withdrawn: int


def after_stop(of: Campaign) -> AfterStop | None:
    """How many letters left after the button was pressed; None for a campaign that was not ended."""
    if of.status not in (CampaignStatus.STOPPED, CampaignStatus.CLOSED):
        return None
    stream = f"{of.slug}/"
    rows = reports.search(stream_prefix=stream, kind="letter").order_by()
    left = rows.filter(sent_at__gt=of.status_at)
    return AfterStop(
        left=left.values("reference").distinct().count(),
        last_at=left.order_by("-sent_at").values_list("sent_at", flat=True).first(),
        flying=in_states(stream, ["sending"]),
        in_doubt=in_states(stream, ["in_doubt"]),
        withdrawn=withdrawn(stream),
    )
