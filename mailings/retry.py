"""Owns the sorting of failures: what an exception of a hand-over means for the message.

Source of the table: docs/decisions/0003-what-a-failure-means.md. The rule behind it: a request that may have reached
the provider is in doubt, never a reason to send again.
"""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any

from anymail import exceptions as anymail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import BadHeaderError
from requests import exceptions as http
from urllib3 import exceptions as urllib3

#: Waits before the next attempt, by attempts already made; the last repeats.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
MOST_ATTEMPTS = 5
LONGEST_WAIT = timedelta(hours=12)
LONGEST_CODE = 60
#: OpenSSL's names for faults that only happen before the first byte of a request; others may happen in the middle.
HANDSHAKE_FAULTS = frozenset(
    {"SSLV3_ALERT_HANDSHAKE_FAILURE", "WRONG_VERSION_NUMBER", "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL"}
)
#: A provider's own words, under any HTTP status, for: there was a request under this key before. They do not tell what
#: became of that one, so they are no refusal.
HAD_BEFORE = frozenset({"duplicate_parameter"})


class Verdict(Enum):
    """What a failure means."""

    SENT = "sent"
    #: Surely not taken; another attempt by our own timetable.
    SOON = "soon"
    #: Surely not taken; the provider asks for patience. Spends no attempt.
    LATER = "later"
    #: Surely not taken and never will be; a person has to look.
    NEVER = "never"
    #: Nobody knows whether it was taken.
    IN_DOUBT = "in_doubt"
    #: Nobody's mail is taken at present: nobody answers, key refused, account closed. Spends no attempt.
    TRANSPORT_DOWN = "transport_down"


def verdict(error: BaseException) -> Verdict:
    """What this exception of a hand-over means for its message.

    Args:
        error: whatever the backend raised.
    Returns:
        The verdict; ``IN_DOUBT`` for everything that is not known to have happened before the request left.
    """
    if isinstance(error, anymail.AnymailConfigurationError | ImproperlyConfigured):
        return Verdict.TRANSPORT_DOWN
    if isinstance(
        error,
        anymail.AnymailRecipientsRefused
        | anymail.AnymailInvalidAddress
        | anymail.AnymailUnsupportedFeature
        | anymail.AnymailSerializationError
        | BadHeaderError,
    ):
        return Verdict.NEVER
    if isinstance(error, SMTPException):
        return _smtp(error)
    status = http_status(error)
    if status is not None:
        return _http(status, error)
    return Verdict.TRANSPORT_DOWN if _never_connected(error) else Verdict.IN_DOUBT


def _http(status: int, error: BaseException) -> Verdict:
    if code(error) in HAD_BEFORE:
        return Verdict.IN_DOUBT
    if status in {401, 403}:
        return Verdict.TRANSPORT_DOWN
    if status == 429:
        return Verdict.LATER
    if status in {400, 404, 405, 406, 413, 415, 422}:
        return Verdict.NEVER
    if status == 503 and (retry_after(error) is not None or _is_json(error)):
        return Verdict.LATER
    return Verdict.IN_DOUBT


def _smtp(error: SMTPException) -> Verdict:
    """SMTP tells before DATA ends whether it took the mail; only an answer that never came leaves a doubt."""
    if isinstance(error, SMTPAuthenticationError | SMTPConnectError | SMTPHeloError):
        return Verdict.TRANSPORT_DOWN
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Verdict.NEVER if all(code >= 500 for code in codes) else Verdict.SOON
    if isinstance(error, SMTPSenderRefused | SMTPDataError | SMTPResponseException):
        code = error.smtp_code
        return Verdict.NEVER if code >= 500 else Verdict.SOON if code >= 400 else Verdict.IN_DOUBT
    return Verdict.IN_DOUBT


def http_status(error: BaseException) -> int | None:
    """The HTTP status that the provider answered with; None where no answer came."""
    code = getattr(error, "status_code", None)
    if isinstance(code, int):
        return code
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):  # boto3 keeps its answer in a dict and gives Anymail no status.
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return found if isinstance(found, int) else None
    return None


def _never_connected(error: BaseException) -> bool:
    """True only where the failure is known to be older than the request."""
    for cause in _causes(error):
        if isinstance(cause, http.ReadTimeout | urllib3.ReadTimeoutError | urllib3.ProtocolError):
            return False
        if isinstance(
            cause,
            http.ConnectTimeout
            | urllib3.NewConnectionError
            | urllib3.ConnectTimeoutError
            | urllib3.NameResolutionError
            | ConnectionRefusedError
            | socket.gaierror
            | ssl.SSLCertVerificationError,
        ):
            return True
        if isinstance(cause, ssl.SSLError) and str(cause.reason) in HANDSHAKE_FAULTS:
            return True
    return False


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and whatever caused it, outermost first. requests puts the cause in args, not in __cause__."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        reason = getattr(current, "reason", None)  # An exception in urllib3, a word in OpenSSL.
        waiting += [current.__cause__, current.__context__, reason if isinstance(reason, BaseException) else None]
        waiting += [arg for arg in current.args if isinstance(arg, BaseException)]


def _headers(error: BaseException) -> Any:
    return getattr(getattr(error, "response", None), "headers", None) or {}


def _is_json(error: BaseException) -> bool:
    return "json" in str(_headers(error).get("Content-Type", ""))


def code(error: BaseException) -> str:
    """The provider's own short word for its refusal, where its answer is JSON that has one; else ""."""
    try:
        found = error.response.json()  # type: ignore[attr-defined]  # Whatever has none raises AttributeError.
        return str(found["code"])[:LONGEST_CODE]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return ""


def retry_after(error: BaseException) -> timedelta | None:
    """The provider's Retry-After, in seconds or as a date; None where it gave none that can be read."""
    value = str(_headers(error).get("Retry-After", "")).strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(timedelta(0), min((when if when.tzinfo else when.replace(tzinfo=UTC)) - now, LONGEST_WAIT))


def delay(attempts: int) -> timedelta:
    """How long to wait after this many attempts (at least 1)."""
    return DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
