"""Owns what advocacy does when mailings tells news: it notes which letter's office could not be reached."""

import logging

from mailings import signals

log = logging.getLogger(__name__)


def note_recipient(
    sender: object, *, kind: str, stream: str, reference: str, role: str, status: str, **kwargs: object
) -> None:
    """Put a bounced office into the log, once per report, by the letter's code and never by an address."""
    if kind == "letter" and status in {"bounced", "rejected", "complained"}:
        log.warning("Letter %s on %s: its %s address is %s", reference, stream, role, status)


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    signals.recipient_changed.connect(note_recipient, dispatch_uid="advocacy.receivers.note_recipient")
