"""Owns the asks: the lists that the document asks for, and the urging sentences of a letter."""

import re
from dataclasses import dataclass

from advocacy.reading import labels
from advocacy.reading.pieces import is_letter_n
from advocacy.reading.references import matches
from advocacy.reading.sections import Placed
from advocacy.reading.sentences import ends_a_sentence, first_sentence

_URGING = re.compile("|".join(labels.URGING))
#: An introduction is not looked for further back than this.
_LINES_OF_AN_INTRODUCTION = 4
#: An ask of a running sentence is not looked for beyond this, and not more of them.
LONGEST_ASK, MOST_ASKS = 2000, 30
_NOT_ASKING = ("let us know", "tell us", "track our", "took action", "dites-nous", "faites-nous savoir")


@dataclass(frozen=True)
class Asks:
    """The asks as printed, without their final semicolon, and the lines of each."""

    asks: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    #: The introduction of the list, which may name languages.
    introduction: str = ""
    introduction_lines: tuple[int, ...] = ()
    #: Places in the document that are the list and its introduction, and so no facts.
    taken: frozenset[int] = frozenset()


def asks_of(placed: list[Placed]) -> Asks:
    """The asks of the first list that is introduced as one; else those of the letter."""
    groups = [group for group in _groups(placed) if _is_asking(placed, group)]
    outside = [group for group in groups if placed[group[0]].part != "letter"]
    for group in (outside or groups)[:1]:
        return _read(placed, group)
    return _urged(placed)


def _groups(placed: list[Placed]) -> list[list[int]]:
    """Runs of list items with the lines that carry them on; an empty line between two items does not part them."""
    groups: list[list[int]] = []
    last = ""
    for place in range(len(placed)):
        kind = _kind(placed, place)
        if kind in {"item", "number"}:
            if last != kind:
                groups.append([])
            groups[-1].append(place)
            last = kind
        elif kind == "blank" or (kind == "" and last and _carries_on(placed, place)):
            if kind == "" and groups:
                groups[-1].append(place)
        else:
            last = ""
    return groups


def _kind(placed: list[Placed], place: int) -> str:
    one = placed[place]
    if one.piece.kind == "" and is_letter_n(one.text):
        near = [placed[there].text for there in (place - 1, place + 1) if 0 <= there < len(placed)]
        if any(is_letter_n(text) or text.endswith(":") for text in near):
            return "item"
    return "other" if one.piece.kind in {"part", "deadline", "instruction"} else one.piece.kind


def _carries_on(placed: list[Placed], place: int) -> bool:
    """True for a plain line right under an item that has not come to its end."""
    before = placed[place - 1]
    return before.piece.kind != "blank" and before.part == placed[place].part and not before.text.endswith((";", "."))


def _introduction(placed: list[Placed], first: int) -> list[int]:
    """The lines right before a list; over one empty line only where they end in a colon."""
    places: list[int] = []
    for place in range(first - 1, max(first - 2 - _LINES_OF_AN_INTRODUCTION, -1), -1):
        kind = placed[place].piece.kind
        if kind == "blank":
            if places:
                break
            continue
        if kind in {"item", "part", "deadline"}:
            break
        places.insert(0, place)
        if len(placed[place].text) > 300:
            break
    return places


def _is_asking(placed: list[Placed], group: list[int]) -> bool:
    introduction = _introduction(placed, group[0])
    text = " ".join(placed[place].text for place in introduction)[-600:]
    closed = text.rstrip().endswith((":", "à", "to")) or _is_heading(text, placed[group[0]].text)
    if not introduction or not closed:
        return False
    folded = text.casefold()
    return matches(labels.ASKING, text) and not any(words in folded for words in _NOT_ASKING)


def _is_heading(text: str, item: str) -> bool:
    """True for "Write to the Minister" above "Ask him to ...": a short line without an end, and an item that asks."""
    begins = matches((r"^(?:please )?(?:write|appeal|send)\b", r"^(?:veuillez )?écri(?:re|vez)\b"), text)
    return begins and len(text) < 120 and not ends_a_sentence(text) and matches(labels.ASKING, item[:40])


def _read(placed: list[Placed], group: list[int]) -> Asks:
    asks: list[str] = []
    for place in group:
        text = placed[place].text
        if _kind(placed, place) in {"item", "number"}:
            asks.append(
                re.sub(r"^(?:n |\(?[0-9a-hivx]{1,4}[.)]\s+)", "", text) if placed[place].piece.kind != "item" else text
            )
        else:
            asks[-1] = f"{asks[-1]} {text}"
    if asks and _stand_alone(asks):
        asks = [ask.rstrip(" .") for ask in asks]
    introduction = _introduction(placed, group[0])
    inside = placed[group[0]].part == "letter"
    return Asks(
        tuple(ask for ask in (_finished(ask) for ask in asks) if ask),
        tuple(sorted({placed[place].number for place in group})),
        "" if inside else " ".join(placed[place].text for place in introduction),
        () if inside else tuple(sorted({placed[place].number for place in introduction})),
        frozenset() if inside else frozenset(group) | frozenset(introduction),
    )


def _stand_alone(asks: list[str]) -> bool:
    """True for items that are orders by themselves: the last full stop closes the list, as semicolons part it.

    Items that carry on the introduction's sentence ("urging him to: release ...") end that sentence with it.
    """
    first = [ask.split(" ", maxsplit=1)[0] for ask in asks]
    return all(word[:1].isupper() and not word.endswith(("ing", "ant")) for word in first)


def _finished(ask: str) -> str:
    ask = ask.strip().rstrip(";").rstrip()
    for joiner in ("; and", "; et", ", and", ", et"):
        ask = ask.removesuffix(joiner)
    return ask


def _urged(placed: list[Placed]) -> Asks:
    """What a letter urges in running sentences."""
    asks: list[str] = []
    lines: list[int] = []
    for one in placed:
        if one.part != "letter":
            continue
        for found in _URGING.finditer(one.text):
            ask = first_sentence(one.text[found.end() : found.end() + LONGEST_ASK])
            if ask and not ask.endswith(":") and len(asks) < MOST_ASKS:
                asks.append(_finished(ask))
                lines.append(one.number)
    return Asks(tuple(asks), tuple(lines))
