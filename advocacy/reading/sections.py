"""Owns which part of the document each piece belongs to: head, body, offices, letter, background."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from advocacy.reading import labels
from advocacy.reading.dates import dates_in
from advocacy.reading.indexes import indexes_in
from advocacy.reading.lines import fold, straight
from advocacy.reading.pieces import Piece
from advocacy.reading.references import matches, references_in

OFFICES = frozenset({"to", "copy"})
#: How a letter begins. What follows on the same line belongs to it.
_DEAR = re.compile(
    r"^(?:dear\s(?:[^.!?:,]|(?<=\b[a-z])\.|(?<=\b[a-z]{2})\.|(?<=\b[a-z]{3})\.|(?<=\bprof)\.){1,80}[,:]|"
    r"(?:your |his |her )?excellenc(?:y|ies)\s?[,:]|sir\s?[,:]|madam\s?[,:]|"
    r"(?:monsieur|madame|mesdames|messieurs|excellence|votre excellence|cher|chère|chers)\b[^.!?:,]{0,80}[,:](?=\s*$))",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile("|".join(labels.SIGN_OFF), re.IGNORECASE)


@dataclass(frozen=True)
class Placed:
    """A piece and the part that it stands in; ``block`` counts the parts of offices."""

    piece: Piece
    part: str
    block: int

    @property
    def text(self) -> str:
        """The piece's words."""
        return self.piece.text

    @property
    def number(self) -> int:
        """The line it stands in."""
        return self.piece.number


def opening_of(text: str) -> str:
    """How a letter begins on this line, its comma or colon included; "" where none does."""
    found = _DEAR.match(straight(text[:120]))
    if not found:
        return ""
    return "" if to_readers(found[0]) else text[: found.end()].strip()


def to_readers(opening: str) -> bool:
    """True for "Dear friends of the network,": it speaks to whoever reads the text, not to an office."""
    words = fold(opening).rstrip(" ,:").split()
    return len(words) > 1 and (words[1] in labels.READERS or words[-1] in labels.READERS)


def place(pieces: list[Piece]) -> list[Placed]:
    """Every piece with its part. Lists keep the part they stand in; what speaks to the reader is ``reader``."""
    placed = []
    part, block, named = "head", 0, False
    for piece in pieces:
        named = named or _begins_document(piece)
        note = part == "head" and not named and _speaks_to_readers(piece)
        part = "note" if note else _next("head" if part == "note" and named else part, piece)
        block += piece.kind == "part"
        placed.append(Placed(piece, "reader" if _is_aside(piece, part) else part, block))
        if part == "letter" and _SIGN_OFF.match(straight(piece.text)):
            part = "signed"
    return placed


def _speaks_to_readers(piece: Piece) -> bool:
    found = _DEAR.match(straight(piece.text[:120]))
    return found is not None and to_readers(found[0])


def _begins_document(piece: Piece) -> bool:
    """True for a line that names the document itself: its case with index or day, or the heading of a page."""
    text = piece.text[:300]
    if straight(text).casefold() in labels.HEADINGS:
        return True
    return bool(references_in(text)) and bool(indexes_in(text) or dates_in(text))


def _is_aside(piece: Piece, part: str) -> bool:
    return piece.kind in {"part", "deadline"} or (piece.kind == "instruction" and part != "letter")


def _next(part: str, piece: Piece) -> str:
    """The part that this piece is in, given the one that the piece before was in."""
    if piece.kind == "part":
        return piece.part
    if part == "note" and not _begins_document(piece):
        return part
    if piece.kind in {"", "instruction"} and part not in {"letter", "additional"} and opening_of(piece.text):
        return "letter"
    if part in {"letter", "signed", "additional"} and is_footer(piece):
        return "footer"
    if part in OFFICES and straight(piece.text).casefold() in labels.HEADINGS:
        return "footer"  # A second page begins with the head of the first.
    return part


def is_footer(piece: Piece) -> bool:
    """True for the labelled lines at the end of a document: languages, day, names."""
    if piece.kind == "deadline":
        return True
    return piece.kind == "" and (
        matches(labels.LANGUAGES, piece.text[:100]) or matches(labels.PEOPLE, piece.text[:100])
    )


def paragraphs(placed: list[Placed]) -> Iterator[list[Placed]]:
    """Runs of pieces without an empty line between them."""
    run: list[Placed] = []
    for one in placed:
        if one.piece.kind == "blank":
            if run:
                yield run
            run = []
        else:
            run.append(one)
    if run:
        yield run


def joined(run: list[Placed]) -> str:
    """A paragraph as one line of text; list items keep lines of their own."""
    text = ""
    for one in run:
        if one.piece.kind in {"item", "number"} and text:
            text += "\n"
        elif text:
            text += " "
        text += f"- {one.text}" if one.piece.kind == "item" else one.text
    return text


def numbers(run: list[Placed]) -> tuple[int, ...]:
    """The lines that these pieces stand in."""
    return tuple(sorted({one.number for one in run}))
