"""Creates the first member of staff and says where everything is."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from advocacy.models import Campaign

USERNAME = "staff"


class Command(BaseCommand):
    """``manage.py welcome [--new-password]``"""

    help = "Create the member of staff 'staff' with a random password if there is none; print where everything is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``--new-password``."""
        parser.add_argument("--new-password", action="store_true", help="give 'staff' a new random password")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create, keep, print."""
        password = self.password(renew=options["new_password"])
        campaign = Campaign.objects.exclude(live_update=None).order_by("pk").first()
        page = campaign.get_absolute_url() if campaign else "/"
        rows = [("Campaign page", settings.SITE_URL + page)]
        if settings.MAIL_MODE == "sandbox":
            rows.append(("Sandbox mailbox", f"{settings.SITE_URL}/sandbox/"))
        rows += [("Desk", f"{settings.SITE_URL}/desk/"), ("Login", f"{USERNAME}  {password}")]
        self.stdout.write("")
        for label, value in rows:
            self.stdout.write(f"  {label:<16} {value}")
        self.stdout.write("")

    def password(self, *, renew: bool) -> str:
        """The password to print; words instead of it where it is not known."""
        users = get_user_model().objects
        user = users.filter(username=USERNAME).first()
        if user is not None and not renew:
            kept = self.kept_in()
            return (
                kept.read_text().strip()
                if kept.exists()
                else "(set before; manage.py welcome --new-password makes a new one)"
            )
        password = secrets.token_urlsafe(12)
        if user is None:
            users.create_user(USERNAME, password=password, is_staff=True, is_superuser=True)
        else:
            user.set_password(password)
            user.save(update_fields=["password"])
        self.keep(password)
        return password

    def kept_in(self) -> Path:
        """The file that remembers the demo's password."""
        return Path(settings.VAR_DIR) / "desk-password.txt"

    def keep(self, password: str) -> None:
        """Remember it in sandbox mode, readable by the owner alone; elsewhere it is shown this once."""
        self.kept_in().unlink(missing_ok=True)
        if settings.MAIL_MODE == "sandbox":
            handle = os.open(self.kept_in(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(password + "\n")
