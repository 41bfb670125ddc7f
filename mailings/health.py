"""Owns the answer to whether mail moves: what may leave now, and since when it has not. Asked through ``reports``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from mailings import halts, heartbeat, pacing, recalls, transports
from mailings.heartbeat import Silence
from mailings.models import Message, Transport
from mailings.models.message import Rank, Status

#: A worker, or a message that may leave, is late after this.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Health:
    """Whether mail moves: what /healthz and the desk say."""

    last_beat: datetime | None
    #: Since when the oldest message waits that may leave now. What waits for an office to open is not looked at.
    oldest_due: datetime | None
    rests_until: datetime | None
    rest_reason: str
    #: Hosts whose worker went silent. Mail goes on through the others, so that this alone is no reason to be red.
    silent: list[Silence]

    @property
    def alive(self) -> bool:
        """False when no worker showed itself for three minutes."""
        return self.last_beat is not None and timezone.now() - self.last_beat < PATIENCE

    @property
    def moving(self) -> bool:
        """False when something that may leave has not for three minutes. A provider's rest is told by itself."""
        return self.rests_until is not None or self.oldest_due is None or timezone.now() - self.oldest_due < PATIENCE


def health() -> Health:
    """The workers' last sign of life, what should have left and has not, and whether the provider rests."""
    rest = transports.resting()
    return Health(
        last_beat=heartbeat.latest(),
        oldest_due=_waits_since(timezone.now()),
        rests_until=rest.rests_until if rest else None,
        rest_reason=rest.why if rest else "",
        silent=heartbeat.silent(PATIENCE),
    )


def _waits_since(now: datetime) -> datetime | None:
    free = ~halts.halted() & ~Q(recalls.recalled())
    rows = Message.objects.filter(free, status=Status.QUEUED, mode=settings.MAIL_MODE, due__lte=now)
    paced = pacing.waited_for()
    # Rank by rank, as the index on what is due is ordered.
    ranks = (Rank.OWN,) if paced else (Rank.OWN, Rank.LETTER)
    found = [rows.filter(rank=rank).order_by("due").values_list("due", flat=True).first() for rank in ranks]
    found += [pacing.waits_since(now)] if paced else []
    since = min((moment for moment in found if moment is not None), default=None)
    woke = (
        Transport.objects.filter(name=transports.name(settings.MAIL_PROVIDER))
        .values_list("rests_until", flat=True)
        .first()
    )
    # What waited for a provider that rested may leave since it woke.
    return max(since, woke) if since is not None and woke is not None and woke <= now else since
