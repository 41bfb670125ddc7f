"""Owns how a letter in doubt is settled: by a repeat under its own key, or by asking the provider whether it has it.

The promise: a letter in doubt becomes sent only by proof that it left. It goes again by itself only where its provider
said twice, three quarters of an hour apart and long enough after the hand-over for its index to know, that it has no
such message, though it knows the one before. Whatever else happens leaves it in doubt for an event or a person: an
error, nonsense, a worker killed between question and answer. Each look is claimed and committed before it begins, and
no transaction is open during it.

Notices to supporters are not looked for: they go again after five minutes (sending.settle_lapsed).
"""

import logging
import time
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from mailings import checks, halts, instance, lookups, provider, queue, replays, states
from mailings.abilities import PROVIDERS
from mailings.lookups import Finding, Question
from mailings.models import Message, Recipient
from mailings.models.message import Kind, Status
from mailings.models.recipient import Delivery, Role
from mailings.retry import MOST_ATTEMPTS

log = logging.getLogger(__name__)

#: A provider's answer may still be on its way before that.
FIRST_LOOK = timedelta(minutes=1)
#: Counted from when the doubtful hand-over began: when a provider's "no" counts for the first time, and for the second.
FIRST_NO = timedelta(minutes=15)
SECOND_NO = timedelta(minutes=60)
APART = SECOND_NO - FIRST_NO
#: Looks come ever more rarely: each waits for as long as the doubt is old, up to this.
LONGEST_PAUSE = timedelta(hours=6)
#: After so many questions in one call that told nothing, its provider is left alone until the next.
MOST_FAILURES = 3
#: States that a person may have put a letter into while its provider was asked: proof that it left is proof there too.
LEFT_FROM = frozenset({Status.IN_DOUBT, Status.QUEUED, Status.FAILED})
#: The words of a "no" that counts; ``doubts`` finds its times in the story by them.
DOES_NOT_KNOW = "does not know this message."
NOT_ASKED_AGAIN = "It is not asked again: a person decides."


def settle(limit: int = 100, seconds: float = 10.0) -> int:
    """Look for evidence about the letters in doubt that are due for a look. Once a minute is often enough.

    Args:
        limit: at most so many are looked at.
        seconds: after which no further look is begun; the last one may take half a minute more.
    Returns:
        How many are in doubt no longer.
    """
    if any(fault.is_serious() for fault in checks.faults()) or instance.stranger():
        return 0
    end = time.monotonic() + seconds
    told_nothing: Counter[str] = Counter()
    settled = 0
    try:
        for row in _due(limit):
            if time.monotonic() > end:
                break
            if told_nothing[row.provider] >= MOST_FAILURES or not _claim(row):
                continue
            finding = _look(row)
            if finding.known is None:
                told_nothing[row.provider] += 1
            settled += _conclude(row, finding)
    finally:
        provider.close()
    return settled


def answerable(now: datetime) -> Q:
    """The condition that evidence about a message in doubt can be had from its provider at present."""
    found = replays.possible(now)
    for name in filter(lookups.can_be_asked, PROVIDERS):
        found |= Q(_own_doubt() | Q(noes=0), provider=name, doubted_at__gt=now - PROVIDERS[name].can_settle_for)
    return found


def _own_doubt() -> Q:
    """That the doubt is about a hand-over of ours. Elsewhere (see ``instance``) a "no" says nothing of tomorrow."""
    return Q(claimed_at=F("doubted_at"))


def _due(limit: int) -> list[Message]:
    now = timezone.now()
    rows = Message.objects.filter(answerable(now), status=Status.IN_DOUBT, mode=settings.MAIL_MODE, due__lte=now)
    rows = rows.filter(kind=Kind.LETTER, doubted_at__lte=now - FIRST_LOOK)
    return list(rows.select_related("content").order_by("due")[:limit])


def _claim(row: Message) -> bool:
    """Take the look at this row for us: of two workers one gets it. Killed after this, it is due again later."""
    now = timezone.now()
    pause = min(max(now - _began(row), FIRST_LOOK), LONGEST_PAUSE)
    rows = Message.objects.filter(pk=row.pk, status=Status.IN_DOUBT, doubted_at=row.doubted_at, due=row.due)
    if rows.update(looked_at=now, due=now + pause) != 1:
        return False
    row.looked_at, row.due = now, now + pause
    return True


def _began(row: Message) -> datetime:
    if row.doubted_at is None:  # What is looked at was chosen by it.
        raise ValueError(f"Nobody knows when the hand-over of {row.uid} began")
    return row.doubted_at


