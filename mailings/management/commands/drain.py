"""Hands over what is due, once or for ever. Shares nothing with Django Q2, whose cluster may stall."""

import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, close_old_connections

from mailings import checks, heartbeat, sending, tasks
from mailings.crew import Crew

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_SWEEPS = 20.0
SECONDS_BETWEEN_LOOKS_FOR_EVIDENCE = 60.0


class Command(BaseCommand):
    """``manage.py drain [--loop] [--processes N]``"""

    help = "Hand over what is due. With --loop, go on until SIGTERM or Ctrl-C; what is on its way is awaited."
    #: Of the checks that every command runs, those of mail are asked in ``handle``; the others would load every page.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``--loop`` and ``--processes``."""
        parser.add_argument("--loop", action="store_true", help="look again every second, until told to stop")
        parser.add_argument(
            "--processes",
            type=int,
            default=settings.MAIL_PROCESSES,
            choices=range(1, 33),
            metavar="N",
            help="hand over in so many processes, each with MAIL_CONNECTIONS connections (not set: MAIL_PROCESSES)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain once, or loop, in this process or in several. Raises CommandError where mail must not leave."""
        faults = [f"{fault.msg} {fault.hint}" for fault in checks.faults() if fault.is_serious()]
        if faults:
            raise CommandError("Nothing is sent. " + " ".join(faults))
        bad = Crew(options["processes"], self.loop if options["loop"] else self.once).run(replace=options["loop"])
        if bad and not options["loop"]:
            raise CommandError(f"{bad} of {options['processes']} processes ended badly. Run it again: nothing is lost.")

    def once(self, crew: Crew) -> None:
        """Drain until nothing is due."""
        sending.settle_lapsed()
        tried = tasks.drain(budget=float("inf"), stop=crew.stopping)
        self.stdout.write(f"{tried} messages handed over or tried.")
        self.stdout.flush()

    def loop(self, crew: Crew) -> None:
        """Drain every second, sweep three times a minute, look for evidence once. Wait for a database that is away."""
        swept = looked = float("-inf")
        while not crew.stopping():
            crew.mend()
            try:
                if time.monotonic() - swept >= SECONDS_BETWEEN_SWEEPS:
                    tasks.tidy("loop")
                    swept = time.monotonic()
                tasks.drain(stop=crew.pausing)
                if time.monotonic() - looked >= SECONDS_BETWEEN_LOOKS_FOR_EVIDENCE:
                    tasks.look()
                    looked = time.monotonic()
            except (DatabaseError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
                close_old_connections()
            time.sleep(SECONDS_BETWEEN_LOOKS)
        with suppress(DatabaseError, InterfaceError):  # Then it is told by its silence, which is nearly as good.
            heartbeat.end("loop")
