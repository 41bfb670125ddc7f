"""Owns a text's lines: numbered as they were given, made comparable, with the furniture of pages and mails blanked."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from advocacy.reading import labels
from mailings.text import BIDI_CONTROLS, BLANKS, CONTROLS, INVISIBLE, LINE_BREAKS, LONG_ENOUGH_TO_STACK

#: Longest text that is read to its end; more than any urgent action, and short enough to be read at once.
LONGEST, MOST_LINES, MOST_LINKS = 250_000, 5000, 200
#: A line is looked at in stretches of this length, so that no rule takes long on one.
LONGEST_STRETCH = 3000
_WORD_ENDS = re.compile("[ ，、。]")
MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\s]{0,500})\)")
MOST_MARKS = 4
#: Makes Arabic words longer and says nothing.
TATWEEL = "\u0640"
_FOLDED = str.maketrans("’‘‚‛´`“”„‟«»–—‑", "''''''\"\"\"\"\"\"---")
_QUOTED = re.compile(r"^(?:>\s?)+")
_PAGE = re.compile(r"^(?:[-–—]\s*[0-9]{1,3}\s*[-–—]|page [0-9]{1,3}(?: (?:of|sur|de|/) ?[0-9]{1,3})?)$", re.IGNORECASE)
_RULE = re.compile(r"^[\W_]{3,}$")
_TRAIL = re.compile(r"\S [>›»] \S")
_MAIL_HEAD = re.compile(r"^(?:from|to|cc|sent|date|de|à|envoyé|subject|objet)\s*:", re.IGNORECASE)
_MAIL_FROM = re.compile(r"^(?:from|de)\s*:", re.IGNORECASE)
_MAIL_SUBJECT = re.compile(r"^(?:subject|objet)\s*:\s*", re.IGNORECASE)
_PASSED_ON = re.compile(r"^(?:(?:fwd?|re|tr|wg|aw)\s*:\s*)+", re.IGNORECASE)
_NUMBERED = re.compile(r"^[0-9]{1,2}[.)]\s+\S")


@dataclass(frozen=True)
class Line:
    """A line, or a piece of one: ``text`` has single spaces, ``wide`` keeps the gaps between columns."""

    number: int
    text: str
    wide: str

    def cut(self, start: int, end: int | None = None) -> "Line":
        """A piece of it."""
        text = self.text[start:end].strip()
        return Line(self.number, text, text)


def fold(text: str) -> str:
    """A text as it is compared with a table: lower case, straight quotes and dashes."""
    return text.casefold().translate(_FOLDED)


def straight(text: str) -> str:
    """The same sign by sign, so that places in it are places in the text: only quotes and dashes are straightened."""
    return text.translate(_FOLDED)


@dataclass(frozen=True)
class Text:
    """A text's lines, numbered from 1, a very long one as several with one number."""

    lines: list[Line]
    #: The words of its links that lead nowhere, without their quotes.
    dead_links: tuple[str, ...]
    #: False where it is longer than what is read of it.
    whole: bool


def lines_of(text: str) -> Text:
    """The lines of a text.

    Args:
        text: anything; nothing is refused. What cannot be printed is left out.
    """
    dead: list[str] = []
    lines: list[Line] = []
    given_lines = LINE_BREAKS.split(text[:LONGEST])
    for number, given in enumerate(given_lines[:MOST_LINES], 1):
        plain = MARKDOWN_LINK.sub(lambda link: _link(link, dead), given).replace("**", "")
        wide = _fit(plain).rstrip()
        lines += [Line(number, " ".join(part.split()), part) for part in _stretches(wide)]
    whole = len(text) <= LONGEST and len(given_lines) <= MOST_LINES
    return Text(_without_furniture(lines), _distinct(dead[:MOST_LINKS]), whole)


