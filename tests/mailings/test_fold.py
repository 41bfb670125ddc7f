"""Property tests of what reports and people do to a message: no order of either reaches a state that must not be."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailings import addresses, events, outbox, recording, sending
from mailings.models import DeadAddress, Event, Message, Suppression
from mailings.models.event import MEANING, meaning
from mailings.models.message import CANCELLABLE, Status
from mailings.models.recipient import ORDER, Delivery
from mailings.parcel import Outcome, Parcel
from mailings.retry import Verdict
from tests.mailings.making import AMBASSADOR, PRESIDENT, claim, hold_stream, post, put, said_of
from tests.mailings.telling import hear, store, told

pytestmark = pytest.mark.django_db

careful = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
KINDS = st.sampled_from([*sorted(MEANING), "soft", "policy"])
ADDRESSES = st.sampled_from([PRESIDENT.email, AMBASSADOR.email, PRESIDENT.email.upper()])
_numbers = itertools.count()
REPORTS = st.lists(st.tuples(KINDS, ADDRESSES), min_size=1, max_size=7)


def rank(status: str) -> int:
    return ORDER[Delivery(status)]


@contextmanager
def world() -> Iterator[None]:
    """A database for one example, taken back afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome_of(kind: str, reports: Sequence[AnymailTrackingEvent], cuts: Sequence[int]) -> tuple[object, ...]:
    """What reports lead to that arrive in this order and are applied in batches that are cut so."""
    with world():
        message = put(post(kind, to=(PRESIDENT,), cc=(AMBASSADOR,)), Status.SENDING)
        for number, report in enumerate(reports):
            store(AnymailTrackingEvent(**{**vars(report), "metadata": {"m": message.uid.hex}}))
            if number in cuts:
                events.apply_waiting()
        events.apply_waiting()
        message.refresh_from_db()
        return (
            message.status,
            said_of(message),
            sorted(DeadAddress.objects.values_list("address", flat=True)),
            sorted(Suppression.objects.values_list("address", flat=True)),
            message.steps.filter(status=Status.SENT).count(),
        )


@pytest.mark.parametrize("kind", ["letter", "copy"])
@given(REPORTS, st.randoms(use_true_random=False), st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
@careful
def test_what_reports_lead_to_does_not_depend_on_their_order(
    db: None, kind: str, told_of: list[tuple[str, str]], chance: Any, cuts: set[int], others: set[int]
) -> None:
    message = Message()  # each example has its own
    reports = [told(message, what, address) for what, address in told_of]
    shuffled = [*reports, *chance.sample(reports, chance.randint(0, len(reports)))]
    chance.shuffle(shuffled)
    first = outcome_of(kind, reports, sorted(cuts))
    assert outcome_of(kind, shuffled, sorted(others)) == first
    assert first[0] == Status.SENT
    assert first[-1] == 1


@given(REPORTS)
@careful
def test_a_status_only_rises_and_ends_at_the_highest(db: None, told_of: list[tuple[str, str]]) -> None:
    message = put(post(), Status.SENT)
    highest = {PRESIDENT.email: 0, AMBASSADOR.email: 0}
    for what, address in told_of:
        before = said_of(message)
        hear(told(message, what, address))
        event = Event.objects.latest("pk")
        highest[address.lower()] = max(highest[address.lower()], rank(meaning(event.type, event.bounce)))
        after = said_of(message)
        assert all(rank(after[one]) >= rank(before[one]) for one in after)
    assert {one: rank(said) for one, said in said_of(message).items()} == highest


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "deferred", "soft", "delivered", "bounced"])))
def test_every_order_of_a_late_bounce_ends_in_the_bounce(order: tuple[str, ...]) -> None:
    message = put(post(), Status.SENT)
    hear(*(told(message, kind) for kind in order))
    assert said_of(message)[PRESIDENT.email] == "bounced"


# --- reports, people and workers, interleaved -------------------------------------------------------------------------

PERSON = {"by": "lena", "note": "because"}


