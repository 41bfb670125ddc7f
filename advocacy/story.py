"""Owns the words in which a supporter reads what became of a letter. We say what a mail server answered, never more."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from advocacy.models import ChangedLetter, Letter
from advocacy.models.changeover import Answer, Outcome
from mailings import reports
from mailings.reports import MessageReport, RecipientReport

#: What the supporter reads, by our own state of a message.
MESSAGE_WORDS = {
    "held": "Waiting for you to confirm it",
    "queued": "In line; it leaves when their office hours and our pace allow",
    "sending": "Being handed to our mail provider now",
    "sent": "Handed to our mail provider",
    "failed": "Could not be sent. We are looking into it; you need do nothing",
    "in_doubt": "The line broke while we handed it over. A person is finding out whether it left",
    "cancelled": "Withdrawn. It was not sent",
}
#: The same, by the provider's word on one address.
RECIPIENT_WORDS = {
    "unknown": "No word yet",
    "sent": "On its way to their mail server",
    "deferred": "Their mail server asked us to wait; the provider tries again",
    "soft_bounce": "Their mail server did not take it this time",
    "delivered": "Their mail server accepted it",
    "bounced": "Their mail server sent it back",
    "complained": "The office marked it as unwanted",
    "rejected": "Our provider would not carry it to this address",
    "suppressed": "Not mailed: this address has asked for no more, or does not exist",
}
TONES = {
    "held": ("quiet", "pause"),
    "queued": ("info", "lines"),
    "sending": ("info", "dots"),
    "sent": ("info", "arrow"),
    "failed": ("bad", "cross"),
    "in_doubt": ("doubt", "ask"),
    "cancelled": ("quiet", "slash"),
    "deferred": ("wait", "clock"),
    "soft_bounce": ("wait", "return"),
    "delivered": ("good", "tick"),
    "bounced": ("bad", "return"),
    "complained": ("bad", "flag"),
    "rejected": ("bad", "slash"),
    "suppressed": ("quiet", "minus"),
}
#: What it meant for a letter that its campaign lets out less.
LESS_WORDS = {
    Outcome.ANEW: _("It was written anew, and shows less of you"),
    Outcome.ASKED: _("Words that told more were left out, and you were asked to confirm it once more"),
    Outcome.CANCELLED: _("So it was withdrawn, and not sent"),
    Outcome.LEFT: _("Your letter had begun to leave; what had not, was withdrawn"),
}
#: The same of a name in it that the campaign must not say.
UNSAID_WORDS = {
    Outcome.ANEW: _("It was written anew without it"),
    Outcome.ASKED: _("Your words with it were left out, and you were asked to confirm it once more"),
    Outcome.CANCELLED: _("So it was withdrawn, and not sent"),
    Outcome.LEFT: _("Your letter had begun to leave"),
}


@dataclass(frozen=True)
class Line:
    """One step of a letter as its writer reads it."""

    at: datetime
    words: str
    tone: str
    icon: str
    #: A mail server's own words, where they explain something.
    quote: str = ""


def lines(letter: Letter, mails: list[MessageReport]) -> list[Line]:
    """Step by step, oldest first: written, confirmed, handed over, what each office's server said."""
    found = [Line(letter.written_at, "You wrote it", "quiet", "pencil")]
    if letter.confirmed_at:
        words = "You confirmed it" if letter.update.campaign.confirmation else "You sent it"
        found.append(Line(letter.confirmed_at, words, "quiet", "tick"))
    if letter.withdrawn_at:
        found.append(Line(letter.withdrawn_at, "It was withdrawn, and not sent", "quiet", "slash"))
    found += [_change(change) for change in letter.changes.select_related("changeover__update")]
    for mail in mails if letter.confirmed_at else ():
        names = {recipient.address.lower(): recipient.name for recipient in mail.recipients}
        names[reports.ONE_OF_THEM] = "One of its addresses"
        found += [line for step in _without_repeats(reports.story(mail.uid)) if (line := _line(step, names))]
    return sorted(found, key=lambda line: line.at)


