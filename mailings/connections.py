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

from anymail.backends.base import BasePayload
from anymail.utils import EmailAddress, parse_address_list
from django.conf import settings
from django.core.mail import get_connection
from requests import PreparedRequest, Request, Response, Session
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies

from mailings.abilities import PROVIDERS

#: A connection idle for longer may have been closed by the other side, and would fail as an ambiguous hand-over.
IDLE_SECONDS = 20.0
#: Offices are the same for thousands of letters. The sender is not: it bears a supporter's name.
SAME_FOR_MANY = frozenset({"to", "cc", "reply_to"})
ADDRESSES_REMEMBERED = 1024

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
    """A session for one API of a provider. No cookie is kept and no redirect followed: that could hand over twice."""

    def __init__(self, like: Session, url: str) -> None:
        super().__init__()
        self.headers = like.headers
        self.proxies.update(get_environ_proxies(url))  # Once, not before every request.
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self.trust_env = False
        self._adapter = HTTPAdapter(pool_maxsize=1)
        self._prepared: dict[str, str] = {}

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **given: Any) -> Response:
        """As ``Session.request``; quick where nothing but a body, headers and a time-out is given."""
        data, headers, timeout = given.pop("data", None), given.pop("headers", None), given.pop("timeout", None)
        if args or any(given.values()) or not isinstance(data, str | bytes) or not isinstance(url, str):
            rest = {"data": data, "headers": headers, "timeout": timeout, "allow_redirects": False}
            return super().request(method, url, *args, **(given | rest))
        request = PreparedRequest()
        request.method, request.url, request.hooks = str(method), self._address(url), default_hooks()
        request.body = data.encode() if isinstance(data, str) else data
        request.headers = CaseInsensitiveDict({**self.headers, **(headers or {})})
        request.headers["Content-Length"] = str(len(request.body))
        return self._adapter.send(request, timeout=timeout, verify=self.verify or False, proxies=dict(self.proxies))

    def _address(self, url: str) -> str:
        """The address as requests writes it; the few that a provider has are worked out once."""
        if url not in self._prepared:
            self._prepared[url] = str(Request("POST", url).prepare().url)
        return self._prepared[url]

    def close(self) -> None:
        """Close every connection."""
        self._adapter.close()
        super().close()


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
