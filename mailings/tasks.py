"""Owns what a worker does: Django Q2 runs ``drain`` and ``sweep``, and ``manage.py drain --loop`` does the same."""

from collections.abc import Callable

from django.conf import settings

from mailings import sending
from mailings.heartbeat import beat
from mailings.sandbox import reporting

SECONDS_PER_TASK = 40.0


def drain(budget: float = SECONDS_PER_TASK, stop: Callable[[], bool] = sending.never) -> int:
    """Hand over what is due; in sandbox mode also tell what became of it. Returns how many messages were tried."""
    tried = sending.drain(budget, stop)
    if settings.MAIL_MODE == "sandbox":
        reporting.report()
    return tried


def tidy(name: str) -> None:
    """Show that this kind of worker lives, and settle leases that ran out."""
    beat(name)
    sending.settle_lapsed()


def sweep() -> int:
    """Once a minute: tidy, and drain."""
    tidy("cluster")
    return drain()
