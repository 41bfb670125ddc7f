"""Tests of advocacy.tokens: what a link and a form's token are good for, and what they are not."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from advocacy import tokens
from advocacy.models import Campaign, Letter, Update
from advocacy.tokens import FORM_AGE, FormToken, Purpose
from tests.advocacy.making import filled, later_text, published, written

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let time pass for signatures."""

    def pass_by(span: timedelta) -> None:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + span.total_seconds())

    return pass_by


@pytest.fixture
def letter(update: Update) -> Letter:
    return written(update)


def test_a_link_leads_to_its_letter_and_says_nothing_of_its_writer(letter: Letter) -> None:
    token = tokens.make(letter, Purpose.CONFIRM)
    assert tokens.read(token, Purpose.CONFIRM) == letter
    assert token.startswith(letter.code)
    assert letter.name not in token
    assert letter.supporter.email not in token
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_link_is_bound_to_its_purpose(letter: Letter) -> None:
    status, confirm = tokens.make(letter, Purpose.STATUS), tokens.make(letter, Purpose.CONFIRM)
    assert tokens.read(status, Purpose.CONFIRM) is None
    assert tokens.read(confirm, Purpose.STATUS) is None
    # Whoever may confirm may also look.
    assert tokens.read(confirm, Purpose.STATUS, Purpose.CONFIRM) == letter


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_expires(letter: Letter, later: Later, purpose: Purpose) -> None:
    token = tokens.make(letter, purpose)
    later(timedelta(days=purpose.days) - timedelta(minutes=1))
    assert tokens.read(token, purpose) == letter
    later(timedelta(minutes=2))
    assert tokens.read(token, purpose) is None


def test_a_changed_or_cut_link_is_no_link(letter: Letter, update: Update) -> None:
    other = written(update, "somebody.else@example.org")
    token = tokens.make(letter, Purpose.CONFIRM)
    foreign = signing.TimestampSigner(key="another key", sep=".", salt="letter-confirm").sign(letter.code)
    spoilt = [token[:-1], token[1:], token.lower(), token.replace(letter.code, other.code), token + "A", f" {token}"]
    for bad in [*spoilt, foreign, letter.code, "", ".", "..", "a.b.c", "\x00", "é.é.é", "x" * 5000]:
        assert tokens.read(bad, Purpose.CONFIRM, Purpose.STATUS) is None, bad


def test_a_link_to_a_letter_that_is_gone_leads_nowhere(letter: Letter) -> None:
    token = tokens.make(letter, Purpose.STATUS)
    letter.delete()
    assert tokens.read(token, Purpose.STATUS) is None


def test_links_outlive_a_change_of_the_key(letter: Letter, settings: Settings) -> None:
    token = tokens.make(letter, Purpose.STATUS)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a-new-key-" * 5
    assert tokens.read(token, Purpose.STATUS) == letter
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read(token, Purpose.STATUS) is None


def test_a_forms_token_is_good_for_its_update_and_a_day(update: Update, later: Later) -> None:
    token = tokens.make_form_token(update)
    assert tokens.read_form_token(token, update) is FormToken.GOOD
    later(FORM_AGE - timedelta(minutes=1))
    assert tokens.read_form_token(token, update) is FormToken.GOOD
    later(timedelta(minutes=2))
    assert tokens.read_form_token(token, update) is FormToken.STALE


def test_a_forms_token_is_stale_once_there_is_a_newer_update(update: Update) -> None:
    token = tokens.make_form_token(update)
    assert tokens.read_form_token(token, published(later_text())) is FormToken.STALE


def test_a_forms_token_of_another_campaign_is_foreign(update: Update) -> None:
    elsewhere = Update(campaign=Campaign(slug="ua-61-2", reference="UA 61/2"), number=1)
    assert tokens.read_form_token(tokens.make_form_token(elsewhere), update) is FormToken.FOREIGN


def test_a_letters_link_is_no_forms_token(letter: Letter, update: Update) -> None:
    for purpose in Purpose:
        assert tokens.read_form_token(tokens.make(letter, purpose), update) is FormToken.FOREIGN
    token = tokens.make_form_token(update)
    assert tokens.read(token, Purpose.CONFIRM, Purpose.STATUS) is None


@given(st.text(max_size=80))
def test_nothing_invented_is_a_forms_token(text: str) -> None:
    shown = Update(campaign=Campaign(slug="ua-61-21", reference="UA 61/21"), number=1)
    assert tokens.read_form_token(text, shown) is FormToken.FOREIGN


def test_a_form_from_before_more_of_a_writer_may_leave_is_shown_once_more(client: Client, update: Update) -> None:
    Campaign.objects.update(most_identity="org")
    update = Update.objects.select_related("campaign").get(pk=update.pk)
    form = filled(update)
    Campaign.objects.update(most_identity="place", confirmation=False)
    answer = client.post(update.campaign.get_absolute_url(), form)
    assert "its text has changed since" in answer.content.decode()
    assert not Letter.objects.exists()
