"""Tests of mailings.events: reports come twice, late, in any order, for strangers, and from impostors."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import connection
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from mailings import outbox, signals
from mailings.events import apply_waiting
from mailings.models import Event, Message, Suppression
from mailings.models.message import Status
from tests.mailings.conftest import SECRET
from tests.mailings.making import AMBASSADOR, PRESIDENT, drained, post, put, said_of, status_of
from tests.mailings.telling import NOON, hear, post_report, sent, told
from tests.provider import Mail, Provider, Weather
from tests.provider.reporting import bounce, delivery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("event_type", "said"),
    [
        ("queued", "sent"),
        ("sent", "sent"),
        ("deferred", "deferred"),
        ("delivered", "delivered"),
        ("bounced", "bounced"),
        ("rejected", "rejected"),
        ("failed", "rejected"),
        ("complained", "complained"),
        ("unsubscribed", "complained"),
    ],
)
def test_what_each_report_says(event_type: str, said: str) -> None:
    message = sent()
    hear(told(message, event_type))
    assert said_of(message) == {PRESIDENT.email: said, AMBASSADOR.email: "unknown"}
    event = Event.objects.get()
    assert (event.message, event.type, event.address) == (message, event_type, PRESIDENT.email)


@pytest.mark.parametrize("event_type", ["opened", "clicked", "autoresponded", "subscribed", "inbound", "unknown"])
def test_we_do_not_spy(event_type: str) -> None:
    hear(told(sent(), event_type))
    assert not Event.objects.exists()


def test_a_report_that_comes_twice_is_stored_once() -> None:
    message = sent()
    event = told(message, "delivered")
    hear(event, event, event)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "differs", [{"recipient": AMBASSADOR.email}, {"event_type": "bounced"}, {"timestamp": NOON}, {"event_id": "7"}]
)
def test_reports_that_differ_are_two(differs: dict[str, Any]) -> None:
    message = sent()
    event = told(message, "delivered")
    hear(event, AnymailTrackingEvent(**{**vars(event), **differs}))
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_report_at_once_is_stored_once() -> None:
    message = sent()
    event = told(message, "bounced")
    start = threading.Barrier(6)
    faults: list[Exception] = []

    def work() -> None:
        try:
            start.wait(timeout=10)
            hear(event)
        except Exception as fault:  # noqa: BLE001 - it is looked at below, in the thread of the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert faults == []
    assert Event.objects.count() == 1
    assert said_of(message)[PRESIDENT.email] == "bounced"


@pytest.mark.parametrize("status", [Status.SENDING, Status.IN_DOUBT])
def test_a_report_that_comes_before_our_own_record_proves_that_it_left(status: Status) -> None:
    message = put(post(), status, answer="the line was cut")
    hear(told(message, "delivered"))
    message.refresh_from_db()
    assert (message.status, message.provider_message_id, message.answer) == ("sent", "provider-1", "")
    assert message.sent_at is not None
    # The copy's own report may never come: that it was handed over as well is known already.
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "sent"}
    assert message.steps.get().note == "A report of the provider bears our id: it left."


def test_a_report_that_comes_while_it_waits_to_be_sent_again_spares_the_second_copy(provider: Provider) -> None:
    provider.weather = Weather.SILENT
    message = post()
    drained()
    assert outbox.retry([message.uid], by="lena", note="Their office has nothing") == 1
    hear(told(message, "delivered"))
    provider.weather = Weather.FINE
    drained()
    assert (status_of(message), provider.requests) == ("sent", 1)


@pytest.mark.parametrize("status", [Status.HELD, Status.QUEUED, Status.FAILED, Status.CANCELLED])
def test_a_report_moves_nothing_that_was_not_on_its_way(status: Status) -> None:
    message = put(post(), status)
    hear(told(message, "delivered"))
    assert status_of(message) == status


def test_a_provider_that_does_not_hand_our_id_back_is_understood_by_its_own() -> None:
    message = sent()
    hear(told(message, "delivered", metadata={}))
    assert said_of(message)[PRESIDENT.email] == "delivered"


STRANGE: list[dict[str, Any]] = [
    {"metadata": {"m": "00000000000000000000000000000000"}, "message_id": "nobody's"},
    {"metadata": {"m": "no uuid at all"}, "message_id": "nobody's"},
    {"metadata": {"m": "x" * 100_000}, "message_id": "nobody's"},
    {"metadata": {"m": "' OR 1=1 --"}, "message_id": "y" * 5000},
    {"metadata": None, "message_id": None},
    {"metadata": ["m"], "message_id": ""},
    {"metadata": {}, "message_id": "nul\x00 and half \ud83d"},
]


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
def test_a_report_for_no_message_of_ours_is_kept_for_staff(strange: dict[str, Any]) -> None:
    message = post()
    hear(told(message, "bounced", **strange))
    event = Event.objects.get()
    assert (event.message, event.recipient) == (None, None)
    assert said_of(message)[PRESIDENT.email] == "unknown"


@pytest.mark.parametrize(
    "strange",
    [
        {"timestamp": None},
        {"timestamp": datetime(1970, 1, 1, tzinfo=UTC)},
        {"timestamp": datetime(9999, 12, 31, tzinfo=UTC)},
        {"mta_response": "two\r\nlines\x00 and half \ud83d " + "x" * 5000},
        {"recipient": None},
        {"recipient": "someone@else.example"},
        {"recipient": PRESIDENT.email.upper()},
        {"event_id": "x" * 5000},
        {"reject_reason": "x" * 500},
    ],
    ids=str,
)
def test_a_strange_report_on_a_message_of_ours_breaks_nothing(strange: dict[str, Any]) -> None:
    message = put(post(), Status.IN_DOUBT)
    hear(told(message, "delivered", **strange))
    assert status_of(message) == "sent"
    event = Event.objects.get()
    assert "\x00" not in event.answer
    assert "\n" not in event.answer
    known = strange.get("recipient", PRESIDENT.email) in {PRESIDENT.email, PRESIDENT.email.upper()}
    assert said_of(message)[PRESIDENT.email] == ("delivered" if known else "sent")


def test_a_report_of_another_mode_is_not_ours(settings: Settings) -> None:
    message = put(post(), Status.IN_DOUBT)
    settings.MAIL_MODE = "live"
    hear(told(message, "delivered"))
    assert status_of(message) == "in_doubt"
    assert Event.objects.get().message is None


def test_in_test_mode_the_tester_stands_for_the_office(settings: Settings) -> None:
    settings.MAIL_MODE = "test"
    message = sent()
    hear(told(message, "delivered", address="tester@example.org"))
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "unknown"}


@pytest.mark.parametrize(("event_type", "why"), [("bounced", "bounced"), ("complained", "complained")])
def test_a_supporters_dead_or_unwilling_mailbox_is_mailed_no_more(event_type: str, why: str) -> None:
    message = sent("confirmation")
    hear(told(message, event_type, "Lea@example.org"), told(message, event_type, "lea@example.org"))
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.mode, suppression.why) == ("lea@example.org", "sandbox", why)


@pytest.mark.parametrize("event_type", ["deferred", "rejected", "delivered"])
def test_a_mailbox_that_only_waits_is_not_suppressed(event_type: str) -> None:
    hear(told(sent("confirmation"), event_type, "lea@example.org"))
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("event_type", ["bounced", "complained"])
def test_an_office_is_never_silenced_by_a_bounce(event_type: str) -> None:
    hear(told(sent(), event_type))
    assert not Suppression.objects.exists()


def test_news_go_up_once_for_each_change(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    message = sent()
    news: list[dict[str, Any]] = []

    def listen(**given: Any) -> None:
        news.append(given)

    signals.recipient_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            late = told(message, "deferred")
            delivered = told(message, "delivered")
            hear(delivered, delivered, late)
    finally:
        signals.recipient_changed.disconnect(listen)
    assert [(item["uid"], item["role"], item["address"], item["status"]) for item in news] == [
        (message.uid, "to", PRESIDENT.email, "delivered")
    ]


# --- through the webhook ----------------------------------------------------------------------------------------------


@pytest.fixture
def mailed(provider: Provider) -> tuple[Message, Mail]:
    """A letter that the provider took, and what it took."""
    message = post()
    drained()
    return message, provider.mails[0]


def test_a_webhook_of_postmark_becomes_events(mailed: tuple[Message, Mail]) -> None:
    message, mail = mailed
    assert post_report(delivery(mail, PRESIDENT.email)) == 200
    assert post_report(bounce(mail, AMBASSADOR.email)) == 200
    assert said_of(message) == {PRESIDENT.email: "sent", AMBASSADOR.email: "sent"}
    apply_waiting()
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "bounced"}
    answers = dict(message.recipients.values_list("address", "answer"))
    assert answers[AMBASSADOR.email] == "smtp;550 5.1.1 There is no such mailbox here"


@pytest.mark.parametrize(
    "secret", [None, "", "appeal:wrong", "nobody:a-long-and-random-password", SECRET[:-1], f"{SECRET}x"]
)
def test_an_impostor_is_refused(mailed: tuple[Message, Mail], secret: str | None) -> None:
    message, mail = mailed
    assert post_report(delivery(mail, PRESIDENT.email), secret) in {400, 401, 403}
    assert not Event.objects.exists()
    assert said_of(message)[PRESIDENT.email] == "sent"


def test_without_a_secret_nobody_is_believed(mailed: tuple[Message, Mail], settings: Settings) -> None:
    _, mail = mailed
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": "nobody:a-password-that-nobody-knows"}
    assert post_report(delivery(mail, PRESIDENT.email)) in {400, 401, 403}
    assert not Event.objects.exists()


def test_a_webhook_sets_no_cookie_and_is_not_for_reading(mailed: tuple[Message, Mail]) -> None:
    answer = Client().get("/anymail/postmark/tracking/")
    assert answer.status_code in {400, 401, 403, 405}
    assert not answer.cookies