def _change(change: ChangedLetter) -> Line:
    """What another update, a campaign that lets out less, or a name that must not be said meant for this letter."""
    outcome = Outcome(change.outcome)
    if change.changeover.answer == Answer.UNSAID:
        words = "{} {}".format(_("We learned that a name in it could harm somebody."), UNSAID_WORDS[outcome])
        return Line(change.at, words, "info", "info")
    if change.changeover.answer == Answer.LESS:
        less = LESS_WORDS[outcome]
        words = "{} {}".format(_("The campaign now lets out less of its supporters."), less)
        return Line(change.at, words, "info", "info")
    words = {
        Outcome.ANEW: "It was written anew with the newer facts",
        Outcome.ASKED: "You were asked to read and confirm it once more",
        Outcome.CANCELLED: "So it was withdrawn, and not sent",
        Outcome.LEFT: "Your letter had begun to leave, and stayed as it was",
    }[outcome]
    return Line(change.at, f"{change.changeover.update.name} was published. {words}", "info", "info")


def _without_repeats(steps: list[reports.StoryLine]) -> list[reports.StoryLine]:
    """The story without the looks for evidence in the middle of a doubt: to its writer it is one doubt."""
    kept: list[reports.StoryLine] = []
    for step in steps:
        own = [line for line in kept if not line.address]
        if not (step.state == "in_doubt" and own and own[-1].state == "in_doubt"):
            kept.append(step)
    return kept


def _line(step: reports.StoryLine, names: dict[str, str]) -> Line | None:
    """What one step means to the writer; None for those that only staff need."""
    tone, icon = TONES.get(step.state, ("quiet", "dots"))
    if step.address:
        if step.state not in RECIPIENT_WORDS or step.state in {"unknown", "sent"}:
            return None
        name = names.get(step.address.lower(), step.address)
        quote = step.note if step.state in {"bounced", "deferred", "rejected", "soft_bounce"} else ""
        return Line(step.at, f"{name}: {_lower_first(RECIPIENT_WORDS[step.state])}", tone, icon, quote)
    if step.state in {"sent", "failed", "in_doubt", "cancelled"}:
        words = "We handed it to our mail provider" if step.state == "sent" else MESSAGE_WORDS[step.state]
        return Line(step.at, words, tone, icon)
    return None


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def headline(letter: Letter, mails: list[MessageReport]) -> str:
    """The best thing that is known for the office written to, as the page's heading."""
    if letter.withdrawn_at:
        return "This letter was withdrawn"
    if not letter.confirmed_at and not letter.update.campaign.writable:
        return "Your letter was not sent"
    if not letter.confirmed_at:
        return "Your letter waits for you to confirm it"
    if not mails:
        return "Your letter"
    mail = mails[0]
    to = mail.addressed("to")
    if mail.status == "sent" and to:
        return _recipient_headline(to[0])
    return {
        "pause": "Your letter waits for the end of a pause",
        "address": "Your letter waits: the office’s address does not work, and we look for another",
        "held": "Your letter waits to leave",
        "queued": "Your letter is in line to leave",
        "sending": "Your letter is being handed over now",
        "sent": "Your letter is on its way",
        "failed": "Your letter could not be sent",
        "in_doubt": "We are finding out whether your letter left",
        "cancelled": "Your letter was not sent",
    }[mail.shown]


def patience(letter: Letter, mails: list[MessageReport], now: datetime) -> str:
    """Why a confirmed letter has not left yet, in a sentence or two; "" where it does not stand in line."""
    if not letter.confirmed_at or all(mail.status != "queued" for mail in mails):
        return ""
    campaign = letter.update.campaign
    if now >= letter.confirmed_at + campaign.random_delay:
        return f"{MESSAGE_WORDS['queued']}."
    return (
        f"In line; it leaves within {campaign.random_delay_hours} hours, at a moment drawn by chance, when their "
        "office hours and our pace allow. So the time of sending tells nothing about you."
    )


def _recipient_headline(to: RecipientReport) -> str:
    return {
        "delivered": f"The mail server of {to.name} accepted your letter",
        "deferred": f"The mail server of {to.name} asked us to wait",
        "soft_bounce": f"The mail server of {to.name} did not take your letter this time",
        "bounced": f"The mail server of {to.name} sent your letter back",
        "complained": f"The office of {to.name} marked your letter as unwanted",
        "rejected": "Our provider would not carry your letter",
        "suppressed": "Your letter was not mailed",
    }.get(to.status, "Your letter is on its way")
