"""Tests of mailings.addresses: a dead address loses no letter, and each goes once when a person has decided."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mailings import addresses, corrections, outbox, reports, states
from mailings.addresses import Corrected
from mailings.compose import Address
from mailings.models import DeadAddress, Message
from mailings.models.message import HeldFor, Status
from mailings.models.recipient import Delivery
from mailings.text import UnfitText
from tests.mailings.making import (
    AMBASSADOR,
    PRESIDENT,
    cancel_stream,
    claim,
    drained,
    mail,
    post,
    put,
    said_of,
    status_of,
)
from tests.mailings.telling import WORDS, hear, sent, told
from tests.mailings.test_applying import at_once
from tests.provider import Provider

pytestmark = pytest.mark.django_db

NEW = "office.of.the.president@new.example.org"
PERSON: dict[str, Any] = {"by": "lena", "note": "The office says so"}


def kill(address: str = PRESIDENT.email) -> None:
    """A letter to this address comes back for good."""
    hear(told(sent(), "bounced", address))


def held_for(message: Message) -> tuple[str, str]:
    """Its status, and what it is held for."""
    message.refresh_from_db()
    return message.status, message.held_for


def test_one_letter_that_comes_back_for_good_marks_the_address() -> None:
    waiting, other = post(), post(to=(Address("minister@office.example.org"),))
    held, paused = post(held=True), put(post(), Status.HELD, held_for=HeldFor.PAUSE)
    kill()
    mark = DeadAddress.objects.get()
    assert (mark.address, mark.mode, mark.times, mark.answer) == (PRESIDENT.email, "sandbox", 1, WORDS["bounced"])
    assert held_for(waiting) == ("held", "address")
    assert [status_of(one) for one in (other, held, paused)] == ["queued", "held", "held"]
    assert waiting.steps.get().note == "Letters to its address came back for good. It waits for a working one."
    assert addresses.dead([PRESIDENT.email.upper(), AMBASSADOR.email]) == {PRESIDENT.email}


def test_a_second_letter_is_counted_and_a_second_report_of_one_is_not() -> None:
    letter = sent()
    hear(told(letter, "bounced"), told(letter, "bounced"))
    hear(told(letter, "bounced"))
    kill()
    assert DeadAddress.objects.get().times == 2


def test_a_report_that_is_told_again_does_not_take_back_a_person_s_word() -> None:
    letter = sent()
    hear(told(letter, "bounced"))
    addresses.works(PRESIDENT.email, **PERSON)
    hear(told(letter, "bounced"))
    assert not DeadAddress.objects.exists()


def test_a_dead_copy_holds_no_letter() -> None:
    waiting = post()
    kill(AMBASSADOR.email)
    assert status_of(waiting) == "queued"
    assert addresses.dead([AMBASSADOR.email]) == {AMBASSADOR.email}


def test_a_mark_holds_in_its_own_mode(settings: Settings) -> None:
    kill()
    settings.MAIL_MODE = "live"
    assert addresses.dead([PRESIDENT.email]) == set()
    assert addresses.listed() == []
    assert addresses.account(PRESIDENT.email) is None


def test_a_supporter_s_mail_is_no_office_s() -> None:
    hear(told(sent("copy", to=(PRESIDENT,)), "bounced"))
    assert not DeadAddress.objects.exists()


def test_what_is_being_handed_over_is_not_held() -> None:
    message = post()
    assert len(claim(1, "a-worker")) == 1
    kill()
    assert status_of(message) == "sending"


def test_many_are_held_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "BATCH", 3)
    waiting = [post() for _ in range(8)]
    kill()
    assert {held_for(one) for one in waiting} == {("held", "address")}
    assert addresses.works(PRESIDENT.email, **PERSON) == 8


def test_a_list_tells_what_waits_most_first() -> None:
    for _ in range(2):
        post(to=(Address("Minister@office.example.org"),))
    post()
    kill()
    kill("nobody@office.example.org")
    DeadAddress.objects.filter(address="nobody@office.example.org").delete()
    hear(told(sent(to=(Address("Minister@office.example.org"),)), "bounced", "minister@office.example.org"))
    found = [(one.address, one.waiting, one.times, one.answer) for one in addresses.listed()]
    words = WORDS["bounced"]
    assert found == [("minister@office.example.org", 2, 1, words), (PRESIDENT.email, 1, 1, words)]


def test_an_account_of_one_address() -> None:
    post(), post()
    kill()
    put(post(), Status.QUEUED)
    post(held=True)
    put(post(), Status.CANCELLED)
    account = addresses.account(PRESIDENT.email.upper())
    assert account is not None
    assert (account.held, account.in_line, account.later, account.returned) == (2, 1, 1, 1)
    assert account.waiting == 3
    assert addresses.account("nobody@example.org") is None


# --- it works ---------------------------------------------------------------------------------------------------------


def test_a_person_s_word_lets_everything_go() -> None:
    waiting = [post() for _ in range(3)]
    kill()
    assert addresses.works(PRESIDENT.email.upper(), **PERSON) == 3
    assert not DeadAddress.objects.exists()
    assert {held_for(one) for one in waiting} == {("queued", "")}
    step = waiting[0].steps.last()
    assert step is not None
    assert (step.status, step.by, step.note) == ("queued", "lena", "The office says so")
    assert addresses.works(PRESIDENT.email, **PERSON) == 0


def test_what_waits_for_its_writer_or_a_pause_goes_on_waiting() -> None:
    held, paused = post(held=True), put(post(), Status.HELD, held_for=HeldFor.PAUSE)
    kill()
    assert addresses.works(PRESIDENT.email, **PERSON) == 0
    assert [held_for(one) for one in (held, paused)] == [("held", "confirmation"), ("held", "pause")]


class Killed(BaseException):
    """The web server is killed: nothing catches this."""


@pytest.mark.django_db(transaction=True)
def test_a_release_that_is_cut_short_is_shown_and_can_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "BATCH", 2)
    for _ in range(5):
        post()
    kill()
    move, calls = states.move, []

    def dies(*args: Any, **given: Any) -> list[int]:
        calls.append(args)
        if len(calls) == 2:
            raise Killed
        return move(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(states, "move", dies)
        with pytest.raises(Killed):
            addresses.works(PRESIDENT.email, **PERSON)
    (left,) = addresses.listed()
    assert (left.address, left.waiting, left.since) == (PRESIDENT.email, 3, None)
    assert addresses.works(PRESIDENT.email, **PERSON) == 3
    assert addresses.listed() == []


# --- another address --------------------------------------------------------------------------------------------------


def replaced(message: Message) -> Message:
    """The message that took its place."""
    return Message.objects.get(replaces=message)


def test_what_waits_leaves_for_the_corrected_address() -> None:
    waiting = post(reference="7K2M94QX", stream="ua-61-21/1")
    kill()
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON) == Corrected(waiting=1, again=0)
    old, new = reports.message(waiting.uid), reports.message(replaced(waiting).uid)
    assert old is not None
    assert new is not None
    assert (old.status, new.status) == ("cancelled", "queued")
    assert (new.subject, new.text, new.html, new.sender_name) == (old.subject, old.text, old.html, old.sender_name)
    assert (new.reference, new.stream, new.kind, new.mode) == ("7K2M94QX", "ua-61-21/1", "letter", "sandbox")
    assert [(one.role, one.address, one.name) for one in new.recipients] == [
        ("to", NEW, PRESIDENT.name),
        ("cc", AMBASSADOR.email, AMBASSADOR.name),
    ]
    assert new.message_id_header != old.message_id_header
    assert new.message_id_header == f"<{new.uid.hex}@letters.example.org>"
    assert new.digest != old.digest
    assert [one.uid for one in reports.letters_under("7K2M94QX")] == [new.uid]
    assert DeadAddress.objects.get().corrected_to == NEW


def test_both_stories_tell_of_it() -> None:
    waiting = post()
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    end, beginning = waiting.steps.last(), replaced(waiting).steps.get()
    assert end is not None
    assert (end.status, end.by) == ("cancelled", "lena")
    for words in (PRESIDENT.email, NEW, "The office says so"):
        assert words in end.note
    assert (beginning.status, beginning.by) == ("queued", "lena")
    assert PRESIDENT.email in beginning.note


def test_the_corrected_letter_can_be_claimed_and_is_whole(provider: Provider) -> None:
    post()
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    drained()
    (letter,) = provider.mails
    assert (letter.to, letter.cc, letter.text) == ([NEW], [AMBASSADOR.email], mail().text)
    assert status_of(Message.objects.get(uid=letter.metadata["m"])) == "sent"


def test_it_takes_the_road_of_the_new_address() -> None:
    waiting = post()
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    lane = replaced(waiting).lane
    assert lane is not None
    assert (lane.domain, lane.mode) == ("new.example.org", "sandbox")


def test_what_stands_in_line_goes_there_too_and_what_waits_otherwise_stays() -> None:
    kill()
    queued, held, paused = post(), post(held=True), put(post(), Status.HELD, held_for=HeldFor.PAUSE)
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON) == Corrected(1, 0)
    assert [status_of(one) for one in (queued, held, paused)] == ["cancelled", "held", "held"]


def test_a_dead_copy_is_corrected_in_what_stands_in_line() -> None:
    queued = post()
    kill(AMBASSADOR.email)
    assert addresses.correct(AMBASSADOR.email, NEW, **PERSON) == Corrected(1, 0)
    assert set(said_of(replaced(queued))) == {PRESIDENT.email, NEW}


def test_who_has_a_copy_already_is_not_written_to_twice() -> None:
    waiting = post()
    kill()
    addresses.correct(PRESIDENT.email, AMBASSADOR.email.upper(), **PERSON)
    (one,) = replaced(waiting).recipients.all()
    assert (one.role, one.address.lower()) == ("to", AMBASSADOR.email)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("", "with an @ and a dot"),
        ("no address", "with an @ and a dot"),
        ("a@example.org, b@example.org", "one address only"),
        ("x@example.org\r\nBcc: y@example.org", "one address only"),
        (PRESIDENT.email.upper(), "the address that does not work"),
        ("dead@office.example.org", "came back as well"),
    ],
)
def test_what_cannot_take_its_place_is_refused_and_nothing_moves(new: str, words: str) -> None:
    waiting = post()
    kill()
    addresses.mark({"dead@office.example.org": ["550"]})
    with pytest.raises(UnfitText, match=words):
        addresses.correct(PRESIDENT.email, new, **PERSON)
    assert held_for(waiting) == ("held", "address")
    assert DeadAddress.objects.get(address=PRESIDENT.email).corrected_to == ""


def test_pressed_twice_it_happens_once() -> None:
    for _ in range(3):
        post()
    kill()
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True) == Corrected(3, 1)
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True) == Corrected(0, 0)
    assert Message.objects.filter(replaces__isnull=False).count() == 4


@pytest.mark.django_db(transaction=True)
def test_pressed_by_several_at_once_it_happens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "BATCH", 4)
    for _ in range(10):
        post()
    kill()
    kill()
    moved: list[Corrected] = []
    at_once(4, lambda: moved.append(addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True)))
    assert (sum(one.waiting for one in moved), sum(one.again for one in moved)) == (10, 2)
    assert Message.objects.filter(replaces__isnull=False, status=Status.QUEUED).count() == 12
    assert Message.objects.filter(status=Status.CANCELLED).count() == 10


@pytest.mark.django_db(transaction=True)
def test_a_correction_that_is_cut_short_leaves_no_letter_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = post()
    kill()

    def dies(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(corrections, "_made", dies)
        with pytest.raises(Killed):
            addresses.correct(PRESIDENT.email, NEW, **PERSON)
    assert held_for(waiting) == ("held", "address")
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON).waiting == 1


def test_what_came_back_goes_again_only_when_asked_and_spares_who_had_it() -> None:
    letter = sent()
    hear(told(letter, "delivered", AMBASSADOR.email), told(letter, "bounced"))
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON) == Corrected(0, 0)
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True) == Corrected(0, 1)
    assert status_of(letter) == "sent"
    assert said_of(replaced(letter)) == {NEW: "unknown"}
    end = letter.steps.last()
    assert end is not None
    assert NEW in end.note
    assert [one.uid for one in reports.letters_under(letter.reference)] == [replaced(letter).uid]


def test_a_copy_that_came_back_as_well_goes_again() -> None:
    letter = sent()
    hear(told(letter, "bounced"), told(letter, "bounced", AMBASSADOR.email))
    addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True)
    assert set(said_of(replaced(letter))) == {NEW, AMBASSADOR.email}


def test_a_stopped_campaign_s_letters_do_not_go_again() -> None:
    letter = sent(stream="ua-61-21/1")
    hear(told(letter, "bounced"))
    cancel_stream("ua-61-21/", **PERSON)
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True) == Corrected(0, 0)


def test_what_was_erased_does_not_go_again() -> None:
    letter = sent()
    hear(told(letter, "bounced"))
    letter.content.redacted_at = timezone.now()
    letter.content.save()
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True) == Corrected(0, 0)


def test_what_is_written_to_the_old_address_afterwards_waits_again() -> None:
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    late = post()
    addresses.hold([PRESIDENT.email])
    assert held_for(late) == ("held", "address")
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON) == Corrected(1, 0)
    assert said_of(replaced(late)).keys() == {NEW, AMBASSADOR.email}


def test_the_corrected_address_may_turn_out_to_be_dead_too() -> None:
    waiting = post()
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    second = replaced(waiting)
    addresses.mark({NEW: ["550 5.1.1"]})
    addresses.hold([NEW])
    assert held_for(second) == ("held", "address")
    assert addresses.correct(NEW, "third@new.example.org", **PERSON).waiting == 1
    assert said_of(replaced(second)).keys() == {"third@new.example.org", AMBASSADOR.email}


def test_lists_can_be_narrowed_to_what_waits_for_an_address(client: Client) -> None:
    waiting = post()
    paused = put(post(to=(Address("minister@office.example.org"),)), Status.HELD, held_for=HeldFor.PAUSE)
    kill()
    found = reports.page(reports.search(status="address"))
    assert [(one.uid, one.shown) for one in found] == [(waiting.uid, "address")]
    assert [(one.uid, one.shown) for one in reports.page(reports.search(status="pause"))] == [(paused.uid, "pause")]
    assert reports.search(status="held").count() == 2


def test_a_letter_that_went_after_all_is_no_longer_withdrawn() -> None:
    doubtful = put(post(), Status.IN_DOUBT, claimed_at=timezone.now())
    outbox.retry([doubtful.uid], **PERSON)
    kill()
    addresses.correct(PRESIDENT.email, NEW, **PERSON)
    assert status_of(doubtful) == "cancelled"
    hear(told(doubtful, "bounced"))
    assert (status_of(doubtful), said_of(doubtful)[PRESIDENT.email]) == ("sent", Delivery.BOUNCED)
    assert addresses.correct(PRESIDENT.email, NEW, **PERSON, also_returned=True).again == 1  # the other one alone
