"""Tests of mailings.lookups: what is asked of each provider, and what of its answer counts as evidence."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django import Settings

from config.mail import Account, anymail_settings
from mailings import lookups
from mailings.abilities import PROVIDERS
from mailings.lookups import Finding, Question, ask, can_be_asked
from tests.provider import Provider
from tests.provider.index import Index
from tests.provider.small import Asked, Said, SmallServer

pytestmark = pytest.mark.once

UID, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
MESSAGE_ID = f"<{UID}@letters.example.org>"
PRESIDENT = "president@office.example.org"
QUESTION = Question(UID, MESSAGE_ID, "letters.example.org", PRESIDENT, datetime(2026, 11, 2, 9, 20, tzinfo=UTC))


def search_at(settings: Settings, name: str, url: str, **further: str) -> None:
    """Have this provider's search at ``url``."""
    account = Account(PROVIDERS[name], "the-key", url)
    settings.ANYMAIL = anymail_settings(account, webhook_secret="a:b", further=further)


def answered(settings: Settings, name: str, answer: Callable[[Asked], Said], **further: str) -> Finding:
    """What is found when the provider answers so."""
    with SmallServer(answer) as server:
        search_at(settings, name, server.url, **further)
        return ask(name, QUESTION)


def always(body: object, status: int = 200) -> Callable[[Asked], Said]:
    return lambda asked: Said(status, body)


def test_who_can_be_asked_is_who_says_so_in_its_row(settings: Settings) -> None:
    assert lookups.ASK.keys() == lookups.DEFAULT_URLS.keys()
    assert lookups.ASK.keys() == {name for name, provider in PROVIDERS.items() if provider.searchable_for}
    search_at(settings, "postmark", "")
    assert [can_be_asked(name) for name in ("postmark", "mailgun", "resend", "sandbox", "")] == [True] + [False] * 4


# --- Postmark ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def postmark(settings: Settings) -> Iterator[Provider]:
    """Postmark on loopback, which has two mails: the one that is asked for, and another."""
    with Provider("the-key") as provider:
        search_at(settings, "postmark", provider.url)
        for uid in (OTHER, UID):
            provider.take({"To": PRESIDENT, "Metadata": {"m": uid}})
        yield provider


def test_postmark_is_asked_for_our_own_id(postmark: Provider) -> None:
    assert ask("postmark", QUESTION) == Finding(True, postmark.mails[1].provider_id)
    assert postmark.looks == [f"/messages/outbound?count=10&offset=0&metadata_m={UID}"]
    postmark.forget()
    assert ask("postmark", QUESTION) == Finding(False)


@pytest.mark.parametrize(
    ("index", "known"),
    [
        (Index.PROMPT, True),
        (Index.LATE, False),
        (Index.GARBLED, None),
        (Index.REFUSED, None),
        (Index.TOO_MANY, None),
        (Index.BROKEN, None),
    ],
)
def test_only_a_whole_answer_is_evidence(postmark: Provider, index: Index, known: bool | None) -> None:
    postmark.index = index
    found = ask("postmark", QUESTION)
    assert found.known is known
    assert bool(found.words) is (known is None)
    assert "the-key" not in found.words


def test_an_answer_about_other_mails_is_no_evidence(postmark: Provider) -> None:
    postmark.index = Index.DEAF
    assert ask("postmark", QUESTION).known is True  # it is among them
    postmark.forget()
    postmark.take({"To": PRESIDENT, "Metadata": {"m": OTHER}})
    assert ask("postmark", QUESTION) == Finding(None, words="It answered about other messages")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"Messages": []},
        {"TotalCount": 0},
        {"Messages": "", "TotalCount": 0},
        {"Messages": {}, "TotalCount": 0},
        {"Messages": None, "TotalCount": 0},
        {"Messages": [], "TotalCount": 1},
        {"Messages": [], "TotalCount": False},
        {"Messages": [], "TotalCount": None},
        {"Messages": [{}], "TotalCount": 1},
        {"Messages": [{"Metadata": {"m": UID}}], "TotalCount": 1},
        b"[" * 100_000,
        b"",
        b"<html>",
    ],
)
def test_nonsense_is_no_evidence(settings: Settings, body: object) -> None:
    assert answered(settings, "postmark", always(body)).known is None


def test_a_stream_that_is_set_is_the_one_that_is_searched(settings: Settings) -> None:
    asked = []

    def answer(one: Asked) -> Said:
        asked.append((one.query["messagestream"], one.headers["X-Postmark-Server-Token"]))
        return Said(200, {"Messages": [], "TotalCount": 0})

    assert answered(settings, "postmark", answer, POSTMARK_MESSAGE_STREAM="letters").known is False
    assert asked == [("letters", "the-key")]


def test_a_provider_that_is_away_is_no_evidence(settings: Settings) -> None:
    with SmallServer(always({})) as gone:
        url = gone.url
    search_at(settings, "postmark", url)
    found = ask("postmark", QUESTION)
    assert found == Finding(None, words="It could not be reached: ConnectionError")


