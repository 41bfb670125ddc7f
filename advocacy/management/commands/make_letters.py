"""Makes many different letters, confirmed and queued, for rehearsals and measurements."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advocacy.bulk import make_letters
from advocacy.models import Campaign
from advocacy.models.campaign import SENDABLE
from mailings import outbox

MOST = 5_000_000


class Command(BaseCommand):
    """``manage.py make_letters N --campaign SLUG``"""

    help = (
        "Make N different letters of invented supporters, confirmed and queued. "
        "In test and live mode only to a provider on this machine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare N and ``--campaign``."""
        parser.add_argument("count", type=int, metavar="N", help="how many letters")
        parser.add_argument("--campaign", required=True, metavar="SLUG", help="the campaign's slug, such as ua-61-21")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and say how many."""
        count = options["count"]
        if not 1 <= count <= MOST:
            raise CommandError(f"Give a number of letters from 1 to {MOST:,}.")
        if settings.MAIL_MODE != "sandbox" and not outbox.provider_is_here():
            raise CommandError(
                "Invented letters may not reach a real office: the mail provider is not on this machine."
            )
        campaign = Campaign.objects.filter(slug=options["campaign"]).select_related("live_update").first()
        if campaign is None or campaign.live_update is None or campaign.status not in SENDABLE:
            raise CommandError(f"There is no open campaign with the slug {options['campaign']}.")
        made = make_letters(campaign.live_update, count, self.progress)
        self.stdout.write(f"{made:,} letters are confirmed and in line.")

    def progress(self, done: int) -> None:
        """Show how far it is, on a terminal only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,}", ending="")
