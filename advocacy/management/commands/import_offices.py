"""Takes offices from a CSV file into the address book, as the desk's page does."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from advocacy import book, office_files, office_imports


class Command(BaseCommand):
    """``manage.py import_offices FILE [--set NAME] [--dry-run] [--by NAME]``"""

    help = (
        "Take offices from a CSV file into the address book, all of them or none. Its first row names the columns: "
        "name, title, organisation, salutation, email, address, local address, local language, fax, phone, country, "
        "notes. What changes an office that is live in a campaign is asked for at the desk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare FILE, ``--set``, ``--dry-run`` and ``--by``."""
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--set", default="", metavar="NAME", help="fill this set by the supporter's country")
        parser.add_argument("--dry-run", action="store_true", help="say what each row would do, and do nothing")
        parser.add_argument("--by", default="", metavar="NAME", help="the account that it is done for, in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tell, take."""
        into = " ".join(options["set"].split())
        if len(into) > 80:
            raise CommandError("The name of a set has 80 characters at most.")
        try:
            text, doubt = office_files.text_of(_bytes_of(options["file"]))
            sheet = office_files.read(text, by_country=bool(into))
        except office_files.Unreadable as fault:
            raise CommandError(str(fault)) from fault
        plan = office_imports.plan(sheet, book.set_called(into), by_country=bool(into))
        if plan.faults:
            raise CommandError("\n".join([*(str(fault) for fault in plan.faults), "Nothing was taken."]))
        if doubt:
            self.stderr.write(doubt)
        if options["dry_run"]:
            for step in plan.steps:
                self.stdout.write(f"Row {step.row.number}: {step.word}, {step.row.values['name']}{_changes(step)}")
            return
        try:
            done = office_imports.take(sheet, into, plan.digest, by=options["by"])
        except office_imports.NotAsShown as fault:
            raise CommandError(str(fault)) from fault
        words = f"{done.new} new, {done.changed} changed, {done.same} as they were"
        self.stdout.write(f"{words}, {done.asked} asked for at the desk.")


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(office_files.MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error


def _changes(step: office_imports.Step) -> str:
    told = [f"{name}: {old!r} -> {new!r}" for name, (old, new) in step.changes.items()]
    told += [f"in the place of {step.instead}"] if step.instead else []
    told += ["live: asked for"] if step.live else []
    return f" ({'; '.join(told)})" if told else ""
