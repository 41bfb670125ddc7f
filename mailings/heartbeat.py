"""Owns the workers' signs of life, which /healthz reads."""

from datetime import datetime

from django.utils import timezone

from mailings.models import Heartbeat


def beat(name: str) -> None:
    """Note that this kind of worker lives now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def latest() -> datetime | None:
    """When any worker last showed that it lives."""
    return Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
