"""Owns the statements of a letter's first writing: the campaign's word, the supporter and the letter.

Hand-written: one statement on PostgreSQL, three on SQLite, where the ORM takes seven. Whoever comes second, or at the
same moment, adds nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from advocacy.models import Campaign, Letter, Supporter
from advocacy.models.campaign import WRITABLE

#: What a letter depends on and anybody may change meanwhile.
TRUTH = ("status", "random_delay_hours", "live_update_id", "confirmation")
STATUS = f"SELECT {', '.join(TRUTH)} FROM advocacy_campaign WHERE id = %s"  # noqa: S608 - our own names
SUPPORTER = ("email", "email_key", "name", "city", "country", "created_at")
LETTER = (
    "code", "update_id", "mode", "version", "name", "city", "country", "own_words", "subject", "body", "links_mailed",
    "written_at", "link_mailed_at",
)  # fmt: skip
SUPPORTER_ONCE = "ON CONFLICT (email_key) DO NOTHING RETURNING id, email"
LETTER_ONCE = "ON CONFLICT (update_id, supporter_id, mode) DO NOTHING RETURNING id"


def _columns(names: Sequence[str]) -> str:
    return ", ".join(names)


def _places(names: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(names))


def _typed(names: Sequence[str]) -> str:
    """Places among selected values, where PostgreSQL takes a NULL for a text unless it is told."""
    return ", ".join("%s::timestamptz" if name.endswith("_at") else "%s" for name in names)


AT_ONCE = f"""
    WITH campaign AS ({STATUS} FOR SHARE), writable AS (SELECT FROM campaign WHERE status = ANY(%s)),
    known AS (SELECT id, email FROM advocacy_supporter WHERE email_key = %s),
    added AS (
        INSERT INTO advocacy_supporter ({_columns(SUPPORTER)})
        SELECT {_typed(SUPPORTER)} FROM writable WHERE NOT EXISTS (TABLE known) {SUPPORTER_ONCE}
    ), supporter AS (TABLE known UNION ALL TABLE added),
    letter AS (
        INSERT INTO advocacy_letter ({_columns(LETTER)}, supporter_id)
        SELECT {_typed(LETTER)}, id FROM supporter, writable {LETTER_ONCE}
    )
    SELECT supporter.id, supporter.email, letter.id, {_columns(TRUTH)}
    FROM campaign LEFT JOIN supporter ON true LEFT JOIN letter ON true"""  # noqa: S608 - our own names
ADD_SUPPORTER = f"INSERT INTO advocacy_supporter ({_columns(SUPPORTER)}) VALUES ({_places(SUPPORTER)}) {SUPPORTER_ONCE}"  # noqa: S608
FIND_SUPPORTER = "SELECT id, email FROM advocacy_supporter WHERE email_key = %s"
ADD_LETTER = (
    f"INSERT INTO advocacy_letter ({_columns(LETTER)}, supporter_id) VALUES ({_places(LETTER)}, %s) {LETTER_ONCE}"  # noqa: S608
)


def keep_status(campaign: Campaign) -> None:
    """Read the campaign's status and what else a letter depends on anew, and let nobody change it in this transaction.

    Without it a letter could slip out between a pause or stop and its own commit. Letters do not wait for each other.
    """
    with connection.cursor() as cursor:
        _keep_status(cursor, campaign)


def _keep_status(cursor: CursorWrapper, campaign: Campaign) -> None:
    cursor.execute(STATUS + (" FOR SHARE" if connection.features.has_select_for_update else ""), [campaign.pk])
    _note(campaign, cursor.fetchone())


def _note(campaign: Campaign, truth: Sequence[Any]) -> None:
    for name, value in zip(TRUTH, truth, strict=True):
        setattr(campaign, name, value)


def add(letter: Letter) -> None:
    """Store a letter, and its supporter where the mailbox is new, if the campaign takes letters.

    Its campaign's status is read anew, as by ``keep_status``.

    Args:
        letter: not stored yet, nor is its supporter, who becomes the one that is known by this mailbox. The letter has
            a key afterwards, unless this supporter has one on this update already.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _add_at_once(cursor, letter)
        # Not at once where there is a letter already, or where somebody else is adding this very supporter.
        if not letter.pk and letter.update.campaign.writable:
            _add_one_by_one(cursor, letter)
    letter.supporter = letter.supporter  # which has a key now


def _add_at_once(cursor: CursorWrapper, letter: Letter) -> None:
    campaign, supporter = letter.update.campaign, letter.supporter
    values: list[Any] = [campaign.pk, [str(status) for status in WRITABLE], supporter.email_key]
    cursor.execute(AT_ONCE, values + _values(supporter, SUPPORTER) + _values(letter, LETTER))
    supporter.pk, email, letter.pk, *truth = cursor.fetchone()
    _note(campaign, truth)
    supporter.email = email or supporter.email


def _add_one_by_one(cursor: CursorWrapper, letter: Letter) -> None:
    campaign, supporter = letter.update.campaign, letter.supporter
    _keep_status(cursor, campaign)
    if not campaign.writable:
        return
    cursor.execute(ADD_SUPPORTER, _values(supporter, SUPPORTER))
    found = cursor.fetchone()
    if found is None:
        cursor.execute(FIND_SUPPORTER, [supporter.email_key])
        found = cursor.fetchone()
    supporter.pk, supporter.email = found
    cursor.execute(ADD_LETTER, [*_values(letter, LETTER), supporter.pk])
    added = cursor.fetchone()
    letter.pk = added[0] if added else None


def _values(row: Supporter | Letter, names: Sequence[str]) -> list[Any]:
    moment = connection.ops.adapt_datetimefield_value
    return [moment(getattr(row, name)) if name.endswith("_at") else getattr(row, name) for name in names]
