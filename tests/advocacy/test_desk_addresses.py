"""Tests of the desk's pages of dead addresses: what they show, what each button does, and what they refuse."""

from typing import Any

import pytest
from django.test import Client

from advocacy import bulk, campaigns, story
from advocacy.models import Update
from mailings import addresses, heartbeat, reports
from mailings.models import DeadAddress, Message, Recipient, Step
from mailings.models.message import Kind, Status
from mailings.models.recipient import Delivery
from tests.advocacy import pages
from tests.advocacy.making import PRESIDENT, at_the_desk, confirmed, messages_of
from tests.mailings.making import put
from tests.mailings.telling import hear, told

HOME, LIST, ONE = "/desk/", "/desk/addresses/", f"/desk/addresses/{PRESIDENT}/"
SAID = "550 5.1.1 <script>alert(1)</script> unknown"
NEW = "letters@office.example.org"
GIVEN = {"correct-address": NEW, "correct-compared": "on", "correct-reason": "Their page says so", "do": "correct"}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    heartbeat.beat("worker")
    return client


@pytest.fixture
def dead(update: Update) -> list[Message]:
    """Four letters to the President: one came back for good, three wait."""
    bulk.make_letters(update, 4, lambda done: None)
    letters = list(Message.objects.filter(kind=Kind.LETTER).order_by("pk"))
    hear(told(put(letters[0], Status.SENT), "bounced", PRESIDENT, mta_response=SAID))
    return letters


def read(answer: Any) -> pages.Page:
    """The page, which has no fault."""
    found = pages.read(answer.content.decode(), "testserver")
    assert found.faults == []
    return found


def states(letters: list[Message]) -> list[str]:
    return [Message.objects.values_list("status", flat=True).get(pk=letter.pk) for letter in letters]


def test_the_desk_asks_for_a_decision(staff: Client, dead: list[Message]) -> None:
    (thing,) = staff.get(HOME).context["things"]
    assert thing.what == "1 letter to one address came back for good; 3 letters wait for an address"
    assert (thing.address, thing.url, SAID in thing.more) == (PRESIDENT, ONE, True)
    assert staff.get(thing.url).status_code == 200


def test_a_page_shows_what_hangs_on_it(staff: Client, dead: list[Message]) -> None:
    shown = read(staff.get(ONE))
    for words in (PRESIDENT, SAID, "1 letter came back for good", "still sends new letters to it", "3 letters stand"):
        assert words in shown.text, words
    listed = read(staff.get(LIST))
    assert PRESIDENT in listed.text
    assert SAID in listed.text
    found = staff.get("/desk/letters/", {"status": "address", "address": PRESIDENT})
    assert len(found.context["reports"]) == 3
    assert found.content.decode().count("Waits for a working address") >= 4


def test_one_button_sends_what_waits_to_another_address(staff: Client, dead: list[Message]) -> None:
    answer = staff.post(ONE, GIVEN, follow=True)
    assert f"3 letters stand in line for {NEW}." in read(answer).text
    assert states(dead) == ["sent", "cancelled", "cancelled", "cancelled"]
    assert Recipient.objects.filter(address=NEW, message__status=Status.QUEUED).count() == 3
    assert set(Step.objects.filter(status=Status.CANCELLED).values_list("by", flat=True)) == {"amara"}
    assert NEW in answer.content.decode()
    # It is decided: the desk asks no more, until letters wait for it again.
    assert staff.get(HOME).context["things"] == []
    assert "No letter stands in line" in read(staff.post(ONE, GIVEN, follow=True)).text


def test_what_came_back_goes_too_where_it_is_ticked(staff: Client, dead: list[Message]) -> None:
    answer = staff.post(ONE, {**GIVEN, "correct-again": "on"}, follow=True)
    assert "1 letter stands in line a second time." in read(answer).text
    assert Recipient.objects.filter(address=NEW).count() == 4


