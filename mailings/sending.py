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
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from mailings import checks, claiming, instance, provider, recording, states
from mailings.models import Message
from mailings.models.message import Kind, Status
from mailings.parcel import Outcome, Parcel
from mailings.retry import MOST_ATTEMPTS

log = logging.getLogger(__name__)

#: After the first answer, wait this long for others, so that one commit records several.
GATHER_SECONDS = 0.01
#: How long a notice may be in doubt before it is sent again. A second copy harms nobody; a missing one does.
NOTICE_DOUBT = timedelta(minutes=5)


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
    faults = [fault for fault in checks.faults() if fault.is_serious()]
    if faults:
        log.error("Nothing is sent: %s", "; ".join(str(fault.msg) for fault in faults))
        return 0
    copied = instance.stranger()
    if copied:
        log.error("Nothing is sent: %s", copied)
        return 0
    claiming.put_aside_halted()
    worker = f"{socket.gethostname()[:18]}-{os.getpid()}-{secrets.token_hex(4)}"
    end = time.monotonic() + budget
    tried = 0
    flying: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(settings.MAIL_CONNECTIONS, thread_name_prefix="hand-over") as pool:
        while True:
            parcels: list[Parcel] = []
            if time.monotonic() < end and not stop():
                parcels = claiming.claim(settings.MAIL_CONNECTIONS - len(flying), worker)
            flying |= {pool.submit(provider.hand_over, parcel) for parcel in parcels}
            tried += len(parcels)
            if not flying:
                break
            flying = _record_what_came(flying, worker)
    provider.close_all()
    return tried


def _record_what_came(flying: set[Future[Outcome]], worker: str) -> set[Future[Outcome]]:
    """Record the answers that are in, in one write. Returns what is still on its way."""
    wait(flying, return_when=FIRST_COMPLETED)
    done, pending = wait(flying, timeout=GATHER_SECONDS)
    recording.record([future.result() for future in done], worker)
    return pending


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
        extra={"due": now},
    )
    doubtful = Message.objects.filter(
        status=Status.IN_DOUBT, mode=settings.MAIL_MODE, due__lt=now - NOTICE_DOUBT
    ).exclude(kind=Kind.LETTER)
    again = doubtful.filter(attempts__lt=MOST_ATTEMPTS).values_list("pk", flat=True)
    states.move(list(again), {Status.IN_DOUBT}, Status.QUEUED, note="A notice may go twice; it is sent again.")
    worn_out = doubtful.filter(attempts__gte=MOST_ATTEMPTS).values_list("pk", flat=True)
    states.move(list(worn_out), {Status.IN_DOUBT}, Status.FAILED, note="Given up after five attempts.")
