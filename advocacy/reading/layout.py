"""Owns the reading of a plain text in the layout of a published urgent action, part by part."""

import re

from advocacy.reading import marks
from advocacy.reading.draft import DraftTarget, DraftUpdate, Fault
from mailings.text import LINE_BREAKS, UnfitText, clean_line

Line = tuple[int, str]


def read(text: str) -> DraftUpdate:
    """What a text says.

    Args:
        text: the published layout, with a part "Model letter" where it brings its letter along.
    Returns:
        The draft; whatever the text does not say is empty.
    Raises:
        Fault: where the text holds characters that cannot be sent, lacks its reference, or cannot be told apart.
    """
    draft = DraftUpdate()
    parts = _split(_cleaned(marks.MARKDOWN_LINK.sub(r"\1", text.replace("**", ""))))
    _head_and_facts(draft, parts[0][1])
    for name, body in parts[1:]:
        if name in {"to", "copy"}:
            draft.targets.append(_target(name, body))
        elif name == "additional":
            draft.additional_information = _joined(body)
        else:
            _letter(draft, body)
    if not draft.reference:
        raise Fault(["No reference was found. The first line must name it, like: UA 61/21, Update 1"])
    return draft


def _cleaned(text: str) -> list[Line]:
    """Every line under the number that it has in the text as it was given."""
    lines = []
    for number, line in enumerate(LINE_BREAKS.split(text), 1):
        try:
            lines.append((number, clean_line(line)))
        except UnfitText as fault:
            raise Fault([f"Line {number}: {fault}"]) from fault
    return lines


def _split(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The text cut at the lines that begin a part; the first piece is head, facts and asks."""
    parts: list[tuple[str, list[Line]]] = [("head", [])]
    for number, line in lines:
        name = marks.part_of(line)
        if name:
            parts.append((name, []))
        else:
            parts[-1][1].append((number, line))
    return parts


def _joined(lines: list[Line]) -> str:
    """The lines as a text, with at most one empty line between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for _, line in lines)).strip()


def _head_and_facts(draft: DraftUpdate, lines: list[Line]) -> None:
    """Reference, indexes, dates, country and title at the top; then facts; then asks."""
    rest: list[Line] = []
    in_asks = False
    for number, line in lines:
        if marks.ASKS.match(line):
            in_asks = True
        elif in_asks:
            _ask(draft, line)
        elif draft.title:
            rest.append((number, line))
        elif line:
            _head_line(draft, line)
    paragraphs = _joined(rest).split("\n\n")
    draft.summary, draft.facts = paragraphs[0], "\n\n".join(paragraphs[1:]) or paragraphs[0]


def _head_line(draft: DraftUpdate, line: str) -> None:
    reference, index = marks.read_reference(line), marks.read_index(line)
    if marks.ORIGINAL.match(line):
        draft.original_index, draft.original_issued_on = index, marks.read_date(line)
    elif marks.DEADLINE.match(line):
        draft.deadline = marks.read_date(line)
    elif reference and not draft.reference:
        draft.reference, draft.index, draft.issued_on = reference, index, marks.read_date(line)
        number = marks.UPDATE_NUMBER.search(line)
        draft.number = int(number[1]) if number else 0
    elif line.isupper() and not draft.country:
        draft.country = line.title()
    elif draft.reference:
        draft.title = line


def _ask(draft: DraftUpdate, line: str) -> None:
    if marks.BULLET.match(line):
        draft.asks.append(marks.BULLET.sub("", line).rstrip(" .;"))
    elif line and draft.asks:
        draft.asks[-1] = f"{draft.asks[-1]} {line.rstrip(' .;')}"


def _letter(draft: DraftUpdate, lines: list[Line]) -> None:
    text = _joined(lines)
    first, _, body = text.partition("\n")
    label, _, subject = first.partition(":")
    if label.strip().casefold() == "subject":
        draft.letter_subject, text = subject.strip(), body
    draft.letter_text = text.strip()


def _target(role: str, lines: list[Line]) -> DraftTarget:
    """One office's block: labelled lines, then name, title and organisation, and the rest is its address."""
    target = DraftTarget(role)
    plain: list[Line] = []
    local = False
    for number, line in lines:
        label, language = marks.LABEL.match(line), marks.LOCAL_ADDRESS.match(line)
        if label:
            local = False
            _labelled(target, marks.LABELS[label[1].casefold()], label[2].strip(), number)
        elif language:
            local, target.local_language = True, language[1]
        elif line and local:
            target.local_address_lines.append(line)
        elif line:
            plain.append((number, line))
    _name_and_address(target, plain)
    return target


def _labelled(target: DraftTarget, field: str, value: str, number: int) -> None:
    if field in {"fax", "phone"}:
        getattr(target, field).append(value)
    elif field == "salutation":
        target.salutation = value.rstrip(" :,")
    elif field == "email" and target.email:
        raise Fault([f"Line {number}: this office has two email addresses. Keep the one that letters shall go to."])
    else:
        setattr(target, field, value)


def _name_and_address(target: DraftTarget, lines: list[Line]) -> None:
    """Name and title stand in either order; only a known title word tells them apart, and nothing is guessed."""
    rest = [line for _, line in lines]
    if not target.name:
        first_two = rest[:2]
        titles = [line for line in first_two if marks.TITLE_WORD.match(line)]
        if len(first_two) == 2 and len(titles) == 1:
            target.title = titles[0]
            target.name = first_two[1] if first_two[0] == titles[0] else first_two[0]
            rest = rest[2:]
        elif lines:
            where = lines[0][0]
            raise Fault([f"Line {where}: name and title cannot be told apart. Write them as Name: ... and Title: ..."])
    if rest and not target.organisation and marks.OFFICE_WORD.match(rest[0]):
        target.organisation = rest.pop(0)
    target.address_lines = rest
