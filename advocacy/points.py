"""Owns the points of a letter: which of an update's asks it makes, and in which order.

A point is named by its number, from 1, as its update prints it. No numbers mean all of them as they are printed.
"""

from collections.abc import Iterable, Sequence

from advocacy.languages import DEFAULT, LANGUAGES, Language

#: What an ask may bring along at its end.
LIST_MARKS = " .;؛۔；。।"


def settled(count: int, stay: Iterable[int], chosen: Iterable[int]) -> tuple[int, ...]:
    """The points that a letter makes, once what must stay is in it.

    Args:
        count: how many asks the update has.
        stay: the numbers of those that every letter makes.
        chosen: the supporter's numbers, in their order. A number that means nothing is passed over.
    Returns:
        The numbers in their order; empty where that is all of them as printed. At least one is always made.
    """
    known = range(1, count + 1)
    numbers = [number for number in dict.fromkeys(chosen) if number in known]
    if not numbers:
        return ()
    numbers += [number for number in known if number in set(stay) and number not in numbers]
    return () if numbers == list(known) else tuple(numbers)


def made(asks: Sequence[str], stay: Iterable[int], chosen: Iterable[int]) -> list[str]:
    """The asks of a letter's points, in their order."""
    numbers = settled(len(asks), stay, chosen)
    return [asks[number - 1] for number in numbers] if numbers else list(asks)


def carried(old: Sequence[str], new: Sequence[str], stay: Iterable[int], chosen: Sequence[int]) -> tuple[int, ...]:
    """The points that were chosen of one update's asks, among those of another: what is asked in the same words.

    Returns:
        The numbers in the other update; empty where nothing was chosen, or nothing of it is asked any more.
    """
    words = [old[number - 1] for number in chosen if 0 < number <= len(old)]
    return settled(len(new), stay, [new.index(ask) + 1 for ask in words if ask in new])


def numbered(asks: Iterable[str], language: Language = LANGUAGES[DEFAULT]) -> str:
    """Asks as a numbered list: semicolons between them, a full stop at the end, as their language writes them."""
    items = [ask.rstrip(LIST_MARKS) for ask in asks]
    last = len(items)
    return "\n".join(f"{n}. {item}{language.end if n == last else language.between}" for n, item in enumerate(items, 1))


def lacking(asks: Sequence[str], stay: Iterable[int], text: str) -> list[str]:
    """Of the asks that must stay, those that a text does not make any more.

    Where none must stay by its number, one of them must all the same: then all are given back.
    """
    said = _plain(text)
    held = [ask for ask in asks if _plain(ask) in said]
    must = [asks[number - 1] for number in stay if 0 < number <= len(asks)]
    if must:
        return [ask for ask in must if ask not in held]
    return [] if held else list(asks)


def _plain(text: str) -> str:
    """A text without what changes none of its words: capitals, line ends, the last full stop."""
    return " ".join(text.casefold().split()).rstrip(LIST_MARKS)
