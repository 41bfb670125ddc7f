"""Owns the statements of a letter's first writing: the campaign's word, the supporter and the letter.

Hand-written: one statement on PostgreSQL, three on SQLite, where the ORM takes seven. Whoever comes second, or at the
same moment, adds nothing.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from advocacy.models import Campaign, Letter, Supporter
from advocacy.models.campaign import WRITABLE

TRUTH = "SELECT status, live_update_id, confirmation, most_identity FROM advocacy_campaign WHERE id = %s"
SUPPORTER = ("email", "email_key", "name", "city", "country", "created_at")
LETTER = (
    "code", "update_id", "mode", "version", "name", "city", "country", "own_words", "subject", "body", "points",
    "level", "shown_name", "links_mailed", "written_at", "link_mailed_at",
)  # fmt: skip
SUPPORTER_ONCE = "ON CONFLICT (email_key) DO NOTHING RETURNING id, email"
LETTER_ONCE = "ON CONFLICT (update_id, supporter_id, mode) DO NOTHING RETURNING id"


def _columns(names: Sequence[str]) -> str:
    return ", ".join(names)


def _places(names: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(names))


def _typed(names: Sequence[str]) -> str:
    """Places among selected values, where PostgreSQL takes everything for a text unless it is told."""
    types = {name: "::timestamptz" for name in names if name.endswith("_at")} | {"points": "::jsonb"}
    return ", ".join(f"%s{types.get(name, '')}" for name in names)


AT_ONCE = f"""
    WITH campaign AS ({TRUTH} FOR SHARE), writable AS (SELECT FROM campaign WHERE status = ANY(%s)),
    known AS (SELECT id, email FROM advocacy_supporter WHERE email_key = %s),
    added AS (
        INSERT INTO advocacy_supporter ({_columns(SUPPORTER)})
        SELECT {_typed(SUPPORTER)} FROM writable WHERE NOT EXISTS (TABLE known) {SUPPORTER_ONCE}
    ), supporter AS (TABLE known UNION ALL TABLE added),
    letter AS (
        INSERT INTO advocacy_letter ({_columns(LETTER)}, supporter_id)
        SELECT {_typed(LETTER)}, id FROM supporter, writable {LETTER_ONCE}
    )
    SELECT supporter.id, supporter.email, letter.id, campaign.*
    FROM campaign LEFT JOIN supporter ON true LEFT JOIN letter ON true"""  # noqa: S608 - our own names
ADD_SUPPORTER = f"INSERT INTO advocacy_supporter ({_columns(SUPPORTER)}) VALUES ({_places(SUPPORTER)}) {SUPPORTER_ONCE}"  # noqa: S608
FIND_SUPPORTER = "SELECT id, email FROM advocacy_supporter WHERE email_key = %s"
ADD_LETTER = (
    f"INSERT INTO advocacy_letter ({_columns(LETTER)}, supporter_id) VALUES ({_places(LETTER)}, %s) {LETTER_ONCE}"  # noqa: S608
)


class Truth(NamedTuple):
    """What a letter depends on of its campaign, and what anybody may change before the letter is stored."""

    status: str
    live_update_id: int
    confirmation: bool
    most_identity: str


def keep(campaign: Campaign) -> Truth:
    """Read what is true of a campaign, and let nobody change it before this transaction ends.

    Without it a letter could slip out between a pause or stop and its own commit. Letters do not wait for each other.
    """
    with connection.cursor() as cursor:
        return _keep(cursor, campaign.pk)


def _keep(cursor: CursorWrapper, pk: int) -> Truth:
    cursor.execute(TRUTH + (" FOR SHARE" if connection.features.has_select_for_update else ""), [pk])
    return Truth(*cursor.fetchone())


def add(letter: Letter) -> Truth:
    """Store a letter, and its supporter where the mailbox is new, if the campaign takes letters.

    Args:
        letter: not stored yet, nor is its supporter, who becomes the one that is known by this mailbox. The letter has
            a key afterwards, unless this supporter has one on this update already.
    Returns:
        What is true of its campaign, as ``keep`` does.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            truth = _add_at_once(cursor, letter)
            if letter.pk or truth.status not in WRITABLE:
                return truth
            # There is a letter already, or somebody else is adding this very supporter.
        return _add_one_by_one(cursor, letter)


def _add_at_once(cursor: CursorWrapper, letter: Letter) -> Truth:
    supporter = letter.supporter
    values: list[Any] = [letter.update.campaign_id, [str(status) for status in WRITABLE], supporter.email_key]
    cursor.execute(AT_ONCE, values + _values(supporter, SUPPORTER) + _values(letter, LETTER))
    pk, email, letter.pk, *truth = cursor.fetchone()
    if letter.pk:
        _known_as(letter, pk, email)
    return Truth(*truth)


def _add_one_by_one(cursor: CursorWrapper, letter: Letter) -> Truth:
    supporter = letter.supporter
    truth = _keep(cursor, letter.update.campaign_id)
    if truth.status not in WRITABLE:
        return truth
    cursor.execute(ADD_SUPPORTER, _values(supporter, SUPPORTER))
    found = cursor.fetchone()
    if found is None:
        cursor.execute(FIND_SUPPORTER, [supporter.email_key])
        found = cursor.fetchone()
    _known_as(letter, *found)
    cursor.execute(ADD_LETTER, [*_values(letter, LETTER), supporter.pk])
    added = cursor.fetchone()
    letter.pk = added[0] if added else None
    return truth


def _known_as(letter: Letter, pk: int, email: str) -> None:
    letter.supporter.pk, letter.supporter.email = pk, email
    letter.supporter = letter.supporter  # the letter notes the key when it is given the row


def _values(row: Supporter | Letter, names: Sequence[str]) -> list[Any]:
    return [_value(name, getattr(row, name)) for name in names]


def _value(name: str, value: Any) -> Any:
    """A value as its column takes it."""
    if name.endswith("_at"):
        return connection.ops.adapt_datetimefield_value(value)
    return json.dumps(value) if name == "points" else value
