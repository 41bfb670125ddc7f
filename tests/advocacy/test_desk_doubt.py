"""Tests of the desk where nobody knows: the evidence about a letter in doubt, and a database that may be a copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import bulk, story
from advocacy.desk_doubt import speaks_for_left, speaks_for_stayed, what_follows
from advocacy.models import Update
from mailings import doubts, evidence, instance, replays, reports
from mailings.doubts import Doubt
from mailings.models import Event, Instance, Message
from mailings.models.message import Kind, Status
from mailings.reports import MessageReport
from tests.advocacy.making import at_the_desk, confirmed, messages_of
from tests.advocacy.pages import read
from tests.mailings.conftest import go_live
from tests.mailings.making import post, put

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=72)
NOTHING = Doubt(
    provider="Postmark",
    began_at=BEGAN,
    elsewhere=False,
    unknown_at=(),
    had_its_key=False,
    next_look=None,
    goes_again=False,
    last_report_at=None,
)


def report(provider_id: str = "", *said: str) -> MessageReport:
    """What matters of a message here: the provider's name for it, and the word on each of its addresses."""
    recipients = [SimpleNamespace(status=status, address=f"{status}@example.org") for status in said or ("unknown",)]
    return cast("MessageReport", SimpleNamespace(provider_message_id=provider_id, recipients=recipients))


def body(answer: Any) -> str:
    return str(answer.content.decode())


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_what_speaks_for_it_left() -> None:
    assert speaks_for_left(report(), NOTHING) == ["The line broke only after the hand-over had begun"]
    found = speaks_for_left(
        report("pm-7", "unknown", "delivered"), replace(NOTHING, provider="Brevo", had_its_key=True)
    )
    assert found[1:] == [
        "Our provider gave it a name of its own: pm-7",
        "Brevo had a request under the key of this letter before it was repeated",
        "A report came for delivered@example.org",
    ]
    (elsewhere,) = speaks_for_left(report(), replace(NOTHING, elsewhere=True))
    assert "it may have left from the other one" in elsewhere


@pytest.mark.once
def test_what_speaks_for_it_did_not() -> None:
    asked = replace(NOTHING, unknown_at=(BEGAN + timedelta(minutes=16), BEGAN + timedelta(minutes=61)))
    assert (
        speaks_for_stayed(report(), asked, NOW)[0] == "Postmark was asked at 09:16 and 10:01 UTC, and does not know it"
    )
    assert speaks_for_stayed(report("pm-7", "delivered"), NOTHING, NOW) == []
    assert speaks_for_stayed(report(), replace(NOTHING, elsewhere=True), NOW) == [
        "Our provider gave it no name of its own"
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("last", "worth"),
    [
        (None, "None has ever come for any letter, so that this says nothing"),
        (BEGAN - timedelta(days=2), "None has come for any other letter either; the last one came 2 days, 1 hour ago"),
        (NOW - timedelta(minutes=2), "Reports do come: the last one for any letter came 2 minutes ago"),
    ],
)
def test_silence_is_worth_something_only_where_reports_arrive(last: datetime | None, worth: str) -> None:
    silence = speaks_for_stayed(report("pm-7"), replace(NOTHING, last_report_at=last), NOW)
    assert silence[0].startswith(f"No delivery report in 1 hour, 12 minutes since it was handed over. {worth}")


@pytest.mark.once
def test_what_follows_by_itself() -> None:
    assert "nothing more happens by itself" in what_follows(NOTHING)
    asked = replace(NOTHING, next_look=NOW)
    assert what_follows(asked) == (
        "Postmark is asked again after 10:12 UTC. If it has the letter, the letter counts as sent."
    )
    assert what_follows(replace(asked, goes_again=True)).endswith("the letter goes again by itself.")


# --- what is known ----------------------------------------------------------------------------------------------------


def in_doubt(minutes: float = 72, **columns: Any) -> Message:
    """A letter in doubt that Postmark may have."""
    began = timezone.now() - timedelta(minutes=minutes)
    fields = {"claimed_at": began, "doubted_at": began, "provider": "postmark", "due": timezone.now()}
    return put(post(), Status.IN_DOUBT, **{**fields, **columns})


def known(message: Message) -> Doubt:
    doubt = doubts.about(message.uid)
    assert doubt is not None
    return doubt


@pytest.fixture
def _live(settings: Settings) -> None:
    go_live(settings, "http://127.0.0.1:1", "key")


@pytest.mark.django_db
@pytest.mark.usefixtures("_live")
def test_the_evidence_is_read_from_the_message_its_story_and_the_reports() -> None:
    message = in_doubt(noes=1)
    for note in ("Before the hand-over began", f"Postmark {evidence.DOES_NOT_KNOW} Asked again after 10:01 UTC."):
        message.steps.create(status="in_doubt", note=note)
    message.steps.create(status="in_doubt", note=f"Postmark {evidence.DOES_NOT_KNOW}", at=timezone.now() - timedelta(2))
    Event.objects.create(fingerprint="a" * 64, provider="Brevo", type="delivered")
    event = Event.objects.create(fingerprint="b" * 64, provider="Postmark", type="delivered")
    doubt = known(message)
    assert (doubt.provider, doubt.began_at, doubt.elsewhere) == ("Postmark", message.doubted_at, False)
    assert len(doubt.unknown_at) == 1  # that of an earlier doubt says nothing of this one
    assert (doubt.next_look, doubt.goes_again) == (message.due, True)
    assert (doubt.last_report_at, doubt.reports_arrive, doubt.had_its_key) == (event.received_at, True, False)
    message.steps.create(status="in_doubt", note=f"Brevo was asked, and that told nothing. {replays.HAD_IT}")
    assert known(message).had_its_key


