"""Tests of how many letters a page tells: one for each writer, whatever became of its mails on the way."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from advocacy import campaigns, changeovers, drafts, letter_counts, letters, queries
from advocacy.models import Campaign, Update
from advocacy.models.campaign import Why
from advocacy.models.changeover import Answer
from mailings.models import Message, Recipient
from tests.advocacy.making import (
    CHOICES,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    messages_of,
    written,
)

PAGE, STREAM = "/desk/campaigns/ua-61-21/", "ua-61-21/"
PLAIN = replace(CHOICES, subject="")


@pytest.fixture
def rewritten(update: Update) -> list[Any]:
    """The letters of two people, each written anew twice."""
    found = [confirmed(update, f"supporter{number}@example.org", PLAIN) for number in range(2)]
    for number in (2, 3):
        gone_live(approved(drafted(later_text(number))), Answer.ANEW)
        changeovers.work(60)
    assert [len(messages_of(letter)) for letter in found] == [3, 3]
    return found


def page(client: Client) -> str:
    client.force_login(at_the_desk("amara"))
    return str(client.get(PAGE).content.decode())


def test_the_desk_counts_people_before_and_after_a_stop(client: Client, rewritten: list[Any]) -> None:
    assert "<strong>2 letters</strong> have not begun to leave." in page(client)
    campaigns.stop(Campaign.objects.get(), by="Ada", reason="They were freed.", why=Why.FREED)
    shown = str(client.get(PAGE).content.decode())
    assert "2 are withdrawn in all." in shown
    assert "withdrawn</dt><dd><a" in shown
    assert shown.partition("withdrawn</dt><dd>")[2].partition("</a>")[0].endswith(">2")


def test_a_letter_that_goes_on_was_not_withdrawn(rewritten: list[Any]) -> None:
    assert letter_counts.withdrawn(STREAM) == 0
    assert letter_counts.waiting(Campaign.objects.get()) == 2
    Message.objects.filter(pk=messages_of(rewritten[0])[-1].pk).update(status="sent", sent_at=timezone.now())
    assert (letter_counts.withdrawn(STREAM), letter_counts.waiting(Campaign.objects.get())) == (0, 1)


def test_the_closing_thanks_count_letters_and_not_mails(update: Update) -> None:
    """Where a letter goes to two offices, it is one all the same."""
    draft = drafted(later_text(2))
    first, second = drafts.targets_of(draft)
    both = [first, replace(second, role="to", salutation="Dear Ambassador Peiwu Cong:")]
    drafts.keep(draft, drafts.stamp(draft), {}, both, by="Ada")
    live = gone_live(approved(Update.objects.get(pk=draft.pk)))
    letter = confirmed(live)
    assert len(messages_of(letter)) == 2
    Message.objects.filter(reference=letter.code, kind="letter").update(status="sent", sent_at=timezone.now())
    Recipient.objects.filter(message__reference=letter.code).update(status="delivered")
    told = queries.progress(Campaign.objects.get())
    assert (told.confirmed, told.accepted) == (1, 1)


def test_what_left_after_the_button_is_counted_by_letter(update: Update) -> None:
    letter, other = confirmed(update, choices=PLAIN), confirmed(update, "b@example.org", PLAIN)
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.", why=Why.FREED)
    Message.objects.filter(reference=letter.code, kind="letter").update(status="sent", sent_at=timezone.now())
    found = letter_counts.after_stop(Campaign.objects.get())
    assert found is not None
    assert (found.left, found.withdrawn, found.flying, found.in_doubt) == (1, 1, 0, 0)
    assert messages_of(other)[0].status == "cancelled"


def test_one_that_its_writer_took_back_is_withdrawn_once(update: Update) -> None:
    letter = written(update, choices=PLAIN)
    written(update, choices=replace(PLAIN, own_words="Other words."))
    assert letters.withdraw(letter)
    assert (letter_counts.withdrawn(STREAM), len(messages_of(letter))) == (1, 2)
