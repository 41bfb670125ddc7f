"""Creates the first people of the desk and says where everything is."""

import os
import secrets
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction

from advocacy import people
from advocacy.access import Role
from advocacy.models import Campaign


@dataclass(frozen=True)
class Account:
    """One account that this makes."""

    label: str
    name: str
    #: The file under var/ that remembers its password in the sandbox.
    file: str
    superuser: bool


STAFF = Account("Login", "staff", "desk-password.txt", superuser=True)
#: Nobody approves what he or she wrote: whoever tries this out alone needs a second person. Real ones are made by hand.
SECOND = Account("To approve", "approver", "approver-password.txt", superuser=False)


class Command(BaseCommand):
    """``manage.py welcome [--new-password]``"""

    help = (
        "Create the member of staff 'staff' with a random password if there is none, and outside of live mode a second "
        "one, 'approver', to try out approvals with; print where everything is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``--new-password``."""
        parser.add_argument("--new-password", action="store_true", help="give them new random passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create, keep, print."""
        renew = options["new_password"]
        accounts = [STAFF] if settings.MAIL_MODE == "live" else [STAFF, SECOND]
        campaign = Campaign.objects.exclude(live_update=None).order_by("pk").first()
        page = campaign.get_absolute_url() if campaign else "/"
        rows = [("Campaign page", settings.SITE_URL + page)]
        if settings.MAIL_MODE == "sandbox":
            rows.append(("Sandbox mailbox", f"{settings.SITE_URL}/sandbox/"))
        rows.append(("Desk", f"{settings.SITE_URL}/desk/"))
        rows += [(one.label, f"{one.name}  {self.password(one, renew=renew)}") for one in accounts]
        self.stdout.write("")
        for label, value in rows:
            self.stdout.write(f"  {label:<16} {value}")
        self.stdout.write("")

    def password(self, account: Account, *, renew: bool) -> str:
        """The password to print; words instead of it where it is not known."""
        user = get_user_model().objects.filter(username=account.name).first()
        kept = Path(settings.VAR_DIR) / account.file
        if user is not None and not renew:
            return (
                kept.read_text().strip()
                if kept.exists()
                else "(set before; manage.py welcome --new-password makes a new one)"
            )
        password = secrets.token_urlsafe(12)
        if user is None:
            self.create(account, password)
        else:
            user.set_password(password)
            user.save(update_fields=["password"])
        self.keep(kept, password)
        return password

    def create(self, account: Account, password: str) -> None:
        """Make the account; the second one is an approver on the campaigns that there are."""
        with transaction.atomic():
            user: User = get_user_model().objects.create_user(
                account.name,
                email=f"{account.name}@example.org" if settings.MAIL_MODE == "sandbox" else "",
                password=password,
                is_staff=True,
                is_superuser=account.superuser,
            )
            if not account.superuser:
                user.groups.set(Group.objects.filter(name=Role.APPROVER))
                for campaign in Campaign.objects.all():
                    people.let_in(campaign, user, by="")

    def keep(self, file: Path, password: str) -> None:
        """Remember it in sandbox mode, readable by the owner alone; elsewhere it is shown this once."""
        file.unlink(missing_ok=True)
        if settings.MAIL_MODE == "sandbox":
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as opened:
                opened.write(password + "\n")
