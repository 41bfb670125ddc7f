"""Owns what becomes of letters that wait once another update is live, and the batches in which that is done.

The promise: each letter is taken over once, in a transaction of its own batch, so that a crash loses and doubles
nothing and the next worker goes on; what is in doubt or gone is never touched. From the commit on nothing that was
decided on leaves as it was, also where it was being handed over, or had failed, and comes back into the line later. A
word that a supporter changed leaves only after he or she has seen it again.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from advocacy import adding, campaigns, letters, lowering, takeovers, trail
from advocacy.adding import Truth
from advocacy.models import Campaign, Changeover, Letter, Update
from advocacy.models.act import What
from advocacy.models.campaign import WRITABLE
from advocacy.models.changeover import Answer, Outcome
from advocacy.models.identity import Level
from advocacy.takeovers import NOT_BEGUN, WHY
from advocacy.wording import names_somebody, shown_at
from mailings import outbox, reports

BATCH = 50
#: States of a message that may come back to where it has not begun to leave.
MAY_RETURN = ("sending", "in_doubt", "failed")


@dataclass(frozen=True)
class Waiting:
    """How many letters wait under earlier updates."""

    confirmed: int
    unconfirmed: int
    #: Of both, those whose writer changed the text or the subject.
    edited: int
    #: Mails that are being handed over, in doubt or failed, and that nobody has decided on: they may come back.
    may_return: int = 0

    @property
    def total(self) -> int:
        """All that wait."""
        return self.confirmed + self.unconfirmed

    @property
    def undecided(self) -> int:
        """Everything that somebody has to decide on."""
        return self.total + self.may_return


def waiting(update: Update) -> Waiting:
    """What would wait under earlier updates if this one were live now."""
    codes = _others(update).filter(status__in=NOT_BEGUN).order_by().values("reference")
    found = Letter.objects.filter(code__in=codes, mode=settings.MAIL_MODE, update__campaign=update.campaign_id)
    confirmed = found.filter(confirmed_at__isnull=False).count()
    mails = _others(update).filter(status__in=MAY_RETURN)
    may_return = mails.count() - outbox.recalled(mails, why=WHY).count()
    unconfirmed = found.filter(confirmed_at=None).count()
    return Waiting(confirmed, unconfirmed, found.filter(_edited(update)).count(), may_return)


def naming(campaign: Campaign) -> list[str]:
    """References of the letters that wait to leave and say a name that their campaign must not say by now."""
    if not campaign.not_to_be_said:
        return []
    waits = reports.search(stream_prefix=f"{campaign.slug}/", kind="letter").filter(status__in=NOT_BEGUN)
    rows = Letter.objects.filter(code__in=waits.order_by().values("reference"), mode=settings.MAIL_MODE)
    found = rows.filter(update__campaign=campaign).select_related("update__campaign").order_by("pk")
    return [letter.reference for letter in found.iterator() if _names_somebody(letter)]


def _names_somebody(letter: Letter) -> bool:
    choices = letters.choices_of(letter)
    return bool(names_somebody(letter.update, choices, shown_at(Level(letter.level), choices)))


def _others(update: Update, *, any_mode: bool = False) -> QuerySet[Any]:
    """The messages to offices of this campaign's other updates."""
    rows = reports.search(stream_prefix=f"{update.campaign.slug}/", kind="letter", any_mode=any_mode)
    return rows.exclude(stream=update.stream)


def _edited(update: Update) -> Q:
    """The condition that a letter has an edit of its writer's own, as ``takeovers.is_edited`` says of one."""
    found = ~Q(body="")
    others = Update.objects.filter(campaign=update.campaign_id).exclude(published_at=None)
    for other in others.select_related("campaign"):
        own = ~Q(subject__in=takeovers.usual_subjects(other))
        found |= Q(update=other) & (own if other.asks == update.asks else own | ~Q(points=[]))
    return found


