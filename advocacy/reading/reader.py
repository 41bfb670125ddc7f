"""Owns the order in which a text is read: lines, pieces, parts, then one kind of field after the other."""

from types import MappingProxyType
from typing import Any

from advocacy.reading import identity, labels
from advocacy.reading.addresses import addresses_in, is_own
from advocacy.reading.asks import asks_of
from advocacy.reading.findings import Findings
from advocacy.reading.head import Head, head_of, tell_country, tell_title
from advocacy.reading.languages import language_of, tell_languages
from advocacy.reading.letters import tell_letter, with_salutations
from advocacy.reading.lines import fold, lines_of
from advocacy.reading.people import tell_people
from advocacy.reading.pieces import pieces_of
from advocacy.reading.printed import PrintedUpdate, Reading
from advocacy.reading.references import closing_of
from advocacy.reading.sections import Placed, joined, numbers, paragraphs, place
from advocacy.reading.sentences import ends_a_sentence, first_sentence
from advocacy.reading.targets import tell_targets


def reading_of(text: str) -> Reading:
    """What a text says, field by field, with the lines it says it in.

    Args:
        text: a published urgent action as it was pasted or got out of a file. Anything may come; nothing is refused.
    Returns:
        The reading. What is not there is empty; what cannot be told apart is left empty too, and asked.
    """
    given = lines_of(text)
    placed = place(pieces_of(given.lines))
    findings = Findings()
    if not given.whole:
        findings.note("cut", "The text is longer than any urgent action. Its end was not read.")
    asks = asks_of(placed)
    rest = [one for at, one in enumerate(placed) if at not in asks.taken]
    head = head_of(rest)
    _tell_identity(head, placed, findings)
    _tell_texts(head, rest, findings)
    if asks.asks:
        findings.tell("asks", asks.asks, asks.lines)
    else:
        findings.ask("asks", "No list of asks was found.")
    tell_languages(asks, placed, findings)
    tell_letter(placed, findings)
    tell_people(head, placed, findings)
    targets = tell_targets(rest, findings)
    if targets is not None:
        targets = with_salutations(targets, placed, findings)
    _report_addresses(placed, targets or [], findings)
    findings.values["targets"] = None if targets is None else tuple(targets)
    return _reading(findings, given.dead_links)


def _reading(findings: Findings, dead_links: tuple[str, ...]) -> Reading:
    values: dict[str, Any] = dict(findings.values)
    said = " ".join(str(values.get(name, "")) for name in ("title", "summary", "facts"))
    draft = PrintedUpdate(**values, links_without_target=dead_links, text_language=language_of(said))
    return Reading(draft, MappingProxyType(dict(findings.lines)), tuple(findings.questions), tuple(findings.notices))


def _tell_identity(head: Head, placed: list[Placed], findings: Findings) -> None:
    identity.tell_reference(head.lines, placed, findings)
    identity.tell_indexes(head.lines, placed, findings)
    identity.tell_issue_date(head.lines, findings)
    identity.tell_closing(placed, findings)
    identity.tell_update(head.lines, placed, findings)
    identity.tell_deadline(placed, findings)
    tell_title(head, findings)
    tell_country(head, findings)


def _tell_texts(head: Head, placed: list[Placed], findings: Findings) -> None:
    """Summary, facts and background, wrapped lines joined."""
    body = [*head.body, *(one for one in placed if one.part == "body")]
    runs = [run for run in paragraphs(body) if not all(closing_of(one.text) for one in run)]
    texts = [joined(run) for run in runs]
    if len(texts) > 1:
        findings.tell("summary", texts[0], numbers(runs[0]))
        findings.tell("facts", "\n\n".join(texts[1:]), [number for run in runs[1:] for number in numbers(run)])
    elif texts:
        _tell_one(texts[0], numbers(runs[0]), findings)
    elif ends_a_sentence(str(findings.values.get("title", ""))):
        findings.tell("summary", findings.values["title"], findings.lines["title"])
    else:
        findings.ask("facts", "No account of what happened was found.")
    background = [one for one in placed if one.part == "additional"]
    more = [joined(run) for run in paragraphs(background)]
    if more:
        findings.tell("additional_information", "\n\n".join(more), numbers([o for o in background if o.text]))


def _tell_one(text: str, lines: tuple[int, ...], findings: Findings) -> None:
    """A single paragraph: its first sentence is the summary where more follow; nothing is told twice."""
    first = first_sentence(text)
    rest = text.strip().removeprefix(first).strip()
    if rest:
        findings.tell("summary", first, lines)
    findings.tell("facts", rest or text, lines)


def _report_addresses(placed: list[Placed], targets: list[Any], findings: Findings) -> None:
    """Every address of the text that is no target's, so that none is passed over in silence."""
    told = {email for target in targets for email in target.emails}
    asked = " ".join(" ".join(one.candidates) for one in findings.questions if one.field.endswith(".emails"))
    for at, one in enumerate(placed):
        found = addresses_in(one.text, labelled=False)
        near = fold(" ".join(other.text[-300:] for other in placed[max(at - 1, 0) : at + 1]))
        own = any(words in near for words in labels.FEEDBACK)
        for email in found.emails:
            if email in told or email in asked:
                continue
            if own or is_own(email):
                words = "This is the publishing organisation's own address, not an office's."
                findings.note("own_address", words, email, [one.number])
            else:
                findings.note("other_address", "This address stands in no office's block.", email, [one.number])
        if found.redacted and not any(notice.kind == "redacted" for notice in findings.notices):
            words = "An address was hidden by the page that this was copied from."
            findings.note("redacted", words, "[email protected]", [one.number])
