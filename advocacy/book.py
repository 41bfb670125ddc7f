"""Owns what the address book tells: which office of it a target is, who prints an office, whose address sends back.

The promise: nothing of the book goes into an update by itself. What a text prints otherwise is told, and asked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from advocacy.models import Office, OfficeSet, SetEntry, Target, Update
from advocacy.models.office import PRINTED
from advocacy.reading import DraftTarget
from mailings import addresses
from mailings.text import address_key


class Named(Protocol):
    """What an office is known by."""

    name: str
    organisation: str
    email: str


# --- which office of the book a target is ----------------------------------------------------------------------------


def candidates(of: Iterable[Named]) -> list[Office]:
    """Every office of the book that one of these could be. One query."""
    known = list(of)
    emails = {address_key(one.email) for one in known if one.email}
    names = {one.name for one in known if one.name}
    # SQLite lowers Latin letters alone: other names are found as they are spelt.
    wanted = Q(key__in=emails) | Q(name__in=names) | Q(called__in={name.lower() for name in names})
    rows = Office.objects.annotate(key=Lower("email"), called=Lower("name"))
    return list(rows.filter(wanted).order_by("pk")) if known else []


def match(one: Named, among: Sequence[Office]) -> Office | None:
    """The office that this is, by its address, else by name and organisation; None where none or several could be."""
    key = address_key(one.email)
    found = [office for office in among if key and address_key(office.email) == key]
    if len(found) > 1:
        found = [office for office in found if office.name.casefold() == one.name.casefold()]
    elif not found:
        found = [office for office in among if one.name and _called(office) == _called(one)]
    return found[0] if len(found) == 1 else None


def _called(one: Named) -> tuple[str, str]:
    return one.name.casefold(), one.organisation.casefold()


def tied(update: Update, targets: Sequence[DraftTarget]) -> list[DraftTarget]:
    """A draft's targets, tied to the offices that they are, each set with the rows it had, or else the book's.

    A tie is no part of what an approval binds to, and stands in a field that nobody sees. So it is taken only where it
    is true: the office agrees, or was this target's already.
    """
    among = candidates(targets)
    offices = _true_ties(update, targets, among)
    sets = _existing(OfficeSet.objects.all(), (one.office_set_id for one in targets))
    kept = {one.office_set_id: one.by_country for one in update.targets.all()} if update.pk else {}
    found = []
    for one in targets:
        office, chosen = one.book_office_id, one.office_set_id
        if (office, one.name, one.email) not in offices:
            known = match(one, among) if one.email or not chosen else None
            office = known.pk if known else None
        rows = one.by_country
        if rows is None and chosen in sets:
            rows = kept[chosen] if chosen in kept else rows_of(chosen)
        found.append(
            replace(one, book_office_id=office, office_set_id=chosen if chosen in sets else None, by_country=rows or [])
        )
    return found


def _true_ties(
    update: Update, targets: Sequence[DraftTarget], among: Sequence[Office]
) -> set[tuple[int | None, str, str]]:
    """(office, name, email) of the targets whose tie is true."""
    offices = Office.objects.in_bulk({one.book_office_id for one in targets if one.book_office_id})
    live = update.campaign.live_update_id
    kept = Target.objects.filter(update__in=[key for key in (update.pk, live) if key], book_office__isnull=False)
    known = {(row.book_office_id, said) for row in kept for said in (row.name, address_key(row.email)) if said}
    found: set[tuple[int | None, str, str]] = set()
    for one in targets:
        office = offices.get(one.book_office_id or 0)
        if office and (agrees(one, office, among) or not known.isdisjoint(_said(office, one))):
            found.add((office.pk, one.name, one.email))
    return found


def _said(office: Office, one: Named) -> set[tuple[int, str]]:
    return {(office.pk, said) for said in (one.name, address_key(one.email)) if said}


def agrees(one: Named, office: Office, among: Sequence[Office]) -> bool:
    """True where a target may be this office: by its address, or by its name where no other office has the address."""
    key = address_key(one.email)
    at_it = [other for other in among if key and address_key(other.email) == key]
    if office in at_it or not one.name:
        return office in at_it
    return not at_it and office.name.casefold() == one.name.casefold()


def _existing(rows: QuerySet[Any], keys: Iterable[int | None]) -> set[int]:
    return set(rows.filter(pk__in={key for key in keys if key}).values_list("pk", flat=True))


def differences(target: Any, office: Office) -> dict[str, tuple[Any, Any]]:
    """Field -> (what the target prints, what the book has), where both differ."""
    pairs = {name: (getattr(target, name), getattr(office, name)) for name in PRINTED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# --- sets ------------------------------------------------------------------------------------------------------------


def sets() -> QuerySet[OfficeSet]:
    """The sets that the book has, by name."""
    return OfficeSet.objects.filter(discarded=False)


def set_called(name: str) -> OfficeSet | None:
    """The set of this name, however it is spelt; None where the book has none."""
    return sets().filter(name__iexact=name).first() if name else None


def rows_of(office_set: int | None) -> list[dict[str, Any]]:
    """The offices of a set as a target keeps them, by country."""
    entries = SetEntry.objects.filter(office_set=office_set).select_related("office").order_by("country")
    return [row_of(entry.country, entry.office) for entry in entries]


def row_of(country: str, office: Office) -> dict[str, Any]:
    """One office as a target keeps it for the supporters of one country."""
    return {"country": country, "office": office.pk, **{n: value for n, value in office.printed().items() if value}}


def rows_apart(target: Target) -> list[str]:
    """The countries for which a target's rows are not those of its set in the book now; none where that is gone."""
    if target.office_set is None or target.office_set.discarded:
        return []
    own = {row["country"]: row for row in target.by_country}
    books = {row["country"]: row for row in rows_of(target.office_set_id)}
    return sorted(code for code in own.keys() | books.keys() if own.get(code) != books.get(code))


