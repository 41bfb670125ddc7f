"""Owns what follows from reports of providers: the state of messages and of their addresses, and who must know.

The promise: a recipient's status only rises, by rank and never by arrival, and a message that is reported on has left.
All that follows from one batch is one transaction. The only writer of ``Recipient.status`` beside the hand-over itself.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from mailings import addresses, pacing, signals, states
from mailings.abilities import PROVIDERS
from mailings.models import Event, Message, Recipient, Suppression
from mailings.models.event import Bounce
from mailings.models.message import PROVABLE, Kind, Status
from mailings.models.recipient import ORDER, Delivery, Role

log = logging.getLogger(__name__)

#: States in which a report about the message proves that it left, whether or not we wrote down that it was claimed.
PROVED_BY_A_REPORT = frozenset({Status.SENDING, Status.IN_DOUBT})
#: How long a report waits for its message, and how long at most between two looks. Each wait is as long as all before.
PATIENCE = timedelta(hours=24)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(hours=1)
#: What pacing hears of. A refusal by their rules is a refusal to it, whatever the letter's own state is called.
FOR_PACING = frozenset(
    {Delivery.DEFERRED, Delivery.SOFT_BOUNCE, Delivery.REJECTED, Delivery.BOUNCED, Delivery.COMPLAINED}
)


@dataclass
class Report:
    """A stored report with the message that it is about."""

    event: Event
    message: Message
    recipient: Recipient | None = None


@dataclass(frozen=True)
class Raised:
    """One address whose status rises, and the report that raises it."""

    event: Event
    message: Message
    recipient: Recipient


def apply(events: Sequence[Event]) -> list[str]:
    """Let a batch of reports take effect. Runs inside the transaction that locked them.

    Args:
        events: stored, not applied yet, and locked.
    Returns:
        The addresses of offices that are marked as dead by it, in lower case.
    """
    now = timezone.now()
    found = _reports(events)
    known = {report.event.pk for report in found}
    put_off([event for event in events if event.pk not in known])
    reports = _proved(found, now)
    _find_recipients(reports)
    raised, dead = _fold(reports)
    _write_recipients(raised, now)
    _write_rows(
        "UPDATE mailings_event SET message_id = %s, recipient_id = %s, applied_at = %s WHERE id = %s",
        [(one.message.pk, one.recipient and one.recipient.pk, _moment(now), one.event.pk) for one in reports],
    )
    _suppress(raised)
    addresses.mark(dead)
    _tell_pacing(raised)
    _announce(raised)
    return sorted(dead)


def put_off(events: Collection[Event]) -> None:
    """Look again later at reports without a message of ours. After a day each is kept for staff as it is."""
    now = timezone.now()
    given_up = [event for event in events if now - event.received_at >= PATIENCE]
    for event in given_up:
        log.warning("%s reports %s for a message that is not ours", event.provider, event.type)
    Event.objects.filter(pk__in=[event.pk for event in given_up]).update(applied_at=now)
    again = [event for event in events if now - event.received_at < PATIENCE]
    waits = [min(max(now - event.received_at, SHORTEST_WAIT), LONGEST_WAIT) for event in again]
    _look_again([(event, now + wait) for event, wait in zip(again, waits, strict=True)])


def _look_again(events: Sequence[tuple[Event, datetime]]) -> None:
    rows = [(_moment(due), event.pk) for event, due in events]
    _write_rows("UPDATE mailings_event SET due = %s WHERE id = %s", rows)


def _reports(events: Sequence[Event]) -> list[Report]:
    """Each report with its message, by our own id, else by the provider's. Without those that are not ours."""
    rows = Message.objects.filter(mode=settings.MAIL_MODE).defer("answer", "digest", "dedupe_key").order_by("-pk")
    uids = {event.message_uid for event in events if event.message_uid}
    names = {event.provider_message_id for event in events if not event.message_uid} - {""}
    by_uid = {row.uid: row for row in rows.filter(uid__in=uids)} if uids else {}
    by_name = {row.provider_message_id: row for row in rows.filter(provider_message_id__in=names)} if names else {}
    found = []
    for event in events:
        message = by_uid.get(event.message_uid) if event.message_uid else by_name.get(event.provider_message_id)
        if message is not None:
            found.append(Report(event, message))
    return found


