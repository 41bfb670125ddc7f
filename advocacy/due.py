"""Owns what falls due by the clock. Workers call it some times a minute; nothing in it minds being late or twice."""

from django.utils import timezone

from advocacy import publishing
from advocacy.models import Update
from mailings import instance


def run() -> list[Update]:
    """Do what is due.

    Returns:
        The updates that were published. Nothing where this database may be a copy: a copy does nothing by itself.
    """
    if instance.reason_to_pause():
        return []
    return publishing.publish_due(timezone.now())