def begin(update: Update, answer: Answer | None, *, by: str, back: bool = False) -> Changeover | None:
    """Decide on the letters that wait, in the transaction that makes this update the live one.

    Args:
        update: the one that has just become live.
        answer: what was decided; None where nothing waited.
        by: who decided it.
        back: True where the campaign went back to it.
    Returns:
        What ``work`` then does; None where they go as they are.
    """
    # Letters with its own words may leave again. Of others, what was decided before still holds.
    own = reports.search(stream_prefix=update.stream, kind="letter", any_mode=True).filter(stream=update.stream)
    outbox.end_recall(own, why=WHY)
    if answer is None:
        return None
    count = waiting(update)
    words = f"{Answer(answer).label}: {count.confirmed} confirmed, {count.unconfirmed} not confirmed yet"
    trail.record(What.LETTERS, by=by, update=update, note=words)
    if answer == Answer.GO:
        return None
    outbox.recall(_others(update, any_mode=True), why=WHY)
    return Changeover.objects.create(
        campaign_id=update.campaign_id, update=update, answer=answer, mode=settings.MAIL_MODE, by=by, back=back
    )


def work(seconds: float) -> int:
    """Take letters over, batch by batch, until none is left or the time is up. Any number of workers may do so.

    Returns:
        How many batches were done.
    """
    until, done = time.monotonic() + seconds, 0
    _open_again()
    lowering.open_again()
    unfinished = Changeover.objects.filter(done_at=None, mode=settings.MAIL_MODE).order_by("pk")
    for changeover in list(unfinished.select_related("campaign")):
        while time.monotonic() < until and _batch(changeover):
            done += 1
    return done


def _open_again() -> None:
    """Begin again where letters that were decided on have come back into the line, or wait in another mode."""
    waits = outbox.recalled(reports.search(kind="letter").filter(status__in=NOT_BEGUN), why=WHY)
    slugs = {stream.partition("/")[0] for stream in waits.order_by().values_list("stream", flat=True).distinct()}
    for campaign in Campaign.objects.filter(slug__in=slugs, status__in=WRITABLE).order_by("pk"):
        with transaction.atomic():
            current = campaigns.locked(campaign)
            newest = current.changeovers.exclude(answer=Answer.LESS).first()
            if newest is None or current.live_update is None:
                continue
            if newest.mode == settings.MAIL_MODE and newest.update_id == current.live_update_id:
                Changeover.objects.filter(pk=newest.pk).exclude(done_at=None).update(done_at=None, reached=0)
            else:  # Another update became live since, whose publisher let those that waited go.
                begin_like(newest, current.live_update)


def begin_like(changeover: Changeover, live: Update) -> None:
    """Let an answer hold for letters that it did not reach, under the update that is live now, in the present mode."""
    back = changeover.back and changeover.update_id == live.pk
    Changeover.objects.create(
        campaign_id=live.campaign_id,
        update=live,
        answer=changeover.answer,
        mode=settings.MAIL_MODE,
        by=changeover.by,
        back=back,
    )


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
        take = lowering.take if changeover.answer == Answer.LESS else takeovers.take
        for code in dict.fromkeys(code for _, code in found):
            take(changeover, code, truth)
        changeover.reached = found[-1][0]
        changeover.save(update_fields=["reached"])
    return True


def _next(changeover: Changeover, truth: Truth) -> list[tuple[int, str]]:
    """(number, reference) of the next messages to look at; none where the campaign has gone on."""
    less = changeover.answer == Answer.LESS
    if truth.status not in WRITABLE or not (less or truth.live_update_id == changeover.update_id):
        return []
    if less:
        left = lowering.mails_left(changeover.campaign, truth.most_identity).order_by("pk")
    else:
        left = _others(changeover.update).filter(status__in=NOT_BEGUN, pk__gt=changeover.reached).order_by("pk")
        left = outbox.recalled(left, why=WHY)
    return list(left.values_list("pk", "reference")[:BATCH])


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
