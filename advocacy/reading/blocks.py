"""Owns where one office's block ends and the next begins, and which blocks are offices at all."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.reading import labels, roles
from advocacy.reading.addresses import REDACTED, addresses_in, is_own
from advocacy.reading.contacts import LOCAL_ADDRESS, label_of
from advocacy.reading.lines import fold
from advocacy.reading.names import kind_of, looks_like_a_name, reads_as_names
from advocacy.reading.sections import OFFICES, Placed
from advocacy.reading.sentences import ends_a_sentence, reads_as_text

_CONTACTS = frozenset({"fax", "phone", "both", "email", "salutation", "form"})
_REMARK = re.compile(r"^\(.*\)\W?$")
_GAP = re.compile(r"\S\s{3,}\S")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
MOST_LINES = 40


@dataclass
class Block:
    """The pieces of one office."""

    role: str
    pieces: list[Placed] = field(default_factory=list)
    #: True where no part of the document said that this is an office.
    unmarked: bool = False

    @property
    def plain(self) -> list[Placed]:
        """The pieces without a label, in the Latin script."""
        return [one for one in self.pieces if is_plain(one.text)]

    @property
    def has_contacts(self) -> bool:
        """True once a labelled line stands in it."""
        return any(label_of(one.text)[0] in _CONTACTS for one in self.pieces)


def is_remark(text: str) -> bool:
    """True for a line in brackets: it speaks of the lines around it and is none of the address."""
    return _REMARK.match(text) is not None and not LOCAL_ADDRESS.match(text)


@lru_cache(maxsize=4096)
def is_plain(text: str) -> bool:
    """True for a line that may be a name, a title or an address in Latin letters."""
    if label_of(text)[0] or is_remark(text) or LOCAL_ADDRESS.match(text) or REDACTED.search(text):
        return False
    return bool(_LATIN.search(text)) and not addresses_in(text[:2000], labelled=False).emails


def blocks_of(placed: list[Placed]) -> list[Block]:
    """The offices' blocks in the parts that are marked as theirs; where there are none, those that show without."""
    blocks: list[Block] = []
    current: Block | None = None
    at, blank = -1, False
    for one in placed:
        if one.part not in OFFICES:
            blank = blank or one.piece.kind == "blank"
            current = None if one.part not in {*OFFICES, "reader"} else current
            continue
        if one.piece.kind == "blank":
            blank = True
            continue
        listed = one.piece.kind in {"item", "number"}
        if current is None or one.block != at or listed or _begins_another(current, one.text, blank=blank):
            current = Block(one.part)
            blocks.append(current)
        if len(current.pieces) <= MOST_LINES:  # One more than an office has: the block is none, however long it is.
            current.pieces.append(one)
        at, blank = one.block, False
    sound = [block for block in blocks if is_office(block)]
    return sound or _unmarked(placed)


def _begins_another(block: Block, text: str, *, blank: bool) -> bool:
    """True where this line is the next office's first."""
    labelled = {label_of(one.text)[0] for one in block.pieces}
    if label_of(text)[0] in {"name", "title"} & labelled or (label_of(text)[0] == "name" and "salutation" in labelled):
        return True
    if not is_plain(text) or not (block.plain or "salutation" in labelled):
        return False
    if kind_of(text) in {"country", "address"} and not blank:
        return False
    if "salutation" in labelled:
        return True
    begins = kind_of(text) in {"title", "name", "office"}
    if block.has_contacts:
        return blank or begins or looks_like_a_name(text)
    if blank:
        return begins and len(block.plain) > 1
    return _is_whole(block) and kind_of(text.split(",", maxsplit=1)[0]) in {"title", "name"}


def _is_whole(block: Block) -> bool:
    """True for an office on one line."""
    return len(block.pieces) == 1 and len(block.pieces[0].text) > 60 and any(c.isdigit() for c in block.pieces[0].text)


