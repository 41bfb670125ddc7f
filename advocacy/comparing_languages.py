"""Owns what a draft's translations say otherwise than the live update's, and the language of its letter.

A language that goes, and another language of the letter, are alarms: both change what people get without a word of
the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from advocacy.comparing import COMPARED, TEXTS, Difference
from advocacy.text_diff import Budget, Kind, by_word

LABELS = {**TEXTS, "asks": "Asks", "letter_subjects": "Further subjects"}


@dataclass(frozen=True)
class Told:
    """The language of a letter, and its translations: language -> field -> paragraphs. Languages by English name."""

    letter: str
    translations: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


Found = tuple[list[Difference], list[Difference], list[str]]


def compare_languages(live: Told, new: Told) -> Found:
    """Set the languages of a draft beside the live update's.

    Returns:
        Alarms, other differences, and the labels of what both say.
    """
    budget = Budget()
    alarms: list[Difference] = []
    others: list[Difference] = []
    same: list[str] = []
    if live.letter != new.letter:
        question = "Every letter is sent in this language from then on. Is that meant, and is the letter written in it?"
        parts = tuple(by_word(live.letter, new.letter, budget))
        alarms.append(Difference("Language of the letter", parts, question, COMPARED))
    for name in live.translations:
        if name not in new.translations:
            question = f"The live page can be read in {name}, and the draft cannot. Is that meant?"
            parts = tuple(by_word(name, "", budget))
            alarms.append(Difference(f"Translation: {name}", parts, question, "I know that this language goes"))
    for name, words in new.translations.items():
        if name not in live.translations:
            others.append(Difference(f"Translation: {name}", tuple(by_word("", _whole(words), budget))))
            continue
        for one, label in LABELS.items():
            old, now = (_text(told.get(one, ())) for told in (live.translations[name], words))
            difference = Difference(f"In {name}: {label}", tuple(by_word(old, now, budget)))
            if any(part.kind is not Kind.KEPT for part in difference.parts):
                others.append(difference)
            elif now:
                same.append(difference.label)
    return alarms, others, same


def _text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(paragraphs)


def _whole(words: Mapping[str, Sequence[str]]) -> str:
    return "\n\n".join(_text(words[one]) for one in LABELS if words.get(one))
