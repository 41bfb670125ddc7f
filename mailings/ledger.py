"""Owns the hand-written SQL of claim and record: a few statements for many messages, both databases side by side.

Written by hand because it is the hot path: the ORM's way costs ten to thirty times the CPU (docs/performance.md).
Beside ``states`` the only writer of ``Message.status``, and under the same rule: every change names the status and the
owner that it comes from, and returns the rows that did change.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from mailings.models.message import FORM, Rank

#: A halted stream keeps its letters, also those that came back into the line after the halt.
NOT_HALTED = """NOT EXISTS (SELECT 1 FROM mailings_halt h
    WHERE h.mode = m.mode AND substr(m.stream, 1, length(h.stream_prefix)) = h.stream_prefix)"""
#: A letter that is to be written anew, or withdrawn, does not leave as it is.
NOT_RECALLED = "NOT EXISTS (SELECT 1 FROM mailings_recall r WHERE r.message_id = m.id)"

DUE = f"""SELECT m.id FROM mailings_message m
    WHERE m.status = 'queued' AND m.mode = %(mode)s AND m.rank = {{rank}} AND m.due <= %(now)s AND m.form <= %(form)s
    AND (m.kind <> 'letter' OR {NOT_HALTED} AND {NOT_RECALLED}) ORDER BY m.due, m.id LIMIT %(room)s {{skip}}"""  # noqa: S608  As below.
#: Own mails and letters apart, because each rank is read in the order of the index that serves it.
DUE_OF_BOTH_RANKS = """WITH own AS ({own}), letter AS ({letter}) SELECT id FROM own UNION ALL SELECT id FROM letter"""

CLAIM = """UPDATE mailings_message SET status = 'sending', owner = %(worker)s, provider = %(provider)s,
    claimed_at = %(now)s, lease = %(lease)s, attempts = attempts + 1
    WHERE id {among} AND status = 'queued'
    RETURNING id, uid, kind, attempts, digest"""

CONTENT = """SELECT message_id, message_id_header, sender_name, sender_address, reply_to, subject, text, html
    FROM mailings_content WHERE message_id {among}"""

#: Suppression and dead addresses are looked at in the claim itself, not when the message was written.
RECIPIENTS = """SELECT r.message_id, r.id, r.role, r.address, r.name, s.id IS NOT NULL AS suppressed,
        d.id IS NOT NULL AS dead
    FROM mailings_recipient r
    LEFT JOIN mailings_suppression s ON s.mode = %(mode)s AND s.address = lower(r.address)
    LEFT JOIN mailings_deadaddress d ON d.mode = %(mode)s AND d.address = lower(r.address)
    WHERE r.message_id {among} ORDER BY r.id"""

#: One statement on PostgreSQL: state, words and addresses.
CLAIM_ON_POSTGRESQL = f"""WITH claimed AS ({CLAIM.format(among="= ANY(%(ids)s)")})
    SELECT m.*, c.message_id_header, c.sender_name, c.sender_address, c.reply_to, c.subject, c.text, c.html, (
        SELECT jsonb_agg(jsonb_build_array(id, role, address, name, suppressed, dead) ORDER BY id)
        FROM ({RECIPIENTS.format(among="= m.id")}) recipient
    ) FROM claimed m JOIN mailings_content c ON c.message_id = m.id"""  # noqa: S608  As below.

SENT = """status = 'sent', held_for = '', owner = '', lease = NULL, sent_at = %(now)s, answer = '',
    provider_message_id = taken.provider_id, doubted_at = NULL, looked_at = NULL, noes = 0"""

#: One statement on PostgreSQL: the message, its story and its recipients.
RECORD_ON_POSTGRESQL = f"""WITH sent AS (
    UPDATE mailings_message m SET {SENT}
    FROM unnest(%(ids)s::bigint[], %(provider_ids)s::text[]) AS taken (id, provider_id)
    WHERE m.id = taken.id AND m.status = 'sending' AND m.owner = %(worker)s
    RETURNING m.id, m.attempts, m.provider, m.provider_message_id
), story AS (
    INSERT INTO mailings_step (message_id, at, status, attempt, note, "by")
    SELECT id, %(now)s, 'sent', attempts, provider || ' took it as ' || coalesce(nullif(provider_message_id, ''),
        'accepted'), '' FROM sent
), told AS (
    UPDATE mailings_recipient r SET status = 'sent', status_at = %(now)s
    FROM sent WHERE r.message_id = sent.id AND r.status = 'unknown'
) SELECT id FROM sent"""  # noqa: S608  Nothing of a person's is in it: values are parameters.

#: SQLite changes one table in a statement, so the same takes three, in the same transaction.
RECORD_ON_SQLITE = f"""UPDATE mailings_message SET {SENT}
    FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS provider_id
        FROM json_each(%(taken)s)) AS taken
    WHERE mailings_message.id = taken.id AND status = 'sending' AND owner = %(worker)s
    RETURNING id"""  # noqa: S608
STORY_ON_SQLITE = """INSERT INTO mailings_step (message_id, at, status, attempt, note, "by")
    SELECT id, %(now)s, 'sent', attempts, provider || ' took it as ' || coalesce(nullif(provider_message_id, ''),
        'accepted'), '' FROM mailings_message WHERE id IN (SELECT value FROM json_each(%(ids)s))"""
TOLD_ON_SQLITE = """UPDATE mailings_recipient SET status = 'sent', status_at = %(now)s
    WHERE message_id IN (SELECT value FROM json_each(%(ids)s)) AND status = 'unknown'"""


class ClaimedMessage(NamedTuple):
    """The state of a message that was just claimed, and its frozen words."""

    pk: int
    uid: uuid.UUID
    kind: str
    attempts: int
    digest: str
    message_id_header: str
    sender_name: str
    sender_address: str
    reply_to: str
    subject: str
    text: str
    html: str


class ClaimedRecipient(NamedTuple):
    """One address of a claimed message, and whether it may be mailed."""

    pk: int
    role: str
    address: str
    name: str
    suppressed: bool
    dead: bool


def due(room: int, now: datetime, *, letters: bool) -> list[int]:
    """Messages that are due, neither halted nor recalled, own mails first, longest due first; locked on PostgreSQL.

    Args:
        room: the most to give.
        now: the time of the claim.
        letters: False leaves them out: their lanes say whose turn it is.
    """
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    own, letter = (DUE.format(rank=int(rank), skip=skip) for rank in (Rank.OWN, Rank.LETTER))
    statement = DUE_OF_BOTH_RANKS.format(own=own, letter=letter) if letters else own
    given = {"mode": settings.MAIL_MODE, "now": _moment(now), "form": FORM, "room": room}
    return [pk for (pk,) in _run(statement, given)][:room]


def claim(
    ids: Sequence[int], worker: str, provider: str, now: datetime, lease: datetime
) -> tuple[list[ClaimedMessage], dict[int, list[ClaimedRecipient]]]:
    """Make queued messages ``sending`` under this worker's name, their attempt counted.

    Args:
        ids: as ``due`` gave them.
        worker: the name of the worker, unique among all that run.
        provider: who will be handed them.
        now: the time of the claim.
        lease: when it ends.
    Returns:
        The messages that were still queued, in the order of ``ids``, and the recipients of each.
    """
    given = {"worker": worker, "provider": provider, "now": _moment(now), "lease": _moment(lease)}
    take = _claim_at_once if connection.vendor == "postgresql" else _claim_table_by_table
    claimed = take(ids, given | {"mode": settings.MAIL_MODE})
    mine = [claimed[pk] for pk in ids if pk in claimed]
    return [row for row, _ in mine], {row.pk: recipients for row, recipients in mine}


Claimed = dict[int, tuple[ClaimedMessage, list[ClaimedRecipient]]]


def _claim_at_once(ids: Sequence[int], given: dict[str, Any]) -> Claimed:
    claimed: Claimed = {}
    for *columns, recipients in _run(CLAIM_ON_POSTGRESQL, given | {"ids": list(ids)}):
        row = ClaimedMessage(*columns)
        claimed[row.pk] = row, [ClaimedRecipient(*one) for one in json.loads(recipients or "[]")]
    return claimed


def _claim_table_by_table(ids: Sequence[int], given: dict[str, Any]) -> Claimed:
    state = {row[0]: row for row in _run_among(CLAIM, ids, given)}
    claimed: Claimed = {}
    for pk, *words in _run_among(CONTENT, state.keys(), given):
        _, uid, *others = state[pk]
        claimed[pk] = ClaimedMessage(pk, uuid.UUID(uid), *others, *words), []
    for pk, *columns in _run_among(RECIPIENTS, state.keys(), given):
        claimed[pk][1].append(ClaimedRecipient(*columns))
    return claimed


def record_sent(taken: Sequence[tuple[int, str]], worker: str, now: datetime) -> set[int]:
    """Record that the provider took these messages: status, story and recipients.

    Args:
        taken: (message, the provider's id for it or "").
        worker: the name under which they were claimed.
        now: the time of the record.
    Returns:
        Those that this worker still held; the others were moved on by another hand meanwhile.
    """
    if not taken:
        return set()
    given: dict[str, Any] = {"worker": worker, "now": _moment(now)}
    if connection.vendor == "postgresql":
        given |= {"ids": [pk for pk, _ in taken], "provider_ids": [provider_id for _, provider_id in taken]}
        return {pk for (pk,) in _run(RECORD_ON_POSTGRESQL, given)}
    sent = {pk for (pk,) in _run(RECORD_ON_SQLITE, given | {"taken": json.dumps(taken)})}
    with connection.cursor() as cursor:
        for statement in (STORY_ON_SQLITE, TOLD_ON_SQLITE):
            cursor.execute(statement, given | {"ids": json.dumps(sorted(sent))})
    return sent


def _run(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _run_among(statement: str, ids: Collection[int], given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement for these ids on SQLite; one parameter however many they are."""
    among = "IN (SELECT value FROM json_each(%(ids)s))"
    return _run(statement.format(among=among), given | {"ids": json.dumps(list(ids))})


def _moment(when: datetime) -> Any:
    """A time in the form in which this database keeps it."""
    return connection.ops.adapt_datetimefield_value(when)
