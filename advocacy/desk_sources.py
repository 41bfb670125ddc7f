"""Owns what the desk shows of the text that a draft was read from: where each field stands in it, and what is open."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from advocacy import reading
from advocacy.models import Update
from advocacy.reading import DraftTarget, DraftUpdate, Fault, Notice, Question
from mailings.text import LINE_BREAKS

#: Where a field of a draft has another name than in a reading.
ELSEWHERE = {"number": "update_number", "email": "emails"}
HERE = {name: field for field, name in ELSEWHERE.items()}
OFFICE = (
    "email", "name", "title", "organisation", "salutation", "address_lines", "local_address_lines", "fax", "phone",
)  # fmt: skip
DOCUMENT = (
    "number", "country", "index", "issued_on", "original_index", "original_issued_on", "deadline", "title", "summary",
    "facts", "additional_information", "asks", "letter_subject", "letter_text",
)  # fmt: skip
LONGEST_QUOTE = 160
#: So many lines that hold the same words are pointed to.
MOST_PLACES = 4
#: Where words begin and end, so that no address is found within a longer one. Chinese has no spaces to tell by.
BEFORE, AFTER = r"(?<![0-9A-Za-z._+@-])", r"(?!\.?[0-9A-Za-z@-])"


@dataclass(frozen=True)
class Line:
    """One line of the text. ``tone`` is ``read`` where a field came from it, ``ask`` where something is open."""

    number: int
    text: str
    tone: str = ""
    #: The id on the page of what was read from it, for the way back; "" where nothing was.
    back: str = ""


@dataclass(frozen=True)
class Source:
    """Where one field stands in the text.

    ``state`` is ``found``, ``changed`` (somebody edited what was read), ``added`` (the draft has it, the text has not)
    or ``missing``.
    """

    state: str
    lines: tuple[Line, ...] = ()

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
        read = reading.read(text)
    except Fault:  # Stored by an older version, which read it in another way.
        read = DraftUpdate()
    lines = _lines(text, found)

    def source(key: str, was: object, now: object) -> Source:
        numbers = found.found.get(key, ())
        if not numbers:
            return Source("added" if now else "missing")
        return Source("found" if was == now else "changed", tuple(lines[n - 1] for n in numbers if n <= len(lines)))

    fields = {n: source(ELSEWHERE.get(n, n), getattr(read, n), getattr(update, n)) for n in DOCUMENT}
    offices: list[Mapping[str, Source]] = []
    for place, target in enumerate(update.targets.all()):
        printed = read.targets[place] if place < len(read.targets) else DraftTarget("to")
        same = {printed.name, printed.email} - {""} & {target.name, target.email}
        key = f"targets.{place}."
        told = {n: source(key + ELSEWHERE.get(n, n), getattr(printed, n), getattr(target, n)) for n in OFFICE}
        offices.append(told if same else {})
    return Sources(fields, offices, found.questions, found.notices, found.closing, lines)


@dataclass(frozen=True)
class Document:
    """The text that somebody compares an update with."""

    lines: Sequence[Line] = ()
    #: The update that it was pasted for, where that is an earlier one; "" otherwise.
    whose: str = ""

    @property
    def words(self) -> str:
        """What it is, in a sentence."""
        return f"As it was pasted for {self.whose}, which this corrects." if self.whose else "As it was pasted."

    def where(self, words: str) -> tuple[int, ...]:
        """The lines on which words begin, each line of them looked for by itself; white space alone does not matter."""
        text, found = "\n".join(line.text for line in self.lines), []
        for part in filter(None, (one.split() for one in words.splitlines())):
            sought = re.compile(BEFORE + r"\s+".join(map(re.escape, part)) + AFTER, re.IGNORECASE)
            found += [text.count("\n", 0, one.start()) + 1 for one in sought.finditer(text)][:MOST_PLACES]
        return tuple(dict.fromkeys(found))[:MOST_PLACES]


def document(update: Update) -> Document:
    """The text beside an update: its own, else that of the document that it corrects. Empty where there is none."""
    if update.source_text:
        return Document([Line(number, line) for number, line in enumerate(_cut(update.source_text), 1)])
    rows = update.campaign.updates.filter(number=update.number, correction__lt=update.correction)
    earlier = rows.exclude(source_text="").order_by("-correction").first()
    return replace(document(earlier), whose=earlier.name) if earlier else Document()


def _cut(text: str) -> list[str]:
    return LINE_BREAKS.split(text.rstrip())


def _lines(text: str, found: reading.Reading) -> list[Line]:
    read = {number for numbers in found.found.values() for number in numbers}
    asked = {number for one in found.questions for number in one.lines}
    asked |= {number for one in found.notices for number in one.lines}
    return [
        Line(number, line, "ask" if number in asked else "read" if number in read else "", _back(number, found))
        for number, line in enumerate(_cut(text), 1)
    ]


def _back(number: int, found: reading.Reading) -> str:
    """The id of the field that was read from a line first of all."""
    key = next((key for key, numbers in found.found.items() if numbers and number == numbers[0]), "")
    whose, _, rest = key.partition(".")
    place, _, name = rest.partition(".")
    if whose == "targets":
        return f"id_office-{place}-{HERE.get(name, name)}" if HERE.get(name, name) in OFFICE else ""
    return f"id_{HERE.get(key, key)}" if HERE.get(key, key) in DOCUMENT else ""
