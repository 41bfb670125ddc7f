"""Owns the offices that a document names: each block as it is printed, what is asked about it, what is reported."""

import re
from dataclasses import dataclass, field

from advocacy.reading.addresses import REDACTED, addresses_in
from advocacy.reading.blocks import Block, blocks_of, interleaved, is_plain, is_remark
from advocacy.reading.contacts import LOCAL_ADDRESS, Contacts, label_of, take, take_addresses
from advocacy.reading.doubts import Standing
from advocacy.reading.findings import Findings
from advocacy.reading.names import Office, office_of
from advocacy.reading.printed import PrintedTarget
from advocacy.reading.references import matches
from advocacy.reading.sections import Placed

_EMBASSIES = (
    r"\bdiplomatic representatives?\b",
    r"\b(?:ambassadors?|embass(?:y|ies))\b.{0,40} in your\b",
    r"\breprésentants? diplomatiques?\b",
)
_COLUMNS = "Columns were read row by row, so the offices cannot be told apart. Paste them one below the other."
_UNKNOWN_LABEL = re.compile(r"[^\W\d_][\w./ '’-]{0,24}\s?[:：](?!//)\s*\S")
MOST_TARGETS = 60


@dataclass
class _Local:
    """The address in the country's own script."""

    language: str = ""
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    #: The language of a second such address, and its lines: there is room for one only.
    foreign: str = ""
    more: list[str] = field(default_factory=list)


@dataclass
class _Parts:
    """A block taken apart."""

    contacts: Contacts = field(default_factory=Contacts)
    local: _Local = field(default_factory=_Local)
    plain: list[Placed] = field(default_factory=list)
    #: Lines with a label that no table has: not part of an address, and not passed over.
    unknown: list[Placed] = field(default_factory=list)


def tell_targets(placed: list[Placed], findings: Findings) -> list[PrintedTarget] | None:
    """Every office that the text names.

    Returns:
        The offices in their order; None where the text holds offices that it does not tell apart.
    """
    for one in placed:
        if matches(_EMBASSIES, one.text[:600]) and one.part != "letter":
            words = "Some copies depend on where the supporter lives: embassies are named, but no address."
            findings.note("embassy", words, one.text[:200], [one.number])
    blocks = blocks_of(placed)[:MOST_TARGETS]
    mixed = interleaved(blocks, placed)
    if mixed:
        findings.ask("targets", _COLUMNS, [one.text for one in mixed], [one.number for one in mixed])
        return None
    standing = _standings(placed)
    targets: list[PrintedTarget] = []
    for block in blocks:
        targets.append(_target(block, standing, len(targets), findings))
    if blocks and blocks[0].unmarked:
        lines = [block.pieces[0].number for block in blocks]
        why = "No line says whether these offices are written to or get a copy; they stand here as written to."
        findings.ask("targets", why, [target.name or target.title for target in targets], lines)
    if not targets:
        findings.ask("targets", "The text names no office with an address.")
    return targets


def _standings(placed: list[Placed]) -> dict[int, Standing]:
    """Every piece that is not blank with what stands around it, by its identity."""
    said = [one for one in placed if one.piece.kind != "blank"]
    found: dict[int, Standing] = {}
    above = before = -1  # The last piece of the line above, and the piece before.
    for place, one in enumerate(said):
        if before >= 0 and said[before].number != one.number:
            above = before
        beside = label_of(said[before].text) if before > above else ("", "")
        following = said[place + 1] if place + 1 < len(said) else None
        found[id(one)] = Standing(
            one.text,
            one.number,
            *label_of(one.text),
            beside,
            label_of(said[above].text) if above >= 0 else ("", ""),
            label_of(following.text) if following and following.number != one.number else ("", ""),
        )
        before = place
    return found


def _target(block: Block, standing: dict[int, Standing], place: int, findings: Findings) -> PrintedTarget:
    name = f"targets.{place}"
    parts = _sorted(block, standing)
    office = office_of([one.text for one in parts.plain])
    contacts, local = parts.contacts, parts.local
    printed = PrintedTarget(
        role=block.role,
        name=contacts.one("name") or office.name,
        title=contacts.one("title") or office.title,
        organisation=contacts.one("organisation") or office.organisation,
        salutation=contacts.one("salutation"),
        emails=contacts.all("emails"),
        address_lines=office.texts or tuple(parts.plain[at].text for at in office.address),
        local_address_lines=tuple(local.lines),
        local_language=local.language if local.lines else "",
        local_title=office.local_title,
        fax=contacts.all("fax"),
        fax_notes=contacts.all("fax_notes"),
        phone=contacts.all("phone"),
        email_redacted=bool(contacts.redacted),
        invalid_emails=contacts.all("invalid_emails"),
        web_forms=contacts.all("web_forms"),
    )
    _ask_who(office, parts, name, findings)
    _ask_how(parts, name, findings)
    _report(parts, findings)
    _lines(office, parts, name, findings)
    findings.lines[name] = tuple(sorted({one.number for one in block.pieces}))
    return printed


