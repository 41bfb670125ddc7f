"""Owns the writing of new messages: one INSERT for each of the three tables, the same on both databases.

Hand-written, because the ORM composes a statement anew each time, and that took longer than all else that a supporter's
form needs. The columns are read from the models once, so that a new one is never left out.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from mailings.models import Content, Message, Recipient

#: SQLite takes so many values in one statement, and not more.
MOST_VALUES = 999
#: Whoever posts under a key that was used before, or is being used at this moment, writes nothing.
ONCE = " ON CONFLICT (dedupe_key) DO NOTHING RETURNING id, dedupe_key"


def insert(rows: Sequence[tuple[Message, Content, Sequence[Recipient]]]) -> set[str]:
    """Write new messages with their words and addresses. Belongs in a transaction: half a message must not stay.

    Args:
        rows: not in the database yet.
    Returns:
        The dedupe keys of those that were new. Of the others nothing is written.
    """
    with connection.cursor() as cursor:
        ids = {key: pk for pk, key in _insert(cursor, Message, [message for message, _, _ in rows], ONCE)}
        new = set(ids)
        contents: list[Content] = []
        recipients: list[Recipient] = []
        for message, content, addressed in rows:
            pk = ids.pop(message.dedupe_key, None)  # popped, because one key may stand twice among the rows
            if pk is not None:
                content.message_id = pk
                contents.append(content)
                for recipient in addressed:
                    recipient.message_id = pk
                    recipients.append(recipient)
        _insert(cursor, Content, contents)
        _insert(cursor, Recipient, recipients)
    return new


def _insert(
    cursor: CursorWrapper, model: type[models.Model], rows: Sequence[models.Model], tail: str = ""
) -> list[tuple[Any, ...]]:
    """Write rows of one table. Returns what the statement's tail asks for."""
    columns = _columns(model)
    returned: list[tuple[Any, ...]] = []
    most = MOST_VALUES // len(columns)
    for start in range(0, len(rows), most):
        batch = rows[start : start + most]
        values = [_stored(row.__dict__[name]) for row in batch for name in columns]
        cursor.execute(_statement(model, len(batch)) + tail, values)
        if tail:
            returned += cursor.fetchall()
    return returned


@cache
def _columns(model: type[models.Model]) -> dict[str, str]:
    """Attribute -> column, without the key that the database gives."""
    fields = model._meta.concrete_fields
    return {field.attname: str(field.column) for field in fields if not isinstance(field, models.AutoField)}


@cache
def _statement(model: type[models.Model], rows: int) -> str:
    columns = _columns(model).values()
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES {places}"  # noqa: S608


def _stored(value: Any) -> Any:
    """A value as the driver of this database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
