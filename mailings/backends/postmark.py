"""Owns one short cut of Anymail's backend for Postmark: the answer to a mail that it took whole needs no parsing."""

from typing import Any

from anymail.backends import postmark
from anymail.message import AnymailRecipientStatus
from django.core.mail import EmailMessage
from requests import Response

OK = 200
#: Postmark's words for a mail that goes to every recipient.
TAKEN_WHOLE = {"ErrorCode": 0, "Message": "OK"}


class EmailBackend(postmark.EmailBackend):  # type: ignore[misc]  # Anymail has no types.
    """Postmark. Its answer repeats the To header, and Anymail parses it again for every letter: a sixth of the work."""

    def parse_recipient_status(
        self, response: Response, payload: postmark.PostmarkPayload, message: EmailMessage
    ) -> dict[str, AnymailRecipientStatus]:
        """Who was taken. Anything but the plain yes to one mail is left to Anymail."""
        answer: Any = self.deserialize_json_response(response, payload, message)
        plain = isinstance(answer, dict) and answer.get("MessageID") and {**answer, **TAKEN_WHOLE} == answer
        if not plain or response.status_code != OK:
            taken: dict[str, AnymailRecipientStatus] = super().parse_recipient_status(response, payload, message)
            return taken
        everyone = [*payload.to_emails, *payload.cc_and_bcc_emails]
        taken_whole = AnymailRecipientStatus(message_id=answer["MessageID"], status="sent")
        return dict.fromkeys((recipient.addr_spec for recipient in everyone), taken_whole)
