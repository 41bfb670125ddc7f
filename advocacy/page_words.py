"""Owns the words of a case as one page shows them: as they were written, or in a translation.

The address alone says which language a page is in: no cookie, and nothing that a browser prefers, changes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from advocacy import translations
from advocacy.languages import Language, ordered
from advocacy.models import Campaign, Update
from advocacy.translations import Beside
from advocacy.wording import subject_of


@dataclass(frozen=True)
class Place:
    """Where a campaign's form stands: the names of its addresses, and the pages that are drawn there."""

    form: str
    written: str
    form_page: str
    written_page: str
    #: True in a frame on a page of others. Whoever owns that page can lay something over the frame: there a letter is
    #: taken only where it waits for a button on a page of ours.
    framed: bool = False

    def takes(self, campaign: Campaign) -> bool:
        """True where a letter of a campaign may be written here."""
        return campaign.writable and (campaign.confirmation or not self.framed)


PAGE = Place("campaign", "written", "advocacy/campaign.html", "advocacy/written.html")
FRAME = Place("embed", "embed-written", "advocacy/embed.html", "advocacy/embed_written.html", framed=True)


@dataclass(frozen=True)
class Piece:
    """One paragraph. ``stale``: it tells of an earlier text than the original; "" where it is not translated yet."""

    text: str
    stale: bool = False


@dataclass(frozen=True)
class Link:
    """One language that a page can be read in."""

    language: Language
    path: str
    here: bool


@dataclass(frozen=True)
class PageWords:
    """The words of one page."""

    language: Language
    path: str
    links: tuple[Link, ...]
    title: Piece
    summary: tuple[Piece, ...]
    facts: tuple[Piece, ...]
    asks: tuple[Piece, ...]
    additional_information: tuple[Piece, ...]
    #: In the order in which a form offers them.
    subjects: tuple[Piece, ...]
    #: The translation; None where the page is in the letter's own language.
    beside: Beside | None = None

    @property
    def code(self) -> str:
        """The tag in the page's address; "" for the letter's own language."""
        return self.language.code if self.beside else ""

    @property
    def stale(self) -> bool:
        """True where anything on the page tells of an earlier text."""
        return self.beside is not None and bool(self.beside.stale)

    @property
    def description(self) -> str:
        """The summary as one text, for programs that show links."""
        return " ".join(piece.text for piece in self.summary)


def path(slug: str, code: str = "", name: str = PAGE.form) -> str:
    """The address of a page of a campaign; ``code`` is "" for the page in the letter's own language."""
    return reverse(f"{name}-in", args=[slug, code]) if code else reverse(name, args=[slug])


def links(update: Update, here: str, place: Place) -> tuple[Link, ...]:
    """Every language that an update can be read in, the letter's own first."""
    slug = update.campaign.slug
    own = Link(update.tongue, path(slug, name=place.form), here == update.language)
    others = [one for one in ordered(row.language for row in update.translations.all()) if one != update.tongue]
    return (own, *(Link(one, path(slug, one.code, place.form), here == one.code) for one in others))


def of(update: Update, code: str = "", place: Place = PAGE) -> PageWords | None:
    """What the page of an update says in a language; None where it cannot be read in that one.

    Args:
        update: with its translations.
        code: the tag in the page's address; "" for the letter's own language.
        place: where the page stands. A page around a frame says its language, and need not know the letter's.
    """
    if not code or (place.framed and code == update.language):
        return in_its_own(update, place)
    row = next((one for one in update.translations.all() if one.language == code != update.language), None)
    return in_translation(update, translations.beside(update, row), place) if row else None


def in_its_own(update: Update, place: Place = PAGE) -> PageWords:
    """What the page says in the language that the letter is sent in."""
    parts = translations.pieces(update)
    told = {field: [Piece(text) for text in texts] for field, texts in parts.items()}
    return _words(update, update.tongue, told, None, place)


def in_translation(update: Update, beside: Beside, place: Place = PAGE) -> PageWords:
    """What the page says in a translation."""
    told = {field: [Piece(pair.words, pair.stale) for pair in beside.of(field)] for field in translations.FIELDS}
    return _words(update, beside.language, told, beside, place)


def _named(update: Update, subject: Piece) -> Piece:
    return replace(subject, text=subject_of(update, subject.text))


def _words(
    update: Update, tongue: Language, told: dict[str, list[Piece]], beside: Beside | None, place: Place
) -> PageWords:
    def parts(field: str) -> Sequence[Piece]:
        return tuple(told[field])

    return PageWords(
        language=tongue,
        path=path(update.campaign.slug, tongue.code if beside else "", place.form),
        links=links(update, tongue.code, place),
        title=next(iter(told["title"]), Piece("")),
        summary=tuple(parts("summary")),
        facts=tuple(parts("facts")),
        asks=tuple(parts("asks")),
        additional_information=tuple(parts("additional_information")),
        subjects=tuple(_named(update, one) for one in (*parts("letter_subject"), *parts("letter_subjects"))),
        beside=beside,
    )
