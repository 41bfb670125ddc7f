"""Owns what advocacy does when mailings tells news: it notes whom no letter reaches, and does what is due."""

import logging

from advocacy import due
from mailings import signals

log = logging.getLogger(__name__)


def note_recipient(
    sender: object, *, kind: str, stream: str, reference: str, role: str, status: str, **kwargs: object
) -> None:
    """Put a bounced office into the log, once per report, by the letter's code and never by an address."""
    if kind == "letter" and status in {"bounced", "rejected", "complained"}:
        log.warning("Letter %s on %s: its %s address is %s", reference, stream, role, status)


def do_what_is_due(sender: object, **kwargs: object) -> None:
    """Publish what was to be published by now, and the like. A fault in it is logged, and stops no worker."""
    for update in due.run():
        log.info("%s was published at its time", update)


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    signals.recipient_changed.connect(note_recipient, dispatch_uid="advocacy.receivers.note_recipient")
    signals.tidied.connect(do_what_is_due, dispatch_uid="advocacy.receivers.do_what_is_due")
