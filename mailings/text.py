"""DOOR. Owns what plain text may stand in a mail: one clean line, one clean text, one address, paragraphs.

Nothing else in the project decides which characters are fit for a header, a body or a page.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import email_validator

LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
#: Directional overrides and isolates: they make a name or an address read as another one.
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: What nobody sees and copying from a web page or a word processor brings along; dropped without a word.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\ufeff]")
#: A joiner between two letters shapes Persian and Indic words and family emoji; anywhere else it only hides.
JOINERS = re.compile("[\u200c\u200d]+")
JOINABLE = frozenset({"Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "No", "Sk", "So"})
#: Blanks that are not the plain space.
BLANKS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u115f\u1160\u3164\uffa0]")
SPACES = re.compile("  +")  # and not " {2,}", which Python looks for at each sign, not only at spaces
EMPTY_LINES = re.compile("\n\n\n+")
#: Control characters save tab and line ends, halves of surrogate pairs, noncharacters, and U+FFFD, which stands where
#: bytes were no text.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
#: The same of the planes beyond the first, tag characters among them. Slow to look for, so only where there are any.
BEYOND = re.compile("[\U00010000-\U0010ffff]")
CONTROLS_BEYOND = re.compile(
    "[\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
#: Template syntax of Django, Jinja and the providers' own mail merge, encoded words, and what opens an HTML tag.
MARKUP = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|<%|\*\||\|\*|%recipient\.|=\?|<[A-Za-z/!?]")
MOST_MARKS_ON_A_LETTER = 4
#: Every combining mark lies in here: where no such run is, nothing can be stacked, and nobody need look at each sign.
LONG_ENOUGH_TO_STACK = re.compile("[\u0300-\U0010ffff]" * (MOST_MARKS_ON_A_LETTER + 1))
#: Local parts that people have. Leaves out % = { } | and quotes, which are legal but carry injections.
PERSONAL_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$&'*+/?^_`~-]{1,64}\Z")


class UnfitText(ValueError):
    """Text that may not stand in a mail. Its message is a whole sentence for the person who typed it."""


def clean_line(value: str, *, finished: bool = False) -> str:
    """One line of text as it may stand in a header or on a page.

    Args:
        value: what somebody typed, pasted or imported.
        finished: true for a line that our own templates made of values that are clean already: it may hold ``<``.
    Returns:
        The same in Unicode NFC, blanks collapsed to single spaces, invisible characters gone, trimmed.
    Raises:
        UnfitText: for line breaks, control and bidi characters, markup and stacked marks.
    """
    if LINE_BREAKS.search(value.strip()):
        raise UnfitText("Write this on a single line, without line breaks.")
    return _clean(value, finished).strip()


def clean_text(value: str, *, finished: bool = False) -> str:
    r"""A text of several paragraphs as it may stand in a mail body or on a page.

    Args:
        value: what somebody typed, pasted or imported.
        finished: true for a text that our own templates made of values that are clean already: it may hold ``<``.
    Returns:
        The same in Unicode NFC with ``\n`` as the only line break, at most one empty line between paragraphs, trimmed.
    Raises:
        UnfitText: for control and bidi characters, markup and stacked marks.
    """
    # As one text, not line by line: no rule reaches across a line break, and this is done for every letter.
    text = _clean(LINE_BREAKS.sub("\n", value), finished).replace(" \n", "\n").replace("\n ", "\n")
    return EMPTY_LINES.sub("\n\n", text).strip()


def _clean(value: str, finished: bool) -> str:
    if BIDI_CONTROLS.search(value):
        raise UnfitText("This holds hidden signs that turn the reading direction. Type it afresh, without pasting.")
    # Looked at before composing: sorting a run of a hundred thousand marks takes minutes.
    if _has_stacked_marks(value):
        raise UnfitText("Some letters here carry too many marks to be read. Write them plainly.")
    # Composed last: a mark may only meet its letter once what stood between them is gone.
    text = unicodedata.normalize("NFC", JOINERS.sub(_joined, INVISIBLE.sub("", value)))
    if CONTROLS.search(text) or (BEYOND.search(text) and CONTROLS_BEYOND.search(text)):
        raise UnfitText("This holds control characters that cannot be sent. Type it afresh, without pasting.")
    if not finished and MARKUP.search(text):
        raise UnfitText("Write plain text, without tags such as <b> and without double braces.")
    if _has_stacked_marks(text):  # Once more: what hid between marks may have kept them apart.
        raise UnfitText("Some letters here carry too many marks to be read. Write them plainly.")
    return SPACES.sub(" ", BLANKS.sub(" ", text))


def _joined(found: re.Match[str]) -> str:
    """The joiner where it joins something; nothing where it only hides."""
    start, end = found.span()
    neighbours = (found.string[max(start - 1, 0) : start], found.string[end : end + 1])
    joins = all(char and unicodedata.category(char) in JOINABLE for char in neighbours)
    return found[0][0] if joins else ""


def _has_stacked_marks(text: str) -> bool:
    if not LONG_ENOUGH_TO_STACK.search(text):
        return False
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MOST_MARKS_ON_A_LETTER:
            return True
    return False


def foreign_line(value: object, length: int) -> str:
    """A stranger's words as both databases can keep them: one line, no NUL, no half of a pair, so long at most.

    PostgreSQL refuses the row that any of these is in, and a record of a hand-over must not be refused.
    """
    text = LINE_BREAKS.sub(" ", str(value or "")).replace("\x00", "")
    return text.encode("utf-8", "replace").decode()[:length]


def clean_address(value: str) -> str:
    """One email address in the form in which it is mailed.

    Args:
        value: one address; a list of addresses is refused.
    Returns:
        The address with its domain in lower-case ASCII (``xn--`` where it has other letters); the local part as typed.
    Raises:
        UnfitText: with the remedy in words.
    """
    text = value.strip()
    if re.search(r"[,;\s]", text) and text.count("@") > 1:
        raise UnfitText("Write one address only.")
    try:
        parts = email_validator.validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        parts = None
    if parts is None or not PERSONAL_LOCAL_PART.match(parts.local_part) or "." not in parts.ascii_domain:
        raise UnfitText("Write your email address with an @ and a dot, like name@example.org.")
    return f"{parts.local_part}@{parts.ascii_domain}"


def address_key(address: str) -> str:
    """The form under which two spellings of one mailbox are the same: lower case. Takes a clean address."""
    return address.casefold()


def domain_of(address: str) -> str:
    """The mail domain of an address, in lower case."""
    return address.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Block:
    """A piece of a letter's text: a paragraph with its lines, or a numbered list with its items."""

    kind: Literal["paragraph", "list"]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The block as it stands in the plain text."""
        if self.kind == "list":
            return "\n".join(f"{number}. {line}" for number, line in enumerate(self.lines, 1))
        return "\n".join(self.lines)


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs and numbered lists of a clean text, in order.

    A list is a paragraph whose lines begin "1. ", "2. " and so on; every other paragraph keeps its line breaks.
    """
    for part in text.split("\n\n"):
        lines = part.split("\n")
        if not part.strip():
            continue
        if all(line.startswith(f"{number}. ") for number, line in enumerate(lines, 1)):
            yield Block("list", tuple(line.partition(". ")[2] for line in lines))
        else:
            yield Block("paragraph", tuple(lines))