class Story:
    """One letter, and everything that can happen to it."""

    def __init__(self) -> None:
        self.message = post(held=True)
        self.flying: list[tuple[str, Parcel]] = []
        #: How many copies the provider took, and how often a person let it go again.
        self.copies = self.retries = 0

    @property
    def status(self) -> str:
        return Message.objects.values_list("status", flat=True).get(pk=self.message.pk)

    def report(self, kind: str) -> None:
        """The provider reports: only ever of what it took."""
        if self.copies:
            store(told(self.message, kind))

    def apply(self) -> None:
        events.apply_waiting()

    def release(self) -> None:
        outbox.release(self.message.reference)

    def claim(self) -> None:
        worker = f"worker-{next(_numbers)}"
        self.flying += [(worker, parcel) for parcel in claim(1, worker)]

    def die(self) -> None:
        """The provider takes what is on its way, and its worker dies before it hears so."""
        if self.flying:
            self.flying.pop()
            self.copies += 1

    def answer(self, verdict: Verdict) -> None:
        """The worker records what it heard."""
        if self.flying:
            worker, parcel = self.flying.pop()
            self.copies += verdict is Verdict.SENT
            recording.record([Outcome(parcel, verdict, "provider-1", "so it says")], worker)

    def lapse(self) -> None:
        """The leases of whoever died run out."""
        if not self.flying:
            Message.objects.filter(status=Status.SENDING).update(lease=timezone.now() - timedelta(seconds=1))
            sending.settle_lapsed()

    def wait(self) -> None:
        Message.objects.update(due=timezone.now() - timedelta(seconds=1))

    def retry(self) -> None:
        self.retries += outbox.retry([self.message.uid], **PERSON)

    def cancel(self) -> None:
        outbox.cancel([self.message.uid], **PERSON)

    def count_as_sent(self) -> None:
        outbox.count_as_sent([self.message.uid], **PERSON)

    def pause(self) -> None:
        hold_stream("", **PERSON)

    def resume(self) -> None:
        outbox.release_stream("", **PERSON)

    def it_works(self) -> None:
        addresses.works(PRESIDENT.email, **PERSON)


PLAIN = ["apply", "claim", "die", "lapse", "wait", "retry", "cancel", "count_as_sent", "pause", "resume", "it_works"]
ACTS = st.one_of(
    st.tuples(st.just("report"), KINDS),
    st.tuples(st.just("answer"), st.sampled_from(list(Verdict))),
    st.tuples(st.sampled_from(PLAIN)),
)


#: How far a letter has come before chance takes over: what is rare in life would be rarer still by chance alone.
DOUBT = ["release", "claim", "die", "lapse"]
BEGINNINGS = [
    ["release"],
    ["release", "claim"],
    DOUBT,
    [*DOUBT, "retry"],
    [*DOUBT, "retry", "claim"],
    [*DOUBT, "retry", "pause"],
    [*DOUBT, "retry", "cancel"],
]


@given(st.sampled_from(BEGINNINGS), st.lists(ACTS, min_size=1, max_size=16))
@settings(careful, max_examples=150)
def test_no_order_of_reports_and_acts_reaches_a_state_that_must_not_be(
    db: None, beginning: list[str], acts: list[tuple[Any, ...]]
) -> None:
    with world():
        story = Story()
        for name, *more in [*((act,) for act in beginning), *acts, ("apply",)]:
            before, said = story.status, said_of(story.message)
            getattr(story, name)(*more)
            after = story.status
            # What left stays so: nothing takes it back, holds it or puts it in line.
            assert before != Status.SENT or after == Status.SENT, name
            # Only a person withdraws, and only what has not begun to leave.
            if after == Status.CANCELLED != before:
                assert (name, before in CANCELLABLE) == ("cancel", True)
            # What a provider said is never taken back.
            assert all(rank(now) >= rank(said[one]) for one, now in said_of(story.message).items()), name
            # Nothing goes a second time unless a person let it go.
            assert story.copies <= 1 + story.retries, name
        # Whatever was reported has left.
        if Event.objects.filter(message=story.message).exists():
            assert story.status == Status.SENT
