"""Owns the two INSERTs of a letter's first writing, each one statement where the ORM would take four.

Hand-written, the same on both databases. Whoever comes second, or at the same moment, adds nothing and learns so.
"""

from datetime import datetime

from django.db import connection

from advocacy.models import Letter, Supporter

SUPPORTER = """
    INSERT INTO advocacy_supporter (email, email_key, name, city, country, created_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (email_key) DO NOTHING RETURNING id"""
LETTER = """
    INSERT INTO advocacy_letter (code, update_id, supporter_id, mode, version, name, city, country, own_words, subject,
        body, written_at, links_mailed, link_mailed_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (update_id, supporter_id, mode) DO NOTHING RETURNING id"""


def add_supporter(row: Supporter) -> bool:
    """Store a supporter and give the row its key. Returns False where this mailbox is known already."""
    row.pk = _added(SUPPORTER, [row.email, row.email_key, row.name, row.city, row.country, _moment(row.created_at)])
    return row.pk is not None


def add_letter(row: Letter) -> bool:
    """Store a letter and give the row its key. Returns False where its writer has one on this update already."""
    chosen = [row.name, row.city, row.country, row.own_words, row.subject, row.body]
    mailed = [row.links_mailed, _moment(row.link_mailed_at)]
    row.pk = _added(
        LETTER,
        [row.code, row.update_id, row.supporter_id, row.mode, row.version, *chosen, _moment(row.written_at), *mailed],
    )
    return row.pk is not None


def _added(statement: str, values: list[str | int | None]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        added = cursor.fetchone()
    return added[0] if added else None


def _moment(moment: datetime | None) -> str | None:
    """A time as the driver of this database takes it."""
    stored: str | None = connection.ops.adapt_datetimefield_value(moment)
    return stored
