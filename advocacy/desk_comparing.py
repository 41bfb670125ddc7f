"""Owns the comparison as the preview page shows it: alarms first, what is ticked, and long kept stretches cut."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from advocacy import alarms
from advocacy.comparing import Comparison, Difference
from advocacy.models import Update
from advocacy.text_diff import Kind, Part

#: Kept characters beside a change that the page shows.
AROUND = 160
#: Words -> the lines of the document on which they stand.
Where = Callable[[str], tuple[int, ...]]
#: Tone and icon of each pill.
LOOKS = {"Added": ("good", "plus"), "Removed": ("bad", "minus"), "Changed": ("info", "pencil")}


@dataclass(frozen=True)
class Row:
    """One difference on the page."""

    difference: Difference
    #: What differs, and what stands beside it.
    parts: list[Part]
    ticked: bool
    #: True where the summary of errors names it.
    missing: bool
    #: The lines of the document that say so; None where there is no document to look into.
    lines: tuple[int, ...] | None = None

    @property
    def nowhere(self) -> bool:
        """True for an address that the document does not have as it stands here."""
        return self.difference.address and bool(self.difference.new) and self.lines == ()

    @property
    def tone(self) -> str:
        """The pill's tone."""
        return "wait" if self.difference.question else LOOKS.get(self.difference.word, ("info", "pencil"))[0]

    @property
    def icon(self) -> str:
        """The pill's icon."""
        return "warning" if self.difference.question else LOOKS.get(self.difference.word, ("info", "pencil"))[1]


@dataclass(frozen=True)
class Shown:
    """The whole comparison."""

    of: Comparison
    alarms: list[Row]
    others: list[Row]

    @property
    def keys(self) -> list[str]:
        """Of every alarm."""
        return [row.difference.key for row in self.alarms]


def shown(
    update: Update, ticked: Collection[str] = (), missing: Collection[str] = (), where: Where | None = None
) -> Shown | None:
    """What the page shows beside a draft; None where there is nothing to compare it with.

    Args:
        update: the draft.
        ticked: keys of the alarms whose box is ticked.
        missing: keys of those that somebody forgot to tick.
        where: finds words in the document; None where there is none.
    """
    found = alarms.comparison(update)
    return None if found is None else of(found, ticked, missing, where)


def of(
    found: Comparison, ticked: Collection[str] = (), missing: Collection[str] = (), where: Where | None = None
) -> Shown:
    """What a page shows of a comparison; the others as above."""
    rows = [
        Row(one, _near(one.parts), one.key in ticked, one.key in missing, where(_sought(one)) if where else None)
        for one in found.alarms
    ]
    return Shown(found, rows, [Row(one, _near(one.parts), False, False) for one in found.others])


def _sought(difference: Difference) -> str:
    """What to look for in the document: what is new; what went, where nothing came."""
    come = "".join(part.new for part in difference.parts if part.kind is Kind.ADDED)
    return come if difference.label == "Numbers of people" and come else difference.new or difference.old


def _near(parts: tuple[Part, ...]) -> list[Part]:
    last = len(parts) - 1
    return [_cut(part, first=at == 0, last=at == last) for at, part in enumerate(parts)]


def _cut(part: Part, *, first: bool, last: bool) -> Part:
    if part.kind is not Kind.KEPT or max(len(part.old), len(part.new)) <= 3 * AROUND:
        return part
    return Part(part.kind, *(_ends(text, first=first, last=last) for text in (part.old, part.new)))


def _ends(text: str, *, first: bool, last: bool) -> str:
    """Both ends of a long stretch, each where a change stands beside it."""
    head = "" if first else text[:AROUND].rpartition(" ")[0] or text[:AROUND]
    tail = "" if last else text[-AROUND:].partition(" ")[2] or text[-AROUND:]
    return f"{head} […] {tail}"
