"""Owns the reading of a sandbox mail: its raw bytes as a mail program would show them."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from uuid import UUID

from mailings.models import Message, SandboxMail
from mailings.models.recipient import Delivery
from mailings.text import Block, blocks


@dataclass(frozen=True)
class Reading:
    """One mail of the sandbox mailbox, decoded."""

    provider_id: UUID
    received_at: datetime
    sender: str
    to: list[str]
    cc: list[str]
    reply_to: list[str]
    subject: str
    text: str
    html: str
    headers: list[tuple[str, str]]
    raw: str
    kind: str
    mode: str
    status: str
    #: (address, what its server is pretended to have said), To before Cc.
    recipients: list[tuple[str, str]]

    @property
    def sender_name(self) -> str:
        """The display name alone, or the address where there is none."""
        name, address = getaddresses([self.sender])[0]
        return name or address

    @property
    def to_names(self) -> str:
        """The names of those written to, or their addresses where they have none."""
        return _names(self.to_line)

    @property
    def cc_names(self) -> str:
        """The names of those who get a copy."""
        return _names(self.cc_line)

    @property
    def blocks(self) -> list[Block]:
        """The text as paragraphs and lists."""
        return list(blocks(self.text.strip()))

    @property
    def delivery(self) -> str:
        """What the first recipient's server is pretended to have said."""
        return self.recipients[0][1] if self.recipients else Delivery.UNKNOWN.value

    def field(self, name: str) -> str:
        """A header as the mail shows it, e.g. ``To``; "" where it has none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def to_line(self) -> str:
        """To, with names."""
        return self.field("To")

    @property
    def cc_line(self) -> str:
        """Cc, with names."""
        return self.field("Cc")

    def as_json(self) -> dict[str, object]:
        """The form in which ``/sandbox/messages.json`` gives it."""
        return {
            "id": str(self.provider_id),
            "kind": self.kind,
            "mode": self.mode,
            "from": self.sender,
            "to": self.to,
            "cc": self.cc,
            "reply_to": self.reply_to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "headers": dict(self.headers),
            "status": self.status,
            "recipients": [{"address": address, "status": status} for address, status in self.recipients],
            "received_at": self.received_at.isoformat(),
        }


def read_all(mails: list[SandboxMail]) -> list[Reading]:
    """Decode mails and look up in two queries what the outbox says of them."""
    uids = [mail.message_uid for mail in mails]
    rows = {row.uid: row for row in Message.objects.filter(uid__in=uids).prefetch_related("recipients")}
    return [_read(mail, rows.get(mail.message_uid)) for mail in mails]


def _read(mail: SandboxMail, row: Message | None) -> Reading:
    raw = bytes(mail.raw)
    parsed = message_from_bytes(raw, policy=policy.default)
    headers = [(name, _readable(name, value)) for name, value in parsed.raw_items()]
    head = {name.lower(): value for name, value in headers}
    return Reading(
        provider_id=mail.provider_id,
        received_at=mail.received_at,
        sender=head.get("from", ""),
        to=_addresses(head.get("to", "")),
        cc=_addresses(head.get("cc", "")),
        reply_to=_addresses(head.get("reply-to", "")),
        subject=head.get("subject", ""),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
        headers=headers,
        raw=raw.decode("utf-8", "replace"),
        kind=row.kind if row else "",
        mode=row.mode if row else "",
        status=row.status if row else "",
        recipients=[(r.address, r.status) for r in row.recipients.all()] if row else [],
    )


def _readable(name: str, value: object) -> str:
    """A header decoded; as it stands in the mail where it cannot be."""
    try:
        return str(policy.default.header_fetch_parse(name, str(value)))
    except (ValueError, IndexError, AttributeError):  # What the parser of headers raises on a broken one.
        return str(value)


def _addresses(line: str) -> list[str]:
    return [address for _, address in getaddresses([line]) if address]


def _names(line: str) -> str:
    return ", ".join(name or address for name, address in getaddresses([line]) if name or address)


def _part(parsed: EmailMessage, subtype: str) -> str:
    part = parsed.get_body(preferencelist=(subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
