"""Owns the reads that the desk's pages need; no view of the desk asks the database itself."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from advocacy.models import Approval, Campaign, Letter, Target, Update
from advocacy.models.act import What
from advocacy.models.approval import OPEN, ApprovalKind
from advocacy.models.campaign import ENDED, CampaignStatus, Why
from mailings import addresses, reports
from mailings.text import domain_of

#: Rows of the outbox, whose model is none of our business: they come from ``reports`` and go back to it.
Rows = QuerySet[Any]

#: A name or an address that fits more letters than this is too short to find somebody by.
MOST_CODES = 2000
LETTERS_ON_A_PAGE = 50
#: States of a letter whose writer has let it go.
CONFIRMED = ("queued", "sending", "sent", "in_doubt")
#: The states from which each act may begin. The outbox has the last word; these only tell how many it will be.
ACTS: dict[str, tuple[str, ...]] = {
    "retry": ("failed", "in_doubt"),
    "cancel": ("held", "queued"),
    "sent": ("in_doubt",),
}


@dataclass(frozen=True)
class Filter:
    """What a list of messages is narrowed to; "" narrows nothing."""

    status: str = ""
    #: ``letter``, ``own`` for the mails to supporters, or "" for both.
    kind: str = "letter"
    campaign: str = ""
    q: str = ""
    delivery: str = ""
    address: str = ""
    #: The slugs of the campaigns that whoever looks works on; None for all. Not chosen, but given.
    theirs: frozenset[str] | None = None

    @property
    def narrow(self) -> bool:
        """True where anything but the kind is chosen."""
        return any(value for name, value in asdict(self).items() if name not in {"kind", "theirs"})


def messages(chosen: Filter) -> Rows:
    """The messages that a filter lets through, newest first; hand a slice of them to ``reports.page``."""
    rows = reports.search(
        status=chosen.status,
        stream_prefix=f"{chosen.campaign}/" if chosen.campaign else "",
        text=chosen.q,
        references=codes_of(chosen.q) if chosen.q else (),
        kind="letter" if chosen.kind == "letter" else "",
    )
    if chosen.theirs is not None:
        rows = rows.filter(_of_campaigns(chosen.theirs))
    if chosen.kind == "own":
        rows = rows.exclude(kind="letter")
    said = {"recipients__status": chosen.delivery, "recipients__address__iexact": chosen.address}
    wanted = {name: value for name, value in said.items() if value}
    # A subquery, not a join: a message with two such addresses is still one message.
    return rows.filter(pk__in=rows.filter(**wanted).order_by().values("pk")) if wanted else rows


def _of_campaigns(slugs: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for slug in slugs:
        found |= Q(stream__startswith=f"{slug}/")
    return found


def chosen_messages(chosen: Filter, uids: Sequence[uuid.UUID], *, everything: bool) -> Rows:
    """Those of a list that were ticked, or everything that its filter lets through."""
    rows = messages(chosen)
    return rows if everything else rows.filter(uid__in=uids)


def by_status(rows: Rows) -> dict[str, int]:
    """How many messages are in each state; states without one are left out."""
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def uids_in(rows: Rows, states: Sequence[str]) -> list[uuid.UUID]:
    """The names of those messages that are in one of the states, oldest first."""
    return list(rows.filter(status__in=list(states)).order_by("pk").values_list("uid", flat=True))


def codes_of(text: str) -> list[str]:
    """The codes of letters whose writer's name or address holds this text."""
    rows = Letter.objects.filter(Q(name__icontains=text) | Q(supporter__email__icontains=text))
    return list(rows.order_by("-pk").values_list("code", flat=True)[:MOST_CODES])


def letter(code: str) -> Letter | None:
    """The letter that a message belongs to, with its update, campaign and supporter; None for other messages."""
    return Letter.objects.select_related("update__campaign", "supporter").filter(code=code).first() if code else None


def other_mails(report: reports.MessageReport) -> list[reports.MessageReport]:
    """The other messages under the same reference: the link, the copy, the letter to a second office."""
    if not report.reference:
        return []
    rows = reports.search(references=[report.reference]).exclude(uid=report.uid)
    return reports.page(rows[:20])


@dataclass(frozen=True)
class CampaignRow:
    """One campaign in a list, with how many letters were confirmed in all and since yesterday."""

    campaign: Campaign
    letters: int
    since_yesterday: int


def totals_of(slugs: Collection[str]) -> reports.Totals:
    """The counts of a few campaigns together."""
    parts = [reports.totals(f"{slug}/") for slug in slugs] or [reports.totals("no campaign has this name/")]
    messages, recipients = Counter[str](), Counter[str]()
    for part in parts:
        messages.update(part.messages)
        recipients.update(part.recipients)
    return reports.Totals(dict(messages), dict(recipients))


def _theirs(rows: QuerySet[Campaign], theirs: frozenset[str] | None) -> QuerySet[Campaign]:
    return rows if theirs is None else rows.filter(slug__in=theirs)


def campaign_rows(theirs: frozenset[str] | None) -> list[CampaignRow]:
    """Every campaign of somebody's, newest first. Three queries, however many there are."""
    everything, lately = _counts(timedelta.max), _counts(timedelta(days=1))
    campaigns = _theirs(Campaign.objects.select_related("live_update"), theirs)
    return [CampaignRow(row, everything.get(row.slug, 0), lately.get(row.slug, 0)) for row in campaigns]


def _counts(age: timedelta) -> dict[str, int]:
    rows = reports.search(kind="letter").filter(status__in=CONFIRMED)
    if age is not timedelta.max:
        rows = rows.filter(created_at__gte=timezone.now() - age)
    counts: dict[str, int] = {}
    for stream, number in rows.order_by().values_list("stream").annotate(n=Count("pk")):
        slug = stream.partition("/")[0]
        counts[slug] = counts.get(slug, 0) + number
    return counts