def _look(row: Message) -> Finding:
    try:
        if Message.objects.filter(replays.possible(timezone.now()), pk=row.pk).exists():
            return replays.repeat(row)
        return lookups.ask(row.provider, _question(row, _began(row) if _is_own(row) else row.created_at))
    except Exception as error:  # One message's fault must not keep the others in doubt.
        log.exception("No evidence could be looked for")
        return Finding(None, words=type(error).__name__)


def _question(row: Message, since: datetime) -> Question:
    first = Recipient.objects.filter(message=row, role=Role.TO).exclude(status=Delivery.SUPPRESSED).order_by("pk")
    address = first.values_list("address", flat=True)[0]
    return Question(
        uid_hex=row.uid.hex,
        message_id_header=row.content.message_id_header,
        sender_domain=row.content.sender_address.rpartition("@")[2],
        recipient=settings.MAIL_TEST_ADDRESS if row.mode == "test" else address,
        since=since,
    )


def _is_blind(row: Message) -> bool:
    """True where the provider's search does not even know the last letter that left by the same road before this one.

    So it is where the key was changed for that of another account: its "no" would send everything in doubt twice.
    """
    begun_after = timezone.now() - PROVIDERS[row.provider].can_settle_for
    known = Message.objects.filter(lane=row.lane_id, status=Status.SENT, mode=row.mode, provider=row.provider)
    known = known.filter(sent_at__gt=begun_after, sent_at__lte=_began(row)).exclude(provider_message_id="")
    control = known.select_related("content").order_by("-sent_at").first()
    if control is None:
        return False
    return not lookups.ask(row.provider, _question(control, control.claimed_at or control.created_at)).known


def _conclude(row: Message, finding: Finding) -> int:
    """Draw what follows. Returns 1 where the letter is in doubt no longer."""
    title = PROVIDERS[row.provider].title
    if finding.known:
        return _left(row, finding, f"{title} has this message. It left.")
    if finding.known is None:
        return _stays(row, f"{title} was asked, and that told nothing. {finding.words}")
    age = timezone.now() - _began(row)
    if age < FIRST_NO:
        return _stays(row, f"{title} does not know this message yet.")
    if _is_blind(row):
        return _stays(row, f"{title} knows neither this message nor one that it did take, so that this says nothing.")
    if row.noes and age >= SECOND_NO:
        return _again(row, title)
    return _stays(row, f"{title} {DOES_NOT_KNOW}", counts=True)


def _is_own(row: Message) -> bool:
    return row.claimed_at == row.doubted_at


def _left(row: Message, finding: Finding, note: str) -> int:
    now = timezone.now()
    extra = {"sent_at": row.doubted_at, "answer": "", "doubted_at": None, "noes": 0}
    if finding.provider_message_id:
        extra["provider_message_id"] = finding.provider_message_id
    with transaction.atomic():
        moved = states.move([row.pk], LEFT_FROM, Status.SENT, note=note, extra=extra)
        if moved:
            untold = Recipient.objects.filter(message=row, status=Delivery.UNKNOWN)
            untold.update(status=Delivery.SENT, status_at=now)
    return len(moved)


def _again(row: Message, title: str) -> int:
    """It did not leave. It goes again, unless it was tried too often: it may be what kills its worker."""
    extra = {"due": timezone.now(), "doubted_at": None, "looked_at": None, "noes": 0}
    only = {"doubted_at": row.doubted_at, "looked_at": row.looked_at}
    words = f"{title} {DOES_NOT_KNOW} It was asked twice, long after the hand-over: it did not leave."
    if row.attempts >= MOST_ATTEMPTS:
        note = f"{words} Given up after {row.attempts} attempts."
        return len(states.move([row.pk], {Status.IN_DOUBT}, Status.FAILED, note=note, extra=extra, only=only))
    with transaction.atomic():
        note = f"{words} It goes again under the same Message-ID."
        moved = states.move([row.pk], {Status.IN_DOUBT}, Status.QUEUED, note=note, extra=extra, only=only)
        if moved:
            halts.put_aside(moved)
            queue.nudge()
    return len(moved)


def _stays(row: Message, note: str, *, counts: bool = False) -> int:
    """It stays in doubt, and its story says what was heard. What somebody settled meanwhile is left alone."""
    fields: dict[str, object] = {"looked_at": row.looked_at}
    if counts:
        row.due = timezone.now() + APART
        fields |= {"noes": 1, "due": row.due}
    asked_again = (_is_own(row) or not counts) and row.due < _began(row) + PROVIDERS[row.provider].can_settle_for
    note += f" Asked again after {row.due:%H:%M} UTC." if asked_again else f" {NOT_ASKED_AGAIN}"
    with transaction.atomic():
        mine = Message.objects.filter(pk=row.pk, status=Status.IN_DOUBT, looked_at=row.looked_at)
        if mine.update(**fields):
            states.write_steps([row], Status.IN_DOUBT, note=note)
    return 0
