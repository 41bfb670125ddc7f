"""Owns the words of a letter: an update's letter, its tokens and one supporter's choices become finished mails.

The preview and the letter that leaves are made by the same call with the same choices. A value put in for a token is
never looked at for tokens again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django_countries import countries

from advocacy.models import Target, Update
from advocacy.models.target import TargetRole
from mailings.compose import Address, Mail, compose, sending_address
from mailings.text import Block, blocks

#: What a letter's text may hold, and what it becomes. The only merge there is: no template of a person is ever
#: compiled.
TOKENS = {
    "salutation": "how the office is addressed",
    "own_words": "the supporter's own words, or nothing",
    "asks": "what the letter asks for, numbered",
    "signature": "the supporter's name and place",
    "reference": "the case's reference, such as UA 61/21",
}
#: Code -> name, in the one language of our letters.
COUNTRIES = dict(countries)
NEEDED_TOKENS = ("salutation", "asks", "signature")
TOKEN = re.compile(r"\{([a-z_]+)\}")
#: Where a supporter who edits the whole text wants the own words to stand.
OWN_WORDS_MARK = "[my own words]"


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

    @property
    def place(self) -> str:
        """Town and country, as the signature shows them."""
        country = COUNTRIES.get(self.country, "")
        return ", ".join(part for part in (self.city, country) if part)


@dataclass(frozen=True)
class Sample(Choices):
    """What an empty form shows in the letter."""

    name: str = "Your name"
    city: str = "Your town"
    country: str = ""

    @property
    def place(self) -> str:
        """As people will see it once they have typed it."""
        country = COUNTRIES.get(self.country, "") if self.country else "your country"
        return f"{self.city or 'Your town'}, {country}"


def letter_mails(update: Update, choices: Choices) -> list[Mail]:
    """The emails that one letter becomes: one per ``to`` target, the copies on the first.

    Args:
        update: the update it is written on; its targets and letter are used as they stand.
        choices: the supporter's own.
    Returns:
        Finished mails in the order of the targets.
    Raises:
        mailings.text.UnfitText: where a value may not stand in a mail.
        ValueError: where the update has nobody to write to.
    """
    targets = [target.seen_from(choices.country) for target in update.targets.all()]
    to = [target for target in targets if target.role == TargetRole.TO and target.email]
    copies = [target for target in targets if target.role == TargetRole.COPY and target.email]
    if not to:
        raise ValueError("This update names nobody to write to who has an email address")
    return [_mail(update, choices, target, copies if number == 0 else []) for number, target in enumerate(to)]


def _mail(update: Update, choices: Choices, target: Target, copies: list[Target]) -> Mail:
    campaign = update.campaign
    return compose(
        "letter",
        {
            "letter": letter_text(update, choices, target),
            "copies": [f"{copy.name}, {copy.office}" if copy.office else copy.name for copy in copies],
            "name": choices.name,
            "organisation": settings.ORGANISATION,
        },
        kind="letter",
        sender=sending_address(campaign.slug, settings.MAIL_DOMAIN, choices.name),
        to=(Address(target.email, target.mail_name),),
        cc=tuple(Address(copy.email, copy.mail_name) for copy in copies),
        reply_to=campaign.mailbox or settings.MAIL_REPLY_TO,
        subject=choices.subject or merge(update.letter_subject, {"reference": campaign.reference}),
    )


def letter_text(update: Update, choices: Choices, target: Target) -> str:
    """The letter itself, from its salutation to its signature, without the copy line and the closing line."""
    text = with_body(update.letter_text, choices.body) if choices.body else update.letter_text
    salutation = target.salutation or f"Dear {target.mail_name}"
    return merge(
        text,
        {
            "salutation": salutation if salutation[-1] in ":,!" else f"{salutation}:",
            "own_words": choices.own_words,
            "asks": numbered(update.asks),
            "signature": "\n".join(part for part in (choices.name, choices.place) if part),
            "reference": update.campaign.reference,
        },
    )


def merge(text: str, values: dict[str, str]) -> str:
    """Put values in for tokens, in one pass. A paragraph whose only token is empty goes away; unknown tokens stay."""
    merged = TOKEN.sub(lambda found: values.get(found[1], found[0]), text)
    return re.sub(r"\n{3,}", "\n\n", merged).strip()


def numbered(asks: Iterable[str]) -> str:
    """The asks as a numbered list: semicolons between them, a full stop at the end."""
    items = [ask.rstrip(" .;") for ask in asks]
    last = len(items)
    return "\n".join(f"{n}. {item}{'.' if n == last else ';'}" for n, item in enumerate(items, 1))


def editable_body(update: Update) -> str:
    """The middle of the letter as a supporter may edit it: without salutation and signature, asks written out."""
    middle = _between_salutation_and_signature(update.letter_text)
    return merge(
        middle,
        {"own_words": OWN_WORDS_MARK, "asks": numbered(update.asks), "reference": update.campaign.reference},
    )


def with_body(letter_text: str, body: str) -> str:
    """The update's letter with its middle replaced by a supporter's text, in which braces are only braces.

    Own words stand where the supporter left the mark; without it they follow the text.
    """
    middle = _between_salutation_and_signature(letter_text)
    harmless = body.replace("{", "(").replace("}", ")")
    placed = harmless.replace(OWN_WORDS_MARK, "{own_words}", 1).replace(OWN_WORDS_MARK, "")
    if "{own_words}" not in placed:
        placed += "\n\n{own_words}"
    return letter_text.replace(middle, placed, 1)


def _between_salutation_and_signature(text: str) -> str:
    after = text.partition("{salutation}")[2]
    before = after.partition("{signature}")[0]
    paragraphs = before.strip().split("\n\n")
    # The closing ("Yours sincerely,") belongs to the signature.
    return "\n\n".join(paragraphs[:-1]) if len(paragraphs) > 1 else before.strip()


def letter_faults(letter_text: str) -> list[str]:
    """What is wrong with an update's letter, each a whole sentence for the campaigner; empty where it is sound."""
    found = TOKEN.findall(letter_text)
    unknown = sorted(set(found) - set(TOKENS))
    missing = [token for token in NEEDED_TOKENS if token not in found]
    faults = [f"The letter has {{{token}}}, which means nothing. Use one of those listed." for token in unknown]
    faults += [f"The letter lacks {{{token}}}: {TOKENS[token]}." for token in missing]
    once = TOKENS.keys() - {"reference"}
    faults += [f"The letter has {{{token}}} more than once." for token in sorted(once) if found.count(token) > 1]
    if not missing and not found.index("salutation") < found.index("asks") < found.index("signature"):
        faults.append("Salutation, asks and signature must stand in this order.")
    return faults


@dataclass(frozen=True)
class PaperBlock:
    """A paragraph or list of a letter as a page shows it; ``own`` marks the supporter's words by a rule beside them."""

    block: Block
    own: bool


def paper(text: str, own_words: str = "") -> list[PaperBlock]:
    """A frozen text as the page shows it, paragraph by paragraph."""
    own = {block.text for block in blocks(own_words)}
    return [PaperBlock(block, block.text in own) for block in blocks(text)]
