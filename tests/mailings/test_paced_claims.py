"""Tests of the claim where letters wait for their lane's pace: own mails first, then whose turn it is, and no more."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from mailings import outbox
from mailings.compose import Address
from mailings.models import Lane, Message, SendingDomain
from mailings.models.message import Status
from tests.mailings.making import claim, drained, post, status_of
from tests.provider import Provider

pytestmark = pytest.mark.django_db

#: A Monday at noon, when offices are open in UTC.
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def _paced(provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAIL_PACE, settings.MAIL_WARMUP = True, True
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    Message.objects.all().delete()


@pytest.mark.usefixtures("_paced")
def test_one_letter_of_a_lane_leaves_and_own_mails_do_not_wait(provider: Provider) -> None:
    letters, own = [post() for _ in range(3)], [post("confirmation") for _ in range(3)]
    Lane.objects.update(next_at=MONDAY)
    assert drained() == 4
    assert {status_of(one) for one in own} == {"sent"}
    assert sorted(status_of(one) for one in letters) == ["queued", "queued", "sent"]
    assert Lane.objects.get().next_at > MONDAY
    assert drained() == 0


@pytest.mark.usefixtures("_paced")
def test_own_mails_count_for_a_new_sending_domain() -> None:
    post("confirmation")
    post()
    Lane.objects.update(next_at=MONDAY)
    assert len(claim(8, "worker-1")) == 2
    domain = SendingDomain.objects.get()
    assert (domain.day_count, domain.day_own) == (1, 1)


@pytest.mark.usefixtures("_paced")
def test_a_paused_lane_holds_its_letters_and_nobody_elses() -> None:
    held, free = post(), post(to=(Address("minister@ministry.example.org", "Minister"),), cc=())
    Lane.objects.update(next_at=MONDAY)
    Lane.objects.filter(domain="office.example.org").update(paused_at=MONDAY, paused_by="Ada")
    drained()
    assert (status_of(held), status_of(free)) == ("queued", "sent")


@pytest.mark.usefixtures("_paced")
def test_a_recalled_letter_is_passed_over_and_the_next_one_leaves() -> None:
    recalled, free = post(stream="a/1"), post(stream="a/1")
    Lane.objects.update(next_at=MONDAY)
    outbox.recall(Message.objects.filter(pk=recalled.pk), why="update")
    (parcel,) = claim(8, "worker-1")
    assert (parcel.pk, status_of(recalled)) == (free.pk, "queued")


@pytest.mark.usefixtures("_paced")
def test_a_claim_that_breaks_off_takes_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    message = post()
    Lane.objects.update(next_at=MONDAY)

    def broken(*given: object) -> None:
        raise RuntimeError("the worker dies")

    monkeypatch.setattr("mailings.ledger.claim", broken)
    with pytest.raises(RuntimeError), transaction.atomic():  # the round's own transaction
        claim(8, "worker-1")
    assert Message.objects.get(pk=message.pk).status == Status.QUEUED
    assert Lane.objects.get().next_at == MONDAY
