"""Owns the road from a text to a draft that can be stored: what the reading asks stays empty, and the draft is made."""

from advocacy.reading.draft import DraftTarget, DraftUpdate, Fault, Unnumbered
from advocacy.reading.lines import MARKDOWN_LINK
from advocacy.reading.printed import PrintedTarget, Question, Reading
from advocacy.reading.reader import reading_of
from mailings.text import LINE_BREAKS, UnfitText, clean_line

#: Fields of a printed update that are fields of a draft by the same name.
_SAME = (
    "reference", "index", "issued_on", "original_index", "original_issued_on", "deadline", "country", "title",
    "summary", "facts", "additional_information", "letter_subject", "letter_text",
)  # fmt: skip
_NO_REFERENCE = "No reference was found. The first line must name it, like: UA 61/21, Update 1"
_NO_NUMBER = (
    "This is an update of {0}, but the text does not say which one. Write its number, or put it into the first line, "
    "like: {0}, Update 2"
)


def read(text: str, number: int | None = None) -> DraftUpdate:
    """What a text says, as a draft that can be stored.

    Args:
        text: the published layout, with a part "Model letter" where it brings its letter along.
        number: which update it is, as a person says; it counts only where the text itself does not tell.
    Returns:
        The draft; whatever the text does not say is empty, and so is what the reading asks a person.
    Raises:
        Fault: where the text holds characters that cannot be sent, or lacks its reference.
        Unnumbered: where it is an update, and neither the text nor ``number`` says which.
    """
    _refuse_unfit(text)
    reading = reading_of(text)
    draft = reading.draft
    if not draft.reference:
        raise Fault([next((_said(one) for one in _open(reading, "reference") if one.candidates), _NO_REFERENCE)])
    told = number if draft.update_number is None else draft.update_number
    if told is None and draft.is_update:
        raise Unnumbered([_NO_NUMBER.format(draft.reference)])
    return DraftUpdate(
        **{name: getattr(draft, name) for name in _SAME},
        number=told or 0,
        language=draft.text_language,
        asks=[ask.rstrip(" .;") for ask in draft.asks],
        targets=[_target(one, reading, place) for place, one in enumerate(draft.targets or ())],
    )


def _refuse_unfit(text: str) -> None:
    """Say of the first line that cannot be sent which one it is and why."""
    plain = MARKDOWN_LINK.sub(r"\1", text.replace("**", ""))
    for number, line in enumerate(LINE_BREAKS.split(plain), 1):
        try:
            clean_line(line)
        except UnfitText as fault:
            raise Fault([f"Line {number}: {fault}"]) from fault


def _open(reading: Reading, name: str) -> list[Question]:
    return [question for question in reading.questions if question.field == name]


def _said(question: Question) -> str:
    where = f"Line {question.lines[0]}: " if question.lines else ""
    return f"{where}{question.why} It names: {', '.join(question.candidates[:6])}."


def _target(target: PrintedTarget, reading: Reading, place: int) -> DraftTarget:
    """An office as the desk edits it, without an address where it is asked which."""
    asked = _open(reading, f"targets.{place}.emails")
    return DraftTarget(
        role=target.role,
        name=target.name,
        title=target.title,
        organisation=target.organisation,
        salutation=target.salutation,
        email=target.emails[0] if target.emails and not asked else "",
        address_lines=list(target.address_lines),
        local_address_lines=list(target.local_address_lines),
        local_language=target.local_language,
        fax=list(target.fax),
        phone=list(target.phone),
    )
