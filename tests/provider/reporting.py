"""Owns the provider's reports: what Postmark's webhooks say of each recipient, posted to our site one by one."""

import itertools
import queue
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from tests.provider.mail import Mail

BOUNCING_DOMAIN = "@bounce.example.org"
WAITING_AT_MOST = 10_000
TRIES = 3
_numbers = itertools.count(4_323_372_036_854_775_807)


def delivery(mail: Mail, address: str) -> dict[str, Any]:
    """Postmark's words for: their server accepted it."""
    return {
        "RecordType": "Delivery",
        "MessageID": mail.provider_id,
        "Recipient": address,
        "DeliveredAt": _now(),
        "Details": "smtp;250 2.0.0 OK: queued by their server",
        "Tag": "",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Metadata": mail.metadata,
    }


def bounce(mail: Mail, address: str) -> dict[str, Any]:
    """Postmark's words for: it came back for good."""
    return {
        "RecordType": "Bounce",
        "ID": next(_numbers),
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": mail.provider_id,
        "Email": address,
        "From": mail.sender,
        "BouncedAt": _now(),
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 There is no such mailbox here",
        "Subject": mail.subject,
        "Tag": "",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Metadata": mail.metadata,
        "DumpAvailable": False,
        "Inactive": True,
        "CanActivate": True,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Report:
    """One report that was made: what it said and what our site answered."""

    body: dict[str, Any]
    answer: int


class Reporter:
    """Posts reports to our webhook in a thread of its own, so that taking mail never waits for our site.

    ``site`` is our site's address, ``secret`` the "user:password" that the webhook asks for. Without a site nothing is
    reported. What is not taken is posted again, three times in all, as a provider does.
    """

    def __init__(self, site: str, secret: str) -> None:
        self.site = site
        self.secret = secret
        #: False keeps mails unreported until ``report`` is called for them.
        self.prompt = True
        #: True posts a mail's reports before its sender hears that it was taken.
        self.first = False
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue(WAITING_AT_MOST)
        self._made: list[Report] = []
        self._thread = threading.Thread(target=self._run, name="provider-reports", daemon=True)
        self._thread.start()

    @property
    def made(self) -> list[Report]:
        """Every report so far, oldest first."""
        return list(self._made)

    def heard_of(self, mail: Mail) -> None:
        """Report a mail that was just taken, unless told to wait."""
        if self.first:
            for body in self.bodies(mail):
                self.post(body)
        elif self.prompt:
            self.report(mail)

    def bodies(self, mail: Mail) -> list[dict[str, Any]]:
        """What is reported of one mail: one delivery or bounce for each of its recipients, To first."""
        return [
            (bounce if address.lower().endswith(BOUNCING_DOMAIN) else delivery)(mail, address)
            for address in [*mail.to, *mail.cc]
        ]

    def report(self, mail: Mail) -> None:
        """Report one mail, in a while."""
        if self.site:
            for body in self.bodies(mail):
                self._waiting.put_nowait(body)

    def post(self, body: dict[str, Any]) -> int:
        """Post one report now. Returns our site's HTTP status, 0 where it did not answer."""
        user, _, password = self.secret.partition(":")
        with requests.Session() as session:
            session.trust_env = False  # a proxy named in the environment is none of the provider's business
            session.auth = (user, password)
            try:
                answer = session.post(f"{self.site}/anymail/postmark/tracking/", json=body, timeout=20).status_code
            except requests.RequestException:
                answer = 0
        self._made.append(Report(body, answer))
        return answer

    def _run(self) -> None:
        while (body := self._waiting.get()) is not None:
            for _ in range(TRIES):
                if self.post(body) == 200:
                    break

    def close(self) -> None:
        """Make no more reports. Those that wait are dropped."""
        self.site = ""
        while True:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        self._waiting.put(None)
        self._thread.join(timeout=25)
