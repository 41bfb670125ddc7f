"""Owns the doubts about an address of an office: whether its line holds all of it, and whether letters may go to it.

An address that is doubted is asked, and never taken: half of one, or one that is no longer used, is a stranger's.
"""

import re
from dataclasses import dataclass

from advocacy.reading import labels
from advocacy.reading.lines import fold, straight
from advocacy.reading.references import matches

_GOES_ON = "This address is not whole: it may go on in the next line."
_BEGINS_ABOVE = "This address is not whole: it may begin in the line above."
_MORE = "More than this address is said here: “{0}”. Are letters to go to it?"
_CODED = "The domain of this address is written in code{0}. It may only look like the right one."
#: What carries on an address that the line before has broken off: ".cn", "cn", "v.cn; or by fax", "n)".
_CARRIES_ON = re.compile(
    r"[.\-_@]\S|[a-z0-9][a-z0-9.-]{0,60}[),;.]?$|[a-z0-9-]{0,30}(?:\.[a-z]{2,})+(?=[\s,;)]|$)|[a-z]{1,3}(?=[,;)])"
)
_WEB = ("www.", "http")
#: What may end a line that an address follows.
_CLOSED = re.compile(r"[,;:/|)>\]]$|(?:^|\s)(?:or|and|ou|et|und|y)$", re.IGNORECASE)
_OPEN_END = ("-", "_", ".", "@")
#: What may stand between an address and the end of its line without closing it.
_LOOSE = ".-_*'’‘:"
_BRACKET = re.compile(r"^[^:：()]{1,40}(\([^()]{1,40}\))\s*[:：]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(
    r"(?<![^\s,;])[^\s,;]+ @ ?[^\s,;]+|(?<!\S)https?://\S+|(?<!\S)www\.\S+|"
    r"(?<![^\s,;/|()<>\[\]{}])[^\s,;/|()<>\[\]{}]*@[^\s,;/|()<>\[\]{}\"“”]*",
    re.IGNORECASE,
)
#: Somebody's name before an address in brackets: Office <name@example.org>.
_DISPLAYED = re.compile(r"(?<!\w)(?:[^\W\d_a-zà-ÿ][\w.'’-]*[ ,]{1,2}){1,6}(?=<)")
LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Standing:
    """A line of an office and what stands around it; each pair is (label, what is said for it)."""

    text: str
    number: int
    label: str
    value: str
    #: What the same line says before it.
    beside: tuple[str, str] = ("", "")
    above: tuple[str, str] = ("", "")
    below: tuple[str, str] = ("", "")


def doubt_of(email: str, line: Standing) -> tuple[str, str] | None:
    """What is doubtful about an address of a line.

    Returns:
        (the address as printed, why it is asked, a whole sentence); None where nothing is.
    """
    after = goes_on(email, line)
    if after is not None:
        return f"{email}{after} {line.below[1][:LONGEST_QUOTE]}", _GOES_ON
    begun = _begun_above(email, line)
    if begun:
        return f"{begun} {email}", _BEGINS_ABOVE
    said = _said_besides(line)
    if said:
        return email, _MORE.format(said[:LONGEST_QUOTE])
    if any(part.startswith("xn--") for part in email.casefold().rpartition("@")[2].split(".")):
        return email, _CODED.format(_decoded(email))
    return None


def goes_on(word: str, line: Standing) -> str | None:
    """What stands after an address that may go on in the next line, "." or "" in most; None for one that does not.

    So it is with "name@mail.gov." above "cn", and with "name@mail.gov" above ".cn".
    """
    tail = line.text.rstrip()
    place = tail.rfind(word)
    after = tail[place + len(word) :]
    label, below = line.below
    if place < 0 or after.strip(_LOOSE) or label or not below or below.casefold().startswith(_WEB):
        return None
    first = below.split(maxsplit=1)[0]
    if "@" in first[1:]:
        return None  # The next address begins there.
    if word.isupper() and (len(first) <= 3 or first.startswith(".")):
        below = below.lower()
    return after if _CARRIES_ON.match(below) else None


def _begun_above(email: str, line: Standing) -> str:
    """The word of the line above that an address may begin with; "" where none does."""
    label, above = line.above
    words = above.split()
    if line.label or not words or not line.text.lstrip(" <(\"'“‘*").startswith(email):
        return ""
    last = words[-1]
    if "@" in last.rstrip("@") or last.casefold().startswith(_WEB) or _CLOSED.search(above):
        return ""
    if label == "email" or last.endswith(_OPEN_END[:2]):
        return last
    alone = len(words) == 1 and not label
    return last if alone and (last.endswith(_OPEN_END) or last[:1].islower()) and last.isascii() else ""


def _said_besides(line: Standing) -> str:
    """The words around an address that may speak against it; "" where none do."""
    label, before = line.beside
    if not label and _denies(before[-80:]):
        return f"{before[-80:]} {line.text}"
    for _, near in (line.above, line.below):
        closed = near.startswith("(") or near.rstrip().endswith(":")
        if _denies(near[:LONGEST_QUOTE], labels.DENIED if closed else labels.DENIED_NEARBY):
            return near
    return line.text if _more_than_addresses(line) else ""


def _denies(words: str, by: tuple[str, ...] = labels.DENIED) -> bool:
    """True where words beside an address say that it is not to be used. What an address is made of says nothing."""
    return matches(by, _ADDRESS.sub(" ", words))


def _more_than_addresses(line: Standing) -> bool:
    """True where a line says something else beside its addresses than who reads them."""
    bracket = _BRACKET.match(straight(line.text)) if line.label else None
    rest = f"{bracket[1] if bracket else ''} {line.value}"
    if _denies(rest):
        return True
    rest = _ADDRESS.sub(" ", _DISPLAYED.sub(" ", rest))
    return any(fold(word) not in labels.BESIDE_AN_ADDRESS for word in _WORD.findall(rest))


def _decoded(email: str) -> str:
    """The domain as it would be shown, in a few words; "" where the code says nothing that can be shown."""
    parts = []
    for part in email.casefold().rpartition("@")[2].split("."):
        try:
            parts.append(part[4:].encode().decode("punycode") if part.startswith("xn--") else part)
        except ValueError:
            return ""
    shown = ".".join(parts)
    return f", and reads “{shown}”" if shown.isprintable() else ""
