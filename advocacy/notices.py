"""Owns the mails to a supporter: one small function each, two template files each."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from advocacy import tokens
from advocacy.models import Letter
from advocacy.tokens import Purpose
from mailings.compose import Address, Mail, compose, sending_address

#: Stands for the link in what is the same for everybody.
LINK = "https://the.link.invalid/"


def link(name: str, letter: Letter, purpose: Purpose) -> str:
    """The absolute address of a letter's page. Made from SITE_URL, never from a request."""
    return settings.SITE_URL + reverse(name, args=[tokens.make(letter, purpose)])


def confirmation(letter: Letter) -> Mail:
    """Asks to confirm. Carries not one word that was typed: the address may belong to somebody else.

    So all of them say the same, up to the link.
    """
    mail = _confirmation(settings.ORGANISATION, settings.ORGANISATION_CONTACT, settings.MAIL_DOMAIN)
    own = link("confirm", letter, Purpose.CONFIRM)
    text, html = mail.text.replace(LINK, own), mail.html.replace(LINK, escape(own))
    return replace(mail, to=(Address(letter.supporter.email),), text=text, html=html)


@lru_cache(maxsize=2)
def _confirmation(organisation: str, contact: str, domain: str) -> Mail:
    """What every confirmation says. Made once, because one is mailed for each letter that is written."""
    return compose(
        "confirmation",
        {"link": LINK, "days": Purpose.CONFIRM.days, "organisation": organisation, "contact": contact},
        kind="confirmation",
        sender=sending_address("letters", domain, organisation),
        to=(Address(contact),),
        reply_to=contact,
    )


def copy(letter: Letter, mails: list[tuple[str, str, str]]) -> Mail:
    """The letter's words, for the person who confirmed it, and the private link.

    Args:
        letter: the confirmed letter.
        mails: (to line, subject, text) of each mail it became.
    """
    values = {"link": link("letter", letter, Purpose.STATUS), "mails": mails}
    tongue = letter.update.tongue
    return _notice("copy", letter, values, rtl_language=tongue.code if tongue.rtl else "")


def written_before(letter: Letter) -> Mail:
    """The kind truth for somebody who writes twice on one update; the page must not tell it."""
    return _notice("written_before", letter, {"link": link("letter", letter, Purpose.STATUS)}, kind="notice")


def written_anew(letter: Letter) -> Mail:
    """Says that a confirmed letter was written anew under a newer update before it left, and where to read it."""
    return _notice("written_anew", letter, {"link": link("letter", letter, Purpose.STATUS)}, kind="notice")


def asked_again(letter: Letter) -> Mail:
    """Asks whoever confirmed a letter to read it once more under a newer update. Carries no word of theirs."""
    values = {"link": link("confirm", letter, Purpose.CONFIRM), "days": Purpose.CONFIRM.days}
    return _notice("asked_again", letter, values, kind="confirmation")


def shows_less(letter: Letter) -> Mail:
    """Says that a confirmed letter was written anew, because its campaign lets out less, and where to read it."""
    return _notice("shows_less", letter, {"link": link("letter", letter, Purpose.STATUS)}, kind="notice")


def asked_to_show_less(letter: Letter) -> Mail:
    """Asks whoever confirmed a letter to read it without the words that told who they are. Carries none of them."""
    values = {"link": link("confirm", letter, Purpose.CONFIRM), "days": Purpose.CONFIRM.days}
    return _notice("asked_to_show_less", letter, values, kind="confirmation")


def asked_to_name_nobody(letter: Letter) -> Mail:
    """Asks whoever confirmed a letter to read it without the words that named somebody. Carries none of them."""
    values = {"link": link("confirm", letter, Purpose.CONFIRM), "days": Purpose.CONFIRM.days}
    return _notice("asked_to_name_nobody", letter, values, kind="confirmation")


def _notice(
    template: str, letter: Letter, values: Mapping[str, object], kind: str = "", rtl_language: str = ""
) -> Mail:
    return compose(
        template,
        {**values, "organisation": settings.ORGANISATION, "contact": settings.ORGANISATION_CONTACT},
        kind=kind or template,
        sender=sending_address("letters", settings.MAIL_DOMAIN, settings.ORGANISATION),
        to=(Address(letter.supporter.email),),
        reply_to=settings.ORGANISATION_CONTACT,
        rtl_language=rtl_language,
    )
