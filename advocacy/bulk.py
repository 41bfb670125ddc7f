"""Owns the making of many different letters for rehearsals and measurements, in few statements."""

import random
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from advocacy.models import Letter, Supporter, Update
from advocacy.wording import Choices, letter_mails, shown_of
from mailings import outbox
from mailings.outbox import Posting
from mailings.text import address_key

BATCH = 500
NAMES = ("Amina", "Boris", "Chiara", "Daniel", "Élodie", "Farid", "Grace", "Hiroshi", "Ines", "王小明", "Léa", "ليلى")
FAMILIES = ("Okafor", "Lindqvist", "Haddad", "Tremblay", "Moreau", "Nakamura", "Silva", "Novák", "Brandt", "Singh")
PLACES = (("Halifax", "CA"), ("Montréal", "CA"), ("Lyon", "FR"), ("Leeds", "GB"), ("Kraków", "PL"), ("台北", "TW"))
BEGINNINGS = (
    "I teach and think of the families.",
    "I am a nurse.",
    "My neighbours come from there.",
    "I write as a parent.",
)
ENDS = ("Please let them go home.", "Please tell their families where they are.", "I hope to hear that they are free.")


def make_letters(update: Update, count: int, progress: Callable[[int], None]) -> int:
    """Write, confirm and queue letters of invented supporters at example.org.

    Args:
        update: the published update they are written on.
        count: how many.
        progress: called with how many are done, after each batch.
    Returns:
        How many were made. Each batch is one transaction, so an interrupted run keeps whole batches.
    """
    prefetch_related_objects([update], "targets")
    first = Supporter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    done = 0
    while done < count:
        size = min(BATCH, count - done)
        with transaction.atomic():
            _batch(update, range(first + done + 1, first + done + size + 1))
        done += size
        progress(done)
    return done


def _batch(update: Update, numbers: range) -> None:
    now = timezone.now()
    emails = [f"supporter-{number}-{now:%H%M%S%f}@example.org" for number in numbers]
    supporters = Supporter.objects.bulk_create(Supporter(email=e, email_key=address_key(e)) for e in emails)
    chosen = [_choices(number) for number in numbers]
    composed = [letter_mails(update, choices) for choices in chosen]
    letters = Letter.objects.bulk_create(
        Letter(
            update=update,
            supporter=supporter,
            mode=settings.MAIL_MODE,
            name=choices.name,
            city=choices.city,
            country=choices.country,
            own_words=choices.own_words,
            level=shown_of(update, choices).level,
            subject=mails[0].subject,
            confirmed_at=now,
        )
        for supporter, choices, mails in zip(supporters, chosen, composed, strict=True)
    )
    outbox.post_many(
        [
            Posting(mail, f"letter-{letter.code}-1-{number}", stream=update.stream, reference=letter.code)
            for letter, mails in zip(letters, composed, strict=True)
            for number, mail in enumerate(mails, 1)
        ]
    )


def _choices(number: int) -> Choices:
    """Always the same for one number, and different from its neighbours'."""
    dice = random.Random(number)  # noqa: S311  Invented people, not secrets.
    city, country = dice.choice(PLACES)
    own = f"{dice.choice(BEGINNINGS)} This is letter {number}. {dice.choice(ENDS)}"
    return Choices(f"{dice.choice(NAMES)} {dice.choice(FAMILIES)}", city, country, own)
