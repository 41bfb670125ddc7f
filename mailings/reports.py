"""DOOR. Owns what can be read of the outbox: counts per stream, one message's whole story, lists to choose from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from mailings import halts
from mailings import health as healthy
from mailings.health import Health
from mailings.models import Message, Recipient
from mailings.models.message import CANCELLABLE, RETRYABLE, HeldFor, Kind, Status
from mailings.models.recipient import Delivery, Role

#: Stands for the address of a report that is believed for none, because its provider names the first for each of them.
ONE_OF_THEM = "one of its addresses"
#: What a held message can wait for beside its writer. Lists can be narrowed to these as to a status.
HELD_FOR = (HeldFor.PAUSE.value, HeldFor.ADDRESS.value)


@dataclass(frozen=True)
class RecipientReport:
    """One address of one message and the provider's word on it."""

    role: str
    name: str
    address: str
    status: str
    status_at: datetime | None
    answer: str


@dataclass(frozen=True)
class StoryLine:
    """One line of a message's story. ``state`` is a message state, or a recipient state where ``address`` is given."""

    at: datetime
    state: str
    note: str = ""
    by: str = ""
    address: str = ""
    attempt: int = 0


@dataclass(frozen=True)
class MessageReport:
    """One message, its frozen words and what became of it."""

    uid: uuid.UUID
    kind: str
    mode: str
    status: str
    held_for: str
    stream: str
    reference: str
    created_at: datetime
    released_at: datetime | None
    claimed_at: datetime | None
    sent_at: datetime | None
    due: datetime
    attempts: int
    answer: str
    provider: str
    provider_message_id: str
    digest: str
    message_id_header: str
    sender_name: str
    sender_address: str
    reply_to: str
    subject: str
    text: str
    html: str
    recipients: tuple[RecipientReport, ...] = field(default=())

    @property
    def shown(self) -> str:
        """Its status; where it is held, what else than its writer it waits for: ``pause`` or ``address``."""
        return self.held_for if self.held_for in HELD_FOR else self.status

    @property
    def can_retry(self) -> bool:
        """True where ``outbox.retry`` would put it in line."""
        return self.status in RETRYABLE and self.mode == settings.MAIL_MODE

    @property
    def can_cancel(self) -> bool:
        """True where ``outbox.cancel`` would withdraw it."""
        return self.status in CANCELLABLE

    def addressed(self, role: str) -> tuple[RecipientReport, ...]:
        """Its recipients of one role, ``to`` or ``cc``."""
        return tuple(recipient for recipient in self.recipients if recipient.role == role)


@dataclass(frozen=True)
class Totals:
    """How many letters are in each state, and how many addresses in each of the provider's."""

    messages: dict[str, int]
    recipients: dict[str, int]

    @property
    def letters(self) -> int:
        """All letters, whatever became of them."""
        return sum(self.messages.values())


def totals(stream_prefix: str = "", *, since: datetime | None = None, role: str = "") -> Totals:
    """Counts of letters in the present mode.

    Args:
        stream_prefix: only streams that begin so; "" for all.
        since: only letters written at or after this time.
        role: only recipients of this role, ``to`` or ``cc``; "" for both.
    Returns:
        A count for every known state, 0 included. Other kinds of message are not counted.
    """
    rows = Message.objects.filter(mode=settings.MAIL_MODE, kind=Kind.LETTER)
    if stream_prefix:
        rows = rows.filter(stream__startswith=stream_prefix)
    if since:
        rows = rows.filter(created_at__gte=since)
    messages = dict.fromkeys(Status.values, 0) | dict(rows.values_list("status").annotate(n=Count("pk")).order_by())
    addressed = Recipient.objects.filter(message__in=rows)
    if role:
        addressed = addressed.filter(role=role)
    said = dict(addressed.values_list("status").annotate(n=Count("pk")).order_by())
    return Totals(messages, dict.fromkeys(Delivery.values, 0) | said)


def accepted(stream_prefix: str, *, before: datetime) -> int:
    """How many letters of the present mode the servers of those addressed had accepted before a time; copies apart.

    Args:
        stream_prefix: only streams that begin so.
        before: an aware time.
    """
    rows = Message.objects.filter(mode=settings.MAIL_MODE, kind=Kind.LETTER, stream__startswith=stream_prefix)
    reached = Recipient.objects.filter(message__in=rows, role=Role.TO, status=Delivery.DELIVERED)
    return reached.filter(status_at__lt=before).count()


@dataclass(frozen=True)
class AddressTotals:
    """What the provider said of all letters to one address."""

    address: str
    name: str
    role: str
    counts: dict[str, int]
    latest_answer: str


