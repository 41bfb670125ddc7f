"""Tests of letters that were being handed over, in doubt or failed when something was decided on those that wait."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import approvals, changeovers, desk_acts, drafts, letters, lowering, publishing, queries, story, tokens
from advocacy.models import Campaign, Changeover, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.models.identity import Level
from advocacy.tokens import Purpose
from advocacy.wording import Choices
from mailings import addresses, claiming, evidence, tasks
from mailings.models import Message, Recall
from tests.advocacy.making import (
    PRESIDENT,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    messages_of,
    states_of,
    written,
)
from tests.advocacy.test_desk_addresses import GIVEN, ONE

PLAIN = Choices("Léa Tremblay", "Montréal", "CA", "I teach at a school.")
OLD, NEW = "Forty-eight more of them", "Sixty more of them"
EVERY = [Answer.ANEW, Answer.ASK, Answer.CANCEL]


def second() -> Update:
    return approved(drafted(later_text()))


def put(letter: Letter, status: str, which: int = 0) -> Message:
    """One of its mails in a state that only a hand-over leads to."""
    extra = {"owner": "w", "lease": timezone.now() + timedelta(minutes=1), "attempts": 1} if status == "sending" else {}
    message = messages_of(letter)[which]
    Message.objects.filter(pk=message.pk).update(status=status, held_for="", **extra)
    return message


def decided(answer: Answer, update: Update | None = None) -> Update:
    found = gone_live(update or second(), answer)
    changeovers.work(60)
    return found


def sent_words() -> list[str]:
    """The words of every letter that has left after all."""
    for _ in range(3):
        tasks.drain()
        changeovers.work(60)
    found = Message.objects.filter(kind="letter", status="sent").select_related("content")
    return [message.content.text for message in found]


def fresh(letter: Letter) -> Letter:
    return letter_of(letter.supporter.email)


# --- under another update --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", EVERY)
def test_what_comes_back_from_a_hand_over_is_decided_on_as_well(update: Update, answer: Answer) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    decided(answer)
    assert states_of(letter) == [("sending", "")]
    claiming.give_back("w", [])
    tasks.drain()  # Before the workers look: it does not leave.
    assert states_of(letter) == [("queued", "")]
    words = sent_words()
    assert not [text for text in words if OLD in text]
    left_as = {
        Answer.ANEW: [("cancelled", ""), ("sent", "")],
        Answer.ASK: [("cancelled", ""), ("held", "confirmation")],
        Answer.CANCEL: [("cancelled", "")],
    }
    assert states_of(letter) == left_as[answer]
    assert len(words) == (answer == Answer.ANEW)


def test_what_is_claimed_before_the_workers_came_is_decided_on_too(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    gone_live(second(), Answer.ANEW)
    put(letter, "sending")  # It was claimed as the commit was on its way.
    changeovers.work(60)
    claiming.give_back("w", [])
    assert [NEW in text for text in sent_words()] == [True]


@pytest.mark.parametrize("answer", EVERY)
def test_from_the_commit_on_nothing_leaves_as_it_was(update: Update, answer: Answer) -> None:
    letter = confirmed(update, choices=PLAIN)
    gone_live(second(), answer)
    tasks.drain()
    assert states_of(letter) == [("queued", "")]


def test_who_confirms_before_the_workers_came_sends_no_old_words(update: Update) -> None:
    letter = written(update, choices=PLAIN)
    gone_live(second(), Answer.ANEW)
    assert letters.confirm(letter, letter.version) is letters.Confirmed.NOW
    tasks.drain()
    assert states_of(letter) == [("queued", "")]
    assert [NEW in text for text in sent_words()] == [True]


@pytest.mark.parametrize("answer", EVERY)
def test_what_had_failed_is_not_sent_again_with_the_old_words(update: Update, answer: Answer) -> None:
    letter = confirmed(update, choices=PLAIN)
    message = put(letter, "failed")
    decided(answer)
    assert desk_acts.act_on("retry", [message.uid], by="Ada", reason="Once more.") == 0
    assert sent_words() == []


def test_what_may_return_has_to_be_decided_on(client: Client, update: Update) -> None:
    put(confirmed(update, choices=PLAIN), "sending")
    new = second()
    waiting = changeovers.waiting(new)
    assert (waiting.total, waiting.may_return) == (0, 1)
    shown = approvals.digest_of(new)
    with pytest.raises(publishing.NotAnswered):
        publishing.publish(new, shown, by="Ada")
    client.force_login(at_the_desk("amara"))
    where = f"/desk/updates/{new.pk}/preview/"
    assert "being handed over, in doubt or failed" in client.get(where).content.decode()
    assert client.post(where, {"do": "publish", "when": "now", "shown": shown}).status_code == 422
    decided(Answer.CANCEL, new)
    assert changeovers.waiting(drafted(later_text(3))).may_return == 0


def test_what_was_put_back_from_a_doubt_is_decided_on(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    message = put(letter, "in_doubt")
    decided(Answer.CANCEL)
    message.refresh_from_db()
    assert evidence._again(message, "The provider") == 1
    assert sent_words() == []
    assert states_of(letter) == [("cancelled", "")]


def test_what_was_decided_holds_when_the_next_update_lets_letters_go(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    decided(Answer.CANCEL)
    other = confirmed(Campaign.objects.get().live_update or update, "second@example.org", PLAIN)
    decided(Answer.GO, approved(drafted(later_text(3))))
    claiming.give_back("w", [])
    assert len(sent_words()) == 1
    assert (states_of(letter), states_of(other)) == ([("cancelled", "")], [("sent", "")])


def test_it_is_written_anew_for_what_is_live_by_then(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    decided(Answer.ANEW)
    decided(Answer.GO, approved(drafted(later_text(3))))
    claiming.give_back("w", [])
    assert len(sent_words()) == 1
    assert fresh(letter).update.number == 3


def test_letters_of_what_is_live_again_may_leave(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    decided(Answer.CANCEL)
    back = Update.objects.get(pk=update.pk)
    publishing.ask_to_go_back(back, approvals.digest_of(back), by="Ada", reason="A wrong count.")
    approvals.approve(back, approvals.digest_of(back), by="Ben")
    publishing.publish(back, approvals.digest_of(back), by="Ada", letters=Answer.CANCEL)
    claiming.give_back("w", [])
    assert [OLD in text for text in sent_words()] == [True]


def test_letters_of_another_mode_are_decided_on_when_it_comes(update: Update, settings: Settings) -> None:
    letter = confirmed(update, choices=PLAIN)
    settings.MAIL_MODE, settings.MAIL_TEST_ADDRESS = "test", "t@example.org"
    decided(Answer.ANEW)
    settings.MAIL_MODE = "sandbox"
    tasks.drain()
    assert states_of(letter) == [("queued", "")]
    assert [NEW in text for text in sent_words()] == [True]
    assert Changeover.objects.filter(mode="sandbox", answer=Answer.ANEW).exists()


# --- of a letter to several offices ----------------------------------------------------------------------------------


@pytest.fixture
def two(update: Update) -> Letter:
    """A letter that is two mails."""
    draft = drafted(later_text())
    offices = drafts.targets_of(draft)
    offices[1].role, offices[1].salutation = "to", "Dear Ambassador"
    drafts.keep(draft, drafts.stamp(draft), {}, offices, by="Ada")
    return confirmed(gone_live(approved(draft)), choices=PLAIN)


def test_while_a_part_is_handed_over_the_rest_waits_and_then_goes_with_it(two: Letter) -> None:
    put(two, "sending")
    decided(Answer.ANEW, approved(drafted(later_text(3))))
    tasks.drain()
    assert states_of(two) == [("sending", ""), ("queued", "")]
    claiming.give_back("w", [])
    sent_words()
    assert [state for state, _ in states_of(two)] == ["cancelled", "cancelled", "sent"]
    assert fresh(two).update.number == 3


def test_once_a_part_has_left_the_rest_follows_as_it_is(two: Letter) -> None:
    message = put(two, "sending")
    decided(Answer.ANEW, approved(drafted(later_text(3))))
    Message.objects.filter(pk=message.pk).update(status="sent", owner="", lease=None)
    sent_words()
    assert states_of(two) == [("sent", ""), ("sent", "")]
    assert fresh(two).update.number == 2


def test_where_a_part_has_left_the_rest_is_withdrawn_if_that_was_decided(two: Letter) -> None:
    put(two, "sent")
    decided(Answer.CANCEL, approved(drafted(later_text(3))))
    assert states_of(two) == [("sent", ""), ("cancelled", "")]
    assert "what had not, was withdrawn" in repr(story.lines(fresh(two), queries.letters_of(two)))


# --- where a campaign lets out less ----------------------------------------------------------------------------------


def lower(most: Level = Level.PEN) -> None:
    lowering.store_settings(Campaign.objects.get(), {"most_identity": most}, by="Ada")


def names_lea(words: list[str]) -> list[bool]:
    return ["Tremblay" in text for text in words]


def test_what_comes_back_shows_no_more_even_before_the_workers_look(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    lower()
    claiming.give_back("w", [])
    tasks.drain()
    assert states_of(letter) == [("queued", "")]
    assert names_lea(sent_words()) == [False]


def test_what_is_put_back_from_a_doubt_shows_no_more(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    message = put(letter, "in_doubt")
    lower()
    message.refresh_from_db()
    assert evidence._again(message, "The provider") == 1
    tasks.drain()
    assert states_of(letter) == [("queued", "")]
    assert names_lea(sent_words()) == [False]


def test_what_came_back_for_good_is_not_sent_again_showing_too_much(client: Client, update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    message = put(letter, "sent")
    message.recipients.filter(address=PRESIDENT).update(status="bounced")
    addresses.mark({PRESIDENT: ["550 No such user"]})
    client.force_login(at_the_desk("amara"))
    lower()
    assert client.post(ONE, {**GIVEN, "correct-again": "on"}).status_code == 302
    assert states_of(letter) == [("sent", "")]
    lower(Level.PLACE)
    client.post(ONE, {**GIVEN, "correct-again": "on"})
    assert states_of(letter) == [("sent", ""), ("queued", "")]


def test_what_is_let_out_again_leaves(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, "sending")
    for most in (Level.PEN, Level.PLACE):
        lower(most)
    assert not Recall.objects.exists()
    claiming.give_back("w", [])
    assert names_lea(sent_words()) == [True]


def test_letters_of_another_mode_show_no_more_when_it_comes(update: Update, settings: Settings) -> None:
    letter = confirmed(update, choices=PLAIN)
    settings.MAIL_MODE, settings.MAIL_TEST_ADDRESS = "test", "t@example.org"
    confirmed(update, "second@example.org", PLAIN)
    lower()
    settings.MAIL_MODE = "sandbox"
    tasks.drain()
    assert states_of(letter) == [("queued", "")]
    assert names_lea(sent_words()) == [False]


def test_a_letter_is_fit_by_its_own_campaign(update: Update) -> None:
    letter, pen = confirmed(update, choices=PLAIN), confirmed(update, "pen@example.org", PLAIN)
    Letter.objects.filter(pk=pen.pk).update(level=Level.PEN, shown_name="Dodo")
    lower()
    assert lowering.fit([letter.code, pen.code, "unknown"]) == {pen.code, "unknown"}


# --- what is said ----------------------------------------------------------------------------------------------------


def went_back(answer: Answer) -> None:
    back = Update.objects.get(number=1)
    publishing.ask_to_go_back(back, approvals.digest_of(back), by="Ada", reason="A wrong count.")
    approvals.approve(back, approvals.digest_of(back), by="Ben")
    publishing.publish(back, approvals.digest_of(back), by="Ada", letters=answer)
    changeovers.work(60)


@pytest.mark.parametrize(
    ("answer", "was_confirmed", "words"),
    [
        (Answer.ANEW, True, "It was written anew with its facts"),
        (Answer.ANEW, False, "It stands here with its facts."),
        (Answer.CANCEL, False, "The campaign went back to Update 1"),
    ],
)
def test_who_wrote_under_the_later_update_reads_that_the_campaign_went_back(
    update: Update, answer: Answer, was_confirmed: bool, words: str
) -> None:
    new = gone_live(second())
    letter = (confirmed if was_confirmed else written)(new, choices=PLAIN)
    went_back(answer)
    letter = fresh(letter)
    purpose, where = (Purpose.STATUS, "") if was_confirmed else (Purpose.CONFIRM, "confirm/")
    page = Client().get(f"/letters/{tokens.make(letter, purpose)}/{where}").content.decode()
    assert words in page
    assert "The campaign went back to Update 1" in page
    assert "newer facts" not in page
    assert "was published" not in page


@pytest.mark.parametrize(("answer", "kind"), [(Answer.ANEW, "notice"), (Answer.ASK, "confirmation")])
def test_the_mail_says_that_the_campaign_went_back(update: Update, answer: Answer, kind: str) -> None:
    letter = confirmed(gone_live(second()), choices=PLAIN)
    went_back(answer)
    text = messages_of(letter, kind)[-1].content.text
    assert "when we went back to an earlier account of the case" in text
    assert "newer facts" not in text


def test_who_has_not_confirmed_keeps_the_link_they_have(update: Update) -> None:
    letter = written(update, choices=PLAIN)
    decided(Answer.ASK)
    (link,) = messages_of(letter, "confirmation")
    after = fresh(letter)
    assert (after.update.number, after.version, NEW in messages_of(after)[-1].content.text) == (2, 2, True)
    assert f"/letters/{letter.code}." in link.content.text


def test_the_desk_says_one_thing_of_a_lowered_level(client: Client, update: Update) -> None:
    confirmed(update, choices=PLAIN)
    client.force_login(at_the_desk("amara"))
    page = client.get("/desk/campaigns/ua-61-21/")
    form: dict[str, Any] = {name: value for name, value in page.context["form"].initial.items() if value}
    form |= {"goal": "0", "random_delay_hours": "0", "not_to_be_said": ""}
    said = client.post("/desk/campaigns/ua-61-21/", {**form, "most_identity": "pen"}, follow=True).content.decode()
    assert "They hold for letters written from now on." not in said
    assert "The settings are stored." in said
    again = client.post("/desk/campaigns/ua-61-21/", {**form, "most_identity": "pen", "goal": "5"}, follow=True)
    assert "They hold for letters written from now on." in again.content.decode()
