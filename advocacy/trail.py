"""Owns the audit trail: what was done, by whom, when, and field by field what changed.

The promise: an act stands in the trail if and only if it was done, because both are one transaction; and no act in it
ever changes, because the database refuses that.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from advocacy.models import Act, Campaign, Office, Update
from advocacy.models.act import What
from advocacy.models.office import PRINTED

#: Columns of an update that say who worked on it and when, not what it says.
BOOKKEEPING = frozenset(
    {"id", "campaign", "created_at", "edited_at", "edited_by", "written_by", "published_at", "published_by"}
)
#: Columns of an office that only tie it to its update and to the book, and the one that is told row by row.
TIES = frozenset({"id", "update", "book_office", "office_set", "by_country"})
Changes = Mapping[str, list[Any]]


class NotInATransaction(RuntimeError):
    """Somebody records an act outside of the transaction that does it."""


def record(
    what: What,
    *,
    by: str,
    campaign: Campaign | None = None,
    update: Update | None = None,
    office: Office | None = None,
    note: str = "",
    changes: Changes | None = None,
) -> None:
    """Write an act down, in the transaction that does it.

    Args:
        what: the act.
        by: the account's name; "" for the machine.
        campaign: the one it concerns; that of ``update`` where only this is given.
        update: the text that it is about.
        office: the office in the book that it is about.
        note: the reason that was given.
        changes: field -> [old, new]. Never anything of a supporter.
    Raises:
        NotInATransaction: where act and trail could come apart.
    """
    if not connection.in_atomic_block:
        raise NotInATransaction("An act is recorded in the transaction that does it.")
    whose = campaign.pk if campaign else update.campaign_id if update else None
    number, correction = update.place if update else (None, 0)
    Act.objects.create(
        by=by,
        what=what,
        campaign_id=whose,
        update_number=number,
        update_correction=correction,
        office=office,
        note=note[:500],
        changes=dict(changes or {}),
    )


def values_of(update: Update) -> dict[str, Any]:
    """Everything that an update says, by the names the trail uses: its own fields, its offices', its translations'.

    Read from the models' fields, so that one which is added later is in it by itself.
    """
    values = {
        field.name: getattr(update, field.attname)
        for field in Update._meta.concrete_fields
        if field.name not in BOOKKEEPING
    }
    for target in update.targets.order_by("position"):
        for field in target._meta.concrete_fields:
            if field.name not in TIES:
                values[f"office {target.position}: {field.name}"] = getattr(target, field.attname)
        for row in target.by_country:
            values[f"office {target.position}, {row['country']}"] = {name: row[name] for name in PRINTED if name in row}
    for translation in update.translations.order_by("language"):
        for name, words in translation.words.items():
            values[f"in {translation.tongue.name}: {name}"] = words
    return values


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [old, new] of everything that differs; None stands for a field that is not there."""
    names = [*old, *(name for name in new if name not in old)]
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
