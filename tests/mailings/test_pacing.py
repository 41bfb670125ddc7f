"""Tests of mailings.pacing: whose letter leaves which lane when, with any number of workers."""

import re
import threading
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from mailings import halts, outbox, pacing
from mailings.compose import Address
from mailings.models import Lane, Message
from mailings.models.message import FORM, Status
from tests.mailings.making import PRESIDENT, post, put, status_of
from tests.mailings.road import HOUR, MINUTE, MONDAY, lane, leave, letters, streams_of

pytestmark = pytest.mark.django_db

MINISTER = Address("minister@ministry.example.org", "Minister Example")


@pytest.mark.parametrize(
    ("mode", "pace", "waits"),
    [("live", True, True), ("live", False, False), ("sandbox", True, False), ("test", True, False)],
)
def test_pace_is_waited_for_in_live_mode_alone(settings: Settings, mode: str, pace: bool, waits: bool) -> None:
    settings.MAIL_MODE, settings.MAIL_PACE = mode, pace
    assert pacing.waited_for() is waits


# --- one lane ---------------------------------------------------------------------------------------------------------


def test_a_letter_leaves_and_the_next_one_waits_for_the_pace() -> None:
    first, second = letters(2)
    lane()
    assert leave(MONDAY + MINUTE) == [first]
    assert leave(MONDAY + MINUTE + timedelta(seconds=1)) == []
    after = Lane.objects.get()
    assert (after.day_count, after.last_stream) == (1, "a/1")
    assert leave(after.next_at - timedelta(microseconds=1)) == []
    assert leave(after.next_at) == [second]


def test_each_lane_has_its_own_pace_and_there_is_no_more_than_room() -> None:
    letters(2)
    letters(2, to=MINISTER)
    lane()
    lane("ministry.example.org", next_at=MONDAY)
    assert len(leave(MONDAY + MINUTE, room=1)) == 1
    assert [message.lane.domain for message in leave(MONDAY + MINUTE) if message.lane] == ["ministry.example.org"]
    assert leave(MONDAY + MINUTE) == []
    assert leave(MONDAY + 2 * HOUR, room=0) == []
    assert len(leave(MONDAY + 2 * HOUR)) == 2


def test_a_closed_office_gets_nothing_and_its_lane_is_looked_at_again_when_it_opens() -> None:
    (letter,) = letters(1, due=MONDAY - timedelta(days=2))
    lane()
    assert leave(MONDAY - timedelta(days=2)) == []
    opens = Lane.objects.get().next_at
    assert timedelta(0) <= opens - (MONDAY - HOUR) <= 2 * MINUTE
    assert leave(opens) == [letter]


def test_the_search_goes_on_behind_lanes_that_may_not_send() -> None:
    closed = [Address(f"office@closed-{number}.example.org", "Office") for number in range(6)]
    for to in closed:
        letters(1, to=to)
        lane(to.email.partition("@")[2], calendars="CN", time_zone="Asia/Shanghai")  # ten in London, six in Beijing
    (letter,) = letters(1)
    lane(next_at=MONDAY)
    assert leave(MONDAY + MINUTE, room=2) == [letter]


def test_the_day_of_the_office_has_its_number() -> None:
    letters(3)
    lane(per_day=2)
    assert len(streams_of(MONDAY, 2)) == 2
    assert leave(MONDAY + 5 * HOUR) == []
    tomorrow = Lane.objects.get().next_at
    assert tomorrow.date().isoformat() == "2026-11-24"
    assert len(leave(tomorrow)) == 1
    assert Lane.objects.get().day_count == 1


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.QUEUED])
def test_only_what_is_in_line_leaves(status: Status) -> None:
    put(letters(1)[0], status)
    lane()
    assert leave(MONDAY + MINUTE) == []


def test_a_paused_lane_stands() -> None:
    letters(1)
    lane(paused_at=MONDAY)
    assert leave(MONDAY + MINUTE) == []


def test_a_supporters_own_mail_takes_no_lane() -> None:
    own = post("confirmation")
    assert own.lane is None
    assert not Lane.objects.exists()
    letters(1)
    lane()
    assert len(leave(MONDAY + MINUTE)) == 1
    assert status_of(own) == "queued"


def test_lanes_and_letters_of_another_mode_stand(settings: Settings) -> None:
    letters(1)
    lane()
    settings.MAIL_MODE = "test"
    assert leave(MONDAY + MINUTE) == []


def test_a_letter_in_a_form_that_this_version_does_not_know_is_left_to_a_newer_worker() -> None:
    letters(1, form=FORM + 1)
    (known,) = letters(1, due=MONDAY + MINUTE)
    lane()
    assert leave(MONDAY + 2 * MINUTE) == [known]


# --- turns ------------------------------------------------------------------------------------------------------------


def test_a_flood_of_one_campaign_delays_anothers_single_letter_by_one_turn() -> None:
    letters(40, "flood/1")
    letters(1, "single/3", due=MONDAY + MINUTE)
    lane()
    assert "single/3" in streams_of(MONDAY + 2 * MINUTE, 2)


def test_campaigns_take_turns_and_each_sends_its_oldest_first() -> None:
    mine, yours, nobodys = letters(3, "a/1"), letters(3, "b/1"), letters(2, "")
    lane()
    assert streams_of(MONDAY + MINUTE, 8) == ["a/1", "b/1", "", "a/1", "b/1", "", "a/1", "b/1"]
    for rows in (mine, yours, nobodys):
        by_time = Message.objects.filter(pk__in=[row.pk for row in rows]).order_by("sent_at")
        assert list(by_time) == rows


