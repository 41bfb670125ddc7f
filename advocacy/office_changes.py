"""Owns the change of an office in the book: what it touches, who has to approve it, and how it takes effect.

The promise: a published update never changes, so no letter leaves otherwise than its page showed. A change of an office
that is live takes effect once a second person approved it, also where a live update says otherwise than the book and
keeps its word. It then begins a correction of each live update that said the same as the book, approved with it;
somebody publishes that, and says what becomes of the letters that wait.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from advocacy import alarms, approvals, book, comparing, offices, trail
from advocacy.approvals import NotApproved
from advocacy.drafts import Conflict
from advocacy.models import Office, OfficeChange, Update
from advocacy.models.act import What
from advocacy.models.office import PRINTED
from advocacy.models.office_change import ChangeState
from advocacy.office_effects import Reach, Slugs, reach, take_effect


class Came(Enum):
    """What came of an edit."""

    NOTHING = "nothing"
    CHANGED = "changed"
    ASKED = "asked"


def stamp(office: Office) -> str:
    """Which state of an office somebody looked at. Comes back with the form."""
    return office.edited_at.isoformat()


def open_for(office: Office) -> OfficeChange | None:
    """The change that waits for approval; None where none does."""
    return office.changes.filter(state=ChangeState.ASKED).first()


# --- what is shown, and bound to -------------------------------------------------------------------------------------


def comparison(office: Office, values: Mapping[str, Any]) -> comparing.Comparison:
    """The office as it is beside what it becomes; alarms as between two updates."""
    was = comparing.Says(name="As it is", offices=(_as_printed(office, {}),))
    return comparing.compare(was, comparing.Says(name="As it becomes", offices=(_as_printed(office, values),)))


def _as_printed(office: Office, values: Mapping[str, Any]) -> comparing.Office:
    said = {**office.printed(), **{name: value for name, value in values.items() if name in PRINTED}}
    values_of: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in said.items()}
    return comparing.Office("Office", **values_of)


def digest_of(change: OfficeChange, found: Reach) -> str:
    """SHA-256 (hex) over what an approval binds to: the office, its new words, and every live update it touches."""
    was = {name: getattr(change.office, name) for name in offices.FIELDS}
    live = [[one.update.pk, bool(one.carried_by)] for one in found.live]
    told = [change.pk, was, change.values, live, [one.pk for one in found.otherwise]]
    return hashlib.sha256(json.dumps(told, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def why_not(change: OfficeChange, found: Reach, by: str, theirs: Slugs) -> str:
    """Why somebody may not approve this change, in a sentence; "" where he or she may."""
    if not _sees_all(found, theirs):
        return "It is live in a campaign that you do not work on, so an administrator must approve it."
    if by == change.asked_by and not approvals.alone_is_enough():
        return "You asked for it, so somebody else must approve it."
    return ""


def _sees_all(found: Reach, theirs: Slugs) -> bool:
    return theirs is None or all(one.campaign.slug in theirs for one in found.guarded)


# --- acts ------------------------------------------------------------------------------------------------------------


def locked(office: Office) -> Office:
    """The office as it is now. Nobody else changes it before the present transaction ends.

    It is taken before any campaign. Not its key: who ties a target to it meanwhile need not wait.
    """
    rows = Office.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    return rows.get(pk=office.pk)


def propose(
    office: Office,
    seen: str,
    values: Mapping[str, Any],
    *,
    by: str,
    theirs: Slugs = None,
    reason: str = "",
    ticked: Collection[str] | None = None,
) -> Came:
    """Change an office, or ask for the change where it is live in a campaign.

    Args:
        office: as it was looked at.
        seen: its ``stamp`` then.
        values: clean, by the names in ``offices.FIELDS``.
        by: who changes it.
        theirs: the slugs of the campaigns of this person; None for all.
        reason: why, for whoever approves it.
        ticked: keys of the alarms that were looked at; None where nobody asks on a page.
    Raises:
        Conflict: where somebody changed it since, or a change waits for approval.
        alarms.NotTicked: where it is live, and there is an alarm beyond these.
    """
    with transaction.atomic():
        current = locked(office)
        if stamp(current) != seen:
            raise Conflict(f"Somebody saved this office at {current.edited_at:%H:%M} UTC, after you opened it.")
        if open_for(current):
            raise Conflict("A change of this office waits for approval. Decide on that one first.")
        new = {name: value for name, value in values.items() if getattr(current, name) != value}
        if not new:
            return Came.NOTHING
        found = reach(current, new, theirs)
        if not found.guarded:
            take_effect(current, new, found, by=by, author=by, note=reason)
            return Came.CHANGED
        return _asked(current, new, found, by=by, theirs=theirs, reason=reason, ticked=ticked)


def _asked(
    office: Office,
    values: dict[str, Any],
    found: Reach,
    *,
    by: str,
    theirs: Slugs,
    reason: str,
    ticked: Collection[str] | None,
) -> Came:
    _all_looked_at(office, values, ticked)
    change = OfficeChange.objects.create(office=office, values=values, asked_by=by, reason=reason)
    changes = {name: [getattr(office, name), value] for name, value in values.items()}
    trail.record(What.PROPOSED, by=by, office=office, note=reason, changes=changes)
    if ticked is None or not approvals.alone_is_enough() or not _sees_all(found, theirs):
        return Came.ASKED
    _decide(change, ChangeState.DONE, by)
    take_effect(office, values, found, by=by, author=by, note=reason)
    return Came.CHANGED


def _all_looked_at(office: Office, values: Mapping[str, Any], ticked: Collection[str] | None) -> None:
    missing = [one for one in comparison(office, values).alarms if ticked is not None and one.key not in ticked]
    if missing:
        raise alarms.NotTicked(missing)


def approve(
    change: OfficeChange, shown: str, *, by: str, theirs: Slugs = None, ticked: Collection[str] | None = None
) -> list[Update]:
    """Let a change take effect.

    Args:
        change: as it was looked at.
        shown: its ``digest_of`` then.
        by: who approves it.
        theirs: the slugs of the campaigns of this person; None for all.
        ticked: keys of the alarms that he or she has looked at; None where nobody approves on a page.
    Returns:
        The drafts of corrected updates that wait to be published now.
    Raises:
        NotApproved: where it is decided already, is not what was shown, or this person may not.
        alarms.NotTicked: where there is an alarm beyond those that were ticked.
        Conflict: where a text that it touches was changed at the same moment.
    """
    with transaction.atomic():
        office = locked(change.office)
        current = OfficeChange.objects.get(pk=change.pk)
        current.office = office
        if current.state != ChangeState.ASKED:
            raise NotApproved("This change is decided already.")
        found = reach(office, current.values, theirs)
        refusal = why_not(current, found, by, theirs)
        if refusal:
            raise NotApproved(refusal)
        if digest_of(current, found) != shown:
            raise NotApproved("What it touches is not what you were shown. Read it once more.")
        _all_looked_at(office, current.values, ticked)
        _decide(current, ChangeState.DONE, by)
        return take_effect(office, current.values, found, by=by, author=current.asked_by, note=current.reason)


def send_back(change: OfficeChange, *, by: str, reason: str) -> None:
    """Do not approve a change, or take the request for it back.

    Raises:
        NotApproved: where it is decided already.
    """
    with transaction.atomic():
        office = locked(change.office)
        current = OfficeChange.objects.get(pk=change.pk)
        if current.state != ChangeState.ASKED:
            raise NotApproved("This change is decided already.")
        _decide(current, ChangeState.SENT_BACK, by, words=reason)
        trail.record(What.REFUSED, by=by, office=office, note=reason)


def retire(office: Office, *, by: str, theirs: frozenset[str] | None = None) -> None:
    """Offer an office no longer. What was published keeps it.

    Args:
        office: one of the book.
        by: who does it.
        theirs: the slugs of the campaigns of this person, which a refusal may name; None for all.
    Raises:
        Conflict: where a draft, a live campaign or a set uses it, or a change of it waits.
    """
    with transaction.atomic():
        current = locked(office)
        used = [use for use in book.uses(current, today=True) if use.live or not use.update.published]
        if used:
            raise Conflict(f"It is written to: {book.named(used, theirs)}. Take it out there first.")
        sets = dict.fromkeys(f"“{name}”" for name in current.sets.values_list("name", flat=True))
        if sets:
            raise Conflict(f"It stands in a set by country: {', '.join(sets)}. Take it out there first.")
        if open_for(current):
            raise Conflict("A change of this office waits for approval. Decide on that one first.")
        if not current.retired:
            Office.objects.filter(pk=current.pk).update(retired=True, edited_at=timezone.now())
            trail.record(What.RETIRED, by=by, office=current)


def bring_back(office: Office, *, by: str) -> None:
    """Offer an office again."""
    with transaction.atomic():
        current = locked(office)
        if current.retired:
            Office.objects.filter(pk=current.pk).update(retired=False, edited_at=timezone.now())
            trail.record(What.BROUGHT_BACK, by=by, office=current)


def _decide(change: OfficeChange, state: ChangeState, by: str, *, words: str = "") -> None:
    change.state, change.decided_by, change.decided_at, change.decision = state, by, timezone.now(), words
    change.alone = state == ChangeState.DONE and by == change.asked_by
    change.save()
