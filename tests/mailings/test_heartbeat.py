"""Tests of mailings.heartbeat: each host is known by its own worker's sign of life, until it is asked to end."""

import socket
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mailings import health, heartbeat, tasks
from mailings.crew import Crew
from mailings.management.commands import drain
from mailings.models import Heartbeat
from mailings.models.message import Status
from tests.mailings.making import post, put

pytestmark = pytest.mark.django_db

PATIENCE = health.PATIENCE


def beats(monkeypatch: pytest.MonkeyPatch, host: str, minutes_ago: float = 0, kind: str = "loop") -> None:
    """A worker on a host shows that it lives, now or some minutes ago."""
    monkeypatch.setattr(socket, "gethostname", lambda: host)
    heartbeat.beat(kind)
    Heartbeat.objects.filter(name=f"{kind}@{host}").update(at=timezone.now() - timedelta(minutes=minutes_ago))


def silent() -> list[str]:
    return [one.host for one in heartbeat.silent(PATIENCE)]


def test_a_host_is_silent_after_three_minutes_and_forgotten_after_seven_days(monkeypatch: pytest.MonkeyPatch) -> None:
    for host, minutes in [("a", 2.9), ("b", 3), ("c", 7 * 24 * 60 - 1), ("d", 7 * 24 * 60)]:
        beats(monkeypatch, host, minutes)
    assert silent() == ["c", "b"]
    beats(monkeypatch, "b")
    assert silent() == ["c"]
    assert not Heartbeat.objects.filter(name="loop@d").exists()


def test_the_minute_of_the_cluster_is_taken_by_any_host_and_says_nothing_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beats(monkeypatch, "a", 60, kind="cluster")
    assert silent() == []


def test_a_worker_that_was_asked_to_end_is_not_missed_until_it_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    beats(monkeypatch, "a", 60)
    heartbeat.end("loop")
    assert silent() == []
    beats(monkeypatch, "a", 60)
    assert silent() == ["a"]


def test_the_loop_says_that_it_was_asked_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "SECONDS_BETWEEN_LOOKS", 0)
    rounds: list[None] = []
    monkeypatch.setattr(tasks, "look", lambda: rounds.append(None))
    crew = Crew(1, drain.Command().loop)
    monkeypatch.setattr(crew, "stopping", lambda: bool(rounds))
    crew.run(replace=True)
    row = Heartbeat.objects.get()
    assert (row.name, row.ended) == (f"loop@{socket.gethostname()}", True)


def test_two_hosts_whose_long_names_differ_at_the_end_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "appeal-workers-7d9f8b6c5d-".ljust(63, "x")
    beats(monkeypatch, f"{name}a", 4)
    beats(monkeypatch, f"{name}b")
    assert silent() == [f"{name}a"]


def test_one_dead_host_of_two_is_told_and_is_not_red(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put(post(), Status.QUEUED, due=timezone.now() - timedelta(minutes=1))
    beats(monkeypatch, "a", 60)
    beats(monkeypatch, "b")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["worker"]["silent_hosts"]) == (200, 1)


@pytest.mark.parametrize(("alive", "due"), [(3, 0), (0, 3), (3, 3)])
def test_it_is_red_within_three_minutes_when_nothing_drains_though_letters_are_due(
    client: Client, monkeypatch: pytest.MonkeyPatch, alive: int, due: int
) -> None:
    """Whether every host died, or one lives and does not hand over: three minutes after the last of it."""
    message = put(post(), Status.QUEUED, due=timezone.now())
    for host in "ab":
        beats(monkeypatch, host)
    assert client.get("/healthz").status_code == 200
    second = timedelta(seconds=2)
    for late, status in [(-second, 200), (timedelta(0), 503)]:
        now = timezone.now()
        Heartbeat.objects.update(at=now - alive * timedelta(minutes=1) - (late if alive else timedelta(0)))
        put(message, Status.QUEUED, due=now - due * timedelta(minutes=1) - (late if due else timedelta(0)))
        assert client.get("/healthz").status_code == status


def test_draining_turns_it_green_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    message = put(post(), Status.QUEUED, due=timezone.now() - timedelta(hours=1))
    beats(monkeypatch, "a")
    assert client.get("/healthz").status_code == 503
    tasks.drain()
    message.refresh_from_db()
    assert (message.status, client.get("/healthz").status_code) == (Status.SENT, 200)
