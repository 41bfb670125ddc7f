"""DOOR. Owns the addresses of offices that sent a letter back for good, and a person's word on each.

The promise: a dead address loses no letter. What is addressed to it waits, and leaves once a person says that the
address works, or for the address that a person puts in its place. A second press of a button finds nothing to do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from mailings import corrections, halts, queue, states
from mailings.models import DeadAddress, Message, Recipient
from mailings.models.message import CANCELLABLE, HeldFor, Kind, Status
from mailings.models.recipient import Delivery, Role
from mailings.text import UnfitText, address_key, clean_address

BATCH = 500
#: The provider's words on a letter that did not reach its office.
CAME_BACK = (Delivery.BOUNCED, Delivery.REJECTED)
LONGEST_ANSWER = 500


@dataclass(frozen=True)
class Listed:
    """One address that wants a person's decision, or has had it and still takes no letters."""

    address: str
    #: The mail server's own words, "" where it gave none.
    answer: str
    since: datetime | None
    #: How many letters came back, and how many wait for this address to work.
    times: int
    waiting: int
    #: Where a person sent the waiting letters instead; "" where nobody did.
    corrected_to: str


@dataclass(frozen=True)
class Account:
    """What hangs on one address: what each of the two decisions would move."""

    listed: Listed
    #: Letters that wait for it, that are in line for it, and that wait for something else first.
    held: int
    in_line: int
    later: int
    #: Letters that came back from it and were not sent again.
    returned: int

    @property
    def waiting(self) -> int:
        """Letters that would leave for a corrected address."""
        return self.held + self.in_line


@dataclass(frozen=True)
class Corrected:
    """What a correction moved: letters that had waited, and letters that had come back and go again."""

    waiting: int
    again: int


def dead(addresses: Collection[str]) -> set[str]:
    """Those of the addresses that are dead in the present mode, in lower case.

    Args:
        addresses: in any spelling.
    """
    keys = {address_key(address) for address in addresses}
    rows = DeadAddress.objects.filter(mode=settings.MAIL_MODE, address__in=keys)
    return set(rows.values_list("address", flat=True))


def listed() -> list[Listed]:
    """Every dead address of the present mode, those that most letters wait for first.

    An address without a mark is listed too while letters wait for it: a release that was cut short.
    """
    held = _to_offices(status=Status.HELD, held_for=HeldFor.ADDRESS)
    counted = Recipient.objects.filter(role=Role.TO, message__in=held).annotate(key=Lower("address"))
    waiting = dict(counted.order_by().values_list("key").annotate(n=Count("pk")))
    marks = list(DeadAddress.objects.filter(mode=settings.MAIL_MODE))
    found = [_listed(mark, waiting.pop(mark.address, 0)) for mark in marks]
    found += [Listed(address, "", None, 0, number, "") for address, number in waiting.items()]
    return sorted(found, key=lambda one: (-one.waiting, one.address))


def account(address: str) -> Account | None:
    """What hangs on one address. None where it is neither dead nor waited for."""
    if not address.isprintable():
        return None  # typed into the address of a page; PostgreSQL would refuse to look for it
    key = address_key(address)
    mark = DeadAddress.objects.filter(mode=settings.MAIL_MODE, address=key).first()
    rows = _with(key).filter(status__in=CANCELLABLE).order_by().values_list("status", "held_for")
    counts = {(status, held_for): number for status, held_for, number in rows.annotate(n=Count("pk"))}
    held, in_line = counts.pop((Status.HELD, HeldFor.ADDRESS), 0), counts.pop((Status.QUEUED, ""), 0)
    if mark is None and not held:
        return None
    own = _listed(mark, held) if mark else Listed(key, "", None, 0, held, "")
    return Account(own, held, in_line, sum(counts.values()), _returned(key).count())


def works(address: str, *, by: str, note: str) -> int:
    """Let letters go to an address again, by a person's word that it works.

    Args:
        address: in any spelling.
        by, note: who says so, and why, for each letter's story.
    Returns:
        How many letters that waited for it stand in line again; of two presses at once, each letter is counted once.
    """
    key = address_key(address)
    # The mark first: a worker that claims in between would hold again what was let go.
    DeadAddress.objects.filter(mode=settings.MAIL_MODE, address=key).delete()
    held = _to_offices(status=Status.HELD, held_for=HeldFor.ADDRESS)
    count = 0
    for ids in _in_batches(held.filter(recipients__role=Role.TO, recipients__address__iexact=key)):
        only, extra = {"held_for": HeldFor.ADDRESS}, {"due": timezone.now()}
        count += len(states.move(ids, {Status.HELD}, Status.QUEUED, by=by, note=note, only=only, extra=extra))
    if count:
        queue.nudge()
    return count


