"""Owns what mail filters would hold against a letter's words, and what each costs it.

The costs are points of SpamAssassin 4.0 and rspamd 3.4, measured with one change at a time from a letter that costs
nothing (docs/decisions/0013-what-filters-hold-against-a-letter.md). SpamAssassin marks at 5, rspamd holds back at 4 and
marks at 6.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

#: So many words in capitals one after the other shout: an abbreviation beside another does not.
SHOUTED = 3
LONGEST_SUBJECT = 78


@dataclass(frozen=True)
class Finding:
    """One thing that filters would mind: where, what, and what it costs."""

    #: ``subject`` or ``text``.
    where: str
    #: A whole sentence with the remedy.
    words: str
    #: What it costs, in words for staff.
    cost: str
    #: The most points of any filter, for the order.
    points: float


OPENING = re.compile(r"\b(?:my name is|i am (?:mr|mrs|ms|dr|miss|prof)\b|je m[’']appelle|je me nomme)", re.IGNORECASE)
URGENT = re.compile(
    r"\b(?:urgent(?:ly)?|immediate)\b.{0,40}?\b(?:reply|response|respond|answer|confidential|assistance)\b",
    re.IGNORECASE,
)
REPLY = re.compile(r"^\s*(?:re|aw|sv|rép|tr|fwd?)\s*:|(?<![^\s:])(?:re|fwd?)\s*:\s", re.IGNORECASE)
EXCITED = re.compile(r"[!！]{2}|[!！]\s*$")
OPENING_WORDS = "“{0}” is how frauds begin. Begin with the matter; the signature says who writes."
URGENT_WORDS = "“{0}” reads like a fraud. Ask for the thing itself, with a date if there is one."
MONEY_WORDS = "“{0}” is what advertisements say. Say it in other words."
LINK = re.compile(r"\[(?P<shown>[^\]\n]{1,300})\]\((?P<address>[^)\s]{1,500})\)")
URL = re.compile(r"\bhttps?://(?P<host>[^/\s:?#]{1,255})", re.IGNORECASE)
NUMBER_HOST = re.compile(r"^\[?[0-9a-f.:]+\]?$", re.IGNORECASE)
PICTURE = re.compile(r"!\[[^\]\n]*\]\(|<img\b", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:million (?:dollars|pounds|euros|usd|eur)|donat(?:e|ion)s? now|click here|act now)\b", re.IGNORECASE
)


def findings(subject: str, text: str, further: Iterable[str] = ()) -> list[Finding]:
    """What a filter would mind in a letter.

    Args:
        subject: the letter's subject, or its template with tokens.
        text: the letter's text, or its template.
        further: the subjects that a supporter may choose instead.
    Returns:
        A finding for each kind of fault, the dearest first; empty for a sound letter.
    """
    found = [*_of_subject(subject), *_of_text(text)]
    for other in further:
        found += [replace(one, words=f"“{_quote(other)}”: {one.words}") for one in _of_subject(other)]
    return sorted(found, key=lambda one: one.points, reverse=True)


def _of_subject(subject: str) -> list[Finding]:
    found = []
    if REPLY.search(subject):
        words = "The subject reads as an answer would. Nobody has written to us: take “Re:” away."
        found.append(Finding("subject", words, "+1.0 in rspamd", 1.0))
    if _shouts(subject):
        words = "The subject is written in capitals. Write it as a sentence."
        found.append(Finding("subject", words, "+2.6 in rspamd, +0.5 in SpamAssassin", 2.6))
    if EXCITED.search(subject):
        words = "The subject ends in exclamation marks. An office reads a plain sentence more readily."
        found.append(Finding("subject", words, "no points by itself; filters learn it from what people mark", 0.1))
    for pattern, words, cost, points in (
        (OPENING, OPENING_WORDS, "+2.0 in rspamd, and more together with others", 2.0),
        (URGENT, URGENT_WORDS, "+1.8 in SpamAssassin, which reads the subject with the text", 1.8),
        (MONEY, MONEY_WORDS, "up to +1.0, by the filter", 1.0),
    ):
        seen = pattern.search(subject)
        found += [Finding("subject", words.format(_quote(seen)), cost, points)] if seen else []
    if len(subject) > LONGEST_SUBJECT:
        words = f"The subject has {len(subject)} characters; mail programs show about {LONGEST_SUBJECT}."
        found.append(Finding("subject", words, "no points; its end is not seen", 0.0))
    return found


def _of_text(text: str) -> list[Finding]:
    checks = (
        (
            OPENING.search(text),
            OPENING_WORDS,
            "+2.0 in rspamd, and more together with others",
            2.0,
        ),
        (
            URGENT.search(text),
            URGENT_WORDS,
            "+1.8 in SpamAssassin",
            1.8,
        ),
        (
            PICTURE.search(text),
            "A picture has no place in a letter. Take it out.",
            "+1.6 in SpamAssassin, +1.0 in rspamd",
            1.6,
        ),
        (
            MONEY.search(text),
            MONEY_WORDS,
            "up to +1.0, by the filter",
            1.0,
        ),
        (
            _false_link(text),
            "The link shows “{0}” and leads elsewhere. Print the address itself.",
            "+3.7 in rspamd",
            3.7,
        ),
        (_bare_host(text), "A link leads to {0}, a number instead of a name.", "+0.2 in SpamAssassin", 0.2),
    )
    found = [Finding("text", words.format(_quote(seen)), cost, points) for seen, words, cost, points in checks if seen]
    if any(_shouts(line) for line in text.splitlines()):
        words = "A line is written in capitals. Write it as a sentence."
        found.append(Finding("text", words, "+1.5 in SpamAssassin", 1.5))
    return found


def _quote(seen: re.Match[str] | str) -> str:
    words = seen if isinstance(seen, str) else seen[0]
    return words.strip()[:60]


def _shouts(line: str) -> bool:
    """True where several words in capitals follow one another."""
    row = 0
    for word in line.split():
        letters = "".join(char for char in word if char.isalpha())
        row = row + 1 if len(letters) > 1 and letters.isupper() else 0
        if row >= SHOUTED:
            return True
    return False


def _false_link(text: str) -> str:
    """What a link shows where that names another host than it leads to; "" where none does."""
    for link in LINK.finditer(text):
        shown, led = URL.search(link["shown"]) or _host_like(link["shown"]), URL.search(link["address"])
        if shown and led and _host(shown) != _host(led):
            return link["shown"]
    return ""


def _host_like(shown: str) -> re.Match[str] | None:
    return re.match(r"\s*(?P<host>(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})\s*(?:/|$)", shown, re.IGNORECASE)


def _host(found: re.Match[str]) -> str:
    return found["host"].casefold().removeprefix("www.")


def _bare_host(text: str) -> str:
    return next((found["host"] for found in URL.finditer(text) if NUMBER_HOST.match(found["host"])), "")
