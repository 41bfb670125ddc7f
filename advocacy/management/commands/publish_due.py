"""Publishes what was to be published by now. Workers do so by themselves; this is for a machine without one."""

from typing import Any

from django.core.management.base import BaseCommand

from advocacy import due


class Command(BaseCommand):
    """``manage.py publish_due``"""

    help = "Do what is due by the clock: publish updates whose time has come. Doing it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what became live."""
        published = due.run()
        for update in published:
            self.stdout.write(f"{update} is published: {update.campaign.get_absolute_url()}")
        if not published:
            self.stdout.write("Nothing was due.")
