"""Owns the marks by which an urgent action's parts are known: references, indexes, dates, labels. Data, not rules."""

import re
from datetime import date, datetime

REFERENCE = re.compile(r"\b(UA|EXTRA|MA|NSA)\s*[:#]?\s*([0-9]{1,3})\s*[/.]\s*([0-9]{2})\b")
UPDATE_NUMBER = re.compile(r"\bUpdate\s+([0-9]{1,2})\b", re.IGNORECASE)
INDEX = re.compile(r"\b([A-Z]{3})\s+([0-9]{1,2})\s*/\s*([0-9]{3,4})\s*/\s*([0-9]{4})\b")
DATE = re.compile(r"\b([0-9]{1,2} [A-Z][a-z]+ [0-9]{4})\b")
ORIGINAL = re.compile(r"^The original index number is\b", re.IGNORECASE)
DEADLINE = re.compile(r"^Deadline\s*:", re.IGNORECASE)
ASKS = re.compile(r"^(Please )?(write|ask|urge|send)\b.*:$", re.IGNORECASE)
BULLET = re.compile(r"^[-*•]\s+(?=\S)")
MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,500}\)")

#: A line that is one of these (without its colon) begins a part.
PARTS = {
    "write to": "to",
    "and write to": "to",
    "and copy": "copy",
    "and copies to": "copy",
    "copies to": "copy",
    "additional information": "additional",
    "model letter": "letter",
}
#: Labels inside an office's block, and the field each one fills.
LABELS = {
    "name": "name",
    "title": "title",
    "organisation": "organisation",
    "fax": "fax",
    "phone": "phone",
    "tel": "phone",
    "email": "email",
    "e-mail": "email",
    "salutation": "salutation",
}
LABEL = re.compile(rf"^({'|'.join(LABELS)})\s*:\s*(.*)$", re.IGNORECASE)
LOCAL_ADDRESS = re.compile(r"^In ([A-Z][a-z]+)\s*:\s*$")
TITLE_WORD = re.compile(
    r"^(President|Vice[- ]President|Prime Minister|Minister|Ambassador|Governor|Attorney|Prosecutor|Chief|Director|"
    r"Chair|Chairperson|Commissioner|Secretary|Head|King|Emir|Judge|General|Warden|Consul)\b"
)
OFFICE_WORD = re.compile(r"^(Embassy|Ministry|Office|Department|Consulate|High Commission|Prison|Court)\b")


def read_date(text: str) -> date | None:
    """``29 July 2022`` as a date; None where no such date stands in the text."""
    found = DATE.search(text)
    if not found:
        return None
    try:
        return datetime.strptime(found[1], "%d %B %Y").date()  # noqa: DTZ007  A printed date has no zone.
    except ValueError:
        return None


def read_index(text: str) -> str:
    """``ASA 17/ 4243/2021`` as ``ASA 17/4243/2021``; "" where none stands in the text."""
    found = INDEX.search(text)
    return f"{found[1]} {found[2]}/{found[3]}/{found[4]}" if found else ""


def read_reference(text: str) -> str:
    """``UA 222.17`` as ``UA 222/17``; "" where none stands in the text."""
    found = REFERENCE.search(text)
    return f"{found[1]} {int(found[2])}/{found[3]}" if found else ""


def part_of(line: str) -> str:
    """The part that this line begins; "" for an ordinary line."""
    return PARTS.get(line.rstrip(": ").casefold(), "")
