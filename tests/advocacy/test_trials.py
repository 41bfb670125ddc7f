"""Tests of the test mail: one, marked, to whoever asked for it and to nobody else."""

import pytest
from django.test import Client
from django.utils import timezone

from advocacy import drafts, letter_checks, trials
from advocacy.models import Update
from mailings.models import Message
from tests.advocacy.making import AMBASSADOR, PRESIDENT, at_the_desk

ADDRESS = "amara@example.org"


@pytest.fixture
def draft(update: Update) -> Update:
    return drafts.begin_from_live(update.campaign)


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    amara = at_the_desk("amara")
    amara.email = ADDRESS
    amara.save()
    client.force_login(amara)
    return client


def press(staff: Client, draft: Update, **more: str) -> list[str]:
    answer = staff.post(f"/desk/updates/{draft.pk}/trial/", more, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_one_mail_says_what_every_office_would_get(draft: Update) -> None:
    mail = trials.mail(draft, letter_checks.SAMPLE, ADDRESS)
    assert [address.email for address in mail.to] == [ADDRESS]
    assert not mail.cc
    assert mail.subject == "Test: UA 61/21, Update 2"
    assert mail.text.startswith("This is a test, for you alone. No office gets it.")
    assert f"<{PRESIDENT}>" in mail.text
    assert f"<{AMBASSADOR}>" in mail.text
    assert "Dear President Xi Jinping:" in mail.text
    assert letter_checks.SAMPLE.own_words in mail.text


def test_it_goes_to_the_account_of_whoever_asks_and_only_there(staff: Client, draft: Update) -> None:
    assert "A test is on its way" in press(staff, draft, to="boss@office.example.org")[0]
    (message,) = Message.objects.all()
    assert [recipient.address for recipient in message.recipients.all()] == [ADDRESS]
    assert (message.kind, message.status) == ("notice", "queued")


def test_twice_in_a_minute_is_once(staff: Client, draft: Update, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert "A test is on its way" in press(staff, draft)[0]
    assert press(staff, draft) == ["One is on its way already."]
    assert Message.objects.count() == 1
    assert trials.send(draft, letter_checks.SAMPLE, to=ADDRESS, by="somebody else")


def test_it_is_written_as_the_chosen_supporter_would(staff: Client, draft: Update) -> None:
    press(staff, draft, sample="chinese")
    assert "歐陽志明" in Message.objects.get().content.text


def test_without_an_address_or_an_office_nothing_is_sent_and_it_says_why(
    db: None, client: Client, draft: Update
) -> None:
    client.force_login(at_the_desk("ben"))
    assert "no email address" in press(client, draft)[0]
    draft.targets.all().delete()
    amara = at_the_desk("amara")
    amara.email = ADDRESS
    amara.save()
    client.force_login(amara)
    assert "names nobody to write to" in press(client, draft)[0]
    assert not Message.objects.exists()
