"""Tests of mailings.backends.postmark: the short cut says what Anymail says, and is taken only where all is well."""

import json
from typing import Any

import pytest
from anymail.backends import postmark
from anymail.exceptions import AnymailRequestsAPIError
from pytest_django import Settings
from requests import Response

from mailings.backends.postmark import EmailBackend
from mailings.provider import build
from tests.mailings.conftest import go_live
from tests.mailings.test_provider import parcel

pytestmark = pytest.mark.once

PLAIN = {
    "To": "President Example <president@office.example.org>",
    "MessageID": "id-1",
    "ErrorCode": 0,
    "Message": "OK",
}
PART = "Message OK, but will not deliver to these inactive addresses: president@office.example.org. Inactive recipients"


def said(
    settings: Settings, backend: type[Any], answer: object, status: int = 200
) -> dict[str, tuple[str | None, str]]:
    """What this backend makes of an answer of Postmark."""
    go_live(settings, "http://127.0.0.1:1/", "the-key")
    response = Response()
    response.status_code, response._content = status, json.dumps(answer).encode()
    message = build(parcel())
    made = backend()
    payload = made.build_message_payload(message, {})
    found = made.parse_recipient_status(response, payload, message)
    return {address: (one.message_id, one.status) for address, one in found.items()}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (PLAIN, 200),
        (PLAIN | {"SubmittedAt": "2026-11-24T11:00:00Z"}, 200),
        (PLAIN | {"Message": PART}, 200),
        (PLAIN | {"Message": "Message accepted, but delivery may be delayed."}, 200),
        ([PLAIN], 200),
        ({"ErrorCode": 406, "Message": "Found inactive addresses: president@office.example.org.\n Inactive"}, 422),
        ({"ErrorCode": 300, "Message": "Invalid 'To' address: 'president@office.example.org'."}, 422),
    ],
)
def test_it_says_what_anymail_says(settings: Settings, answer: object, status: int) -> None:
    ours, theirs = (said(settings, kind, answer, status) for kind in (EmailBackend, postmark.EmailBackend))
    assert ours == theirs
    assert set(ours) == {"president@office.example.org", "ambassador@embassy.example.org"}


@pytest.mark.parametrize("answer", [{}, None, "OK", {"ErrorCode": 0, "Message": "OK"}, PLAIN | {"MessageID": ""}])
def test_what_is_no_plain_yes_is_left_to_anymail(settings: Settings, answer: object) -> None:
    try:
        theirs: object = said(settings, postmark.EmailBackend, answer)
    except (AnymailRequestsAPIError, AttributeError, TypeError) as error:
        with pytest.raises(type(error)):
            said(settings, EmailBackend, answer)
    else:
        assert said(settings, EmailBackend, answer) == theirs
