"""Owns which differences between a draft and the live update somebody has to tick before it may go on its way.

The promise: a tick holds for exactly one difference, old and new; when either changes, it has to be given anew.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from advocacy import translations
from advocacy.comparing import Comparison, Difference, Office, Says, compare
from advocacy.comparing_languages import Told, compare_languages
from advocacy.models import Target, Update
from advocacy.models.office import PRINTED
from advocacy.text_diff import Kind, Part
from advocacy.translations import Beside
from advocacy.wording import COUNTRIES

COMPARED_TONGUES = "I compared the numbers, dates and addresses of both languages"


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
    rows = tuple((COUNTRIES.get(row["country"], row["country"]), row_words(row)) for row in target.by_country)
    return Office(role=target.get_role_display(), by_country=rows, **values)


def row_words(row: Mapping[str, Any]) -> str:
    """Who stands for a country: the address on a line of its own, then all else that is printed."""
    said = [row.get(name, "") for name in PRINTED if name != "email"]
    others = " · ".join(", ".join(one) if isinstance(one, list) else one for one in said if one)
    return "\n".join(one for one in (row.get("email", ""), others) if one)


def comparison(update: Update) -> Comparison | None:
    """A draft beside the live update; None for what is published, and where nothing is live."""
    live = update.campaign.live_update
    if update.published or live is None:
        return None
    found = compare(says(live), says(update))
    alarms, others, same = compare_languages(told(live), told(update))
    return replace(
        found,
        alarms=(*found.alarms, *alarms, *_figures(live, update)),
        others=(*found.others, *others),
        same=(*found.same, *same),
    )


def _figures(live: Update, update: Update) -> list[Difference]:
    """Translated paragraphs with other numbers, dates or addresses than their original, save those that are live so."""
    known = {(one.language.code, *pair) for one in translations.all_beside(live) for pair in _pairs(one)}
    found = []
    for one in translations.all_beside(update):
        for pair, said in one.apart:
            if (one.language.code, pair.original, pair.words) in known:
                continue
            label = f"In {one.language.name}: {translations.FIELDS[pair.field]}, “{translations.start(pair.words)}”"
            parts = (Part(Kind.REMOVED, pair.original, ""), Part(Kind.ADDED, "", pair.words))
            sides = (update.tongue.name, one.language.name)
            found.append(Difference(label, parts, said, COMPARED_TONGUES, sides=sides))
    return found


def _pairs(one: Beside) -> list[tuple[str, str]]:
    return [(pair.original, pair.words) for pair in one.pairs]


def told(update: Update) -> Told:
    """The languages that an update is told in, as values."""
    rows = update.translations.order_by("language")
    return Told(update.tongue.name, {one.tongue.name: dict(one.words) for one in rows})


def ticked(update: Update, keys: Collection[str]) -> Mapping[str, list[Any]]:
    """What was ticked, as the trail keeps it. Call it under ``approvals.locked``.

    Args:
        update: the draft as it is now.
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
