"""Owns the writing of new messages: one INSERT for each of the three tables, the same on both databases.

Hand-written, because the ORM composes a statement anew each time, and that took longer than all else that a supporter's
form needs. The columns are read from the models once, so that a new one is never left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper

from mailings.models import Content, Message, Recipient

#: SQLite takes so many values in one statement, and not more.
MOST_VALUES = 999
#: Whoever posts under a key that was used before, or is being used at this moment, writes nothing.
ONCE = " ON CONFLICT (dedupe_key) DO NOTHING RETURNING id, dedupe_key"

#: The columns of one row, by the names that the model has for them. What is left out takes the model's default.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class NewMessage:
    """The rows that one message becomes."""

    message: Row
    content: Row
    recipients: Sequence[Row]


def insert(messages: Sequence[NewMessage]) -> list[NewMessage]:
    """Write messages with their words and addresses. Belongs in a transaction: half a message must not stay.

    Returns:
        Those that were written. Of the others, whose key was used before, nothing is.
    """
    with connection.cursor() as cursor:
        ids = {key: pk for pk, key in _insert(cursor, Message, [one.message for one in messages], ONCE)}
        written: list[NewMessage] = []
        contents: list[Row] = []
        recipients: list[Row] = []
        for one in messages:
            pk = ids.pop(one.message["dedupe_key"], None)  # popped, because one key may stand twice among them
            if pk is not None:
                written.append(one)
                contents.append({**one.content, "message_id": pk})
                recipients += [{**recipient, "message_id": pk} for recipient in one.recipients]
        _insert(cursor, Content, contents)
        _insert(cursor, Recipient, recipients)
    return written


def _insert(cursor: CursorWrapper, model: type[models.Model], rows: Sequence[Row], tail: str = "") -> list[Any]:
    """Write rows of one table. Returns what the statement's tail asks for."""
    blank = _blank(model)
    ops = connection.ops
    returned: list[Any] = []
    most = MOST_VALUES // len(blank)
    for start in range(0, len(rows), most):
        batch = [{**blank, **row} for row in rows[start : start + most]]
        cursor.execute(
            _statement(model, len(batch)) + tail, [_stored(value, ops) for row in batch for value in row.values()]
        )
        if tail:
            returned += cursor.fetchall()
    return returned


@cache
def _blank(model: type[models.Model]) -> dict[str, Any]:
    """Every column that the database does not fill by itself, in order, with its default.

    Where that is made anew for each row, as a time or a uid, a row must bring its own: the driver refuses the ellipsis.
    """
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return {
        field.attname: ... if field.has_default() and callable(field.default) else field.get_default()
        for field in fields
    }


@cache
def _statement(model: type[models.Model], rows: int) -> str:
    columns = [str(field.column) for field in model._meta.concrete_fields if field.attname in _blank(model)]
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES {places}"  # noqa: S608


def _stored(value: Any, ops: BaseDatabaseOperations) -> Any:
    """A value as the driver of this database takes it."""
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
