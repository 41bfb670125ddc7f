"""Owns what falls due by the clock. Workers call it some times a minute; nothing in it minds being late or twice."""

from django.utils import timezone

from advocacy import campaigns, changeovers, publishing
from advocacy.models import Update
from mailings import instance

#: A worker also has letters to hand over; what is left is done the next time.
SECONDS_OF_LETTERS = 10.0


def run() -> list[Update]:
    """Do what is due.

    Returns:
        The updates that were published. Nothing where this database may be a copy: a copy does nothing by itself.
    """
    if instance.reason_to_pause():
        return []
    published = publishing.publish_due(timezone.now())
    campaigns.hold_passed(timezone.now())
    changeovers.work(SECONDS_OF_LETTERS)
    return published
