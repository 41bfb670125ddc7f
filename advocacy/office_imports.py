"""Owns taking offices from a file: first what each row would do, then all of it at once or nothing.

What a row changes of an office that is live in a campaign becomes a proposal, which a second person approves.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from advocacy import book, office_changes, offices
from advocacy.drafts import Conflict
from advocacy.models import Office, OfficeChange, SetEntry
from advocacy.models.office_change import ChangeState
from advocacy.office_effects import Slugs, reach
from advocacy.office_files import Fault, Row, Sheet
from mailings.text import address_key


@dataclass(frozen=True)
class Step:
    """What one row does."""

    row: Row
    #: The office that it is in the book; None for a new one.
    office: Office | None
    #: Field -> (what the book says, what the file says), where both differ.
    changes: dict[str, tuple[Any, Any]]
    #: True where a live campaign writes to it: then the change is only asked for.
    live: bool = False
    #: True where it comes to stand for a country, and in whose place; "" for nobody's.
    joins: bool = False
    instead: str = ""
    #: The row above that names the same office for another country; 0 for none.
    twin: int = 0

    @property
    def word(self) -> str:
        """What it does, in a word."""
        if self.office is None and not self.twin:
            return "new"
        return "change" if self.changes or self.joins else "same"


@dataclass
class Plan:
    """What a whole file does, and to which book."""

    #: The set that it fills, by its name; "" for plain offices.
    into: str = ""
    #: Who stands in that set for a country now: the country, the office's number in the book.
    entries: list[tuple[str, int]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Countries of the set that the file does not name: they stay as they are.
    untouched: list[str] = field(default_factory=list)

    def count(self, word: str) -> int:
        """How many rows do this."""
        return sum(step.word == word for step in self.steps)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over what was shown: the rows, what each does, and the set as it is, what stays in it too."""
        whose = [[step.row.number, step.row.values, step.office.pk if step.office else 0] for step in self.steps]
        does = [[step.changes, step.live, step.joins, step.instead, step.twin] for step in self.steps]
        told = [self.into, self.entries, self.untouched, [str(fault) for fault in self.faults], whose, does]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Taken:
    """What was done."""

    new: int
    changed: int
    asked: int
    same: int


class NotAsShown(ValueError):
    """The book is not what it was when the rows were shown. Its message is a whole sentence."""


def plan(sheet: Sheet, into: str) -> Plan:
    """What a file would do now.

    Args:
        sheet: its rows.
        into: the name of the set that it fills; "" for plain offices.
    """
    by_country = bool(into)
    office_set = book.set_called(into)
    entries = {one.country: one.office for one in office_set.entries.select_related("office")} if office_set else {}
    named = [_Named(row) for row in sheet.rows]
    among = book.candidates(named)
    waiting = set(OfficeChange.objects.filter(state=ChangeState.ASKED).values_list("office", flat=True))
    found, seen = Plan(office_set.name if office_set else into, faults=list(sheet.faults)), dict[object, _Named]()
    found.entries = sorted((country, office.pk) for country, office in entries.items())
    for one in named:
        before = entries.get(one.country) if by_country else None
        known, fault = _known(one, among, before)
        first = seen.setdefault(known.pk if known else one.key, one)
        if first is not one and not (by_country and first.says == one.says):
            fault = f"this office stands in row {first.row.number} already{', with other words' if by_country else ''}."
        if fault:
            found.faults.append(Fault(one.row.number, "name", fault))
            continue
        twin = first.row.number if first is not one else 0
        step = _step(one, known, before, by_country=by_country, twin=twin)
        if step.changes and known and known.pk in waiting:
            words = "a change of this office waits for approval. Decide on that one first."
            found.faults.append(Fault(one.row.number, "name", words))
        found.steps.append(step)
    found.untouched = sorted(set(entries) - {one.country for one in named}) if by_country else []
    return found


