"""Owns the difference between two texts, word by word or character by character, in a bounded number of steps.

The promise: the parts that are kept or removed, put together, are the old text; those kept or added are the new one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Scripts that put no space between words, there every character counts as one: Han, kana, and their punctuation.
UNSPACED = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
WORD = re.compile(rf"(?:[{UNSPACED}]|[^\W{UNSPACED}]+(?:['’\-][^\W{UNSPACED}]+)*|[^\w\s])?\s*")
SENTENCE = re.compile(r"[^.!?。！？؟\n]*[.!?。！？؟\n]*\s*")
#: Below this share of common words a sentence was written anew, and shows so.
WRITTEN_ANEW = 0.35
#: Of a page: about half a second on a slow machine.
STEPS = 2_000_000


class Kind(StrEnum):
    """What became of a part."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Part:
    """A stretch of text. In a kept one, ``old`` and ``new`` may differ in white space."""

    kind: Kind
    old: str
    new: str


class Budget:
    """How many steps of comparing are left. What it does not reach shows as removed and added in one piece."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def take(self, steps: int) -> bool:
        """True where so many were left; they are gone then."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def by_word(old: str, new: str, budget: Budget | None = None) -> list[Part]:
    """What became of the words of a text; white space alone is no difference. Chinese goes by character.

    Sentences are told apart first, so that a long text costs little where little of it changed.
    """
    budget = budget or Budget()
    parts: list[Part] = []
    for one in _parts(_cut(SENTENCE, old), _cut(SENTENCE, new), _bare, budget):
        if one.kind is Kind.KEPT:
            parts.append(one)
        else:
            parts += _words(one.old, one.new, budget)
    return _joined(parts)


def by_character(old: str, new: str, budget: Budget | None = None) -> list[Part]:
    """What became of each character, with the marks that stand on it; white space counts."""
    return _joined(list(_split(_parts(_characters(old), _characters(new), str, budget or Budget()))))


def _words(old: str, new: str, budget: Budget) -> list[Part]:
    if not old or not new:
        return list(_split([Part(Kind.REMOVED, old, new)]))
    parts = list(_split(_parts(_cut(WORD, old), _cut(WORD, new), _bare, budget)))
    kept = sum(len(part.new) for part in parts if part.kind is Kind.KEPT)
    if kept < WRITTEN_ANEW * min(len(old), len(new)):
        return list(_split([Part(Kind.REMOVED, old, new)]))
    return parts


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found[0] for found in pattern.finditer(text) if found[0]]


def _bare(token: str) -> str:
    return " ".join(token.split())


def _characters(text: str) -> list[str]:
    found: list[str] = []
    for sign in text:
        if found and unicodedata.combining(sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _parts(old: Sequence[str], new: Sequence[str], key: Callable[[str], str], budget: Budget) -> list[Part]:
    """Kept parts, and between them changed ones (as ``REMOVED``) that carry both sides."""
    parts: list[Part] = []
    at_old = at_new = 0
    matches = _matches([key(token) for token in old], [key(token) for token in new], budget)
    for start, other, size in [*matches, (len(old), len(new), 0)]:
        gone, come = "".join(old[at_old:start]), "".join(new[at_new:other])
        if gone or come:
            parts.append(Part(Kind.REMOVED, gone, come))
        at_old, at_new = start + size, other + size
        if size:
            parts.append(Part(Kind.KEPT, "".join(old[start:at_old]), "".join(new[other:at_new])))
    return parts


def _matches(old: list[str], new: list[str], budget: Budget) -> list[tuple[int, int, int]]:
    """Where both run alike: (place in old, place in new, length), in order."""
    begin, end = 0, 0
    shorter = min(len(old), len(new))
    while begin < shorter and old[begin] == new[begin]:
        begin += 1
    while end < shorter - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    found = [(0, 0, begin), (len(old) - end, len(new) - end, end)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    # The search below looks at each place in ``new`` that holds a token of ``old``.
    costs, often = [0], Counter(new)
    for token in old:
        costs.append(costs[-1] + 1 + often[token])
    waiting = [(begin, len(old) - end, begin, len(new) - end)]
    while waiting:
        a, z, b, y = waiting.pop()
        if a >= z or b >= y or not budget.take(costs[z] - costs[a]):
            continue
        match = matcher.find_longest_match(a, z, b, y)
        if match.size:
            found.append((match.a, match.b, match.size))
            waiting += [(a, match.a, b, match.b), (match.a + match.size, z, match.b + match.size, y)]
    return sorted(one for one in found if one[2])


def _split(parts: list[Part]) -> Iterator[Part]:
    """Each changed part as what went, then what came."""
    for part in parts:
        if part.kind is Kind.KEPT:
            yield part
            continue
        if part.old:
            yield Part(Kind.REMOVED, part.old, "")
        if part.new:
            yield Part(Kind.ADDED, "", part.new)


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbours of one kind as one part."""
    found: list[Part] = []
    for part in parts:
        if found and found[-1].kind is part.kind:
            found[-1] = Part(part.kind, found[-1].old + part.old, found[-1].new + part.new)
        else:
            found.append(part)
    return found