def by_address(stream_prefix: str = "") -> list[AddressTotals]:
    """Per recipient of letters in the present mode: how many are in each state, and the newest failing answer."""
    addressed = Recipient.objects.filter(message__mode=settings.MAIL_MODE, message__kind=Kind.LETTER)
    if stream_prefix:
        addressed = addressed.filter(message__stream__startswith=stream_prefix)
    grouped: dict[tuple[str, str], dict[str, int]] = {}
    rows = addressed.exclude(message__status__in=[Status.HELD, Status.CANCELLED])
    for role, address, status, count in (
        rows.values_list("role", "address", "status").annotate(n=Count("pk")).order_by("-role", "address")
    ):
        grouped.setdefault((role, address), dict.fromkeys(Delivery.values, 0))[status] = count
    result = []
    for (role, address), counts in grouped.items():
        latest = addressed.filter(role=role, address=address).order_by("-pk").first()
        failing = (
            addressed.filter(role=role, address=address, status__in=FAILING).exclude(answer="").order_by("-status_at")
        )
        answer = failing.values_list("answer", flat=True).first() or ""
        result.append(AddressTotals(address, latest.name if latest else "", role, counts, answer))
    return result


#: The provider's words that want a person's eye.
FAILING = (Delivery.SOFT_BOUNCE, Delivery.BOUNCED, Delivery.REJECTED, Delivery.COMPLAINED)


def message(uid: uuid.UUID) -> MessageReport | None:
    """One message by its uid; None where there is none."""
    found = _reports(Message.objects.filter(uid=uid))
    return found[0] if found else None


def letters_under(reference: str) -> list[MessageReport]:
    """The letters under a reference that were not replaced, oldest first."""
    rows = Message.objects.filter(reference=reference, kind=Kind.LETTER, replaced_by=None).order_by("pk")
    live = rows.exclude(status=Status.CANCELLED)
    return _reports(live if live.exists() else rows)


def search(
    *,
    status: str = "",
    stream_prefix: str = "",
    text: str = "",
    references: Sequence[str] = (),
    kind: str = "",
    any_mode: bool = False,
) -> QuerySet[Message]:
    """Messages of the present mode, newest first, for a paged list.

    Args:
        status, stream_prefix, kind: narrow the list where given; ``status`` may also be one of ``HELD_FOR``.
        text: part of a reference, a recipient's address, a provider's id or our Message-ID.
        references: further references that match, found by the caller from what only he knows.
        any_mode: take those of the other modes as well.
    Returns:
        A lazy queryset; hand a slice of it to ``page``.
    """
    rows = (
        Message.objects.order_by("-pk") if any_mode else Message.objects.filter(mode=settings.MAIL_MODE).order_by("-pk")
    )
    if status in HELD_FOR:
        rows = rows.filter(status=Status.HELD, held_for=status)
    elif status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    if stream_prefix:
        rows = rows.filter(stream__startswith=stream_prefix)
    if text or references:
        wanted = Q(reference__in=list(references))
        if text:
            code = text.replace("-", "").upper()
            wanted |= (
                Q(reference=code) | Q(provider_message_id=text) | Q(content__message_id_header=f"<{text.strip('<>')}>")
            )
            wanted |= Q(pk__in=Recipient.objects.filter(address__iexact=text).values("message_id"))
        rows = rows.filter(wanted)
    return rows


def page(rows: QuerySet[Message]) -> list[MessageReport]:
    """The reports for a slice of ``search``."""
    return _reports(rows)


def _reports(rows: QuerySet[Message]) -> list[MessageReport]:
    found = list(rows.select_related("content").prefetch_related("recipients"))
    aside = halts.counted_as(found)  # A letter of a halted stream does not read as one that will leave.
    for row in found:
        row.status, row.held_for = aside.get(row.pk, (row.status, row.held_for))
    return [_report(row) for row in found]


def _report(row: Message) -> MessageReport:
    content = row.content
    own = {name: getattr(row, name) for name in MessageReport.__dataclass_fields__ if hasattr(row, name)}
    frozen = {name: getattr(content, name) for name in MessageReport.__dataclass_fields__ if hasattr(content, name)}
    recipients = tuple(
        RecipientReport(r.role, r.name, r.address, r.status, r.status_at, r.answer) for r in row.recipients.all()
    )
    return MessageReport(**{**own, **frozen, "recipients": recipients})


def story(uid: uuid.UUID) -> list[StoryLine]:
    """Everything that happened to a message, oldest first: our steps and the provider's events.

    A provider's clock may be behind ours, or tell whole seconds only; what its server said is never shown as older than
    the hand-over that it answers.
    """
    row = Message.objects.get(uid=uid)
    steps = list(row.steps.all())
    handed_over = min((step.at for step in steps if step.status == Status.SENT), default=row.created_at)
    lines = [StoryLine(row.created_at, "written")]
    lines += [StoryLine(s.at, s.status, s.note, s.by, attempt=s.attempt) for s in steps]
    ours = {address.lower() for address in row.recipients.values_list("address", flat=True)}
    lines += [
        StoryLine(
            max(event.happened_at or event.received_at, handed_over),
            event.says.value,
            event.answer,
            address=ONE_OF_THEM if event.recipient_id is None and event.address.lower() in ours else event.address,
        )
        for event in row.events.all()
    ]
    return sorted(lines, key=lambda line: line.at)


def health() -> Health:
    """The workers' last sign of life, what should have left and has not, and whether the provider rests."""
    return healthy.health()
