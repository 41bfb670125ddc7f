"""Owns the reading as plain values under the names that labelled documents use, for programs and for scores."""

from datetime import date
from typing import Any

from advocacy.reading.letters import opening_line
from advocacy.reading.printed import PrintedTarget, PrintedUpdate, Reading
from advocacy.reading.sentences import first_sentence


def as_labels(reading: Reading, *, whole: bool = False) -> dict[str, Any]:
    """A reading as JSON can hold it.

    Args:
        reading: from ``reading_of``.
        whole: True adds the full texts, the lines of each field and the notices; else summary and background are their
            first sentence and the letter is its opening, as labels have them.
    Returns:
        None and empty lists stand for what was not found.
    """
    draft = reading.draft
    values: dict[str, Any] = {
        "reference": draft.reference or None,
        "update_number": draft.update_number,
        "index": draft.index or None,
        "issued_on": _day(draft.issued_on),
        "original_index": draft.original_index or None,
        "original_issued_on": _day(draft.original_issued_on),
        "country": draft.country or None,
        "title": draft.title or None,
        # A text of one sentence has no other: what labels call its summary are its facts.
        "summary": first_sentence((draft.summary or draft.facts).partition("\n")[0]) or None,
        "asks": list(draft.asks),
        "targets": None if draft.targets is None else [_target(one) for one in draft.targets],
        "deadline": _day(draft.deadline),
        "languages": list(draft.languages),
        "model_letter": opening_line(draft.letter_text) or False,
        "additional_information": first_sentence(draft.additional_information.partition("\n")[0]) or None,
        "individuals": list(draft.individuals),
        "links_without_target": list(draft.links_without_target),
        **_where_said(draft),
        "questions": [
            {"field": one.field, "why": one.why, "candidates": list(one.candidates), "lines": list(one.lines)}
            for one in reading.questions
        ],
    }
    return values | _whole(reading) if whole else values


def _where_said(draft: PrintedUpdate) -> dict[str, Any]:
    """What most documents do not say, only where this one does."""
    said = {
        "is_update": draft.is_update if draft.update_number is None else None,
        "country_printed": draft.country_printed or None,
        "ended": draft.ended or None,
        "ended_on": _day(draft.ended_on),
        "text_language": draft.text_language if draft.text_language != "en" else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _whole(reading: Reading) -> dict[str, Any]:
    draft = reading.draft
    return {
        "facts": draft.facts,
        "whole_summary": draft.summary,
        "whole_additional_information": draft.additional_information,
        "letter_subject": draft.letter_subject,
        "letter_text": draft.letter_text,
        "found": {name: list(lines) for name, lines in reading.found.items()},
        "notices": [
            {"kind": one.kind, "words": one.words, "text": one.text, "lines": list(one.lines)}
            for one in reading.notices
        ],
    }


def _target(target: PrintedTarget) -> dict[str, Any]:
    values: dict[str, Any] = {
        "role": target.role,
        "name": target.name or None,
        "title": target.title or None,
        "organisation": target.organisation or None,
        "address_lines": list(target.address_lines),
        "emails": list(target.emails),
        "fax": list(target.fax),
        "phone": list(target.phone),
        "salutation": target.salutation or None,
    }
    extra = {
        "local_address_lines": list(target.local_address_lines),
        "local_language": target.local_language,
        "local_title": target.local_title,
        "fax_notes": list(target.fax_notes),
        "email_redacted": target.email_redacted,
        "invalid_emails": list(target.invalid_emails),
        "web_forms": list(target.web_forms),
    }
    return values | {name: value for name, value in extra.items() if value}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
