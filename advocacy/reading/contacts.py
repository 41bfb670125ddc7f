"""Owns the labelled lines of an office: fax, phone, mail, web form, salutation, and remarks in brackets."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.reading import labels
from advocacy.reading.addresses import Addresses, addresses_in, is_cut_off
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
    #: (as printed, why it is no address of this office, line)
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


def take(contacts: Contacts, name: str, value: str, line: int, following: str) -> None:
    """Put one labelled line where it belongs.

    Args:
        contacts: the office's, added to.
        name: the field, from ``label_of``.
        value: what is said for it.
        line: its number.
        following: the next line, which an address may have been broken over to.
    """
    if name in {"fax", "phone", "both"}:
        for target in ("fax", "phone") if name == "both" else (name,):
            _numbers(contacts, target, value, line)
    elif name in {"email", "form"}:
        _mail(contacts, value, line, following, labelled=name == "email")
    elif name == "salutation":
        contacts.add("salutation", value.rstrip(" ,:;"), line)
    elif name in {"name", "title", "organisation"}:
        contacts.add(name, value, line)


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


def _mail(contacts: Contacts, value: str, line: int, following: str, *, labelled: bool) -> None:
    found = addresses_in(value, labelled=labelled)
    take_addresses(contacts, found, value, line, following)


def take_addresses(contacts: Contacts, found: Addresses, value: str, line: int, following: str) -> None:
    """Put the addresses of a line where they belong; one that may go on in the next line is doubtful."""
    if found.redacted:
        contacts.redacted.append(line)
    for email in found.emails:
        if is_cut_off(value, email, following):
            contacts.doubtful.append((f"{email}. {following.strip()}", "it may go on in the next line", line))
            contacts.tails.add(following.strip())
        else:
            contacts.add("emails", email, line)
    for word in found.invalid:
        if is_cut_off(value, word, following):
            contacts.tails.add(following.strip())
        contacts.add("invalid_emails", word, line)
    for form in found.forms:
        contacts.add("web_forms", form, line)
