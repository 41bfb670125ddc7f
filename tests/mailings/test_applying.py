"""Tests of mailings.events and mailings.applying: what is stored takes effect once, whole, and whoever applies it."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mailings import applying, events, pacing, reports, signals, tasks
from mailings.models import DeadAddress, Event, Lane, Message, Suppression
from mailings.models.message import Status
from mailings.models.recipient import Delivery
from tests.mailings.making import AMBASSADOR, PRESIDENT, post, put, said_of, status_of
from tests.mailings.telling import hear, sent, store, told

pytestmark = pytest.mark.django_db


def test_what_is_heard_is_stored_and_nothing_else() -> None:
    message = put(post(), Status.IN_DOUBT)
    store(told(message, "bounced"))
    stored = Event.objects.get()
    assert (stored.message_uid, stored.message, stored.applied_at) == (message.uid, None, None)
    assert (stored.address, stored.bounce, stored.provider_message_id) == (PRESIDENT.email, "hard", "provider-1")
    assert (status_of(message), said_of(message)[PRESIDENT.email]) == ("in_doubt", "unknown")
    assert not DeadAddress.objects.exists()


def test_one_report_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    report = told(sent(), "delivered")
    with django_assert_num_queries(1):
        store(report)


def test_what_took_effect_is_not_applied_again() -> None:
    message = sent()
    hear(told(message, "bounced"))
    assert Event.objects.get().applied_at is not None
    message.recipients.update(status=Delivery.UNKNOWN)
    assert events.apply_waiting() == 0
    assert said_of(message)[PRESIDENT.email] == "unknown"


def test_a_worker_applies_what_is_stored() -> None:
    message = sent()
    store(told(message, "delivered"))
    tasks.drain()
    assert said_of(message)[PRESIDENT.email] == "delivered"


def test_ninety_reports_take_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    messages = [sent() for _ in range(30)]
    store(*(told(message, kind) for message in messages for kind in ("sent", "deferred", "delivered")))
    with django_assert_max_num_queries(12):
        assert events.apply_waiting() == 90
    assert {said_of(message)[PRESIDENT.email] for message in messages} == {"delivered"}


def test_more_than_one_batch_is_applied_and_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BATCH", 4)
    message = sent()
    store(*(told(message, "deferred") for _ in range(11)))
    assert events.apply_waiting(limit=5) == 5
    assert Event.objects.filter(applied_at=None).count() == 6
    assert events.apply_waiting() == 6


# --- a message that we do not know yet -------------------------------------------------------------------------------


def test_a_report_that_comes_before_our_own_commit_takes_effect_after_it() -> None:
    message = post()
    uid, message_uid = message.uid, uuid4()
    Message.objects.filter(pk=message.pk).update(uid=message_uid)  # as if it were not committed yet
    hear(told(message, "delivered"))
    waiting = Event.objects.get()
    assert (waiting.message, waiting.applied_at) == (None, None)
    assert waiting.due > timezone.now() - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(uid=uid, status=Status.SENT)
    let_time_pass(timedelta(seconds=5))
    assert events.apply_waiting() == 1
    assert said_of(message)[PRESIDENT.email] == "delivered"


def test_a_provider_s_own_name_is_understood_once_it_is_recorded() -> None:
    message = put(post(), Status.SENDING)
    hear(told(message, "delivered", metadata={}, message_id="theirs-7"))
    assert Event.objects.get().applied_at is None
    put(message, Status.SENT, provider_message_id="theirs-7")
    let_time_pass(timedelta(seconds=5))
    events.apply_waiting()
    assert said_of(message)[PRESIDENT.email] == "delivered"


def let_time_pass(time: timedelta) -> None:
    """Move every stored report into the past."""
    for event in Event.objects.all():
        Event.objects.filter(pk=event.pk).update(due=event.due - time, received_at=event.received_at - time)


def test_a_report_for_nobody_is_looked_at_less_and_less_and_kept_after_a_day(caplog: pytest.LogCaptureFixture) -> None:
    hear(told(sent(), "bounced", metadata={"m": uuid4().hex}))
    looks, hours = 0, timedelta()
    while Event.objects.filter(applied_at=None).exists():
        looks += 1
        wait = Event.objects.get().due - timezone.now()
        assert timedelta() < wait <= timedelta(hours=1)
        assert events.apply_waiting() == 0
        hours += wait
        let_time_pass(wait + timedelta(seconds=1))
        assert events.apply_waiting() == 1
    assert looks < 60
    assert timedelta(hours=23) < hours < timedelta(hours=26)
    assert Event.objects.get().message is None
    assert "a message that is not ours" in caplog.text
    assert events.apply_waiting() == 0


# --- faults ----------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is killed: nothing catches this."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["_write_recipients", "_write_rows", "_suppress", "_tell_pacing", "_announce"])
def test_a_crash_in_the_middle_leaves_the_batch_unapplied(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    doubtful, letter, notice = put(post(), Status.IN_DOUBT), sent(), sent("confirmation")
    store(told(doubtful, "delivered"), told(letter, "bounced"), told(notice, "complained", "lea@example.org"))

    def dies(*args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(applying, where, dies)
        with pytest.raises(Killed):
            events.apply_waiting()
    assert status_of(doubtful) == "in_doubt"
    assert {said for message in (doubtful, letter, notice) for said in said_of(message).values()} == {"unknown"}
    assert Event.objects.filter(applied_at=None).count() == 3
    assert [rows.exists() for rows in (DeadAddress.objects, Suppression.objects, doubtful.steps)] == [False] * 3

    events.apply_waiting()
    assert status_of(doubtful) == "sent"
    assert said_of(letter)[PRESIDENT.email] == "bounced"
    assert Suppression.objects.get().address == "lea@example.org"


def test_one_report_that_cannot_be_applied_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [sent() for _ in range(5)]
    store(*(told(message, "delivered") for message in messages))
    poison = Event.objects.get(message_uid=messages[2].uid)
    fold = applying._fold

    def poisoned(reports: Any) -> Any:
        if any(report.event.pk == poison.pk for report in reports):
            raise ValueError("nobody can read this")
        return fold(reports)

    with monkeypatch.context() as patch:
        patch.setattr(applying, "_fold", poisoned)
        assert events.apply_waiting() == 5
        said = [said_of(message)[PRESIDENT.email] for message in messages]
        assert said == ["delivered", "delivered", "unknown", "delivered", "delivered"]
        poison.refresh_from_db()
        assert (poison.applied_at, poison.due > timezone.now()) == (None, True)
        assert "nobody can read this" in caplog.text
        # It is tried again for a day, then kept for staff; meanwhile new ones go on.
        let_time_pass(timedelta(hours=25))
        store(told(messages[2], "deferred"))
        events.apply_waiting()
        assert not Event.objects.filter(applied_at=None).exists()
    assert said_of(messages[2])[PRESIDENT.email] == "deferred"


def test_a_database_that_is_away_is_no_poison(monkeypatch: pytest.MonkeyPatch) -> None:
    store(told(sent(), "delivered"))

    def away(batch: object) -> None:
        raise OperationalError("the server closed the connection")

    before = Event.objects.get().due
    with monkeypatch.context() as patch:
        patch.setattr(applying, "apply", away)
        with pytest.raises(OperationalError):
            events.apply_waiting()
    assert Event.objects.get().due == before
    assert events.apply_waiting() == 1


def at_once(count: int, work: Any) -> None:
    """Do the same in so many threads at once; the first fault of any is raised."""
    start = threading.Barrier(count)
    faults: list[Exception] = []

    def run() -> None:
        try:
            start.wait(timeout=10)
            work()
        except Exception as fault:  # noqa: BLE001 - it is raised below, in the thread of the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if faults:
        raise faults[0]


@pytest.mark.django_db(transaction=True)
def test_several_workers_apply_each_report_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BATCH", 7)
    letters, notices = [put(post(), Status.IN_DOUBT) for _ in range(20)], [sent("copy") for _ in range(20)]
    store(*(told(letter, kind) for letter in letters for kind in ("sent", "bounced", "deferred")))
    store(*(told(notice, "bounced", "lea@example.org") for notice in notices))
    at_once(5, events.apply_waiting)
    # What one found in another's hand it left for later.
    let_time_pass(timedelta(seconds=2))
    events.apply_waiting()
    assert not Event.objects.filter(applied_at=None).exists()
    assert {status_of(letter) for letter in letters} == {"sent"}
    assert {said_of(letter)[PRESIDENT.email] for letter in letters} == {"bounced"}
    assert {letter.steps.filter(status=Status.SENT).count() for letter in letters} == {1}
    assert DeadAddress.objects.get().times == 20
    assert Suppression.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reports_are_heard_while_others_are_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BATCH", 5)
    messages = [sent() for _ in range(10)]

    def work() -> None:
        for message in messages:
            store(told(message, "deferred"))
            events.apply_waiting()

    at_once(4, work)
    events.apply_waiting()
    assert Event.objects.count() == 40
    assert not Event.objects.filter(applied_at=None).exists()
    assert {said_of(message)[PRESIDENT.email] for message in messages} == {"deferred"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_message_in_another_hand_is_not_waited_for() -> None:
    """A worker that records the end of its hand-overs must never be thrown back by a deadlock with a report."""
    mine, other = put(post(), Status.SENDING), put(post(), Status.SENDING)
    store(told(mine, "delivered"), told(other, "delivered"))
    with transaction.atomic():
        Message.objects.filter(pk=mine.pk).update(answer="being recorded")
        at_once(1, events.apply_waiting)  # would never come back if it waited
        assert Event.objects.filter(applied_at=None).get().message_uid == mine.uid
    assert [status_of(one) for one in (mine, other)] == ["sending", "sent"]
    let_time_pass(timedelta(hours=30))  # however long it lay there: it has a message
    events.apply_waiting()
    assert status_of(mine) == "sent"


# --- what follows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["soft", "policy"])
def test_a_bounce_for_now_silences_nobody(kind: str) -> None:
    letter, notice = sent(), sent("confirmation")
    hear(told(letter, kind), told(notice, kind, "lea@example.org"))
    assert said_of(letter)[PRESIDENT.email] == "soft_bounce"
    assert said_of(notice)["lea@example.org"] == "soft_bounce"
    assert [rows.exists() for rows in (DeadAddress.objects, Suppression.objects)] == [False, False]


def test_our_provider_s_own_list_marks_an_office_and_is_no_bounce() -> None:
    letter = sent()
    hear(told(letter, "rejected", esp_event={"type": "bounced address"}), provider="SendGrid")
    assert said_of(letter)[PRESIDENT.email] == "rejected"
    assert DeadAddress.objects.get().address == PRESIDENT.email


def test_a_provider_that_cannot_name_the_copy_marks_nobody() -> None:
    letter, alone = put(post(), Status.IN_DOUBT), sent(cc=())
    permanent = {"data": {"bounce": {"type": "Permanent", "subType": "NoEmail"}}}
    hear(told(letter, "bounced", esp_event=permanent), told(alone, "delivered"), provider="Resend")
    assert (status_of(letter), set(said_of(letter).values())) == ("sent", {"sent"})
    assert said_of(alone)[PRESIDENT.email] == "delivered"
    assert not DeadAddress.objects.exists()
    # Nor does its story name anybody.
    assert [line.address for line in reports.story(letter.uid) if line.address] == [reports.ONE_OF_THEM]
    assert [line.address for line in reports.story(alone.uid) if line.address] == [PRESIDENT.email]


@pytest.mark.parametrize("status", [Status.QUEUED, Status.FAILED, Status.HELD, Status.CANCELLED])
def test_what_was_claimed_before_is_proved_whatever_it_became(status: Status) -> None:
    message = put(post(), status, claimed_at=timezone.now())
    hear(told(message, "delivered"))
    message.refresh_from_db()
    assert (message.status, message.provider, message.provider_message_id) == ("sent", "postmark", "provider-1")


@pytest.mark.parametrize("status", [Status.SENDING, Status.IN_DOUBT])
def test_a_report_on_one_address_proves_that_the_others_left_with_it(status: Status) -> None:
    message = put(post(), status)
    hear(told(message, "delivered"))
    assert (status_of(message), said_of(message)) == ("sent", {PRESIDENT.email: "delivered", AMBASSADOR.email: "sent"})
    hear(told(message, "bounced", AMBASSADOR.email))
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "bounced"}


def test_what_is_not_mailed_has_not_left_with_the_others() -> None:
    message = put(post(), Status.IN_DOUBT)
    message.recipients.filter(address=AMBASSADOR.email).update(status=Delivery.SUPPRESSED)
    hear(told(message, "delivered"))
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "suppressed"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_put_off_leaves_no_address_untold() -> None:
    """Two workers have one report each on one message in doubt: the second's has to wait."""
    message = put(post(), Status.IN_DOUBT)
    store(told(message, "delivered"), told(message, "delivered", AMBASSADOR.email))
    first, second = Event.objects.order_by("pk")
    with transaction.atomic():
        applying.apply(list(Event.objects.select_for_update().filter(pk=first.pk)))
        at_once(1, events.apply_waiting)  # passes over the first report, and finds the message in another hand
    second.refresh_from_db()
    assert (second.applied_at, second.due > second.received_at) == (None, True)
    assert (status_of(message), said_of(message)) == ("sent", {PRESIDENT.email: "delivered", AMBASSADOR.email: "sent"})
    let_time_pass(timedelta(seconds=2))
    events.apply_waiting()
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "delivered"}


