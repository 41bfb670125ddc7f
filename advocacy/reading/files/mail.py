"""Owns mails saved as .eml: the text part, else the page part; the subject stands first."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from advocacy.reading.draft import Fault
from advocacy.reading.files import html

_PASSED_ON = re.compile(r"^(?:(?:fwd?|re|tr|wg|aw)\s*:\s*)+", re.IGNORECASE)
_NO_MAIL = "This is not a mail. Save the mail as .eml, or paste its text."
_EMPTY = "The mail holds no text. If the document is attached, save the attachment and choose that file."


def text_of(content: bytes) -> str:
    """The text of a mail.

    Raises:
        Fault: where it is no mail, or holds no text.
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
    plain = mail.get_body(preferencelist=("plain",))
    text = _content(plain) if plain is not None else ""
    if text.strip():
        return text
    page = mail.get_body(preferencelist=("html",))
    return html.text_of(_content(page)) if page is not None and _content(page).strip() else ""


def _content(part: EmailMessage | object) -> str:
    if not isinstance(part, EmailMessage):
        return ""
    try:
        content = part.get_content()
    except (LookupError, UnicodeError, ValueError) as error:
        raise Fault(["The encoding of this mail cannot be told. Open it and paste its text."]) from error
    return content if isinstance(content, str) else ""
