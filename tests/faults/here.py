"""Owns the invariants for a test inside this process: its own database, and a provider on loopback."""

from typing import Any

from django.db import connection

from tests.faults import invariants
from tests.provider import Provider


class Here:
    """What ``invariants`` asks of an installation, answered by the database of the test."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """What the database answers to one statement of SQL."""
        with connection.cursor() as cursor:
            cursor.execute(question)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def hold(self, posted: int) -> None:
        """Look at the invariants."""
        invariants.hold(self, posted)
