"""Owns the other words of a letter that waits: it is written anew, or its writer is asked again.

The promise: what was confirmed keeps its place only where the writer has decided on every word of it.
"""

from collections.abc import Callable

from django.utils import timezone

from advocacy import letters
from advocacy.models import Letter, Update
from advocacy.wording import Choices, shown_of
from mailings import outbox
from mailings.compose import Mail

Told = Callable[[Letter], Mail]


def write_anew(
    letter: Letter,
    update: Update,
    choices: Choices,
    mails: list[Mail],
    *,
    paused: bool,
    note: str,
    told: Told,
) -> None:
    """Freeze a letter's new words; one that was confirmed goes in line again, and its writer is told.

    Args:
        letter: locked, and withdrawn from the outbox.
        update, choices: under which it goes out, and its writer's as they are under it.
        mails: from ``letter_mails`` with them.
        paused: its campaign is paused. Past its deadline the letter waits as in a pause.
        note, told: why, for the story and for the writer.
    """
    _move(letter, update, choices, mails)
    letter.save(update_fields=["update", "subject", "points", "level", "version"])
    outbox.post_together(letters.letter_postings(letter, mails))
    if letter.confirmed:
        campaign = update.campaign
        waits = paused or campaign.past_deadline(timezone.now())
        outbox.release(letter.code, into_pause=waits, note=note, delay=campaign.random_delay)
        letters.post_notice(letter, "anew", told(letter), number=letter.version)


def ask_again(letter: Letter, update: Update, choices: Choices, mails: list[Mail], *, told: Told) -> None:
    """Freeze a letter's new words, and mail its writer a link to them: it waits until it is confirmed.

    Args:
        letter: locked, confirmed, and withdrawn from the outbox.
        update, choices, mails, told: as for ``write_anew``.
    """
    _move(letter, update, choices, mails)
    letter.confirmed_at, letter.link_mailed_at = None, timezone.now()
    letter.links_mailed += 1
    letter.save()
    outbox.post_together(letters.letter_postings(letter, mails))
    letters.post_notice(letter, "asked", told(letter), number=letter.version)


def _move(letter: Letter, update: Update, choices: Choices, mails: list[Mail]) -> None:
    letter.update, letter.subject, letter.points = update, mails[0].subject, list(choices.points)
    letter.level = shown_of(update, choices).level
    letter.version += 1
