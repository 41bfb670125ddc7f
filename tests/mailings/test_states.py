"""Tests of mailings.states and of the nudge: a change counts its rows, tells its story, and is told once durable."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django_q.models import OrmQ, Schedule
from pytest_django import DjangoCaptureOnCommitCallbacks

from mailings import queue, signals, states
from mailings.models import Message, Step
from mailings.models.message import Status
from tests.mailings.making import post, put, status_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("old", list(Status))
def test_only_a_state_that_permits_it_changes(old: Status) -> None:
    message = put(post(), old)
    moved = states.move([message.pk], {Status.IN_DOUBT}, Status.SENT, note="why", by="lena")
    assert moved == ([message.pk] if old is Status.IN_DOUBT else [])
    assert Step.objects.filter(message=message).count() == len(moved)


def test_a_change_clears_what_belonged_to_the_old_state() -> None:
    sending, held = put(post(), Status.SENDING), post(held=True)
    states.move([sending.pk, held.pk], {Status.SENDING, Status.HELD}, Status.QUEUED)
    for message in (sending, held):
        message.refresh_from_db()
        assert (message.owner, message.lease, message.held_for) == ("", None, "")


def test_further_conditions_hold() -> None:
    message = put(post(), Status.SENDING)
    assert states.move([message.pk], {Status.SENDING}, Status.SENT, only={"owner": "another"}) == []
    assert status_of(message) == "sending"


def test_a_long_note_is_cut_to_what_fits() -> None:
    message = post()
    states.move([message.pk], {Status.QUEUED}, Status.FAILED, note="x" * 900)
    assert len(Step.objects.get(message=message).note) == states.LONGEST_NOTE


def test_a_change_that_is_taken_back_leaves_no_story_and_no_news() -> None:
    message = post()
    news: list[dict[str, Any]] = []

    def listen(**given: Any) -> None:
        news.append(given)

    signals.message_changed.connect(listen)
    try:
        with transaction.atomic():
            states.move([message.pk], {Status.QUEUED}, Status.CANCELLED)
            transaction.set_rollback(True)
    finally:
        signals.message_changed.disconnect(listen)
    assert (status_of(message), news) == ("queued", [])
    assert not Step.objects.exists()


def test_a_listener_that_fails_stops_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[str] = []

    def fail(**given: Any) -> None:
        raise RuntimeError("a listener's own fault")

    def listen(**given: Any) -> None:
        heard.append(given["status"])

    message = post()
    signals.message_changed.connect(fail)
    signals.message_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            states.move([message.pk], {Status.QUEUED}, Status.CANCELLED)
    finally:
        signals.message_changed.disconnect(fail)
        signals.message_changed.disconnect(listen)
    assert heard == ["cancelled"]


#: What the database itself refuses, whatever the code believes.
IMPOSSIBLE: list[dict[str, Any]] = [
    {"status": "lost"},
    {"kind": "newsletter"},
    {"mode": "wild"},
    {"status": "sending", "owner": "", "lease": None},
    {"status": "queued", "held_for": "pause"},
]


@pytest.mark.parametrize("columns", IMPOSSIBLE, ids=str)
def test_the_database_refuses_what_cannot_be(columns: dict[str, Any]) -> None:
    message = post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**columns)


@pytest.mark.django_db(transaction=True)
def test_a_message_nudges_the_worker_once_it_is_durable_and_not_before() -> None:
    OrmQ.objects.all().delete()
    with transaction.atomic():
        post()
        assert OrmQ.objects.count() == 0
    assert [item.task["func"] for item in OrmQ.objects.all()] == [queue.DRAIN]
    post(held=True)
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_refuses_no_letter(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []

    def away(*args: Any, **given: Any) -> None:
        asked.append(clock[-1])
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(queue, "async_task", away)
    clock = [100.0]
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: clock[-1]))
    message = post()
    assert status_of(message) == "queued"
    assert "could not be nudged" in caplog.text
    assert connection.is_usable()

    # Those who come soon after do not wait for it again, one after the other.
    for now in (101.0, 129.9, 130.0):
        clock.append(now)
        assert status_of(post()) == "queued"
    assert asked == [100.0, 130.0]


def test_the_minute_schedule_is_there_once() -> None:
    for _ in range(3):
        queue.ensure_schedules()
    schedule = Schedule.objects.get(func=queue.SWEEP)
    assert (schedule.schedule_type, schedule.minutes, schedule.repeats) == (Schedule.MINUTES, 1, -1)
