"""Tests of mailings.sending: draining before a real provider on loopback, and what a dead worker leaves."""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.utils import timezone
from pytest_django import Settings

from mailings import claiming, recording, sending
from mailings.models import Message, Transport
from mailings.models.message import Status
from mailings.parcel import Outcome, Parcel
from mailings.retry import MOST_ATTEMPTS, Verdict
from mailings.sending import NOTICE_DOUBT, drain, settle_lapsed
from mailings.transports import Road
from tests.mailings.making import drained, make_due, post, put, status_of
from tests.mailings.test_provider import parcel as making_parcel
from tests.provider import Provider, Weather

pytestmark = pytest.mark.django_db


def test_everything_that_is_due_leaves_once(provider: Provider) -> None:
    messages = [post() for _ in range(20)]
    assert drained() == 20
    assert drained() == 0
    assert sorted(mail.metadata["m"] for mail in provider.mails) == sorted(message.uid.hex for message in messages)
    assert {status_of(message) for message in messages} == {"sent"}


def test_own_mail_leaves_first(provider: Provider, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 1
    letters = [post() for _ in range(3)]
    own = post("confirmation")
    drained()
    assert [mail.metadata["m"] for mail in provider.mails] == [m.uid.hex for m in (own, *letters)]


def test_letters_leave_side_by_side(provider: Provider, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 8
    provider.delay = 0.15
    for _ in range(16):
        post()
    began = timezone.now()
    assert drained() == 16
    assert timezone.now() - began < timedelta(seconds=16 * 0.15 / 2)


def test_nothing_is_begun_once_told_to_stop_or_out_of_time(provider: Provider) -> None:
    message = post()
    assert drain(10.0, stop=lambda: True) == 0
    assert drain(0.0) == 0
    assert (status_of(message), provider.requests) == ("queued", 0)


def test_nothing_is_sent_while_a_setting_is_missing(
    provider: Provider, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    message = post()
    settings.MAIL_WEBHOOK_SECRET = ""
    with caplog.at_level(logging.ERROR):
        assert drained() == 0
    assert "MAIL_WEBHOOK_SECRET is missing" in caplog.text
    assert (status_of(message), provider.requests) == ("queued", 0)


def test_a_refused_key_stops_the_line_and_loses_nothing(provider: Provider, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 2
    provider.weather = Weather.KEY_REFUSED
    messages = [post() for _ in range(10)]
    drained()
    assert provider.requests <= 4  # those on their way, and no more
    assert {status_of(message) for message in messages} == {"queued"}
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}

    provider.weather = Weather.FINE
    Transport.objects.all().delete()
    make_due()
    drained()
    assert {status_of(message) for message in messages} == {"sent"}


def test_one_bad_letter_does_not_stop_the_others(provider: Provider) -> None:
    provider.weather = Weather.UNPROCESSABLE
    bad = post()
    drained()
    provider.weather = Weather.FINE
    good = post()
    drained()
    assert (status_of(bad), status_of(good)) == ("failed", "sent")


@pytest.mark.parametrize("weather", [Weather.CUT, Weather.SILENT, Weather.GARBLED, Weather.BROKEN])
def test_a_doubtful_letter_is_never_sent_again_blindly(provider: Provider, weather: Weather) -> None:
    provider.weather = weather
    message = post()
    drained()
    provider.weather = Weather.FINE
    Message.objects.update(due=timezone.now() - timedelta(days=30))
    settle_lapsed()
    drained()
    assert status_of(message) == "in_doubt"
    assert provider.requests == 1


# --- what a dead worker leaves ----------------------------------------------------------------------------------------


def left_behind(kind: str, *, attempts: int = 1) -> Message:
    """A message whose worker went silent."""
    lease = timezone.now() - timedelta(seconds=1)
    return put(post(kind), Status.SENDING, lease=lease, attempts=attempts, claimed_at=lease)


def test_a_lease_that_ran_out_is_a_doubt() -> None:
    lapsed, alive = left_behind("letter"), put(post(), Status.SENDING)
    settle_lapsed()
    assert (status_of(lapsed), status_of(alive)) == ("in_doubt", "sending")
    step = lapsed.steps.get()
    assert step.note == "The worker that handed it over went silent. Whether it left is not known."


def test_a_doubtful_notice_is_sent_again_after_a_while() -> None:
    notice = left_behind("confirmation")
    settle_lapsed()
    settle_lapsed()
    assert status_of(notice) == "in_doubt"
    put(notice, Status.IN_DOUBT, due=timezone.now() - NOTICE_DOUBT - timedelta(seconds=1))
    settle_lapsed()
    assert status_of(notice) == "queued"


def test_a_notice_that_kills_its_worker_is_given_up() -> None:
    due = timezone.now() - NOTICE_DOUBT - timedelta(seconds=1)
    notice = put(post("copy"), Status.IN_DOUBT, attempts=MOST_ATTEMPTS, due=due)
    settle_lapsed()
    assert status_of(notice) == "failed"


def test_a_doubt_of_another_mode_is_left_alone(settings: Settings) -> None:
    due = timezone.now() - NOTICE_DOUBT - timedelta(seconds=1)
    notice = put(post("copy"), Status.IN_DOUBT, due=due)
    settings.MAIL_MODE = "live"
    settle_lapsed()
    assert status_of(notice) == "in_doubt"


# --- the database goes away in the middle -----------------------------------------------------------------------------


def test_answers_are_kept_while_the_database_is_away(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    message = post()
    faults = iter([OperationalError("gone"), InterfaceError("still gone")])
    record = recording.record

    def flaky(outcomes: Sequence[Outcome], worker: str) -> None:
        for fault in faults:
            raise fault
        record(outcomes, worker)

    monkeypatch.setattr(recording, "record", flaky)
    monkeypatch.setattr(sending, "SECONDS_BETWEEN_TRIES", 0.0)
    monkeypatch.setattr(sending, "close_old_connections", lambda: None)  # the test's own transaction lives on it
    assert drained() == 1
    assert (status_of(message), provider.requests) == ("sent", 1)


def test_a_claim_whose_answer_was_lost_is_given_back(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    message = post()
    claim, lost = claiming.claim, iter([True])

    def deaf(room: int, worker: str, road: Road) -> list[Parcel]:
        parcels = claim(room, worker, road)
        for _ in lost:  # the commit took place, and the line broke before we heard so
            raise OperationalError("gone")
        return parcels

    monkeypatch.setattr(claiming, "claim", deaf)
    monkeypatch.setattr(sending, "transaction", Committing())
    monkeypatch.setattr(sending, "SECONDS_BETWEEN_TRIES", 0.0)
    monkeypatch.setattr(sending, "close_old_connections", lambda: None)
    assert drained() == 1
    message.refresh_from_db()
    assert (message.status, message.attempts, provider.requests) == ("sent", 1, 1)
    assert [step.status for step in message.steps.all()] == ["queued", "sent"]


class Committing:
    """Transactions that keep what was done in them though they end with an error."""

    def atomic(self) -> Any:
        return nullcontext()


def test_a_provider_that_asks_for_patience_gets_fewer_at_a_time(settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 8
    parcel = making_parcel()
    later, sent = Outcome(parcel, Verdict.LATER), Outcome(parcel, Verdict.SENT)
    allowed = [8]
    for answers in ([later, sent], [later], [sent], [sent, sent], [later] * 9):
        allowed.append(sending._slowed(allowed[-1], answers))
    assert allowed == [8, 6, 4, 5, 6, 4]
    for _ in range(9):
        allowed.append(sending._slowed(allowed[-1], [later]))
    assert allowed[-1] == 1


def test_an_answer_that_cannot_be_written_down_spoils_its_own_message_alone(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = post(), post()
    record = recording.record

    def picky(outcomes: Sequence[Outcome], worker: str) -> None:
        if any(outcome.parcel.pk == bad.pk for outcome in outcomes):
            raise DataError("value too long")
        record(outcomes, worker)

    monkeypatch.setattr(recording, "record", picky)
    assert drained() == 2
    assert (status_of(good), status_of(bad)) == ("sent", "in_doubt")
