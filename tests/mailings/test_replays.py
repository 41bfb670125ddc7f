"""Tests of mailings.replays: a doubtful hand-over repeated under its own key, at loopback providers that keep keys."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings

from mailings import provider as handing_over
from mailings import replays
from mailings.evidence import settle
from mailings.models import Message, Suppression
from mailings.models.message import Status
from mailings.parcel import Outcome, Parcel
from tests.mailings.conftest import go_live
from tests.mailings.making import AMBASSADOR, cancel_stream, drained, post, put, said_of, status_of
from tests.provider import Provider
from tests.provider.keyed import Brevo, KeyedProvider, Line, Resend

pytestmark = pytest.mark.django_db


@pytest.fixture
def resend(settings: Settings) -> Iterator[Resend]:
    """Resend on loopback, with the site in live mode before it."""
    with Resend() as provider:
        go_live(settings, provider.url, "key", name="resend")
        yield provider
    handing_over.close()


@pytest.fixture
def brevo(settings: Settings) -> Iterator[Brevo]:
    """Brevo on loopback, with the site in live mode before it."""
    with Brevo() as provider:
        go_live(settings, provider.url, "key", name="brevo")
        yield provider
    handing_over.close()


def aged(message: Message, minutes: float, **columns: Any) -> Message:
    """The letter in doubt so many minutes after its hand-over began, due for a look."""
    now = timezone.now()
    began = now - timedelta(minutes=minutes)
    fields = {"claimed_at": began, "doubted_at": began, "due": now}
    return put(message, Status.IN_DOUBT, **{**fields, **columns})


def doubtful(provider: KeyedProvider, line: Line, minutes: float = 2, **named: Any) -> Message:
    """A letter whose hand-over ended in a doubt; the line is well again."""
    message = post(**named)
    provider.line = line
    drained()
    provider.line = Line.FINE
    assert status_of(message) == "in_doubt"
    return aged(message, minutes)


def last_note(message: Message) -> str:
    return message.steps.latest("pk").note


# --- keys -------------------------------------------------------------------------------------------------------------


def test_the_key_is_there_from_the_first_hand_over_on_and_is_no_part_of_the_mail(resend: Resend) -> None:
    message = post()
    drained()
    (asked,) = resend.asked
    assert asked.headers["Idempotency-Key"] == str(message.uid)
    assert set(asked.fields["headers"]) == {"Message-ID", "X-Metadata"}
    assert asked.fields["headers"]["Message-ID"] == message.content.message_id_header


def test_brevo_takes_the_key_among_the_headers_of_the_mail(brevo: Brevo) -> None:
    message = post()
    drained()
    (asked,) = brevo.asked
    assert asked.fields["headers"]["idempotencyKey"] == str(message.uid)


def test_a_mail_that_did_not_come_from_the_outbox_goes_without(resend: Resend) -> None:
    EmailMessage("subject", "text", "a@letters.example.org", ["b@example.org"]).send()
    assert "Idempotency-Key" not in resend.asked[0].headers


# --- it settles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [Line.CUT_AFTER, Line.CUT_BEFORE, Line.BROKEN])
def test_a_repeat_settles_the_doubt_with_one_copy(resend: Resend, line: Line) -> None:
    message = doubtful(resend, line)
    assert settle() == 1
    message.refresh_from_db()
    assert (message.status, message.provider_message_id, message.doubted_at) == ("sent", "mail-1", None)
    assert len(resend.mails) == 1
    assert {asked.headers["Idempotency-Key"] for asked in resend.asked} == {str(message.uid)}
    assert len({asked.body for asked in resend.asked}) == 1  # the same bytes
    assert set(said_of(message).values()) == {"sent"}
    assert last_note(message) == "Resend has this message. It left."


def test_a_copy_that_was_left_out_is_left_out_again(resend: Resend) -> None:
    Suppression.objects.create(address=AMBASSADOR.email, mode="live", why="staff")
    message = doubtful(resend, Line.CUT_AFTER)
    Suppression.objects.all().delete()
    assert settle() == 1
    assert (status_of(message), len(resend.mails)) == ("sent", 1)
    assert "cc" not in resend.mails[0]


def test_brevo_takes_what_it_had_not(brevo: Brevo) -> None:
    message = doubtful(brevo, Line.CUT_BEFORE)
    assert settle() == 1
    assert (status_of(message), len(brevo.mails)) == ("sent", 1)


def test_brevo_says_that_it_had_the_key_and_not_what_became_of_it(brevo: Brevo) -> None:
    message = doubtful(brevo, Line.CUT_AFTER)
    assert settle() == 0
    assert (status_of(message), len(brevo.mails)) == ("in_doubt", 1)
    assert f"told nothing. {replays.HAD_IT}" in last_note(message)


# --- it does not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [Line.CUT_AFTER, Line.CUT_BEFORE, Line.REFUSED, Line.BUSY, Line.BROKEN])
def test_any_other_end_of_a_repeat_leaves_the_doubt(resend: Resend, line: Line) -> None:
    message = doubtful(resend, Line.CUT_AFTER)
    resend.line = line
    assert settle() == 0
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("in_doubt", 1)
    assert last_note(message).startswith("Resend was asked, and that told nothing. Repeated under the same key")
    assert settle() == 0  # not due again yet
    resend.line = Line.FINE
    aged(message, 4)
    assert settle() == 1
    assert (status_of(message), len(resend.mails)) == ("sent", 1)


def test_a_provider_that_is_away_leaves_the_doubt(resend: Resend, settings: Settings) -> None:
    message = doubtful(resend, Line.CUT_AFTER)
    with Provider() as gone:
        url = gone.url
    go_live(settings, url, "key", name="resend")
    assert settle() == 0
    assert status_of(message) == "in_doubt"


@pytest.mark.parametrize(
    ("name", "minutes", "repeated"),
    [("resend", 19 * 60, 1), ("resend", 20 * 60, 0), ("brevo", 11, 1), ("brevo", 13, 0)],
)
def test_a_key_that_may_be_forgotten_is_not_repeated(
    request: pytest.FixtureRequest, name: str, minutes: float, repeated: int
) -> None:
    provider = request.getfixturevalue(name)
    message = doubtful(provider, Line.CUT_BEFORE, minutes=minutes)
    before = len(provider.asked)
    assert settle() == repeated
    assert len(provider.asked) - before == repeated
    assert status_of(message) == ("sent" if repeated else "in_doubt")


def test_the_last_repeat_says_that_a_person_decides(resend: Resend) -> None:
    message = doubtful(resend, Line.CUT_AFTER, minutes=19 * 60)
    resend.line = Line.BROKEN
    settle()
    assert last_note(message).endswith("It is not asked again: a person decides.")


def stop(message: Message) -> None:
    cancel_stream("ua-61-21/", by="Ada", note="They were freed.")


def silence(message: Message) -> None:
    Suppression.objects.create(address=AMBASSADOR.email, mode="live", why="staff")


def change(message: Message) -> None:
    message.content.text = "Something else"
    message.content.save()


@pytest.mark.parametrize("forbid", [stop, silence, change], ids=lambda act: act.__name__)
def test_what_came_up_since_forbids_the_repeat(resend: Resend, forbid: Callable[[Message], None]) -> None:
    message = doubtful(resend, Line.CUT_BEFORE, stream="ua-61-21/1")
    forbid(message)
    assert settle() == 0
    assert (status_of(message), resend.mails) == ("in_doubt", [])
    assert "Not repeated: " in last_note(message)


def test_a_doubt_about_another_hand_over_is_not_repeated(resend: Resend) -> None:
    message = doubtful(resend, Line.CUT_BEFORE)
    put(message, Status.IN_DOUBT, doubted_at=timezone.now() - timedelta(minutes=1.5))
    assert settle() == 0
    put(message, Status.IN_DOUBT, claimed_at=None)
    assert settle() == 0
    assert (status_of(message), resend.mails) == ("in_doubt", [])


def test_a_letter_that_another_provider_had_is_not_repeated_here(resend: Resend) -> None:
    message = aged(doubtful(resend, Line.CUT_BEFORE), 2, provider="brevo")
    assert settle() == 0
    assert (status_of(message), resend.mails) == ("in_doubt", [])


# --- faults in the middle ---------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_in_the_middle_leaves_the_doubt_and_one_copy(
    resend: Resend, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = doubtful(resend, Line.CUT_BEFORE)

    def killed_after(parcel: Parcel) -> Outcome:
        hand_over(parcel)
        raise KeyboardInterrupt

    hand_over = handing_over.hand_over
    with monkeypatch.context() as patch:
        patch.setattr(handing_over, "hand_over", killed_after)
        with pytest.raises(KeyboardInterrupt):
            settle()
    assert (status_of(message), len(resend.mails)) == ("in_doubt", 1)
    assert settle() == 0  # claimed: not at once
    aged(message, 4)
    assert settle() == 1
    assert (status_of(message), len(resend.mails)) == ("sent", 1)


def test_two_workers_that_repeat_at_once_make_one_copy(resend: Resend, monkeypatch: pytest.MonkeyPatch) -> None:
    message = doubtful(resend, Line.CUT_BEFORE)
    hand_over = handing_over.hand_over

    def twice(parcel: Parcel) -> Outcome:
        hand_over(parcel)
        return hand_over(parcel)

    monkeypatch.setattr(handing_over, "hand_over", twice)
    assert settle() == 1
    assert (status_of(message), len(resend.mails)) == ("sent", 1)


def test_a_repeat_that_would_begin_too_late_is_not_begun(resend: Resend, monkeypatch: pytest.MonkeyPatch) -> None:
    message = doubtful(resend, Line.CUT_BEFORE)
    monkeypatch.setattr(replays, "SECONDS_TO_BEGIN", -1.0)
    assert settle() == 0
    assert (status_of(message), resend.mails) == ("in_doubt", [])
