"""Owns mails saved as .eml: the text parts, else the page part; the subject stands first.

A mail may carry its text twice, as plain text and as a page, and a mail program shows one of both. Where they name
other addresses, a person says which of them was meant.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from advocacy.reading.draft import Fault
from advocacy.reading.files import html

_PASSED_ON = re.compile(r"^(?:(?:fwd?|re|tr|wg|aw)\s*:\s*)+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s,;:<>()\[\]\"“”]{1,64}@[^\s,;:<>()\[\]\"“”]{1,255}")
#: What a mailing list puts under a mail is shorter.
LONGEST_FOOTER = 600
MOST_PARTS = 50
_NO_MAIL = "This is not a mail. Save the mail as .eml, or paste its text."
_EMPTY = "The mail holds no text. If the document is attached, save the attachment and choose that file."
_MANY = "The mail is made of too many parts. Open it and paste its text."
_DIFFER = "This mail is not the same in all its parts: {0}. Open it, and paste what you see."


def text_of(content: bytes) -> str:
    """The text of a mail.

    Raises:
        Fault: where it is no mail, holds no text, or names other addresses in one part than in another.
    """
    mail = message_from_bytes(content, policy=policy.default)
    if not {"from", "subject", "date"} & {name.lower() for name in mail}:
        raise Fault([_NO_MAIL])
    text = _body(mail)
    if not text.strip():
        raise Fault([_EMPTY])
    subject = _PASSED_ON.sub("", " ".join(str(mail.get("subject", "")).split()))
    return f"{subject}\n\n{text}" if subject else text


def _body(mail: EmailMessage) -> str:
    """The plain parts one after the other, else the pages."""
    plain: list[str] = []
    pages: list[str] = []
    for count, part in enumerate(_parts(mail)):
        if count >= MOST_PARTS:
            raise Fault([_MANY])
        text = _content(part)
        if text.strip() and part.get_content_subtype() == "plain":
            plain.append(text)
        elif text.strip():
            pages.append(html.text_of(text))
    for texts in (plain, pages):
        _refuse_second(texts)
    if plain and pages:
        _refuse_other(_addresses(plain), _addresses(pages))
    return "\n\n".join(plain or pages)


def _parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that a mail program shows as the mail: text and pages, no attachments, no mails within the mail."""
    if mail.is_multipart():
        if mail.get_content_maintype() != "message":
            for part in mail.iter_parts():
                if isinstance(part, EmailMessage):
                    yield from _parts(part)
    elif mail.get_content_type() in {"text/plain", "text/html"} and mail.get_content_disposition() != "attachment":
        yield mail


def _content(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except (LookupError, UnicodeError, ValueError) as error:
        raise Fault(["The encoding of this mail cannot be told. Open it and paste its text."]) from error
    return content if isinstance(content, str) else ""


def _addresses(texts: list[str]) -> list[str]:
    """The addresses of some texts as printed, each once, in their order."""
    found = (address.strip(".'’*_").casefold() for text in texts for address in _ADDRESS.findall(text))
    return list(dict.fromkeys(address.removeprefix("mailto:").partition("?")[0] for address in found))


def _refuse_second(texts: list[str]) -> None:
    """Refuse a second text with addresses of its own; what a mailing list adds below is none."""
    for later in texts[1:]:
        new = [one for one in _addresses([later]) if one not in _addresses(texts[:1])]
        if new and len(later) > LONGEST_FOOTER:
            raise Fault([_DIFFER.format(f"a later one names {', '.join(new[:4])}")])


def _refuse_other(plain: list[str], pages: list[str]) -> None:
    """Refuse a plain text that names other addresses than the page that people see, or in another order."""
    unseen = [one for one in plain if one not in pages]
    if unseen:
        seen = ", ".join(one for one in pages if one not in plain) or "none of these"
        said = f"as plain text it names {', '.join(unseen[:4])}, and as a page {seen[:300]}"
        raise Fault([_DIFFER.format(said)])
    if [one for one in pages if one in plain] != plain:
        raise Fault([_DIFFER.format("its addresses stand in another order")])
