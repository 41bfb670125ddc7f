"""Owns what tests tell us in a provider's name: reports as Anymail reads them, and posts to our webhook."""

import itertools
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent
from django.test import Client

from mailings.events import apply_waiting, receive
from mailings.models import Message
from mailings.models.message import Status
from tests.mailings.conftest import SECRET
from tests.mailings.making import PRESIDENT, post, put

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
#: What a mail server says of each kind of report, where a test does not care for the words.
WORDS = {
    "bounced": "550 5.1.1 There is no such mailbox",
    "soft": "452 4.2.2 The mailbox is full",
    "policy": "550 5.7.1 Refused by our rules",
}
_seconds = itertools.count()


def told(message: Message, event_type: str, address: str = PRESIDENT.email, **changed: Any) -> AnymailTrackingEvent:
    """A report on one address of a message, each at a time of its own. ``soft`` and ``policy`` are bounces, too."""
    given: dict[str, Any] = {
        "event_type": "bounced" if event_type in WORDS else event_type,
        "timestamp": NOON + timedelta(seconds=next(_seconds)),
        "message_id": "provider-1",
        "event_id": None,
        "recipient": address,
        "metadata": {"m": message.uid.hex},
        "mta_response": WORDS.get(event_type, "250 ok"),
    }
    return AnymailTrackingEvent(**{**given, **changed})


def store(*events: AnymailTrackingEvent, provider: str = "Postmark") -> None:
    """Receive reports, one after the other, and apply none."""
    for event in events:
        receive(None, event, provider)


def hear(*events: AnymailTrackingEvent, provider: str = "Postmark") -> None:
    """Receive reports, and apply what is stored."""
    store(*events, provider=provider)
    apply_waiting()


def sent(kind: str = "letter", **changed: Any) -> Message:
    """A message that was handed over."""
    return put(post(kind, **changed), Status.SENT, provider_message_id="provider-1")


def login(secret: str | None = SECRET) -> dict[str, str]:
    """The head of a request that knows the password; none where it is None."""
    return {} if secret is None else {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}


def post_report(body: object, secret: str | None = SECRET, *, provider: str = "postmark", **head: str) -> int:
    """Post a report to a provider's webhook. Returns the HTTP status."""
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = Client(raise_request_exception=False).post(
        f"/anymail/{provider}/tracking/", raw, content_type="application/json", headers={**login(secret), **head}
    )
    return int(answer.status_code)
