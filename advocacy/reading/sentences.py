"""Owns sentences: where the first one ends, what reads as one, and where a line in capitals runs on into the text."""

import re

_END = re.compile(r"""[.!?…]["'”’»)\]]{0,2}(?=\s+["'“‘«(\[]{0,2}[^\Wa-zà-ÿ_]|\s*$)|[。！？](?=.|$)""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|nos|prof|hon|gen|col|lt|sgt|rev|vs|etc|art|p|pp|v|m|mme|me)|\b[^\W\d_]|[ap]\.m)\.$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def first_sentence(text: str) -> str:
    """The first sentence of a text; all of it where it does not end."""
    for found in _END.finditer(text):
        if not _ABBREVIATION.search(text[max(found.start() - 6, 0) : found.start() + 1]):
            return text[: found.end()].strip()
    return text.strip()


def ends_a_sentence(text: str) -> bool:
    """True where a text ends like a sentence."""
    return text.rstrip(" \"'”’»)]").endswith((".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।"))


def reads_as_text(text: str) -> bool:
    """True for running text: most of its words begin with no capital. Arabic and others have none at all."""
    words = _WORD.findall(text[:600])
    return len(words) >= 6 and sum(not word[0].isupper() for word in words) * 2 >= len(words)


def in_capitals(text: str) -> bool:
    """True for a line of at least two words in capitals."""
    return text.isupper() and len(_WORD.findall(text)) >= 2


def capitals_at_the_front(text: str) -> int:
    """Where a run of at least three words in capitals ends and other text begins; 0 where there is none."""
    end, count = 0, 0
    for found in re.finditer(r"\S+", text[:400]):
        letters = [char for char in found[0] if char.isalpha()]
        if letters and not (found[0].isupper() and (len(letters) > 1 or count == 0 or _goes_on(text, found.end()))):
            break
        if letters:
            count += 1
        end = found.end()
    return end if count >= 3 and end < len(text) else 0


def _goes_on(text: str, end: int) -> bool:
    """A single capital letter belongs to the run where the next word does."""
    following = re.match(r"\s+(\S+)", text[end : end + 60])
    return following is not None and following[1].isupper() and len(following[1]) > 1