def test_a_report_without_an_id_takes_none_away() -> None:
    message = put(post(), Status.IN_DOUBT, provider="brevo", provider_message_id="theirs")
    hear(told(message, "delivered", message_id=None), provider="Somebody New")
    message.refresh_from_db()
    assert (message.status, message.provider, message.provider_message_id) == ("sent", "brevo", "theirs")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, list[str], str]]:
    """What pacing heard."""
    found: list[tuple[int, list[str], str]] = []

    def hears(lane_id: int, said: list[Delivery], answer: str) -> None:
        found.append((lane_id, [str(one.value) for one in said], answer))

    monkeypatch.setattr(pacing, "heard", hears)
    return found


def test_each_lane_hears_once_what_its_server_made_of_our_letters(heard: list[tuple[int, list[str], str]]) -> None:
    first, second = (Lane.objects.create(domain=f"{name}.example.org", mode="sandbox") for name in ("a", "b"))
    kinds = ["deferred", "soft", "policy", "rejected", "delivered", "bounced"]
    for kind in kinds:
        store(told(put(post(), Status.SENT, lane=first), kind))
    store(told(put(post(), Status.SENT, lane=second), "deferred", mta_response="451 4.7.1 later"))
    store(told(put(post(), Status.SENT, lane=second), "policy", AMBASSADOR.email))  # another office's server
    store(told(put(post("copy"), Status.SENT), "deferred"))  # has no lane
    events.apply_waiting()
    assert heard == [
        (first.pk, ["deferred", "soft_bounce", "rejected", "rejected", "bounced"], "550 5.7.1 Refused by our rules"),
        (second.pk, ["deferred"], "451 4.7.1 later"),
    ]


def test_old_news_is_no_news_for_a_lane(heard: list[tuple[int, list[str], str]]) -> None:
    lane = Lane.objects.create(domain="a.example.org", mode="sandbox")
    message = put(post(), Status.SENT, lane=lane)
    hear(told(message, "delivered"), told(message, "deferred"))
    assert heard == []


def test_where_nobody_listens_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals.recipient_changed, "receivers", [])
    signals.recipient_changed.sender_receivers_cache.clear()

    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("nobody listens")

    monkeypatch.setattr(signals.recipient_changed, "send_robust", never)
    hear(told(sent(), "delivered"))
    assert Event.objects.get().applied_at is not None
