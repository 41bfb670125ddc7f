"""Owns the provider's memory as one may ask it: ``GET /messages/outbound``, as Postmark's search answers it."""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.provider.mail import Mail

PREFIX = "metadata_"


class Index(Enum):
    """How the search behaves at present."""

    PROMPT = "knows every mail that was taken"
    LATE = "does not know the newest mails yet"
    GARBLED = "answers with bytes that nobody can read"
    DEAF = "answers about other mails, as if it had not heard what was asked"
    REFUSED = "does not let this key search"
    TOO_MANY = "has been asked too often"
    BROKEN = "answers with a fault of its own"


REFUSALS = {Index.REFUSED: 401, Index.TOO_MANY: 429, Index.BROKEN: 500}


def answer(index: Index, path: str, mails: Sequence[Mail]) -> tuple[int, bytes]:
    """The HTTP status and body for one question."""
    question = dict(parse_qsl(urlsplit(path).query))
    if urlsplit(path).path != "/messages/outbound" or not {"count", "offset"} <= question.keys():
        return 422, b'{"ErrorCode": 702, "Message": "Parameters \'count\' and \'offset\' are required."}'
    if index in REFUSALS:
        return REFUSALS[index], b'{"ErrorCode": 10, "Message": "No."}'
    if index is Index.GARBLED:
        return 200, b'{"TotalCount": 0, "Mess\xff\xfe'
    wanted = {name.removeprefix(PREFIX): value for name, value in question.items() if name.startswith(PREFIX)}
    known = [] if index is Index.LATE else list(mails)
    found = [mail for mail in known if index is Index.DEAF or wanted.items() <= mail.metadata.items()]
    shown = [_entry(mail) for mail in found[: int(question["count"])]]
    return 200, json.dumps({"TotalCount": len(found), "Messages": shown}).encode()


def _entry(mail: Mail) -> dict[str, Any]:
    return {
        "MessageID": mail.provider_id,
        "MessageStream": "outbound",
        "To": [{"Email": address, "Name": None} for address in mail.to],
        "Recipients": [*mail.to, *mail.cc],
        "ReceivedAt": mail.accepted_at.isoformat(),
        "From": mail.sender,
        "Subject": mail.subject,
        "Status": "Sent",
        "Metadata": mail.metadata,
    }
