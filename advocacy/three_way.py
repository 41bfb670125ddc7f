"""Owns the three-way merge: what two people made of one thing that both began from.

The promise: what one of them changed stands, and where both changed the same, neither wins by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: Fields by name, as a form shows them.
Row = Mapping[str, str]
#: By what an office is known again, the surest first.
KNOWN_BY = (("role", "email"), ("email",), ("role", "name"), ("name",))
#: Where one of these is another, it is another office: then nothing of it is mixed with the other's.
IDENTITY = ("role", "name", "email")


@dataclass(frozen=True)
class Words:
    """Fields, merged."""

    values: dict[str, str]
    #: What both changed: the values hold mine, these theirs.
    both: dict[str, str] = field(default_factory=dict)
    #: What only they changed.
    theirs: list[str] = field(default_factory=list)


def merge_words(base: Row | None, mine: Row, theirs: Row) -> Words:
    """Merge fields one by one. Without what both began from, each that is not the same on both sides is a question."""
    found = Words({})
    for name, own in mine.items():
        was, other = base.get(name) if base is not None else None, theirs.get(name, "")
        found.values[name] = other if own == was else own
        if own in {was, other}:
            found.theirs.extend([name] if own != other else [])
        elif other != was:
            found.both[name] = other
    return found


@dataclass(frozen=True)
class Place:
    """One row of a merged list."""

    values: Row
    #: Theirs, where both changed the row as a whole; what is in ``both`` else is single fields.
    other: Row | None = None
    both: Mapping[str, str] = field(default_factory=dict)
    #: ``mine`` or ``theirs``: who left it out; "" where nobody did.
    out: str = ""
    #: True where somebody has to choose.
    asks: bool = False
    #: What only they did to it.
    theirs: str = ""


def merge_rows(base: Sequence[Row], mine: Sequence[Row | None], theirs: Sequence[Row]) -> list[Place]:
    """Merge a list of offices.

    Args:
        base: what both began from.
        mine: the rows of ``base`` in their order, None for one that was left out; new ones follow.
        theirs: as it is stored now.
    Returns:
        The rows of ``theirs`` in their order, then those that are mine alone.
    """
    became = _became(base, theirs)
    was = {place: at for at, place in became.items()}
    found = []
    for place, row in enumerate(theirs):
        at = was.get(place)
        found.append(Place(row, theirs="added") if at is None else _place(base[at], mine[at], row))
    for at, row in enumerate(base):
        own = mine[at]
        if at not in became and own is not None and own != row:
            found.append(Place(own, out="theirs", asks=True))
    return found + [Place(own) for own in mine[len(base) :] if own is not None and own not in theirs]


def _place(was: Row, mine: Row | None, theirs: Row) -> Place:
    if mine is None:
        return Place(theirs, out="mine", asks=theirs != was)
    if mine == was:
        return Place(theirs, theirs="" if theirs == was else "changed")
    if theirs in (was, mine):
        return Place(mine)
    if any(was.get(name) != one.get(name) for one in (mine, theirs) for name in IDENTITY):
        return Place(mine, other=theirs, asks=True)
    words = merge_words(was, mine, theirs)
    return Place(words.values, both=words.both, asks=bool(words.both), theirs="changed" if words.theirs else "")


def _became(base: Sequence[Row], theirs: Sequence[Row]) -> dict[int, int]:
    """Place in ``base`` -> place in ``theirs`` of each row that is known again."""
    found: dict[int, int] = {}
    left = list(range(len(theirs)))
    for known_by in ((), *KNOWN_BY):
        for at, row in enumerate(base):
            key = _key(row, known_by)
            same = [place for place in left if key and key == _key(theirs[place], known_by)]
            if at not in found and same:
                found[at] = same[0]
                left.remove(same[0])
    for at in range(len(base)):
        if at not in found and at in left:
            found[at] = at
            left.remove(at)
    return found


def _key(row: Row, known_by: Sequence[str]) -> object:
    """What a row is known by: the fields of these names, the last of which must say something. Without names, all."""
    key = tuple(row.get(name, "") for name in known_by)
    return row if not known_by else key if key[-1] else None


def left_out(base: Sequence[Row], theirs: Sequence[Row]) -> list[Row]:
    """The rows that they left out."""
    became = _became(base, theirs)
    return [row for at, row in enumerate(base) if at not in became]
