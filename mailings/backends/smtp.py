"""Owns what Django's backend for SMTP leaves out: which addresses the server refused, and a bound on a whole talk."""

import smtplib
from email.utils import parseaddr
from typing import Any

from anymail.message import AnymailRecipientStatus, AnymailStatus
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from mailings.timely import reader


class EmailBackend(smtp.EmailBackend):
    """A mail server. What it says of each address stands in the message's ``anymail_status``, as with Anymail."""

    connection: "_Talk | None"

    @property
    def connection_class(self) -> type["_Talk"]:
        """The talk, with or without TLS from its first byte."""
        return _SecretTalk if self.use_ssl else _Talk

    def _send(self, email_message: EmailMessage) -> bool:
        sent = bool(super()._send(email_message))  # type: ignore[misc]  # Django's own, and not in its types.
        if sent and self.connection is not None:
            everyone = [str(parseaddr(one)[1]) for one in email_message.recipients()]
            refused = {parseaddr(one)[1] for one in self.connection.refused}
            status = AnymailStatus()
            status.set_recipient_status(
                {one: AnymailRecipientStatus(None, "rejected" if one in refused else "sent") for one in everyone}
            )
            email_message.anymail_status = status  # type: ignore[attr-defined]  # Anymail's own attribute.
        return sent


class _Talk(smtplib.SMTP):
    """One talk with a mail server. All that is said before a mail, and all that is said of one, has its time-out."""

    #: The recipients of the last mail that the server would not take, as they were written, while it took others.
    refused: dict[str, tuple[int, bytes]]
    #: The line, and the server's words on it; made by the base class and by us.
    sock: Any
    file: Any

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = reader(self.sock)
        return super().getreply()

    def sendmail(self, *args: Any, **given: Any) -> dict[str, tuple[int, bytes]]:
        if self.file is not None:
            self.file.raw.begin()
        self.refused = super().sendmail(*args, **given)
        return self.refused


class _SecretTalk(_Talk, smtplib.SMTP_SSL):
    """The same over TLS."""
