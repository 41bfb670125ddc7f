"""Owns the kept-open connections to the providers: one to each, in each thread that hands over.

Anymail's own backends are used as they are, with two of their habits made cheaper: requests looks into the environment
for a proxy before every request, and Anymail parses the same From, To and Cc addresses for every letter.
"""

import threading
import time
from contextlib import suppress
from functools import lru_cache
from typing import Any

from anymail.backends.base import BasePayload
from anymail.utils import EmailAddress, parse_address_list
from django.conf import settings
from django.core.mail import get_connection
from requests import Session
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
        session.proxies.update(get_environ_proxies(getattr(connection, "api_url", "")))
        session.trust_env = False
    return connection


@lru_cache(ADDRESSES_REMEMBERED)
def _parse(written: tuple[str, ...], field: str | None) -> tuple[EmailAddress, ...]:
    return tuple(parse_address_list(list(written), field))


def _parse_remembered(written: Any, field: str | None = None) -> list[EmailAddress]:
    """What Anymail's ``parse_address_list`` gives for the same addresses; a new list of the same frozen addresses."""
    if isinstance(written, str):
        return list(_parse((written,), field))
    if not written or not all(isinstance(one, str) for one in written):
        return list(parse_address_list(written, field))
    return list(_parse(tuple(written), field))


def remember_addresses() -> None:
    """Have every payload of Anymail parse an address once. Called when the app is ready; twice is harmless."""
    BasePayload.base_message_attrs = tuple(
        (name, combiner, _parse_remembered if name in SAME_FOR_MANY else converter)
        for name, combiner, converter in BasePayload.base_message_attrs
    )
