"""Owns what becomes of letters that wait and show more of their writer than their campaign lets out by now.

The promise: from the commit that lowers a campaign's most on, none of them leaves as it is, also where it comes back
from a hand-over, a doubt or an address that had to be corrected. Each is written anew at the
level that may leave; where a writer's own words would tell more, these are left out and the writer is asked again. What
is being handed over or has left cannot be called back, and is counted.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from advocacy import adding, campaigns, identities, letters, notices, rewriting, trail
from advocacy.adding import Truth
from advocacy.models import Campaign, ChangedLetter, Changeover, Letter, Update
from advocacy.models.act import What
from advocacy.models.campaign import SENDABLE, WRITABLE
from advocacy.models.changeover import Answer, Outcome
from advocacy.models.identity import Level
from advocacy.wording import Choices, letter_mails, refuse_traces
from mailings import outbox, reports
from mailings.text import UnfitText

NOTE = "The campaign lets out less of its supporters."
#: Why letters are recalled here.
WHY = "level"
#: States of a message that has not begun to leave, and of one that cannot be called back.
NOT_BEGUN, GONE = ("held", "queued"), ("sending", "sent", "in_doubt")


@dataclass(frozen=True)
class Showing:
    """Letters that show more of their writer than a level does."""

    confirmed: int
    unconfirmed: int
    #: References of those that have left, or are being handed over; perhaps not of all their offices.
    gone: list[str]

    @property
    def waiting(self) -> int:
        """Those that have not begun to leave."""
        return self.confirmed + self.unconfirmed


def waiting_at(campaign: Campaign) -> list[tuple[str, int]]:
    """(what it shows, how many) of the letters that wait, by their level, the most first."""
    codes = _mails(campaign).filter(status__in=NOT_BEGUN).order_by().values("reference")
    rows = _letters(campaign).filter(code__in=codes).order_by().values_list("level").annotate(n=Count("pk"))
    counts = dict(rows)
    return [(str(level.label), counts[level]) for level in Level if level in counts]


def showing_more(campaign: Campaign, most: str) -> Showing:
    """The letters of a campaign that show more than a level does: those that wait, and those that are gone."""
    rows = _letters(campaign).filter(level__in=identities.above(most))
    mails = _mails(campaign).order_by()
    waits = _waiting(campaign, most)
    confirmed = waits.filter(confirmed_at__isnull=False).count()
    gone = rows.filter(code__in=mails.filter(status__in=GONE).values("reference")).order_by("pk")
    return Showing(confirmed, waits.count() - confirmed, [letter.reference for letter in gone.only("code")])


def store_settings(campaign: Campaign, values: Mapping[str, object], *, by: str) -> Showing | None:
    """Store a campaign's settings as ``campaigns.change_settings`` does, and let nothing leave that shows too much.

    Args:
        campaign, values, by: as there.
    Returns:
        Where less leaves than before, the letters that show more; None where it does not. ``changeovers.work`` then
        writes them anew, batch by batch: a campaign may have more of them than one transaction would bear.
    """
    with transaction.atomic():
        before = campaigns.locked(campaign).most_identity  # Whoever confirms now waits, and finds the new level then.
        campaigns.change_settings(campaign, values, by=by)
        if before != campaign.most_identity:
            _recall(campaign)
        if before not in identities.above(campaign.most_identity):
            return None
        found = showing_more(campaign, campaign.most_identity)
        if found.waiting or found.gone:
            words = f"{found.confirmed} confirmed, {found.unconfirmed} not confirmed yet; {len(found.gone)} were gone"
            trail.record(What.LETTERS, by=by, campaign=campaign, note=f"{Answer.LESS.label}: {words}")
            _hold_back(campaign, by=by)
    return found


def _recall(campaign: Campaign) -> None:
    """Let nothing leave that shows too much by now, in whatever mode; and let go what shows too much no more."""
    mails = reports.search(stream_prefix=f"{campaign.slug}/", kind="letter", any_mode=True)
    rows = Letter.objects.filter(update__campaign=campaign, level__in=identities.above(campaign.most_identity))
    outbox.end_recall(mails, why=WHY)
    outbox.recall(mails.filter(reference__in=rows.values("code")), why=WHY)


def _hold_back(campaign: Campaign, *, by: str) -> None:
    """Let nothing leave that shows too much, and leave it to the workers to write it anew."""
    confirmed = _waiting(campaign, campaign.most_identity).filter(confirmed_at__isnull=False)
    outbox.hold_back(list(confirmed.values_list("code", flat=True)), by=by, note=NOTE)
    if campaign.live_update:  # Without one nobody could have written.
        mode = settings.MAIL_MODE
        campaign.changeovers.create(update=campaign.live_update, answer=Answer.LESS, mode=mode, by=by)


def mails_left(campaign: Campaign, most: str) -> QuerySet[Any]:
    """The messages that show too much and have not begun to leave, and those that were held back for it."""
    above = _letters(campaign).filter(level__in=identities.above(most)).values("code")
    # A letter that is confirmed waits for its writer only where it was held back here.
    held_back = _letters(campaign).filter(confirmed_at__isnull=False).values("code")
    back = Q(reference__in=held_back, status="held", held_for="confirmation")
    return _mails(campaign).filter(Q(reference__in=above, status__in=NOT_BEGUN) | back)


def open_again() -> None:
    """Begin again where a letter that shows too much has come back into the line, or waits in another mode."""
    mode = settings.MAIL_MODE
    for campaign in Campaign.objects.filter(status__in=WRITABLE, changeovers__answer=Answer.LESS).distinct():
        if not mails_left(campaign, campaign.most_identity).exists():
            continue
        newest = campaign.changeovers.filter(answer=Answer.LESS, mode=mode).first()
        if newest is not None:
            Changeover.objects.filter(pk=newest.pk).update(done_at=None)
        elif campaign.live_update:
            by = campaign.changeovers.filter(answer=Answer.LESS).values_list("by", flat=True)[0]
            campaign.changeovers.create(update=campaign.live_update, answer=Answer.LESS, mode=mode, by=by)


def fit(references: Collection[str]) -> set[str]:
    """Those of some references whose letter shows no more of its writer than its campaign lets out by now.

    Call it first in the transaction that lets them leave: nobody lowers a campaign's most before it ends.
    """
    found = list(Letter.objects.filter(code__in=list(references)).select_related("update__campaign"))
    theirs = {one.update.campaign_id: one.update.campaign for one in found}
    most = {pk: adding.keep(theirs[pk]).most_identity for pk in sorted(theirs)}
    above = {one.code for one in found if one.level in identities.above(most[one.update.campaign_id])}
    return set(references) - above


def fit_to_retry(uids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The same of messages, by their uids."""
    rows = dict(reports.search().filter(uid__in=uids).values_list("uid", "reference"))
    may = fit(set(rows.values()))
    return [uid for uid in uids if uid not in rows or rows[uid] in may]


