"""Owns the road from a text to a draft that can be stored: what the reading leaves open where it matters is a Fault."""

from advocacy.reading.draft import DraftTarget, DraftUpdate, Fault
from advocacy.reading.lines import MARKDOWN_LINK
from advocacy.reading.printed import PrintedTarget, Question, Reading
from advocacy.reading.reader import reading_of
from mailings.text import LINE_BREAKS, UnfitText, clean_line

#: Fields of a printed update that are fields of a draft by the same name.
_SAME = (
    "reference", "index", "issued_on", "original_index", "original_issued_on", "deadline", "country", "title",
    "summary", "facts", "additional_information",
)  # fmt: skip
_NO_REFERENCE = "No reference was found. The first line must name it, like: UA 61/21, Update 1"
_NO_NUMBER = "This is an update, but not which one. Write its number into the first line, like: UA 61/21, Update 2"

_UNTOLD = "name and title cannot be told apart. Write them as Name: ... and Title: ..."


def read(text: str) -> DraftUpdate:
    """What a text says, as a draft that can be stored.

    Args:
        text: the published layout, with a part "Model letter" where it brings its letter along.
    Returns:
        The draft; whatever the text does not say is empty.
    Raises:
        Fault: where the text holds characters that cannot be sent, lacks its reference, or cannot be told apart.
    """
    _refuse_unfit(text)
    reading = reading_of(text)
    draft = reading.draft
    faults = _faults(reading)
    if faults:
        raise Fault(faults)
    # Without a token it is somebody's finished letter, not the template that letters are made of.
    template = "{" in draft.letter_text
    return DraftUpdate(
        **{name: getattr(draft, name) for name in _SAME},
        number=draft.update_number or 0,
        language=draft.text_language,
        asks=[ask.rstrip(" .;") for ask in draft.asks],
        letter_subject=draft.letter_subject if template else "",
        letter_text=draft.letter_text if template else "",
        targets=[_target(one) for one in draft.targets or ()],
    )


def _refuse_unfit(text: str) -> None:
    """Say of the first line that cannot be sent which one it is and why."""
    plain = MARKDOWN_LINK.sub(r"\1", text.replace("**", ""))
    for number, line in enumerate(LINE_BREAKS.split(plain), 1):
        try:
            clean_line(line)
        except UnfitText as fault:
            raise Fault([f"Line {number}: {fault}"]) from fault


def _faults(reading: Reading) -> list[str]:
    draft = reading.draft
    if not draft.reference:
        return [next((_said(one) for one in _open(reading, "reference") if one.candidates), _NO_REFERENCE)]
    faults = [_said(one) for one in _open(reading, "targets") if draft.targets is None]
    if draft.update_number is None and draft.is_update:
        faults.append(_NO_NUMBER)
    for place, _ in enumerate(draft.targets or ()):
        faults += [f"{_line(one)}{_UNTOLD}" for one in _open(reading, f"targets.{place}.name")]
        emails = _open(reading, f"targets.{place}.emails")
        faults += [_two(one) if len(one.candidates) > 1 else _said(one) for one in emails]
    return faults


def _two(question: Question) -> str:
    where = f"Line {question.lines[-1]}: " if question.lines else ""
    return f"{where}this office has two email addresses. Keep the one that letters shall go to."


def _open(reading: Reading, name: str) -> list[Question]:
    return [question for question in reading.questions if question.field == name]


def _line(question: Question) -> str:
    return f"Line {question.lines[0]}: " if question.lines else ""


def _said(question: Question) -> str:
    candidates = f" It names: {', '.join(question.candidates[:6])}." if question.field == "reference" else ""
    return f"{_line(question)}{question.why}{candidates}"


def _target(target: PrintedTarget) -> DraftTarget:
    """An office as the desk edits it."""
    return DraftTarget(
        role=target.role,
        name=target.name,
        title=target.title,
        organisation=target.organisation,
        salutation=target.salutation,
        email=target.emails[0] if target.emails else "",
        address_lines=list(target.address_lines),
        local_address_lines=list(target.local_address_lines),
        local_language=target.local_language,
        fax=list(target.fax),
        phone=list(target.phone),
    )