def _sorted(block: Block, standing: dict[int, Standing]) -> _Parts:
    """A block's pieces: what is labelled, what is in the local script, and the rest."""
    parts = _Parts()
    contacts, local, plain = parts.contacts, parts.local, parts.plain
    for one in block.pieces:
        line = standing[id(one)]
        begins = LOCAL_ADDRESS.match(one.text)
        if line.label:
            take(contacts, line)
        elif begins:
            language = begins[1][:1].upper() + begins[1][1:]
            local.language = local.language or language
            local.foreign = language if language != local.language else ""
            _add_local(local, one.text[begins.end() :], one.number)
        elif is_remark(one.text) or one.text in contacts.tails:
            continue
        elif plain and _UNKNOWN_LABEL.match(one.text):
            parts.unknown.append(one)
        elif is_plain(one.text):
            if not plain or plain[-1].text != one.text:  # A country that is printed twice is one line.
                plain.append(one)
        elif addresses_in(one.text, labelled=False).emails or REDACTED.search(one.text):
            take_addresses(contacts, addresses_in(one.text, labelled=False), line)
        else:
            _add_local(local, one.text, one.number)
    return parts


def _add_local(local: _Local, text: str, number: int) -> None:
    if text and local.foreign:
        local.more.append(text)
    elif text:
        local.lines.append(text)
        local.numbers.append(number)


def _ask_who(office: Office, parts: _Parts, name: str, findings: Findings) -> None:
    """What a person must settle about who an office is and where."""
    lines = [one.number for one in parts.plain]
    labelled = parts.contacts.one("name") or parts.contacts.one("title")
    if office.question and not labelled:
        why = f"{office.question} Which line is the name?"
        findings.ask(f"{name}.name", why, office.candidates, lines[:2] or lines)
    elif office.flat:
        why = "The line breaks of this office are lost. Compare its parts with the document."
        findings.ask(f"{name}.address_lines", why, office.texts, lines)
    if parts.unknown:
        said = [one.text for one in parts.unknown]
        why = "The label of this line is not known. Is it part of the address?"
        findings.ask(f"{name}.address_lines", why, said, [one.number for one in parts.unknown])
    if parts.local.more:
        why = f"There is a second address in another script, in {parts.local.foreign}. One can be kept."
        findings.ask(f"{name}.local_address_lines", why, parts.local.more, parts.local.numbers)


def _ask_how(parts: _Parts, name: str, findings: Findings) -> None:
    """What a person must settle about how an office is written to."""
    contacts = parts.contacts
    emails = contacts.all("emails")
    if len(emails) > 1 or (emails and contacts.doubtful):
        why = "This office has more than one address. Which one shall letters go to?"
        lines = [*contacts.lines["emails"], *(line for _, _, line in contacts.doubtful)]
        findings.ask(f"{name}.emails", why, [*emails, *(words for words, _, _ in contacts.doubtful)], lines)
    for why, line in dict.fromkeys((why, line) for _, why, line in contacts.doubtful):
        words = [words for words, said, number in contacts.doubtful if (said, number) == (why, line)]
        findings.ask(f"{name}.emails", why, words, [line])
    if " / " in contacts.one("salutation"):
        both = contacts.one("salutation").split(" / ")
        why = "The salutation is printed in two forms."
        findings.ask(f"{name}.salutation", why, both, contacts.lines["salutation"])


def _report(parts: _Parts, findings: Findings) -> None:
    """What stands in the place of an address and is none."""
    contacts = parts.contacts
    for word, line in zip(contacts.all("invalid_emails"), contacts.lines.get("invalid_emails", ()), strict=True):
        words = "This stands where an address should, and is none. It is not mended."
        findings.note("not_an_address", words, word, [line])
    if contacts.redacted:
        words = "An address was hidden by the page that this was copied from."
        findings.note("redacted", words, "[email protected]", contacts.redacted)
    for form in contacts.all("web_forms"):
        words = "This office is written to by a web form; letters by mail do not reach it there."
        findings.note("web_form", words, form, contacts.lines["web_forms"])


def _lines(office: Office, parts: _Parts, name: str, findings: Findings) -> None:
    """Which lines each field of an office was read from."""
    for said, place in office.sources.items():
        last = 1 if office.wrapped and place == 0 else place
        findings.lines[f"{name}.{said}"] = tuple(sorted({parts.plain[place].number, parts.plain[last].number}))
    for said, numbers in parts.contacts.lines.items():
        findings.lines[f"{name}.{said}"] = tuple(sorted(set(numbers)))
    if office.address:
        findings.lines[f"{name}.address_lines"] = tuple(sorted({parts.plain[place].number for place in office.address}))
    if parts.local.lines:
        findings.lines[f"{name}.local_address_lines"] = tuple(sorted(set(parts.local.numbers)))
