"""Owns how offices are addressed: a salutation typed into a letter, or one that does not fit its office."""

import re

from advocacy.merging import TOKEN, canonical
from advocacy.models import Target
from advocacy.reading import DraftTarget

#: Ranks of which nobody holds two, by the words that name them. A letter to one must not be addressed to another.
RANKS = {
    "President": ("president", "président", "présidente", "presidente", "presidenta", "präsident", "präsidentin"),
    "Ambassador": ("ambassador", "ambassadress", "ambassadeur", "ambassadrice", "embajador", "botschafter"),
    "Minister": ("minister", "ministre", "ministro", "ministra"),
    "Governor": ("governor", "gouverneur", "gobernador", "gobernadora"),
    "Chancellor": ("chancellor", "chancelier", "canciller", "kanzler"),
    "King": ("king", "roi", "rey", "könig"),
    "Queen": ("queen", "reine", "reina", "königin"),
    "Mayor": ("mayor", "maire", "alcalde", "alcaldesa", "bürgermeister"),
    "Judge": ("judge", "juge", "juez", "jueza", "richter"),
}  # fmt: skip
#: Ranks that people are called by as well: Martin King is no king.
_SURNAMES = frozenset({"King", "Queen", "Mayor", "Judge", "Chancellor"})
_RANK_OF = {word: rank for rank, words in RANKS.items() for word in words}
#: An organisation that tells the rank where the title does not.
_HOUSES = {"embassy": "Ambassador", "ambassade": "Ambassador", "embajada": "Ambassador", "ministry": "Minister"}
_WORD = re.compile(r"[^\W\d_]+")
_POLITE = (
    r"(?:dear|honou?rable|esteemed|respected|your (?:excellency|majesty|honou?r|royal highness|eminence|holiness)"
    r"|excellency|excellence|mr|mrs|ms|mme|madam|madame|sir|monsieur|chère?|estimad[oa]|señora?|sehr geehrter?)"
)
#: A line that does nothing but address somebody.
_HAIL_LINE = re.compile(rf"^\s*{_POLITE}\b[^.?!]{{0,80}}[,:]?\s*$", re.IGNORECASE)
_RANKS = "|".join(word for word, rank in _RANK_OF.items() if rank not in _SURNAMES)
#: Somebody addressed by rank in the middle of a sentence.
_HAILED = re.compile(
    rf"\b(?:mr\.?|mrs\.?|madame?|monsieur(?: le)?|madame (?:la|le)|your excellency(?:,? the)?|dear)\s+"
    rf"(?:{_RANKS})\b",
    re.IGNORECASE,
)
#: So long is a line that only addresses somebody, in words.
_LONGEST_HAIL = 10


def letter_faults(letter_text: str) -> list[str]:
    """Where a template addresses an office in words of its own, each a whole sentence for the campaigner."""
    faults = []
    for line in letter_text.split("\n"):
        tokens = [canonical(name) for name in TOKEN.findall(line)]
        rest = TOKEN.sub("", line).strip(" ,:;")
        if "target_salutation" in tokens and _is_hail(rest):
            faults.append(
                f"“{line.strip()}” would greet twice: {{target_salutation}} brings its own words. Let it stand alone."
            )
        elif "target_salutation" not in tokens and (hail := _hail_in(line)):
            faults.append(
                f"“{hail}” is in the letter, and every office would be addressed so. Write {{target_salutation}} "
                "instead, or turn the sentence."
            )
    return list(dict.fromkeys(faults))


def _is_hail(words: str) -> bool:
    return bool(words) and len(words.split()) <= _LONGEST_HAIL and bool(_HAIL_LINE.match(words))


def _hail_in(line: str) -> str:
    """The words that address somebody in a line; "" where none do."""
    if _is_hail(TOKEN.sub("X", line)):
        return line.strip()
    found = _HAILED.search(line)
    return found[0] if found else ""


def target_faults(target: Target | DraftTarget) -> list[str]:
    """What is wrong with an office's salutation, each a whole sentence."""
    said = _ranks(target.salutation) - (_ranks(target.name) & _SURNAMES)
    held = _ranks(target.title) or {_HOUSES[word] for word in _words(target.organisation) if word in _HOUSES}
    if not said or not held or said & held:
        return []
    ours, theirs = " and ".join(sorted(said)), " and ".join(sorted(held))
    title = target.title or target.organisation
    return [
        f"The salutation “{target.salutation}” is one for {_a(ours)}, and “{title}” is {_a(theirs)}. Mend one of them."
    ]


def _a(rank: str) -> str:
    return f"{'an' if rank[0] in 'AEIOU' else 'a'} {rank}"


def _ranks(words: str) -> set[str]:
    return {_RANK_OF[word] for word in _words(words) if word in _RANK_OF}


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
