"""Tests of mailings.claiming: who may take what, in which order, and what is never handed over."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from mailings import transports
from mailings.claiming import LEASE, RESERVE_SECONDS
from mailings.compose import Address
from mailings.models import Content, Message, Recipient, Step, Suppression
from mailings.models.message import Status
from tests.mailings.making import AMBASSADOR, PRESIDENT, claim, mail, post, put, said_of, status_of

pytestmark = pytest.mark.django_db


def suppress(address: str, mode: str = "sandbox") -> None:
    """Put an address on the list of those that must not be mailed."""
    Suppression.objects.create(address=address, mode=mode, why=Suppression.Why.BOUNCED)


def test_a_claimed_message_is_complete_and_has_a_lease() -> None:
    message = post()
    (parcel,) = claim(8, "worker-1")
    message.refresh_from_db()
    assert (message.status, message.owner, message.attempts) == ("sending", "worker-1", 1)
    assert message.lease is not None
    assert timedelta(0) < message.lease - timezone.now() <= LEASE
    assert LEASE.total_seconds() - RESERVE_SECONDS > 35  # longer than the longest hand-over
    words = mail()
    assert (parcel.pk, parcel.uid_hex, parcel.kind) == (message.pk, message.uid.hex, "letter")
    assert (parcel.sender, parcel.reply_to, parcel.subject) == (words.sender, words.reply_to, words.subject)
    assert (parcel.text, parcel.html) == (words.text, words.html)
    assert (parcel.to, parcel.cc) == ((PRESIDENT,), (AMBASSADOR,))
    assert parcel.message_id_header == Content.objects.get().message_id_header


def test_what_is_taken_is_taken_once() -> None:
    post()
    assert len(claim(8, "worker-1")) == 1
    assert claim(8, "worker-2") == []


def test_no_more_is_taken_than_there_is_room() -> None:
    for _ in range(5):
        post()
    assert claim(0, "worker-1") == []
    assert len(claim(3, "worker-1")) == 3
    assert Message.objects.filter(status=Status.QUEUED).count() == 2


def test_a_supporters_own_mail_never_waits_behind_letters() -> None:
    first, second = post(), post()
    own = post("confirmation")
    Message.objects.filter(pk=first.pk).update(due=timezone.now() - timedelta(hours=1))
    Message.objects.filter(pk=second.pk).update(due=timezone.now() - timedelta(hours=2))
    assert [parcel.pk for parcel in claim(8, "worker-1")] == [own.pk, second.pk, first.pk]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.QUEUED])
def test_only_what_is_in_line_is_taken(status: Status) -> None:
    put(post(), status)
    assert claim(8, "worker-1") == []


def test_what_is_not_due_yet_waits() -> None:
    put(post(), Status.QUEUED, due=timezone.now() + timedelta(minutes=1))
    assert claim(8, "worker-1") == []


def test_a_message_of_another_mode_is_never_taken(settings: Settings) -> None:
    message = post()
    for mode in ("test", "live"):
        settings.MAIL_MODE = mode
        assert claim(8, "worker-1") == []
    settings.MAIL_MODE = "sandbox"
    assert [parcel.pk for parcel in claim(8, "worker-1")] == [message.pk]


def test_nothing_is_taken_while_the_provider_rests() -> None:
    post()
    transports.wait("sandbox", timedelta(minutes=1), "HTTP 429")
    assert claim(8, "worker-1") == []


def test_another_providers_rest_is_none_of_ours(settings: Settings) -> None:
    transports.wait("sandbox", timedelta(minutes=1), "HTTP 429")
    settings.MAIL_PROVIDER = "postmark"
    post()
    assert len(claim(8, "worker-1")) == 1


def test_a_suppressed_copy_is_left_out_and_the_letter_leaves() -> None:
    message = post()
    suppress(AMBASSADOR.email)
    (parcel,) = claim(8, "worker-1")
    assert (parcel.to, parcel.cc) == ((PRESIDENT,), ())
    assert said_of(message) == {PRESIDENT.email: "unknown", AMBASSADOR.email: "suppressed"}


def test_a_message_to_nobody_but_suppressed_addresses_fails_in_words() -> None:
    message = post()
    suppress(PRESIDENT.email)
    assert claim(8, "worker-1") == []
    message.refresh_from_db()
    assert message.status == "failed"
    assert message.answer.startswith("Not mailed: its address is on the list")
    assert Step.objects.get(message=message).note == message.answer


def test_one_of_several_to_addresses_is_enough() -> None:
    message = post(to=(PRESIDENT, Address("deputy@office.example.org", "Deputy")))
    suppress(PRESIDENT.email)
    (parcel,) = claim(8, "worker-1")
    assert [address.email for address in parcel.to] == ["deputy@office.example.org"]
    assert status_of(message) == "sending"


def test_an_address_that_is_suppressed_in_another_mode_is_mailed() -> None:
    post()
    suppress(PRESIDENT.email, mode="live")
    assert len(claim(8, "worker-1")) == 1


@pytest.mark.parametrize("field", ["subject", "text", "html", "sender_name", "sender_address", "reply_to"])
def test_words_that_were_changed_after_they_were_frozen_do_not_leave(field: str) -> None:
    changed, sound = post(), post()
    Content.objects.filter(message=changed).update(**{field: "other@example.org"})
    assert [parcel.pk for parcel in claim(8, "worker-1")] == [sound.pk]
    changed.refresh_from_db()
    assert (changed.status, changed.answer) == (
        "failed",
        "Its words are not those that were frozen. It was not sent.",
    )


def test_a_recipient_that_was_slipped_in_does_not_get_it() -> None:
    message = post()
    Recipient.objects.create(message=message, role="cc", address="spy@example.net")
    assert claim(8, "worker-1") == []
    assert status_of(message) == "failed"


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_take_each_message_once() -> None:
    for _ in range(24):
        post()
    taken: list[int] = []
    start = threading.Barrier(6)

    def work(name: str) -> None:
        try:
            start.wait(timeout=10)
            while parcels := claim(3, name):
                taken.extend(parcel.pk for parcel in parcels)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"worker-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    # A worker that found everything locked by others may have gone home early; what it left is still in line.
    taken += [parcel.pk for parcel in claim(24, "the-last")]
    assert sorted(taken) == sorted(Message.objects.values_list("pk", flat=True))
