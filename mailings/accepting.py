"""Owns the writing of new messages: one statement on PostgreSQL, one for each of the three tables on SQLite.

Hand-written, because the ORM composes a statement anew each time, and that took longer than all else that a supporter's
form needs. The columns are read from the models, so that a new one is never left out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from mailings.models import Content, Message, Recipient

#: Whoever posts under a key that was used before, or is being used at this moment, writes nothing.
ONCE = "ON CONFLICT (dedupe_key) DO NOTHING RETURNING id, dedupe_key"
#: The columns of one row, by the names that the model has for them. What is left out takes the model's default.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class NewMessage:
    """The rows that one message becomes."""

    message: Row
    content: Row
    recipients: Sequence[Row]

    @property
    def key(self) -> str:
        """The dedupe key."""
        return str(self.message["dedupe_key"])


def insert(messages: Iterable[NewMessage]) -> list[NewMessage]:
    """Write messages with their words and addresses. Belongs in a transaction: half a message must not stay.

    Returns:
        Those that were written. Of the others, whose key was used before, nothing is.
    """
    unique: dict[str, NewMessage] = {}
    for one in messages:
        unique.setdefault(one.key, one)
    write = _at_once if connection.vendor == "postgresql" else _table_by_table
    with connection.cursor() as cursor:
        written = write(cursor, list(unique.values()))
    return [one for key, one in unique.items() if key in written]


class Table:
    """What the statements need to know of a table: its columns, without those that are filled on the way."""

    def __init__(self, model: type[models.Model], *filled: str) -> None:
        fields = [field for field in model._meta.concrete_fields if field.column not in {"id", *filled}]
        self.name = model._meta.db_table
        # No driver takes the ellipsis: a default that is made anew each time is for the row to bring.
        self._defaults = {
            str(field.column): ... if field.has_default() and callable(field.default) else field.get_default()
            for field in fields
        }
        self.columns = ", ".join(self._defaults)

    def whole(self, row: Row) -> dict[str, Any]:
        """A row with all its columns, in their order."""
        return {**self._defaults, **row}


MESSAGE, CONTENT, RECIPIENT = Table(Message), Table(Content, "message_id"), Table(Recipient, "message_id")
#: All three tables at once, out of one JSON. Contents and recipients find their message, where it is new, by its key.
POSTGRESQL = f"""
    WITH given AS (SELECT one FROM jsonb_array_elements(%s::jsonb) one),
    message AS (
        INSERT INTO {MESSAGE.name} ({MESSAGE.columns}) SELECT {MESSAGE.columns}
        FROM given, jsonb_populate_record(NULL::{MESSAGE.name}, one->'message') {ONCE}
    ), content AS (
        INSERT INTO {CONTENT.name} (message_id, {CONTENT.columns}) SELECT message.id, {CONTENT.columns}
        FROM given JOIN message ON dedupe_key = one->'message'->>'dedupe_key',
            jsonb_populate_record(NULL::{CONTENT.name}, one->'content')
    ), recipient AS (
        INSERT INTO {RECIPIENT.name} (message_id, {RECIPIENT.columns}) SELECT message.id, {RECIPIENT.columns}
        FROM given JOIN message ON dedupe_key = one->'message'->>'dedupe_key',
            jsonb_populate_recordset(NULL::{RECIPIENT.name}, one->'recipients')
    )
    SELECT dedupe_key FROM message"""  # noqa: S608 - the names of our own tables and columns


def _at_once(cursor: CursorWrapper, new: Sequence[NewMessage]) -> set[str]:
    """The way of PostgreSQL: all rows in one statement. Returns the dedupe keys of the new messages."""
    rows = [
        {
            "message": MESSAGE.whole(one.message),
            "content": CONTENT.whole(one.content),
            "recipients": [RECIPIENT.whole(recipient) for recipient in one.recipients],
        }
        for one in new
    ]
    cursor.execute(POSTGRESQL, [json.dumps(rows, ensure_ascii=False, default=str)])
    return {key for (key,) in cursor.fetchall()}


def _table_by_table(cursor: CursorWrapper, new: Sequence[NewMessage]) -> set[str]:
    """The way of SQLite, which takes no INSERT within another. Returns the dedupe keys of the new messages."""
    ids = {key: pk for pk, key in _insert(cursor, MESSAGE.name, [MESSAGE.whole(one.message) for one in new], ONCE)}
    contents, recipients = [], []
    for one in new:
        if one.key in ids:
            message = {"message_id": ids[one.key]}
            contents.append(message | CONTENT.whole(one.content))
            recipients += [message | RECIPIENT.whole(recipient) for recipient in one.recipients]
    _insert(cursor, CONTENT.name, contents)
    _insert(cursor, RECIPIENT.name, recipients)
    return set(ids)


#: SQLite takes so many values in one statement, and not more.
MOST_VALUES = 999


def _insert(cursor: CursorWrapper, table: str, rows: Sequence[Row], tail: str = "") -> list[tuple[int, str]]:
    """Write rows that have the same columns. Returns what the statement's tail asks for."""
    returned: list[tuple[int, str]] = []
    columns = list(rows[0]) if rows else []
    most = MOST_VALUES // (len(columns) or 1)
    for batch in (rows[start : start + most] for start in range(0, len(rows), most)):
        places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(batch))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} {tail}"  # noqa: S608 - as above
        cursor.execute(statement, [_in_sqlite(value) for row in batch for value in row.values()])
        returned += cursor.fetchall()
    return returned


def _in_sqlite(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) else value
