"""Owns the links that are mailed to a supporter: signed, bound to one purpose and one letter, and expiring.

Keys rotate by SECRET_KEY_FALLBACKS. A token says nothing of who wrote.
"""

import secrets
from datetime import timedelta
from enum import Enum

from django.core import signing

from advocacy.models import Letter, Update


class Purpose(Enum):
    """What a link is good for, and for how long."""

    CONFIRM = ("letter-confirm", timedelta(days=7))
    STATUS = ("letter-status", timedelta(days=365))

    @property
    def days(self) -> int:
        """How long a link of this purpose works."""
        return self.value[1].days


def make(letter: Letter, purpose: Purpose) -> str:
    """A token for one letter and one purpose. Uses only letters, digits, ``-``, ``_`` and ``.``."""
    return signing.TimestampSigner(sep=".", salt=purpose.value[0]).sign(letter.code)


def read(token: str, *purposes: Purpose) -> Letter | None:
    """The letter that a token speaks of.

    Args:
        token: from a link.
        purposes: those that are good here.
    Returns:
        The letter with its update, campaign and supporter; None for a token that is forged, expired, cut short, made
        for another purpose, or whose letter is gone. All of these look alike.
    """
    for purpose in purposes:
        salt, age = purpose.value
        try:
            code = signing.TimestampSigner(sep=".", salt=salt).unsign(token, max_age=age)
        except signing.BadSignature:
            continue
        rows = Letter.objects.select_related("update__campaign__live_update", "supporter")
        return rows.filter(code=code).first()
    return None


FORM_SALT = "letter-form"
FORM_AGE = timedelta(hours=24)


class FormToken(Enum):
    """What a form's token says of it."""

    GOOD = "good"
    #: The page was open for more than a day, or its campaign has a newer update now or shows more or less of a writer.
    STALE = "stale"
    #: Not a token of this campaign's page at all.
    FOREIGN = "foreign"


def make_form_token(update: Update) -> str:
    """A token that shows a form came from this update's page. Stands in for a CSRF cookie: public pages set none."""
    return signing.TimestampSigner(sep=".", salt=FORM_SALT).sign(_shown(update))


def _shown(update: Update) -> str:
    """What the page was about, and how much of a supporter it said that letters show at most."""
    return f"{update.stream}/{update.campaign.most_identity}"


def read_form_token(token: str, update: Update) -> FormToken:
    """Whether a form came from the page of this update, within a day."""
    signer = signing.TimestampSigner(sep=".", salt=FORM_SALT)
    try:
        shown, fresh = signer.unsign(token, max_age=FORM_AGE), True
    except signing.SignatureExpired:
        shown, fresh = signer.unsign(token), False
    except signing.BadSignature:
        return FormToken.FOREIGN
    if shown.partition("/")[0] != update.campaign.slug:
        return FormToken.FOREIGN
    return FormToken.GOOD if fresh and shown == _shown(update) else FormToken.STALE


SLIP_SALT = "sent-elsewhere"
#: Somebody may print a letter today, post it on Saturday, and tell us then.
SLIP_AGE = timedelta(days=14)


def make_slip(update: Update) -> str:
    """A token for one page on which somebody may say that they sent the letter themselves. Its number is random."""
    return signing.TimestampSigner(sep=".", salt=SLIP_SALT).sign(
        f"{update.campaign.slug}/{update.pk}/{secrets.token_urlsafe(16)}"
    )


def read_slip(token: str, slug: str) -> tuple[int, str] | None:
    """What such a page was about.

    Returns:
        The update's key, and the page's own random number; None where it is not of this campaign or too old.
    """
    try:
        about = signing.TimestampSigner(sep=".", salt=SLIP_SALT).unsign(token, max_age=SLIP_AGE)
    except signing.BadSignature:
        return None
    campaign, key, page = about.split("/")
    return (int(key), page) if campaign == slug else None
