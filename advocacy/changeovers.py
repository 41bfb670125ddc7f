"""Owns what becomes of letters that wait once another update is live, and the batches in which that is done.

The promise: each letter is taken over once, in a transaction of its own batch, so that a crash loses and doubles
nothing and the next worker goes on; what is being handed over, in doubt or gone is never touched; a word that a
supporter changed leaves only after he or she has seen it again.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from advocacy import adding, letters, lowering, rewriting, trail, unnaming
from advocacy.adding import Truth
from advocacy.models import Campaign, ChangedLetter, Changeover, Letter, Update
from advocacy.models.act import What
from advocacy.models.campaign import SENDABLE, WRITABLE
from advocacy.models.changeover import OF_SETTINGS, Answer, Outcome
from advocacy.own_text import lacks
from advocacy.points import carried
from advocacy.wording import Choices, letter_mails, refuse_traces, usual_subjects
from mailings import outbox, reports
from mailings.text import UnfitText

BATCH = 50
#: States of a message that has not begun to leave.
NOT_BEGUN = ("held", "queued")


@dataclass(frozen=True)
class Waiting:
    """How many letters wait under earlier updates."""

    confirmed: int
    unconfirmed: int
    #: Of both, those whose writer changed the text or the subject.
    edited: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.unconfirmed


def waiting(update: Update) -> Waiting:
    """What would wait under earlier updates if this one were live now."""
    codes = _rows(update).order_by().values("reference")
    found = Letter.objects.filter(code__in=codes, mode=settings.MAIL_MODE, update__campaign=update.campaign_id)
    confirmed = found.filter(confirmed_at__isnull=False).count()
    return Waiting(confirmed, found.filter(confirmed_at=None).count(), found.filter(_edited(update)).count())


def _rows(update: Update) -> QuerySet[Any]:
    """The messages to offices of this campaign's other updates that have not begun to leave."""
    rows = reports.search(stream_prefix=f"{update.campaign.slug}/", kind="letter")
    return rows.filter(status__in=NOT_BEGUN).exclude(stream=update.stream)


def _edited(update: Update) -> Q:
    """The condition that a letter has an edit of its writer's own, as ``_is_edited`` says of one."""
    found = ~Q(body="")
    others = Update.objects.filter(campaign=update.campaign_id).exclude(published_at=None)
    for other in others.select_related("campaign"):
        own = ~Q(subject__in=usual_subjects(other))
        found |= Q(update=other) & (own if other.asks == update.asks else own | ~Q(points=[]))
    return found


def _is_edited(letter: Letter, update: Update) -> bool:
    """True where a writer changed the text or the subject, or chose among points that are not the same any more."""
    chose = bool(letter.points) and letter.update.asks != update.asks
    return bool(letter.body) or chose or letter.subject not in usual_subjects(letter.update)


def _choices_under(update: Update, letter: Letter) -> Choices:
    """A writer's choices under another update: an offered subject gives way to its own, points go by their words."""
    choices, before = letters.choices_of(letter), letter.update
    if letter.subject in usual_subjects(before) and letter.subject not in usual_subjects(update):
        choices = replace(choices, subject="")
    return replace(choices, points=carried(before.asks, update.asks, update.points_that_stay, choices.points))


def begin(update: Update, answer: Answer, *, by: str) -> Changeover | None:
    """Decide on the letters that wait, in the transaction that makes this update the live one.

    Args:
        update: the one that has just become live.
        answer: what was decided.
        by: who decided it.
    Returns:
        What ``work`` then does; None where they go as they are.
    """
    count = waiting(update)
    words = f"{Answer(answer).label}: {count.confirmed} confirmed, {count.unconfirmed} not confirmed yet"
    trail.record(What.LETTERS, by=by, update=update, note=words)
    if answer == Answer.GO:
        return None
    return Changeover.objects.create(
        campaign_id=update.campaign_id, update=update, answer=answer, mode=settings.MAIL_MODE, by=by
    )


def work(seconds: float) -> int:
    """Take letters over, batch by batch, until none is left or the time is up. Any number of workers may do so.

    Returns:
        How many batches were done.
    """
    until, done = time.monotonic() + seconds, 0
    unnaming.hold_what_came_back()
    lowering.open_again()
    unfinished = Changeover.objects.filter(done_at=None, mode=settings.MAIL_MODE).order_by("pk")
    for changeover in list(unfinished.select_related("campaign")):
        while time.monotonic() < until and _batch(changeover):
            done += 1
    return done


