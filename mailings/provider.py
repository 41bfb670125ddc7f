"""Owns the hand-over: a parcel becomes one Anymail message on a kept-open connection, and an outcome comes back.

Runs in threads and touches no database. The promise: one call makes at most one request, and an answer that did not
come is reported as in doubt. Nothing here tries twice.
"""

import uuid
from collections.abc import Sequence
from email.charset import QP, Charset

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mailings import connections, retry
from mailings.abilities import PROVIDERS
from mailings.connections import Mailbox
from mailings.parcel import Outcome, Parcel, now
from mailings.retry import Verdict

#: Quoted-printable is 7-bit on the wire: a relay that re-encodes 8-bit bodies would break the DKIM signature.
QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP

#: Anymail's words for an address that the provider will carry the mail to, and for one that it will not.
TAKEN = frozenset({"sent", "queued"})
REFUSED = frozenset({"invalid", "rejected", "failed"})


def hand_over(parcel: Parcel) -> Outcome:
    """Hand one parcel to its provider.

    Args:
        parcel: a claimed message. Its claim is committed and no transaction is open.
    Returns:
        The outcome; every exception of the backend has become a verdict.
    """
    try:
        message = build(parcel)
    except Exception as error:  # noqa: BLE001  Whatever it is, nothing was sent, and the others must go on.
        return Outcome(parcel, Verdict.NEVER, answer=f"It could not be made into a mail. {_first_line(error)}")
    try:
        connection = connections.of(parcel.provider)
        # The last thing before the request: a worker may have been frozen until here, a mail server slow to greet us.
        if now() > parcel.begin_before:
            return Outcome(parcel, Verdict.SOON, answer="Not begun: the lease was nearly over", begun=False)
        count = connection.send_messages([message])
    except Exception as error:  # noqa: BLE001  Thirteen providers and SMTP raise what they like; retry.py sorts it.
        if retry.http_status(error) is None:  # The line itself is in doubt, not only this message.
            connections.close(parcel.provider)
        return _taken(parcel, message, 1) if _was_accepted(message) else _failed(parcel, error)
    return _taken(parcel, message, count)


def close() -> None:
    """Close the calling thread's connections."""
    connections.close_all()


def _was_accepted(message: EmailMultiAlternatives) -> bool:
    """True where the provider had taken the mail before a receiver of Anymail's ``post_send`` raised."""
    words = getattr(getattr(message, "anymail_status", None), "status", None) or set()
    return bool(words & TAKEN)


def build(parcel: Parcel) -> EmailMultiAlternatives:
    """The mail that leaves: From, To, Cc, Reply-To and our stable Message-ID; Date is set when it is serialised."""
    ability = PROVIDERS[parcel.provider]
    headers = {"Message-ID": parcel.message_id_header}
    if ability.keep_id_header:
        headers[ability.keep_id_header] = "true"
    if ability.key_header:  # From the first hand-over on, so that a doubtful one can be repeated without harm.
        headers[ability.key_header] = str(uuid.UUID(parcel.uid_hex))
    if parcel.kind != "letter":
        headers["Auto-Submitted"] = "auto-generated"
    to, cc, subject, text, html = _addressed(parcel)
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=Mailbox(parcel.sender.name, parcel.sender.email),
        to=to,
        cc=cc,
        reply_to=[parcel.reply_to] if parcel.reply_to else [],
        headers=headers,
    )
    message.encoding = QUOTED_PRINTABLE
    if html:
        message.attach_alternative(html, "text/html")
    if ability.metadata:
        message.metadata = {"m": parcel.uid_hex}  # type: ignore[attr-defined]  # Anymail's own attribute.
    return message


def _addressed(parcel: Parcel) -> tuple[Sequence[str], Sequence[str], str, str, str]:
    """Who gets it and what it says: in test mode one tester, and a first line that says so."""
    if settings.MAIL_MODE != "test":
        to = [Mailbox(address.name, address.email) for address in parcel.to]
        cc = [Mailbox(address.name, address.email) for address in parcel.cc]
        return to, cc, parcel.subject, parcel.text, parcel.html
    everyone = ", ".join(address.email for address in (*parcel.to, *parcel.cc))
    text = f"Test: in live mode this would go to {everyone}.\n\n{parcel.text}"
    return [settings.MAIL_TEST_ADDRESS], [], f"[Test] {parcel.subject}", text, ""


def _taken(parcel: Parcel, message: EmailMultiAlternatives, count: int | None) -> Outcome:
    """The backend raised nothing. Count and per-recipient words tell whether the provider really took it."""
    if count != 1:
        return Outcome(parcel, Verdict.NEVER, answer="A signal receiver or the backend withheld the message")
    status = getattr(message, "anymail_status", None)
    if status is None or status.status is None:
        return Outcome(parcel, Verdict.SENT)
    words = status.recipients.values()
    # Postmark's answer to one broken address names that one alone, and sends to nobody: the others stay without an id.
    if not any(word.status in TAKEN or (word.message_id and word.status not in REFUSED) for word in words):
        return Outcome(parcel, Verdict.NEVER, answer="The provider would carry it to none of the addresses")
    refused = frozenset(address.lower() for address, word in status.recipients.items() if word.status in REFUSED)
    found = status.message_id
    provider_id = found if isinstance(found, str) else next(iter(sorted(found or [""])), "")
    return Outcome(parcel, Verdict.SENT, provider_message_id=provider_id or "", refused=refused)


def _failed(parcel: Parcel, error: Exception) -> Outcome:
    status = retry.http_status(error)
    words = " ".join(filter(None, [f"HTTP {status}:" if status else "", retry.code(error), _first_line(error)]))
    return Outcome(parcel, retry.verdict(error), answer=words, retry_after=retry.retry_after(error))


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
