"""Owns what becomes of one letter that had not left when another update became live.

The promise: it is decided on as a whole, once; what is in doubt or gone is never touched, and what is being handed over
is decided on should it come back. A word that a supporter changed leaves only after he or she has seen it again.
"""

from dataclasses import replace
from functools import partial

from django.db import transaction
from django.utils import timezone

from advocacy import letters, notices, rewriting
from advocacy.adding import Truth
from advocacy.models import ChangedLetter, Changeover, Letter, Update
from advocacy.models.campaign import SENDABLE
from advocacy.models.changeover import Answer, Outcome
from advocacy.own_text import lacks
from advocacy.points import carried
from advocacy.wording import Choices, letter_mails, refuse_traces, subject_of
from mailings import outbox, reports
from mailings.text import UnfitText, clean_line

#: States of a message that has not begun to leave, and of one that stays as it is.
NOT_BEGUN, GONE = ("held", "queued"), ("sent", "in_doubt", "failed")
#: Why letters are recalled here.
WHY = "update"


def take(changeover: Changeover, code: str, truth: Truth) -> None:
    """Decide on one letter, once."""
    letter = letters.locked(code=code)
    if letter is None or letter.update_id == changeover.update_id:
        return
    edited = is_edited(letter, changeover.update)
    try:
        with transaction.atomic():
            _take_back(letter, changeover)
    except _OnItsWay:
        outcome = Outcome.LEFT
        _leave_the_rest(letter, changeover)
    else:
        outcome = _decide(changeover, letter, truth, edited=edited)
    # It may have been left before, when it was being handed over.
    told = {"outcome": outcome, "edited": edited, "at": timezone.now()}
    ChangedLetter.objects.update_or_create(changeover=changeover, letter=letter, defaults=told)


def _note(changeover: Changeover) -> str:
    went = "went back" if changeover.back else "went on"
    return f"The campaign {went} to {changeover.update.name}."


def _take_back(letter: Letter, changeover: Changeover) -> None:
    """Withdraw all of a letter's mails. Where one is on its way or has left, none of them is touched."""
    mails = len(reports.letters_under(letter.code))
    if outbox.withdraw(letter.code, note=_note(changeover)) != mails:
        raise _OnItsWay


def _leave_the_rest(letter: Letter, changeover: Changeover) -> None:
    """Of a letter to several offices that is partly gone, the rest follows as it is, or is withdrawn.

    While a part is being handed over nothing is decided: it may come back.
    """
    if changeover.answer == Answer.CANCEL:
        outbox.withdraw(letter.code, note=_note(changeover))
        return
    mails = reports.search(kind="letter").filter(reference=letter.code)
    states = set(mails.order_by().values_list("status", flat=True))
    if "sending" not in states and states & set(GONE):
        outbox.end_recall(mails.filter(status__in=NOT_BEGUN), why=WHY)


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
        rewriting.ask_again(letter, update, choices, mails, told=partial(notices.asked_again, back=changeover.back))
        return Outcome.ASKED
    told, note = partial(notices.written_anew, back=changeover.back), f"Written anew for {update.name}"
    paused = truth.status not in SENDABLE
    rewriting.write_anew(letter, update, choices, mails, paused=paused, note=note, told=told)
    return Outcome.ANEW


def _cancel(letter: Letter) -> Outcome:
    Letter.objects.filter(pk=letter.pk).update(withdrawn_at=timezone.now())
    return Outcome.CANCELLED


def is_edited(letter: Letter, update: Update) -> bool:
    """True where a writer changed the text or the subject, or chose among points that are not the same any more."""
    chose = bool(letter.points) and letter.update.asks != update.asks
    return bool(letter.body) or chose or letter.subject not in usual_subjects(letter.update)


def usual_subjects(update: Update) -> list[str]:
    """The subjects that an update offers, in the form in which they are stored."""
    found = [clean_line(subject_of(update, template)) for template in update.subjects]
    # The second form stands where neither the subject nor the text of an early update names the case.
    return [*found, *(f"{update.campaign.reference}: {subject}" for subject in found)]


def _choices_under(update: Update, letter: Letter) -> Choices:
    """A writer's choices under another update: an offered subject gives way to its own, points go by their words."""
    choices, before = letters.choices_of(letter), letter.update
    if letter.subject in usual_subjects(before) and letter.subject not in usual_subjects(update):
        choices = replace(choices, subject="")
    return replace(choices, points=carried(before.asks, update.asks, update.points_that_stay, choices.points))
