"""Owns the workers' signs of life, which /healthz and the desk read: one for each kind of worker on each host."""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from mailings.models import Heartbeat

#: A host that has been silent for so long is gone for good.
FORGOTTEN_AFTER = timedelta(days=7)
#: The drain loop beats on its own host. The cluster's minute is run by whichever host takes it from the broker, so that
#: its silence says nothing about one host.
OF_ONE_HOST = "loop"


@dataclass(frozen=True)
class Silence:
    """A host whose worker has shown nothing of itself since a moment, and was not asked to end."""

    host: str
    since: datetime


def beat(kind: str) -> None:
    """Note that this kind of worker lives now on this host."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=_name(kind), defaults={"at": now, "ended": False})
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()


def end(kind: str) -> None:
    """Note that this kind of worker was asked to end on this host, so that nobody is called about its silence."""
    Heartbeat.objects.filter(name=_name(kind)).update(ended=True)


def latest() -> datetime | None:
    """When any worker last showed that it lives."""
    return Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()


def silent(patience: timedelta) -> list[Silence]:
    """Hosts of which nothing was seen for so long, the longest silence first; after seven days they are forgotten."""
    now = timezone.now()
    rows = Heartbeat.objects.filter(
        name__startswith=f"{OF_ONE_HOST}@", ended=False, at__lte=now - patience, at__gt=now - FORGOTTEN_AFTER
    )
    return [Silence(name.partition("@")[2], at) for name, at in rows.order_by("at").values_list("name", "at")]


def _name(kind: str) -> str:
    return f"{kind}@{socket.gethostname()}"[: Heartbeat.LONGEST_NAME]
