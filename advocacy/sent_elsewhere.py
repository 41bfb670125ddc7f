"""Owns the count of letters that people sent without our server, as they told us. It keeps numbers, and nobody.

Nothing in it can be checked, so it is never added to our own letters, and never shown to the public.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from advocacy.models import Campaign, SentElsewhere, SpentSlip, Update
from advocacy.models.elsewhere import Way
from advocacy.tokens import SLIP_AGE

LATELY = timedelta(days=7)


def count(update: Update, way: Way, page: str) -> bool:
    """Count one letter.

    Args:
        update: the one it was written on.
        way: how it went.
        page: the random number of the page on which somebody said so.
    Returns:
        False where that page said so already: a button that was pressed twice counts once, for each way.
    """
    now = timezone.now()
    with transaction.atomic():
        SpentSlip.objects.filter(spent_at__lt=now - SLIP_AGE).delete()
        _slip, new = SpentSlip.objects.get_or_create(slip=f"{page}/{way}")
        if new:
            row, _made = SentElsewhere.objects.get_or_create(
                update=update, way=way, day=now.date(), mode=settings.MAIL_MODE
            )
            SentElsewhere.objects.filter(pk=row.pk).update(number=F("number") + 1)
    return new


@dataclass(frozen=True)
class WayTotal:
    """How many letters went one way, in all and in the last seven days."""

    way: Way
    number: int
    lately: int


def totals(campaign: Campaign) -> list[WayTotal]:
    """What people told us of one campaign, by way, in the present mode; empty where nobody told us anything."""
    rows = SentElsewhere.objects.filter(update__campaign=campaign, mode=settings.MAIL_MODE).order_by()
    in_all = dict(rows.values_list("way").annotate(n=Sum("number")))
    lately = rows.filter(day__gt=timezone.now().date() - LATELY)
    of_late = dict(lately.values_list("way").annotate(n=Sum("number")))
    return [WayTotal(way, in_all[way], of_late.get(way, 0)) for way in Way if in_all.get(way)]
