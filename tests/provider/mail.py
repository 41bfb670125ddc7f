"""Owns one mail as the provider took it, readable in the words that a mail program uses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Mail:
    """What one accepted request asked for. ``fields`` is its JSON, as it came."""

    fields: dict[str, Any]
    provider_id: str = field(default_factory=lambda: str(uuid4()))
    accepted_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def text_of(self, name: str) -> str:
        """A field that holds text, "" where it is missing."""
        return str(self.fields.get(name) or "")

    @property
    def sender(self) -> str:
        return self.text_of("From")

    @property
    def to(self) -> list[str]:
        return _addresses(self.text_of("To"))

    @property
    def cc(self) -> list[str]:
        return _addresses(self.text_of("Cc"))

    @property
    def reply_to(self) -> list[str]:
        return _addresses(self.text_of("ReplyTo"))

    @property
    def subject(self) -> str:
        return self.text_of("Subject")

    @property
    def text(self) -> str:
        return self.text_of("TextBody")

    @property
    def html(self) -> str:
        return self.text_of("HtmlBody")

    @property
    def headers(self) -> dict[str, str]:
        return {item["Name"]: item["Value"] for item in self.fields.get("Headers") or []}

    @property
    def metadata(self) -> dict[str, str]:
        return dict(self.fields.get("Metadata") or {})

    @property
    def message_id(self) -> str:
        """Our own Message-ID, which stays the same however often a message is handed over."""
        return self.headers.get("Message-ID", "")


def _addresses(value: str) -> list[str]:
    return [address for _, address in getaddresses([value]) if address]