@pytest.mark.django_db
@pytest.mark.usefixtures("_live")
@pytest.mark.parametrize(
    ("columns", "provider", "elsewhere"),
    [
        ({"provider": "smtp"}, "The mail server", False),
        ({"provider": ""}, "", False),
        ({"doubted_at": None}, "Postmark", False),
        ({"claimed_at": None, "noes": 1}, "Postmark", True),
        ({"mode": "test"}, "Postmark", False),
        ({"kind": "confirmation"}, "Postmark", False),
    ],
    ids=str,
)
def test_where_nobody_is_asked_again(columns: dict[str, Any], provider: str, elsewhere: bool) -> None:
    doubt = known(in_doubt(**columns))
    assert (doubt.provider, doubt.elsewhere) == (provider, elsewhere)
    assert (doubt.next_look, doubt.goes_again, doubt.reports_arrive) == (None, False, False)


@pytest.mark.django_db
def test_only_what_is_in_doubt_has_evidence() -> None:
    assert doubts.about(UUID(int=0)) is None
    assert doubts.about(post().uid) is None


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk and may administer the site."""
    client.force_login(get_user_model().objects.create_user("amara", is_staff=True, is_superuser=True))
    return client


def test_the_page_of_a_letter_in_doubt_shows_both_sides(staff: Client, update: Update, settings: Settings) -> None:
    go_live(settings, "http://127.0.0.1:1", "key")
    bulk.make_letters(update, 1, lambda done: None)
    message = Message.objects.get(kind=Kind.LETTER)
    began = timezone.now() - timedelta(minutes=72)
    put(message, Status.IN_DOUBT, claimed_at=began, doubted_at=began, provider="postmark", answer="ReadTimeout: <x>")
    message.steps.create(status="in_doubt", note=f"Postmark {evidence.DOES_NOT_KNOW}")
    shown = body(staff.get(f"/desk/letters/{message.uid}/"))
    page = read(shown, "testserver")
    assert page.faults == []
    text = " ".join(page.text.split())
    for words in (
        "Did it leave? Nobody can say for certain",
        f"Hand-over began {began:%-d %B %Y, %H:%M:%S} UTC",
        "The line said ReadTimeout: <x>",
        "The line broke only after the hand-over had begun",
        "UTC, and does not know it",
        "No delivery report in 1 hour, 12 minutes",
        "None has ever come for any letter, so that this says nothing",
        "Postmark is asked again after",
    ):
        assert words in text, words
    assert shown.count('name="do" value="retry"') == shown.count('name="do" value="sent"') == 1


def test_its_writer_reads_of_one_doubt_however_often_the_provider_is_asked(update: Update) -> None:
    letter = confirmed(update)
    message = put(messages_of(letter)[0], Status.IN_DOUBT)
    for _ in range(5):
        message.steps.create(status="in_doubt", note="Postmark was asked")
    message.steps.create(status="queued")
    message.steps.create(status="in_doubt")
    lines = story.lines(letter, reports.letters_under(letter.code))
    doubtful = [line for line in lines if line.words.startswith("The line broke")]
    assert len(doubtful) == 2


COPY = "/desk/copy/"


@pytest.fixture
def _copied(db: None, settings: Settings) -> None:
    """Live mode, on a machine that has not sent from this database."""
    go_live(settings, "http://127.0.0.1:1", "key")
    Instance.objects.update(generation=500)


@pytest.mark.usefixtures("_copied")
def test_the_desk_says_that_it_may_be_a_copy_and_a_person_confirms(staff: Client) -> None:
    message = post()
    home = body(staff.get("/desk/"))
    assert "Nothing is sent: this database may be a copy" in home
    assert f'href="{COPY}"' in home
    shown = read(body(staff.get(COPY)), "testserver")
    assert shown.faults == []
    assert "Letters left from this database elsewhere" in shown.text
    assert "1 letter that was in line" in shown.text
    refused = staff.post(COPY, {"reason": " "})
    assert refused.status_code == 422
    assert instance.stranger()

    done = body(staff.post(COPY, {"reason": "The old machine is switched off"}, follow=True))
    assert "This database is the one that sends. Letters that wait for a decision: 1." in done
    assert "this database may be a copy" not in done
    assert instance.stranger() == ""
    message.refresh_from_db()
    assert message.status == "in_doubt"
    step = message.steps.get()
    assert step.by == "amara"
    assert step.note.endswith("The old machine is switched off")
    assert "There is nothing to confirm" in body(staff.get(COPY))
    late = body(staff.post(COPY, {"reason": "Once more"}, follow=True))
    assert "Nothing changed: this database may send already." in late


@pytest.mark.usefixtures("_copied")
def test_only_who_may_administer_the_site_confirms(client: Client, db: None) -> None:
    client.force_login(at_the_desk("ben"))
    shown = body(client.get(COPY))
    assert "Somebody who may administer this site has to confirm it." in shown
    assert 'name="reason"' not in shown
    assert client.post(COPY, {"reason": "I am sure"}).status_code == 403
    assert instance.stranger()


@pytest.mark.usefixtures("_copied")
def test_a_machine_that_cannot_remember_says_so(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(row: Instance) -> None:
        raise OSError

    monkeypatch.setattr(instance, "_remember", refused)
    assert "This machine cannot remember it" in body(staff.post(COPY, {"reason": "Sure"}, follow=True))


def test_the_sandbox_is_no_copy_of_anything(staff: Client) -> None:
    Instance.objects.update(generation=500)
    assert "may be a copy" not in body(staff.get("/desk/"))
    assert "There is nothing to confirm" in body(staff.get(COPY))
