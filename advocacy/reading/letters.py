"""Owns the model letter: its words, its subject, and the salutation that it gives to an office without one."""

import re
from dataclasses import replace

from advocacy.reading import labels
from advocacy.reading.findings import Findings
from advocacy.reading.lines import fold
from advocacy.reading.printed import PrintedTarget
from advocacy.reading.sections import Placed, numbers, opening_of, paragraphs

_SUBJECT = re.compile(r"^(?:subject|objet)\s*:\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\{[a-z_]+\}")
_FINISHED = (
    "The model letter stands in the draft as it is printed, to one office. Before it is published, write "
    "{target_salutation}, {points} and {signature} where they belong."
)
#: Words of a salutation that name nobody.
_POLITE = labels.words(
    "dear mr mrs ms dr sir madam your his her excellency honourable the monsieur madame le la cher chère m mme"
)


def tell_letter(placed: list[Placed], findings: Findings) -> None:
    """The letter as printed: paragraphs with an empty line between them, line breaks kept."""
    pieces = [one for one in placed if one.part in {"letter", "signed"}]
    text: list[str] = []
    for run in paragraphs(pieces):
        lines = [f"- {one.text}" if one.piece.kind == "item" else one.text for one in run]
        if not text and not findings.values.get("letter_subject"):
            subject = _SUBJECT.match(lines[0])
            if subject:
                findings.tell("letter_subject", lines[0][subject.end() :], [run[0].number])
                lines = lines[1:]
        text.append("\n".join(lines))
    whole = "\n\n".join(part for part in text if part).strip()
    if whole:
        findings.tell("letter_text", whole, numbers(pieces))
        if not _TOKEN.search(whole):
            findings.note("whole_letter", _FINISHED, "", numbers(pieces)[:1])


def opening_line(letter: str) -> str:
    """How a letter begins: its salutation with its comma, else its first line; "" for no letter."""
    first = letter.partition("\n")[0]
    return opening_of(first) or first


def with_salutations(targets: list[PrintedTarget], placed: list[Placed], findings: Findings) -> list[PrintedTarget]:
    """The offices, those without a salutation given the letter's where it can only be meant for them."""
    opening, number = _opening(placed)
    if not opening:
        return targets
    words = opening.rstrip(" ,:")
    lacking = [place for place, one in enumerate(targets) if one.role == "to" and not one.salutation]
    fitting = [place for place in lacking if _fits(words, targets[place])]
    alone = len([one for one in targets if one.role == "to"]) == 1
    chosen = lacking if alone else fitting
    if len(chosen) == 1:
        place = chosen[0]
        findings.lines[f"targets.{place}.salutation"] = (number,)
        return [replace(one, salutation=words) if at == place else one for at, one in enumerate(targets)]
    if lacking:
        names = [targets[place].name or targets[place].title for place in lacking]
        findings.ask("targets.salutation", f"The letter begins “{words}”. Which office is that?", names, [number])
    return targets


def _opening(placed: list[Placed]) -> tuple[str, int]:
    for one in placed:
        if one.part == "letter" and one.text:
            opening = opening_of(one.text)
            if opening:
                return opening, one.number
    return "", 0


def _fits(salutation: str, target: PrintedTarget) -> bool:
    """True where every naming word of a salutation is in the office's name or title."""
    said = {word for word in _WORD.findall(fold(salutation)) if word not in _POLITE}
    known = set(_WORD.findall(fold(f"{target.name} {target.title}")))
    return bool(said) and said <= known
