"""DOOR. Owns how a template and plain values become a mail's words. The preview and the letter are one call.

Whatever a person typed is a value here, never a template: ``templates/email/<name>/{subject.txt,body.txt}`` are
compiled from files only, and values are put in once. The HTML is made of the finished text, so that both say the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import escape

from mailings import sanitize
from mailings.directions import directed
from mailings.text import UnfitText, blocks, clean_line, clean_text, domain_of

#: Control characters, and what else some program takes for the end of a line.
HEADER_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST_SUBJECT = 200
LONGEST_NAME = 200


@dataclass(frozen=True)
class Address:
    """A mailbox with the name shown beside it."""

    email: str
    name: str = ""

    def __post_init__(self) -> None:
        assert_header_safe(self.email)
        assert_header_safe(self.name)
        if self.email.count("@") != 1 or any(char in self.email for char in ',;<>" '):
            raise UnfitText(f"{self.email!r} is not one address.")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True)
class Mail:
    """One finished email, ready for the outbox: what is shown in a preview is this, and this is what leaves."""

    kind: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: str = ""

    def __post_init__(self) -> None:
        assert_header_safe(self.subject)
        assert_header_safe(self.reply_to)
        if not self.to:
            raise UnfitText("A mail needs somebody to go to.")
        everyone = [address.email.casefold() for address in (*self.to, *self.cc)]
        if len(everyone) != len(set(everyone)):
            raise UnfitText("The same address stands twice on this mail.")
        if len(self.subject) > LONGEST_SUBJECT or any(
            len(a.name) > LONGEST_NAME for a in (self.sender, *self.to, *self.cc)
        ):
            raise UnfitText("A name or the subject is too long for a mail's head.")


def assert_header_safe(value: str) -> None:
    """The last wall before a header: most providers take JSON, where Django's own guard does not run.

    Raises:
        UnfitText: where a line break or another control character stands in the value.
    """
    if HEADER_UNSAFE.search(value):
        raise UnfitText("A line break or a control character may not stand in a mail's head.")
    if "=?" in value:  # A mail program would read an encoded word there, and in it whatever was refused above.
        raise UnfitText("The signs =? may not stand in a mail's head.")


def compose(
    template: str,
    values: Mapping[str, object],
    *,
    kind: str,
    sender: Address,
    to: tuple[Address, ...],
    cc: tuple[Address, ...] = (),
    reply_to: str = "",
    subject: str | None = None,
    rtl_language: str = "",
) -> Mail:
    """The mail that a template and its values make.

    Args:
        template: a folder under ``templates/email/``.
        values: plain values for both templates; text in them is data.
        kind: one of ``mailings.models.message.Kind``.
        sender, to, cc, reply_to: who stands in the head.
        subject: the finished subject where a person chose it; else ``subject.txt`` makes it.
        rtl_language: the tag of the right-to-left language that is in it; "" where there is none.
    Returns:
        The finished mail. Its HTML is made from the same text, escaped, and cleaned.
    Raises:
        UnfitText: where a value may not stand in a mail.
        django.template.TemplateDoesNotExist: where the folder lacks a template.
    """
    chosen = subject if subject is not None else render_to_string(f"email/{template}/subject.txt", dict(values))
    # A notice names addresses in angle brackets; a letter to an office holds nothing that could be taken for a tag.
    ours = kind != "letter"
    line = clean_line(chosen, finished=ours)
    text = clean_text(render_to_string(f"email/{template}/body.txt", dict(values)), finished=ours)
    clean = sanitize.clean_letter_html if kind == "letter" else sanitize.clean_notice_html
    html = directed(text, rtl_language, lambda part: clean(_as_html(part))) if rtl_language else clean(_as_html(text))
    return Mail(kind, sender, to, subject=line, text=text, html=html, cc=cc, reply_to=reply_to)


def _as_html(text: str) -> str:
    """A text as paragraphs and numbered lists, escaped."""
    parts = []
    for block in blocks(escape(text)):
        if block.kind == "list":
            items = "</li>\n<li>".join(block.lines)
            parts.append(f"<ol>\n<li>{items}</li>\n</ol>")
        else:
            parts.append(f"<p>{'<br>'.join(block.lines)}</p>")
    return "\n".join(parts)


def sending_address(local_part: str, domain: str, name: str) -> Address:
    """An address of ours with a display name, e.g. ``Lena <ua-61-21@letters.example.org>``."""
    return Address(f"{local_part}@{domain_of('@' + domain)}", name)
