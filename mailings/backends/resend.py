"""Owns the one thing that Anymail's backend for Resend lacks: our key in the head of the request, not of the mail."""

from collections.abc import MutableMapping
from typing import Any

from anymail.backends import resend
from django.core.mail import EmailMessage

from mailings.abilities import PROVIDERS

KEY = PROVIDERS["resend"].key_header


class EmailBackend(resend.EmailBackend):  # type: ignore[misc]  # Anymail has no types.
    """Resend, which sends a mail once however often it is asked under one key."""

    def build_message_payload(self, message: EmailMessage, defaults: dict[str, Any]) -> "KeyedPayload":
        return KeyedPayload(message, defaults, self)


class KeyedPayload(resend.ResendPayload):  # type: ignore[misc]
    """A request whose key stands where Resend looks for it. A mail without a key, as Django's own are, goes without."""

    def set_extra_headers(self, headers: MutableMapping[str, str]) -> None:
        key = headers.pop(KEY, "")
        if key:
            self.headers[KEY] = key
        super().set_extra_headers(headers)
