"""Owns what is known of a supporter: believed only once a letter was confirmed."""

from django.utils import timezone

from advocacy.models import Letter, Supporter


def remember(letter: Letter) -> None:
    """Take name and place from a letter that its writer has just confirmed."""
    Supporter.objects.filter(pk=letter.supporter_id).update(
        name=letter.name, city=letter.city, country=letter.country, confirmed_at=timezone.now()
    )
