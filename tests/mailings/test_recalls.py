"""Tests of mailings.recalls: a recalled letter does not leave as it is, whichever way it comes back in line."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from mailings import addresses, claiming, outbox, replays, reports, sending
from mailings.models import Message, Recall
from mailings.models.message import Status
from mailings.parcel import Outcome
from mailings.recording import record
from mailings.retry import Verdict
from tests.mailings.making import PRESIDENT, claim, drained, post, put, status_of

pytestmark = pytest.mark.django_db

WHY = "update"


def recall(message: Message, why: str = WHY) -> int:
    return outbox.recall(reports.search(references=[message.reference], any_mode=True), why=why)


def test_it_is_passed_over_and_others_leave() -> None:
    message, other, notice = post(), post(), post("notice")
    assert recall(message) == 1
    assert drained() == 2
    assert [status_of(one) for one in (message, other, notice)] == ["queued", "sent", "sent"]


@pytest.mark.parametrize("verdict", [Verdict.LATER, Verdict.SOON, Verdict.TRANSPORT_DOWN])
def test_it_is_passed_over_when_its_hand_over_fails_for_now(verdict: Verdict) -> None:
    message = post()
    (parcel,) = claim(1, "worker-1")
    recall(message)
    record([Outcome(parcel, verdict)], "worker-1")
    Message.objects.update(due=timezone.now() - timedelta(seconds=1))
    assert (status_of(message), claim(1, "worker-1")) == ("queued", [])


def test_it_is_passed_over_when_its_worker_gives_it_back() -> None:
    message = post()
    claim(1, "worker-1")
    recall(message)
    claiming.give_back("worker-1", [])
    assert (status_of(message), claim(1, "worker-1")) == ("queued", [])


@pytest.mark.parametrize("status", [Status.FAILED, Status.IN_DOUBT])
def test_it_is_not_sent_again_by_a_person(status: Status) -> None:
    message, other = put(post(), status), put(post(), status)
    recall(message)
    assert outbox.retry([message.uid, other.uid], by="Ada", note="Once more") == 1
    assert (status_of(message), status_of(other)) == (status, "queued")


def test_its_doubtful_hand_over_is_not_repeated() -> None:
    message = put(post(), Status.IN_DOUBT)
    assert not replays._forbidden(message, list(message.recipients.all()))
    recall(message)
    assert replays._forbidden(message, list(message.recipients.all())) == (
        "Not repeated: it is not to leave as it is any more"
    )


def test_what_waits_for_an_address_does_not_leave_for_another_one() -> None:
    message, other = (put(post(), Status.HELD, held_for="address") for _ in range(2))
    recall(message)
    corrected = addresses.correct(PRESIDENT.email, "new@office.example.org", by="Ada", note="Their page says so")
    assert (corrected.waiting, status_of(message), status_of(other)) == (1, "held", "cancelled")


def test_only_what_is_fit_leaves_for_another_address() -> None:
    waits, unfit = (put(post(), Status.HELD, held_for="address") for _ in range(2))
    addresses.correct(
        PRESIDENT.email, "new@office.example.org", by="Ada", note="So", fit=lambda names: set(names) - {unfit.reference}
    )
    assert (status_of(waits), status_of(unfit)) == ("cancelled", "held")


def test_each_reason_ends_by_itself() -> None:
    message = post()
    rows = reports.search(references=[message.reference])
    for why in ("update", "level", "update"):
        recall(message, why)
    outbox.end_recall(rows, why="level")
    assert list(outbox.recalled(rows, why="update")) == [message]
    assert claim(1, "worker-1") == []
    outbox.end_recall(rows, why="update")
    assert len(claim(1, "worker-1")) == 1


def test_what_was_sent_or_withdrawn_is_not_recalled_and_forgotten() -> None:
    waits, sent = post(), put(post(), Status.SENT)
    assert (recall(waits), recall(sent)) == (1, 0)
    put(waits, Status.CANCELLED)
    sending.settle_lapsed()
    assert not Recall.objects.exists()


def test_it_holds_for_letters_of_another_mode(settings: Settings) -> None:
    message = post()
    settings.MAIL_MODE = "live"
    recall(message)
    settings.MAIL_MODE = "sandbox"
    assert claim(1, "worker-1") == []


def test_no_message_is_locked() -> None:
    """Whoever records many messages at this moment would else wait for us in a circle."""
    constraints = connection.introspection.get_constraints(connection.cursor(), Recall._meta.db_table)
    assert not [one for one in constraints.values() if one["foreign_key"]]