def test_the_other_button_lets_everything_go(staff: Client, dead: list[Message]) -> None:
    answer = staff.post(ONE, {"do": "works", "works-reason": "They called"}, follow=True)
    assert f"{PRESIDENT} takes letters again. 3 letters stand in line." in read(answer).text
    assert states(dead) == ["sent", "queued", "queued", "queued"]
    assert "No address has failed for good" in read(answer).text
    # Somebody else, on a page that was open before.
    late = staff.post(ONE, {"do": "works", "works-reason": "They called"}, follow=True)
    assert "somebody has decided on this address meanwhile" in read(late).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"correct-address": ""}, "Write the address to use instead."),
        ({"correct-address": "no address"}, "Write the address with an @ and a dot"),
        ({"correct-address": "a@example.org, b@example.org"}, "Write one address only."),
        ({"correct-address": PRESIDENT.upper()}, "This is the address that does not work."),
        ({"correct-address": "other@office.example.org"}, "Letters to this address came back as well."),
        ({"correct-compared": ""}, "Compare the address"),
        ({"correct-reason": " "}, "Write in one line why"),
        ({"correct-reason": "two\nlines"}, "on a single line"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_is_lost(
    staff: Client, dead: list[Message], changed: dict[str, str], words: str
) -> None:
    addresses.mark({"other@office.example.org": ["550"]})
    given = {**GIVEN, **changed}
    answer = staff.post(ONE, given)
    shown = read(answer)
    assert answer.status_code == 422
    assert shown.title.startswith("Error: ")
    assert shown.text.count(words) == 2  # in the summary, and beside the field
    assert shown.value("correct-reason") == given["correct-reason"]
    assert shown.value("correct-address") == given["correct-address"]
    assert states(dead) == ["sent", "held", "held", "held"]


def test_a_reason_is_asked_for(staff: Client, dead: list[Message]) -> None:
    answer = staff.post(ONE, {"do": "works", "works-reason": ""})
    assert answer.status_code == 422
    assert "Write in one line why" in read(answer).text
    assert DeadAddress.objects.exists()


def test_a_form_without_a_button_changes_nothing(staff: Client, dead: list[Message]) -> None:
    assert staff.post(ONE, {**GIVEN, "do": ""}).status_code == 200
    assert states(dead) == ["sent", "held", "held", "held"]


@pytest.mark.parametrize("address", ["nobody@example.org", "a/b@example.org", "<script>", "x" * 300, "%00@example.org"])
def test_an_address_without_a_mark_is_not_found(staff: Client, dead: list[Message], address: str) -> None:
    assert staff.get(f"{LIST}{address}/").status_code == 404


def test_an_address_with_a_slash_has_a_page(staff: Client, update: Update) -> None:
    addresses.mark({"o/p+q@example.org": ["550"]})
    (thing,) = staff.get(HOME).context["things"]
    assert thing.what == "1 letter to one address came back for good"
    assert staff.get(thing.url).status_code == 200


def test_a_campaign_that_writes_no_more_is_not_named(staff: Client, update: Update, dead: list[Message]) -> None:
    campaigns.stop(update.campaign, by="amara", reason="She is free")
    assert "still sends new letters" not in read(staff.get(ONE)).text


# --- what its writer reads --------------------------------------------------------------------------------------------


def headline(update: Update, **columns: Any) -> str:
    """The heading of a letter's page while its message is so."""
    letter = confirmed(update)
    put(messages_of(letter)[0], **columns)
    return story.headline(letter, reports.letters_under(letter.code))


def test_its_writer_reads_that_it_waits(update: Update) -> None:
    words = "Your letter waits: the office’s address does not work, and we look for another"
    assert headline(update, status=Status.HELD, held_for="address") == words


def test_its_writer_reads_of_a_pause(update: Update) -> None:
    assert headline(update, status=Status.HELD, held_for="pause") == "Your letter waits for the end of a pause"


def test_its_writer_sees_the_corrected_letter_alone(update: Update) -> None:
    letter = confirmed(update)
    hear(told(put(messages_of(letter)[0], Status.SENT), "bounced", PRESIDENT))
    addresses.correct(PRESIDENT, NEW, by="amara", note="Their page says so", also_returned=True)
    (mail,) = reports.letters_under(letter.code)
    assert mail.addressed("to")[0].address == NEW
    assert story.headline(letter, [mail]) == "Your letter is in line to leave"


def test_its_writer_reads_of_a_bounce_for_now(update: Update) -> None:
    letter = confirmed(update)
    hear(told(put(messages_of(letter)[0], Status.SENT), "soft", PRESIDENT))
    mails = reports.letters_under(letter.code)
    assert mails[0].addressed("to")[0].status == Delivery.SOFT_BOUNCE
    assert story.headline(letter, mails) == "The mail server of President Xi Jinping did not take your letter this time"
    assert [line.tone for line in story.lines(letter, mails) if line.quote == "452 4.2.2 The mailbox is full"] == [
        "wait"
    ]
