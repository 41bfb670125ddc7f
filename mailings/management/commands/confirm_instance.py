"""Takes a person's word that this database is the one that sends, or that this machine is one more to work for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailings import instance


class Command(BaseCommand):
    """``manage.py confirm_instance --why TEXT``, ``--join`` or ``--show``"""

    help = (
        "Confirm that this database is the one that sends, though it was copied or restored from a backup. "
        "Letters that may have left from the other one wait for a person. Stop the other one first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what is confirmed."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--why", default="", help="why this is the one; kept in the story of each letter in doubt")
        what.add_argument("--join", action="store_true", help="this is the same database; the machine or folder is new")
        what.add_argument("--show", action="store_true", help="print the uid of this database, for INSTANCE_ID")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        if options["show"]:
            self.stdout.write(str(instance.uid()))
            return
        try:
            if options["join"]:
                instance.join()
                self.stdout.write("This machine works for this database from now on.")
                return
            if not options["why"].strip():
                raise CommandError("Say why in a few words: they are kept in the story of each letter in doubt.")
            count = instance.confirm(by="manage.py", note=options["why"])
        except instance.NothingToConfirmError as error:
            raise CommandError("There is nothing to confirm: this database may send.") from error
        except instance.CannotJoinError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"This machine cannot remember it: {error}. Let this user write into var/.") from error
        self.stdout.write(f"This database is the one that sends. Letters in doubt until somebody decides: {count:,}")