def is_office(block: Block) -> bool:
    """True for a block that is an office's, and not text, the reader's instructions or the organisation's own."""
    if not block.plain and not block.has_contacts:
        return False
    if len(block.pieces) > MOST_LINES or is_own_block(block):
        return False
    first = block.plain[0].text if block.plain else ""
    if not first:
        return any(label_of(one.text)[0] in {"name", "title", "organisation"} for one in block.pieces)
    known = kind_of(first.split(",")[0]) in {"title", "name", "office"}
    if not (reads_as_names(first) or (known and len(first) < 120)) or (reads_as_text(first) and ends_a_sentence(first)):
        return False
    shown = known or block.has_contacts
    placed = any(kind_of(one.text) in {"address", "country"} for one in block.plain[1:])
    return shown or placed or _title_inside(first)


def _title_inside(text: str) -> bool:
    words = [word.strip(",.") for word in fold(text).split()]
    return any(word in roles.TITLES for word in words)


def is_own_block(block: Block) -> bool:
    """True for the address of the organisation that published the text."""
    words = fold(" ".join(one.text for one in block.pieces)[:2000])
    unlabelled = fold(" ".join(one.text for one in block.pieces if not label_of(one.text)[0])[:2000])
    if any(name in words for name in labels.OWN_NAMES) or any(one in unlabelled for one in labels.FEEDBACK):
        return True
    return any(is_own(email) for email in addresses_in(words, labelled=False).emails)


def _unmarked(placed: list[Placed]) -> list[Block]:
    """Blocks outside any part that nevertheless show to be offices: printed like addresses, with a title or labels."""
    blocks: list[Block] = []
    run: list[Placed] = []
    for one in [*placed, None]:
        usable = one is not None and one.part not in {"letter", "signed", "reader", "additional"}
        labelled = one is not None and label_of(one.text)[0] in _CONTACTS
        if one is not None and usable and one.piece.kind == "" and (labelled or reads_as_names(one.text)):
            if run and _one_line(run[0].text) and not labelled:
                blocks += _sound([run])
                run = []
            run.append(one)
            continue
        blocks += _sound([run]) if run else []
        run = []
    return blocks


def _one_line(text: str) -> bool:
    return len(text) > 60 and any(char.isdigit() for char in text) and _title_inside(text)


def _sound(runs: list[list[Placed]]) -> list[Block]:
    sound = []
    for run in runs:
        block = Block("to", list(run), unmarked=True)
        lone = len(block.plain) == 1 and _one_line(block.plain[0].text)
        if (lone or (block.has_contacts and len(block.plain) > 1)) and is_office(block) and _is_state(block):
            sound.append(block)
    return sound


def _is_state(block: Block) -> bool:
    """True where a title, an honorific or an organisation is among the first lines."""
    return any(
        kind_of(one.text.split(": ")[-1]) in {"title", "name", "office"} or _title_inside(one.text)
        for one in block.plain[:2]
    )


def interleaved(blocks: list[Block], placed: list[Placed]) -> list[Placed]:
    """The pieces of columns that were read row by row; empty where every office stands by itself."""
    mixed: list[Placed] = []
    for block in blocks:
        texts = [one.text for one in block.pieces]
        salutations = [text for text in texts if label_of(text)[0] == "salutation"]
        gaps = [one for one in block.pieces if _GAP.search(one.piece.wide) and is_plain(one.text)]
        if len(gaps) > 1 or len(set(salutations)) > 1 or _twice(texts[0]):
            mixed += block.pieces
    if not mixed:
        return []
    return [one for one in placed if one.part in OFFICES and one.piece.kind != "blank"]


def _twice(text: str) -> bool:
    """True for "Director Director,": one line of two columns."""
    words = [word.strip(",.") for word in fold(text).split()]
    half = len(words) // 2
    return len(words) % 2 == 0 and bool(half) and words[:half] == words[half:] and words[0] in roles.TITLES
