"""Owns what becomes of letters that wait and show more of their writer than their campaign lets out by now.

The promise: from the commit that lowers a campaign's most on, none of them leaves as it is. Each is written anew at the
level that may leave; where a writer's own words would tell more, these are left out and the writer is asked again. What
is being handed over or has left cannot be called back, and is counted.
"""

import uuid
from collections.abc import Mapping, Sequence
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
from advocacy.models.changeover import OF_SETTINGS, Answer, Outcome
from advocacy.models.identity import Level
from advocacy.wording import Choices, letter_mails, refuse_traces
from mailings import outbox, reports
from mailings.text import UnfitText

NOTE = "The campaign lets out less of its supporters."
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
        if before not in identities.above(campaign.most_identity):
            return None
        found = showing_more(campaign, campaign.most_identity)
        if found.waiting or found.gone:
            words = f"{found.confirmed} confirmed, {found.unconfirmed} not confirmed yet; {len(found.gone)} were gone"
            trail.record(What.LETTERS, by=by, campaign=campaign, note=f"{Answer.LESS.label}: {words}")
            _hold_back(campaign, by=by)
    return found


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
    """Begin again where a letter that was being handed over has come back into the line and shows too much."""
    less = {"changeovers__answer__in": OF_SETTINGS, "changeovers__mode": settings.MAIL_MODE}
    for campaign in Campaign.objects.filter(status__in=WRITABLE, **less).distinct():
        if mails_left(campaign, campaign.most_identity).exists():
            newest = campaign.changeovers.filter(answer__in=OF_SETTINGS, mode=settings.MAIL_MODE).values("pk")[:1]
            Changeover.objects.filter(pk__in=[row["pk"] for row in newest]).update(done_at=None)


def fit_to_retry(uids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of some messages that show no more, and name nobody else, than their campaign lets out by now."""
    rows = dict(reports.search().filter(uid__in=uids).values_list("uid", "reference"))
    found = Letter.objects.filter(code__in=rows.values()).select_related("update__campaign")
    above = {one.code for one in found if one.level in identities.above(one.update.campaign.most_identity)}
    above |= {one.code for one in found if letters.says_a_name(one)}
    return [uid for uid in uids if rows.get(uid) not in above]


def take(changeover: Changeover, code: str, truth: Truth) -> None:
    """Decide on one letter of a changeover. None of its mails is among ``mails_left`` afterwards."""
    letter = letters.locked(code=code)
    if letter is None:
        return
    if letter.level not in identities.above(truth.most_identity) and not letters.says_a_name(letter):
        if letter.confirmed:  # The campaign has raised it again meanwhile.
            paused, delay = truth.status not in SENDABLE, letter.update.campaign.random_delay
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
    told = notices.asked_to_name_nobody if letters.says_a_name(letter) else notices.asked_to_show_less
    left_out = (less.subject, less.body, less.own_words) != (choices.subject, choices.body, choices.own_words)
    letter.body, letter.own_words = less.body, less.own_words
    letter.save(update_fields=["body", "own_words"])
    if left_out and letter.confirmed:
        rewriting.ask_again(letter, update, less, mails, told=told)
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
