"""Owns what is known of a supporter: found by mailbox, and believed only once a letter was confirmed."""

from django.utils import timezone

from advocacy import adding
from advocacy.models import Letter, Supporter
from mailings.text import address_key


def find_or_add(email: str) -> Supporter:
    """The supporter with this mailbox, new where there was none. Two who ask at once get the same row.

    Args:
        email: a clean address.
    """
    supporter = Supporter(email=email, email_key=address_key(email))
    if adding.add_supporter(supporter):
        return supporter
    return Supporter.objects.get(email_key=supporter.email_key)


def remember(letter: Letter) -> None:
    """Take name and place from a letter that its writer has just confirmed."""
    Supporter.objects.filter(pk=letter.supporter_id).update(
        name=letter.name, city=letter.city, country=letter.country, confirmed_at=timezone.now()
    )
