"""Tests of mailings.pacing.heard: what a lane draws from its server's answers."""

import logging
from datetime import timedelta

import pytest

from mailings import lanes, pacing
from mailings.compose import Address
from mailings.models import Lane, LaneChange, Message, Recipient
from mailings.models.message import Status
from mailings.models.recipient import Delivery
from tests.mailings.making import PRESIDENT, post, put
from tests.mailings.road import HOUR, MINUTE, MONDAY, lane, leave, letters

pytestmark = pytest.mark.django_db

POLICY = "550 5.7.1 Message refused by our policy"
UNKNOWN = "550 5.1.1 The email account that you tried to reach does not exist"
OFFICES = [Address(f"office-{number}@office.example.org", "Office") for number in range(8)]


def refused(number: int, answer: str, status: Delivery = Delivery.BOUNCED, to: Address = PRESIDENT) -> list[Message]:
    """Letters that left the lane one after the other, and what the server said of each."""
    found = []
    for minute in range(number):
        letter = put(post(to=(to,), cc=()), Status.SENT, sent_at=MONDAY + minute * MINUTE)
        Recipient.objects.filter(message=letter).update(status=status, answer=answer)
        found.append(letter)
    return found


def hear(road: Lane, *said: Delivery, answer: str = "", after: timedelta = HOUR) -> Lane:
    """Let the lane hear, and return it as it stands then."""
    pacing.heard(road.pk, said, answer, MONDAY + after)
    return Lane.objects.get(pk=road.pk)


@pytest.mark.parametrize("said", [Delivery.DEFERRED, Delivery.SOFT_BOUNCE])
def test_a_server_that_asks_to_wait_gets_half_the_pace(said: Delivery) -> None:
    road = lane()
    after = hear(road, Delivery.DELIVERED, said)
    assert (after.slowness, after.slowed_at, after.paused_at) == (2, MONDAY + HOUR, None)
    assert after.next_at >= MONDAY + HOUR + 6 * MINUTE
    assert hear(road, said, after=HOUR + 5 * MINUTE).slowness == 2
    assert hear(road, said, after=HOUR + 10 * MINUTE).slowness == 4


def test_the_pace_comes_back_with_the_letters_that_leave() -> None:
    road = lane()
    letters(2)
    hear(road, Delivery.DEFERRED, after=timedelta(0))
    assert len(leave(MONDAY + 2 * HOUR)) == 1
    assert Lane.objects.get().slowness == 1


def test_what_a_server_accepted_changes_nothing() -> None:
    before = lane()
    refused(8, POLICY)
    after = hear(before, Delivery.DELIVERED, Delivery.SENT)
    assert (after.slowness, after.next_at, after.paused_at) == (1, before.next_at, None)


def test_a_server_that_refuses_our_mail_pauses_its_lane_with_its_words(caplog: pytest.LogCaptureFixture) -> None:
    road = lane()
    refused(4, POLICY)
    assert hear(road, Delivery.BOUNCED, answer=POLICY).paused_at is None
    refused(1, POLICY)
    with caplog.at_level(logging.ERROR):
        after = hear(road, Delivery.BOUNCED, answer=POLICY)
    assert (after.paused_at, after.paused_by, after.paused_why) == (MONDAY + HOUR, "", POLICY)
    assert [(record.levelname, road.domain in record.message) for record in caplog.records] == [("ERROR", True)]
    change = LaneChange.objects.get()
    assert (change.by, change.why) == ("", POLICY)
    assert change.what == "Paused itself: 5 or more of the last 20 letters were refused"
    letters(1)
    assert leave(MONDAY + 2 * HOUR) == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Delivery.COMPLAINED, ""),
        (Delivery.REJECTED, "Blocked: the domain is on our deny list"),
        (Delivery.SOFT_BOUNCE, "421 4.7.0 Try later, your reputation is low"),
        (Delivery.BOUNCED, "554 Message rejected as spam"),
        (Delivery.BOUNCED, "550 5.7.133 Sender not authorized"),
    ],
)
def test_refusals_of_our_mail_count_each(status: Delivery, answer: str) -> None:
    road = lane()
    refused(5, answer, status)
    assert hear(road, status, answer=answer).paused_at is not None


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Delivery.BOUNCED, UNKNOWN),
        (Delivery.BOUNCED, ""),
        (Delivery.REJECTED, "On the provider's list of addresses that bounced"),
        (Delivery.BOUNCED, "550 5.4.1 Recipient address rejected: Access denied"),  # Exchange, of a mailbox it lacks
        (Delivery.BOUNCED, "550 5.7.1 User unknown"),
        (Delivery.SOFT_BOUNCE, "452 4.2.2 Mailbox full"),
        (Delivery.DEFERRED, "451 Greylisted"),
    ],
)
def test_one_dead_mailbox_does_not_pause_a_whole_domain(status: Delivery, answer: str) -> None:
    road = lane()
    refused(20, answer, status)
    assert hear(road, status, answer=answer).paused_at is None


def test_five_dead_mailboxes_of_one_domain_do() -> None:
    road = lane()
    for to in OFFICES[:4]:
        refused(2, UNKNOWN, to=to)
    assert hear(road, Delivery.BOUNCED).paused_at is None
    refused(1, UNKNOWN, to=OFFICES[4])
    assert hear(road, Delivery.BOUNCED).paused_why == "No reason was given."


def test_only_the_last_twenty_letters_and_only_the_lanes_own_server_count() -> None:
    road = lane()
    for letter in refused(5, POLICY):
        Message.objects.filter(pk=letter.pk).update(sent_at=MONDAY - HOUR)
    refused(20, "", Delivery.DELIVERED)
    copies = [put(post(), Status.SENT, sent_at=MONDAY) for _ in range(6)]  # the Ambassador's server is another
    Recipient.objects.filter(message__in=copies, role="cc").update(status=Delivery.BOUNCED, answer=POLICY)
    assert hear(road, Delivery.BOUNCED).paused_at is None


def test_what_was_refused_before_a_person_let_it_move_does_not_pause_it_again() -> None:
    road = lane()
    refused(6, POLICY)
    hear(road, Delivery.BOUNCED, answer=POLICY)
    assert lanes.resume(road.pk, by="amara", reason="Their staff have let us in again.")
    assert hear(road, Delivery.BOUNCED, answer=POLICY).paused_at is None


def test_a_pause_by_hand_is_not_overwritten() -> None:
    road = lane()
    lanes.pause(road.pk, by="amara", reason="Their server is moved.")
    refused(6, POLICY)
    assert hear(road, Delivery.BOUNCED, answer=POLICY).paused_by == "amara"