def campaign(slug: str) -> Campaign | None:
    """The campaign with this slug, with its live update; None where there is none."""
    return Campaign.objects.select_related("live_update").filter(slug=slug).first()


def campaign_choices(theirs: frozenset[str] | None) -> list[tuple[str, str]]:
    """(slug, reference) of every campaign of somebody's, for a list to choose from."""
    return list(_theirs(Campaign.objects.all(), theirs).values_list("slug", "reference"))


def waiting(of: Campaign) -> int:
    """How many letters of a campaign have not begun to leave: what a stop would withdraw."""
    counts = reports.totals(f"{of.slug}/").messages
    return sum(counts[state] for state in ACTS["cancel"])


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
    rows = reports.search(stream_prefix=f"{of.slug}/", kind="letter").order_by()
    left = rows.filter(sent_at__gt=of.status_at)
    counts = by_status(rows)
    last = left.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return AfterStop(
        left.count(), last, counts.get("sending", 0), counts.get("in_doubt", 0), counts.get("cancelled", 0)
    )


def live_before(of: Campaign) -> Update | None:
    """The update that was live before the present one; None where there was none."""
    if of.live_update is None:
        return None
    number, correction = of.live_update.place
    became = of.acts.filter(what__in=[What.PUBLISHED, What.WENT_BACK], update_number__isnull=False)
    act = became.exclude(update_number=number, update_correction=correction).first()
    rows = of.updates.exclude(published_at=None)
    return rows.filter(number=act.update_number or 0, correction=act.update_correction).first() if act else None


def holding() -> QuerySet[Campaign]:
    """Every campaign that waits for somebody to decide what follows from a deadline that has passed."""
    return Campaign.objects.filter(status=CampaignStatus.PAUSED, status_why=Why.DEADLINE)


def updates_of(of: Campaign) -> list[Update]:
    """Its updates and drafts, newest first."""
    return list(
        of.updates.prefetch_related("approvals").defer("facts", "source_text", "additional_information", "letter_text")
    )


def update(pk: int) -> Update | None:
    """One update with its campaign and targets; None where there is none."""
    rows = Update.objects.select_related("campaign__live_update").prefetch_related("targets")
    return rows.filter(pk=pk).first()


def dead_addresses() -> list[addresses.Listed]:
    """Addresses that sent a letter back for good, those that most letters wait for first."""
    return addresses.listed()


def campaigns_writing_to(address: str) -> list[Campaign]:
    """Campaigns whose live update sends letters to this address: what is written on them goes there again."""
    rows = Campaign.objects.filter(live_update__targets__email__iexact=address).distinct()
    found = {campaign.pk: campaign for campaign in rows}
    in_sets = Target.objects.filter(update__live_for__isnull=False, office_set__isnull=False)
    for target in in_sets.select_related("update__campaign"):
        if any(row.get("email", "").casefold() == address.casefold() for row in target.by_country):
            found.setdefault(target.update.campaign_id, target.update.campaign)
    return [campaign for campaign in found.values() if campaign.writable]


def drafts(theirs: frozenset[str] | None) -> QuerySet[Update]:
    """Every update of somebody's campaigns that may still go out or missed its time, the one edited last first."""
    rows = Update.objects.filter(published_at=None, campaign__in=_theirs(Campaign.objects.all(), theirs))
    missed = Approval.objects.filter(state__in=OPEN).exclude(missed="").values("update")
    rows = rows.exclude(~Q(pk__in=missed), campaign__status__in=ENDED).select_related("campaign")
    return rows.prefetch_related("approvals__update").order_by("-edited_at")


def returns(theirs: frozenset[str] | None) -> QuerySet[Approval]:
    """Every wish to go back to an earlier update that something may still become of."""
    rows = Approval.objects.filter(kind=ApprovalKind.RETURN, state__in=OPEN).exclude(update__campaign__status__in=ENDED)
    return rows.filter(update__campaign__in=_theirs(Campaign.objects.all(), theirs)).select_related("update__campaign")


@dataclass(frozen=True)
class Compared:
    """One email address of a draft beside the live update's."""

    role: str
    name: str
    email: str
    known: bool
    #: Where it stands for the supporters of one country alone: its code.
    country: str = ""


def compared_addresses(of: Update) -> list[Compared]:
    """The addresses that letters on this update would go to, and whether the live one has the same in the same role."""
    live = of.campaign.live_update
    before = {(where, t.role, t.email) for where, t in _by_place(live)} if live else set()
    return [
        Compared(t.get_role_display(), t.name, t.email, (where, t.role, t.email) in before, where)
        for where, t in _by_place(of)
        if t.email
    ]


def _by_place(update: Update) -> list[tuple[str, Target]]:
    """Every office of an update with the country whose supporters write to it; "" for everybody's."""
    targets = list(update.targets.all())
    rows = [(row["country"], target.seen_from(row["country"])) for target in targets for row in target.by_country]
    return [*(("", target) for target in targets), *rows]


def offices_by_domain() -> dict[str, list[str]]:
    """The names of those whom live updates write to, by their mail domain."""
    found: dict[str, list[str]] = {}
    targets = Target.objects.filter(update__live_for__isnull=False).exclude(email="").order_by("role", "position")
    for target in targets:
        names = found.setdefault(domain_of(target.email), [])
        if target.mail_name not in names:
            names.append(target.mail_name)
    return found


def letters_on(of: Update | None) -> int:
    """How many letters on an update wait for their writer to confirm them."""
    return of.letters.filter(confirmed_at=None, withdrawn_at=None).count() if of else 0
