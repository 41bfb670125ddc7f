"""Owns what the desk shows of the text that a draft was read from: where each field stands in it, and what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from advocacy import reading
from advocacy.models import Update
from advocacy.reading import DraftTarget, DraftUpdate, Fault, Notice, Question
from mailings.text import LINE_BREAKS

#: Where a field of a draft has another name than in a reading.
ELSEWHERE = {"number": "update_number", "email": "emails"}
OFFICE = (
    "email", "name", "title", "organisation", "salutation", "address_lines", "local_address_lines", "fax", "phone",
)  # fmt: skip
DOCUMENT = (
    "number", "country", "index", "issued_on", "original_index", "original_issued_on", "deadline", "title", "summary",
    "facts", "additional_information", "asks", "letter_subject", "letter_text",
)  # fmt: skip
LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Line:
    """One line of the text. ``tone`` is ``read`` where a field came from it, ``ask`` where something is open."""

    number: int
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Source:
    """Where one field stands in the text.

    ``state`` is ``found``, ``changed`` (somebody edited what was read), ``added`` (the draft has it, the text has not),
    ``asked`` (the text leaves it open, and the draft has nothing yet) or ``missing``.
    """

    state: str
    lines: tuple[Line, ...] = ()
    #: What a person must say about it.
    questions: tuple[Question, ...] = ()

    @property
    def quote(self) -> str:
        """The beginning of its first line."""
        text = self.lines[0].text.strip() if self.lines else ""
        return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()} …"


@dataclass(frozen=True)
class Sources:
    """All that is shown of one text."""

    fields: Mapping[str, Source] = field(default_factory=dict)
    #: For each office of the draft, in order; empty where it is none of the text's.
    offices: Sequence[Mapping[str, Source]] = ()
    questions: Sequence[Question] = ()
    notices: Sequence[Notice] = ()
    #: How the text ends its case; "" where it does not.
    closing: str = ""
    lines: Sequence[Line] = ()


def of(update: Update) -> Sources:
    """Read a draft's text once more, and set the draft beside it. Empty where it was begun without a text."""
    text = update.source_text
    if not text:
        return Sources()
    found = reading.reading_of(text)
    try:
        read = reading.read(text, update.number)
    except Fault:  # Stored by an older version, which read it in another way.
        read = DraftUpdate()
    lines = _lines(text, found)
    # Which update it is has been said, once it has a number.
    questions = [one for one in found.questions if one.field != "update_number" or not update.number]

    def source(key: str, was: object, now: object) -> Source:
        asked = tuple(one for one in questions if one.field == key)
        numbers = found.found.get(key, ()) or tuple(number for one in asked for number in one.lines)
        if asked and not now:
            return Source("asked", tuple(lines[n - 1] for n in numbers if n <= len(lines)), asked)
        if not numbers:
            return Source("added" if now else "missing")
        return Source("found" if was == now else "changed", tuple(lines[n - 1] for n in numbers if n <= len(lines)))

    fields = {n: source(ELSEWHERE.get(n, n), getattr(read, n), getattr(update, n)) for n in DOCUMENT}
    offices: list[Mapping[str, Source]] = []
    for place, target in enumerate(update.targets.all()):
        printed = read.targets[place] if place < len(read.targets) else DraftTarget("to")
        known = {printed.name, printed.email} - {""} or {printed.title, printed.organisation} - {""}
        same = known & {target.name, target.email, target.title, target.organisation}
        key = f"targets.{place}."
        told = {n: source(key + ELSEWHERE.get(n, n), getattr(printed, n), getattr(target, n)) for n in OFFICE}
        offices.append(told if same else {})
    return Sources(fields, offices, questions, found.notices, found.closing, lines)


def _lines(text: str, found: reading.Reading) -> list[Line]:
    read = {number for numbers in found.found.values() for number in numbers}
    asked = {number for one in found.questions for number in one.lines}
    asked |= {number for one in found.notices for number in one.lines}
    return [
        Line(number, line, "ask" if number in asked else "read" if number in read else "")
        for number, line in enumerate(LINE_BREAKS.split(text.rstrip()), 1)
    ]
