"""Owns the roads to the configured providers: which one mail takes now, and the rest of one that takes nothing.

The promise: while a provider refuses everybody no attempt is spent on it and no letter is put in doubt by the dozen;
it is tried again by itself, with one message, and the first that it takes opens it again. Where a second provider is
configured, mail takes that one meanwhile. What is in doubt at the first is not in line, so the second never gets it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from mailings.models import Transport

log = logging.getLogger(__name__)
LONGEST_REASON = 500
#: The first rest of a provider that is down; each further one in a row is twice as long.
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
#: So many rounds in a row of which nobody knows how they ended are an outage, whatever its cause.
MOST_DOUBTFUL_ROUNDS = 5
#: So many letters in a row that a provider refused for good, and took none: it is the provider, not the letters.
MOST_REFUSALS = 20
#: A provider that asks for more patience than this is as good as down, where there is a second one.
MOST_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Road:
    """A provider that takes mail now."""

    provider: str
    #: True where something went wrong lately: the first message that it takes says that this is over.
    troubled: bool = False
    #: True after a rest: one message finds out whether it is over, and the others wait for that.
    trying: bool = False

    def room(self, free: int, flying: int) -> int:
        """How many messages may be claimed for it, where so many connections are free and so many are under way."""
        return min(free, 0 if flying else 1) if self.trying else free


def configured() -> list[str]:
    """The names of the providers in use, the first choice first."""
    return [name for name in (settings.MAIL_PROVIDER, settings.MAIL_SECOND_PROVIDER) if name]


def name(provider: str) -> str:
    """The name under which a provider rests or works."""
    return f"{settings.MAIL_MODE}:{provider}"


#: Asked before every claim, hence by hand: whether something was wrong lately, whether there was a rest, whether it
#: lasts, whether it is a long one.
ROAD = """SELECT name, failures > 0 OR refusals > 0, rests_until IS NOT NULL, rests_until > %(now)s,
    rests_until > %(now)s AND (down OR rests_until > %(soon)s) FROM mailings_transport"""


def road() -> Road | None:
    """The way that mail takes now: the first provider that does not rest. None while every one rests."""
    now = timezone.now()
    given = {"now": now, "soon": now + MOST_PATIENCE}
    with connection.cursor() as cursor:
        cursor.execute(ROAD, {key: connection.ops.adapt_datetimefield_value(when) for key, when in given.items()})
        states = {row[0]: row[1:] for row in cursor.fetchall()}
    for provider in configured():
        failed, rested, rests, for_long = states.get(name(provider), (False, False, False, False))
        if not rests:
            return Road(provider, troubled=bool(failed or rested), trying=bool(rested))
        if not for_long:
            return None  # It is well and only asked for a little patience: nobody is sent round another way for that.
    return None


def resting() -> Transport | None:
    """The rest of the first provider, while it lasts."""
    return Transport.objects.filter(name=name(settings.MAIL_PROVIDER), rests_until__gt=timezone.now()).first()


def wait(provider: str, patience: timedelta, why: str) -> datetime:
    """The provider asked for patience: let it rest for at least a second. Returns when it is tried again."""
    until = timezone.now() + max(patience, timedelta(seconds=1))
    return _rest(provider, until, why, down=False, failures=0)


def down(provider: str, why: str) -> datetime:
    """The provider takes nothing: let it rest, the longer the more often in a row. Returns when it is tried again."""
    row = Transport.objects.filter(name=name(provider)).first()
    # Rests in a row. Before the first one, rounds of doubt are counted there: they make no rest longer.
    failures = row.failures if row and row.rests_until else 0
    rest = min(FIRST_REST * 2 ** min(failures, 10), LONGEST_REST)
    return _rest(provider, timezone.now() + rest, why, down=True, failures=failures + 1)


def _rest(provider: str, until: datetime, why: str, *, down: bool, failures: int) -> datetime:
    earlier = Transport.objects.filter(name=name(provider), rests_until__gt=timezone.now()).first()
    if earlier is not None and earlier.rests_until is not None and (earlier.down or earlier.rests_until >= until):
        return earlier.rests_until  # Others were on their way when it began: they say nothing new.
    fields = {"rests_until": until, "down": down, "failures": failures, "why": why[:LONGEST_REASON]}
    Transport.objects.update_or_create(name=name(provider), defaults=fields)
    log.error("%s takes nothing at present; trying again at %s", provider, until.isoformat(timespec="seconds"))
    return until


def doubtful_round(provider: str, why: str) -> None:
    """Nobody knows how one round of hand-overs ended, and none went well. Enough of them in a row are an outage."""
    row, new = Transport.objects.get_or_create(name=name(provider), defaults={"failures": 1, "why": ""})
    if not new and row.rests_until is None:
        Transport.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
    if row.failures + 1 >= MOST_DOUBTFUL_ROUNDS or row.rests_until is not None:
        down(provider, why)


def refused(provider: str, letters: int) -> int:
    """The provider refused so many letters for good and took none beside them.

    Returns:
        How many of them are beyond ``MOST_REFUSALS`` in a row, and so not to blame. Belongs in a transaction.
    """
    Transport.objects.get_or_create(name=name(provider))
    rows = Transport.objects.filter(name=name(provider))
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    in_a_row = rows.get().refusals + letters
    rows.update(refusals=min(in_a_row, MOST_REFUSALS))
    return max(0, in_a_row - MOST_REFUSALS)


def took(provider: str) -> None:
    """The provider took a message: whatever was wrong is over. A rest that has just begun lasts all the same."""
    rows = Transport.objects.filter(name=name(provider))
    over = Q(rests_until=None, failures__gt=0) | Q(rests_until__lte=timezone.now())
    rows.filter(over).update(rests_until=None, down=False, failures=0, why="")
    rows.filter(refusals__gt=0).update(refusals=0)
