"""Owns how each provider reports: its body, its head and its signature, as its own pages and Anymail's parsers tell."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client
from pytest_django import Settings

from config.mail import Account, anymail_settings
from mailings.abilities import PROVIDERS
from mailings.models import Message
from tests.mailings.conftest import SECRET
from tests.mailings.telling import login

KEY = "a-key-that-signs-reports"
#: What each provider's webhook wants in Anymail's settings beside the secret.
FURTHER = {
    "mailersend": {"MAILERSEND_SIGNING_SECRET": KEY},
    "mailgun": {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY},
    "mandrill": {"MANDRILL_WEBHOOK_KEY": KEY, "MANDRILL_WEBHOOK_URL": "http://testserver/anymail/mandrill/tracking/"},
    "postal": {"POSTAL_WEBHOOK_KEY": KEY},
}


@dataclass(frozen=True)
class Posted:
    """One request of a provider to our webhook."""

    body: str
    head: dict[str, str]
    content_type: str = "application/json"


def configure(settings: Settings, provider: str) -> None:
    """Let this provider be the one that carries live mail."""
    settings.MAIL_MODE = "live"
    settings.MAIL_PROVIDER = provider
    made = anymail_settings(Account(PROVIDERS[provider], "key"), webhook_secret=SECRET, further={})
    settings.ANYMAIL = {**made, **FURTHER.get(provider, {})}


def post(provider: str, posted: Posted, secret: str | None = SECRET) -> int:
    """Post a report to its webhook. Returns the HTTP status."""
    head = {**login(secret), **posted.head}
    client = Client(raise_request_exception=False)
    address = f"/anymail/{provider}/tracking/"
    return int(client.post(address, posted.body, content_type=posted.content_type, headers=head).status_code)


def plain(body: object) -> Posted:
    """A body that nothing signs: the password is the guard."""
    return Posted(json.dumps(body), {})


def signed(body: object, header: str) -> Posted:
    """A body under an HMAC of all of it."""
    raw = json.dumps(body)
    return Posted(raw, {header: hmac.new(KEY.encode(), raw.encode(), hashlib.sha256).hexdigest()})


def token_signature(token: str = "", when: float | None = None) -> dict[str, str]:
    """Mailgun's signature: over a time and a token, and nothing of the report."""
    told, token = str(int(time() if when is None else when)), token or uuid4().hex * 2
    made = hmac.new(KEY.encode(), f"{told}{token}".encode("ascii"), hashlib.sha256).hexdigest()
    return {"timestamp": told, "token": token, "signature": made}


def mailgun(message: Message, address: str, event: str = "failed", **data: Any) -> Posted:
    """Mailgun's report, with a signature of its own unless one is given."""
    signature = data.pop("signature", None) or token_signature()
    told: dict[str, Any] = {
        "event": event,
        "timestamp": time(),
        "id": uuid4().hex,
        "recipient": address,
        "message": {"headers": {"message-id": f"{message.uid.hex}@mg.example.org"}},
        "user-variables": {"m": message.uid.hex},
        "tags": [],
    }
    return plain({"signature": signature, "event-data": {**told, **data}})


def postmark(message: Message, address: str, kind: str, words: str = "", **data: Any) -> Posted:
    """Postmark's bounce of one type."""
    told = {
        "RecordType": "Bounce",
        "ID": uuid4().int % 10**15,
        "Type": kind,
        "MessageID": str(uuid4()),
        "Email": address,
        "BouncedAt": "2026-11-23T12:00:00Z",
        "Description": "As Postmark explains this type",
        "Details": words,
        "Metadata": {"m": message.uid.hex},
    }
    return plain({**told, **data})


def amazon_ses(message: Message, address: str, kind: str, sub: str, words: str = "") -> Posted:
    """Amazon's bounce, in the envelope of its notification service."""
    recipient = {"emailAddress": address, "action": "failed", "status": "5.0.0"}
    told = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": sub,
            "bouncedRecipients": [{**recipient, "diagnosticCode": words} if words else recipient],
        },
        "mail": {
            "messageId": uuid4().hex,
            "destination": [address],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"m": message.uid.hex})}],
        },
    }
    name = str(uuid4())
    envelope = {"Type": "Notification", "MessageId": name, "Timestamp": "2026-11-23T12:00:00.000Z"}
    body = json.dumps({**envelope, "TopicArn": "arn:aws:sns:eu:1:appeal", "Message": json.dumps(told)})
    head = {"X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": name}
    return Posted(body, head, "text/plain; charset=UTF-8")