def _proved(reports: Sequence[Report], now: datetime) -> list[Report]:
    """A report proves that its message left, whatever we believed of it. Returns those that can be applied now."""
    first = {report.message.pk: report for report in reversed(reports) if report.message.status != Status.SENT}
    if not first:
        return list(reports)
    # What another hand is writing down in this moment is left to it, and looked at again in a second: two that wait for
    # each other would both be thrown back, and a letter that left would be in doubt.
    free = Message.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    busy = set(first) - set(free.filter(pk__in=first).values_list("pk", flat=True))
    _look_again([(report.event, now + SHORTEST_WAIT) for report in reports if report.message.pk in busy])
    first = {pk: report for pk, report in first.items() if pk not in busy}
    note = "A report of the provider bears our id: it left."
    extra = {"answer": "", "sent_at": now}
    moved = states.move(list(first), PROVED_BY_A_REPORT, Status.SENT, note=note, extra=extra)
    claimed = {"claimed_at__isnull": False}
    moved += states.move(list(first), PROVABLE, Status.SENT, note=note, extra=extra, only=claimed)
    _write_rows(
        "UPDATE mailings_message SET sent_at = %s, provider = %s, provider_message_id = %s WHERE id = %s",
        [_learned(first[pk], now) for pk in moved],
    )
    # It names one address, and was handed over to all: the others' own reports may be on their way, or never come.
    others = Recipient.objects.filter(message__in=moved, status=Delivery.UNKNOWN)
    others.update(status=Delivery.SENT, status_at=now)
    return [report for report in reports if report.message.pk not in busy]


def _learned(report: Report, now: datetime) -> tuple[Any, ...]:
    """What a report tells of a message whose hand-over we never heard the end of."""
    event, message, name = report.event, report.message, _our_name(report.event.provider)
    provider = name if name in PROVIDERS else message.provider
    known_as = event.provider_message_id or message.provider_message_id
    return _moment(event.happened_at or now), provider, known_as, message.pk


def _our_name(provider: str) -> str:
    """Anymail's name of a provider as ours."""
    return provider.lower().replace(" ", "_")


def _find_recipients(reports: Sequence[Report]) -> None:
    """Give each report the address that it is about, locked. None where it cannot be told."""
    rows = Recipient.objects.select_for_update().filter(message__in={report.message.pk for report in reports})
    by_message: dict[int, list[Recipient]] = {}
    for recipient in rows.order_by("pk"):
        by_message.setdefault(recipient.message_id, []).append(recipient)
    for report in reports:
        report.recipient = _recipient(report, by_message.get(report.message.pk, []))


def _recipient(report: Report, recipients: list[Recipient]) -> Recipient | None:
    """The address a report is about. In test mode the one tester stands for the first ``to``."""
    provider = PROVIDERS.get(_our_name(report.event.provider))
    if provider and not provider.names_cc_recipient and len(recipients) > 1:
        return None  # it names the first address whichever it means: a dead copy must not cost the office its letters
    for recipient in recipients:
        if recipient.address.lower() == report.event.address.lower():
            return recipient
    if report.message.mode == "test":
        return next((recipient for recipient in recipients if recipient.role == Role.TO), None)
    return None


