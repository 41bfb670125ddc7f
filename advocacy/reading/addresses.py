"""Owns mail addresses in a text: which words are one, which were meant to be one, and none is ever mended."""

import re
from dataclasses import dataclass

from advocacy.reading import labels
from mailings.text import UnfitText, clean_address

#: What a page's software puts in the place of an address.
REDACTED = re.compile(r"\[email[ \u00a0]?protected\]|\[e-mail protected\]|\[adresse e-mail protégée\]", re.IGNORECASE)
#: What an address ends at, in Latin and East Asian print.
_APART = re.compile(r"[\s,;/|()<>\[\]{}\"“”„«»：，；、。！？（）【】]+")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!#$&'*+?^_`~-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
_ENDS = "'‘’.:*_"
#: ``name (at) example.org``, ``name at example dot org``.
_WRITTEN_OUT = re.compile(
    r"\S+\s?[\[({]\s?(?:at|arobase|@)\s?[\])}]\s?\S+|\S+ @ \S+|\S+ at \S+ dot \S+|(?<!\S)[^\s@]+ @[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)
#: A word that looks like a domain and stands where an address should: the at-sign was lost.
_NO_AT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.[A-Za-z]{2,}\Z")
_WEB = re.compile(r"(?:https?://|www\.)[^\s<>()\"“”]{3,}", re.IGNORECASE)
LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Addresses:
    """What the words after a label, or a whole line, hold."""

    emails: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    redacted: bool = False
    forms: tuple[str, ...] = ()


def addresses_in(text: str, *, labelled: bool) -> Addresses:
    """The addresses of one line.

    Args:
        text: the line, or what stands after its label.
        labelled: True after a label for mail addresses: then words that are none are reported as what should be one.
    Returns:
        Addresses exactly as printed. A word that is no sound address is never completed.
    """
    forms = tuple(match[0].rstrip(".,;") for match in _WEB.finditer(text))
    rest = _WEB.sub(" ", REDACTED.sub(" ", text))
    written = [match[0].rstrip(",;.") for match in _WRITTEN_OUT.finditer(rest[:2000])] if labelled else []
    for words in written:
        rest = rest.replace(words, " ")
    emails: list[str] = []
    invalid = list(written)
    for word in (part.strip(_ENDS) for part in _APART.split(rest)):
        if "@" in word:
            bare = word.removeprefix("mailto:").removeprefix("MAILTO:")
            (emails if is_address(bare) else invalid).append(bare)
        elif labelled and _NO_AT.match(word[:LONGEST_ADDRESS]) and not word.casefold().endswith(("e.g", "i.e")):
            invalid.append(word)
    if labelled and not (emails or invalid or forms or REDACTED.search(text)) and rest.strip():
        invalid.append(rest.strip()[:LONGEST_ADDRESS])
    return Addresses(
        tuple(dict.fromkeys(emails)), tuple(dict.fromkeys(invalid)), REDACTED.search(text) is not None, forms
    )


def is_address(word: str) -> bool:
    """True for one sound mail address in plain letters."""
    if len(word) > LONGEST_ADDRESS or not _PLAIN.match(word):
        return False
    try:
        clean_address(word)
    except UnfitText:
        return False
    return True


def is_own(address: str) -> bool:
    """True for an address of an organisation that publishes urgent actions."""
    box, _, domain = address.casefold().rpartition("@")
    labelled = f".{domain}"
    return box in labels.OWN_BOXES or any(f".{own}" in labelled for own in labels.OWN_DOMAINS)