def _batch(seen: Changeover) -> bool:
    """One batch. Returns False where nothing is left to do, or another worker is at it."""
    with transaction.atomic():
        # The campaign before anything else, as in ``letters.confirm``: else two could wait for each other.
        truth = adding.keep(seen.campaign)
        rows = Changeover.objects.filter(pk=seen.pk, done_at=None)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(skip_locked=True)
        changeover = rows.first()
        if changeover is None:
            return False
        found = _next(changeover, truth)
        if not found:
            changeover.done_at = timezone.now()
            changeover.save(update_fields=["done_at"])
            return False
        prefetch_related_objects([changeover.update], "targets")
        take = lowering.take if changeover.answer in OF_SETTINGS else _take_over
        for code in dict.fromkeys(code for _, code in found):
            take(changeover, code, truth)
        changeover.reached = found[-1][0]
        changeover.save(update_fields=["reached"])
    return True


def _next(changeover: Changeover, truth: Truth) -> list[tuple[int, str]]:
    """(number, reference) of the next messages to look at; none where the campaign has gone on."""
    less = changeover.answer in OF_SETTINGS
    if truth.status not in WRITABLE or not (less or truth.live_update_id == changeover.update_id):
        return []
    if less:
        left = lowering.mails_left(changeover.campaign, truth.most_identity).order_by("pk")
    else:
        left = _rows(changeover.update).filter(pk__gt=changeover.reached).order_by("pk")
    return list(left.values_list("pk", "reference")[:BATCH])


def _take_over(changeover: Changeover, code: str, truth: Truth) -> None:
    """Decide on one letter, once."""
    letter = letters.locked(code=code)
    if letter is None or letter.update_id == changeover.update_id or letter.changes.filter(changeover=changeover):
        return
    edited = _is_edited(letter, changeover.update)
    try:
        with transaction.atomic():
            _take_back(letter, changeover.update)
    except _OnItsWay:
        outcome = Outcome.LEFT
    else:
        outcome = _decide(changeover, letter, truth, edited=edited)
    ChangedLetter.objects.create(changeover=changeover, letter=letter, outcome=outcome, edited=edited)


def _take_back(letter: Letter, update: Update) -> None:
    """Withdraw all of a letter's mails. Where one is on its way or has left, none of them is touched."""
    mails = len(reports.letters_under(letter.code))
    if outbox.withdraw(letter.code, note=f"The campaign went on to {update.name}.") != mails:
        raise _OnItsWay


class _OnItsWay(Exception):
    """A letter has begun to leave."""


def _decide(changeover: Changeover, letter: Letter, truth: Truth, *, edited: bool) -> Outcome:
    """What becomes of a letter that has just been withdrawn from the outbox."""
    update = changeover.update
    another = update.letters.filter(supporter=letter.supporter_id, mode=letter.mode).exists()
    if changeover.answer == Answer.CANCEL or another:
        return _cancel(letter)
    choices = _choices_under(update, letter)
    try:
        refuse_traces(update, choices)
        mails = letter_mails(update, choices)
    except (UnfitText, ValueError):  # Words that were fit under the earlier update, and are not under this one.
        return _cancel(letter)
    if choices.body and update.points_that_stay and lacks(update, choices):
        return _cancel(letter)  # Nobody can confirm a text without what must stay.
    anew = changeover.answer == Answer.ANEW and not edited
    if not anew and letter.confirmed:
        rewriting.ask_again(letter, update, choices, mails)
        return Outcome.ASKED
    rewriting.write_anew(letter, update, choices, mails, paused=truth.status not in SENDABLE)
    return Outcome.ANEW


def _cancel(letter: Letter) -> Outcome:
    Letter.objects.filter(pk=letter.pk).update(withdrawn_at=timezone.now())
    return Outcome.CANCELLED


@dataclass(frozen=True)
class Progress:
    """How far the newest changeover of a campaign is."""

    changeover: Changeover
    counts: dict[str, int]


def progress(campaign: Campaign) -> Progress | None:
    """The newest changeover, and how many letters came to what; None where there was none."""
    newest = campaign.changeovers.select_related("update").first()
    if newest is None:
        return None
    counts = {str(outcome): newest.letters.filter(outcome=outcome).count() for outcome in Outcome}
    return Progress(newest, counts)
