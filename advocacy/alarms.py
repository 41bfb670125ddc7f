"""Owns which differences between a text and the live update somebody has to tick before it may go on its way.

The promise: a tick holds for exactly one difference, old and new; when either changes, it has to be given anew.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from advocacy import book
from advocacy.comparing import COMPARED, Comparison, Difference, Office, Says, compare
from advocacy.comparing_languages import Told, compare_languages
from advocacy.country_rows import rows_apart
from advocacy.models import Target, Update
from advocacy.models.office import PRINTED
from advocacy.text_diff import by_character
from advocacy.wording import COUNTRIES


class NotTicked(ValueError):
    """Alarms that nobody has ticked. Its message is a whole sentence with the remedy."""

    def __init__(self, alarms: list[Difference]) -> None:
        names = ", ".join(alarm.label for alarm in alarms)
        super().__init__(f"Look at what changed and tick it: {names}.")
        self.alarms = alarms


def says(update: Update) -> Says:
    """What an update says, as values."""
    own = [field.name for field in fields(Says) if field.name != "offices"]
    values: dict[str, Any] = {name: getattr(update, name) for name in own}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Says(**values, offices=tuple(_office(target) for target in update.targets.order_by("position")))


def _office(target: Target) -> Office:
    own = [field.name for field in fields(Office) if field.name not in {"role", "by_country"}]
    values = {name: getattr(target, name) for name in own}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Office(role=target.get_role_display(), by_country=_by_country(target.by_country), **values)


def _by_country(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((COUNTRIES.get(row["country"], row["country"]), row_words(row)) for row in rows)


def row_words(row: Mapping[str, Any]) -> str:
    """Who stands for a country: the address on a line of its own, then all else that is printed."""
    said = [row.get(name, "") for name in PRINTED if name != "email"]
    others = " · ".join(", ".join(one) if isinstance(one, list) else one for one in said if one)
    return "\n".join(one for one in (row.get("email", ""), others) if one)


def comparison(update: Update) -> Comparison | None:
    """A draft, or an earlier update to go back to, beside the live one; None for the latter, and without one."""
    live = update.campaign.live_update
    if live is None or live.pk == update.pk:
        return None
    found = compare(says(live), says(update))
    alarms, others, same = compare_languages(told(live), told(update))
    all_alarms = (*found.alarms, *alarms)
    if update.published:
        all_alarms = (*_otherwise_in_the_book(update), *(_going_back(one, update.name) for one in all_alarms))
    return replace(found, alarms=all_alarms, others=(*found.others, *others), same=(*found.same, *same))


def _going_back(alarm: Difference, name: str) -> Difference:
    """An alarm in the words of a return: what is compared is no draft."""
    question = alarm.question.replace("The draft", name).replace("the draft", name)
    return replace(alarm, question=question)


BOOK = "The address book says otherwise by now, on the left. Which of both is right?"


def _otherwise_in_the_book(update: Update) -> list[Difference]:
    """What the address book says otherwise than an earlier update, which was right in its day."""
    targets = list(update.targets.select_related("book_office", "office_set").order_by("position"))
    among, found = book.candidates(targets), []
    for target in targets:
        whose = f"{target.get_role_display()}: {target.name or 'an office'}, beside the address book"
        office = target.book_office or (None if target.office_set_id else book.match(target, among))
        for name, (own, books) in (book.differences(target, office) if office else {}).items():
            found.append(_apart(f"{whose}, {name.replace('_', ' ')}", _lines(books), _lines(own)))
        if book.rows_apart(target):
            old, new = _by_country(book.rows_of(target.office_set_id)), _by_country(target.by_country)
            found += [_apart(f"{whose}, {one}", was, now) for one, was, now in rows_apart(old, new)]
    return found


def _apart(label: str, books: str, own: str) -> Difference:
    parts = tuple(by_character(books, own))
    return Difference(label, parts, BOOK, COMPARED, address=True, beside="Address book")


def _lines(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def told(update: Update) -> Told:
    """The languages that an update is told in, as values."""
    rows = update.translations.order_by("language")
    return Told(update.tongue.name, {one.tongue.name: dict(one.words) for one in rows})


def ticked(update: Update, keys: Collection[str]) -> Mapping[str, list[Any]]:
    """What was ticked, as the trail keeps it. Call it under ``approvals.locked``.

    Args:
        update: the draft, or the earlier update, as it is now.
        keys: of the alarms that were ticked.
    Raises:
        NotTicked: where there is an alarm beyond these.
    """
    found = comparison(update)
    if found is None:
        return {}
    missing = [alarm for alarm in found.alarms if alarm.key not in keys]
    if missing:
        raise NotTicked(missing)
    return {
        f"compared: {alarm.label}": [alarm.old.strip() or None, alarm.new.strip() or None] for alarm in found.alarms
    }
