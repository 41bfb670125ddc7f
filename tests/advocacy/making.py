"""Owns what the tests of advocacy are made of: a supporter's choices, a filled form, letters, and a second update."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.test import Client

from advocacy import approvals, letters, publishing, reading, tokens, updates
from advocacy.access import Role
from advocacy.desk_campaigns import SettingsForm
from advocacy.models import Campaign, Letter, Membership, Update
from advocacy.models.changeover import Answer
from advocacy.wording import Choices
from mailings.models import Message
from mailings.models.message import Kind

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "advocacy" / "demo" / "ua-61-21-update-1.txt"
PAGE = "/ua-61-21/"
PRESIDENT, AMBASSADOR = "english@mail.gov.cn", "chineseembassy.ca@gmail.com"
LEA = {
    "name": "Léa Tremblay",
    "email": "lea.tremblay@example.org",
    "city": "Montréal",
    "country": "CA",
    "own_words": "I teach at a school. Some of my pupils wait for news of an uncle.",
    "subject": "UA 61/21: please tell their families where they are",
}
CHOICES = Choices(name=LEA["name"], city=LEA["city"], country="CA", own_words=LEA["own_words"], subject=LEA["subject"])


def at_the_desk(name: str = "amara", *roles: Role, campaigns: Iterable[Campaign] = ()) -> User:
    """A member of staff with these roles on these campaigns; an administrator where none is given."""
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles or [Role.ADMINISTRATOR]))
    for campaign in campaigns:
        Membership.objects.create(campaign=campaign, user=user)
    return user


def published(text: str) -> Update:
    """The published update that a text makes, on the guarded road."""
    return gone_live(approved(drafted(text)))


def drafted(text: str) -> Update:
    """The draft that a text makes, by Ada."""
    return updates.draft(reading.read(text), text, by="Ada")


def shown_settings() -> dict[str, str]:
    """What the settings page of the one campaign had shown, as it comes back with the form."""
    return {"shown": SettingsForm(Campaign.objects.get()).shown}


def ticks(shown: Any) -> dict[str, str]:
    """The tick boxes of all alarms on a preview page, ticked."""
    compared = shown.context["comparison"]
    return {f"alarm-{key}": "1" for key in compared.keys} if compared else {}


def approved(update: Update) -> Update:
    """A draft that Ada asked for and Ben approved."""
    shown = approvals.digest_of(update)
    publishing.ask(update, shown, by="Ada")
    approvals.approve(update, shown, by="Ben")
    return update


def gone_live(update: Update, letters_answer: Answer = Answer.GO) -> Update:
    """An approved draft, published, and what was decided on the letters that waited."""
    publishing.publish(update, approvals.digest_of(update), by="Ada", letters=letters_answer)
    return update


def later_text(number: int = 2) -> str:
    """The demo's text as a later update with other facts."""
    text = DEMO.read_text(encoding="utf-8").replace("Update 1,", f"Update {number},")
    return text.replace("Forty-eight more people", "Sixty more people").replace("Forty-eight more of", "Sixty more of")


def written(update: Update, email: str = LEA["email"], choices: Choices = CHOICES) -> Letter:
    """The letter that somebody has written on an update."""
    letters.write(update, email, choices)
    return letter_of(email, update)


def letter_of(email: str, update: Update | None = None) -> Letter:
    """The one letter of a supporter (on one update where that is given), fresh from the database."""
    rows = Letter.objects.select_related("update__campaign__live_update", "supporter")
    if update is not None:
        rows = rows.filter(update=update)
    return rows.get(supporter__email_key=email.casefold())


def confirmed(update: Update, email: str = LEA["email"], choices: Choices = CHOICES) -> Letter:
    """The letter of somebody who wrote and confirmed."""
    letter = written(update, email, choices)
    assert letters.confirm(letter, letter.version) is letters.Confirmed.NOW
    return letter_of(email, update)


def messages_of(letter: Letter, kind: str = Kind.LETTER) -> list[Message]:
    """The messages of one kind under a letter, oldest first."""
    return list(Message.objects.filter(reference=letter.code, kind=kind).select_related("content").order_by("pk"))


def states_of(letter: Letter) -> list[tuple[str, str]]:
    """(status, what it is held for) of the letter's messages to offices, oldest first."""
    return [(str(message.status), str(message.held_for)) for message in messages_of(letter)]


def filled(update: Update, **typed: str) -> dict[str, str]:
    """The form of an update's page as Léa fills it in, with other things typed over it."""
    return {**LEA, "level": "place", "token": tokens.make_form_token(update), "do": "send", **typed}


def send(client: Client, update: Update, data: Mapping[str, Any] | None = None, **typed: str) -> Any:
    """Send the form. Returns Django's answer."""
    return client.post(update.campaign.get_absolute_url(), {**filled(update), **(data or {}), **typed})
