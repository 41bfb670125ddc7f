"""Owns the claim from a long queue: `python -m benchmarks.appeal.backlog grow LETTERS` or `... claim`.

Growing posts the first letters through the outbox, and copies these in the database itself: a million would take an
hour through the door. Claiming prints how long each claim took, as JSON, and puts the letters back in line.
"""

import json
import sys
import uuid
from datetime import time, timedelta
from time import perf_counter

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.functions import Mod
from django.utils import timezone

from benchmarks.appeal.fill import post

FIRST = 1000
#: What one claim asks for: as many letters as a worker has connections.
ROOM = 16
CLAIMS, WARM = 30, 3
#: How many offices the letters go to, where their pace is asked for: as many as can have a letter each in one claim.
LANES = 16


def grow(count: int) -> None:
    """Let this many letters be in line. There are none yet, or as many as an earlier call left."""
    call_command("migrate", interactive=False, verbosity=0)
    from mailings.models import Message

    there = Message.objects.count()
    if not there:
        post(min(FIRST, count))
        there = min(FIRST, count)
        _spread()
    while there < count:
        there += _copy(min(FIRST, count - there), there)


def _spread() -> None:
    """Let the letters stand in several lanes. Their addresses stay: nobody sends them."""
    from mailings import lanes
    from mailings.models import Message

    for number in range(LANES):
        lane = lanes.lane_of(f"office-{number}.example.org")
        Message.objects.alias(turn=Mod("pk", LANES)).filter(turn=number).update(lane=lane)


def _open_lanes() -> None:
    """Let the next letter of every lane leave now, as far as it is a weekday."""
    from mailings.models import Lane

    a_moment_ago = timezone.now() - timedelta(seconds=1)
    Lane.objects.update(
        opens_at=time.min, closes_at=time.max, next_at=a_moment_ago, even_at=a_moment_ago, day=None, day_count=0
    )


def _copy(size: int, shift: int) -> int:
    """Copy the first letters once more, with their words and addresses."""
    from mailings.models import Content, Message, Recipient

    first = Message.objects.order_by("pk").values_list("pk", flat=True)[0]
    last = first + size - 1
    new = {"id": f"id + {shift}", "uid": _new_uid(), "dedupe_key": f"dedupe_key || '-{shift}'"}
    with transaction.atomic():
        _copy_rows(Message, new, f"id BETWEEN {first} AND {last}")
        for model in (Content, Recipient):
            _copy_rows(model, {"message_id": f"message_id + {shift}"}, f"message_id BETWEEN {first} AND {last}")
    return size


def _copy_rows(model: type[Model], new: dict[str, str], which: str) -> None:
    """Copy rows of one table; ``new`` is SQL for the columns that differ. An id that is not given is a new one."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    columns = [column for column in columns if column != "id" or column in new]
    values = ", ".join(new.get(column, column) for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which}")


def _new_uid() -> str:
    """SQL for a uid of its own for each row."""
    return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"


def claim() -> None:
    """Claim as one worker does, and print the milliseconds of each claim and how many letters they took."""
    from mailings import claiming, transports

    road = transports.road()
    assert road is not None
    took, letters = [], 0
    for turn in range(WARM + CLAIMS):
        worker = uuid.uuid4().hex
        _open_lanes()
        began = perf_counter()
        claimed = len(claiming.claim(ROOM, worker, road))
        if turn >= WARM:
            took.append((perf_counter() - began) * 1000)
            letters += claimed
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailings_message SET status = 'queued', owner = '', lease = NULL, attempts = 0 "
            "WHERE status = 'sending'"
        )
    json.dump({"took": took, "letters": letters}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "grow":
        grow(int(sys.argv[2]))
    else:
        claim()