# --- who uses an office ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """One place in which an update prints an office."""

    target: Target
    #: The country whose supporters it stands for; "" where it stands for everybody.
    country: str = ""

    @property
    def update(self) -> Update:
        """The update."""
        return self.target.update

    @property
    def live(self) -> bool:
        """True where letters that are written now go to it."""
        campaign = self.update.campaign
        return campaign.live_update_id == self.update.pk and campaign.writable

    def printed(self) -> dict[str, Any]:
        """What is printed here, by the names in ``PRINTED``."""
        place = self.target
        if not self.country:
            return {name: getattr(place, name) for name in PRINTED}
        row = next((row for row in place.by_country if row["country"] == self.country), {})
        return {name: row.get(name) or type(getattr(place, name))() for name in PRINTED}

    def otherwise(self, office: Office) -> list[str]:
        """The fields that are printed otherwise here than the book has them."""
        printed = self.printed()
        return [name for name in PRINTED if printed[name] != getattr(office, name)]


def uses(office: Office, *, today: bool = False) -> list[Use]:
    """Every place that prints an office, newest first: tied to it, in a set, or known by its address or name.

    Args:
        office: one of the book.
        today: True leaves out what is neither a draft nor live.
    """
    return uses_of([office], today=today)[office.pk]


def uses_of(offices: Sequence[Office], *, today: bool = False) -> dict[int, list[Use]]:
    """The same of several, by their keys. One query, for a set is large and stands in many updates."""
    emails = {address_key(office.email) for office in offices if office.email}
    names = {name for office in offices for name in (office.name, office.name.lower())}
    alike = Q(key__in=emails) | Q(name__in=names) | Q(called__in=names)
    tied_to = Q(book_office__in=offices) | Q(office_set__isnull=False)
    rows = Target.objects.annotate(key=Lower("email"), called=Lower("name")).filter(
        tied_to | Q(key__in=emails) | Q(book_office=None) & alike
    )
    if today:
        rows = rows.filter(Q(update__published_at=None) | Q(update__live_for__isnull=False))
    targets = list(rows.select_related("update__campaign").order_by("-update_id", "position"))
    return {office.pk: [use for target in targets for use in _uses_in(target, office)] for office in offices}


def uses_of_set(office_set: OfficeSet) -> list[Use]:
    """The places in which a draft or a live update uses a set, newest first."""
    rows = Target.objects.filter(office_set=office_set).select_related("update__campaign", "office_set")
    uses = [Use(target) for target in rows.order_by("-update_id")]
    return [use for use in uses if use.live or not use.update.published]


def named(used: Iterable[Use], theirs: Collection[str] | None) -> str:
    """Who uses something, for a sentence; of campaigns that somebody does not work on, only how many.

    Args:
        used: by drafts and live updates.
        theirs: the slugs of the campaigns of whoever reads it; None for all.
    """
    by_key = {use.update.pk: use for use in used}
    known = [use for use in by_key.values() if theirs is None or use.update.campaign.slug in theirs]
    told = [f"{use.update.campaign.reference}, {use.update.name} ({'live' if use.live else 'draft'})" for use in known]
    hidden = len(by_key) - len(known)
    if hidden:
        told.append(f"{hidden} update{'s' if hidden > 1 else ''} of campaigns that you do not work on")
    return "; ".join(told)


def _uses_in(target: Target, office: Office) -> list[Use]:
    own = [Use(target)] if is_it(target, office) else []
    return own + [Use(target, row["country"]) for row in target.by_country if row.get("office") == office.pk]


def is_it(target: Target | DraftTarget, office: Office) -> bool:
    """True where a target is this office: by its tie or address; where it is tied to none, by name and organisation.

    By its address also where it is tied to another: whoever corrects an address must find every letter that goes there.
    """
    if bool(office.email) and address_key(target.email) == address_key(office.email):
        return True
    if target.book_office_id:
        return target.book_office_id == office.pk
    return bool(target.name) and _called(target) == _called(office)


def at(email: str) -> list[Office]:
    """The offices of the book with this address."""
    return list(Office.objects.filter(email__iexact=email))


# --- addresses that send letters back --------------------------------------------------------------------------------


def flags(emails: Collection[str]) -> Mapping[str, addresses.Listed]:
    """Address in lower case -> what its server said, of those that send letters back."""
    keys = {address_key(email) for email in emails if email}
    return {one.address: one for one in addresses.listed() if one.address in keys} if keys else {}
