"""Owns what the tests of mailings are made of: mails, rows of the outbox, and a drain that ends."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from mailings import claiming, outbox, sending, transports
from mailings.compose import Address, Mail
from mailings.models import Message
from mailings.models.message import Status
from mailings.outbox import Posting
from mailings.parcel import Parcel

PRESIDENT = Address("president@office.example.org", "President Example")
AMBASSADOR = Address("ambassador@embassy.example.org", "Ambassador Example")
_numbers = itertools.count(1)


def mail(kind: str = "letter", **changed: Any) -> Mail:
    """A letter to the President with a copy to the Ambassador; other kinds go to a supporter."""
    values: dict[str, Any] = {
        "kind": kind,
        "sender": Address("ua-61-21@letters.example.org", "Léa Tremblay"),
        "to": (PRESIDENT,) if kind == "letter" else (Address("lea@example.org"),),
        "cc": (AMBASSADOR,) if kind == "letter" else (),
        "reply_to": "answers@letters.example.org",
        "subject": "UA 61/21: please let them go home",
        "text": "Dear President Example:\n\nPlease let them go home.\n\nLéa Tremblay",
        "html": "<p>Please let them go home.</p>",
    }
    return Mail(**{**values, **changed})


def post(kind: str = "letter", *, held: bool = False, key: str = "", **changed: Any) -> Message:
    """A message in the outbox, under a reference of its own."""
    number = next(_numbers)
    named = {name: changed.pop(name) for name in ("stream", "reference") if name in changed}
    posting = Posting(
        mail(kind, **changed), key or f"test-{number}", held=held, **{"reference": f"REF{number}", **named}
    )
    return Message.objects.get(uid=outbox.post(posting))


def hold_stream(stream_prefix: str, *, by: str, note: str) -> int:
    """Pause streams and hold what stands in line."""
    outbox.halt_stream(stream_prefix, for_good=False)
    return outbox.put_aside(stream_prefix, by=by, note=note)


def cancel_stream(stream_prefix: str, *, by: str, note: str) -> int:
    """Stop streams and withdraw what has not begun to leave."""
    outbox.halt_stream(stream_prefix, for_good=True)
    return outbox.put_aside(stream_prefix, by=by, note=note)


def claim(room: int, worker: str) -> list[Parcel]:
    """What a worker with so many free connections takes now, for the provider that takes mail now."""
    road = transports.road()
    return claiming.claim(road.room(room, 0), worker, road) if road else []


def drained() -> int:
    """Drain once, for at most ten seconds."""
    return sending.drain(10.0)


def status_of(message: Message) -> str:
    """The message's status now."""
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)


def said_of(message: Message) -> dict[str, str]:
    """The provider's word on each of its addresses now."""
    return dict(message.recipients.values_list("address", "status"))


def put(message: Message, status: Status, **columns: Any) -> Message:
    """The message as it would be after another way of life: ``columns`` are set with the status."""
    fields: dict[str, Any] = {"status": status, "owner": "", "lease": None, "held_for": ""}
    if status is Status.SENDING:
        fields |= {"owner": "a-worker", "lease": timezone.now() + timedelta(minutes=1)}
    Message.objects.filter(pk=message.pk).update(**{**fields, **columns})
    message.refresh_from_db()
    return message


def make_due() -> None:
    """Let the time pass that queued messages still wait."""
    Message.objects.filter(status=Status.QUEUED).update(due=timezone.now() - timedelta(seconds=1))
