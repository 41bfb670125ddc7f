"""Owns the workers' signs of life, which /healthz reads."""

import socket
from datetime import datetime, timedelta

from django.utils import timezone

from mailings.models import Heartbeat

#: A host that has been silent for so long is gone for good.
FORGOTTEN_AFTER = timedelta(days=7)
LONGEST_HOST = 24


def beat(kind: str) -> None:
    """Note that this kind of worker lives now on this host."""
    now = timezone.now()
    name = f"{kind}@{socket.gethostname()[:LONGEST_HOST]}"
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()


def latest() -> datetime | None:
    """When any worker last showed that it lives."""
    return Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
