"""Tests of mailings.outbox: what was accepted is there once, and a person's acts change only what they may."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from mailings import outbox
from mailings.models import Content, Message, Recipient, Step
from mailings.models.message import HeldFor, Status
from mailings.outbox import Posting
from tests.mailings.making import cancel_stream, hold_stream, mail, post, put, status_of

pytestmark = pytest.mark.django_db


def together(act: Callable[[], object], times: int = 8) -> list[object]:
    """What comes of an act that several people do at once, each on a connection of their own."""
    start = threading.Barrier(times)
    results: list[object] = []

    def run() -> None:
        try:
            start.wait(timeout=10)
            results.append(act())
        except Exception as error:  # noqa: BLE001 - it is looked at below, in the thread of the test
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(results) == times
    return results


def test_a_posted_mail_is_in_line_with_every_word() -> None:
    message = post(stream="ua-61-21/1", reference="7K2M94QX")
    assert (message.status, message.mode, message.kind) == ("queued", "sandbox", "letter")
    assert (message.stream, message.reference) == ("ua-61-21/1", "7K2M94QX")
    assert message.released_at is not None
    content = Content.objects.get(message=message)
    assert (content.subject, content.text, content.html) == (mail().subject, mail().text, mail().html)
    assert (content.sender_name, content.sender_address) == ("Léa Tremblay", "ua-61-21@letters.example.org")
    assert content.message_id_header == f"<{message.uid.hex}@letters.example.org>"
    assert [(r.role, r.address) for r in message.recipients.all()] == [
        ("to", "president@office.example.org"),
        ("cc", "ambassador@embassy.example.org"),
    ]


def test_posting_twice_under_one_key_is_harmless() -> None:
    first = post(key="letter-1")
    assert outbox.post(Posting(mail(text="Other words"), "letter-1")) == first.uid
    assert Message.objects.count() == 1
    assert Content.objects.get().text == mail().text


def test_posting_many_leaves_out_what_is_known() -> None:
    post(key="letter-2")
    postings = [Posting(mail(), f"letter-{number}") for number in range(1, 6)]
    assert outbox.post_many(postings) == 4
    assert outbox.post_many(postings) == 0
    assert (Message.objects.count(), Content.objects.count(), Recipient.objects.count()) == (5, 5, 10)


def test_posting_many_takes_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(13):  # four of them find that the lane is new, and make it
        outbox.post_many([Posting(mail(), f"letter-{number}") for number in range(100)])


def test_a_held_message_waits_for_its_writer() -> None:
    message = post(held=True)
    assert (message.status, message.held_for, message.released_at) == ("held", "confirmation", None)
    assert outbox.release(message.reference, note="Confirmed from the link") == 1
    assert outbox.release(message.reference) == 0
    assert status_of(message) == "queued"
    assert Step.objects.get(message=message).note == "Confirmed from the link"


def test_what_is_released_into_a_pause_waits_for_its_end() -> None:
    message = post(held=True, stream="ua-61-21/1")
    assert outbox.release(message.reference, into_pause=True) == 1
    message.refresh_from_db()
    assert (message.status, message.held_for) == ("held", HeldFor.PAUSE)
    assert outbox.release(message.reference) == 0
    assert outbox.release_stream("ua-61-21/", by="lena", note="The pause has ended.") == 1
    assert status_of(message) == "queued"


def test_a_pause_holds_what_is_in_line_and_not_what_waits_for_its_writer() -> None:
    queued, held, other = post(stream="ua-61-21/1"), post(held=True, stream="ua-61-21/1"), post(stream="ua-1-22/0")
    notice = post("copy", stream="ua-61-21/1")
    assert hold_stream("ua-61-21/", by="lena", note="Paused") == 1
    assert [status_of(m) for m in (queued, held, other, notice)] == ["held", "held", "queued", "queued"]
    assert outbox.release_stream("ua-61-21/", by="lena", note="On") == 1
    assert [status_of(m) for m in (queued, held)] == ["queued", "held"]


def due_of(message: Message) -> timedelta:
    """How long it still waits."""
    return Message.objects.values_list("due", flat=True).get(pk=message.pk) - timezone.now()


def test_a_letter_with_a_delay_leaves_at_a_moment_drawn_by_chance() -> None:
    found = [post(held=True, reference="AAAA2222") for _ in range(24)]
    assert outbox.release("AAAA2222", delay=timedelta(hours=24)) == 24
    waits = [due_of(message) for message in found]
    assert all(-timedelta(seconds=10) <= wait <= timedelta(hours=24) for wait in waits)
    assert len(set(waits)) == 24
    for part in range(2):  # none of 24 in one half of the day is one chance in 8 million
        assert any(timedelta(hours=12 * part) < wait < timedelta(hours=12 * part + 12) for wait in waits)
    assert status_of(found[0]) == "queued"
    assert outbox.release("AAAA2222", delay=timedelta(hours=24)) == 0


def test_without_a_delay_a_letter_is_due_at_once() -> None:
    message = post(held=True)
    put(message, Status.HELD, held_for="confirmation", due=timezone.now() + timedelta(hours=1))
    assert outbox.release(message.reference) == 1
    assert due_of(message) <= timedelta(0)


@pytest.mark.parametrize("confirmed_before_the_pause", [True, False])
def test_a_pause_does_not_give_away_when_a_delayed_letter_was_confirmed(confirmed_before_the_pause: bool) -> None:
    message = post(held=True, stream="ua-61-21/1")
    if not confirmed_before_the_pause:
        hold_stream("ua-61-21/", by="lena", note="Paused")
    outbox.release(message.reference, into_pause=not confirmed_before_the_pause, delay=timedelta(hours=48))
    drawn = due_of(message)
    if confirmed_before_the_pause:
        hold_stream("ua-61-21/", by="lena", note="Paused")
    assert status_of(message) == "held"
    assert outbox.release_stream("ua-61-21/", by="lena", note="On") == 1
    assert status_of(message) == "queued"
    assert abs(due_of(message) - drawn) < timedelta(seconds=10)


def test_the_end_of_a_long_pause_lets_a_delayed_letter_leave_at_once() -> None:
    message = put(post(stream="ua-61-21/1"), Status.QUEUED, due=timezone.now() - timedelta(hours=1))
    hold_stream("ua-61-21/", by="lena", note="Paused")
    outbox.release_stream("ua-61-21/", by="lena", note="On")
    assert timedelta(minutes=-1) < due_of(message) <= timedelta(0)


def test_a_stream_is_cancelled_only_as_far_as_it_has_not_left() -> None:
    messages = {status: put(post(stream="ua-61-21/1"), status) for status in Status}
    assert cancel_stream("ua-61-21/", by="lena", note="She is free") == 2
    cancelled = {status for status, message in messages.items() if status_of(message) == "cancelled"}
    assert cancelled == {Status.HELD, Status.QUEUED, Status.CANCELLED}


#: act -> the states that permit it, and the state that it leads to.
ACTS: dict[str, tuple[Callable[[Message], int], set[Status], Status]] = {
    "cancel": (lambda m: outbox.cancel([m.uid], by="lena", note="n"), {Status.HELD, Status.QUEUED}, Status.CANCELLED),
    "retry": (lambda m: outbox.retry([m.uid], by="lena", note="n"), {Status.FAILED, Status.IN_DOUBT}, Status.QUEUED),
    "count_as_sent": (lambda m: outbox.count_as_sent([m.uid], by="lena", note="n"), {Status.IN_DOUBT}, Status.SENT),
    "withdraw": (lambda m: outbox.withdraw(m.reference, note="n"), {Status.HELD, Status.QUEUED}, Status.CANCELLED),
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("name", list(ACTS))
def test_an_act_changes_only_what_it_may(name: str, status: Status) -> None:
    act, permitted, leads_to = ACTS[name]
    message = put(post(), status)
    changed = act(message)
    assert changed == (1 if status in permitted else 0)
    assert status_of(message) == (leads_to if status in permitted else status)
    assert Step.objects.filter(message=message).count() == changed


def test_an_act_tells_who_did_it() -> None:
    message = put(post(), Status.IN_DOUBT)
    outbox.count_as_sent([message.uid], by="lena", note="The provider's log shows it")
    step = Step.objects.get(message=message)
    assert (step.status, step.by, step.note) == ("sent", "lena", "The provider's log shows it")
    message.refresh_from_db()
    assert message.sent_at is not None


def test_sending_again_begins_afresh_under_the_same_message_id() -> None:
    message = put(post(), Status.FAILED, attempts=5)
    before = Content.objects.get(message=message).message_id_header
    outbox.retry([message.uid], by="lena", note="The key is mended")
    message.refresh_from_db()
    assert (message.attempts, message.status) == (0, "queued")
    assert Content.objects.get(message=message).message_id_header == before


def test_what_was_written_in_another_mode_is_never_put_in_line(settings: Settings) -> None:
    held, failed = post(held=True, stream="ua-61-21/1"), put(post(), Status.FAILED)
    settings.MAIL_MODE = "live"
    assert outbox.release(held.reference) == 0
    assert outbox.retry([failed.uid], by="lena", note="") == 0
    assert [status_of(held), status_of(failed)] == ["held", "failed"]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_release_at_once_one_is_counted() -> None:
    message = post(held=True)
    results = together(lambda: outbox.release(message.reference))
    assert sorted(results, key=repr) == [0] * 7 + [1]
    assert list(Step.objects.filter(message=message).values_list("status", flat=True)) == ["queued"]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_post_at_once_under_one_key_all_get_the_same_message() -> None:
    results = together(lambda: outbox.post(Posting(mail(), "letter-of-all")))
    assert set(results) == {Message.objects.get().uid}
    assert Recipient.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_cancel_and_release_at_once_one_wins() -> None:
    message = post(held=True)
    acts: Iterator[Callable[[], int]] = iter(
        [lambda: outbox.release(message.reference), lambda: outbox.withdraw(message.reference, note="")] * 4
    )
    lock = threading.Lock()

    def act() -> int:
        with lock:
            mine = next(acts)
        return mine()

    together(act)
    steps = list(Step.objects.filter(message=message).values_list("status", flat=True))
    assert steps in (["cancelled"], ["queued", "cancelled"])
