"""Tests of the desk's letters: found by what staff know, read whole, acted on one by one and in numbers."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from advocacy import bulk, desk_forms, desk_queries
from advocacy.models import Update
from advocacy.wording import Choices
from mailings import addresses, heartbeat, reports
from mailings.models import Heartbeat, Message, Recipient, Step
from mailings.models.message import CANCELLABLE, RETRYABLE, SETTLEABLE, HeldFor, Kind, Status
from mailings.models.recipient import Delivery
from tests.advocacy.making import AMBASSADOR, LEA, at_the_desk, confirmed, messages_of, written
from tests.mailings.making import put

LIST, ACT = "/desk/letters/", "/desk/letters/act/"


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def letters(update: Update, count: int) -> list[Message]:
    """So many letters, confirmed and in line."""
    bulk.make_letters(update, count, lambda done: None)
    return list(Message.objects.filter(kind=Kind.LETTER).order_by("pk"))


@pytest.mark.once
def test_the_desk_knows_the_outbox_s_own_states_and_words() -> None:
    assert [*desk_forms.STATUSES] == [(str(value), str(label)) for value, label in Status.choices]
    held_for = [(str(value), str(label)) for value, label in HeldFor.choices if value in reports.HELD_FOR]
    assert [*desk_forms.HELD_FOR] == held_for
    assert [*desk_forms.DELIVERIES] == [(str(value), str(label)) for value, label in Delivery.choices]
    assert {act: set(states) for act, states in desk_queries.ACTS.items()} == {
        "retry": set(RETRYABLE),
        "cancel": set(CANCELLABLE),
        "sent": set(SETTLEABLE),
    }


@pytest.mark.parametrize(
    "known", ["Tremblay", "tremblay@example", LEA["email"].upper(), "reference", "code", "message-id", "provider-id"]
)
def test_a_letter_is_found_by_whatever_staff_know(staff: Client, update: Update, known: str) -> None:
    letter = confirmed(update)
    other = confirmed(update, "wang@example.org", Choices("王小明", "Halifax", "CA"))
    message = put(messages_of(letter)[0], Status.SENT, provider_message_id="pm-77")
    words = {
        "reference": letter.reference.lower(),
        "code": letter.code,
        "message-id": message.content.message_id_header,
        "provider-id": "pm-77",
    }
    found = page(staff.get(LIST, {"q": words.get(known, known)}))
    assert letter.reference in found
    assert other.reference not in found


def test_a_list_is_narrowed_by_what_we_did_and_what_a_server_said(staff: Client, update: Update) -> None:
    first, second, third = letters(update, 3)
    put(first, Status.IN_DOUBT)
    put(second, Status.SENT)
    Recipient.objects.filter(message=second).update(status=Delivery.BOUNCED)
    for query, wanted in [
        ({"status": "in_doubt"}, [first]),
        ({"delivery": "bounced"}, [second]),  # both its addresses bounced, and it is one letter
        ({"delivery": "bounced", "address": AMBASSADOR}, [second]),
        ({"delivery": "delivered", "address": AMBASSADOR}, []),
        ({"campaign": "ua-61-21", "status": "queued"}, [third]),
        ({"campaign": "ua-61-21", "status": "nonsense"}, [third, second, first]),
        ({"kind": "own"}, []),
    ]:
        shown = staff.get(LIST, query).context["reports"]
        assert [report.uid for report in shown] == [message.uid for message in wanted], query


def test_a_long_list_has_pages_and_asks_no_more_for_more_rows(
    staff: Client, update: Update, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letters(update, 5)
    with django_assert_max_num_queries(12) as few:
        staff.get(LIST)
    letters(update, 60)
    with django_assert_max_num_queries(len(few)):
        first = staff.get(LIST, {"campaign": "ua-61-21"})
    assert len(first.context["reports"]) == desk_queries.LETTERS_ON_A_PAGE
    assert "kind=letter&amp;campaign=ua-61-21&amp;page=2" in page(first)
    assert len(staff.get(LIST, {"page": "2"}).context["reports"]) == 15
    assert staff.get(LIST, {"page": "none"}).status_code == 200


def test_a_message_tells_its_whole_story(staff: Client, update: Update) -> None:
    letter = confirmed(update)
    message = messages_of(letter)[0]
    put(message, Status.SENT, sent_at=timezone.now(), provider="sandbox", provider_message_id="pm-77")
    said = "552 5.2.2 <b>mailbox</b> full"
    Recipient.objects.filter(message=message, address=AMBASSADOR).update(
        status=Delivery.BOUNCED, status_at=timezone.now(), answer=said
    )
    message.events.create(fingerprint="f" * 64, provider="sandbox", type="bounced", address=AMBASSADOR, answer=said)
    shown = page(staff.get(f"{LIST}{message.uid}/"))
    assert shown.count("552 5.2.2 &lt;b&gt;mailbox&lt;/b&gt; full") == 2  # beside its address, and in the story
    for words in (
        "Confirmed from the link",
        "Came back",
        LEA["own_words"],
        LEA["email"],
        message.uid.hex,
    ):
        assert words in shown
    assert "pm-77" in shown
    assert message.digest[:8] in shown


def test_a_supporter_s_private_link_is_not_shown_to_staff(staff: Client, update: Update) -> None:
    letter = written(update)
    link = messages_of(letter, "confirmation")[0]
    shown = page(staff.get(f"{LIST}{link.uid}/"))
    assert "Its words are not shown." in shown
    assert "/confirm/" not in shown


@pytest.mark.parametrize(("button", "status"), [("retry", Status.QUEUED), ("sent", Status.SENT)])
def test_a_letter_in_doubt_is_settled_by_a_person_with_a_reason(
    staff: Client, update: Update, button: str, status: Status
) -> None:
    message = put(letters(update, 1)[0], Status.IN_DOUBT, claimed_at=timezone.now() - timedelta(hours=1))
    where = f"{LIST}{message.uid}/"
    shown = page(staff.get(where))
    assert "Did it leave? Nobody can say for certain" in shown
    assert "No delivery report in 1 hour" in shown.replace("\xa0", " ")
    refused = staff.post(where, {"do": button, "reason": " "})
    assert refused.status_code == 422
    assert "Write in one line why" in page(refused)
    message.refresh_from_db()
    assert message.status == Status.IN_DOUBT
    answer = staff.post(where, {"do": button, "reason": "The provider's log says so"}, follow=True)
    message.refresh_from_db()
    assert message.status == status
    assert "The provider&#x27;s log says so" in page(answer)
    assert Step.objects.filter(message=message, by="amara", note="The provider's log says so").count() == 1


def test_who_decides_too_late_is_told(staff: Client, update: Update) -> None:
    message = put(letters(update, 1)[0], Status.SENT)
    answer = staff.post(f"{LIST}{message.uid}/", {"do": "cancel", "reason": "Asked to"}, follow=True)
    assert "Nothing changed." in page(answer)
    message.refresh_from_db()
    assert message.status == Status.SENT


def test_many_are_withdrawn_in_two_steps_and_the_count_is_the_true_one(staff: Client, update: Update) -> None:
    rows = letters(update, 4)
    put(rows[0], Status.SENT)
    ticked = {"act": "cancel", "uid": [str(row.uid) for row in rows[:3]]}
    preview = staff.post(ACT, ticked)
    assert "<h1>Withdraw 2 letters?</h1>" in page(preview)
    assert "You chose 3." in page(preview)
    assert not Message.objects.filter(status=Status.CANCELLED).exists()
    put(rows[1], Status.SENT)  # one leaves while somebody reads
    done = staff.post(ACT, {**ticked, "sure": "1", "reason": "Asked by the office"}, follow=True)
    assert "1 letter was withdrawn." in page(done)
    assert [Message.objects.get(pk=row.pk).status for row in rows] == ["sent", "sent", "cancelled", "queued"]


def test_everything_that_is_found_can_be_acted_on(staff: Client, update: Update) -> None:
    rows = letters(update, 70)
    for row in rows[:60]:
        put(row, Status.FAILED)
    chosen = {"act": "retry", "all": "1", "status": "failed"}
    assert "<h1>Send 60 letters again?</h1>" in page(staff.post(ACT, chosen))
    refused = staff.post(ACT, {**chosen, "sure": "1", "reason": ""})
    assert refused.status_code == 422
    assert Message.objects.filter(status=Status.FAILED).count() == 60
    done = staff.post(ACT, {**chosen, "sure": "1", "reason": "The key was mended"}, follow=True)
    assert "60 letters are in line again." in page(done)
    assert Message.objects.filter(status=Status.QUEUED).count() == 70


def test_letters_in_doubt_are_sent_again_in_numbers_only_where_that_is_ticked(staff: Client, update: Update) -> None:
    doubtful, failed = letters(update, 2)
    put(doubtful, Status.IN_DOUBT)
    put(failed, Status.FAILED)
    chosen = {"act": "retry", "all": "1", "sure": "1", "reason": "Tried"}
    assert "1 is in doubt." in page(staff.post(ACT, {"act": "retry", "all": "1"}))
    staff.post(ACT, chosen)
    doubtful.refresh_from_db()
    failed.refresh_from_db()
    assert (doubtful.status, failed.status) == (Status.IN_DOUBT, Status.QUEUED)
    staff.post(ACT, {**chosen, "doubt": "1"})
    doubtful.refresh_from_db()
    assert doubtful.status == Status.QUEUED


def test_nothing_ticked_changes_nothing(staff: Client, update: Update) -> None:
    letters(update, 1)
    for data in ({"act": "cancel"}, {"act": "cancel", "uid": ["nonsense"], "sure": "1", "reason": "x"}):
        assert "Tick the letters first" in page(staff.post(ACT, data, follow=True))
    assert staff.post(ACT, {"act": "delete", "all": "1"}).status_code == 404
    assert not Message.objects.filter(status=Status.CANCELLED).exists()


def test_the_desk_says_what_wants_a_hand(staff: Client, update: Update) -> None:
    shown = page(staff.get("/desk/"))
    assert "No worker is running" in shown
    heartbeat.beat("worker")
    assert "Nothing wants your hand" in page(staff.get("/desk/"))
    doubtful, failed, bounced = letters(update, 3)
    put(doubtful, Status.IN_DOUBT)
    put(failed, Status.FAILED)
    put(bounced, Status.SENT)
    Recipient.objects.filter(message=bounced, address=AMBASSADOR).update(
        status=Delivery.BOUNCED, answer="550 5.1.1 unknown", status_at=timezone.now()
    )
    addresses.mark({AMBASSADOR: ["550 5.1.1 unknown"]})
    answer = staff.get("/desk/")
    shown = page(answer)
    assert "1 letter may or may not have left" in shown
    assert "1 letter could not be sent" in shown
    assert "550 5.1.1 unknown" in shown
    assert [thing.what.split()[0] for thing in answer.context["things"]] == ["1", "1", "1"]
    assert answer.context["totals"].messages["in_doubt"] == 1
    for thing in answer.context["things"]:
        found = staff.get(thing.url).context
        count = found["account"].listed.times if "account" in found else len(found["reports"])
        assert count == 1, thing.url


def test_the_desk_says_which_host_went_silent_while_another_goes_on(
    staff: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("mail-1", "mail-2"):
        monkeypatch.setattr(socket, "gethostname", lambda host=host: host)
        heartbeat.beat("loop")
    assert "Nothing wants your hand" in page(staff.get("/desk/"))
    since = timezone.now() - timedelta(minutes=10)
    Heartbeat.objects.filter(name="loop@mail-1").update(at=since)
    shown = page(staff.get("/desk/"))
    assert f"No sign of life from the worker on mail-1 since {since:%A %H:%M} UTC" in shown
    assert "mail-2" not in shown
    Heartbeat.objects.update(at=since)  # both: then it is said once, and more loudly
    shown = page(staff.get("/desk/"))
    assert "No worker is running" in shown
    assert "mail-1" not in shown


def test_the_desk_asks_no_more_for_more_letters(
    staff: Client, update: Update, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    letters(update, 2)
    with django_assert_max_num_queries(31) as few:
        staff.get("/desk/")
    letters(update, 30)
    with django_assert_max_num_queries(len(few)):
        staff.get("/desk/")


def test_letters_in_doubt_are_counted_as_sent_in_numbers(staff: Client, update: Update) -> None:
    doubtful, failed = letters(update, 2)
    put(doubtful, Status.IN_DOUBT)
    put(failed, Status.FAILED)
    chosen = {"act": "sent", "all": "1"}
    preview = page(staff.post(ACT, chosen))
    assert "<h1>Count 1 letter as sent?</h1>" in preview
    assert "It is not sent again." in preview
    done = staff.post(ACT, {**chosen, "sure": "1", "reason": "The other machine had sent it"}, follow=True)
    assert "1 letter counts as sent." in page(done)
    doubtful.refresh_from_db()
    failed.refresh_from_db()
    assert (doubtful.status, failed.status) == (Status.SENT, Status.FAILED)
