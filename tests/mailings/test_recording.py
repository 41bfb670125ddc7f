"""Tests of mailings.recording: what each verdict leaves behind, and who may still write."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailings import outbox, transports
from mailings.models import Message, Step, Transport
from mailings.models.message import Status
from mailings.parcel import Outcome
from mailings.recording import record
from mailings.retry import DELAYS, MOST_ATTEMPTS, Verdict
from tests.mailings.making import AMBASSADOR, PRESIDENT, claim, post, put, said_of
from tests.mailings.telling import hear, told

pytestmark = pytest.mark.django_db


def came_of(verdict: Verdict, message: Message | None = None, **outcome: Any) -> Message:
    """A message that was claimed, and what was recorded of it."""
    message = message or post()
    (parcel,) = claim(8, "worker-1")
    record([Outcome(parcel, verdict, **outcome)], "worker-1")
    message.refresh_from_db()
    return message


def wait_of(message: Message) -> timedelta:
    """How long from now it waits."""
    return message.due - timezone.now()


def test_sent() -> None:
    message = came_of(Verdict.SENT, provider_message_id="abc")
    assert (message.status, message.provider, message.provider_message_id) == ("sent", "sandbox", "abc")
    assert (message.attempts, message.owner, message.lease) == (1, "", None)
    assert message.sent_at is not None
    assert said_of(message) == {PRESIDENT.email: "sent", AMBASSADOR.email: "sent"}
    step = Step.objects.get(message=message)
    assert (step.status, step.attempt, step.note) == ("sent", 1, "sandbox took it as abc")


def test_sent_but_one_address_refused() -> None:
    message = came_of(Verdict.SENT, refused=frozenset({AMBASSADOR.email}))
    assert said_of(message) == {PRESIDENT.email: "sent", AMBASSADOR.email: "rejected"}


def test_never() -> None:
    message = came_of(Verdict.NEVER, answer="HTTP 422: no")
    assert (message.status, message.answer, message.attempts) == ("failed", "HTTP 422: no", 1)
    assert said_of(message) == {PRESIDENT.email: "unknown", AMBASSADOR.email: "unknown"}


def test_in_doubt() -> None:
    message = came_of(Verdict.IN_DOUBT, answer="the line was cut")
    assert (message.status, message.answer) == ("in_doubt", "the line was cut")
    assert (message.owner, message.lease) == ("", None)


def test_transport_down_spends_no_attempt_and_everybody_waits() -> None:
    message = came_of(Verdict.TRANSPORT_DOWN, answer="HTTP 401: key")
    assert (message.status, message.attempts) == ("queued", 0)
    rest = transports.resting()
    assert rest is not None
    assert rest.why == "HTTP 401: key"
    assert rest.down
    post()
    assert claim(8, "worker-2") == []


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(timedelta(seconds=7), 5, 7), (None, 110, 120), (timedelta(0), -1, 1)]
)
def test_later_waits_as_long_as_it_was_asked(asked: timedelta | None, least: int, most: int) -> None:
    message = came_of(Verdict.LATER, retry_after=asked)
    assert (message.status, message.attempts) == ("queued", 0)
    rest = transports.resting()
    assert rest is not None
    assert rest.rests_until is not None
    assert timedelta(seconds=least) < rest.rests_until - timezone.now() <= timedelta(seconds=most)
    assert not rest.down


@pytest.mark.parametrize("attempts", range(1, MOST_ATTEMPTS))
def test_soon_waits_by_our_own_timetable(attempts: int) -> None:
    message = came_of(Verdict.SOON, put(post(), Status.QUEUED, attempts=attempts - 1))
    assert (message.status, message.attempts) == ("queued", attempts)
    wait = DELAYS[attempts - 1]
    assert wait - timedelta(seconds=10) < wait_of(message) <= wait
    assert transports.resting() is None


def test_soon_has_an_end() -> None:
    message = came_of(Verdict.SOON, put(post(), Status.QUEUED, attempts=MOST_ATTEMPTS - 1), answer="refused")
    assert message.status == "failed"
    assert Step.objects.get(message=message).note == f"Given up after {MOST_ATTEMPTS} attempts. refused"


def test_what_was_not_begun_spends_no_attempt_and_is_due_at_once() -> None:
    message = came_of(Verdict.SOON, begun=False)
    assert (message.status, message.attempts) == ("queued", 0)
    assert wait_of(message) <= timedelta(0)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("words", ["x" * 600, "nul \x00", "half of a pair \ud800"])
def test_a_providers_words_cannot_keep_its_answer_from_being_recorded(verdict: Verdict, words: str) -> None:
    # Each of these once made PostgreSQL refuse the record, and with it those of all letters in the same round.
    message = came_of(verdict, provider_message_id=words, answer=words)
    assert message.status != "sending"


def test_every_verdict_has_a_consequence() -> None:
    for verdict in Verdict:
        put(came_of(verdict), Status.CANCELLED)
        Transport.objects.all().delete()


# --- one message that is refused for now, again and again -------------------------------------------------------------


def offer(odd: Message, verdict: Verdict, *, others: Verdict) -> None:
    """Let a provider that rests no more have what waits, until nothing does: it answers so to the odd one."""
    now = timezone.now()
    Transport.objects.filter(rests_until__gt=now).update(rests_until=now)
    Message.objects.filter(status=Status.QUEUED, due__gt=now).update(due=now)
    for _ in range(5):
        parcels = claim(8, "worker-1")
        said = [Outcome(one, verdict if one.pk == odd.pk else others, answer="HTTP 403: no") for one in parcels]
        record(said, "worker-1")


@pytest.mark.parametrize(("verdict", "times"), [(Verdict.TRANSPORT_DOWN, 20), (Verdict.LATER, 200)])
def test_what_is_put_off_for_ever_while_others_are_taken_waits_for_a_person(verdict: Verdict, times: int) -> None:
    odd = post()
    other = post()
    rounds = 0
    while Message.objects.get(pk=odd.pk).status == "queued" and rounds < 3 * times:
        put(other, Status.QUEUED, attempts=0)
        offer(odd, verdict, others=Verdict.SENT)
        rounds += 1
    odd.refresh_from_db()
    assert odd.status == "failed"
    assert times // 2 <= rounds <= 2 * times
    last = Step.objects.filter(message=odd).order_by("-pk")[0]
    assert last.note == "Given up: refused again and again, while others were taken. HTTP 403: no"
    # A person sends it again, with all patience.
    assert outbox.retry([odd.uid], by="Ann", note="It is mended") == 1
    odd.refresh_from_db()
    assert (odd.status, odd.put_off) == ("queued", 0)


@pytest.mark.parametrize("verdict", [Verdict.TRANSPORT_DOWN, Verdict.LATER])
def test_an_outage_of_any_length_costs_no_message_its_patience(verdict: Verdict) -> None:
    messages = [post() for _ in range(3)]
    for _ in range(100):
        offer(messages[0], verdict, others=verdict)
    assert {Message.objects.get(pk=message.pk).status for message in messages} == {"queued"}
    assert max(Message.objects.values_list("put_off", flat=True)) <= 10


# --- another hand was faster ------------------------------------------------------------------------------------------


def settled_meanwhile(status: Status, verdict: Verdict, **columns: Any) -> Message:
    """A message that was claimed, settled by another hand, and only then recorded."""
    message = post()
    (parcel,) = claim(8, "worker-1")
    put(message, status, **columns)
    record([Outcome(parcel, verdict, provider_message_id="abc", answer="late")], "worker-1")
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.SENT])
@pytest.mark.parametrize("status", [Status.IN_DOUBT, Status.SENT, Status.QUEUED, Status.FAILED])
def test_what_another_hand_has_settled_stays(status: Status, verdict: Verdict) -> None:
    message = settled_meanwhile(status, verdict)
    assert message.status == status
    assert not Step.objects.filter(message=message).exists()


@pytest.mark.parametrize(
    "status",
    # Held: once let go, it would go a second time. Withdrawn: its writer would be told that it was not sent.
    [Status.IN_DOUBT, Status.QUEUED, Status.FAILED, Status.HELD, Status.CANCELLED],
)
def test_a_late_answer_that_it_was_taken_ends_the_doubt(status: Status) -> None:
    message = settled_meanwhile(status, Verdict.SENT)
    assert (message.status, message.provider, message.provider_message_id) == ("sent", "sandbox", "abc")
    assert Step.objects.get(message=message).note == "The answer of sandbox came late: it took it."
    assert set(said_of(message).values()) == {"sent"}


def test_what_a_report_has_proved_learns_who_carried_it() -> None:
    message = settled_meanwhile(Status.SENT, Verdict.SENT)
    assert (message.provider, message.provider_message_id) == ("sandbox", "abc")
    assert set(said_of(message).values()) == {"sent"}
    assert not Step.objects.filter(message=message).exists()


def test_what_another_worker_hands_over_a_second_time_does_not_come_back_in_line() -> None:
    message = settled_meanwhile(Status.SENDING, Verdict.SENT, owner="worker-2")
    assert (message.status, message.owner, message.lease) == ("sent", "", None)


@pytest.mark.parametrize(("known", "told"), [("abc", 0), ("", 0), ("another", 1)])
def test_a_second_copy_is_told_of_and_the_first_one_s_name_is_kept(known: str, told: int) -> None:
    message = settled_meanwhile(Status.SENT, Verdict.SENT, provider_message_id=known)
    assert message.provider_message_id == (known or "abc")
    assert Step.objects.filter(message=message, note__contains="took it as abc.").count() == told


def test_a_message_that_is_gone_is_no_error() -> None:
    post()
    (parcel,) = claim(8, "worker-1")
    Message.objects.all().delete()
    record([Outcome(parcel, Verdict.SENT)], "worker-1")


def test_a_report_that_came_first_keeps_its_word() -> None:
    message = post()
    (parcel,) = claim(8, "worker-1")
    message.recipients.filter(address=PRESIDENT.email).update(status="delivered")
    record([Outcome(parcel, Verdict.SENT)], "worker-1")
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "sent"}


def test_an_address_that_was_refused_is_so_though_a_report_on_another_came_first() -> None:
    message = post()
    (parcel,) = claim(8, "worker-1")
    hear(told(message, "delivered"))
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "sent"}
    record([Outcome(parcel, Verdict.SENT, refused=frozenset({AMBASSADOR.email}))], "worker-1")
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "rejected"}


def test_one_that_is_asked_for_patience_among_others_that_are_taken_waits_alone() -> None:
    for _ in range(2):
        post()
    refused, taken = claim(8, "worker-1")
    record(
        [Outcome(refused, Verdict.LATER, retry_after=timedelta(seconds=7)), Outcome(taken, Verdict.SENT)], "worker-1"
    )
    row = Message.objects.get(pk=refused.pk)
    assert (row.status, row.attempts) == ("queued", 0)
    assert timedelta(seconds=5) < wait_of(row) <= timedelta(seconds=7)
    assert transports.resting() is None