def test_a_stream_whose_letters_are_not_due_or_halted_has_no_turn() -> None:
    letters(1, "a/later", due=MONDAY + 5 * HOUR)
    letters(1, "b/halted")
    (free,) = letters(1, "c/1")
    lane()
    halts.halt("b/", for_good=False)
    assert leave(MONDAY + MINUTE) == [free]


def test_a_lane_in_which_nothing_may_leave_is_looked_at_again_in_a_minute() -> None:
    letters(1, "a/later", due=MONDAY + 5 * HOUR)
    lane()
    assert leave(MONDAY) == []
    assert Lane.objects.get().next_at == MONDAY + MINUTE
    (fresh,) = letters(1, "b/1")
    assert leave(MONDAY + MINUTE) == [fresh]


def test_a_claim_asks_as_much_of_the_database_for_many_letters_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    letters(3)
    lane()
    for more in (0, 60):
        letters(more, "b/1")
        lane()
        # Ready lanes, halts, the head of a stream, what waits, the lane; room is left, so ready lanes once more.
        with django_assert_num_queries(8), transaction.atomic():
            assert len(pacing.take(8, MONDAY + MINUTE)) == 1


def test_no_question_of_a_claim_reads_a_whole_table() -> None:
    letters(3)
    lane()
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "mailings_halt" not in sql:  # of those there are few
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), transaction.atomic():
        pacing.take(8, MONDAY + MINUTE)
    assert len(asked) >= 4
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of three rows it would read all
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        for sql, params in asked:
            cursor.execute(explain + sql, params)
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            assert not re.search(r"Seq Scan|SCAN mailings|SCAN U0|Hash|TEMP B-TREE", plan), plan


# --- several workers --------------------------------------------------------------------------------------------------


def test_a_claim_that_breaks_off_spends_nothing() -> None:
    letters(1)
    before = lane()

    def broken() -> None:
        with transaction.atomic():
            assert len(pacing.take(8, MONDAY + MINUTE)) == 1
            raise ConnectionError

    with pytest.raises(ConnectionError):
        broken()
    after = Lane.objects.get()
    assert (after.next_at, after.day_count, after.last_stream) == (before.next_at, 0, "")
    assert len(leave(MONDAY + MINUTE)) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_keep_the_pace_together() -> None:
    roads = [Address(f"office@office-{number}.example.org", "Office") for number in range(3)]
    for to in roads:
        letters(45, "a/1", to)
        letters(15, "b/1", to)
        lane(to.email.partition("@")[2], per_hour=30, closes_at=time(12))
    left: list[tuple[datetime, Message]] = []
    ticks = iter(range(480))
    guard = threading.Lock()

    def work() -> None:
        try:
            while True:
                with guard:
                    tick = next(ticks, None)
                if tick is None:
                    return
                now = MONDAY + tick * timedelta(seconds=15)
                left.extend((now, message) for message in leave(now, room=2))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len({message.pk for _, message in left}) == len(left)
    for number in Lane.objects.values_list("pk", flat=True):
        mine = sorted((now, message.stream) for now, message in left if message.lane_id == number)
        times = [now for now, _ in mine]
        assert 20 <= len(times) <= 61  # two hours at thirty, less the looks at which the others held the lane
        assert max(sum(first <= one < first + HOUR for one in times) for first in times) <= 31
        assert Counter(stream for _, stream in mine[:20]) == {"a/1": 10, "b/1": 10}


@pytest.fixture
def held(transactional_db: None) -> None:
    """Rows that threads can see, and letters in a lane."""
    letters(2)
    letters(1, to=MINISTER)
    lane()
    lane("ministry.example.org")


def in_a_transaction_beside(work: threading.Event, act: object) -> threading.Thread:
    """Run ``act`` in a transaction of another thread, and keep that open until ``work`` is set."""
    began = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                act()  # type: ignore[operator]
                began.set()
                work.wait(timeout=20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert began.wait(timeout=20)
    return thread


@pytest.mark.postgres
@pytest.mark.usefixtures("held")
def test_a_lane_that_another_worker_holds_is_passed_over() -> None:
    done = threading.Event()
    office = Lane.objects.select_for_update(no_key=True).filter(domain="office.example.org")
    thread = in_a_transaction_beside(done, lambda: list(office))
    try:
        assert [message.lane.domain for message in leave(MONDAY + MINUTE) if message.lane] == ["ministry.example.org"]
    finally:
        done.set()
        thread.join(timeout=20)
    assert len(leave(MONDAY + MINUTE)) == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("held")
def test_a_letter_that_is_being_withdrawn_is_passed_over() -> None:
    done = threading.Event()
    first = Message.objects.filter(lane__domain="office.example.org").order_by("pk")[:1]
    thread = in_a_transaction_beside(done, lambda: outbox.cancel([first[0].uid], by="amara", note="A test"))
    try:
        left = [message.pk for message in leave(MONDAY + MINUTE)]
    finally:
        done.set()
        thread.join(timeout=20)
    assert len(left) == 2
    assert first[0].pk not in left


@pytest.mark.postgres
@pytest.mark.usefixtures("held")
def test_a_letter_can_be_written_into_a_lane_that_a_claim_holds() -> None:
    done = threading.Event()
    thread = in_a_transaction_beside(done, lambda: pacing.take(8, MONDAY + MINUTE))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert post(to=(PRESIDENT,), cc=()).status == "queued"
    finally:
        done.set()
        thread.join(timeout=20)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
