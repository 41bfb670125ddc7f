"""Tests of mailings.evidence: what settles a letter in doubt by a look-up, what does not, what waits for a person."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from mailings import evidence, lookups, outbox, transports
from mailings.evidence import MOST_FAILURES, settle
from mailings.lookups import Finding
from mailings.models import Instance, Message
from mailings.models.message import Status
from mailings.retry import MOST_ATTEMPTS
from tests.mailings.making import cancel_stream, drained, post, put, said_of, status_of
from tests.provider import Provider, Weather
from tests.provider.index import Index
from tests.provider.small import Said, SmallServer

pytestmark = pytest.mark.django_db

OLD = 20  # minutes; old enough for a first "no"


def aged(message: Message, minutes: float, **columns: Any) -> Message:
    """The letter in doubt as it will be so many minutes after its hand-over began, due for a look."""
    now = timezone.now()
    began = now - timedelta(minutes=minutes)
    fields = {"claimed_at": began, "doubted_at": began, "due": now, "provider": "postmark", "attempts": 1}
    return put(message, Status.IN_DOUBT, **{**fields, **columns})


def doubtful(provider: Provider, weather: Weather = Weather.CUT, minutes: float = 2, **named: Any) -> Message:
    """A letter whose hand-over ended in a doubt; the provider is well again."""
    message = post(**named)
    provider.weather = weather
    drained()
    provider.weather = Weather.FINE
    assert status_of(message) == "in_doubt"
    return aged(message, minutes)


def notes(message: Message) -> list[str]:
    """What its story says of looks, oldest first."""
    return list(message.steps.filter(status="in_doubt").values_list("note", flat=True))[-3:]


# --- it is known there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weather", [Weather.CUT, Weather.SILENT, Weather.GARBLED])
def test_a_letter_that_the_provider_has_is_sent_and_nothing_is_doubled(provider: Provider, weather: Weather) -> None:
    message = doubtful(provider, weather)
    assert settle() == 1
    message.refresh_from_db()
    (mail,) = provider.mails
    assert (message.status, message.provider_message_id) == ("sent", mail.provider_id)
    assert (message.doubted_at, message.noes, message.answer) == (None, 0, "")
    assert message.sent_at == message.claimed_at
    assert set(said_of(message).values()) == {"sent"}
    assert message.steps.latest("pk").note == "Postmark has this message. It left."
    assert (drained(), settle(), provider.requests) == (0, 0, 1)


def test_an_index_that_lags_is_asked_again(provider: Provider) -> None:
    message = doubtful(provider)
    provider.index = Index.LATE
    for minutes in (2, 10, OLD):
        aged(message, minutes)
        assert settle() == 0
    assert [note.partition(" Asked again after ")[0] for note in notes(message)] == [
        "Postmark does not know this message yet.",
        "Postmark does not know this message yet.",
        "Postmark does not know this message.",
    ]
    provider.index = Index.PROMPT
    aged(message, 65, noes=1)
    assert settle() == 1
    assert (status_of(message), provider.requests) == ("sent", 1)


def test_a_word_of_the_provider_on_an_address_is_kept(provider: Provider) -> None:
    message = doubtful(provider)
    message.recipients.filter(role="cc").update(status="bounced")
    settle()
    assert sorted(said_of(message).values()) == ["bounced", "sent"]


# --- it is not known there --------------------------------------------------------------------------------------------


def test_a_letter_that_the_provider_does_not_know_goes_again_after_two_noes(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN)
    assert provider.mails == []
    aged(message, OLD)
    assert settle() == 0
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 1)
    assert message.due - timezone.now() > timedelta(minutes=44)

    aged(message, OLD + 45, noes=1)
    assert settle() == 1
    message.refresh_from_db()
    assert (message.status, message.doubted_at, message.looked_at, message.noes) == ("queued", None, None, 0)
    assert message.steps.latest("pk").note == (
        "Postmark does not know this message. It was asked twice, long after the hand-over: it did not leave. "
        "It goes again under the same Message-ID."
    )
    assert drained() == 1
    (mail,) = provider.mails
    assert mail.message_id == message.content.message_id_header
    assert status_of(message) == "sent"


def test_two_noes_lie_apart_however_old_the_doubt_is(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN, minutes=3 * 60)
    assert settle() == 0
    assert settle() == 0
    assert len(provider.looks) == 1
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 1)
    assert message.due - timezone.now() > timedelta(minutes=44)


def test_a_no_that_comes_too_early_is_not_counted(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN, minutes=14)
    settle()
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 0)
    aged(message, 59, noes=1)
    settle()
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 1)


def test_a_search_that_does_not_know_what_it_took_says_nothing(provider: Provider) -> None:
    before = post()
    drained()
    put(before, Status.SENT, sent_at=timezone.now() - timedelta(days=1))
    message = doubtful(provider, Weather.BROKEN)
    aged(message, 65)
    assert settle() == 0
    message.refresh_from_db()
    assert message.noes == 1  # it knows the one before

    provider.forget()  # as the search of another account does
    aged(message, 120, noes=1)
    assert settle() == 0
    assert notes(message)[-1].startswith("Postmark knows neither this message nor one that it did take")
    aged(message, 120, noes=0)
    settle()
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"sent_at": timezone.now()},  # after the doubt: perhaps by another key
        {"sent_at": timezone.now() - timedelta(days=6)},  # forgotten by now, perhaps
        {"provider_message_id": ""},  # a person's word
        {"provider": "mailgun"},
        {"mode": "test"},
        {"status": Status.FAILED},
    ],
    ids=str,
)
def test_what_is_no_measure_of_a_search(provider: Provider, changed: dict[str, Any]) -> None:
    before = post()
    drained()
    fields = {"status": Status.SENT, "sent_at": timezone.now() - timedelta(days=1)}
    put(before, **{**fields, **changed})
    provider.forget()
    message = aged(doubtful(provider, Weather.BROKEN), 65)
    settle()
    message.refresh_from_db()
    assert message.noes == 1


def test_a_letter_that_was_tried_too_often_waits_for_a_person(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN)
    aged(message, 65, noes=1, attempts=MOST_ATTEMPTS)
    assert settle() == 1
    assert status_of(message) == "failed"
    assert message.steps.latest("pk").note.endswith("it did not leave. Given up after 5 attempts.")


def test_a_letter_of_a_campaign_that_was_stopped_meanwhile_does_not_go_again(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN, stream="ua-61-21/1")
    cancel_stream("ua-61-21/", by="Ada", note="They were freed.")
    aged(message, 65, noes=1)
    settle()
    assert drained() == 0
    assert (status_of(message), provider.mails) == ("cancelled", [])


# --- no evidence ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [Index.GARBLED, Index.REFUSED, Index.TOO_MANY, Index.BROKEN])
def test_an_answer_that_is_none_leaves_it_in_doubt(provider: Provider, index: Index) -> None:
    message = doubtful(provider, Weather.BROKEN)
    provider.index = index
    for minutes, noes in ((OLD, 0), (65, 1), (24 * 60, 1)):
        aged(message, minutes, noes=noes)
        assert settle() == 0
        message.refresh_from_db()
        assert (message.status, message.noes) == ("in_doubt", noes)
    assert notes(message)[-1].startswith("Postmark was asked, and that told nothing. It")
    assert provider.token not in "".join(notes(message))


def test_looks_come_ever_more_rarely(provider: Provider) -> None:
    message = doubtful(provider, Weather.BROKEN)
    provider.index = Index.BROKEN
    pauses = []
    for minutes in (1.1, 2, 30, 5 * 60, 24 * 60):
        aged(message, minutes)
        settle()
        message.refresh_from_db()
        assert message.looked_at is not None
        pauses.append(round((message.due - message.looked_at).total_seconds() / 60))
    assert pauses == [1, 2, 30, 5 * 60, 6 * 60]
    assert settle() == 0
    assert len(provider.looks) == 5  # not due yet


def test_a_provider_that_is_away_leaves_it_in_doubt(provider: Provider, settings: Settings) -> None:
    message = doubtful(provider, minutes=65)
    with SmallServer(lambda asked: Said()) as gone:
        settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": gone.url}
    assert settle() == 0
    assert status_of(message) == "in_doubt"
    assert "could not be reached: ConnectionError" in notes(message)[-1]


def test_when_the_provider_forgets_it_is_asked_no_more(provider: Provider) -> None:
    message = doubtful(provider, minutes=(7 * 24 * 60) * 0.8 - 60)
    provider.index = Index.BROKEN
    settle()
    assert notes(message)[-1].endswith("It is not asked again: a person decides.")
    provider.index = Index.PROMPT
    aged(message, 7 * 24 * 60)
    assert settle() == 0
    assert len(provider.looks) == 1
    assert status_of(message) == "in_doubt"


# --- what is left alone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "test"},
        {"mode": "sandbox"},
        {"kind": "confirmation"},
        {"provider": ""},
        {"provider": "smtp"},
        {"provider": "mailgun"},  # no key of it is among our settings
        {"doubted_at": None},
        {"due": timezone.now() + timedelta(hours=1)},
    ],
    ids=str,
)
def test_what_is_not_looked_for(provider: Provider, changed: dict[str, Any]) -> None:
    message = aged(post(), 65, **changed)
    assert settle() == 0
    assert provider.looks == []
    assert status_of(message) == "in_doubt"


def test_an_answer_that_may_still_come_is_waited_for(provider: Provider) -> None:
    doubtful(provider, minutes=0.5)
    assert settle() == 0
    assert provider.looks == []


def test_in_test_mode_the_tester_is_looked_for(
    provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_MODE = "test"
    asked: list[str] = []

    def note(name: str, question: lookups.Question) -> Finding:
        asked.append(question.recipient)
        return Finding(None)

    monkeypatch.setattr(lookups, "ask", note)
    doubtful(provider)
    settle()
    assert asked == ["tester@example.org"]


def test_nothing_is_looked_for_while_nothing_may_be_sent(provider: Provider, settings: Settings) -> None:
    message = doubtful(provider)
    secret, settings.MAIL_WEBHOOK_SECRET = settings.MAIL_WEBHOOK_SECRET, ""
    assert settle() == 0
    settings.MAIL_WEBHOOK_SECRET = secret
    Instance.objects.update(uid=uuid4())
    assert settle() == 0
    assert provider.looks == []
    assert status_of(message) == "in_doubt"


# --- others at work, and faults in the middle -------------------------------------------------------------------------


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], finding: Finding | None = None) -> None:
    """Have something happen while the provider is asked."""
    ask = lookups.ask

    def slow(name: str, question: lookups.Question) -> Finding:
        act()
        return finding or ask(name, question)

    monkeypatch.setattr(lookups, "ask", slow)


def test_two_workers_do_not_ask_at_once(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful(provider)
    meanwhile(monkeypatch, settle)
    assert settle() == 1
    assert len(provider.looks) == 1


def test_of_two_who_read_the_same_row_one_asks(provider: Provider) -> None:
    doubtful(provider)
    (first,), (second,) = evidence._due(1), evidence._due(1)
    assert (evidence._claim(first), evidence._claim(second)) == (True, False)


def test_a_worker_that_is_killed_while_it_asks_leaves_a_doubt(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = doubtful(provider, Weather.BROKEN)
    aged(message, 65, noes=1)

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        meanwhile(patch, killed)
        with pytest.raises(KeyboardInterrupt):
            settle()
    message.refresh_from_db()
    assert (message.status, message.noes) == ("in_doubt", 1)
    assert settle() == 0  # claimed: not at once
    assert len(provider.looks) == 0
    aged(message, 130, noes=1)
    assert settle() == 1
    assert status_of(message) == "queued"


@pytest.mark.parametrize(("known", "left_as"), [(True, "sent"), (False, "queued"), (None, "queued")])
def test_a_person_decides_while_the_provider_is_asked(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, known: bool | None, left_as: str
) -> None:
    message = doubtful(provider)
    aged(message, 65, noes=1)
    again = lambda: outbox.retry([message.uid], by="Ada", note="Their office has nothing")  # noqa: E731
    meanwhile(monkeypatch, again, Finding(known, "their-id" if known else ""))
    settle()
    assert status_of(message) == left_as
    steps = [step.note for step in message.steps.filter(by="")]
    assert not any("does not know" in note or "told nothing" in note for note in steps)


def test_a_report_comes_while_the_provider_is_asked(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    message = doubtful(provider)
    aged(message, 65, noes=1)
    meanwhile(monkeypatch, lambda: put(message, Status.SENT, provider_message_id="by-a-report"), Finding(False))
    assert settle() == 0
    message.refresh_from_db()
    assert (message.status, message.provider_message_id) == ("sent", "by-a-report")


def test_a_provider_whose_search_is_broken_does_not_stop_the_others(provider: Provider, settings: Settings) -> None:
    ours = doubtful(provider)
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_KEY": "key"}
    with SmallServer(lambda asked: Said(500)) as broken:
        settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": broken.url}
        theirs = [aged(post(), 30, provider="mailgun", due=timezone.now() - timedelta(hours=1)) for _ in range(5)]
        assert settle() == 1
        assert len(broken.asked) == MOST_FAILURES
    assert status_of(ours) == "sent"
    assert {status_of(message) for message in theirs} == {"in_doubt"}


def test_a_fault_of_our_own_stops_one_message_only(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = doubtful(provider), doubtful(provider)
    ask = lookups.ask

    def faulty(name: str, question: lookups.Question) -> Finding:
        if question.uid_hex == first.uid.hex:
            raise ZeroDivisionError
        return ask(name, question)

    monkeypatch.setattr(lookups, "ask", faulty)
    with caplog.at_level(logging.ERROR):
        assert settle() == 1
    assert (status_of(first), status_of(second)) == ("in_doubt", "sent")
    assert "No evidence could be looked for" in caplog.text


def test_one_call_does_a_bounded_piece_of_work(provider: Provider) -> None:
    messages = [doubtful(provider) for _ in range(3)]
    assert settle(seconds=-1) == 0
    assert settle(limit=2) == 2
    assert settle() == 1
    assert {status_of(message) for message in messages} == {"sent"}
    assert transports.resting() is None


# --- a doubt about somebody else's hand-over (see test_instance) ------------------------------------------------------


def strangers(message: Message, minutes: float) -> Message:
    """A letter that may have left from another copy of this database."""
    return aged(message, minutes, claimed_at=None, created_at=timezone.now() - timedelta(days=2))


def test_proof_that_it_left_from_elsewhere_counts(provider: Provider) -> None:
    message = strangers(doubtful(provider), 2)
    assert settle() == 1
    assert status_of(message) == "sent"


def test_a_no_about_elsewhere_never_sends_it_again(provider: Provider) -> None:
    message = strangers(doubtful(provider, Weather.BROKEN), 5)
    settle()
    strangers(message, OLD)
    settle()
    assert notes(message)[-1] == "Postmark does not know this message. It is not asked again: a person decides."
    message.refresh_from_db()
    assert message.noes == 1
    aged(message, 120, claimed_at=None, noes=1)
    assert settle() == 0
    assert status_of(message) == "in_doubt"
    assert len(provider.looks) == 2
