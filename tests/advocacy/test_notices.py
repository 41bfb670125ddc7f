"""Tests of advocacy.notices: what a supporter's own mails say, and what they must never carry."""

import re

import pytest
from pytest_django import Settings

from advocacy import notices, tokens
from advocacy.models import Letter, Update
from advocacy.tokens import Purpose
from mailings.compose import Mail
from mailings.models import Message
from mailings.models.message import Kind, Rank
from tests.advocacy.making import CHOICES, LEA, PRESIDENT, confirmed, messages_of, written


@pytest.fixture
def letter(update: Update) -> Letter:
    return written(update)


def link_in(mail: Mail) -> str:
    (link,) = re.findall(r"http\S+", mail.text)
    return str(link)


def test_every_notice_goes_from_us_to_the_supporter_alone(letter: Letter) -> None:
    for mail in (notices.confirmation(letter), notices.copy(letter, []), notices.written_before(letter)):
        assert [(to.name, to.email) for to in mail.to] == [("", LEA["email"])]
        assert mail.cc == ()
        assert str(mail.sender) == "Example Rights <letters@letters.example.org>"
        assert mail.reply_to == "hello@letters.example.org"
        assert mail.text.count("Example Rights") >= 1
        assert "<img" not in mail.html
        assert mail.html


def test_a_confirmation_carries_a_link_and_not_one_word_that_was_typed(letter: Letter) -> None:
    mail = notices.confirmation(letter)
    assert (mail.kind, mail.subject) == ("confirmation", "Please confirm: Example Rights")
    assert "The link works for 7 days. Without your confirmation nothing is sent." in mail.text
    path = re.fullmatch(r"http://127\.0\.0\.1:8000/letters/([^/]+)/confirm/", link_in(mail))
    assert path
    assert tokens.read(path[1], Purpose.CONFIRM) == letter
    everything = mail.subject + mail.text + mail.html
    for typed in (
        CHOICES.name,
        CHOICES.city,
        CHOICES.own_words,
        CHOICES.subject,
        "Canada",
        "Tremblay",
        letter.reference,
    ):
        assert typed not in everything


def test_the_kind_truth_carries_a_private_link_and_no_words(letter: Letter) -> None:
    mail = notices.written_before(letter)
    assert mail.kind == "notice"
    assert "you have already written on this update" in mail.text
    path = re.fullmatch(r"http://127\.0\.0\.1:8000/letters/([^/]+)/", link_in(mail))
    assert path
    assert tokens.read(path[1], Purpose.STATUS) == letter
    assert CHOICES.name not in mail.text
    assert CHOICES.own_words not in mail.text


def test_a_copy_holds_the_letter_word_for_word(update: Update) -> None:
    letter = confirmed(update)
    (sent,), (copy,) = messages_of(letter), messages_of(letter, Kind.COPY)
    assert sent.content.text in copy.content.text
    assert f"To: President Xi Jinping <{PRESIDENT}>\nSubject: {CHOICES.subject}\n" in copy.content.text
    assert "/confirm/" not in copy.content.text


def test_notices_leave_before_letters(update: Update) -> None:
    letter = confirmed(update)
    ranks = dict(Message.objects.filter(reference=letter.code).values_list("kind", "rank"))
    assert ranks == {Kind.CONFIRMATION: Rank.OWN, Kind.COPY: Rank.OWN, Kind.LETTER: Rank.LETTER}


def test_links_are_made_from_our_own_address_alone(letter: Letter, settings: Settings) -> None:
    settings.SITE_URL = "https://appeal.example.org"
    assert link_in(notices.confirmation(letter)).startswith("https://appeal.example.org/letters/")


def test_an_organisations_name_with_signs_in_it_is_shown_as_it_is(letter: Letter, settings: Settings) -> None:
    settings.ORGANISATION = "Rights & Peace"
    mail = notices.confirmation(letter)
    assert mail.subject == "Please confirm: Rights & Peace"
    assert "Rights &amp; Peace" in mail.html
    assert "Rights & Peace" in mail.text
