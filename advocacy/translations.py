"""Owns how a translation stands beside its original, paragraph by paragraph: what is lacking, older, or wrong.

The promise: a translated paragraph is shown beside the very paragraph that it was made from, or it is marked as older.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from advocacy import figures_alike
from advocacy.languages import DEFAULT, Language, is_not, language
from advocacy.merging import TOKEN, canonical, line_faults
from advocacy.models import Translation, Update
from advocacy.models.translation import Pieces
from advocacy.reading.languages import language_of

#: Field -> its label, in the order of a page.
FIELDS: Final = {
    "title": "Title",
    "summary": "Summary",
    "facts": "What happened",
    "asks": "What the letter asks",
    "additional_information": "Additional information",
    "letter_subject": "Subject of the letter",
    "letter_subjects": "Further subjects",
    "letter_text": "Letter",
}
#: Fields of several paragraphs, with an empty line between them.
PARAGRAPHS: Final = frozenset({"summary", "facts", "additional_information", "letter_text"})
#: Fields with tokens.
MERGED: Final = frozenset({"letter_subject", "letter_subjects", "letter_text"})
#: More paragraphs than this are no urgent action, and no form may have so many fields.
MOST_PIECES: Final = 300


@dataclass(frozen=True)
class Pair:
    """One paragraph of the original, and its translation."""

    field: str
    original: str
    #: "" while it is not written.
    words: str = ""
    #: The original's paragraph as it was when the translation was made; "" where there is none.
    made_from: str = ""

    @property
    def stale(self) -> bool:
        """True where the original has changed since."""
        return bool(self.words) and self.made_from != self.original

    @property
    def lacking(self) -> bool:
        """True while there is no translation."""
        return not self.words

    @property
    def token_fault(self) -> str:
        """What is wrong with its tokens, in a sentence; "" where both have the same."""
        if self.field not in MERGED or not self.words:
            return ""
        wanted, found = (sorted(map(canonical, TOKEN.findall(text))) for text in (self.original, self.words))
        if wanted == found:
            return " ".join(line_faults(self.words))
        listed = ", ".join(f"{{{token}}}" for token in sorted(TOKEN.findall(self.original)))
        return (
            f"Write in it what the original has: {listed}." if wanted else "The original has no words in braces here."
        )


@dataclass(frozen=True)
class Beside:
    """A translation beside its original."""

    language: Language
    #: Every paragraph of the original once, in its order.
    pairs: tuple[Pair, ...]
    #: Translated paragraphs whose original is gone, by field.
    left_over: tuple[Pair, ...] = ()
    #: The language of its original: a tag of ``advocacy.languages``.
    original: str = DEFAULT

    @property
    def apart(self) -> list[tuple[Pair, str]]:
        """The paragraphs whose numbers, dates or addresses are not those of their original, and how, in words.

        Of one that is marked as older, everybody knows that it says something else.
        """
        found = [(pair, self.figures(pair)) for pair in self.pairs]
        return [(pair, said) for pair, said in found if said]

    def figures(self, pair: Pair) -> str:
        """How the figures of one paragraph are apart from its original's; "" where they are not."""
        if not pair.words or pair.stale:
            return ""
        return figures_alike.apart(pair.original, pair.words, self.original, self.language.code)

    def of(self, field: str) -> list[Pair]:
        """The paragraphs of one field."""
        return [pair for pair in self.pairs if pair.field == field]

    @property
    def lacking(self) -> list[Pair]:
        """Paragraphs without a translation."""
        return [pair for pair in self.pairs if pair.lacking]

    @property
    def stale(self) -> list[Pair]:
        """Paragraphs whose original has changed since."""
        return [pair for pair in self.pairs if pair.stale]

    @property
    def whole(self) -> bool:
        """True where every paragraph of the original has its translation, with the same tokens."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """Why it must not be public, in whole sentences."""
        name, lacking = self.language.name, len(self.lacking)
        found = []
        if lacking:
            where = ", ".join(dict.fromkeys(FIELDS[pair.field] for pair in self.lacking))
            found.append(f"{name} lacks {lacking} paragraph{'s' if lacking > 1 else ''} ({where}). {FINISH}")
        wrong = [pair for pair in self.pairs if pair.token_fault]
        found += [f"{name}, {FIELDS[pair.field]}, “{start(pair.words)}”: {pair.token_fault}" for pair in wrong]
        return found


FINISH = "Finish this translation, or throw it away: the page goes live without it."


def start(text: str, most: int = 40) -> str:
    """The beginning of a text, to name it by."""
    line = text.replace("\n", " ")
    return line if len(line) <= most else f"{line[:most].rstrip()} …"


def pieces(update: Update) -> Pieces:
    """The paragraphs of an update, field by field."""
    return {field: _pieces(getattr(update, field)) for field in FIELDS}


def _pieces(value: str | list[str]) -> list[str]:
    parts = value if isinstance(value, list) else value.split("\n\n")
    return [part.strip() for part in parts if part.strip()]


def joined(field: str, parts: Sequence[str]) -> str | list[str]:
    """Paragraphs as the update's own field holds them."""
    return list(parts) if field == "asks" else "\n\n".join(parts)


