"""Owns the labelled lines of an office: fax, phone, mail, web form, salutation, and remarks in brackets."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.reading import labels
from advocacy.reading.addresses import Addresses, addresses_in
from advocacy.reading.doubts import Standing, doubt_of, goes_on
from advocacy.reading.lines import straight

_LABEL = re.compile(
    r"^(?P<label>" + "|".join(sorted((re.escape(one) for one in labels.FIELDS), key=len, reverse=True)) + r")"
    r"(?:\s?\([^()]{1,40}\))?\s*[:：]\s*(?P<value>.*)$",
    re.IGNORECASE,
)
LOCAL_ADDRESS = re.compile(labels.LOCAL_ADDRESS, re.IGNORECASE)
_NOTE = re.compile(r"\(([^()]{1,200})\)")
_APART = re.compile(r"\s*[;,]\s*|\s+/\s+|\s+(?:or|ou|and|et)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"^[+0-9(][0-9 ().\-–/+]*(?:\s?(?:ext|x|poste)\.?\s?[0-9]+)?$", re.IGNORECASE)


@dataclass
class Contacts:
    """What an office's labels say, with the lines of each field."""

    values: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    #: The lines where an address stood and was hidden.
    redacted: list[int] = field(default_factory=list)
    #: (as printed, why it is asked: a whole sentence, line)
    doubtful: list[tuple[str, str, int]] = field(default_factory=list)
    #: Words that a line alone may carry an address on with: no part of the postal address.
    tails: set[str] = field(default_factory=set)

    def add(self, name: str, value: str, line: int) -> None:
        """One value of a field; twice the same is once."""
        values = self.values.setdefault(name, [])
        if value and value not in values:
            values.append(value)
            self.lines.setdefault(name, []).append(line)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return tuple(self.values.get(name, ()))

    def one(self, name: str) -> str:
        """The first value of a field, or ""."""
        return next(iter(self.values.get(name, ())), "")


@lru_cache(maxsize=4096)
def label_of(text: str) -> tuple[str, str]:
    """(field, what is said for it) of a labelled line; ("", text) for another."""
    if len(text) > 2000:
        return "", text
    found = _LABEL.match(straight(text))
    if not found:
        return "", text
    return labels.FIELDS[found["label"].casefold()], text[found.start("value") :].strip()


def take(contacts: Contacts, line: Standing) -> None:
    """Put one labelled line where it belongs."""
    name, value = line.label, line.value
    if name in {"fax", "phone", "both"}:
        for target in ("fax", "phone") if name == "both" else (name,):
            _numbers(contacts, target, value, line.number)
    elif name in {"email", "form"}:
        take_addresses(contacts, addresses_in(value, labelled=name == "email"), line)
    elif name == "salutation":
        contacts.add("salutation", value.rstrip(" ,:;"), line.number)
    elif name in {"name", "title", "organisation"}:
        contacts.add(name, value, line.number)


def _numbers(contacts: Contacts, name: str, value: str, line: int) -> None:
    for note in _NOTE.findall(value):
        if any(char.isalpha() for char in note):
            contacts.add(f"{name}_notes", note.strip(), line)
            value = value.replace(f"({note})", " ")
    for part in _APART.split(value):
        number = " ".join(part.split()).strip(" .")
        if _NUMBER.match(number) and any(char.isdigit() for char in number):
            contacts.add(name, number, line)
        elif number:
            contacts.add(f"{name}_notes", number, line)


def take_addresses(contacts: Contacts, found: Addresses, line: Standing) -> None:
    """Put the addresses of a line where they belong; one that is not whole, or not meant for sure, is doubtful."""
    if found.redacted:
        contacts.redacted.append(line.number)
    for email in found.emails:
        doubt = doubt_of(email, line)
        if doubt:
            contacts.doubtful.append((*doubt, line.number))
        else:
            contacts.add("emails", email, line.number)
    if any(goes_on(word, line) is not None for word in (*found.emails, *found.invalid)):
        contacts.tails.add(line.below[1])
    for word in found.invalid:
        contacts.add("invalid_emails", word, line.number)
    for form in found.forms:
        contacts.add("web_forms", form, line.number)
