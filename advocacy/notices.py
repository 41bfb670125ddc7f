"""Owns the mails to a supporter: one small function each, two template files each."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from advocacy import tokens
from advocacy.models import Letter
from advocacy.tokens import Purpose
from mailings.compose import Address, Mail, compose, sending_address


def link(name: str, letter: Letter, purpose: Purpose) -> str:
    """The absolute address of a letter's page. Made from SITE_URL, never from a request."""
    return settings.SITE_URL + reverse(name, args=[tokens.make(letter, purpose)])


def confirmation(letter: Letter) -> Mail:
    """Asks to confirm. Carries not one word that was typed: the address may belong to somebody else."""
    values = {"link": link("confirm", letter, Purpose.CONFIRM), "days": Purpose.CONFIRM.days}
    return _notice("confirmation", letter, values)


def copy(letter: Letter, mails: list[tuple[str, str, str]]) -> Mail:
    """The letter's words, for the person who confirmed it, and the private link.

    Args:
        letter: the confirmed letter.
        mails: (to line, subject, text) of each mail it became.
    """
    values = {"link": link("letter", letter, Purpose.STATUS), "mails": mails}
    return _notice("copy", letter, values)


def written_before(letter: Letter) -> Mail:
    """The kind truth for somebody who writes twice on one update; the page must not tell it."""
    return _notice("written_before", letter, {"link": link("letter", letter, Purpose.STATUS)}, kind="notice")


def _notice(template: str, letter: Letter, values: Mapping[str, object], kind: str = "") -> Mail:
    return compose(
        template,
        {**values, "organisation": settings.ORGANISATION, "contact": settings.ORGANISATION_CONTACT},
        kind=kind or template,
        sender=sending_address("letters", settings.MAIL_DOMAIN, settings.ORGANISATION),
        to=(Address(letter.supporter.email),),
        reply_to=settings.ORGANISATION_CONTACT,
    )
