"""Owns the way of due messages to the provider: claim, hand over, record.

The promise: every message is handed over once. A claim is committed before its request begins, so a worker that dies
leaves its messages ``sending``; when their lease runs out they are in doubt, and nobody sends them again blindly. At
most ``MAIL_CONNECTIONS`` messages are on their way in one worker. What breaks it: a worker frozen between its claim and
its request for longer than the lease; the clock check in ``provider.hand_over`` narrows that to one system call.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
    close_old_connections,
    transaction,
)
from django.db.models import F
from django.utils import timezone

from mailings import checks, claiming, halts, instance, provider, recalls, recording, states, transports
from mailings.models import Message
from mailings.models.message import Kind, Status
from mailings.parcel import Outcome, Parcel
from mailings.retry import MOST_ATTEMPTS, Verdict
from mailings.window import Window

log = logging.getLogger(__name__)

#: How long a notice may be in doubt before it is sent again. A second copy harms nobody; a missing one does.
NOTICE_DOUBT = timedelta(minutes=5)
#: Answers are kept while the database is away, and written down when it is back. For so long; then doubt takes over.
SECONDS_WITHOUT_DATABASE = 300.0
SECONDS_BETWEEN_TRIES = 0.5
SECONDS_BETWEEN_COMPLAINTS = 60.0


def never() -> bool:
    """The stop condition of a drain that only time ends."""
    return False


def drain(budget: float, stop: Callable[[], bool] = never) -> int:
    """Hand over what is due until nothing is, the budget is used up, or ``stop`` says so.

    Args:
        budget: seconds within which new messages may be begun; those on their way are always awaited.
        stop: asked between claims; true ends it in the same graceful way.
    Returns:
        How many messages were tried.
    """
    why_not = "; ".join(str(fault.msg) for fault in checks.faults() if fault.is_serious()) or instance.stranger()
    if why_not:
        _say(why_not)
        return 0
    worker = f"{socket.gethostname()[:18]}-{os.getpid()}-{secrets.token_hex(4)}"
    end = time.monotonic() + budget
    tried = 0
    answers: list[Outcome] = []
    allowed = settings.MAIL_CONNECTIONS
    with Window(settings.MAIL_CONNECTIONS, provider.hand_over, provider.close) as window:
        try:
            while True:
                allowed = _slowed(allowed, answers)
                room = min(window.free, allowed - len(window.flying)) if time.monotonic() < end and not stop() else 0
                parcels = _round(answers, room, window.flying, worker, stop)
                tried += len(parcels)
                window.begin(parcels)
                answers = window.answers()
                if not answers:
                    return tried
        except BaseException:  # Told to end in the middle of it, perhaps: what was handed over is still written down.
            _record_the_last(answers, window, worker)
            raise


def _slowed(allowed: int, answers: list[Outcome]) -> int:
    """How many messages may be under way after a round: fewer where the provider asked for patience, more where not."""
    if any(answer.verdict is Verdict.LATER for answer in answers):
        return max(1, allowed * 3 // 4)
    return min(settings.MAIL_CONNECTIONS, allowed + 1)


_said: dict[str, float] = {}


def _say(why_not: str) -> None:
    """Log why nothing is sent, once a minute: the loop asks every second."""
    if time.monotonic() - _said.get(why_not, float("-inf")) >= SECONDS_BETWEEN_COMPLAINTS:
        _said.clear()
        _said[why_not] = time.monotonic()
        log.error("Nothing is sent: %s", why_not)


def _round(answers: list[Outcome], room: int, flying: list[int], worker: str, stop: Callable[[], bool]) -> list[Parcel]:
    """Record what came back and claim what may follow, in one transaction.

    A database that goes away is waited for, with the answers kept. Whether its last commit took place is not known
    then: recording twice is harmless, and what was claimed without our hearing of it is given back.
    """
    end = time.monotonic() + SECONDS_WITHOUT_DATABASE
    lost_touch = False
    while True:
        try:
            with transaction.atomic():
                if lost_touch:
                    claiming.give_back(worker, [*flying, *(answer.parcel.pk for answer in answers)])
                if answers:
                    recording.record(answers, worker)
                road = transports.road() if room > 0 else None
                return claiming.claim(road.room(room, len(flying)), worker, road) if road else []
        except (DataError, IntegrityError, ProgrammingError) as error:  # It answers, and will not have one of these.
            if not answers:
                raise
            log.exception("A round could not be written down (%s); each answer is by itself", type(error).__name__)
            _record_one_by_one(answers, worker)
            answers = []
        except (DatabaseError, InterfaceError) as error:
            if time.monotonic() > end or (stop() and not answers and not flying):
                raise
            log.warning("The database does not answer (%s); %d answers wait for it", type(error).__name__, len(answers))
            lost_touch = True
            close_old_connections()
            time.sleep(SECONDS_BETWEEN_TRIES)


def _record_one_by_one(answers: list[Outcome], worker: str) -> None:
    """So that an answer that cannot be written down spoils its own message alone. That one is in doubt at once.

    It may not stay ``sending``: ``claiming.give_back`` would take it for one that was never begun.
    """
    for answer in answers:
        try:
            recording.record([answer], worker)
        except (DataError, IntegrityError, ProgrammingError):
            note = "The provider's answer could not be written down."
            log.exception("%s Message %s is in doubt", note, answer.parcel.pk)
            extra = {"due": timezone.now(), "doubted_at": F("claimed_at")}
            only = {"owner": worker}
            states.move([answer.parcel.pk], {Status.SENDING}, Status.IN_DOUBT, note=note, extra=extra, only=only)


def _record_the_last(answers: list[Outcome], window: Window, worker: str) -> None:
    """Await what is on its way and write it down, once: the caller is being ended."""
    while late := window.answers():
        answers = [*answers, *late]
    if answers:
        with transaction.atomic():
            recording.record(answers, worker)


def settle_lapsed() -> None:
    """Put messages whose worker died in doubt, and send doubtful notices again.

    A message that was tried too often waits for a person as failed: it may be what kills its worker.
    """
    now = timezone.now()
    lapsed = Message.objects.filter(status=Status.SENDING, lease__lt=now)
    states.move(
        list(lapsed.values_list("pk", flat=True)),
        {Status.SENDING},
        Status.IN_DOUBT,
        only={"lease__lt": now},
        note="The worker that handed it over went silent. Whether it left is not known.",
        extra={"due": now, "doubted_at": F("claimed_at")},
    )
    doubtful = Message.objects.filter(
        status=Status.IN_DOUBT, mode=settings.MAIL_MODE, due__lt=now - NOTICE_DOUBT
    ).exclude(kind=Kind.LETTER)
    again = doubtful.filter(attempts__lt=MOST_ATTEMPTS).values_list("pk", flat=True)
    states.move(list(again), {Status.IN_DOUBT}, Status.QUEUED, note="A notice may go twice; it is sent again.")
    worn_out = doubtful.filter(attempts__gte=MOST_ATTEMPTS).values_list("pk", flat=True)
    states.move(list(worn_out), {Status.IN_DOUBT}, Status.FAILED, note="Given up after five attempts.")
    halts.put_aside()
    recalls.forget_settled()
