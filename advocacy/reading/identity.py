"""Owns which document this is: case, update, indexes, dates, deadline, and whether it ends its case."""

import re
from collections.abc import Iterable
from datetime import date

from advocacy.reading import labels
from advocacy.reading.dates import DAY_ONLY, Printed, dates_in
from advocacy.reading.findings import Findings
from advocacy.reading.indexes import Index, indexes_in
from advocacy.reading.lines import straight
from advocacy.reading.references import closing_of, matches, references_in, says_update, update_number_in
from advocacy.reading.sections import Placed

_ORIGINAL = re.compile("|".join(re.escape(one) for one in labels.ORIGINAL), re.IGNORECASE)
_ISSUED = re.compile(rf"(?:{'|'.join(labels.ISSUED)})\s*:?\s*$", re.IGNORECASE)
_THIS_UPDATE = re.compile(r"\bthis is the [\w]{3,12} update (?:of|to|on) (?:UA|EX|MA|NSA)\b", re.IGNORECASE)
_CASE_DAY = re.compile(r"^[A-Z]{3} ([0-9]{2})([0-9]{2})([0-9]{2})$")
_CLOSING_WORDS = {
    "stop": "This is a stop action: the case needs no more letters. Stop or close the campaign instead.",
    "final": "This is a final update. Close the campaign, or publish it as the last one.",
    "ended": "The text says that this action has ended. Close the campaign instead of publishing it.",
    "correction": "This is a correction of an earlier text, not a new appeal.",
    "void": "This action was never issued.",
}
LABELLED, BESIDE, ALONE = 3, 2, 1


def tell_reference(head: list[Placed], everything: list[Placed], findings: Findings) -> None:
    """The case: of the head where it is named there, else of the one that the whole text names."""
    for pieces in (head, everything):
        named = [(one.name, piece.number) for piece in pieces for one in references_in(piece.text)]
        names = list(dict.fromkeys(name for name, _ in named))
        if len(names) == 1:
            findings.tell("reference", names[0], [number for _, number in named][:1])
            return
        if names:
            why = "More than one case is named. Which one is this?"
            findings.ask("reference", why, names, [number for _, number in named])
            return
    findings.ask("reference", "No reference was found, such as: UA 61/21.")


def tell_indexes(head: list[Placed], everything: list[Placed], findings: Findings) -> None:
    """This document's index and day of issue, and the original's where both are printed."""
    own: list[tuple[Index, int]] = []
    for piece in head:
        for index in indexes_in(piece.text):
            if is_original(piece.text, index.end) and "original_index" not in findings.values:
                findings.tell("original_index", index.name, [piece.number])
                _tell_original_day(piece, index.end, findings)
            elif not is_original(piece.text, index.end):
                own.append((index, piece.number))
    if not own:
        own = [(index, one.number) for one in everything for index in indexes_in(one.text) if index.labelled]
    labelled = [one for one in own if one[0].labelled] or own
    names = list(dict.fromkeys(index.name for index, _ in labelled))
    if len(names) == 1:
        findings.tell("index", names[0], [number for _, number in labelled][:1])
    elif names:
        findings.ask("index", "More than one index is printed. Which is this text's?", names, [n for _, n in labelled])


def is_original(text: str, place: int) -> bool:
    """True where what ends at this place of a line belongs to the document that this one follows."""
    before = straight(text[max(place - 80, 0) : place])
    if _ORIGINAL.search(before):
        return True
    # "Further information on UA 41/07 (ASA 18/002/2007, 20 February 2007)": in the bracket stands the one before.
    return before.rfind("(") > before.rfind(")") and bool(references_in(before)) and says_update(text[:place])


def _tell_original_day(piece: Placed, end: int, findings: Findings) -> None:
    day = next((one for one in dates_in(piece.text) if one.start >= end), None)
    if day:
        findings.tell("original_issued_on", day.day, [piece.number])


