"""Owns which ask of one update became which ask of another: the same words, or nearly the same.

By it the comparison tells a changed ask from a new one, and an ask that stays in every letter is known again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

#: Asks with less in common are two asks.
SAME_ASK = 0.5
#: Longer lists of asks are not searched for changed ones.
MOST_ASKS = 60


def came_of(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """For each new ask the old one that it was made of: itself where it is the same, "" where there is none.

    No old ask is taken twice: one that is there more often than before is new.
    """
    spare = Counter(old)
    same = []
    for ask in new:
        same.append(spare[ask] > 0)
        spare[ask] -= same[-1]
    left = list((+spare).elements())
    found = []
    for ask, known in zip(new, same, strict=True):
        like = ask if known else _most_like(ask, left)
        if not known and like:
            left.remove(like)
        found.append(like)
    return found


def gone(old: Sequence[str], came: Iterable[str]) -> list[tuple[int, str]]:
    """(number, ask) of the old asks of which no new one came."""
    left = Counter(old) - Counter(came)
    found = []
    for number, ask in reversed(list(enumerate(old, 1))):
        if left[ask]:
            left[ask] -= 1
            found.append((number, ask))
    return found[::-1]


def in_another_order(old: Sequence[str], came: Iterable[str]) -> bool:
    """True where asks that stayed do not follow one another as before."""
    kept = [ask for ask in came if ask]
    lost = {number for number, _ in gone(old, kept)}
    return kept != [ask for number, ask in enumerate(old, 1) if number not in lost]


def _most_like(ask: str, others: Sequence[str]) -> str:
    """The ask that this one was made of; "" where there is none."""
    if len(others) > MOST_ASKS:
        return ""
    best, likeness = "", SAME_ASK
    for other in others:
        matcher = SequenceMatcher(None, other.split()[:100], ask.split()[:100], autojunk=False)
        if matcher.real_quick_ratio() > likeness and matcher.ratio() > likeness:
            best, likeness = other, matcher.ratio()
    return best


def that_stay(asks: Sequence[str], stay: Iterable[int]) -> list[str]:
    """The asks that every letter makes, in their words; ``stay`` are their numbers from 1."""
    return [asks[number - 1] for number in stay if 0 < number <= len(asks)]


def carried_over(old: Sequence[str], stay: Iterable[int], new: Sequence[str]) -> list[int]:
    """The numbers, among the new asks, of those that came of an ask which every letter made."""
    must = that_stay(old, stay)
    return [number for number, ask in enumerate(came_of(old, new), 1) if ask in must]
