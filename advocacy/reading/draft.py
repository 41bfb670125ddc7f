"""Owns the shape of what a text says: an update with its targets, before anybody has looked at it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


class Fault(ValueError):
    """A text that cannot be read without guessing. ``lines`` are whole sentences that name the line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(" ".join(lines))
        self.lines = lines


class Unnumbered(Fault):
    """A text that is an update and does not say which one: whoever has it can tell."""


@dataclass
class DraftTarget:
    """One office as the text prints it."""

    role: str
    name: str = ""
    title: str = ""
    organisation: str = ""
    salutation: str = ""
    email: str = ""
    address_lines: list[str] = field(default_factory=list)
    local_address_lines: list[str] = field(default_factory=list)
    local_language: str = ""
    fax: list[str] = field(default_factory=list)
    phone: list[str] = field(default_factory=list)
    #: Its ties to the address book, which no text has: see ``advocacy.models.target``.
    book_office_id: int | None = None
    office_set_id: int | None = None
    #: None where whoever stores it is to copy the rows of its set.
    by_country: list[dict[str, Any]] | None = None


@dataclass
class DraftUpdate:
    """Everything that one text says; what it does not say is empty."""

    reference: str = ""
    number: int = 0
    #: The tag that the reader gave it: it knows scripts, and French from English.
    language: str = "en"
    index: str = ""
    issued_on: date | None = None
    original_index: str = ""
    original_issued_on: date | None = None
    deadline: date | None = None
    country: str = ""
    title: str = ""
    summary: str = ""
    facts: str = ""
    asks: list[str] = field(default_factory=list)
    #: No document prints these two: the desk does.
    points_that_stay: list[int] = field(default_factory=list)
    letter_subjects: list[str] = field(default_factory=list)
    additional_information: str = ""
    letter_subject: str = ""
    letter_text: str = ""
    targets: list[DraftTarget] = field(default_factory=list)