def test_the_key_goes_nowhere_else(settings: Settings) -> None:
    with SmallServer(always({"Messages": [], "TotalCount": 0})) as elsewhere:
        moved = Said(302, b"", {"Location": f"{elsewhere.url}/messages/outbound"})
        assert answered(settings, "postmark", lambda asked: moved) == Finding(None, words="It answered HTTP 302")
        assert elsewhere.asked == []


def test_an_answer_without_an_end_is_left(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "LARGEST_ANSWER", 100_000)
    found = answered(settings, "postmark", always(b" " * 1_000_000))
    assert found == Finding(None, words="Its answer would not end")
    monkeypatch.setattr(lookups, "LARGEST_ANSWER", 10_000_000)
    monkeypatch.setattr(lookups, "LONGEST_ANSWER", -1.0)
    assert answered(settings, "postmark", always({"Messages": [], "TotalCount": 0})).words == found.words


# --- Mailgun ----------------------------------------------------------------------------------------------------------


def mailgun_event(message_id: str) -> dict[str, Any]:
    return {"event": "accepted", "message": {"headers": {"message-id": message_id}}}


def test_mailgun_is_asked_for_our_message_id(settings: Settings) -> None:
    asked: list[Asked] = []

    def answer(one: Asked) -> Said:
        asked.append(one)
        return Said(200, {"items": [mailgun_event(MESSAGE_ID.strip("<>"))], "paging": {}})

    assert answered(settings, "mailgun", answer) == Finding(True, MESSAGE_ID)
    (one,) = asked
    assert one.path == "/letters.example.org/events"
    assert one.query["message-id"] == MESSAGE_ID.strip("<>")
    assert one.query["begin"] == str(int(datetime(2026, 11, 2, 9, 15, tzinfo=UTC).timestamp()))
    assert one.headers["Authorization"].startswith("Basic ")
    answered(settings, "mailgun", answer, MAILGUN_SENDER_DOMAIN="mg.example.org/x")
    assert asked[1].path == "/mg.example.org%2Fx/events"


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ({"items": []}, False),
        ({"items": [mailgun_event("another@letters.example.org")]}, None),
        ({"items": {}}, None),
        ({"items": [{}]}, None),
        (b"Mailgun Magnificent API", None),
    ],
)
def test_what_mailgun_may_answer(settings: Settings, body: object, known: bool | None) -> None:
    assert answered(settings, "mailgun", always(body)).known is known


# --- SparkPost --------------------------------------------------------------------------------------------------------


def sparkpost_event(uid: str | None) -> dict[str, Any]:
    return {"type": "injection", "transmission_id": "654", "rcpt_meta": {"m": uid} if uid else {}}


def pages(*listed: list[dict[str, Any]], total: int | None = None) -> Callable[[Asked], Said]:
    """A search with these pages."""

    def answer(asked: Asked) -> Said:
        number = 0 if asked.query["cursor"] == "initial" else int(asked.query["cursor"])
        further = number + 1 < len(listed)
        links = [{"rel": "next", "href": f"https://elsewhere.example/x?cursor={number + 1}"}] if further else []
        count = sum(map(len, listed)) if total is None else total
        return Said(200, {"results": listed[number], "total_count": count, "links": links})

    return answer


OURS, ANOTHERS, NAMELESS = sparkpost_event(UID), sparkpost_event(OTHER), sparkpost_event(None)


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (pages([]), False),
        (pages([ANOTHERS]), False),
        (pages([ANOTHERS], [ANOTHERS, OURS]), True),
        (pages([NAMELESS], [OURS]), True),
        (pages([NAMELESS]), None),
        (pages([ANOTHERS], total=2), None),
        (pages(*[[ANOTHERS]] * 11), None),
        (pages(*[[ANOTHERS]] * 10), False),
        (always({"results": [], "total_count": None}), None),
        (always({"results": {}, "total_count": 0}), None),
        (always({"errors": [{"message": "Forbidden."}]}, status=403), None),
    ],
)
def test_what_sparkpost_may_answer(settings: Settings, answer: Callable[[Asked], Said], known: bool | None) -> None:
    found = answered(settings, "sparkpost", answer)
    assert (found.known, found.provider_message_id) == (known, "654" if known else "")


def test_sparkpost_is_asked_for_the_address_since_then(settings: Settings) -> None:
    with SmallServer(pages([])) as server:
        search_at(settings, "sparkpost", server.url, SPARKPOST_SUBACCOUNT="7")
        ask("sparkpost", QUESTION)
        (one,) = server.asked
    assert one.path == "/events/message"
    assert (one.query["recipients"], one.query["from"]) == (PRESIDENT, "2026-11-02T09:15")
    assert (one.headers["Authorization"], one.headers["X-MSYS-SUBACCOUNT"]) == ("the-key", "7")


def test_pages_that_come_too_slowly_are_no_evidence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 10_000, 20))
    monkeypatch.setattr(lookups, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    found = answered(settings, "sparkpost", pages([ANOTHERS], [ANOTHERS]))
    assert found == Finding(None, words="It showed 1 of its events for this address, not all")
