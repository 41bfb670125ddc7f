"""Owns the test mail that somebody at the desk sends to themselves: one, marked, however many offices there are."""

from django.conf import settings
from django.utils import timezone

from advocacy.models import Update
from advocacy.wording import Choices, letter_mails
from mailings import outbox
from mailings.compose import Address, Mail, compose, sending_address
from mailings.outbox import Posting
from mailings.text import clean_address


def mail(update: Update, choices: Choices, to: str) -> Mail:
    """What every office would get from one sample supporter, in one mail.

    Args:
        update: a draft, or a published one.
        choices: the sample supporter's.
        to: the clean address of whoever tries it.
    Raises:
        mailings.text.UnfitText: where the words may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    mails = [(_line(one.to), _line(one.cc), one.subject, one.text) for one in letter_mails(update, choices)]
    return compose(
        "trial",
        {
            "title": str(update),
            "mails": mails,
            "organisation": settings.ORGANISATION,
            "contact": settings.ORGANISATION_CONTACT,
        },
        kind="notice",
        sender=sending_address("letters", settings.MAIL_DOMAIN, settings.ORGANISATION),
        to=(Address(to),),
        reply_to=settings.ORGANISATION_CONTACT,
        rtl_language=update.language if update.tongue.rtl else "",
    )


def _line(addresses: tuple[Address, ...]) -> str:
    return ", ".join(str(address) for address in addresses)


def send(update: Update, choices: Choices, *, to: str, by: str) -> bool:
    """Post the test mail. It takes the road of every mail, so that it looks as mails of this site do.

    Args:
        to: the address in the account of whoever asked; never one that was typed.
        by: who asked.
    Returns:
        False where this person has sent a test of this update within the same minute.
    Raises:
        mailings.text.UnfitText: where the address is none, or the words may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    made = mail(update, choices, clean_address(to))
    minute = int(timezone.now().timestamp()) // 60
    posting = Posting(made, dedupe_key=f"trial-{update.pk}-{by}-{minute}"[:100], stream=update.stream)
    return bool(outbox.post_together([posting]))