def beside(update: Update, translation: Translation) -> Beside:
    """A stored translation beside what its update says now."""
    found = aligned(pieces(update), translation.tongue, translation.words, translation.made_from)
    return replace(found, original=update.language)


def begun(update: Update, code: str) -> Beside:
    """A translation that nobody has begun yet."""
    return replace(aligned(pieces(update), language(code), {}, {}), original=update.language)


def aligned(now: Pieces, tongue: Language, words: Pieces, made_from: Pieces) -> Beside:
    """Lay translated paragraphs beside an original that may have changed since.

    A paragraph that stands in the original still, wherever, is found again; of the others each takes the place of what
    stood between the same neighbours. Nobody has to write what is only tokens.
    """
    pairs: list[Pair] = []
    left: list[Pair] = []
    for field in FIELDS:
        then = made_from.get(field, [])
        told = [*words.get(field, []), *[""] * len(then)][: len(then)]
        known = [Pair(field, "", words, original) for words, original in zip(told, then, strict=True)]
        places = _places(then, now[field])
        for original, place in zip(now[field], places, strict=True):
            found = known[place] if place is not None else Pair(field, "")
            pairs.append(_laid(found, original))
        left += [pair for at, pair in enumerate(known) if at not in places and pair.words]
    return Beside(tongue, tuple(pairs), tuple(left))


def _laid(found: Pair, original: str) -> Pair:
    """A known translation beside a paragraph. One of nothing but tokens says the same in every language."""
    if found.field in MERGED and _only_tokens(original) and _only_tokens(found.words):
        return Pair(found.field, original, original, original)
    return replace(found, original=original, made_from=found.made_from if found.words else "")


def _only_tokens(text: str) -> bool:
    return not TOKEN.sub("", text).strip()


def _places(then: Sequence[str], now: Sequence[str]) -> list[int | None]:
    """For each paragraph of now its place among those of then; None for a new one."""
    same: dict[str, list[int]] = defaultdict(list)
    for at, text in reversed(list(enumerate(then))):
        same[text].append(at)
    places: list[int | None] = [same[text].pop() if same.get(text) else None for text in now]
    taken = set(places)
    after: dict[int, list[int]] = defaultdict(list)  # the kept paragraph before it -> those that changed, in order
    last = -1
    for at in range(len(then)):
        if at in taken:
            last = at
        else:
            after[last].append(at)
    last = -1
    for at, place in enumerate(places):
        if place is not None:
            last = place
        elif after[last]:
            places[at] = after[last].pop(0)
    return places


def stored(pairs: Iterable[Pair]) -> tuple[Pieces, Pieces]:
    """``words`` and ``made_from`` of a translation, as its row holds them."""
    words: Pieces = {field: [] for field in FIELDS}
    made_from: Pieces = {field: [] for field in FIELDS}
    for pair in pairs:
        words[pair.field].append(pair.words)
        made_from[pair.field].append(pair.made_from if pair.words else "")
    return words, made_from


def all_beside(update: Update) -> list[Beside]:
    """Every translation of an update, in the order of a page."""
    now = pieces(update)
    return [
        replace(aligned(now, one.tongue, one.words, one.made_from), original=update.language)
        for one in sorted(update.translations.all(), key=lambda one: one.tongue.name)
    ]


def faults(update: Update) -> list[str]:
    """What is half done among an update's translations: with it, nothing is published."""
    found = []
    for one in all_beside(update):
        if one.language.code == update.language:
            found.append(f"The letter itself is in {one.language.name}. Throw the translation of that name away.")
        else:
            found += one.faults
    return found


def doubts(update: Update) -> list[str]:
    """What is allowed, but often a mistake: older translations, and words that are not in the language they go by."""
    texts = {"The page": f"{update.title} {update.summary} {update.facts}", "The letter": update.letter_text}
    found = [
        f"{whose} does not look like {update.tongue.name}, the language that the letter is said to be in."
        for whose, text in texts.items()
        if text.strip() and is_not(update.language, language_of(text))
    ]
    if update.campaign.live_update_id is None:  # Else each of them is an alarm of the comparison.
        found += [
            f"{one.language.name}, {FIELDS[pair.field]}, “{start(pair.words)}”: {said}"
            for one in all_beside(update)
            for pair, said in one.apart
        ]
    return found + [
        f"{one.language.name} is older than its original in {len(one.stale)} "
        f"paragraph{'s' if len(one.stale) > 1 else ''}. Its readers see them marked."
        for one in all_beside(update)
        if one.stale
    ]
