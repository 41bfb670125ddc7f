"""Owns the question to a provider whether it has a message, and the reading of its answer.

The promise: "no" is said only where the answer could be read, was complete and spoke of nothing else. An error, a
refusal, nonsense, or an answer about other messages is no evidence. One question makes a bounded number of requests,
each read for a bounded time; none of them changes anything at the provider.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from django.conf import settings

from mailings.abilities import PROVIDERS, Provider
from mailings.parcel import LONGEST_ID
from mailings.text import foreign_line

TIMEOUT = (5, 30)  # seconds to connect, and between two pieces of an answer
LONGEST_ANSWER = 30.0  # seconds
LARGEST_ANSWER = 4_000_000  # bytes
MOST_PAGES = 10
#: A clock that is off by less than this still finds the hand-over.
MARGIN = timedelta(minutes=5)

DEFAULT_URLS = {
    "mailgun": "https://api.mailgun.net/v3/",
    "postmark": "https://api.postmarkapp.com/",
    "sparkpost": "https://api.sparkpost.com/api/v1/",
}


@dataclass(frozen=True)
class Question:
    """What is known of the message that is asked for."""

    uid_hex: str
    message_id_header: str
    sender_domain: str
    #: An address that it was handed over for.
    recipient: str
    #: When its hand-over began.
    since: datetime


@dataclass(frozen=True)
class Finding:
    """What the provider said. ``known`` is None where that is no evidence; ``words`` then say why, for staff."""

    known: bool | None
    provider_message_id: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        """The id is a stranger's word: it must not make the database refuse what it proves."""
        object.__setattr__(self, "provider_message_id", foreign_line(self.provider_message_id, LONGEST_ID))


class NoEvidenceError(Exception):
    """The answer says nothing about the message. Its words are for staff and name no key."""


def can_be_asked(name: str) -> bool:
    """True where this provider has a search, and its key is among our settings."""
    provider = PROVIDERS.get(name)
    return bool(provider and provider.searchable_for and settings.ANYMAIL.get(provider.api_key_setting))


def ask(name: str, question: Question) -> Finding:
    """Ask a provider whether it has a message.

    Args:
        name: a provider for which ``can_be_asked`` is true.
        question: the message. No transaction is open: an answer may take half a minute.
    Returns:
        What it said; whatever goes wrong on the way is a finding without evidence.
    """
    try:
        return ASK[name](PROVIDERS[name], question)
    except NoEvidenceError as none:
        return Finding(None, words=str(none))
    except requests.RequestException as error:  # Its own text could carry an address with secrets in it.
        return Finding(None, words=f"It could not be reached: {type(error).__name__}")
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return Finding(None, words="Its answer could not be read")


def _get(provider: Provider, path: str, query: Mapping[str, str], **request: Any) -> Any:
    """What the provider answers to one GET, as JSON. Its address is the one that mail is handed over to."""
    base = settings.ANYMAIL.get(provider.api_url_setting) or DEFAULT_URLS[provider.name]
    url = f"{base.rstrip('/')}/{path}"
    with requests.Session() as session:
        session.trust_env = False  # as for the hand-over: no proxy and no .netrc from the environment
        request |= {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
        with session.get(url, params=query, **request) as answer:
            if answer.status_code != 200:
                raise NoEvidenceError(f"It answered HTTP {answer.status_code}")
            return json.loads(_body(answer))


def _body(answer: requests.Response) -> bytes:
    body, end = bytearray(), time.monotonic() + LONGEST_ANSWER
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > LARGEST_ANSWER or time.monotonic() > end:
            raise NoEvidenceError("Its answer would not end")
    return bytes(body)


def _list(value: object) -> list[Any]:
    """The value, where it is a list: an empty text or object is no empty list."""
    if not isinstance(value, list):
        raise TypeError("Not a list")
    return value


def _key(provider: Provider) -> str:
    return str(settings.ANYMAIL[provider.api_key_setting])


def _postmark(provider: Provider, question: Question) -> Finding:
    """By our own id, which Postmark keeps with the message and shows to nobody else."""
    query = {"count": "10", "offset": "0", "metadata_m": question.uid_hex}
    if settings.ANYMAIL.get("POSTMARK_MESSAGE_STREAM"):
        query["messagestream"] = settings.ANYMAIL["POSTMARK_MESSAGE_STREAM"]
    headers = {"X-Postmark-Server-Token": _key(provider), "Accept": "application/json"}
    answer = _get(provider, "messages/outbound", query, headers=headers)
    listed, count = _list(answer["Messages"]), answer["TotalCount"]
    for found in listed:
        if found["Metadata"].get("m") == question.uid_hex:
            return Finding(True, str(found["MessageID"]))
    if listed or type(count) is not int or count != 0:
        raise NoEvidenceError("It answered about other messages")
    return Finding(False)


def _mailgun(provider: Provider, question: Question) -> Finding:
    """By our Message-ID, which Mailgun keeps where it is given one."""
    domain = settings.ANYMAIL.get("MAILGUN_SENDER_DOMAIN") or question.sender_domain
    bare = question.message_id_header.strip("<>")
    begin = str(int((question.since - MARGIN).timestamp()))
    query = {"message-id": bare, "begin": begin, "ascending": "yes", "limit": "100"}
    answer = _get(provider, f"{quote(domain, safe='')}/events", query, auth=("api", _key(provider)))
    listed = _list(answer["items"])
    for found in listed:
        if found["message"]["headers"]["message-id"].strip("<>") == bare:
            return Finding(True, question.message_id_header)
    if listed:
        raise NoEvidenceError("It answered about other messages")
    return Finding(False)


def _sparkpost(provider: Provider, question: Question) -> Finding:
    """By going through what it did for one address since: its search knows no other name of ours."""
    since = (question.since - MARGIN).astimezone(UTC)
    query = {"recipients": question.recipient, "from": f"{since:%Y-%m-%dT%H:%M}", "per_page": "1000"}
    headers = {"Authorization": _key(provider), "Accept": "application/json"}
    if settings.ANYMAIL.get("SPARKPOST_SUBACCOUNT"):
        headers["X-MSYS-SUBACCOUNT"] = str(settings.ANYMAIL["SPARKPOST_SUBACCOUNT"])
    cursor, read, nameless, end = "initial", 0, False, time.monotonic() + LONGEST_ANSWER
    for _ in range(MOST_PAGES):
        answer = _get(provider, "events/message", {**query, "cursor": cursor}, headers=headers)
        listed = _list(answer["results"])
        read += len(listed)
        for found in listed:
            name = (found.get("rcpt_meta") or {}).get("m")
            if name == question.uid_hex:
                return Finding(True, str(found["transmission_id"]))
            nameless |= name is None
        following = [link["href"] for link in answer.get("links") or [] if link["rel"] == "next"]
        if not following or time.monotonic() > end:
            break
        cursor = parse_qs(urlsplit(following[0]).query)["cursor"][0]
    if nameless:
        raise NoEvidenceError("It has mails to this address that bear no name of ours")
    if read != answer["total_count"]:
        raise NoEvidenceError(f"It showed {read} of its events for this address, not all")
    return Finding(False)


#: One for each provider whose row says that it can be asked.
ASK: dict[str, Callable[[Provider, Question], Finding]] = {
    "mailgun": _mailgun,
    "postmark": _postmark,
    "sparkpost": _sparkpost,
}
