"""Owns the supporter's act: write, confirm, withdraw. It ends in the outbox.

The promise: one supporter, one update, one letter, however often and however fast the form is sent; nothing leaves
before its writer confirmed it where the campaign asks for that; what is confirmed is what was shown. The page that
called learns nothing about who wrote before: that goes by mail.
"""

from dataclasses import fields, replace
from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from advocacy import adding, identities, notices, supporters
from advocacy.models import Letter, Supporter, Update
from advocacy.models.campaign import SENDABLE, WRITABLE
from advocacy.models.identity import Level
from advocacy.wording import Choices, letter_mails, names_somebody, refuse_traces, shown_at, shown_of
from mailings import outbox, reports
from mailings.compose import Address, Mail
from mailings.outbox import Posting
from mailings.text import address_key

#: A second link within this time would be a second copy of a mail that is surely still on its way.
LINK_PAUSE = timedelta(minutes=10)
#: After so many links a mailbox is left in peace for a day, so that the form cannot be used to fill it.
MOST_LINKS = 4
LINK_DAY = timedelta(days=1)


class CampaignEnded(Exception):
    """The campaign was stopped or closed since its page was shown."""


class CampaignChanged(Exception):
    """It has another live update since then, or settings under which the letter would be another one."""


def write(update: Update, email: str, choices: Choices) -> None:
    """Take a supporter's letter.

    Args:
        update: the live update of a campaign that is open or paused.
        email: the supporter's clean address.
        choices: theirs, clean.
    Raises:
        mailings.text.UnfitText: where the words may not stand in a mail; nothing is stored then.
        CampaignEnded: where it was stopped or closed meanwhile; nothing is stored then.
        CampaignChanged: where it is not what it was when ``update`` was read; nothing is stored then.
    """
    refuse_traces(update, choices)
    mails = letter_mails(update, choices)  # Words that cannot be mailed are refused before anything is stored.
    level = shown_of(update, choices).level
    kept = replace(choices, subject=mails[0].subject, level=level)
    supporter = Supporter(email=email, email_key=address_key(email))
    letter = Letter(update=update, supporter=supporter, mode=settings.MAIL_MODE, **vars(kept))
    # Every word is made before the transaction opens: SQLite lets nobody else write while it lasts.
    link = _first_link(letter) if update.campaign.confirmation else None
    with transaction.atomic():
        truth = adding.add(letter)
        if truth.status not in WRITABLE:
            raise CampaignEnded
        known = (update.pk, link is not None, update.campaign.most_identity)
        if (truth.live_update_id, truth.confirmation, truth.most_identity) != known:
            raise CampaignChanged
        if letter.pk:
            _write_first(letter, mails, link)
        else:
            _write_again(letter, kept, mails)


def _first_link(letter: Letter) -> Mail:
    letter.links_mailed, letter.link_mailed_at = 1, timezone.now()
    return notices.confirmation(letter)


def _write_first(letter: Letter, mails: list[Mail], link: Mail | None) -> None:
    """Freeze the words of a letter that is new, and mail its link with them or let it go at once."""
    postings = letter_postings(letter, mails)
    if link:
        # To the mailbox as we know it, should it have been spelt otherwise this time.
        link = replace(link, to=(Address(letter.supporter.email),))
        postings.append(_notice_posting(letter, "link", link, number=letter.links_mailed))
    outbox.post_together(postings)
    if not link:
        _let_go_at_once(_locked(pk=letter.pk))


def _write_again(written: Letter, kept: Choices, mails: list[Mail]) -> None:
    """Take what somebody wrote who has a letter on this update already."""
    letter = _locked(update=written.update, supporter=written.supporter.pk, mode=written.mode)
    if letter.confirmed:
        _tell_that_it_was_written(letter)
    elif letter.withdrawn_at or choices_of(letter) != kept:
        _write_afresh(letter, kept, mails)
    elif letter.update.campaign.confirmation:
        _mail_link(letter)


def choices_of(letter: Letter) -> Choices:
    """The choices that a stored letter was made with."""
    values = {field.name: getattr(letter, field.name) for field in fields(Choices)}
    return Choices(**{**values, "points": tuple(letter.points)})


def name_refusal(letter: Letter) -> str:
    """Why a letter cannot leave that says a name which its campaign must not say by now, for its writer; "" else."""
    if not letter.update.campaign.not_to_be_said:
        return ""
    choices = choices_of(letter)
    return names_somebody(letter.update, choices, shown_at(Level(letter.level), choices))


def says_a_name(letter: Letter) -> bool:
    """True where a letter says a name that its campaign must not say by now."""
    return bool(name_refusal(letter))


def locked(code: str) -> Letter | None:
    """A letter that nobody else changes before the present transaction ends; None where it is gone."""
    return _locked(code=code) if Letter.objects.filter(code=code).exists() else None


def _locked(**named: object) -> Letter:
    rows = Letter.objects.select_related("update__campaign", "supporter")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    # PostgreSQL drops a row from the join that it waited for and that is under another update by now: asked once more.
    return rows.filter(**named).first() or rows.get(**named)


def _write_afresh(letter: Letter, choices: Choices, mails: list[Mail]) -> None:
    """Freeze other words in the outbox; the earlier ones are withdrawn."""
    outbox.withdraw(letter.code, note="Written afresh by its writer")
    for name, value in vars(choices).items():
        setattr(letter, name, value)
    letter.version += 1
    letter.withdrawn_at = None
    letter.written_at = timezone.now()
    letter.save()
    outbox.post_together(letter_postings(letter, mails))
    if letter.update.campaign.confirmation:
        _mail_link(letter)
    else:
        _let_go_at_once(letter)


