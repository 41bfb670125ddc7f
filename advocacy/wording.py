"""Owns the words of a letter: an update's letter, its tokens and one supporter's choices become finished mails.

The preview and the letter that leaves are made by the same call with the same choices. A value put in for a token is
never looked at for tokens again, and of its writer only that leaves which the level of identity lets out.
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django_countries import countries

from advocacy import identities, unsaid
from advocacy.identities import Shown
from advocacy.merging import merge, span_of
from advocacy.models import Target, Update
from advocacy.models.identity import FULL, Level
from advocacy.models.target import TargetRole
from advocacy.points import made, numbered
from mailings.compose import Address, Mail, compose, sending_address
from mailings.text import Block, UnfitText, blocks, clean_line

#: What a salutation may end with, in any script; a colon is added to another.
SALUTATION_ENDS = ":,!،：，！"
#: Code -> name, in the one language of our letters.
COUNTRIES: dict[str, str] = dict(countries)
#: What a supporter who edits the whole text sees where a value will stand.
MARKS = {
    "own_words": "[my own words]",
    "supporter_name": "[my name]",
    "place": "[my town and country]",
    "country": "[my country]",
    "target_name": "[their name]",
    "target_title": "[their title]",
}
OWN_WORDS_MARK = MARKS["own_words"]


@dataclass(frozen=True)
class Choices:
    """What one supporter decided about a letter. All of it is clean text already."""

    name: str
    city: str
    country: str
    own_words: str = ""
    subject: str = ""
    #: The edited middle of the letter; "" leaves it as the update has it.
    body: str = ""
    #: Numbers of the points in their order; empty: all as printed. An edited middle holds its points itself.
    points: tuple[int, ...] = ()
    #: A ``Level``: how much of the supporter leaves.
    level: str = Level.PLACE
    #: The first name or the pen name that leaves at the levels of that name.
    shown_name: str = ""

    @property
    def country_name(self) -> str:
        """The country's name; "" for none."""
        return COUNTRIES.get(self.country, "")

    @property
    def place(self) -> str:
        """Town and country, as the signature shows them."""
        return ", ".join(part for part in (self.city, self.country_name) if part)


@dataclass(frozen=True)
class Sample(Choices):
    """What an empty form shows in the letter."""

    name: str = "Your name"
    city: str = "Your town"
    country: str = ""
    shown_name: str = "The name you choose"

    @property
    def country_name(self) -> str:
        """As people will see it once they have chosen it."""
        return COUNTRIES.get(self.country, "") if self.country else "your country"

    @property
    def place(self) -> str:
        """As people will see it once they have typed it."""
        return f"{self.city or 'Your town'}, {self.country_name}"


def letter_mails(update: Update, choices: Choices) -> list[Mail]:
    """The emails that one letter becomes: one per ``to`` target, the copies on the first.

    Args:
        update: the update it is written on; its targets and letter are used as they stand.
        choices: the supporter's own. Whatever they are, no more leaves than the campaign lets out.
    Returns:
        Finished mails in the order of the targets.
    Raises:
        mailings.text.UnfitText: where a value may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    writer = shown_of(update, choices)
    to, copies = written_to(update, choices, writer), _with_address(update, choices, writer, TargetRole.COPY)
    if not to:
        raise ValueError("This update names nobody to write to who has an email address")
    return [_mail(update, choices, writer, target, copies if number == 0 else []) for number, target in enumerate(to)]


def written_to(update: Update, choices: Choices, writer: Shown) -> list[Target]:
    """The offices that the letter's mails go to, as its writer sees them, in the order of the mails."""
    return _with_address(update, choices, writer, TargetRole.TO)


def _with_address(update: Update, choices: Choices, writer: Shown, role: TargetRole) -> list[Target]:
    return [target for target in offices(update, choices, writer) if target.role == role and target.email]


def offices(update: Update, choices: Choices, writer: Shown) -> list[Target]:
    """Everybody whom a supporter's letter goes to, in the order of the update."""
    # Where the level hides the country, the embassy of that country would tell it.
    country = choices.country if writer.country else ""
    return [target.seen_from(country) for target in update.targets.all()]


def shown_of(update: Update, choices: Choices) -> Shown:
    """What the offices read of the writer, within what the campaign lets out.

    Raises:
        mailings.text.UnfitText: where the level shows a name that nobody wrote down.
    """
    return shown_at(identities.within(choices.level, update.campaign.most_identity), choices)


def shown_at(level: Level, choices: Choices) -> Shown:
    """What offices read of the writer at a level, whatever the campaign lets out by now: of a letter that is frozen."""
    return identities.shown(
        level,
        settings.ORGANISATION,
        name=choices.name,
        shown_name=choices.shown_name,
        place=choices.place,
        country=choices.country_name,
    )


def _mail(update: Update, choices: Choices, writer: Shown, target: Target, copies: list[Target]) -> Mail:
    campaign = update.campaign
    text = letter_text(update, choices, writer, target)
    subject = choices.subject or subject_of(update, update.letter_subject)
    if campaign.reference not in subject and campaign.reference not in text:
        subject = f"{campaign.reference}: {subject}"
    return compose(
        "letter",
        {
            "letter": text,
            "copies": [copied(copy) for copy in copies],
            "name": writer.sent_for,
            "answered": writer.answered,
            "organisation": settings.ORGANISATION,
        },
        kind="letter",
        sender=sending_address(campaign.slug, settings.MAIL_DOMAIN, writer.name),
        to=(Address(target.email, target.mail_name),),
        cc=tuple(Address(copy.email, copy.mail_name) for copy in copies),
        reply_to=campaign.mailbox or settings.MAIL_REPLY_TO,
        subject=subject,
        rtl_language=update.language if update.tongue.rtl else "",
    )


