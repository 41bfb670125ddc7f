"""Owns the head of a document: which lines are in it, its title and its country, and where the text begins."""

import re
from dataclasses import dataclass, field

from advocacy.reading import labels
from advocacy.reading.countries import countries_in, country_of
from advocacy.reading.dates import DAY_ONLY, dates_in
from advocacy.reading.findings import Findings
from advocacy.reading.indexes import indexes_in
from advocacy.reading.lines import fold, straight
from advocacy.reading.references import matches, references_in
from advocacy.reading.sections import Placed, paragraphs
from advocacy.reading.sentences import capitals_at_the_front, ends_a_sentence, in_capitals, reads_as_text

_KIND = re.compile(
    "^(?:" + "|".join(sorted((re.escape(one) for one, _ in labels.KINDS), key=len, reverse=True)) + r")\b\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:further information on|update (?:on|to|of)|(?:urgent action )?update [0-9]{1,2}|"
    r"(?:ai |the )?index(?: number)?|(?:issue )?date(?: of issue)?|issued on|informations complémentaires sur l'|"
    r"mise à jour(?: de l'| sur l')?|"
    r"[\w]{2,12}(?= update\b)|[\w]{2,12}(?= (?:UA|AU)\b)|update|this is|first|second|third)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\((?:m|f)\)")
_COUNTRY_FIRST = re.compile(r"^([^\W\d][^:.]{1,40}?)(?:\s*[:：]\s*|\.\s+|\s+[-–—]\s+)(?=\S)")
_GAP = re.compile(r"\s{3,}")
_BRACKET = re.compile(r"\(([^()]{1,80})\)")
_NUMBER_FIRST = re.compile(r"^(?:<[^<>]*>|No\.?\s?[0-9]{1,5}|[0-9]{1,2}[.)])\s*", re.IGNORECASE)
_LINES_OF_A_HEAD = 40
#: Where a line that might be the title comes from, the surest last.
OTHER, BESIDE_THE_REFERENCE, AFTER_A_MARK, CAPITALS = range(4)
_EDGES = " ,;:.-–—|/*()[]<>«»"


@dataclass
class Head:
    """The head's lines; ``body`` are the places of running text after it, cut where a title ran into it."""

    lines: list[Placed] = field(default_factory=list)
    titles: list[tuple[int, str, int]] = field(default_factory=list)
    countries: list[tuple[str, str, int]] = field(default_factory=list)
    people: list[Placed] = field(default_factory=list)
    body: list[Placed] = field(default_factory=list)

    def title(self, rank: int, text: str, number: int) -> None:
        """A line that may be the title."""
        self.titles.append((rank, text.strip(" *|"), number))

    def country(self, printed: str, number: int) -> bool:
        """Take a country's name; False for anything else."""
        name = country_of(printed)
        if name:
            self.countries.append((name, printed.strip(_EDGES), number))
        return bool(name)


def head_of(placed: list[Placed]) -> Head:
    """Split the pieces before the first other part into head and body."""
    head, seen = Head(), set[str]()
    before = [one for one in placed if one.part in {"head", "summary"}]
    for run in paragraphs(before):
        text = " ".join(one.text for one in run)[:2000]
        if not head.body and _PERSON.search(text) and _starts_with_country(head, run[0]):
            head.people += run
            continue
        for place, one in enumerate(run):
            if not head.body and _PERSON.search(one.text[:500]) and _starts_with_country(head, one):
                head.people.append(one)
                continue
            folded = fold(one.text)
            if len(one.text) >= 20 and folded in seen:
                continue
            seen.add(folded)
            if head.body or one.part == "summary" or _begins_text(run[place:]) or len(head.lines) > _LINES_OF_A_HEAD:
                head.body.append(one)
            else:
                _head_line(head, one, run[place - 1] if place else None)
        if head.body:
            head.body.append(_break_after(run[-1]))
    return head


def _break_after(one: Placed) -> Placed:
    piece = type(one.piece)(one.number, "", "", "blank")
    return Placed(piece, one.part, one.block)


def _starts_with_country(head: Head, one: Placed) -> bool:
    for pattern in (_GAP, re.compile(r"\s*:\s*")):
        first = pattern.split(one.piece.wide.strip(), maxsplit=1)[0]
        if head.country(first, one.number):
            return True
    return False


def _begins_text(run: list[Placed]) -> bool:
    """True where running text begins with this piece: it reads so, and its paragraph ends like a sentence."""
    text = run[0].text
    if (
        run[0].piece.kind == "item"
        or capitals_at_the_front(text)
        or references_in(text[:200])
        or _KIND.match(straight(text))
    ):
        return False
    if not any(ends_a_sentence(one.text) for one in run):
        return False
    first = _COUNTRY_FIRST.match(text)
    if first and country_of(first[1]) and not ends_a_sentence(text):
        return False
    return reads_as_text(text) or (len(run) == 1 and len(text) > 90 and ends_a_sentence(text) and not text.isupper())