def tell_issue_date(head: list[Placed], findings: Findings) -> None:
    """The day of issue: labelled, else beside reference or index, else alone on a line of the head."""
    ranked: dict[int, dict[date, int]] = {}
    for piece in head:
        for printed in dates_in(piece.text):
            rank = _rank(piece, printed)
            if rank:
                ranked.setdefault(rank, {}).setdefault(printed.day, piece.number)
    for rank in (LABELLED, BESIDE, ALONE):
        days = ranked.get(rank, {})
        if len(days) == 1:
            findings.tell("issued_on", next(iter(days)), days.values())
            return
        if days:
            why = "More than one date is printed. On which was this text issued?"
            findings.ask("issued_on", why, [day.isoformat() for day in days], days.values())
            return
    _tell_case_day(head, findings)


def _rank(piece: Placed, printed: Printed) -> int:
    text = piece.text
    if piece.piece.kind == "deadline" or matches(labels.ENDED, text) or is_original(text, printed.end):
        return 0
    if _ISSUED.search(straight(text[: printed.start])[-40:]):
        return LABELLED
    if references_in(text) or indexes_in(text):
        return BESIDE
    alone = text[: printed.start] + text[printed.end :]
    return ALONE if sum(char.isalpha() for char in alone) < 20 else 0


def _tell_case_day(head: list[Placed], findings: Findings) -> None:
    """A case that is named by its day (CHN 250708), where that very day is printed again without the year."""
    case = _CASE_DAY.match(str(findings.values.get("reference", "")))
    if not case:
        return
    day, month, year = (int(part) for part in case.groups())
    for piece in head:
        if any((int(m), int(d)) == (month, day) for m, d in DAY_ONLY.findall(piece.text)):
            findings.tell("issued_on", date(2000 + year, month, day), [*findings.lines["reference"], piece.number])
            return


def tell_update(head: list[Placed], everything: list[Placed], findings: Findings) -> None:
    """Which update this is. A dated text that names a case and speaks of no update is the first appeal."""
    footers = [one for one in everything if _THIS_UPDATE.search(one.text)]
    for piece in (*(one for one in head if not is_original_line(one.text)), *footers):
        number = update_number_in(piece.text)
        if number is not None:
            findings.tell("update_number", number, [piece.number])
            findings.tell("is_update", number > 0, [piece.number])
            return
    speaking = [piece.number for piece in head if says_update(piece.text)]
    if speaking:
        findings.tell("is_update", True, speaking[:1])
        findings.ask("update_number", "This is an update, but the text does not say which.", (), speaking[:1])
    elif _is_first(findings):
        findings.tell("update_number", 0, findings.lines["reference"])
        findings.tell("is_update", False, findings.lines["reference"])
    else:
        findings.ask("update_number", "The text does not say whether it is the first appeal or an update.")


def _is_first(findings: Findings) -> bool:
    """A page without a date or an index may show a later state of its case, and another's case has its own count."""
    dated = "issued_on" in findings.values or "index" in findings.values
    reference = str(findings.values.get("reference", ""))
    return dated and "/" in reference


def is_original_line(text: str) -> bool:
    """True for a line that speaks of the original alone."""
    return _ORIGINAL.search(straight(text[:100])) is not None


def tell_deadline(everything: Iterable[Placed], findings: Findings) -> None:
    """The day until which appeals are asked for."""
    days: dict[date, int] = {}
    for piece in everything:
        for printed in dates_in(piece.text) if piece.piece.kind == "deadline" else ():
            days.setdefault(printed.day, piece.number)
    for piece in () if days else everything:
        after = re.search(r"\b(?:if sending appeals after|expires on)\b", straight(piece.text), re.IGNORECASE)
        for printed in dates_in(piece.text) if after else ():
            if after and printed.start >= after.end():
                days.setdefault(printed.day, piece.number)
    if len(days) == 1:
        findings.tell("deadline", next(iter(days)), days.values())
    elif days:
        findings.ask(
            "deadline", "More than one day is named as the last one.", [d.isoformat() for d in days], days.values()
        )


def tell_closing(everything: list[Placed], findings: Findings) -> None:
    """Whether the text ends its case, and when it says that it ended."""
    for piece in everything:
        kind = closing_of(piece.text) if len(piece.text) < 400 and piece.part != "letter" else ""
        if not kind:
            continue
        findings.note(kind, _CLOSING_WORDS[kind], piece.text, [piece.number])
        if kind in {"ended", "stop"}:
            findings.tell("ended", True, [piece.number])
            days = dates_in(piece.text)
            if days and kind == "ended":
                findings.tell("ended_on", days[0].day, [piece.number])
