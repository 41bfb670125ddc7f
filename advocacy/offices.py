"""Owns what is done with the address book where no live campaign is touched: put offices in, gather them, keep sets."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from advocacy import book, trail
from advocacy.drafts import Conflict
from advocacy.models import Office, OfficeSet, SetEntry, Target
from advocacy.models.act import What
from advocacy.models.office import PRINTED

#: What can be said of an office in the book.
FIELDS = (*PRINTED, "country", "notes")
#: The name of a lock that PostgreSQL knows by number.
THE_BOOK = 0xB00C


def put(values: dict[str, Any], *, by: str) -> Office:
    """Put an office into the book.

    Args:
        values: clean, by the names in ``FIELDS``; what is left out is empty.
        by: who does it.
    """
    with transaction.atomic():
        office = Office(**{name: values[name] for name in FIELDS if name in values}, edited_by=by)
        office.edited_at = timezone.now()
        office.save()
        said = {name: [None, getattr(office, name)] for name in FIELDS if getattr(office, name)}
        trail.record(What.BOOKED, by=by, office=office, changes=said)
    return office


def missing(slugs: frozenset[str] | None) -> list[Target]:
    """Whom live updates and drafts write to, and the book does not know; each once.

    Args:
        slugs: of the campaigns to look at; None for all.
    """
    rows = Target.objects.filter(book_office=None).exclude(name="").select_related("update__campaign")
    if slugs is not None:
        rows = rows.filter(update__campaign__slug__in=slugs)
    of_today = [one for one in rows.order_by("-update_id", "position") if _of_today(one)]
    among = book.candidates(of_today)
    found: dict[tuple[str, str, str], Target] = {}
    for one in of_today:
        same = any(book.is_it(one, office) for office in among) or book.match(one, among)
        if not same and not one.office_set_id:
            key = (one.email.casefold(), "" if one.email else one.name.casefold(), one.organisation.casefold())
            found.setdefault(key, one)
    return list(found.values())


def _of_today(target: Target) -> bool:
    update = target.update
    return not update.published or update.campaign.live_update_id == update.pk


def one_at_a_time() -> None:
    """Let nobody else put many offices into the book before this transaction ends: else each would find them missing.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [THE_BOOK])


def gather(slugs: frozenset[str] | None, *, by: str) -> int:
    """Put into the book whom live updates and drafts write to, as the newest of them prints it. Returns how many."""
    with transaction.atomic():
        one_at_a_time()
        found = missing(slugs)
        for one in found:
            put({name: getattr(one, name) for name in PRINTED}, by=by)
    return len(found)


def a_set(name: str, *, by: str) -> OfficeSet:
    """The set of this name, begun where there was none."""
    with transaction.atomic():
        known = book.set_called(name)
        if known is None:
            known = OfficeSet.objects.create(name=name)
            trail.record(What.SETS, by=by, note=began(name))
    return known


def began(name: str) -> str:
    """What the trail says where a set was begun."""
    return f"Began {name}"


def _present(office_set: OfficeSet) -> OfficeSet:
    """The set as it is now. Nobody else changes a set before the present transaction ends."""
    one_at_a_time()
    current = book.sets().filter(pk=office_set.pk).first()
    if current is None:
        raise Conflict("This set was thrown away meanwhile.")
    return current


class NameTaken(ValueError):
    """Another set has the name. Its message is a sentence."""


def rename(office_set: OfficeSet, name: str, *, by: str) -> bool:
    """Call a set otherwise. No address changes with it: drafts and updates keep what they print.

    Args:
        office_set: one of the book.
        name: clean.
        by: who does it.
    Returns:
        False where it is called so already.
    Raises:
        NameTaken: where another set is called so.
        Conflict: where it was thrown away.
    """
    with transaction.atomic():
        current = _present(office_set)
        if current.name == name:
            return False
        other = book.set_called(name)
        if other is not None and other.pk != current.pk:
            raise NameTaken(f"Another set is called “{other.name}”. Choose another name.")
        trail.record(What.SETS, by=by, note=name, changes={"name": [current.name, name]})
        OfficeSet.objects.filter(pk=current.pk).update(name=name)
    return True


def discard(office_set: OfficeSet, *, by: str, theirs: frozenset[str] | None = None) -> None:
    """Throw a set away that no draft and no live update uses. Its offices stay, and earlier updates keep their copies.

    Args:
        office_set: one of the book.
        by: who does it.
        theirs: the slugs of the campaigns of this person, which a refusal may name; None for all.
    Raises:
        Conflict: where something uses it, in words that name it, or where it was thrown away.
    """
    with transaction.atomic():
        current = _present(office_set)
        used = book.uses_of_set(current)
        if used:
            raise Conflict(f"“{current.name}” is in use: {book.named(used, theirs)}. Take it out there first.")
        entries = current.entries.select_related("office")
        gone = {entry.country: [str(entry.office), None] for entry in entries}
        trail.record(What.SETS, by=by, note=current.name, changes={"name": [current.name, None], **gone})
        entries.delete()
        OfficeSet.objects.filter(pk=current.pk).update(discarded=True)


def stand_for(office_set: OfficeSet, rows: Iterable[tuple[str, Office]], *, by: str) -> int:
    """Let offices stand for countries in a set. Drafts and live campaigns keep the rows that they have.

    Returns:
        How many countries have another office now.
    Raises:
        Conflict: where the set was thrown away.
    """
    with transaction.atomic():
        _present(office_set)
        before = {entry.country: entry for entry in office_set.entries.select_related("office")}
        changes: dict[str, list[Any]] = {}
        for country, office in rows:
            old = before.get(country)
            if old and old.office_id == office.pk:
                continue
            SetEntry.objects.update_or_create(office_set=office_set, country=country, defaults={"office": office})
            changes[country] = [str(old.office) if old else None, str(office)]
        if changes:
            trail.record(What.SETS, by=by, note=office_set.name, changes=changes)
    return len(changes)


def take_out(office_set: OfficeSet, country: str, *, by: str) -> bool:
    """Let no office stand for a country any more. Returns False where none did."""
    with transaction.atomic():
        entry = office_set.entries.filter(country=country).select_related("office").first()
        if entry is None:
            return False
        trail.record(What.SETS, by=by, note=office_set.name, changes={country: [str(entry.office), None]})
        entry.delete()
    return True
