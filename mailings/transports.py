"""Owns the rest of a provider that refuses everybody: nothing is claimed meanwhile, and it wakes by itself."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from mailings.models import Transport

log = logging.getLogger(__name__)
LONGEST_REASON = 500


def name() -> str:
    """The name under which the present provider rests or works."""
    return f"{settings.MAIL_MODE}:{settings.MAIL_PROVIDER}"


def resting() -> Transport | None:
    """The present provider's rest, while it lasts."""
    return Transport.objects.filter(name=name(), rests_until__gt=timezone.now()).first()


def rest(wait: timedelta, why: str) -> datetime:
    """Let the present provider rest for at least a second. Returns when it wakes; the first message then tells more."""
    until = timezone.now() + max(wait, timedelta(seconds=1))
    earlier = resting()
    if earlier is not None and earlier.rests_until is not None and earlier.rests_until >= until:
        return earlier.rests_until  # A longer rest is not cut short by a second refusal.
    Transport.objects.update_or_create(name=name(), defaults={"rests_until": until, "why": why[:LONGEST_REASON]})
    log.error("The mail provider takes nothing at present; trying again at %s", until.isoformat(timespec="seconds"))
    return until
