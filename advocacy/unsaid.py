"""Owns the names that a campaign must not say, such as a relative's, and where they stand in a text all the same.

A name is found as whole words, whatever its capitals and its accents, also where words run together as they do in
Chinese. The list itself goes on no public page: what is quoted is what somebody typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from advocacy.models import Target, Update
from advocacy.models.office import PRINTED

#: Letters with a stroke or without a dot, which Unicode does not take apart, and two spellings of one Arabic letter.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h",
                        "ə": "e", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه"})  # fmt: skip
#: Accents, the vowel signs of Arabic and Hebrew, and what only stretches or joins letters.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u00ad\u20d0-\u20ff\ufe20-\ufe2f]"
)
#: Scripts that put no space between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.
_RUNS_ON = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
#: Korean, whose endings follow a name without a space.
_TAKES_ENDINGS = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
#: What carries a word on: a letter, a digit, a vowel sign of India.
_BEGINS = "(?<![^\\W_])(?<![\u0900-\u0dff])"
_ENDS = "(?![^\\W_]|[\u0900-\u0dff])"
#: Little words (and, by, for, like, in, from) that these scripts write before a name without a space.
_LED_BY = ((re.compile("[\u0600-\u06ff]"), "[وفبلك]{0,2}"), (re.compile("[\u0590-\u05ff]"), "[והבלמשכ]{0,2}"))
#: Letters of a name: a shorter one would be found in every text.
SHORTEST, SHORTEST_WHERE_WORDS_RUN_ON, LONGEST = 3, 2, 100
#: Where in an update a name would be public.
_PLACES = {
    "country": "country",
    "title": "title",
    "summary": "summary",
    "facts": "account of what happened",
    "additional_information": "additional information",
    "letter_text": "letter",
}


def fold(text: str) -> str:
    """A text as names are compared: without capitals, accents and vowel signs, in one spelling of each letter."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_PLAIN)


def found(names: Iterable[str], text: str) -> list[str]:
    """The names that stand in a text, as it has them, each once."""
    pattern = _pattern(tuple(names))
    if pattern is None or not pattern.search(fold(text)):
        return []
    # Only now, because it is slow: sign by sign, and from where each came.
    pieces = [fold(char) for char in text]
    origin = [place for place, piece in enumerate(pieces) for _ in piece]
    spans = [match.span() for match in pattern.finditer("".join(pieces))]
    return list(dict.fromkeys(text[origin[start] : origin[end - 1] + 1] for start, end in spans))


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds any of the names in a folded text; None where there are none."""
    split = [[word for word in re.split(r"[\W_]+", fold(name)) if word] for name in names]
    # The longest first, so that a whole name is quoted and not a part of it.
    words = sorted((one for one in split if one), key=lambda one: len("".join(one)), reverse=True)
    return re.compile("|".join(_whole(one) for one in words)) if words else None


def _whole(words: Sequence[str]) -> str:
    """A pattern of a name's folded words, one after the other, with nothing that carries the first or last one on."""
    name = "[\\W_]{1,3}".join(map(re.escape, words))
    first, last = words[0][0], words[-1][-1]
    before = next((led for script, led in _LED_BY if script.match(first)), "")
    begins = "" if _RUNS_ON.match(first) else _BEGINS
    ends = "" if _RUNS_ON.match(last) or _TAKES_ENDINGS.match(last) else _ENDS
    return f"{begins}{before}{name}{ends}"


def runs_on(word: str) -> bool:
    """True where every sign of a word is of a script that writes whole names without a space."""
    return all(_RUNS_ON.match(char) or _TAKES_ENDINGS.match(char) for char in word)


def name_fault(name: str) -> str:
    """Why a name cannot be on the list, in a sentence; "" where it can."""
    letters = [char for char in fold(name) if char.isalpha()]
    runs_on = any(_RUNS_ON.match(char) or _TAKES_ENDINGS.match(char) for char in letters)
    if len(letters) < (SHORTEST_WHERE_WORDS_RUN_ON if runs_on else SHORTEST):
        return f"“{name}” is too short to be told from a word. Write the whole name."
    if len(name) > LONGEST:
        return f"“{name[:30]} …” has {len(name)} characters; {LONGEST} fit. Write one name on each line."
    return ""


def update_faults(update: Update) -> list[str]:
    """Where an update says a name that its campaign must not say, each a whole sentence for the campaigner."""
    names = update.campaign.not_to_be_said
    if not names:
        return []
    texts = [(f"The {words}", getattr(update, field)) for field, words in _PLACES.items()]
    texts += [(f"Ask {number}", ask) for number, ask in enumerate(update.asks, 1)]
    texts += [("A subject of the letter", subject) for subject in update.subjects]
    texts += [
        (f"What is printed of {target.name or 'an office'}", text)
        for target in update.targets.all()
        for text in _printed(target)
    ]
    texts += [
        (f"The translation into {one.tongue.name}", part)
        for one in update.translations.all()
        for part in _parts(one.words)
    ]
    return [
        f"{where} names “{name}”. This campaign must not say that name: it could harm them. Take it out."
        for where, text in texts
        for name in found(names, text)
    ]


def _parts(words: Mapping[str, Sequence[str]]) -> list[str]:
    return [part for parts in words.values() for part in parts]


def _printed(target: Target) -> list[str]:
    """Everything that an update prints of an office, and of those that stand for it by country."""
    said = [getattr(target, name) for name in PRINTED]
    said += [row[name] for row in target.by_country for name in PRINTED if name in row]
    return [text for one in said for text in (one if isinstance(one, list) else [one])]


def refusal(names: Iterable[str], text: str) -> str:
    """Why a supporter's words cannot go out, kindly; "" where they can."""
    return refusal_of(found(names, text))


def refusal_of(said: Sequence[str]) -> str:
    """The same of names that were found; "" where there are none."""
    if not said:
        return ""
    return f"Please do not name {_quoted(said)} here: it could harm them. The letter is as strong without it."


def desk_refusal(names: Iterable[str], text: str) -> str:
    """Why words of the desk cannot be kept, which a page or the audit trail would say for ever; "" where they can."""
    said = found(names, text)
    if not said:
        return ""
    return f"This campaign must not say {_quoted(said)}: it could harm them. What you write here cannot be taken back."


def _quoted(said: Iterable[str]) -> str:
    return " and ".join(f"“{' '.join(name.split())}”" for name in said)
