"""Owns what a draft says otherwise than the live update: field by field, and which of it a person has to look at.

The promise: whatever differs is shown. What could do harm unseen (an address, a count of people, a name, a salutation,
a removed ask, a date or an index that does not move on) is an alarm, and comes first.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from advocacy.comparing_asks import came_of, that_stay
from advocacy.country_rows import rows_apart
from advocacy.people_counts import Count, counts
from advocacy.text_diff import Budget, Kind, Part, by_character, by_word


@dataclass(frozen=True)
class Office:
    """One office, as an update prints it."""

    role: str
    name: str
    title: str = ""
    organisation: str = ""
    salutation: str = ""
    email: str = ""
    address_lines: tuple[str, ...] = ()
    local_address_lines: tuple[str, ...] = ()
    fax: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    #: (country, who stands for it).
    by_country: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Says:
    """Everything that an update says."""

    name: str = ""
    number: int = 0
    correction: int = 0
    index: str = ""
    issued_on: date | None = None
    original_index: str = ""
    original_issued_on: date | None = None
    country: str = ""
    title: str = ""
    summary: str = ""
    facts: str = ""
    asks: tuple[str, ...] = ()
    points_that_stay: tuple[int, ...] = ()
    additional_information: str = ""
    letter_subject: str = ""
    letter_subjects: tuple[str, ...] = ()
    letter_text: str = ""
    deadline: date | None = None
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One field that does not say the same."""

    label: str
    parts: tuple[Part, ...]
    #: What is to be looked at; "" where it is no alarm.
    question: str = ""
    #: What whoever ticks it says.
    tick: str = ""
    #: True for an address, shown in large letters.
    address: bool = False
    #: What the two sides are, where they are not the live update and the draft.
    sides: tuple[str, str] = ("", "")

    @property
    def old(self) -> str:
        """What the live update says; "" for nothing."""
        return "".join(part.old for part in self.parts)

    @property
    def new(self) -> str:
        """What the draft says; "" for nothing."""
        return "".join(part.new for part in self.parts)

    @property
    def word(self) -> str:
        """The pill's word."""
        if self.old == self.new:
            return "Same as live"
        if self.old and self.new:
            return "Changed address" if self.address else "Changed"
        return "Added" if self.new else "Removed"

    @property
    def key(self) -> str:
        """A name that holds for exactly this difference."""
        told = json.dumps([self.label, self.old, self.new, self.question])
        return hashlib.sha256(told.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Comparison:
    """A draft beside the live update."""

    live: Says
    new: Says
    alarms: tuple[Difference, ...]
    others: tuple[Difference, ...]
    #: Labels of what both say.
    same: tuple[str, ...]


TEXTS = {
    "title": "Title",
    "summary": "Summary",
    "facts": "Facts",
    "letter_subject": "Subject of the letter",
    "letter_text": "Letter",
    "additional_information": "Additional information",
    "country": "Country",
}
COUNTED = ("title", "summary", "facts", "letter_subject", "letter_text", "additional_information")
COMPARED = "I compared this with the published document"
ALOUD = "Read it aloud, letter by letter. A wrong address sends every letter to a stranger."


class _Found:
    """Collects the differences of one comparison, within one budget."""

    def __init__(self) -> None:
        self.budget = Budget()
        self.alarms: list[Difference] = []
        self.others: list[Difference] = []
        self.same: list[str] = []

    def add(self, label: str, old: str, new: str, question: str = "", *, tick: str = COMPARED) -> None:
        """A text; an alarm where there is a question."""
        self._keep(Difference(label, tuple(by_word(old, new, self.budget)), question, tick), old, new)

    def add_address(self, label: str, old: str, new: str, question: str = "") -> None:
        """An address, by character."""
        parts = tuple(by_character(old, new, self.budget))
        self._keep(Difference(label, parts, question, COMPARED, address=True), old, new)

    def _keep(self, difference: Difference, old: str, new: str) -> None:
        if all(part.kind is Kind.KEPT for part in difference.parts):
            self.same += [label for label in [difference.label] if new]
        elif difference.question:
            self.alarms.append(difference)
        else:
            self.others.append(difference)


def compare(live: Says, new: Says) -> Comparison:
    """Set a draft beside the live update.

    Returns:
        The alarms, then everything else that differs, each in the order of a letter: offices first.
    """
    found = _Found()
    _offices(found, live.offices, new.offices)
    _counts(found, live, new)
    _asks(found, live, new)
    _papers(found, live, new)
    for field, label in TEXTS.items():
        found.add(label, getattr(live, field), getattr(new, field))
    found.add("Further subjects", "\n".join(live.letter_subjects), "\n".join(new.letter_subjects))
    found.add("Deadline", _day(live.deadline), _day(new.deadline))
    return Comparison(live, new, tuple(found.alarms), tuple(found.others), tuple(found.same))


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _papers(found: _Found, live: Says, new: Says) -> None:
    """Index and date: each published document has its own, and a later one. A correction has those of its document."""
    corrects = new.correction and new.number == live.number
    if new.index and new.index == live.index and not corrects:
        question = f"{live.name or 'The live update'} has the same index. Each published document has one of its own."
        part = Part(Kind.KEPT, live.index, new.index)
        found.alarms.append(Difference("Index", (part,), question, COMPARED))
    else:
        found.add("Index", live.index, new.index)
    question = ""
    if live.issued_on and new.issued_on is None:
        question = "The live update has a date, and the draft has none. Which day does the document print?"
    elif live.issued_on and new.issued_on and new.issued_on < live.issued_on:
        question = "The draft is older than what is live. Is it the right document?"
    found.add("Date", _day(live.issued_on), _day(new.issued_on), question)
    found.add("First index", live.original_index, new.original_index)
    found.add("First date", _day(live.original_issued_on), _day(new.original_issued_on))


def counts_of(says: Says) -> list[Count]:
    """Every count of people in an update."""
    return counts("\n\n".join([*(getattr(says, field) for field in COUNTED), *says.asks, *says.letter_subjects]))


def _counts(found: _Found, live: Says, new: Says) -> None:
    old, now = counts_of(live), counts_of(new)
    before, after = {count.meaning for count in old}, {count.meaning for count in now}
    if before == after:
        return
    gone = [count.phrase for count in old if count.meaning not in after]
    come = [count.phrase for count in now if count.meaning not in before]
    kept = [Part(Kind.KEPT, f"{c.phrase}\n", f"{c.phrase}\n") for c in now if c.meaning in before]
    parts = [*(Part(Kind.REMOVED, f"{one}\n", "") for one in gone), *(Part(Kind.ADDED, "", f"{one}\n") for one in come)]
    said = [f"No longer there: {'; '.join(gone)}."] if gone else []
    said += [f"New: {'; '.join(come)}."] if come else []
    tick = "I compared every number of people with the published document"
    found.alarms.append(Difference("Numbers of people", (*parts, *kept), " ".join(said), tick))


def _asks(found: _Found, live: Says, new: Says) -> None:
    came = came_of(live.asks, new.asks)
    must, now_must = that_stay(live.asks, live.points_that_stay), that_stay(new.asks, new.points_that_stay)
    for at, (ask, was) in enumerate(zip(new.asks, came, strict=True), 1):
        if ask != was:
            found.add(f"Ask {at}", was, ask)
    for at, ask in enumerate(live.asks, 1):
        if ask not in came:
            said = "Every letter had to make this point" if ask in must else "The live update asks for this"
            question = f"{said}, and the draft does not. Was it granted, or forgotten?"
            found.add(f"Ask {at} of the live update", ask, "", question)
    found.same += [f"Ask {at}" for at, ask in enumerate(new.asks, 1) if ask in live.asks]
    asks = zip(new.asks, came, strict=True)
    loose = [f"ask {at}" for at, (ask, was) in enumerate(asks, 1) if was in must and ask not in now_must]
    question = f"A supporter may leave out {' and '.join(loose)} now, and could not before. Is that meant?"
    found.add("Points that stay", "\n".join(must), "\n".join(now_must), question if loose else "")


#: By what an office is known again, the surest first.
KNOWN_BY: tuple[Callable[[Office], tuple[str, ...]], ...] = (
    lambda one: (one.email.casefold(), one.role) if one.email else (),
    lambda one: (one.email.casefold(),) if one.email else (),
    lambda one: (one.title, one.organisation, one.role) if one.title or one.organisation else (),
    lambda one: (one.name, one.role) if one.name else (),
    lambda one: (one.role,),
)


def paired(old: Iterable[Office], new: Iterable[Office]) -> list[tuple[Office | None, Office | None]]:
    """Each office of both updates once, with the one that it was or became, or None."""
    before, after = dict(enumerate(old)), dict(enumerate(new))
    pairs: list[tuple[Office | None, Office | None]] = []
    for known_by in KNOWN_BY:
        places: dict[tuple[str, ...], list[int]] = {}
        for place, office in before.items():
            places.setdefault(known_by(office), []).append(place)
        for place, office in list(after.items()):
            key = known_by(office)
            if key and places.get(key):
                pairs.append((before.pop(places[key].pop(0)), after.pop(place)))
    return [*pairs, *((None, one) for one in after.values()), *((one, None) for one in before.values())]


def _offices(found: _Found, live: Iterable[Office], new: Iterable[Office]) -> None:
    for old, now in paired(live, new):
        whose = now or old
        if whose:
            _office(found, f"{whose.role}: {whose.name or 'an office'}", old, now)


def _office(found: _Found, label: str, old: Office | None, new: Office | None) -> None:
    found.add_address(f"{label}, email address", old.email if old else "", new.email if new else "", ALOUD)
    known = old is not None and new is not None
    was, now = old or Office("", ""), new or Office("", "")
    turned = "The office changes between To and Copy. Is that meant?" if known else ""
    found.add(f"{label}, role", was.role, now.role, turned)
    for field in ("name", "title", "organisation"):
        question = "Is this who the document names?" if known else ""
        found.add(f"{label}, {field}", getattr(was, field), getattr(now, field), question)
    hail = "Every letter to this office begins so. Does it fit the name?" if known else ""
    found.add(f"{label}, salutation", was.salutation, now.salutation, hail)
    lines = {"address_lines": "postal address", "local_address_lines": "address in its own script"}
    for field, words in {**lines, "fax": "fax", "phone": "phone"}.items():
        found.add_address(f"{label}, {words}", "\n".join(getattr(was, field)), "\n".join(getattr(now, field)))
    for country, before, after in rows_apart(was.by_country, now.by_country):
        found.add_address(f"{label}, {country}", before, after, ALOUD)
