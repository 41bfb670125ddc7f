"""Owns the reports of providers from the webhook to their effect: stored first, applied after.

The promise: a report may come twice, late, in any order, before our own commit or for mail that is not ours. It is
stored once, by one INSERT that is durable before the provider hears "200", and applied after, as often as it takes:
a worker that dies in the middle leaves its batch unapplied, and one report that cannot be applied stops no other.
What would break it: an answer before the INSERT is durable, or a batch that is not one transaction.
"""

import hashlib
import logging
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from anymail.signals import AnymailTrackingEvent
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from mailings import addresses, applying, bounces
from mailings.models import Event
from mailings.models.event import MEANING
from mailings.text import foreign_line

log = logging.getLogger(__name__)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: Reports that one transaction applies. On SQLite nobody else writes meanwhile.
BATCH = 250
#: How many are applied at most before the worker looks for something else to do.
MOST_AT_ONCE = 10_000
COLUMNS = [field for field in Event._meta.concrete_fields if not field.primary_key]
STORE = (
    f"INSERT INTO mailings_event ({', '.join(str(field.column) for field in COLUMNS)}) "  # noqa: S608 - our own names
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))}) ON CONFLICT DO NOTHING"
)
#: Providers whose signature covers a token and not the report: an old signature must not carry a new report.
SIGN_A_TOKEN = frozenset({"Mailgun"})
#: No provider repeats a report for longer.
OLDEST_SIGNATURE = timedelta(days=3)
#: What a database raises that is away, as opposed to one that refuses a row.
AWAY = (OperationalError, InterfaceError)


def receive(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: object) -> None:
    """Hear one report of a provider: one INSERT, and nothing else. Connected to ``anymail.signals.tracking``.

    Raises:
        django.db.OperationalError: the database is away. The webhook answers 500, and the provider tells it again.
    """
    if event.event_type not in MEANING:
        return
    if esp_name in SIGN_A_TOKEN and _signed_too_long_ago(event):
        log.warning("A report of %s bears a signature of days ago. It is left out.", esp_name)
        return
    row = _row(event, esp_name)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in COLUMNS]
    # Not bulk_create: that is BEGIN, INSERT and COMMIT, three journeys to the database where one is enough.
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)


def apply_waiting(limit: int = MOST_AT_ONCE) -> int:
    """Let what is stored take effect. Any number of workers may do so at once.

    Args:
        limit: at most this many reports are looked at.
    Returns:
        How many were looked at. One whose message we do not know yet is looked at again later, for a day.
    """
    looked_at = 0
    while looked_at < limit:
        count = _apply_batch(min(BATCH, limit - looked_at))
        if not count:
            break
        looked_at += count
    return looked_at


def _apply_batch(most: int) -> int:
    try:
        with transaction.atomic():
            batch = _waiting(most)
            dead = applying.apply(batch)
    except AWAY:
        raise
    except Exception:
        log.exception("A batch of reports could not be applied; each is applied by itself")
        return _apply_one_by_one(most)
    addresses.hold(dead)
    return len(batch)


def _apply_one_by_one(most: int) -> int:
    """The way around a report that cannot be applied: the others are, and it waits."""
    ids = list(_due().values_list("pk", flat=True)[:most])
    for pk in ids:
        try:
            with transaction.atomic():
                dead = applying.apply(_waiting(1, pk))
        except AWAY:
            raise
        except Exception:
            log.exception("Report %s could not be applied", pk)
            applying.put_off(list(Event.objects.filter(pk=pk, applied_at=None)))
        else:
            addresses.hold(dead)
    return len(ids)


def _due() -> QuerySet[Event]:
    return Event.objects.filter(applied_at=None, due__lte=timezone.now()).order_by("due", "pk")


def _waiting(most: int, pk: int | None = None) -> list[Event]:
    """The next reports, locked. Those that another worker has in hand are passed over."""
    rows = _due() if pk is None else _due().filter(pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return list(rows[:most])


def _row(event: AnymailTrackingEvent, esp_name: str) -> Event:
    now = timezone.now()
    return Event(
        fingerprint=_fingerprint(event, esp_name),
        provider=foreign_line(esp_name, 30),
        type=event.event_type,
        address=foreign_line(event.recipient, 254),
        happened_at=_when(event.timestamp, now),
        received_at=now,
        due=now,
        message_uid=_our_id(event),
        bounce=bounces.bounce(esp_name, event),
        provider_event_id=foreign_line(event.event_id, 200),
        provider_message_id=foreign_line(event.message_id, 200),
        reject_reason=foreign_line(event.reject_reason, 40),
        answer=foreign_line(event.mta_response or event.description, 500),
    )


def _our_id(event: AnymailTrackingEvent) -> uuid.UUID | None:
    """Our own id, where the provider handed it back."""
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    try:
        return uuid.UUID(hex=str(metadata["m"]))
    except (KeyError, ValueError):
        return None


def _fingerprint(event: AnymailTrackingEvent, esp_name: str) -> str:
    """What makes two reports one. Not every provider numbers its reports."""
    when = event.timestamp.isoformat() if isinstance(event.timestamp, datetime) else ""
    parts: list[object] = [esp_name, event.event_type, event.message_id, event.recipient, when, event.event_id]
    if esp_name in SIGN_A_TOKEN and event.event_id:
        parts = [esp_name, event.event_id]  # the token: whatever else was altered, it is used up
    return hashlib.sha256("\x00".join(str(part or "") for part in parts).encode("utf-8", "replace")).hexdigest()


def _signed_too_long_ago(event: AnymailTrackingEvent) -> bool:
    """Whether a signature is older than any that a provider still repeats. Mailgun's first format had it on top."""
    report = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    signature = report.get("signature")
    told = signature.get("timestamp") if isinstance(signature, Mapping) else report.get("timestamp")
    try:
        signed = datetime.fromtimestamp(float(str(told)), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return True
    return abs(timezone.now() - signed) > OLDEST_SIGNATURE


def _when(told: object, now: datetime) -> datetime | None:
    """The time of a report, where it can be believed: a provider's clock that is years off says nothing."""
    if not isinstance(told, datetime):
        return None
    try:
        when = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return when if EARLIEST <= when <= now + timedelta(days=1) else None