def _let_go_at_once(letter: Letter) -> None:
    if says_a_name(letter):  # By a list that is newer than the page it was written on.
        raise CampaignChanged
    _let_go(letter)


def letter_postings(letter: Letter, mails: list[Mail]) -> list[Posting]:
    """A letter's mails to offices, held until it may leave; named by its version, so that no two are one."""
    return [
        Posting(
            mail,
            dedupe_key=f"letter-{letter.code}-{letter.version}-{number}",
            stream=letter.update.stream,
            reference=letter.code,
            held=True,
        )
        for number, mail in enumerate(mails, 1)
    ]


def _mail_link(letter: Letter) -> None:
    """Mail a link to confirm, unless one is surely on its way or this mailbox had enough of them."""
    now = timezone.now()
    quiet = now - letter.link_mailed_at if letter.link_mailed_at else LINK_DAY
    if quiet < LINK_PAUSE or (letter.links_mailed % MOST_LINKS == 0 and letter.links_mailed and quiet < LINK_DAY):
        return
    letter.links_mailed += 1
    letter.link_mailed_at = now
    letter.save(update_fields=["links_mailed", "link_mailed_at"])
    post_notice(letter, "link", notices.confirmation(letter), number=letter.links_mailed)


def _tell_that_it_was_written(letter: Letter) -> None:
    day = timezone.now().date().toordinal()
    post_notice(letter, "again", notices.written_before(letter), number=day)


def post_notice(letter: Letter, name: str, mail: Mail, number: int) -> None:
    """Mail a letter's writer something once: ``name`` and ``number`` say which time it is."""
    outbox.post(_notice_posting(letter, name, mail, number))


def _notice_posting(letter: Letter, name: str, mail: Mail, number: int) -> Posting:
    key = f"{name}-{letter.code}-{number}"
    return Posting(mail, dedupe_key=key, stream=letter.update.stream, reference=letter.code)


class Confirmed(Enum):
    """What came of pressing the button."""

    NOW = "now"
    BEFORE = "before"
    CHANGED = "changed"
    SHOWS_MORE = "shows_more"
    NAMES_SOMEBODY = "names_somebody"
    WITHDRAWN = "withdrawn"
    CAMPAIGN_ENDED = "campaign_ended"
    OTHER_MODE = "other_mode"


def confirm(letter: Letter, version: int) -> Confirmed:
    """Let a letter go: its writer read this version and pressed the button.

    Args:
        letter: from the link in the mail.
        version: the version that the page showed.
    Returns:
        What came of it. Of twenty who press at once, one gets ``NOW``; what ``SHOWS_MORE`` than the campaign lets out
        by now stays here, and so does what ``NAMES_SOMEBODY`` whom it must not name by now.
    """
    with transaction.atomic():
        truth = adding.keep(
            letter.update.campaign
        )  # Before the letter, as in ``write``: else two could wait in a ring.
        locked = _locked(pk=letter.pk)
        refusal = _refusal(locked, version)
        if refusal is None and locked.level in identities.above(truth.most_identity):
            refusal = Confirmed.SHOWS_MORE
        if refusal is None and says_a_name(locked):
            refusal = Confirmed.NAMES_SOMEBODY
        if refusal is None and not _let_go(locked):
            refusal = Confirmed.WITHDRAWN
    return refusal or Confirmed.NOW


def _refusal(letter: Letter, version: int) -> Confirmed | None:
    if letter.confirmed:
        return Confirmed.BEFORE
    if letter.mode != settings.MAIL_MODE:
        return Confirmed.OTHER_MODE
    if letter.withdrawn_at:
        return Confirmed.WITHDRAWN
    if not letter.update.campaign.writable:
        return Confirmed.CAMPAIGN_ENDED
    return Confirmed.CHANGED if letter.version != version else None


def _let_go(letter: Letter) -> bool:
    """Release the frozen mails and send their writer a copy. In a paused campaign they wait for its end.

    Returns False where staff have withdrawn every one of them meanwhile; the letter is then withdrawn as well.
    """
    campaign = letter.update.campaign
    note = "Confirmed from the link" if campaign.confirmation else "This campaign sends at once"
    if campaign.random_delay_hours:
        note += f". It leaves within {campaign.random_delay_hours} hours, at a moment drawn by chance"
    now = timezone.now()
    if campaign.live_update_id == letter.update_id:
        campaign.live_update = letter.update  # Nobody needs to look it up.
    paused = campaign.status not in SENDABLE or campaign.past_deadline(now)
    if not outbox.release(letter.code, into_pause=paused, note=note, delay=campaign.random_delay):
        Letter.objects.filter(pk=letter.pk).update(withdrawn_at=now)
        return False
    letter.confirmed_at = now
    letter.save(update_fields=["confirmed_at"])
    if campaign.confirmation:
        supporters.remember(letter)
    # Without a confirmation nobody knows whose mailbox it is: then the mail carries the link and none of the words.
    shown = reports.letters_under(letter.code) if campaign.confirmation else []
    mails = [(_to_line(report), report.subject, report.text) for report in shown]
    post_notice(letter, "copy", notices.copy(letter, mails), number=letter.version)
    return True


def _to_line(report: reports.MessageReport) -> str:
    return ", ".join(f"{recipient.name} <{recipient.address}>" for recipient in report.addressed("to"))


def withdraw(letter: Letter) -> bool:
    """Take a letter back before it was confirmed. Returns False where it had been confirmed or withdrawn before."""
    with transaction.atomic():
        rows = Letter.objects.filter(pk=letter.pk, confirmed_at=None, withdrawn_at=None)
        if not rows.update(withdrawn_at=timezone.now()):
            return False
        outbox.withdraw(letter.code, note="Withdrawn by its writer")
    return True