def copied(target: Target) -> str:
    """An office on the line that says who gets a copy."""
    return f"{target.name}, {target.office}" if target.office else target.name


def refuse_traces(update: Update, choices: Choices) -> None:
    """Nothing, where a supporter's words may leave at the level of identity and under the campaign's rules.

    Raises:
        mailings.text.UnfitText: where they tell what shall not leave, or name whom they could harm.
    """
    writer = shown_of(update, choices)
    typed = (choices.subject, choices.body, choices.own_words)
    if writer.level not in FULL:
        usual = usual_words(update)
        for text in typed:
            trace = identities.trace(text, choices.name, choices.city, usual=usual, shown=writer.sent_for)
            if trace:
                raise UnfitText(identities.trace_words(trace))
    refusal = names_somebody(update, choices, writer)
    if refusal:
        raise UnfitText(refusal)


def names_somebody(update: Update, choices: Choices, writer: Shown) -> str:
    """Why a supporter's words cannot go out that say a name which the campaign must not say; "" where they can."""
    names = update.campaign.not_to_be_said
    if not names:
        return ""
    # A subject that the update offers is the desk's word, and the desk is told of it.
    subject = "" if choices.subject in usual_subjects(update) else choices.subject
    texts = (subject, choices.body, choices.own_words, writer.signature)
    refusal = next((refusal for text in texts if (refusal := unsaid.refusal(names, text))), "")
    return refusal or unsaid.refusal_of(_named_together(update, choices, writer))


def _named_together(update: Update, choices: Choices, writer: Shown) -> list[str]:
    """Names that only the finished letter says, because one part of them stands in one place and one in another."""
    if not choices.body and not choices.own_words:
        return []
    names, bare = update.campaign.not_to_be_said, replace(choices, body="", own_words="")
    said: list[str] = []
    for target in written_to(update, choices, writer):
        usual = unsaid.found(names, letter_text(update, bare, writer, target))
        said += unsaid.found(names, letter_text(update, choices, writer, target))
        said = [name for name in dict.fromkeys(said) if name not in usual]
    return said


def usual_words(update: Update) -> str:
    """What a supporter's version of subject and text may hold because the update's own does."""
    return "\n".join([editable_body(update), *update.subjects])


def subject_of(update: Update, template: str) -> str:
    """One of an update's subjects, as it leaves."""
    return merge(template, {"reference": update.campaign.reference})


def usual_subjects(update: Update) -> list[str]:
    """The subjects that an update offers, in the form in which they are stored."""
    found = [clean_line(subject_of(update, template)) for template in update.subjects]
    # The second form stands where neither the subject nor the text of an early update names the case.
    return [*found, *(f"{update.campaign.reference}: {subject}" for subject in found)]


def letter_text(update: Update, choices: Choices, writer: Shown, target: Target) -> str:
    """The letter itself, from its salutation to its signature, without the copy line and the closing line."""
    text = with_body(update.letter_text, choices.body) if choices.body else update.letter_text
    salutation = target.salutation or f"Dear {target.mail_name}"
    return merge(
        text,
        {
            "target_salutation": salutation if salutation[-1] in SALUTATION_ENDS else f"{salutation}:",
            "target_name": target.name,
            "target_title": target.title,
            "own_words": choices.own_words,
            "points": numbered(made(update.asks, update.points_that_stay, choices.points), update.tongue),
            "supporter_name": writer.name,
            "place": writer.place,
            "country": writer.country,
            "signature": writer.signature,
            "reference": update.campaign.reference,
        },
    )


def editable_body(update: Update) -> str:
    """The middle of the letter as a supporter may edit it: without salutation and signature, asks written out."""
    middle = _between_salutation_and_signature(update.letter_text)
    return merge(
        middle, {**MARKS, "points": numbered(update.asks, update.tongue), "reference": update.campaign.reference}
    )


def with_body(template: str, body: str) -> str:
    """The update's letter with its middle replaced by a supporter's text, in which braces are only braces.

    Own words stand where the supporter left the mark; without it they follow the text.
    """
    middle = _between_salutation_and_signature(template)
    harmless = body.replace("{", "(").replace("}", ")")
    placed = harmless.replace(OWN_WORDS_MARK, "{own_words}", 1).replace(OWN_WORDS_MARK, "")
    if "{own_words}" not in placed:
        placed += "\n\n{own_words}"
    for name, mark in MARKS.items():
        placed = placed.replace(mark, f"{{{name}}}")
    return template.replace(middle, placed, 1)


def _between_salutation_and_signature(template: str) -> str:
    between = template[span_of(template, "target_salutation")[1] : span_of(template, "signature")[0]].strip()
    paragraphs = between.split("\n\n")
    # The closing ("Yours sincerely,") belongs to the signature.
    return "\n\n".join(paragraphs[:-1]) if len(paragraphs) > 1 else between


@dataclass(frozen=True)
class PaperBlock:
    """A paragraph or list of a letter as a page shows it; ``own`` marks the supporter's words by a rule beside them."""

    block: Block
    own: bool


def paper(text: str, own_words: str = "") -> list[PaperBlock]:
    """A frozen text as the page shows it, paragraph by paragraph."""
    own = {block.text for block in blocks(own_words)}
    return [PaperBlock(block, block.text in own) for block in blocks(text)]
