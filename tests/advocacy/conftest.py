"""Owns what the tests of advocacy share: the demo campaign, published, and a database that several threads can see."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection

from advocacy import reading, updates
from advocacy.models import Update
from tests.advocacy.making import DEMO


@pytest.fixture
def update(db: None) -> Update:
    """The live update of the demo campaign: loaded and published on the road that a campaigner takes."""
    text = DEMO.read_text(encoding="utf-8")
    drafted = updates.draft(reading.read(text), text)
    updates.publish(drafted, by="a test")
    return drafted


#: Migrations whose triggers refuse what a flush does.
GUARDS = ("0012_translations", "0015_corrections", "0006_no_act_is_ever_changed")


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Commits for real, so that other threads see it. Ask for it before ``update``.

    At the end SQLite empties its tables by DELETE, which the triggers of published updates and of the trail refuse; so
    these go first.
    """
    yield
    guards = [import_module(f"advocacy.migrations.{name}") for name in GUARDS]
    with connection.cursor() as cursor:
        for statement in (one for guard in guards for one in guard.UNDO[connection.vendor]):
            cursor.execute(statement)
    call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        for statement in (one for guard in guards for one in guard.DO[connection.vendor]):
            cursor.execute(statement)
