"""Tests of mailings.halts: after a pause or a stop no letter leaves, whichever way it comes back in line."""

import pytest
from django.db.models import Q
from pytest_django import Settings

from mailings import halts, outbox, sending
from mailings.models import Halt, Message
from mailings.models.message import Status
from mailings.parcel import Outcome
from mailings.recording import record
from mailings.retry import Verdict
from tests.mailings.making import cancel_stream, claim, drained, hold_stream, post, put, status_of

pytestmark = pytest.mark.django_db

STREAM = "ua-61-21/1"


def stop() -> None:
    cancel_stream("ua-61-21/", by="Ada", note="They were freed.")


def pause() -> None:
    hold_stream("ua-61-21/", by="Ada", note="We wait.")


def come_back(message: Message) -> None:
    """What a slow 429 does after the halt: the letter that was on its way stands in line again."""
    put(message, Status.QUEUED)


@pytest.mark.parametrize(("halt", "left_as"), [(stop, "cancelled"), (pause, "held")])
def test_a_letter_that_comes_back_after_the_halt_stays(halt: object, left_as: str) -> None:
    message = post(stream=STREAM)
    assert callable(halt)
    halt()
    come_back(message)
    assert drained() == 0
    assert status_of(message) == "queued"  # the claim passed it by
    sending.settle_lapsed()
    assert status_of(message) == left_as


@pytest.mark.parametrize(("halt", "left_as"), [(stop, "cancelled"), (pause, "held")])
def test_a_letter_that_was_on_its_way_at_the_halt_is_put_aside_when_it_comes_back(halt: object, left_as: str) -> None:
    message = post(stream=STREAM)
    (parcel,) = claim(1, "worker-1")
    assert callable(halt)
    halt()
    record([Outcome(parcel, Verdict.LATER)], "worker-1")
    assert status_of(message) == left_as


def test_it_leaves_when_the_pause_ends() -> None:
    message = post(stream=STREAM)
    pause()
    come_back(message)
    sending.settle_lapsed()
    assert outbox.release_stream("ua-61-21/", by="Ada", note="The pause has ended.") == 1
    assert not Halt.objects.exists()
    assert drained() == 1
    assert status_of(message) == "sent"


def test_a_retry_does_not_get_past_a_stop() -> None:
    message = put(post(stream=STREAM), Status.FAILED)
    stop()
    assert outbox.retry([message.uid], by="Ada", note="Once more") == 0
    assert status_of(message) == "failed"


def test_a_stop_is_not_lifted_by_the_end_of_a_pause() -> None:
    pause()
    stop()
    outbox.release_stream("ua-61-21/", by="Ada", note="")
    message = post(stream=STREAM)
    sending.settle_lapsed()
    assert status_of(message) == "cancelled"


def test_other_streams_and_own_mails_go_on() -> None:
    stop()
    other, link = post(stream="ua-61-210/1"), post("confirmation", stream=STREAM)
    drained()
    assert (status_of(other), status_of(link)) == ("sent", "sent")


def test_a_letter_that_is_put_aside_while_the_pause_ends_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = post(stream=STREAM)
    pause()
    come_back(message)
    halted = halts.halted

    def and_then_the_pause_ends() -> Q:
        found = halted()
        monkeypatch.setattr(halts, "halted", halted)
        outbox.release_stream("ua-61-21/", by="Ada", note="The pause has ended.")
        return found

    monkeypatch.setattr(halts, "halted", and_then_the_pause_ends)
    halts.put_aside()
    assert status_of(message) == "queued"


# --- in every mode ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("halt", "left_as"), [(stop, "cancelled"), (pause, "held")])
def test_a_halt_holds_whatever_the_mode_in_which_it_was_pressed(settings: Settings, halt: object, left_as: str) -> None:
    message, later = post(stream=STREAM), post(stream=STREAM)
    settings.MAIL_MODE = "live"
    assert callable(halt)
    halt()
    assert status_of(message) == left_as
    settings.MAIL_MODE = "sandbox"
    come_back(later)
    assert drained() == 0
    sending.settle_lapsed()
    assert status_of(later) == left_as


def test_a_pause_ends_whatever_the_mode_in_which_it_was_begun(settings: Settings) -> None:
    message = post(stream=STREAM)
    pause()
    settings.MAIL_MODE = "live"
    assert outbox.release_stream("ua-61-21/", by="Ada", note="The pause has ended.") == 1
    assert not Halt.objects.exists()
    settings.MAIL_MODE = "sandbox"
    assert drained() == 1
    assert status_of(message) == "sent"