def take(changeover: Changeover, code: str, truth: Truth) -> None:
    """Decide on one letter of a changeover. None of its mails is among ``mails_left`` afterwards."""
    letter = letters.locked(code=code)
    if letter is None:
        return
    if letter.level not in identities.above(truth.most_identity):
        if letter.confirmed:  # The campaign has raised it again meanwhile.
            home = letter.update.campaign
            paused, delay = truth.status not in SENDABLE or home.past_deadline(timezone.now()), home.random_delay
            outbox.end_recall(reports.search(kind="letter").filter(reference=code), why=WHY)
            outbox.release(code, into_pause=paused, note="The campaign lets it out again.", delay=delay)
        return
    outcome, left_out = _lower(letter, truth)
    # It may have been left before, when it was being handed over.
    told = {"outcome": outcome, "edited": left_out, "at": timezone.now()}
    ChangedLetter.objects.update_or_create(changeover=changeover, letter=letter, defaults=told)


def write_anew(letter: Letter) -> None:
    """Write one letter anew that its writer was about to confirm, and that showed too much."""
    with transaction.atomic():
        truth = adding.keep(letter.update.campaign)
        locked = letters.locked(code=letter.code)
        if locked and not locked.confirmed and locked.level in identities.above(truth.most_identity):
            _lower(locked, truth)


def _lower(letter: Letter, truth: Truth) -> tuple[Outcome, bool]:
    """Take a letter back and write it anew: (what came of it, whether words were left out)."""
    mails_before = len(reports.letters_under(letter.code))
    if outbox.withdraw(letter.code, note=NOTE) != mails_before:
        return Outcome.LEFT, False  # Part of it is gone. What was not does not leave any more.
    update, choices = letter.update, letters.choices_of(letter)
    less = _fit(update, replace(choices, level=identities.within(letter.level, truth.most_identity)))
    try:
        refuse_traces(update, less)
        mails = letter_mails(update, less)
    except (UnfitText, ValueError):
        Letter.objects.filter(pk=letter.pk).update(withdrawn_at=timezone.now())
        return Outcome.CANCELLED, False
    left_out = (less.subject, less.body, less.own_words) != (choices.subject, choices.body, choices.own_words)
    letter.body, letter.own_words = less.body, less.own_words
    letter.save(update_fields=["body", "own_words"])
    if left_out and letter.confirmed:
        rewriting.ask_again(letter, update, less, mails, told=notices.asked_to_show_less)
        return Outcome.ASKED, True
    rewriting.write_anew(
        letter, update, less, mails, paused=truth.status not in SENDABLE, note=NOTE, told=notices.shows_less
    )
    return Outcome.ANEW, left_out


def _fit(update: Update, choices: Choices) -> Choices:
    """A writer's choices without those own words of theirs that would tell what shall not leave."""
    bare = replace(choices, subject="", body="", own_words="")
    for name in ("subject", "body", "own_words"):
        alone: dict[str, Any] = {name: getattr(choices, name)}
        try:
            refuse_traces(update, replace(bare, **alone))
        except UnfitText:
            nothing: dict[str, Any] = {name: ""}
            choices = replace(choices, **nothing)
    return choices


def _waiting(campaign: Campaign, most: str) -> QuerySet[Letter]:
    """The letters that show more than a level does and have a mail that has not begun to leave."""
    codes = _mails(campaign).filter(status__in=NOT_BEGUN).order_by().values("reference")
    return _letters(campaign).filter(level__in=identities.above(most), code__in=codes)


def _mails(campaign: Campaign) -> QuerySet[Any]:
    return reports.search(stream_prefix=f"{campaign.slug}/", kind="letter")


def _letters(campaign: Campaign) -> QuerySet[Letter]:
    return Letter.objects.filter(update__campaign=campaign, mode=settings.MAIL_MODE)
