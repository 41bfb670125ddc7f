"""Owns the shape of a reading: what a text says field by field, where it says it, and what it leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True)
class PrintedTarget:
    """One office as the text prints it; what is not there is empty. Nothing is completed and nothing is mended."""

    role: str
    name: str = ""
    title: str = ""
    organisation: str = ""
    salutation: str = ""
    emails: tuple[str, ...] = ()
    address_lines: tuple[str, ...] = ()
    local_address_lines: tuple[str, ...] = ()
    local_language: str = ""
    local_title: str = ""
    fax: tuple[str, ...] = ()
    fax_notes: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    #: True where a mail address stood here and a page's software hid it.
    email_redacted: bool = False
    #: What stands where an address should and is none, as printed.
    invalid_emails: tuple[str, ...] = ()
    web_forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedUpdate:
    """Everything that one text says; what it does not say is empty or None."""

    reference: str = ""
    #: 0 is the first appeal; None where the text does not say.
    update_number: int | None = None
    #: Whether this is an update at all; None where the text does not say.
    is_update: bool | None = None
    index: str = ""
    issued_on: date | None = None
    original_index: str = ""
    original_issued_on: date | None = None
    deadline: date | None = None
    #: In English where the name is known, and as it is printed.
    country: str = ""
    country_printed: str = ""
    title: str = ""
    #: The first paragraph, and the ones after it; of a single one its first sentence, and the others. One sentence is
    #: facts alone.
    summary: str = ""
    facts: str = ""
    asks: tuple[str, ...] = ()
    #: None where the text holds offices that it does not tell apart.
    targets: tuple[PrintedTarget, ...] | None = ()
    languages: tuple[str, ...] = ()
    letter_subject: str = ""
    letter_text: str = ""
    additional_information: str = ""
    ended: bool = False
    ended_on: date | None = None
    individuals: tuple[str, ...] = ()
    #: The language of the text as a tag: en, fr, ja ...
    text_language: str = "en"
    links_without_target: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that a person must answer: ``why`` is a whole sentence, the candidates are as printed."""

    field: str
    why: str
    candidates: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Something that a person should know. ``kind`` is one of the names below; ``words`` a whole sentence."""

    kind: str
    words: str
    text: str = ""
    lines: tuple[int, ...] = ()


CLOSING = ("stop", "final", "ended", "correction", "void")
ADDRESSES = ("web_form", "redacted", "not_an_address", "own_address", "other_address", "embassy")


@dataclass(frozen=True)
class Reading:
    """What a text was read as.

    ``found`` maps a field's name to the numbers of the lines that it was read from, counted from 1 in the text as it
    was given; a target's are named ``targets.0`` and ``targets.0.emails``. A field without an entry was not found.
    """

    draft: PrintedUpdate = field(default_factory=PrintedUpdate)
    found: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def closing(self) -> str:
        """How the text ends its case: stop, final, ended, correction, void; "" where it does not."""
        return next((notice.kind for notice in self.notices if notice.kind in CLOSING), "")