def _stretches(line: str) -> Iterator[str]:
    """A line in stretches of bounded length, cut where a sentence or at least a word ends.

    What has no end for so long is no urgent action's, and is left out: half of it could be taken for something else.
    """
    while len(line) > LONGEST_STRETCH:
        head = line[:LONGEST_STRETCH]
        cut = max(head.rfind(mark) for mark in (". ", "。", "! ", "? "))
        cut = cut if cut > 0 else max(head.rfind(mark) for mark in (" ", "，", "、"))
        if cut <= 0:
            rest = _WORD_ENDS.search(line)
            line = line[rest.start() :] if rest else ""
            continue
        yield line[: cut + 1]
        line = line[cut + 1 :]
    yield line


def _link(found: re.Match[str], dead: list[str]) -> str:
    words, where = found[1], found[2]
    if where in {"", "#"}:
        dead.append(words.strip(' "“”'))
    elif where.startswith("mailto:") and where[7:] not in words:
        return f"{words} <{where[7:]}>"
    return words


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Without those that begin with an earlier one: the same work, named more fully."""
    kept: list[str] = []
    for one in words:
        if not any(one.startswith(earlier) for earlier in kept):
            kept.append(one)
    return tuple(kept)


def _fit(text: str) -> str:
    """The text as it can be stored and compared: composed, without what nobody sees."""
    text = INVISIBLE.sub("", BIDI_CONTROLS.sub("", text)).replace(TATWEEL, "").replace("\t", "    ")
    text = CONTROLS.sub(" ", text)
    if LONG_ENOUGH_TO_STACK.search(text):
        text = _unstacked(text)
    return BLANKS.sub(" ", unicodedata.normalize("NFC", text))


def _unstacked(text: str) -> str:
    """Without the marks beyond the fourth on one letter: sorting a long run of them takes minutes."""
    kept, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _blank(line: Line) -> Line:
    return replace(line, text="", wide="")


def _without_furniture(lines: list[Line]) -> list[Line]:
    """Buttons, page numbers, rules, trails, heads of passed-on mails and lists of contents as empty lines."""
    lines = [_unquoted(line) for line in lines]
    lines = _without_contents(_without_mail_heads(lines))
    return [_blank(line) if _is_furniture(line.text) else line for line in lines]


def _unquoted(line: Line) -> Line:
    text = _QUOTED.sub("", line.text)
    if line.number == 1:
        text = _PASSED_ON.sub("", text)
    return line if text == line.text else Line(line.number, text, text)


def _is_furniture(text: str) -> bool:
    if len(text) > 120:
        return False
    folded = fold(text)
    return (
        folded in labels.BUTTONS
        or bool(_PAGE.match(text) or _RULE.match(text))
        or (_TRAIL.search(text) is not None and not folded.endswith((".", ":")))
        or folded.rstrip(": ") == "share this"
    )


def _without_mail_heads(lines: list[Line]) -> list[Line]:
    """The head of a mail that was passed on, blanked but for its subject."""
    kept = list(lines)
    for start, line in enumerate(lines):
        if not _MAIL_FROM.match(line.text):
            continue
        head = [place for place in range(start, min(start + 8, len(lines))) if _MAIL_HEAD.match(lines[place].text)]
        subject = next((place for place in head if _MAIL_SUBJECT.match(lines[place].text)), None)
        if subject is None:
            continue
        for place in head:
            kept[place] = _blank(lines[place])
        words = _PASSED_ON.sub("", _MAIL_SUBJECT.sub("", lines[subject].text))
        kept[subject] = Line(lines[subject].number, words, words)
    return kept


def _without_contents(lines: list[Line]) -> list[Line]:
    """A list of contents repeats the names of the parts: only the later ones begin a part."""
    kept, inside = [], False
    for line in lines:
        if fold(line.text).rstrip(": ") in labels.CONTENTS:
            inside = True
            kept.append(_blank(line))
        elif inside and _NUMBERED.match(line.text) and len(line.text) < 80:
            kept.append(_blank(line))
        else:
            inside = False
            kept.append(line)
    return kept
