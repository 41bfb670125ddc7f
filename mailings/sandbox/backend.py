"""Owns the taking of mail in sandbox mode: what a provider would send is kept in the sandbox mailbox, byte for byte."""

from collections.abc import Sequence
from uuid import UUID

from anymail.message import AnymailRecipientStatus, AnymailStatus
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from mailings.models import SandboxMail

#: The oldest beyond this many are dropped, so that a demo that runs for months stays small.
MOST_MAILS = 500


class EmailBackend(BaseEmailBackend):
    """Takes every mail, as Anymail's backends do, and puts it in the mailbox."""

    def open(self) -> bool:
        """Nothing to open."""
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the raw mails. Returns how many.

        Runs in a thread of its own for each hand-over: a database connection that it opened ends with it.
        """
        opened_here = connection.connection is None
        try:
            for message in email_messages:
                _keep(message)
        finally:
            if opened_here:
                connection.close()
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    metadata: dict[str, str] = getattr(message, "metadata", {})
    mail = SandboxMail.objects.create(message_uid=UUID(hex=metadata["m"]), raw=message.message().as_bytes())
    taken = AnymailRecipientStatus(str(mail.provider_id), "queued")
    message.anymail_status = AnymailStatus()  # type: ignore[attr-defined]  # Anymail's own attribute.
    message.anymail_status.set_recipient_status(dict.fromkeys(_addresses(message), taken))  # type: ignore[attr-defined]


def _addresses(message: EmailMessage) -> list[str]:
    return [address.rpartition("<")[2].rstrip(">") for address in message.recipients()]


def drop_oldest() -> None:
    """Keep the newest ``MOST_MAILS``."""
    kept = SandboxMail.objects.order_by("-id").values_list("id", flat=True)[MOST_MAILS : MOST_MAILS + 1]
    for pk in kept:
        SandboxMail.objects.filter(pk__lte=pk, reported_at__isnull=False).delete()
