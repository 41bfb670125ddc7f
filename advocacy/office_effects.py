"""Owns what a change of an office in the book touches, and how it takes effect there.

A draft takes the new words. A live campaign gets a correction of its update, which says the same save for the office;
where a draft carries the change already, no other is begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from advocacy import approvals, book, drafts, trail, updates
from advocacy.drafts import Conflict
from advocacy.models import Office, Update
from advocacy.models.act import What
from advocacy.models.office import PRINTED
from advocacy.reading import DraftTarget

Slugs = frozenset[str] | None


@dataclass(frozen=True)
class Touched:
    """One update in which a change takes effect, with its offices as they become."""

    update: Update
    offices: list[DraftTarget]
    #: For a live update: the draft of its campaign that carries the change already; None where one is to be begun.
    carried_by: Update | None = None


@dataclass(frozen=True)
class Reach:
    """Where a change takes effect."""

    live: list[Touched]
    drafts: list[Touched]
    #: Drafts of campaigns that whoever changes it does not work on: they are left, and their pages ask.
    left: list[Update]
    #: Live updates that print it, say otherwise in what changes, and keep their word. A second person has to know.
    otherwise: list[Update] = field(default_factory=list)

    @property
    def guarded(self) -> list[Update]:
        """The live updates that print this office: where there is one, the change has to be approved."""
        return [*(one.update for one in self.live), *self.otherwise]


def reach(office: Office, values: Mapping[str, Any], theirs: Slugs = None) -> Reach:
    """Where a change would take effect now.

    Args:
        office: as it is.
        values: field -> new value.
        theirs: the slugs of the campaigns of whoever changes it; None for all.
    """
    used = book.uses(office, today=True)
    found: dict[int, Update] = {use.update.pk: use.update for use in used}
    touched = [Touched(one, after) for one in found.values() if (after := changed(one, office, values)) is not None]
    open_drafts = [one for one in touched if not one.update.published]
    mine = [one for one in open_drafts if theirs is None or one.update.campaign.slug in theirs]
    carriers = {one.update.campaign_id: one.update for one in reversed(mine)}
    live = [replace(one, carried_by=carriers.get(one.update.campaign_id)) for one in touched if _is_live(one.update)]
    reached = {one.update.pk for one in live}
    others = {use.update.pk: use.update for use in used if use.live and _says_otherwise(use, values)}
    otherwise = [one for key, one in others.items() if key not in reached]
    return Reach(live, mine, [one.update for one in open_drafts if one not in mine], otherwise)


def _says_otherwise(use: book.Use, values: Mapping[str, Any]) -> bool:
    """True where a place does not print what an office becomes."""
    printed = use.printed()
    return any(printed[name] != value for name, value in values.items() if name in PRINTED)


def _is_live(update: Update) -> bool:
    return update.campaign.live_update_id == update.pk and update.campaign.writable


def changed(update: Update, office: Office, values: Mapping[str, Any]) -> list[DraftTarget] | None:
    """An update's offices with a change of one; None where it prints nothing of what changes.

    Where the update says otherwise than the book did, it keeps its own word.
    """
    before = drafts.targets_of(update)
    after = [_changed(one, office, values) for one in before]
    return after if after != before else None


def _changed(target: DraftTarget, office: Office, values: Mapping[str, Any]) -> DraftTarget:
    printed = {name: values[name] for name in PRINTED if name in values}
    rows = [_row(row, office, printed) for row in target.by_country or []]
    new = {name: value for name, value in printed.items() if getattr(target, name) == getattr(office, name)}
    return replace(target, by_country=rows, **(new if book.is_it(target, office) else {}))


def _row(row: dict[str, Any], office: Office, printed: Mapping[str, Any]) -> dict[str, Any]:
    if row.get("office") != office.pk:
        return row
    # What is empty is not in a row.
    new = {n: value for n, value in printed.items() if row.get(n) == (getattr(office, n) or None)}
    merged = {**row, **new}
    order = ("country", "office", *PRINTED)
    return {name: merged[name] for name in order if merged.get(name)}


# --- taking effect ---------------------------------------------------------------------------------------------------


def take_effect(
    office: Office, values: Mapping[str, Any], found: Reach, *, by: str, author: str, note: str
) -> list[Update]:
    """Change an office in the book and wherever it reaches. Call it in a transaction that holds the office.

    Args:
        office: as it is, locked.
        values: field -> new value.
        found: from ``reach`` in this transaction.
        by: who lets it take effect.
        author: who asked for it: the drafts are that person's.
        note: why.
    Returns:
        The drafts that it began for live campaigns, approved where nothing else stands in their way.
    Raises:
        Conflict: where a text that it touches was changed at the same moment; nothing is stored then.
    """
    why = f"{office.name} is changed in the book" + (f": {note}" if note else "")
    begun = []
    changes = {name: [getattr(office, name), value] for name, value in values.items()}
    for name, value in values.items():
        setattr(office, name, value)
    office.edited_at, office.edited_by = timezone.now(), author
    office.save()  # Before its drafts, which are tied to it by what it says.
    bare = [one for one in found.live if one.carried_by is None]
    # One campaign after the other, as everybody who takes several: else two could wait for each other.
    for one in sorted([*found.drafts, *bare], key=lambda one: (one.update.campaign_id, one.update.pk)):
        current = _unchanged(one.update)
        if not current.published:
            updates.save(current, one.offices, by=author, note=why)
            continue
        draft = drafts.begin_from_live(current.campaign, by=author, offices=one.offices, note=why)
        if not updates.faults(draft):
            approvals.give_with(draft, asked_by=author, by=by, alone=by == author, note=why)
        begun.append(draft)
    trail.record(What.CHANGED, by=by, office=office, note=note, changes=changes)
    return begun


def _unchanged(seen: Update) -> Update:
    """An update, locked, as it was looked at; a published one is still live."""
    try:
        current = approvals.locked(seen)
    except approvals.NotApproved as fault:
        raise Conflict(str(fault)) from fault
    same = current.published == seen.published and current.edited_at == seen.edited_at
    if not same or (current.published and current.campaign.live_update_id != current.pk):
        raise Conflict(f"{current} was changed at the same moment. Look at what the change touches, and try again.")
    return current
