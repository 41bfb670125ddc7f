"""Hands over what is due, once or for ever. Shares nothing with Django Q2, whose cluster may stall."""

import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from mailings import instance, sending, tasks
from mailings.heartbeat import beat

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_SWEEPS = 20.0


class Command(BaseCommand):
    """``manage.py drain [--loop]``"""

    help = "Hand over what is due. With --loop, go on until SIGTERM or Ctrl-C; what is on its way is awaited."
    stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare ``--loop``."""
        parser.add_argument("--loop", action="store_true", help="look again every second, until told to stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain once, or loop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        if options["loop"]:
            self.loop()
            return
        sending.settle_lapsed()
        tried = tasks.drain(budget=float("inf"), stop=lambda: self.stopping)
        self.stdout.write(f"{tried} messages handed over or tried.")

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Begin nothing new."""
        self.stopping = True

    def loop(self) -> None:
        """Drain every second, sweep three times a minute. A database that is away is waited for."""
        swept = float("-inf")
        while not self.stopping:
            try:
                if time.monotonic() - swept >= SECONDS_BETWEEN_SWEEPS:
                    beat("loop")
                    instance.keep()
                    sending.settle_lapsed()
                    swept = time.monotonic()
                tasks.drain(stop=lambda: self.stopping)
            except OperationalError as error:
                self.stderr.write(f"The database does not answer ({error}); trying again.")
                close_old_connections()
            time.sleep(SECONDS_BETWEEN_LOOKS)
