"""Owns what a worker does: Django Q2 runs ``drain`` and ``sweep``, and ``manage.py drain --loop`` does the same."""

from collections.abc import Callable

from django.conf import settings

from mailings import clock, events, evidence, instance, lanes, sending, signals
from mailings.heartbeat import beat
from mailings.sandbox import reporting

SECONDS_PER_TASK = 40.0
#: No look for evidence is begun later than this in one task; the last one may take half a minute more.
SECONDS_OF_LOOKING = 10.0


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
    """Show that this kind of worker lives, put right what a clock, an older version or a dead worker left.

    Whoever goes by the clock is told at the end.
    """
    beat(name)
    instance.keep()
    clock.put_right()
    lanes.give()
    sending.settle_lapsed()
    signals.tidied.send_robust(sender=None)


def look() -> int:
    """Once a minute: look for evidence about letters in doubt. Apart from the sweep: a provider may take its time."""
    return evidence.settle(seconds=SECONDS_OF_LOOKING)


def sweep() -> int:
    """Once a minute: tidy, and drain."""
    tidy("cluster")
    return drain()
