"""Tests of mailings.retry: the table of what a failure means, row by row."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
import requests
from anymail import exceptions as anymail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import BadHeaderError
from hypothesis import given
from hypothesis import strategies as st
from requests import exceptions as http
from urllib3 import exceptions as urllib3
from urllib3.connection import HTTPConnection

from mailings.retry import DELAYS, LONGEST_WAIT, MOST_ATTEMPTS, Verdict, delay, retry_after, verdict

pytestmark = pytest.mark.once

LINE = HTTPConnection("provider.example")


def answered(status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> Exception:
    """What Anymail raises for an HTTP answer with this status."""
    response = requests.Response()
    response.status_code = status
    response.headers.update({"Content-Type": "application/json"} if headers is None else headers)
    response._content = body
    error: Exception = anymail.AnymailRequestsAPIError("no", response=response)
    return error


def caused(error: Exception, cause: BaseException) -> Exception:
    """An error with its cause, as `raise ... from` leaves it."""
    error.__cause__ = cause
    return error


def wrapped(cause: Exception) -> Exception:
    """What Anymail raises where requests got no answer: the cause lies two levels deep."""
    return caused(anymail.AnymailRequestsAPIError("no answer"), cause)


class FromAmazon(anymail.AnymailAPIError):  # type: ignore[misc]  # Anymail has no types.
    """What Anymail raises for SES: its answer is a dict, and there is no status."""

    def __init__(self, status: int | None) -> None:
        super().__init__("no")
        self.status_code = None
        self.response = {"ResponseMetadata": {"HTTPStatusCode": status}} if status else None


def certificate_fault() -> ssl.SSLError:
    """A handshake that ended because nobody vouches for the other side."""
    return ssl.SSLCertVerificationError("certificate verify failed")


def middle_fault() -> ssl.SSLError:
    """A fault of TLS that may happen after the request left."""
    fault = ssl.SSLError("decryption failed")
    fault.reason = "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
    return fault


ROWS: list[tuple[str, BaseException, Verdict]] = [
    # Raised before the request: it is the settings, or this one mail.
    ("settings", anymail.AnymailConfigurationError("x"), Verdict.TRANSPORT_DOWN),
    ("settings of Django", ImproperlyConfigured("x"), Verdict.TRANSPORT_DOWN),
    ("address", anymail.AnymailInvalidAddress("x"), Verdict.NEVER),
    ("feature", anymail.AnymailUnsupportedFeature("x"), Verdict.NEVER),
    ("header", BadHeaderError("x"), Verdict.NEVER),
    ("refused", anymail.AnymailRecipientsRefused("x"), Verdict.NEVER),
    # Never connected.
    ("connect timeout", http.ConnectTimeout("x"), Verdict.TRANSPORT_DOWN),
    ("refused connection", http.ConnectionError(urllib3.NewConnectionError(LINE, "refused")), Verdict.TRANSPORT_DOWN),
    (
        "no such name",
        http.ConnectionError(urllib3.NameResolutionError("x", LINE, socket.gaierror(8))),
        Verdict.TRANSPORT_DOWN,
    ),
    ("certificate", http.SSLError(urllib3.SSLError(certificate_fault())), Verdict.TRANSPORT_DOWN),
    (
        "refused, in Anymail's words",
        wrapped(http.ConnectionError(urllib3.NewConnectionError(LINE, "x"))),
        Verdict.TRANSPORT_DOWN,
    ),
    ("proxy", http.ProxyError(urllib3.ProxyError("x", ConnectionRefusedError(111, "x"))), Verdict.TRANSPORT_DOWN),
    # The request may have left.
    ("read timeout", http.ReadTimeout("x"), Verdict.IN_DOUBT),
    ("aborted", http.ConnectionError(urllib3.ProtocolError("x", ConnectionResetError(104, "x"))), Verdict.IN_DOUBT),
    ("chunk", http.ChunkedEncodingError("x"), Verdict.IN_DOUBT),
    ("read timeout, in Anymail's words", wrapped(http.ReadTimeout("x")), Verdict.IN_DOUBT),
    ("TLS in the middle", http.SSLError(urllib3.SSLError(middle_fault())), Verdict.IN_DOUBT),
    ("anything else", RuntimeError("x"), Verdict.IN_DOUBT),
    ("out of memory", MemoryError(), Verdict.IN_DOUBT),
    # It answered.
    ("200 unreadable", answered(200), Verdict.IN_DOUBT),
    ("400", answered(400), Verdict.NEVER),
    ("400 of a key that was used before", answered(400, None, b'{"code": "duplicate_parameter"}'), Verdict.IN_DOUBT),
    ("400 with a code of another kind", answered(400, None, b'{"code": 300}'), Verdict.NEVER),
    ("400 with a list", answered(400, None, b"[1]"), Verdict.NEVER),
    ("400 that is no JSON", answered(400, None, b"<p>"), Verdict.NEVER),
    ("400 nested beyond reading", answered(400, None, b"[" * 100_000), Verdict.NEVER),
    ("401", answered(401), Verdict.TRANSPORT_DOWN),
    ("403", answered(403), Verdict.TRANSPORT_DOWN),
    ("404", answered(404), Verdict.NEVER),
    ("413", answered(413), Verdict.NEVER),
    ("422", answered(422), Verdict.NEVER),
    ("429", answered(429), Verdict.LATER),
    ("500", answered(500), Verdict.IN_DOUBT),
    ("502", answered(502), Verdict.IN_DOUBT),
    ("503 of its own", answered(503), Verdict.LATER),
    ("503 with a time", answered(503, {"Retry-After": "9"}), Verdict.LATER),
    ("503 of a gateway", answered(503, {"Content-Type": "text/html"}), Verdict.IN_DOUBT),
    ("504", answered(504), Verdict.IN_DOUBT),
    ("SES 400", FromAmazon(400), Verdict.NEVER),
    ("SES 403", FromAmazon(403), Verdict.TRANSPORT_DOWN),
    ("SES 429", FromAmazon(429), Verdict.LATER),
    ("SES 500", FromAmazon(500), Verdict.IN_DOUBT),
    ("SES without an answer", FromAmazon(None), Verdict.IN_DOUBT),
    # SMTP.
    ("login", SMTPAuthenticationError(535, b"x"), Verdict.TRANSPORT_DOWN),
    ("greeting", SMTPConnectError(421, "x"), Verdict.TRANSPORT_DOWN),
    ("hello", SMTPHeloError(501, "x"), Verdict.TRANSPORT_DOWN),
    ("all recipients for good", SMTPRecipientsRefused({"a@x.org": (550, b"x")}), Verdict.NEVER),
    ("greylisted", SMTPRecipientsRefused({"a@x.org": (450, b"x"), "b@x.org": (550, b"x")}), Verdict.SOON),
    ("sender", SMTPSenderRefused(550, b"x", "a@x.org"), Verdict.NEVER),
    ("data for good", SMTPDataError(554, b"x"), Verdict.NEVER),
    ("data for now", SMTPDataError(451, b"x"), Verdict.SOON),
    ("gone after data", SMTPServerDisconnected("x"), Verdict.IN_DOUBT),
]


@pytest.mark.parametrize(("error", "meaning"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_failure_means(error: BaseException, meaning: Verdict) -> None:
    assert verdict(error) is meaning


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", timedelta(seconds=7)),
        (" 0 ", timedelta(0)),
        ("99999999999999999999", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("¹", None),
        ("Mon, 99 Foo 99999 99:99:99 +9999", None),
    ],
)
def test_how_long_a_provider_asks_us_to_wait(header: str, wait: timedelta | None) -> None:
    assert retry_after(answered(429, {"Retry-After": header})) == wait


def test_a_date_is_understood_as_a_wait() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    wait = retry_after(answered(429, {"Retry-After": later}))
    assert wait is not None
    assert timedelta(seconds=80) < wait <= timedelta(seconds=90)
    past = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)
    assert retry_after(answered(429, {"Retry-After": past})) == timedelta(0)


@given(st.text())
def test_no_header_breaks_us(header: str) -> None:
    wait = retry_after(answered(429, {"Retry-After": header}))
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT


def test_waits_grow_and_end() -> None:
    waits = [delay(attempts) for attempts in range(MOST_ATTEMPTS + 3)]
    assert waits == sorted(waits)
    assert waits[-1] == DELAYS[-1]
