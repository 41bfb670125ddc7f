"""Owns the offices that a document names: each block as it is printed, what is asked about it, what is reported."""

from dataclasses import dataclass

from advocacy.reading.addresses import REDACTED, addresses_in
from advocacy.reading.blocks import Block, blocks_of, interleaved, is_plain, is_remark
from advocacy.reading.contacts import LOCAL_ADDRESS, Contacts, label_of, take, take_addresses
from advocacy.reading.findings import Findings
from advocacy.reading.names import Office, office_of
from advocacy.reading.printed import PrintedTarget
from advocacy.reading.references import matches
from advocacy.reading.sections import Placed

_EMBASSIES = (r"\bdiplomatic representatives?\b", r"\bambassadors? in your country\b", r"\breprésentants? diplomatiques?\b")
_COLUMNS = "Columns were read row by row, so the offices cannot be told apart. Paste them one below the other."
MOST_TARGETS = 60


@dataclass
class _Local:
    """The address in the country's own script."""

    language: str = ""
    lines: list[str] | None = None
    numbers: list[int] | None = None


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
    targets = []
    for block in blocks:
        targets.append(_target(block, len(targets), findings))
    if blocks and blocks[0].unmarked:
        lines = [block.pieces[0].number for block in blocks]
        why = "No line says whether these offices are written to or get a copy; they stand here as written to."
        findings.ask("targets", why, [target.name or target.title for target in targets], lines)
    if not targets:
        findings.ask("targets", "The text names no office with an address.")
    return targets


def _target(block: Block, place: int, findings: Findings) -> PrintedTarget:
    name = f"targets.{place}"
    contacts, local, plain = _sorted(block)
    office = office_of([one.text for one in plain])
    _ask_about(office, contacts, plain, name, findings)
    local_lines = tuple(local.lines or ())
    printed = PrintedTarget(
        role=block.role,
        name=contacts.one("name") or office.name,
        title=contacts.one("title") or office.title,
        organisation=contacts.one("organisation") or office.organisation,
        salutation=contacts.one("salutation"),
        emails=contacts.all("emails"),
        address_lines=office.texts or tuple(plain[at].text for at in office.address),
        local_address_lines=local_lines,
        local_language=local.language if local_lines else "",
        local_title=office.local_title,
        fax=contacts.all("fax"),
        fax_notes=contacts.all("fax_notes"),
        phone=contacts.all("phone"),
        email_redacted=contacts.redacted,
        invalid_emails=contacts.all("invalid_emails"),
        web_forms=contacts.all("web_forms"),
    )
    _lines(printed, office, contacts, local, plain, name, findings)
    findings.lines[name] = tuple(sorted({one.number for one in block.pieces}))
    return printed


def _sorted(block: Block) -> tuple[Contacts, _Local, list[Placed]]:
    """A block's pieces: what is labelled, what is in the local script, and the rest."""
    contacts, local, plain = Contacts(), _Local("", [], []), list[Placed]()
    for place, one in enumerate(block.pieces):
        following = block.pieces[place + 1].text if place + 1 < len(block.pieces) else ""
        field, value = label_of(one.text)
        begins = LOCAL_ADDRESS.match(one.text)
        if field:
            take(contacts, field, value, one.number, following)
        elif begins:
            local.language = begins[1][:1].upper() + begins[1][1:]
            _add_local(local, one.text[begins.end() :], one.number)
        elif is_remark(one.text):
            continue
        elif is_plain(one.text):
            if not plain or plain[-1].text != one.text:  # A country that is printed twice is one line.
                plain.append(one)
        elif addresses_in(one.text, labelled=False).emails or REDACTED.search(one.text):
            take_addresses(contacts, addresses_in(one.text, labelled=False), one.text, one.number, following)
        else:
            _add_local(local, one.text, one.number)
    return contacts, local, plain


def _add_local(local: _Local, text: str, number: int) -> None:
    if text and local.lines is not None and local.numbers is not None:
        local.lines.append(text)
        local.numbers.append(number)


def _ask_about(office: Office, contacts: Contacts, plain: list[Placed], name: str, findings: Findings) -> None:
    """What a person must settle about one office."""
    lines = [one.number for one in plain]
    labelled = contacts.one("name") or contacts.one("title")
    if office.question and not labelled:
        findings.ask(f"{name}.name", f"{office.question} Which line is the name?", office.candidates, lines[:2] or lines)
    elif office.flat:
        why = "The line breaks of this office are lost. Compare its parts with the document."
        findings.ask(f"{name}.address_lines", why, office.texts, lines)
    emails = contacts.all("emails")
    if len(emails) > 1:
        why = "This office has more than one address. Which one shall letters go to?"
        findings.ask(f"{name}.emails", why, emails, contacts.lines["emails"])
    for words, why, line in contacts.doubtful:
        findings.ask(f"{name}.emails", f"This address is not whole: {why}.", [words], [line])
    for word, line in zip(contacts.all("invalid_emails"), contacts.lines.get("invalid_emails", ()), strict=False):
        findings.note("not_an_address", "This stands where an address should, and is none. It is not mended.", word, [line])
    if contacts.redacted:
        findings.note("redacted", "An address was hidden by the page that this was copied from.", "[email protected]", lines[:1])
    for form in contacts.all("web_forms"):
        words = "This office is written to by a web form; letters by mail do not reach it there."
        findings.note("web_form", words, form, contacts.lines["web_forms"])
    if " / " in contacts.one("salutation"):
        both = contacts.one("salutation").split(" / ")
        findings.ask(f"{name}.salutation", "The salutation is printed in two forms.", both, contacts.lines["salutation"])


def _lines(
    printed: PrintedTarget,
    office: Office,
    contacts: Contacts,
    local: _Local,
    plain: list[Placed],
    name: str,
    findings: Findings,
) -> None:
    """Which lines each field of an office was read from."""
    for field, place in office.sources.items():
        findings.lines[f"{name}.{field}"] = (plain[place].number,)
    for field, numbers in contacts.lines.items():
        findings.lines[f"{name}.{field}"] = tuple(sorted(set(numbers)))
    if printed.address_lines:
        places = office.address or range(len(plain))
        findings.lines[f"{name}.address_lines"] = tuple(sorted({plain[place].number for place in places if place < len(plain)}))
    if printed.local_address_lines and local.numbers:
        findings.lines[f"{name}.local_address_lines"] = tuple(sorted(set(local.numbers)))
