"""Owns how long a letter is and how easily it is read, as hints for whoever writes its template.

The measure is a small one of our own: words in a sentence. What is read in one breath is read; nothing else is claimed.
"""

import re
from dataclasses import dataclass

from advocacy.merging import TOKEN

#: Characters that a whole letter may have: more is no letter, and no supporter could edit it.
LONGEST_LETTER = 6000
#: Words on a page with its head, its addresses and its signature.
WORDS_ON_A_PAGE = 350
#: Signs on a page of a script that puts no spaces between words.
SIGNS_ON_A_PAGE = 700
#: A sentence with more words than this is hard to follow when it is heard once.
LONG_SENTENCE = 30
#: The average up to which a letter reads easily, and from which it is hard.
EASY, HARD = 18, 24
_SENTENCE_END = re.compile(r"(?<=[.?!…。？！])[\"”’)]*\s+|(?<=[。？！])|\n\s*\n|:\s*\n|;\s*\n")
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’\-])*")
_SIGNS = re.compile("[\u0e00-\u0fff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
#: Points after which no sentence ends.
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|Art|para|e\.g|i\.e|[A-Z])\.$")
#: Signs at the end of a piece that tell whether it ends so, and one before them.
_TAIL = 8


@dataclass(frozen=True)
class Reading:
    """How one finished letter reads."""

    words: int
    pages: float
    #: Words in an average sentence.
    average: float
    #: The long sentences, each with its number of words.
    long: list[tuple[int, str]]

    @property
    def hints(self) -> list[str]:
        """What may be better, each a whole sentence; never a reason to refuse a letter."""
        found = []
        if self.pages > 1:
            found.append(
                f"The letter has {self.words} words, about {self.pages:.1f} pages. One page is read; of two, often the "
                "first only."
            )
        for count, sentence in self.long:
            found.append(f"A sentence of {count} words: “{_begin(sentence)}” Make two of it.")
        if self.average > HARD:
            found.append(
                f"A sentence has {self.average:.0f} words on average. Below {EASY} it reads easily, above {HARD} it is "
                "hard to follow."
            )
        return found

    @property
    def summary(self) -> str:
        """Length and ease in one line."""
        pages = "less than half a page" if self.pages < 0.5 else f"about {_pages(self.pages)}"
        if not self.average:
            return f"{self.words} words, {pages}."
        ease = "easy to read" if self.average <= EASY else "hard to read" if self.average > HARD else "readable"
        return f"{self.words} words, {pages}; {self.average:.0f} words in an average sentence: {ease}."


def _pages(pages: float) -> str:
    return "one page" if pages <= 1 else f"{pages:.1f} pages"


def _begin(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


def reading(text: str) -> Reading:
    """How a finished letter, or a template, reads."""
    signs = len(_SIGNS.findall(text))
    words = len(_WORD.findall(_SIGNS.sub(" ", text)))
    counted = [(len(_WORD.findall(one)), one) for one in _sentences(text)] if signs <= words else []
    counted = [(count, one) for count, one in counted if count > 3]
    average = sum(count for count, _ in counted) / len(counted) if counted else 0.0
    long = [(count, one) for count, one in counted if count > LONG_SENTENCE]
    return Reading(words + signs, words / WORDS_ON_A_PAGE + signs / SIGNS_ON_A_PAGE, average, long)


def _sentences(text: str) -> list[str]:
    """A text's sentences; the items of a list are sentences of their own."""
    found: list[list[str]] = []
    for piece in _SENTENCE_END.split(TOKEN.sub(" ", text)):
        words = " ".join(re.sub(r"(?m)^\d+\. ", "", piece).split())
        if words and found and _ABBREVIATION.search(found[-1][-1][-_TAIL:]):
            found[-1].append(words)
        elif words:
            found.append([words])
    return [" ".join(pieces) for pieces in found]


def length_faults(text: str) -> list[str]:
    """Why a finished letter is too long to be sent; empty where it is not."""
    if len(text) <= LONGEST_LETTER:
        return []
    return [f"The letter has {len(text):,} characters; {LONGEST_LETTER:,} fit. Shorten it: one page is read."]
