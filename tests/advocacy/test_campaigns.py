"""Tests of advocacy.campaigns: a pause holds, its end lets go, a stop withdraws, and nothing slips through."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from advocacy import adding, campaigns, letters, story
from advocacy.letters import CampaignEnded, Confirmed
from advocacy.models import Campaign, Letter, Supporter, Update
from advocacy.models.campaign import CampaignStatus as Status
from mailings import halts, reports, sending, states
from mailings.models import Message
from mailings.models.message import HeldFor, Kind
from mailings.models.message import Status as Sent
from tests.advocacy.making import CHOICES, confirmed, letter_of, messages_of, states_of, written

pytestmark = pytest.mark.django_db

FOR_PAUSE = [("held", HeldFor.PAUSE.value)]
FOR_WRITER = [("held", HeldFor.CONFIRMATION.value)]
IN_LINE = [("queued", "")]
WITHDRAWN = [("cancelled", "")]


def test_a_pause_holds_what_has_not_begun_to_leave(update: Update) -> None:
    ready, waiting = confirmed(update, "ready@example.org"), written(update, "waiting@example.org")
    gone = confirmed(update, "gone@example.org")
    Message.objects.filter(reference=gone.code).update(status=Sent.SENT)
    assert campaigns.pause(update.campaign, by="Ada", reason="The family asks us to wait.")
    assert (states_of(ready), states_of(waiting), states_of(gone)) == (FOR_PAUSE, FOR_WRITER, [("sent", "")])
    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.status_reason) == (Status.PAUSED, "The family asks us to wait.")


def test_a_letter_confirmed_in_a_pause_waits_for_its_end(update: Update) -> None:
    campaigns.pause(update.campaign, by="Ada", reason="")
    letter = confirmed(update)
    assert states_of(letter) == FOR_PAUSE
    assert letter.confirmed


def test_the_end_of_a_pause_lets_go_what_waited_for_it_and_nothing_else(update: Update) -> None:
    ready, waiting = confirmed(update, "ready@example.org"), written(update, "waiting@example.org")
    campaigns.pause(update.campaign, by="Ada", reason="")
    later = confirmed(update, "later@example.org")
    assert campaigns.resume(update.campaign, by="Ben")
    assert (states_of(ready), states_of(later), states_of(waiting)) == (IN_LINE, IN_LINE, FOR_WRITER)
    assert Campaign.objects.get().status == Status.OPEN
    assert Campaign.objects.get().status_reason == ""


def test_a_pause_leaves_the_supporters_own_mail_alone(update: Update) -> None:
    letter = written(update)
    campaigns.pause(update.campaign, by="Ada", reason="")
    assert [message.status for message in messages_of(letter, Kind.CONFIRMATION)] == [Sent.QUEUED]


def test_a_pause_holds_no_letter_of_another_campaign(update: Update) -> None:
    confirmed(update)
    Message.objects.filter(kind=Kind.LETTER).update(stream="ua-61-219/1")
    campaigns.pause(update.campaign, by="Ada", reason="")
    assert Message.objects.get(kind=Kind.LETTER).status == Sent.QUEUED


@pytest.mark.parametrize("end", [campaigns.stop, campaigns.close])
def test_an_end_withdraws_everything_that_has_not_begun_to_leave(update: Update, end: object) -> None:
    ready, waiting = confirmed(update, "ready@example.org"), written(update, "waiting@example.org")
    leaving = confirmed(update, "leaving@example.org")
    Message.objects.filter(reference=leaving.code).update(status=Sent.IN_DOUBT)
    assert callable(end)
    assert end(update.campaign, by="Ada", reason="They were freed.")
    assert (states_of(ready), states_of(waiting), states_of(leaving)) == (WITHDRAWN, WITHDRAWN, [("in_doubt", "")])


def test_what_a_pause_held_is_withdrawn_by_a_stop(update: Update) -> None:
    letter = confirmed(update)
    campaigns.pause(update.campaign, by="Ada", reason="")
    assert campaigns.stop(update.campaign, by="Ada", reason="They were freed.")
    assert states_of(letter) == WITHDRAWN
    assert not campaigns.resume(update.campaign, by="Ada")
    assert states_of(letter) == WITHDRAWN


def test_after_a_stop_no_button_sends_anything(update: Update) -> None:
    letter = written(update)
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.")
    assert letters.confirm(letter, letter.version) is Confirmed.CAMPAIGN_ENDED
    assert not letter_of(letter.supporter.email).confirmed
    assert states_of(letter) == WITHDRAWN


@pytest.mark.parametrize("confirmation", [True, False])
def test_a_form_that_was_on_its_way_when_the_campaign_stopped_stores_nothing(
    update: Update, confirmation: bool
) -> None:
    Campaign.objects.update(confirmation=confirmation)
    shown = Update.objects.select_related("campaign").get()  # the page has read it; then somebody stops the campaign
    campaigns.stop(Campaign.objects.get(), by="Ada", reason="They were freed.")
    with pytest.raises(CampaignEnded):
        letters.write(shown, "on.the.way@example.org", CHOICES)
    assert not Message.objects.exists()
    assert not Letter.objects.exists()
    assert not Supporter.objects.exists()


def test_a_form_that_was_on_its_way_when_the_pause_began_waits(update: Update) -> None:
    Campaign.objects.update(confirmation=False)
    shown = Update.objects.select_related("campaign").get()
    campaigns.pause(Campaign.objects.get(), by="Ada", reason="")
    letter = written(shown)
    assert states_of(letter) == FOR_PAUSE


def test_a_stop_waits_for_a_letter_that_is_being_written_and_then_withdraws_it(
    committed: None, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    Campaign.objects.update(confirmation=False)
    shown, stopped = Update.objects.select_related("campaign").get(), Campaign.objects.get()
    begun, go_on = Event(), Event()
    add = adding.add

    def slowly(letter: Letter) -> adding.Truth:
        truth = add(letter)
        begun.set()
        assert go_on.wait(10)
        return truth

    monkeypatch.setattr(adding, "add", slowly)
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(alone, lambda: letters.write(shown, "slow@example.org", CHOICES))
        assert begun.wait(10)
        stopping = pool.submit(alone, lambda: campaigns.stop(stopped, by="Ada", reason="They were freed."))
        time.sleep(0.3)
        assert not stopping.done()
        go_on.set()
        assert (writing.result(20), stopping.result(20)) == (None, True)
    assert states_of(letter_of("slow@example.org")) == WITHDRAWN


def alone(act: Callable[[], object]) -> object:
    """Do something in another thread, on a connection of its own."""
    try:
        return act()
    finally:
        connection.close()


def test_each_act_is_for_its_own_states(update: Update) -> None:
    campaign = update.campaign
    assert not campaigns.resume(campaign, by="Ada")
    assert campaigns.pause(campaign, by="Ada", reason="First.")
    assert not campaigns.pause(campaign, by="Ben", reason="Second.")
    assert Campaign.objects.get().status_reason == "First."
    assert campaigns.close(campaign, by="Ada", reason="Done.")
    for act in (campaigns.pause, campaigns.stop, campaigns.close):
        assert not act(campaign, by="Ben", reason="Again.")
    assert not campaigns.resume(campaign, by="Ben")
    closed = Campaign.objects.get()
    assert (closed.status, closed.status_reason) == (Status.CLOSED, "Done.")


def test_the_story_of_each_letter_says_who_and_why(update: Update) -> None:
    letter = confirmed(update)
    campaigns.pause(update.campaign, by="Ada", reason="The family asks us to wait.")
    campaigns.resume(update.campaign, by="Ben")
    campaigns.stop(update.campaign, by="Cleo", reason="They were freed.")
    steps = [(step.by, step.note) for step in messages_of(letter)[0].steps.order_by("pk")]
    assert steps[-3:] == [
        ("Ada", "The campaign was paused. The family asks us to wait."),
        ("Ben", "The pause has ended."),
        ("Cleo", "The campaign was stopped. They were freed."),
    ]


# --- a halt that breaks off in the middle -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "headline", "left_as", "waiting_left_as"),
    [
        (campaigns.pause, "Your letter waits for the end of a pause", FOR_PAUSE, FOR_WRITER),
        (campaigns.stop, "Your letter was not sent", WITHDRAWN, WITHDRAWN),
    ],
)
def test_nothing_leaves_after_a_halt_that_broke_off_and_the_sweep_ends_it(
    update: Update,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[..., bool],
    headline: str,
    left_as: object,
    waiting_left_as: object,
) -> None:
    found = [confirmed(update, f"ready-{number}@example.org") for number in range(5)]
    waiting = written(update, "waiting@example.org")
    move, calls = states.move, 0

    def breaks(*args: Any, **given: Any) -> list[int]:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise KeyboardInterrupt
        return move(*args, **given)

    with monkeypatch.context() as patched:
        patched.setattr(halts, "BATCH", 2)
        patched.setattr(states, "move", breaks)
        with pytest.raises(KeyboardInterrupt):
            end(update.campaign, by="Ada", reason="")
    in_line = [letter for letter in found if states_of(letter) == IN_LINE]
    assert 0 < len(in_line) < 5  # some batches are done, and stay done

    # What is left reads as what it will be, leaves no more, and is put aside a minute later.
    letter = Letter.objects.get(pk=in_line[0].pk)
    mails = reports.letters_under(letter.code)
    assert (story.headline(letter, mails), story.patience(letter, mails, timezone.now())) == (headline, "")
    sending.drain(5.0)
    assert states_of(letter) == IN_LINE
    sending.settle_lapsed()
    assert [states_of(letter) for letter in found] == [left_as] * 5
    assert states_of(waiting) == waiting_left_as


def test_a_pause_that_ends_while_it_still_empties_the_line_holds_nothing(
    update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [confirmed(update, f"ready-{number}@example.org") for number in range(4)]
    monkeypatch.setattr(halts, "BATCH", 1)
    aside = halts._put_aside
    campaign, calls = Campaign.objects.get(), list[int]()

    def and_then_it_ends(*args: Any) -> int:
        calls.append(1)
        if len(calls) == 3:
            assert campaigns.resume(Campaign.objects.get(), by="Ben")
        return aside(*args)

    monkeypatch.setattr(halts, "_put_aside", and_then_it_ends)
    assert campaigns.pause(campaign, by="Ada", reason="")
    assert [states_of(letter) for letter in found] == [IN_LINE] * 4
    assert len(calls) == 3


@pytest.mark.parametrize(("end", "left_as"), [(campaigns.stop, WITHDRAWN), (campaigns.close, WITHDRAWN)])
def test_an_end_holds_whatever_the_mode_in_which_it_was_decided(
    update: Update, settings: Any, end: Callable[..., bool], left_as: object
) -> None:
    letter = confirmed(update)
    settings.MAIL_MODE, settings.MAIL_TEST_ADDRESS = "test", "t@example.org"
    assert end(update.campaign, by="Ada", reason="They were freed.")
    settings.MAIL_MODE = "sandbox"
    sending.drain(5.0)
    assert states_of(letter) == left_as


def test_a_pause_ends_whatever_the_mode_in_which_it_was_begun(update: Update, settings: Any) -> None:
    letter = confirmed(update)
    campaigns.pause(update.campaign, by="Ada", reason="")
    settings.MAIL_MODE, settings.MAIL_TEST_ADDRESS = "test", "t@example.org"
    assert campaigns.resume(Campaign.objects.get(), by="Ben")
    settings.MAIL_MODE = "sandbox"
    assert states_of(letter) == IN_LINE
    sending.drain(5.0)
    assert states_of(letter) == [("sent", "")]
