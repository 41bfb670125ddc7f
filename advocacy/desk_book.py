"""Owns what the desk's pages of the address book show and ask for: the list, an office, and the book beside a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q

from advocacy import book, office_effects, offices
from advocacy.access import Desk
from advocacy.desk_forms import EmailField, LinesField, line, text
from advocacy.forms import CountryField
from advocacy.models import Office, OfficeChange, OfficeSet, Update
from advocacy.models.office_change import ChangeState
from advocacy.wording import COUNTRIES
from mailings.addresses import Listed
from mailings.text import address_key

OFFICES_ON_A_PAGE = 50
#: So many can be chosen from on a draft's page; a longer book is searched on its own pages.
MOST_CHOICES = 500
LONGEST_NOTES = 2000
#: How a field is called on pages.
LABELS = {
    "name": "name", "title": "title", "organisation": "organisation", "salutation": "salutation", "email": "email",
    "address_lines": "postal address", "local_address_lines": "address in the local script",
    "local_language": "language of that script", "fax": "fax", "phone": "phone",
}  # fmt: skip


class OfficeForm(forms.Form):
    """An office in the book."""

    name = line(120, "Write the name of whoever holds the office, or of the office.")
    title = line(160)
    organisation = line(160)
    salutation = line(160)
    email = EmailField()
    address_lines = LinesField()
    local_address_lines = LinesField()
    local_language = line(40)
    fax = LinesField()
    phone = LinesField()
    country = CountryField(required=False)
    notes = text(LONGEST_NOTES)
    reason = line(300)

    def clean_email(self) -> str:
        """An address that fits its column."""
        return _fitting(str(self.cleaned_data["email"]))

    def values(self) -> dict[str, Any]:
        """What a valid form says of the office."""
        return {name: self.cleaned_data[name] for name in offices.FIELDS}


def _fitting(email: str) -> str:
    if len(email) > 254:
        raise forms.ValidationError("An address has 254 characters at most.")
    return email


class NotApprovedForm(forms.Form):
    """Why a change is not approved."""

    prefix = "back"
    reason = line(300, "Write in one line why.")


# --- the list --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One office in the list."""

    office: Office
    #: References and slugs of live campaigns that write to it and that whoever looks works on.
    live: list[tuple[str, str]]
    #: In how many other campaigns it is live.
    live_elsewhere: int
    drafts: int
    flag: Listed | None
    changing: bool


def found(q: str, *, retired: bool = False) -> Any:
    """The offices whose name, place or address holds every word, by name: those in use, or the retired ones."""
    rows = Office.objects.filter(retired=retired).order_by("name", "pk")
    for word in q.split()[:8]:
        codes = [code for code, name in COUNTRIES.items() if word.casefold() in str(name).casefold()]
        known = Q(name__icontains=word) | Q(title__icontains=word) | Q(organisation__icontains=word)
        rows = rows.filter(known | Q(email__icontains=word) | Q(country__in=codes) | Q(sets__name__icontains=word))
    return rows.distinct()


def rows(shown: Sequence[Office], desk: Desk) -> list[Row]:
    """These offices as the list shows them."""
    flags = book.flags([office.email for office in shown])
    changing = set(OfficeChange.objects.filter(state=ChangeState.ASKED).values_list("office", flat=True))
    used = book.uses_of(shown, today=True)
    told = []
    for office in shown:
        mine = [use for use in used[office.pk] if desk.sees(use.update.campaign.slug)]
        elsewhere = [use for use in used[office.pk] if use.live and not desk.sees(use.update.campaign.slug)]
        others = {use.update.campaign_id for use in elsewhere}
        live = dict.fromkeys((use.update.campaign.reference, use.update.campaign.slug) for use in mine if use.live)
        open_drafts = {use.update.pk for use in mine if not use.update.published}
        flag = flags.get(address_key(office.email))
        told.append(Row(office, list(live), len(others), len(open_drafts), flag, office.pk in changing))
    return told


def sets() -> list[tuple[OfficeSet, int]]:
    """Every set with the number of its countries."""
    return [(one, one.entries.count()) for one in book.sets()]


# --- one office ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UseRow:
    """One place in which an update prints an office, and the fields that it prints otherwise than the book."""

    use: book.Use
    otherwise: list[str]

    @property
    def country(self) -> str:
        """The name of the country whose supporters it stands for; "" where it stands for everybody."""
        return str(COUNTRIES.get(self.use.country, self.use.country))


@dataclass(frozen=True)
class Uses:
    """Who prints an office, as far as somebody may see it."""

    live: list[UseRow]
    drafts: list[UseRow]
    past: list[UseRow]
    #: In how many updates and drafts of campaigns that he or she does not work on.
    hidden: int


def uses(office: Office, desk: Desk) -> Uses:
    """Who prints an office, each update once."""
    everything = {use.update.pk: use for use in reversed(book.uses(office))}
    mine = [
        UseRow(use, [LABELS[name] for name in use.otherwise(office)])
        for use in everything.values()
        if desk.sees(use.update.campaign.slug)
    ]
    live, open_drafts = [u for u in mine if u.use.live], [u for u in mine if not u.use.update.published]
    past = [u for u in mine if u.use.update.published and not u.use.live]
    return Uses(live, open_drafts, past, len(everything) - len(mine))


@dataclass(frozen=True)
class Effect:
    """What a change does in one campaign."""

    update: Update
    #: The draft that carries it already; None where one is begun.
    carried_by: Update | None


@dataclass(frozen=True)
class Effects:
    """What a change does, as far as somebody may see it."""

    live: list[Effect]
    drafts: list[Update]
    left: list[Update]
    #: Live updates that say otherwise and keep their word.
    otherwise: list[Update]
    #: How many campaigns of others it is live in.
    hidden: int


def effects(found_reach: office_effects.Reach, desk: Desk) -> Effects:
    """What a change does, campaign by campaign."""
    seen = [one for one in found_reach.live if desk.sees(one.update.campaign.slug)]
    live = [Effect(one.update, one.carried_by) for one in seen]
    told = {one.carried_by.pk for one in live if one.carried_by}
    mine = [one.update for one in found_reach.drafts if desk.sees(one.update.campaign.slug)]
    mine = [one for one in mine if one.pk not in told]
    left = [one for one in found_reach.left if desk.sees(one.campaign.slug)]
    otherwise = [one for one in found_reach.otherwise if desk.sees(one.campaign.slug)]
    hidden = {one.campaign_id for one in found_reach.guarded if not desk.sees(one.campaign.slug)}
    return Effects(live, mine, left, otherwise, len(hidden))


def initial(office: Office) -> dict[str, Any]:
    """An office as its form begins."""
    return {name: getattr(office, name) for name in offices.FIELDS}
