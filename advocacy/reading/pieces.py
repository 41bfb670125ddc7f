"""Owns the cutting of lines that run several things together, and what each piece is: a mark, a list item, a remark."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from advocacy.reading import labels
from advocacy.reading.dates import dates_in
from advocacy.reading.lines import Line, straight

_GLYPHS = "•▪■●◦‣⁃·\u2219\ue000-\uf8ff"
#: Signs that make a list item wherever they stand, and those that do so at the front of a line.
_GLYPH = re.compile(rf"\s*[{_GLYPHS}]\s*")
_BULLET = re.compile(rf"^(?:[{_GLYPHS}]\s*|[-–—*]\s+)(?=\S)")
_LETTER_N = re.compile(r"^n (?=[A-Za-zÀ-ÿ])")
_NUMBER = re.compile(r"^(?:\(?[0-9]{1,2}[.)]|\(?[a-h]\)|\(?(?:i{1,3}|iv|vi{0,3}|ix|x)[.)])\s+(?=\S)")


def _any(phrases: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(one) for one in phrases), key=len, reverse=True))


_CONTACT = _any(
    label for label, field in labels.FIELDS.items() if field in {"fax", "phone", "both", "email", "salutation", "form"}
)
#: Labels of an office that may stand in the middle of a line; what parted them from the words before goes.
_CONTACT_INSIDE = re.compile(rf"(?:\s+[I|/]|[,;.|/])?\s+(?=(?:{_CONTACT})\s*:)", re.IGNORECASE)
_COPY_INSIDE = re.compile(
    r"[,;]?(?<!\band)(?<!\bet)(?<!\bsend)\s+"
    r"(?=(?:and copies to|and copy to|and copy|copies to|copy to|copy|copies à|copie à|et copies? à)\s*:)",
    re.IGNORECASE,
)
_DEADLINE = re.compile("|".join(f"(?:{one})" for one in labels.DEADLINE), re.IGNORECASE)
_SENDING = re.compile(rf"\s+(?=(?:{'|'.join(labels.SENDING)}) )", re.IGNORECASE)
_AFTER_DATE = re.compile(r"\s*(?:to|à)?\s*[:.]\s*|\s*", re.IGNORECASE)
_TO_FOLLOWS = re.compile(r"\b(?:to|à)\s*:?\s*$|:\s*$", re.IGNORECASE)
_INSTRUCTION = re.compile("^(?:" + "|".join(labels.INSTRUCTIONS) + ")", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?]\s+(?=\S)")
#: "Take action: write in your own words or use this model letter": the office stands below it, then the letter.
_MODEL_LETTER = re.compile(
    r"^(?:take action|passez à l'action|agissez)\b.{0,200}(?:model letter|sample letter|lettre|propres mots|own words)",
    re.IGNORECASE,
)
#: More things than this on one line are no urgent action's.
MOST_IN_A_LINE = 40
_PART = {
    name: re.compile(rf"^(?:{_any(phrases)})(?:\s*:\s*(?P<rest>.*))?$", re.IGNORECASE)
    for name, phrases in labels.PARTS.items()
}


@dataclass(frozen=True)
class Piece(Line):
    """A piece of a line. ``kind``: "" plain, blank, item (of a list), part, deadline, instruction."""

    kind: str = ""
    part: str = ""


def pieces_of(lines: list[Line]) -> list[Piece]:
    """Every line cut where something new begins, and each piece known for what it is."""
    return [piece for line in lines for piece in _known(line)]


def _known(line: Line) -> Iterator[Piece]:
    if not line.text:
        yield Piece(line.number, "", "", "blank")
        return
    for part in _cut(line):
        yield from _named(part)


def _cut(line: Line) -> list[Line]:
    """The line at its inner marks. A line with none stays whole and keeps its gaps."""
    places = {
        match.end() for pattern in (_CONTACT_INSIDE, _COPY_INSIDE, _SENDING) for match in pattern.finditer(line.text)
    }
    places |= {match.start() for match in _GLYPH.finditer(line.text)}
    edges = sorted(places | {0, len(line.text)})
    if len(edges) == 2:
        return [line]
    cut = [line.cut(start, end) for start, end in pairwise(edges)]
    return [_trimmed(one, last=one is cut[-1]) for one in cut if one.text]


def _trimmed(line: Line, *, last: bool) -> Line:
    """Without what parted it from the next piece."""
    text = line.text if last else line.text.rstrip(" ,;|/").removesuffix(" I").rstrip(" ,;|/")
    return Line(line.number, text, text)


def _named(line: Line) -> Iterator[Piece]:
    """What a piece is; where it runs several things together, one after the other."""
    rest: Line | None = line
    for _ in range(MOST_IN_A_LINE):
        if rest is None:
            return
        pieces, rest = _first_of(rest)
        yield from pieces
    if rest is not None:
        yield Piece(rest.number, rest.text, rest.wide)


def _first_of(line: Line) -> tuple[list[Piece], Line | None]:
    """The first thing that a line says, and what is left of it."""
    item = _BULLET.match(line.text)
    if item:
        return [Piece(line.number, line.text[item.end() :], line.wide, "item")], None
    number = _NUMBER.match(line.text)
    heading = line.cut(number.end()) if number else line
    words = straight(heading.text)
    if _MODEL_LETTER.match(words) and len(words) < 300:
        return [Piece(line.number, heading.text, line.wide, "part", "to")], None
    for name, pattern in _PART.items():
        found = pattern.match(words) if len(words) < 400 else None
        if found:
            start = found.start("rest")
            rest = heading.cut(start) if start >= 0 else None
            return [Piece(line.number, heading.text, line.wide, "part", name)], rest if rest and rest.text else None
    if _DEADLINE.match(words):
        return _deadline(heading)
    if _INSTRUCTION.match(words):
        return _instruction(heading)
    return [Piece(line.number, line.text, line.wide, "number" if number else "")], None


def _deadline(line: Line) -> tuple[list[Piece], Line | None]:
    """The words with the day; where they end in "to:", the part with the offices begins after them."""
    days = dates_in(line.text[:400])
    end = days[0].end if days else len(line.text)
    after = _AFTER_DATE.match(line.text, end)
    close = after.end() if after else end
    said = line.text[:close].strip()
    pieces = [Piece(line.number, said, said, "deadline")]
    if _TO_FOLLOWS.search(said) or ("official" in said.casefold() and close >= len(line.text)):
        pieces.append(Piece(line.number, said, said, "part", "to"))
    rest = line.cut(close)
    return pieces, rest if rest.text else None


def _instruction(line: Line) -> tuple[list[Piece], Line | None]:
    """The sentence for the reader, and whatever the same line says after it."""
    ends = _SENTENCE_END.search(line.text)
    said = line.text[: ends.start() + 1] if ends else line.text
    return [Piece(line.number, said, said, "instruction")], line.cut(ends.end()) if ends else None


def is_letter_n(text: str) -> bool:
    """True for a line whose list sign was copied as the letter n."""
    return bool(_LETTER_N.match(text))
