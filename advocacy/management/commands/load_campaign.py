"""Loads an update from a text file: the same road that a campaigner's paste takes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from advocacy import drafts, reading, updates
from advocacy.models import Update


class Command(BaseCommand):
    """``manage.py load_campaign FILE [--publish]``"""

    help = (
        "Read an urgent action's text (the published layout, with a part 'Model letter') into a draft update of its "
        "campaign, which is created where it is new. Loading the same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare FILE and ``--publish``."""
        parser.add_argument("file", type=Path, help="a UTF-8 text file")
        parser.add_argument("--publish", action="store_true", help="publish it at once, if nothing stands in its way")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, store, and publish where asked."""
        text = self.text_of(options["file"])
        try:
            update = drafts.begin(text, None, over=True)[0]
            if options["publish"] and not update.published:
                self.refuse_open(text)
                updates.publish(update, by="load_campaign")
        except reading.Fault as fault:
            raise CommandError("\n".join(fault.lines)) from fault
        except updates.NotPublishable as fault:
            raise CommandError("\n".join(fault.faults)) from fault
        self.stdout.write(self.result(update))

    def refuse_open(self, text: str) -> None:
        """Raise CommandError where the text leaves open who is written to: only a person can tell. The draft stays."""
        asked = [one for one in reading.reading_of(text).questions if one.field.startswith("targets")]
        if asked:
            lines = [" ".join([one.why, *(f"“{words}”" for words in one.candidates)]) for one in asked]
            raise CommandError("\n".join([*lines, "It is kept as a draft."]))

    def text_of(self, file: Path) -> str:
        """The file's text. Raises CommandError in words where it cannot be read."""
        try:
            return file.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8 text. Save it as plain text in UTF-8.") from error

    def result(self, update: Update) -> str:
        """What the file has become, in a sentence."""
        if update.published:
            return f"{update} is published: {update.campaign.get_absolute_url()}"
        missing = " ".join(updates.faults(update))
        return f"{update} is a draft. {missing or 'Nothing stands in the way of publishing it.'}"
