"""Owns what a worker does: Django Q2 runs ``drain`` and ``sweep``, and ``manage.py drain --loop`` does the same."""

from collections.abc import Callable

from django.conf import settings

from mailings import events, evidence, instance, sending
from mailings.heartbeat import beat
from mailings.sandbox import reporting

SECONDS_PER_TASK = 40.0
#: No look for evidence is begun later than this in one sweep: mail that is due must not wait for it.
SECONDS_OF_LOOKING = 5.0


def drain(budget: float = SECONDS_PER_TASK, stop: Callable[[], bool] = sending.never) -> int:
    """Apply what providers reported and hand over what is due; the sandbox also tells what became of it.

    Returns:
        How many messages were tried.
    """
    events.apply_waiting()
    tried = sending.drain(budget, stop)
    if settings.MAIL_MODE == "sandbox":
        reporting.report()
    return tried


def tidy(name: str) -> None:
    """Show that this kind of worker lives, settle leases that ran out, and look for evidence about what is in doubt."""
    beat(name)
    instance.keep()
    sending.settle_lapsed()
    evidence.settle(seconds=SECONDS_OF_LOOKING)


def sweep() -> int:
    """Once a minute: tidy, and drain."""
    tidy("cluster")
    return drain()
