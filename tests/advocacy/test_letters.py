"""Tests of advocacy.letters: one letter however often it is written, nothing without a confirmation, and kind mails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from advocacy import letters, story
from advocacy.letters import LINK_DAY, LINK_PAUSE, MOST_LINKS, Confirmed
from advocacy.models import Campaign, Letter, Supporter, Update
from advocacy.wording import Choices
from mailings import outbox, reports
from mailings.models import Message
from mailings.models.message import Kind
from mailings.text import UnfitText
from tests.advocacy.making import (
    CHOICES,
    LEA,
    PRESIDENT,
    confirmed,
    later_text,
    letter_of,
    messages_of,
    published,
    states_of,
    written,
)
from tests.mailings.telling import hear, told

HELD = ("held", "confirmation")
IN_LINE = ("queued", "")
WITHDRAWN = ("cancelled", "")
OTHER = replace(CHOICES, own_words="Second thoughts.")


@pytest.fixture
def pass_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass."""

    def later(span: timedelta) -> None:
        now = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: now() + span)

    return later


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def links_to(letter: Letter) -> int:
    return len(messages_of(letter, Kind.CONFIRMATION))


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_letter_is_held_and_a_link_goes_out(update: Update) -> None:
    letter = written(update)
    assert states_of(letter) == [HELD]
    assert sorted(kinds()) == [Kind.CONFIRMATION, Kind.LETTER]
    assert (letter.name, letter.city, letter.country, letter.own_words) == (
        "Léa Tremblay",
        "Montréal",
        "CA",
        LEA["own_words"],
    )
    assert (letter.mode, letter.version, letter.confirmed) == ("sandbox", 1, False)
    (message,) = messages_of(letter)
    assert (message.stream, message.mode) == ("ua-61-21/1", "sandbox")


def test_nothing_is_believed_of_a_supporter_before_the_confirmation(update: Update) -> None:
    letter = written(update)
    supporter = Supporter.objects.get()
    assert (supporter.name, supporter.city, supporter.country, supporter.confirmed_at) == ("", "", "", None)
    letters.confirm(letter, 1)
    supporter.refresh_from_db()
    assert (supporter.name, supporter.city, supporter.country) == ("Léa Tremblay", "Montréal", "CA")
    assert supporter.confirmed_at


def test_writing_the_same_again_changes_nothing(update: Update) -> None:
    first = written(update)
    for _ in range(5):
        again = written(update)
    assert (again.pk, again.version, again.code) == (first.pk, 1, first.code)
    assert sorted(kinds()) == [Kind.CONFIRMATION, Kind.LETTER]


def test_two_spellings_of_a_mailbox_are_one_supporter(update: Update) -> None:
    written(update)
    letters.write(update, LEA["email"].upper(), CHOICES)
    assert (Supporter.objects.count(), Letter.objects.count()) == (1, 1)


def test_writing_afresh_replaces_the_held_words(update: Update) -> None:
    first = written(update)
    again = written(update, choices=OTHER)
    assert (again.pk, again.code, again.version, again.own_words) == (first.pk, first.code, 2, "Second thoughts.")
    assert states_of(again) == [WITHDRAWN, HELD]
    assert "Second thoughts." in messages_of(again)[1].content.text
    assert letters.confirm(again, 2) is Confirmed.NOW
    assert states_of(again) == [WITHDRAWN, IN_LINE]


def test_going_back_to_earlier_words_is_writing_afresh_too(update: Update) -> None:
    for choices in (CHOICES, OTHER, CHOICES):
        letter = written(update, choices=choices)
    assert letter.version == 3
    assert states_of(letter) == [WITHDRAWN, WITHDRAWN, HELD]


def test_unfit_words_store_nothing(update: Update) -> None:
    for spoilt in (replace(CHOICES, subject="a\r\nBcc: b@example.org"), replace(CHOICES, name="Léa\nBcc: x")):
        with pytest.raises(UnfitText):
            letters.write(update, LEA["email"], spoilt)
    assert not Supporter.objects.exists()
    assert not Message.objects.exists()


