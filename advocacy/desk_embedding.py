"""Owns what the desk says of a campaign's form on pages of others: the lines to copy, and which sites may show it."""

from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from advocacy import page_words
from advocacy.languages import Language
from advocacy.models import Campaign, Update
from advocacy.page_words import PageWords

#: The title goes into a title and a link; the address of the page around the frame goes nowhere.
SCRIPT = (
    '<script src="{site}/embed.js" data-campaign="{slug}"{language} data-title="{title}" '
    'referrerpolicy="no-referrer" async></script>\n'
    '<noscript><a href="{site}{path}">{title}</a></noscript>'
)


@dataclass(frozen=True)
class Snippet:
    """The lines for pages in one language, as plain text."""

    language: Language
    text: str


@dataclass(frozen=True)
class Embedding:
    """What there is to say. The first of the snippets is in the letter's own language."""

    snippets: list[Snippet]
    hosts: list[str]

    @property
    def first(self) -> Snippet:
        """The lines that follow the language of the page around them."""
        return self.snippets[0]


def of(campaign: Campaign) -> Embedding | None:
    """What to put into pages of others; None where a campaign has no form that may stand there."""
    update = campaign.live_update
    if update is None or not page_words.FRAME.takes(campaign):
        return None
    update.campaign = campaign
    told = [page_words.of(update, link.language.code) for link in page_words.links(update, "", page_words.PAGE)]
    words = [page_words.in_its_own(update), *filter(None, told)]
    return Embedding([_snippet(update, one) for one in words], settings.EMBED_HOSTS)


def _snippet(update: Update, words: PageWords) -> Snippet:
    with translation.override(words.language.code):
        title = gettext("Write a letter: %(case)s") % {"case": words.title.text}
    text = SCRIPT.format(
        site=escape(settings.SITE_URL),
        slug=update.campaign.slug,
        language=f' data-language="{words.code}"' if words.code else "",
        title=escape(title),
        path=words.path,
    )
    return Snippet(words.language, text)
