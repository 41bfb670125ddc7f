"""Tests of the mails to staff about approvals: who gets one, who gets none, and what they do not say."""

import pytest
from django.contrib.auth.models import User

from advocacy import approvals, drafts, people, publishing
from advocacy.access import Role
from advocacy.models import Update
from mailings.models import Message
from tests.advocacy.making import at_the_desk, confirmed, gone_live


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2 by Amara."""
    person("amara", Role.CAMPAIGNER, update)
    return drafts.begin_from_live(update.campaign, by="amara")


def person(name: str, role: Role, update: Update | None, email: str = "?") -> User:
    user = at_the_desk(name, role, campaigns=[update.campaign] if update else [])
    user.email = f"{name}@example.org" if email == "?" else email
    user.save()
    return user


def mailed() -> list[tuple[str, str]]:
    """(to whom, subject) of every mail to staff, oldest first."""
    rows = Message.objects.filter(kind="notice").order_by("pk")
    return [(one.recipients.get().address, one.content.subject) for one in rows]


def asked(draft: Update) -> str:
    shown = approvals.digest_of(draft)
    publishing.ask(draft, shown, by="amara")
    return shown


WAITS = "UA 61/21: Update 2 waits for approval"


def test_each_approver_of_the_campaign_gets_one(draft: Update) -> None:
    for name in ("ben", "cleo"):
        person(name, Role.APPROVER, draft)
    person("without address", Role.APPROVER, draft, email="")
    person("elsewhere", Role.APPROVER, None)
    person("root", Role.ADMINISTRATOR, None)
    gone = person("gone", Role.APPROVER, draft)
    gone.is_active = False
    gone.save()
    person("nobody's address", Role.APPROVER, draft, email="not an address")
    asked(draft)
    assert mailed() == [("ben@example.org", WAITS), ("cleo@example.org", WAITS)]


def test_without_an_approver_administrators_get_it(draft: Update) -> None:
    person("root", Role.ADMINISTRATOR, None)
    asked(draft)
    assert mailed() == [("root@example.org", WAITS)]


def test_whoever_asks_gets_none(draft: Update) -> None:
    amara = User.objects.get(username="amara")
    people.set_roles(amara, [Role.CAMPAIGNER, Role.APPROVER], by="root")
    person("ben", Role.APPROVER, draft)
    asked(draft)
    assert mailed() == [("ben@example.org", WAITS)]


@pytest.mark.parametrize(("approves", "said"), [(True, "is approved"), (False, "is not approved")])
def test_whoever_asked_learns_what_was_decided(draft: Update, approves: bool, said: str) -> None:
    shown = asked(draft)
    if approves:
        approvals.approve(draft, shown, by="ben")
    else:
        approvals.send_back(draft, by="ben", reason="Somebody's name is in it.")
    assert mailed() == [("amara@example.org", f"UA 61/21: Update 2 {said}")]
    text = Message.objects.get(kind="notice").content.text
    assert "ben" in text
    assert f"/desk/updates/{draft.pk}/preview/" in text
    assert "name is in it" not in text


def test_the_own_request_taken_back_and_what_one_decides_alone_mail_nobody(draft: Update, settings: object) -> None:
    asked(draft)
    assert approvals.send_back(draft, by="amara", reason="Not yet.")
    settings.APPROVAL = "one"  # type: ignore[attr-defined]  # pytest-django's own object
    gone_live(draft)
    assert mailed() == []


def test_they_say_nothing_of_the_words_or_of_a_supporter(update: Update, draft: Update) -> None:
    letter = confirmed(update)
    person("ben", Role.APPROVER, draft)
    asked(draft)
    message = Message.objects.filter(kind="notice").latest("pk")
    words = message.content.text + message.content.subject
    for one in (letter.name, letter.supporter.email, update.title, "Xinjiang"):
        assert one not in words
    assert message.stream == ""


def test_asking_twice_for_what_changed_mails_twice(draft: Update) -> None:
    person("ben", Role.APPROVER, draft)
    asked(draft)
    approvals.send_back(draft, by="amara", reason="Not yet.")
    asked(draft)
    assert [to for to, _ in mailed()] == ["ben@example.org"] * 2