def test_a_letter_on_a_new_update_is_another_letter(update: Update) -> None:
    first = confirmed(update)
    second = written(published(later_text()))
    assert first.pk != second.pk
    assert states_of(second) == [HELD]
    assert Supporter.objects.count() == 1


def test_a_letter_keeps_the_words_of_its_update(update: Update) -> None:
    letter = written(update)
    published(later_text())
    assert letters.confirm(letter_of(LEA["email"]), 1) is Confirmed.NOW
    assert states_of(letter) == [IN_LINE]
    assert "Forty-eight more of them" in messages_of(letter)[0].content.text


def test_letters_of_different_modes_are_different(update: Update, settings: Settings) -> None:
    first = written(update)
    settings.MAIL_MODE = "test"
    letters.write(update, LEA["email"], CHOICES)
    assert Letter.objects.count() == 2
    assert letters.confirm(first, 1) is Confirmed.OTHER_MODE
    assert states_of(first) == [HELD]


# --- links in the mail ------------------------------------------------------------------------------------------------


def test_a_second_link_waits_until_the_first_has_surely_come(
    update: Update, pass_by: Callable[[timedelta], None]
) -> None:
    written(update)
    pass_by(LINK_PAUSE - timedelta(seconds=5))
    assert links_to(written(update)) == 1
    pass_by(timedelta(seconds=6))
    assert links_to(written(update)) == 2


def test_a_mailbox_is_not_flooded(update: Update, pass_by: Callable[[timedelta], None]) -> None:
    for number in range(12):
        pass_by(LINK_PAUSE + timedelta(seconds=1))
        letter = written(update, choices=replace(CHOICES, own_words=f"Attempt {number}."))
    assert links_to(letter) == MOST_LINKS
    pass_by(LINK_DAY)
    assert links_to(written(update)) == MOST_LINKS + 1


def test_the_kind_truth_goes_once_a_day(update: Update, pass_by: Callable[[timedelta], None]) -> None:
    confirmed(update)
    for _ in range(3):
        letter = written(update, choices=OTHER)
    assert len(messages_of(letter, Kind.NOTICE)) == 1
    pass_by(timedelta(days=1))
    assert len(messages_of(written(update), Kind.NOTICE)) == 2


def test_writing_after_the_confirmation_changes_no_word(update: Update) -> None:
    letter = confirmed(update)
    again = written(update, choices=OTHER)
    assert (again.version, again.own_words, again.confirmed_at) == (1, CHOICES.own_words, letter.confirmed_at)
    assert states_of(again) == [IN_LINE]
    assert links_to(again) == 1


# --- confirming -------------------------------------------------------------------------------------------------------


def test_one_press_lets_it_go_and_a_second_does_nothing(update: Update) -> None:
    letter = written(update)
    assert letters.confirm(letter, 1) is Confirmed.NOW
    at = letter_of(LEA["email"]).confirmed_at
    assert letters.confirm(letter, 1) is Confirmed.BEFORE
    assert letter_of(LEA["email"]).confirmed_at == at
    assert states_of(letter) == [IN_LINE]
    assert len(messages_of(letter, Kind.COPY)) == 1


@pytest.mark.parametrize("version", [0, 1, 3, 99])
def test_another_version_than_the_one_shown_is_not_sent(update: Update, version: int) -> None:
    written(update)
    letter = written(update, choices=OTHER)
    assert letters.confirm(letter, version) is Confirmed.CHANGED
    assert states_of(letter) == [WITHDRAWN, HELD]


def test_a_withdrawn_letter_is_not_sent_by_its_old_button(update: Update) -> None:
    letter = written(update)
    assert letters.withdraw(letter)
    assert letters.confirm(letter, 1) is Confirmed.WITHDRAWN
    assert not letters.withdraw(letter)
    assert states_of(letter) == [WITHDRAWN]


def test_a_withdrawn_letter_may_be_written_afresh(update: Update) -> None:
    letters.withdraw(written(update))
    letter = written(update)
    assert (letter.version, letter.withdrawn_at) == (2, None)
    assert states_of(letter) == [WITHDRAWN, HELD]
    assert letters.confirm(letter, 2) is Confirmed.NOW


