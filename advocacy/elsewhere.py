"""Owns the letter that its writer sends without our server: its words by email, on paper and by fax.

The promise: it says no more of its writer than the letter that we would send, and nothing that is only true of ours.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import formats, translation
from django.utils.translation import gettext as _

from advocacy import wording
from advocacy.identities import Shown
from advocacy.languages import Language
from advocacy.mail_links import Head, MailLink, links
from advocacy.models import Campaign, Target, Update
from advocacy.models.campaign import SENDABLE
from advocacy.models.identity import FULL, Level
from advocacy.models.target import TargetRole
from advocacy.wording import Choices, PaperBlock, letter_mails
from mailings.text import clean_text

#: With fewer days left than this, a letter by post to another country is likely to come too late.
DAYS_OF_POST = 14
#: So many lines of so many narrow letters surely fit below the address on one sheet, of A4 as of US Letter.
LINES_ON_A_SHEET, LETTERS_ON_A_LINE = 27, 72
#: An address of more lines than this is set smaller.
LINES_IN_A_WINDOW = 6


def closed(campaign: Campaign, now: datetime) -> bool:
    """True where nobody should send anything now: it is paused, over, or its last day is past."""
    return campaign.status not in SENDABLE or campaign.past_deadline(now)


def too_late_for_post(campaign: Campaign, now: datetime) -> bool:
    """True where the date to write before is so near that a letter by post is likely to miss it."""
    last = campaign.deadline
    return last is not None and (last - now.astimezone(campaign.zone).date()).days < DAYS_OF_POST


def shown_of(update: Update, choices: Choices) -> Shown:
    """What the letter says of its writer: as in ours, but nobody sends a letter in the organisation's name."""
    writer = wording.shown_of(update, choices)
    return replace(writer, name="", signature="") if writer.level is Level.ORGANISATION else writer


def mail_program_fits(campaign: Campaign) -> bool:
    """False where the campaign lets no full name leave: one's own mail program would show it, and one's address."""
    return campaign.most_identity in FULL


@dataclass(frozen=True)
class OwnMail:
    """One finished letter for somebody's own mail program. ``to`` and ``cc`` are (name, address)."""

    office: str
    to: tuple[str, str]
    cc: tuple[tuple[str, str], ...]
    subject: str
    text: str
    links: tuple[MailLink, ...]

    @property
    def pasted(self) -> bool:
        """True where the text does not fit into one of the links."""
        return any(not link.whole for link in self.links)


def own_mails(update: Update, choices: Choices) -> list[OwnMail]:
    """The emails that a letter becomes when its writer sends it: to and about the same as ours.

    Raises:
        mailings.text.UnfitText: where a value may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    writer = shown_of(update, choices)
    offices = [one for one in wording.offices(update, choices, writer) if one.email]
    to, copies = _by_role(offices)
    note = _("(Paste your letter here.)")
    made = []
    for number, (target, mail) in enumerate(zip(to, letter_mails(update, choices), strict=True)):
        text = _text(update, choices, writer, target, copies if number == 0 else [])
        cc = tuple((address.name, address.email) for address in mail.cc)
        head = Head(target.email, tuple(email for _name, email in cc), mail.subject)
        to_line = (target.mail_name, target.email)
        made.append(OwnMail(target.mail_name, to_line, cc, mail.subject, text, links(head, text, note)))
    return made


def _by_role(offices: Sequence[Target]) -> tuple[list[Target], list[Target]]:
    to = [one for one in offices if one.role == TargetRole.TO]
    return to, [one for one in offices if one.role == TargetRole.COPY]


def _text(update: Update, choices: Choices, writer: Shown, target: Target, copies: Sequence[Target]) -> str:
    copy_lines = "\n".join(f"Copy: {wording.copied(copy)}" for copy in copies)
    text = wording.letter_text(update, choices, writer, target)
    return clean_text(f"{text}\n\n{copy_lines}")


@dataclass(frozen=True)
class PrintedLetter:
    """One letter to one office, as it is printed."""

    target: Target
    writer: Shown
    #: Where it was written, as far as its writer lets that be seen; "" for nowhere.
    place: str
    #: The date in the letter's language.
    day: str
    subject: str
    text: str
    own_words: str
    language: Language

    @property
    def lines(self) -> list[str]:
        """What stands in the window of the envelope, after the local script: sorters look for the country last."""
        return [line for line in (self.target.name, self.target.office, *self.target.address_lines) if line]

    @property
    def crowded(self) -> bool:
        """True where the address needs smaller letters to fit into the window."""
        return len(self.target.local_address_lines) + len(self.lines) > LINES_IN_A_WINDOW

    @property
    def sender(self) -> list[str]:
        """What stands above as the sender; empty where nobody is to be seen."""
        return self.writer.signature.split("\n") if self.writer.signature else []

    @property
    def paper(self) -> list[PaperBlock]:
        """The text, paragraph by paragraph."""
        return wording.paper(self.text, self.own_words)

    @property
    def fax_pages(self) -> int:
        """How many pages go through the fax, with the cover; 0 where only the printer knows."""
        return 2 if _fits_on_a_sheet(self.text) else 0


def by_post(update: Update, choices: Choices, today: date) -> list[PrintedLetter]:
    """One letter for each office that has an address in the world; those who get a copy get the first one's."""
    return _printed(update, choices, today, [one for one in _offices(update, choices) if one.address_lines])


def by_fax(update: Update, choices: Choices, today: date) -> list[PrintedLetter]:
    """One letter for each office that has a fax."""
    return _printed(update, choices, today, [one for one in _offices(update, choices) if one.fax])


def _offices(update: Update, choices: Choices) -> list[Target]:
    return wording.offices(update, choices, shown_of(update, choices))


def _printed(update: Update, choices: Choices, today: date, offices: Sequence[Target]) -> list[PrintedLetter]:
    writer = shown_of(update, choices)
    everybody, _copied = _by_role(_offices(update, choices))
    to, copies = _by_role(offices)
    subject = letter_mails(update, choices)[0].subject
    day = _day(today, update.language)
    place = choices.city if writer.level in FULL else writer.country
    first = (to or everybody)[0]
    made = []
    for target in [*to, *copies]:
        addressed = first if target in copies else target
        text = _text(update, choices, writer, addressed, copies if addressed is first else [])
        made.append(PrintedLetter(target, writer, place, day, subject, text, choices.own_words, update.tongue))
    return made


def _day(today: date, language: str) -> str:
    """A date as the letter's language writes it; as 2026-11-24 where we do not know how."""
    code = language.lower()
    if not translation.check_for_language(code):
        return today.isoformat()
    with translation.override(code):
        # Django abbreviates the month in English.
        return formats.date_format(today, "j F Y" if code == "en" else "DATE_FORMAT")


def _fits_on_a_sheet(text: str) -> bool:
    """True where a text surely does; nobody knows before it is printed where it is longer."""
    return sum(max(1, math.ceil(_width(line) / LETTERS_ON_A_LINE)) for line in text.split("\n")) <= LINES_ON_A_SHEET


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