def correct(
    address: str,
    new_address: str,
    *,
    by: str,
    note: str,
    also_returned: bool = False,
    fit: corrections.Fit | None = None,
) -> Corrected:
    """Send what waits for a dead address to another one.

    Each letter is written anew with the same words, the new address and a Message-ID of its own, and takes the place
    of the old one, which is withdrawn. The mark stays: what is still written to the dead address waits as before.

    Args:
        address: the dead one, in any spelling.
        new_address: the one to use instead.
        by, note: who corrected it, and why, for each letter's story.
        also_returned: also send again what came back. Copies that had it are left out.
        fit: which of some references may leave as they are; asked in each transaction before anything is locked.
    Returns:
        How many letters moved. A letter that is replaced already is not replaced again, however often this is called.
    Raises:
        UnfitText: the new address cannot be one, is the dead one, or is dead itself; with the remedy in words.
    """
    key, new = address_key(address), clean_address(new_address)
    if address_key(new) == key:
        raise UnfitText("This is the address that does not work. Write the one to use instead.")
    if dead([new]):
        raise UnfitText("Letters to this address came back as well. Write another one.")
    DeadAddress.objects.filter(mode=settings.MAIL_MODE, address=key).update(corrected_to=new)
    correction, waiting, again = corrections.Correction(key, new, by, note), 0, 0
    for ids in _in_batches(_with(key).filter(corrections.WAITING)):
        waiting += corrections.replace(ids, correction, fit)
    for ids in _in_batches(_returned(key)) if also_returned else ():
        again += corrections.send_again(ids, correction, fit)
    if waiting or again:
        queue.nudge()
    return Corrected(waiting, again)


def mark(answers: Mapping[str, Sequence[str]]) -> None:
    """Mark addresses as dead. Runs inside the transaction of the reports that say so.

    Args:
        answers: the mail server's words on each letter that came back, by address in lower case.
    """
    if not answers:
        return
    mode, rows = settings.MAIL_MODE, DeadAddress.objects.all()
    # In one order, so that two workers that mark the same ones do not wait for each other.
    addresses = sorted(answers)
    rows.bulk_create([DeadAddress(address=one, mode=mode, times=0) for one in addresses], ignore_conflicts=True)
    for one in addresses:
        times, answer = len(answers[one]), answers[one][-1][:LONGEST_ANSWER]
        rows.filter(address=one, mode=mode).update(times=F("times") + times, answer=answer)


def hold(addresses: Collection[str]) -> int:
    """Take letters to these addresses out of the line.

    Only spares staff a wait: the claim looks at every address itself, so a crash before or in the middle loses nothing.

    Returns:
        How many wait for a person now.
    """
    count = 0
    for address in addresses:
        rows = _to_offices(status=Status.QUEUED, recipients__role=Role.TO, recipients__address__iexact=address)
        note, extra = "Letters to its address came back for good. It waits for a working one.", {"held_for": "address"}
        for ids in _in_batches(rows):
            count += len(states.move(ids, {Status.QUEUED}, Status.HELD, note=note, extra=extra))
    return count


def _listed(mark: DeadAddress, waiting: int) -> Listed:
    return Listed(mark.address, mark.answer, mark.since, mark.times, waiting, mark.corrected_to)


def _to_offices(**conditions: object) -> QuerySet[Message]:
    return Message.objects.filter(kind=Kind.LETTER, mode=settings.MAIL_MODE, **conditions)


def _with(key: str) -> QuerySet[Message]:
    """Letters that carry this address, under To or as a copy."""
    return _to_offices(recipients__address__iexact=key)


def _returned(key: str) -> QuerySet[Message]:
    """Letters that came back from this address and may be sent again. A halted stream's are left alone."""
    came_back = Q(recipients__role=Role.TO, recipients__address__iexact=key, recipients__status__in=CAME_BACK)
    live = Q(replaced_by__isnull=True, content__redacted_at__isnull=True)
    return _to_offices(status=Status.SENT).filter(~halts.halted(), came_back, live)


def _in_batches(rows: QuerySet[Message]) -> Iterator[list[int]]:
    """The keys of rows, oldest first, in batches that a transaction can hold. Goes over them once."""
    last = 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]