def test_what_staff_have_withdrawn_is_not_sent_by_its_writers_button(update: Update) -> None:
    letter = written(update)
    (message,) = messages_of(letter)
    assert outbox.cancel([message.uid], by="Ada", note="A mistake.") == 1
    assert letters.confirm(letter, 1) is Confirmed.WITHDRAWN
    assert states_of(letter) == [WITHDRAWN]
    assert not letter_of(LEA["email"]).confirmed
    assert messages_of(letter, Kind.COPY) == []
    # Its writer may write afresh.
    again = written(update)
    assert letters.confirm(again, 2) is Confirmed.NOW


def test_a_confirmed_letter_cannot_be_withdrawn(update: Update) -> None:
    letter = confirmed(update)
    assert not letters.withdraw(letter)
    assert states_of(letter) == [IN_LINE]


# --- a campaign that sends at once ------------------------------------------------------------------------------------


@pytest.fixture
def at_once(update: Update) -> Update:
    Campaign.objects.update(confirmation=False)
    return Update.objects.select_related("campaign").get()


def test_a_campaign_may_send_at_once(at_once: Update) -> None:
    letter = written(at_once)
    assert letter.confirmed
    assert states_of(letter) == [IN_LINE]
    assert links_to(letter) == 0


def test_where_nobody_confirmed_the_mail_holds_a_link_and_no_words(at_once: Update) -> None:
    letter = written(at_once)
    (copy,) = messages_of(letter, Kind.COPY)
    assert f"/letters/{letter.code}." in copy.content.text
    for typed in (CHOICES.name, CHOICES.own_words, CHOICES.subject):
        assert typed not in copy.content.text + copy.content.subject
    assert Supporter.objects.get().name == ""


def test_sending_at_once_is_one_letter_too(at_once: Update) -> None:
    written(at_once)
    letter = written(at_once, choices=OTHER)
    assert states_of(letter) == [IN_LINE]
    assert len(messages_of(letter, Kind.NOTICE)) == 1


# --- all at the same time ---------------------------------------------------------------------------------------------


def at_the_same_time(act: Callable[[int], object]) -> list[object]:
    def alone(number: int) -> object:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(alone, range(8)))


def test_eight_forms_at_once_make_one_letter(committed: None, update: Update) -> None:
    at_the_same_time(lambda number: letters.write(update, LEA["email"], CHOICES))
    letter = letter_of(LEA["email"])
    assert states_of(letter) == [HELD]
    assert links_to(letter) == 1


def test_eight_different_forms_at_once_leave_one_letter_to_confirm(committed: None, update: Update) -> None:
    at_the_same_time(lambda number: letters.write(update, LEA["email"], replace(CHOICES, own_words=f"Words {number}.")))
    letter = letter_of(LEA["email"])
    assert letter.version == 8
    assert sorted(states_of(letter)) == [WITHDRAWN] * 7 + [HELD]
    (held,) = (message for message in messages_of(letter) if message.status == "held")
    assert letter.own_words in held.content.text


def test_of_eight_presses_at_once_one_lets_it_go(committed: None, update: Update) -> None:
    letter = written(update)
    came = at_the_same_time(lambda number: letters.confirm(letter, 1))
    assert sorted(str(outcome) for outcome in came) == ["Confirmed.BEFORE"] * 7 + ["Confirmed.NOW"]
    assert states_of(letter) == [IN_LINE]
    assert len(messages_of(letter, Kind.COPY)) == 1


def test_the_place_in_a_signature_is_town_and_country() -> None:
    assert Choices("A", "Halifax", "CA").place == "Halifax, Canada"
    assert Choices("A", "", "CA").place == "Canada"
    assert Choices("A", "", "").place == ""


def test_a_report_that_may_mean_any_of_several_addresses_names_none_to_the_writer(update: Update) -> None:
    letter = confirmed(update)
    message = Message.objects.get(reference=letter.code, kind=Kind.LETTER)
    Message.objects.filter(pk=message.pk).update(status="sent")
    hear(told(message, "bounced", PRESIDENT), provider="Resend")
    words = [line.words for line in story.lines(letter, reports.letters_under(letter.code))]
    assert "One of its addresses: their mail server sent it back" in words
