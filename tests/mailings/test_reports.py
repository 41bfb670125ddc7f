"""Tests of mailings.reports: counts that add up, stories in order, and lists that find."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from mailings import outbox, reports
from mailings.models.message import CANCELLABLE, RETRYABLE, Status
from mailings.parcel import Outcome
from mailings.recording import record
from mailings.retry import Verdict
from tests.mailings.making import AMBASSADOR, PRESIDENT, claim, mail, post, put
from tests.mailings.telling import hear, told

pytestmark = pytest.mark.django_db


def test_counts_name_every_state_and_add_up() -> None:
    for number, status in enumerate(Status, 1):
        for _ in range(number):
            put(post(stream="ua-61-21/1"), status)
    post("copy", stream="ua-61-21/1")
    found = reports.totals()
    assert found.messages == {status.value: number for number, status in enumerate(Status, 1)}
    assert found.letters == sum(range(1, len(Status) + 1))
    assert found.recipients["unknown"] == 2 * found.letters


def test_with_no_letters_every_count_is_nought() -> None:
    found = reports.totals()
    assert set(found.messages) == set(Status.values)
    assert set(found.messages.values()) | set(found.recipients.values()) == {0}


def test_counts_can_be_narrowed() -> None:
    post(stream="ua-61-21/1")
    post(stream="ua-61-21/2")
    post(stream="ua-61-2/1")
    old = post(stream="ua-61-21/1")
    type(old).objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert reports.totals("ua-61-21/").letters == 3
    assert reports.totals("ua-61-21/2").letters == 1
    assert reports.totals("ua-61-21/", since=timezone.now() - timedelta(days=1)).letters == 2
    assert reports.totals(role="to").recipients["unknown"] == 4


def test_another_mode_is_another_world(settings: Settings) -> None:
    post()
    settings.MAIL_MODE = "live"
    assert reports.totals().letters == 0
    assert not reports.search().exists()
    assert reports.by_address() == []


def test_what_was_said_of_each_address() -> None:
    for answer in ("550 5.1.1 first", "550 5.1.1 second"):
        message = put(post(), Status.SENT)
        hear(told(message, "delivered"), told(message, "bounced", AMBASSADOR.email, mta_response=answer))
    put(post(), Status.HELD)
    to, copy = reports.by_address()
    assert (to.address, to.name, to.role) == (PRESIDENT.email, PRESIDENT.name, "to")
    assert (to.counts["delivered"], to.latest_answer) == (2, "")
    assert (copy.role, copy.counts["bounced"], copy.latest_answer) == ("cc", 2, "550 5.1.1 second")


def test_one_message_with_its_frozen_words() -> None:
    message = post(reference="7K2M94QX")
    found = reports.message(message.uid)
    assert found is not None
    assert (found.subject, found.text, found.sender_name) == (mail().subject, mail().text, "Léa Tremblay")
    assert [recipient.address for recipient in found.addressed("to")] == [PRESIDENT.email]
    assert [recipient.address for recipient in found.addressed("cc")] == [AMBASSADOR.email]
    assert reports.message(uuid4()) is None


@pytest.mark.parametrize("status", list(Status))
def test_it_says_what_a_person_may_do(status: Status, settings: Settings) -> None:
    message = put(post(), status)
    found = reports.message(message.uid)
    assert found is not None
    assert (found.can_retry, found.can_cancel) == (status in RETRYABLE, status in CANCELLABLE)
    settings.MAIL_MODE = "live"
    assert not found.can_retry


def test_a_story_tells_our_steps_and_the_providers_words_in_order() -> None:
    message = post(held=True)
    outbox.release(message.reference, note="Confirmed from the link")
    (parcel,) = claim(8, "worker-1")
    record([Outcome(parcel, Verdict.SENT, provider_message_id="abc")], "worker-1")
    later = timezone.now() + timedelta(seconds=3)
    hear(told(message, "delivered", timestamp=later))
    lines = reports.story(message.uid)
    assert [(line.state, line.note, line.address) for line in lines] == [
        ("written", "", ""),
        ("queued", "Confirmed from the link", ""),
        ("sent", "sandbox took it as abc", ""),
        ("delivered", "250 ok", PRESIDENT.email),
    ]
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_letter_that_was_replaced_is_left_out_of_what_it_became() -> None:
    first = post(reference="AAAA2222")
    outbox.withdraw("AAAA2222", note="Written afresh by its writer")
    assert [found.uid for found in reports.letters_under("AAAA2222")] == [first.uid]
    second = post(reference="AAAA2222")
    assert [found.uid for found in reports.letters_under("AAAA2222")] == [second.uid]


@pytest.mark.parametrize("sought", ["7k2m-94qx", "7K2M94QX", PRESIDENT.email.upper(), "provider-7", "message-id"])
def test_a_message_is_found_by_what_people_have_in_hand(sought: str) -> None:
    wanted = put(post(reference="7K2M94QX"), Status.SENT, provider_message_id="provider-7")
    post(to=(AMBASSADOR,), cc=())
    found = reports.message(wanted.uid)
    assert found is not None
    words = found.message_id_header if sought == "message-id" else sought
    assert [row.pk for row in reports.search(text=words)] == [wanted.pk]


@pytest.mark.parametrize("sought", ["%", "_", "' OR 1=1 --", "\\", "*"])
def test_signs_of_a_query_are_only_signs(sought: str) -> None:
    post()
    assert not reports.search(text=sought).exists()


def test_a_list_can_be_narrowed_and_takes_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for status in (Status.SENT, Status.FAILED, Status.FAILED):
        put(post(stream="ua-61-21/1"), status)
    notice = post("copy", stream="ua-61-21/1")
    assert reports.search(status="failed").count() == 2
    assert [row.pk for row in reports.search(kind="copy")] == [notice.pk]
    assert reports.search(stream_prefix="ua-61-21/").count() == 4
    newest = list(reports.search())
    assert [row.pk for row in newest] == sorted((row.pk for row in newest), reverse=True)
    with django_assert_max_num_queries(2):
        assert len(reports.page(reports.search()[:50])) == 4