def _head_line(head: Head, one: Placed, above: Placed | None) -> None:
    """One line of the head: what is known of it goes, and what is left may be the title."""
    head.lines.append(one)
    text = one.text
    if one.piece.kind == "deadline" or one.part == "reader" or matches(labels.ORIGINAL, text[:200]):
        return
    if text.startswith("(") and (dates_in(text) or DAY_ONLY.search(text)):
        return
    capitals = in_capitals(text) and not _KIND.match(text) and not references_in(text)
    if capitals and above and head.titles and head.titles[-1][2] == above.number and in_capitals(above.text):
        rank, earlier, number = head.titles.pop()
        head.title(rank, f"{earlier} {text}", number)
        return
    rest, rank = _remainder(head, one)
    split = capitals_at_the_front(rest)
    if split and not rest.isupper():
        head.title(CAPITALS, rest[:split].strip(" :"), one.number)
        piece = type(one.piece)(one.number, rest[split:].strip(), rest[split:].strip())
        head.body.append(Placed(piece, one.part, one.block))
    elif rest:
        head.title(CAPITALS if in_capitals(rest) and rank != BESIDE_THE_REFERENCE else rank, rest, one.number)


def _remainder(head: Head, one: Placed) -> tuple[str, int]:
    """What a line says beside reference, index, dates, kind and country; and how sure it is the title."""
    text, rank = one.text, OTHER
    if head.country(text, one.number):
        return "", rank
    for bracket in _BRACKET.finditer(text):
        if references_in(bracket[1]) or indexes_in(bracket[1]) or country_of(bracket[1]):
            head.country(re.split(r"[:,]", bracket[1])[0], one.number)
            text = text.replace(bracket[0], " ")
    named = references_in(text) or indexes_in(text)
    if named or (dates_in(text) and len(text) < 60):
        rank, text = BESIDE_THE_REFERENCE, _without_marks(text)
    text = _NUMBER_FIRST.sub("", text) if not named else text
    for _ in range(4):
        kind = _KIND.match(straight(text))
        first = _COUNTRY_FIRST.match(text)
        if kind:
            rank, text = AFTER_A_MARK, text[kind.end() :]
        elif first and head.country(first[1], one.number):
            rank, text = AFTER_A_MARK, text[first.end() :]
        else:
            break
    text = " ".join(text.split()).strip(" ,;:-–—|/*[]<>") if named else " ".join(text.split()).strip(" ,;:–—|*")
    return ("", rank) if head.country(text, one.number) else (text, rank)


def _without_marks(text: str) -> str:
    """A line without its reference, indexes, dates and the words that name them; what is left is trimmed."""
    spans = [(one.start, one.end) for one in references_in(text)]
    spans += [(one.start, one.end) for one in indexes_in(text)]
    spans += [(one.start, one.end) for one in dates_in(text)]
    spans += [(match.start(), match.end()) for match in _ABOUT.finditer(straight(text))]
    parts, at = [], 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        parts.append(text[at : max(start, at)].strip(_EDGES))
        at = max(at, end)
    return " ".join(
        part for part in parts if part and fold(part) not in {"of", "on", "the", "ai", "du", "le", "de", "l'"}
    )


def tell_title(head: Head, findings: Findings) -> None:
    """The title, from the surest place; where two stand there, a question with both."""
    if not head.titles:
        return
    best = max(rank for rank, _, _ in head.titles)
    distinct: dict[str, tuple[str, int]] = {}
    for rank, text, number in head.titles:
        if rank == best and text:
            distinct.setdefault(fold(text), (text, number))
    if not distinct:
        return
    text, number = next(iter(distinct.values()))
    findings.tell("title", text, [number])
    if len(distinct) > 1 and best > OTHER:
        candidates = [words for words, _ in distinct.values()]
        findings.ask("title", "More than one line could be the title.", candidates, [n for _, n in distinct.values()])


def tell_country(head: Head, findings: Findings) -> None:
    """The country that the head prints; where none stands there, a question with those that the title names."""
    names = {name: (printed, number) for name, printed, number in reversed(head.countries)}
    if len(names) == 1:
        name, (printed, number) = next(iter(names.items()))
        findings.tell("country", name, [number])
        if fold(printed) != fold(name):
            findings.tell("country_printed", printed, [number])
        return
    title = str(findings.values.get("title", ""))
    candidates = list(names) or countries_in(title.title() if title.isupper() else title)
    why = "More than one country is named." if names else "The head names no country."
    findings.ask("country", why, candidates, [number for _, number in names.values()])