class _Named:
    """A row as what an office is known by."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.name = str(row.values.get("name", ""))
        self.organisation = str(row.values.get("organisation", ""))
        self.email = str(row.values.get("email", ""))
        self.country = str(row.values.get("country", ""))
        self.key = (address_key(self.email), self.name.casefold(), self.organisation.casefold())
        #: All of it but the country whose supporters write to it.
        self.says = {name: value for name, value in row.values.items() if name != "country"}


def _known(one: _Named, among: Sequence[Office], before: Office | None) -> tuple[Office | None, str]:
    """The office that a row is, and a fault where several could be it."""
    found = book.match(one, among)
    if found is None and one.email:
        same = [office for office in among if address_key(office.email) == address_key(one.email)]
        if len(same) > 1:
            return None, f"{len(same)} offices of the book have this address, and none or several this name."
    if found is None and before is not None and _is_its_embassy(one, before):
        return before, ""  # Another person, or another address, in the same embassy.
    return found, ""


def _is_its_embassy(one: _Named, before: Office) -> bool:
    """True for the same organisation that stands for this country alone: others are not written to at its address."""
    same = before.organisation.casefold() == one.organisation.casefold()
    return bool(one.organisation) and same and SetEntry.objects.filter(office=before).count() == 1


def _step(one: _Named, known: Office | None, before: Office | None, *, by_country: bool, twin: int) -> Step:
    joins = by_country and (known is None or before is None or before.pk != known.pk)
    instead = str(before) if before and joins else ""
    if known is None:
        return Step(one.row, None, {}, joins=joins, instead=instead, twin=twin)
    new = {name: value for name, value in _values(one, by_country=by_country).items() if getattr(known, name) != value}
    changes = {name: (getattr(known, name), value) for name, value in new.items()}
    live = bool(new) and bool(reach(known, new).guarded)
    return Step(one.row, known, changes, live, joins, instead, twin)


def _values(one: _Named, *, by_country: bool) -> dict[str, Any]:
    """What a row says of an office that is known: whose supporters write to it is not where it is."""
    return one.says if by_country else one.row.values


def take(sheet: Sheet, into: str, shown: str, *, by: str, theirs: Slugs = None) -> Taken:
    """Do what was shown: all of it, or nothing.

    Args:
        sheet: the rows, without a fault.
        into: the name of the set; "" for plain offices.
        shown: the ``digest`` of the plan that was shown.
        by: who takes it.
        theirs: the slugs of the campaigns of this person; None for all.
    Raises:
        NotAsShown: where it was not shown, would do something else now, or holds a fault.
    """
    if not shown:
        raise NotAsShown("Nothing is taken yet: these rows were not shown before. Look at them, then take them.")
    with transaction.atomic():
        offices.one_at_a_time()
        found = plan(sheet, into)
        if found.faults or found.digest != shown:
            raise NotAsShown("The book was changed since these rows were shown. Look at them once more.")
        made: dict[int, Office] = {}
        words = [_taken(step, made, bool(into), by=by, theirs=theirs) for step in found.steps]
        if into:
            rows = [(str(step.row.values["country"]), made[step.row.number]) for step in found.steps]
            offices.stand_for(offices.a_set(into, by=by), rows, by=by)
    return Taken(*(words.count(word) for word in ("new", "changed", "asked", "nothing")))


def _taken(step: Step, made: dict[int, Office], by_country: bool, *, by: str, theirs: Slugs) -> str:
    """Do one row, and note whose it is; returns what came of it."""
    if step.twin:
        made[step.row.number] = made[step.twin]
        return "nothing"
    if step.office is None:
        made[step.row.number] = offices.put(step.row.values, by=by)
        return "new"
    office = made[step.row.number] = Office.objects.get(pk=step.office.pk)
    values, seen = _values(_Named(step.row), by_country=by_country), office_changes.stamp(office)
    try:
        came = office_changes.propose(office, seen, values, by=by, theirs=theirs, reason="From a file")
    except Conflict as fault:
        raise NotAsShown(f"Row {step.row.number}: {fault}") from fault
    return came.value
