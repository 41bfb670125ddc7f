"""Owns the kept-open connections to the providers: one to each, in each thread that hands over.

Anymail's own backends are used as they are, with two of their habits made cheaper: requests prepares each request as if
it knew nothing of the one before, and Anymail parses the same To and Cc addresses for every letter. Together they were
half of what a letter cost (docs/performance.md).
"""

import os
import threading
import time
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, Self

import certifi
from anymail.backends.base import BasePayload
from anymail.utils import EmailAddress, parse_address_list
from django.conf import settings
from django.core.mail import get_connection
from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, get_environ_proxies
from urllib3 import Timeout, connection_from_url
from urllib3.exceptions import ProtocolError
from urllib3.util import parse_url

from mailings.abilities import PROVIDERS
from mailings.timely import timely

#: A connection idle for longer may have been closed by the other side, and would fail as an ambiguous hand-over.
IDLE_SECONDS = 20.0
#: Offices are the same for thousands of letters. The sender is not: it bears a supporter's name.
SAME_FOR_MANY = frozenset({"to", "cc", "reply_to"})
ADDRESSES_REMEMBERED = 1024
#: No provider says more than this to one mail.
LARGEST_ANSWER, PIECE = 1_000_000, 65_536  # bytes

_thread = threading.local()


def of(provider: str) -> Any:
    """This thread's own connection to a provider, opened anew where it lay idle.

    Args:
        provider: its name in ``abilities.PROVIDERS``.
    Returns:
        An email backend of Django whose ``open`` has been called.
    """
    kept = _kept()
    connection, used = kept.get(provider, (None, 0.0))
    if connection is not None and time.monotonic() - used > IDLE_SECONDS:
        close(provider)
        connection = None
    if connection is None:
        connection = _open(provider)
    kept[provider] = (connection, time.monotonic())
    return connection


def close(provider: str) -> None:
    """Close this thread's connection to a provider, if it has one."""
    connection, _ = _kept().pop(provider, (None, 0.0))
    if connection is not None:
        with suppress(Exception):  # A connection that cannot even be closed is gone; the next one is new.
            connection.close()


def close_all() -> None:
    """Close every connection of this thread."""
    for provider in list(_kept()):
        close(provider)


def _kept() -> dict[str, tuple[Any, float]]:
    """Provider -> (connection, when it was used last), of this thread in this process."""
    kept: dict[str, tuple[Any, float]] = _thread.__dict__.setdefault("kept", {})
    return kept


def _open(provider: str) -> Any:
    chosen = settings.EMAIL_BACKEND if provider == settings.MAIL_PROVIDER else PROVIDERS[provider].backend
    connection = get_connection(chosen, fail_silently=False)
    connection.open()
    session = getattr(connection, "session", None)
    if isinstance(session, Session):
        connection.session = LeanSession(session, getattr(connection, "api_url", ""))  # type: ignore[attr-defined]
    return connection


class LeanSession(Session):
    """A session for one API of a provider: the pool of urllib3 that requests uses, without what it does around it.

    No cookie is kept and no redirect followed: that could hand a letter over twice. An answer that is not in as a whole
    by the time-out for reading, or that is far too large, is none: a hand-over ends well before its lease.
    """

    def __init__(self, like: Session, url: str) -> None:
        super().__init__()
        self.headers = like.headers
        self._always = {name: str(value) for name, value in like.headers.items()}
        self.proxies.update(get_environ_proxies(url))  # Once, not before every request.
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where()
        self.trust_env = False
        self._pool = None if self.proxies else _timely_pool(connection_from_url(url, maxsize=1, **self._tls(url)))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _TimelyAdapter())

    def _tls(self, url: str) -> dict[str, str]:
        if not url.startswith("https:"):
            return {}
        return {"cert_reqs": "CERT_REQUIRED", "ca_certs": str(self.verify)}

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **given: Any) -> Response:
        """As ``Session.request``; quick where nothing but a body, headers and a time-out is given and no proxy is set.

        Raises:
            urllib3.exceptions.HTTPError: what the pool raises, in its own words; ``retry`` knows them.
        """
        data, headers, timeout = given.pop("data", None), given.pop("headers", None), given.pop("timeout", None)
        if self._pool is None or args or any(given.values()) or not isinstance(data, str | bytes):
            rest = {"data": data, "headers": headers, "timeout": timeout, "allow_redirects": False, "stream": True}
            return _whole(super().request(method, url, *args, **(given | rest)))
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        answer = self._pool.urlopen(
            str(method),
            _target(str(url)),
            body=data.encode() if isinstance(data, str) else data,
            headers={**self._always, **(headers or {})},
            timeout=Timeout(connect=connect, read=read),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        response = Response()
        response.status_code, response.reason, response.url = answer.status, answer.reason or "", str(url)
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding, response.raw = get_encoding_from_headers(response.headers), answer
        return _whole(response)

    def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            self._pool.close()
        super().close()


class _TimelyAdapter(HTTPAdapter):
    """The way of requests itself, taken through a proxy."""

    def get_connection_with_tls_context(self, *args: Any, **given: Any) -> Any:
        return _timely_pool(super().get_connection_with_tls_context(*args, **given))


def _timely_pool(pool: Any) -> Any:
    pool.ConnectionCls = timely(pool.ConnectionCls)
    return pool


def _whole(response: Response) -> Response:
    """The response read to its end, which gives the connection back. Raises ProtocolError where it is too large."""
    content = bytearray()
    for piece in response.iter_content(PIECE):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise ProtocolError("The answer is far too large")
    response._content = bytes(content)
    return response


@lru_cache(16)
def _target(url: str) -> str:
    """What is asked for in a request to this address: a provider has one or two of them."""
    return parse_url(url).request_uri


class Mailbox(str):
    """``"Name" <address>`` as Django wants it written, which still knows its two parts.

    The name is quoted and never encoded: the backend encodes it for its own road.
    """

    __slots__ = ("email", "name")
    name: str
    email: str

    def __new__(cls, name: str, email: str) -> Self:
        """Write it."""
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        made = super().__new__(cls, f'"{quoted}" <{email}>' if name else email)
        made.name, made.email = name, email
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # str says one; there are two.
        """What it is made of, for whoever copies a message."""
        return self.name, self.email


@lru_cache(ADDRESSES_REMEMBERED)
def _parse(written: tuple[str, ...], field: str) -> tuple[EmailAddress, ...]:
    return tuple(parse_address_list(list(written), field))


def _parse_remembered(field: str, written: Any) -> list[EmailAddress]:
    """What Anymail's ``parse_address_list`` gives for the same addresses; a new list of the same frozen addresses."""
    if not written or not all(isinstance(one, str) for one in written):
        return list(parse_address_list(written, field))
    return list(_parse(tuple(written), field))


def _parse_sender(written: Any) -> list[EmailAddress]:
    """The sender without taking apart what was just put together."""
    if not isinstance(written, Mailbox):
        return list(parse_address_list(written, "from_email"))
    username, _, domain = written.email.rpartition("@")
    return [EmailAddress(written.name, username=username, domain=domain)]


def remember_addresses() -> None:
    """Have every payload of Anymail parse an address once. Called when the app is ready; twice is harmless."""
    cheaper: dict[str, Any] = {name: partial(_parse_remembered, name) for name in SAME_FOR_MANY}
    cheaper["from_email"] = _parse_sender
    BasePayload.base_message_attrs = tuple(
        (name, combiner, cheaper.get(name, converter)) for name, combiner, converter in BasePayload.base_message_attrs
    )
