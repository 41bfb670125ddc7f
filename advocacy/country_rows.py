"""Owns in which countries another office stands in a set than before."""

from collections.abc import Mapping, Sequence

Row = tuple[str, str]
#: More countries than this are compared together, under one tick.
MOST_APART = 12


def rows_apart(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[str, str, str]]:
    """(country, who stood for it, who does now) of each country that differs; of very many, all in one.

    Args:
        old, new: (country, who stands for it) of each.
    """
    before, after = dict(old), dict(new)
    apart = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if len(apart) <= MOST_APART:
        return [(name, before.get(name, ""), after.get(name, "")) for name in apart]
    was, now = (_lines([name for name in apart if name in side], side) for side in (before, after))
    return [(f"by country ({len(apart)} countries)", was, now)]


def _lines(names: Sequence[str], side: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {side[name].replace(chr(10), ' · ')}" for name in names)
