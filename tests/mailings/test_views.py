"""Tests of /healthz: well or not, and which part is not, in JSON and without a cookie."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mailings import heartbeat, reports, transports
from mailings.models import Heartbeat, Transport
from mailings.models.message import Status
from tests.mailings.making import post, put

pytestmark = pytest.mark.django_db


def test_all_is_well_while_a_worker_lives_and_nothing_is_stuck(client: Client) -> None:
    heartbeat.beat("loop")
    post()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["ok"], body["database"], body["worker"]["alive"], body["queue"]["moving"]) == (True, True, True, True)
    assert body["queue"]["oldest_queued_seconds"] <= 5
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_no_worker_was_ever_seen(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["worker"]) == (
        503,
        {"alive": False, "last_heartbeat": None, "silent_hosts": 0},
    )


def test_the_worker_went_silent(client: Client) -> None:
    heartbeat.beat("loop")
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=4))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["worker"]["alive"]) == (503, False)


@pytest.mark.parametrize("kind", ["confirmation", "letter"])
def test_a_message_waits_too_long(client: Client, kind: str) -> None:
    heartbeat.beat("loop")
    message = put(post(kind), Status.QUEUED, due=timezone.now() - timedelta(minutes=2))
    assert client.get("/healthz").status_code == 200
    put(message, Status.QUEUED, due=timezone.now() - timedelta(minutes=3))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["queue"]["moving"]) == (503, False)
    assert answer.json()["queue"]["oldest_queued_seconds"] >= 180


def test_what_waits_for_its_writer_or_its_time_is_no_illness(client: Client, settings: Settings) -> None:
    heartbeat.beat("loop")
    long_ago = timezone.now() - timedelta(days=3)
    put(post(), Status.HELD, due=long_ago)
    put(post(), Status.QUEUED, due=timezone.now() + timedelta(hours=1))
    put(post(), Status.IN_DOUBT, due=long_ago)
    assert client.get("/healthz").status_code == 200
    put(post(), Status.QUEUED, due=long_ago)
    settings.MAIL_MODE = "live"  # what was written in the sandbox does not wait there
    assert client.get("/healthz").status_code == 200


def test_it_says_until_when_the_provider_rests(client: Client) -> None:
    heartbeat.beat("loop")
    until = transports.wait("sandbox", timedelta(minutes=5), "HTTP 429")
    put(post(), Status.QUEUED, due=timezone.now() - timedelta(hours=1))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["queue"]["provider_rests_until"]) == (200, until.isoformat())


def test_what_waited_for_a_provider_that_rested_is_late_only_three_minutes_after_it_woke(client: Client) -> None:
    heartbeat.beat("loop")
    transports.wait("sandbox", timedelta(minutes=5), "HTTP 429")
    put(post(), Status.QUEUED, due=timezone.now() - timedelta(hours=1))
    for minutes, status in ((2, 200), (3, 503)):
        Transport.objects.update(rests_until=timezone.now() - timedelta(minutes=minutes))
        assert client.get("/healthz").status_code == status


def test_the_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError("it went away")

    monkeypatch.setattr(reports, "health", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "database": False})


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_for_looking(client: Client, method: str) -> None:
    assert getattr(client, method)("/healthz").status_code == 405