def brevo(message: Message, address: str, event: str, words: str = "") -> Posted:
    """Brevo's report."""
    told = {"event": event, "email": address, "message-id": f"<{uuid4().hex}@smtp-relay.example.org>"}
    return plain(
        {**told, "ts_epoch": 1790000000000, "reason": words, "X-Mailin-custom": json.dumps({"m": message.uid.hex})}
    )


def mailersend(message: Message, address: str, kind: str, words: str = "") -> Posted:
    """MailerSend's report, which does not hand our id back."""
    email = {"message": {"id": message.provider_message_id}, "recipient": {"email": address}}
    data = {"id": uuid4().hex, "type": kind, "created_at": "2026-11-23T12:00:00Z", "email": email}
    morph = {"object": "recipient_bounce", "reason": words}
    return signed({"type": f"activity.{kind}", "data": {**data, "morph": morph}}, "Signature")


def mailjet(message: Message, address: str, event: str = "bounce", **data: Any) -> Posted:
    """Mailjet's report, grouped as it may be."""
    told = {"event": event, "time": 1790000000, "MessageID": uuid4().int % 10**17, "email": address}
    return plain([{**told, "Payload": json.dumps({"m": message.uid.hex}), **data}])


def mailtrap(message: Message, address: str, event: str, category: str = "", words: str = "") -> Posted:
    """Mailtrap's report."""
    told = {"event": event, "message_id": str(uuid4()), "email": address, "timestamp": 1790000000}
    more = {"event_id": str(uuid4()), "custom_variables": {"m": message.uid.hex}, "response": words}
    return plain({"events": [{**told, **more, **({"bounce_category": category} if category else {})}]})


def mandrill(message: Message, address: str, event: str, why: str = "", words: str = "") -> Posted:
    """Mandrill's report: a form, signed together with our address."""
    told = {"email": address, "metadata": {"m": message.uid.hex}, "bounce_description": why, "diag": words}
    events = json.dumps([{"event": event, "ts": 1790000000, "_id": uuid4().hex, "msg": told}])
    over = f"{FURTHER['mandrill']['MANDRILL_WEBHOOK_URL']}mandrill_events{events}"
    mac = b64encode(hmac.new(KEY.encode(), over.encode(), hashlib.sha1).digest()).decode()
    form = "application/x-www-form-urlencoded"
    return Posted(urlencode({"mandrill_events": events}), {"X-Mandrill-Signature": mac}, form)


def postal(message: Message, address: str, status: str, words: str = "") -> Posted:
    """Postal's report, which does not hand our id back."""
    told = {"status": status, "output": words, "message": {"id": message.provider_message_id, "to": address}}
    body = {"event": "MessageDeliveryFailed", "timestamp": 1790000000, "payload": told, "uuid": str(uuid4())}
    return Posted(json.dumps(body), {"X-Postal-Signature": b64encode(b"signature").decode()})


def resend(message: Message, address: str, kind: str, sub: str, words: str = "") -> Posted:
    """Resend's report."""
    headers = [{"name": "X-Metadata", "value": json.dumps({"m": message.uid.hex})}]
    data = {"email_id": str(uuid4()), "to": [address], "headers": headers}
    bounce = {"message": words or "The recipient's email provider sent a bounce message.", "type": kind, "subType": sub}
    told = {"type": "email.bounced", "created_at": "2026-11-23T12:00:00.000Z", "data": {**data, "bounce": bounce}}
    return Posted(json.dumps(told), {"svix-id": f"msg_{uuid4().hex}"})


def sendgrid(message: Message, address: str, event: str = "bounce", **data: Any) -> Posted:
    """SendGrid's report, which mixes our id with its own fields."""
    told = {"event": event, "email": address, "timestamp": 1790000000, "sg_event_id": uuid4().hex}
    return plain([{**told, "anymail_id": str(uuid4()), "m": message.uid.hex, **data}])


def sparkpost(message: Message, address: str, bounce_class: str, words: str = "", kind: str = "bounce") -> Posted:
    """SparkPost's report."""
    told = {"type": kind, "bounce_class": bounce_class, "raw_rcpt_to": address, "raw_reason": words}
    more = {"event_id": uuid4().hex, "transmission_id": uuid4().hex, "timestamp": "1790000000"}
    return plain([{"msys": {"message_event": {**told, **more, "rcpt_meta": {"m": message.uid.hex}}}}])


BUILDERS: dict[str, Callable[..., Posted]] = {
    "amazon_ses": amazon_ses,
    "brevo": brevo,
    "mailersend": mailersend,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mailtrap": mailtrap,
    "mandrill": mandrill,
    "postal": postal,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
}