def _fold(reports: Sequence[Report]) -> tuple[list[Raised], dict[str, list[str]]]:
    """The highest that is said of each address, where that is more than was known; and which offices are dead.

    Returns:
        What rises, and the mail server's words on each letter by the address, in lower case, that it declared dead.
    """
    highest: dict[int, Raised] = {}
    dead: dict[int, tuple[str, str]] = {}
    for report in reports:
        event, recipient = report.event, report.recipient
        if recipient is None:
            continue
        known = highest[recipient.pk].event.says if recipient.pk in highest else Delivery(recipient.status)
        if ORDER[event.says] > ORDER[known]:
            highest[recipient.pk] = Raised(event, report.message, recipient)
        # Beside the rank: a complaint that came before must not hide that the address is dead.
        if event.bounce == Bounce.HARD and report.message.kind == Kind.LETTER and recipient.status != event.says:
            dead[recipient.pk] = (recipient.address.lower(), event.answer)
    answers: dict[str, list[str]] = {}
    for address, answer in dead.values():
        answers.setdefault(address, []).append(answer)
    return list(highest.values()), answers


def _write_recipients(raised: Sequence[Raised], now: datetime) -> None:
    """Raise each from the status that it was read with."""
    values = [(one.event.says.value, one.event.happened_at or now, one.event.answer) for one in raised]
    count = _write_rows(
        "UPDATE mailings_recipient SET status = %s, status_at = %s, answer = %s WHERE id = %s AND status = %s",
        [
            (status, _moment(when), answer, one.recipient.pk, one.recipient.status)
            for one, (status, when, answer) in zip(raised, values, strict=True)
        ],
    )
    if count != len(raised):  # Locked when they were read; SQLite holds the whole database.
        raise RuntimeError(f"{len(raised)} recipients were locked, but {count} changed")


def _suppress(raised: Sequence[Raised]) -> None:
    """A supporter's address that is dead or unwilling is mailed no more. An office's is marked, never silenced."""
    reasons = {Delivery.BOUNCED: Suppression.Why.BOUNCED, Delivery.COMPLAINED: Suppression.Why.COMPLAINED}
    unwilling = [one for one in raised if one.message.kind != Kind.LETTER and one.event.says in reasons]
    rows = [
        Suppression(
            address=one.recipient.address.lower(),
            mode=one.message.mode,
            why=reasons[one.event.says],
            answer=one.event.answer,
        )
        for one in unwilling
    ]
    # In one order, so that two workers that write the same ones do not wait for each other.
    Suppression.objects.bulk_create(sorted(rows, key=lambda row: row.address), ignore_conflicts=True)


def _tell_pacing(raised: Sequence[Raised]) -> None:
    """Tell each lane once what its server made of our letters: one word for each letter, and the last answer."""
    heard: dict[int, list[Raised]] = {}
    for one in raised:
        lane = one.message.lane_id
        if lane and one.recipient.role == Role.TO and one.event.says in FOR_PACING:
            heard.setdefault(lane, []).append(one)
    for lane, letters in sorted(heard.items()):
        refused = [one for one in letters if one.event.bounce == Bounce.POLICY]
        said = [Delivery.REJECTED if one in refused else one.event.says for one in letters]
        pacing.heard(lane, said, (refused or letters)[-1].event.answer)


def _announce(raised: Sequence[Raised]) -> None:
    """Tell listeners what is new once it is durable. A listener's fault is logged and stops nothing."""
    if not signals.recipient_changed.has_listeners(Recipient):
        return
    news = [
        {
            "uid": one.message.uid,
            "kind": one.message.kind,
            "stream": one.message.stream,
            "reference": one.message.reference,
            "role": one.recipient.role,
            "address": one.recipient.address,
            "status": one.event.says.value,
            "answer": one.event.answer,
        }
        for one in raised
    ]

    def tell() -> None:
        for item in news:
            signals.recipient_changed.send_robust(sender=Recipient, **item)

    transaction.on_commit(tell)


def _moment(when: datetime) -> Any:
    """A time as the database's own driver takes it."""
    return connection.ops.adapt_datetimefield_value(when)


def _write_rows(statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Run one statement with each row's own values, as one batch of the driver. Returns how many rows changed.

    Values differ from row to row, and ``bulk_update`` takes ten times as long over them as over the rest together.
    """
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)
