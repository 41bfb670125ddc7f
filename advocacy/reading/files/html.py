"""Owns web pages: their text as a reader sees it, links kept; one that keeps words from the eye is refused.

What is gone by the page's own word (``hidden``, ``display: none``) is passed over. What only may be hidden, by a style
sheet, its size or its ink, could be taken for a field or lack in one, and nobody can tell which: then a person pastes
what they see.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from advocacy.reading.draft import Fault
from advocacy.reading.files import styles
from advocacy.reading.files.lines import link, table, tidy
from advocacy.reading.labels import words

_SKIPPED = words(
    "script style head title template noscript iframe object applet svg select datalist option button nav form canvas "
    "audio video dialog noframes noembed rp"
)
_BLOCKS = words(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main ol p pre section summary ul"
)
#: Between these stands an empty line.
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "section", "hr"})
_STRUCK_OUT = frozenset({"del", "s", "strike"})
_DEEPEST = 200
_NO_TEXT = "The page holds no text. Open it in a browser and paste what you see."
_NESTED = "The page is nested too deeply to be read. Open it in a browser and paste what you see."
_HIDES = "The page holds words that its readers may not see. Open it in a browser and paste what you see."
_STRUCK = "Words of this page are struck out. Open it in a browser and paste what is meant to stand."

#: What the styles around a word say of it: names out of ``styles``.
Look = frozenset[str]


def text_of(content: bytes | str) -> str:
    """The text of a web page.

    Raises:
        Fault: where it holds none, is nested beyond reason, or has words that are struck out or that nobody sees.
    """
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Fault([_NO_TEXT]) from error
    lines = [""]
    sheet = styles.sheet_of("".join(one.itertext()) for one in root.iter("style"))
    _Page(sheet).walk(root, lines, 0, Look())
    text = tidy(" ".join(line.split("\t")) for line in lines)
    if not text.strip():
        raise Fault([_NO_TEXT])
    return text


class _Page:
    """Goes through a page and writes down its lines; the last line is still open."""

    def __init__(self, sheet: styles.Sheet) -> None:
        self.sheet = sheet

    def walk(self, element: Any, lines: list[str], depth: int, look: Look) -> None:
        """Add an element's text, and what follows it, to the lines."""
        if depth > _DEEPEST:
            raise Fault([_NESTED])
        tag = element.tag if isinstance(element.tag, str) else ""
        inside = self._look(element, look)
        if tag and tag not in _SKIPPED and "gone" not in inside:
            if tag == "br":
                lines.append("")
            elif tag == "table":
                lines += ["", *self._table(element, depth, inside), ""]
            elif tag == "a" and not any(True for _ in element.iterchildren(*_BLOCKS)):
                _add(lines, link(self._words(element, depth, inside), element.get("href") or ""), inside)
            else:
                self._block(element, tag, lines, depth, inside)
        _add(lines, element.tail or "", look)

    def _look(self, element: Any, around: Look) -> Look:
        """What the styles say of the words in an element, given what they say of those around it."""
        if not isinstance(element.tag, str):
            return around
        marks = self.sheet.marks(element) | styles.marks_of(element.get("style") or "")
        for name, declared in (("color", "color"), ("bgcolor", "background"), ("background", "background-image")):
            if element.get(name):
                marks = styles.marks_of(f"{declared}:{element.get(name)}") | marks
        if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
            marks["gone"] = True
        if element.tag == "bdo":  # Its signs are shown in another order.
            marks["kept"] = True
        if element.tag in _STRUCK_OUT:
            marks[styles.STRUCK] = True
        on = {mark for mark, said in marks.items() if said}
        return Look((around - set(marks)) | on)

    def _words(self, element: Any, depth: int, look: Look) -> str:
        """The words of a link."""
        lines = [""]
        self._children(element, lines, depth, look)
        return " ".join(lines)

    def _children(self, element: Any, lines: list[str], depth: int, look: Look) -> None:
        _add(lines, element.text or "", look)
        for child in element:
            self.walk(child, lines, depth + 1, look)

    def _block(self, element: Any, tag: str, lines: list[str], depth: int, look: Look) -> None:
        if tag in _BLOCKS:
            _break(lines, wide=tag in _PARAGRAPHS)
        if tag == "li":
            lines[-1] = "- "
        self._children(element, lines, depth, look)
        if tag in _BLOCKS:
            _break(lines, wide=tag in _PARAGRAPHS)

    def _table(self, element: Any, depth: int, look: Look) -> list[str]:
        return table([list(self._cells(row, depth, inside)) for row, inside in self._rows(element, look)])

    def _rows(self, element: Any, look: Look) -> Iterator[tuple[Any, Look]]:
        for child in element.iterchildren("tr", "tbody", "thead", "tfoot"):
            inside = self._look(child, look)
            if "gone" in inside:
                continue
            if child.tag == "tr":
                yield child, inside
            else:
                yield from self._rows(child, inside)

    def _cells(self, row: Any, depth: int, look: Look) -> Iterator[list[str]]:
        for cell in row.iterchildren("td", "th"):
            inside = self._look(cell, look)
            if "gone" not in inside:
                lines = [""]
                self._children(cell, lines, depth + 1, inside)
                yield tidy(lines).split("\n")


def _break(lines: list[str], *, wide: bool) -> None:
    """Begin a new line, after an empty one where the element stands apart."""
    if lines[-1].strip():
        lines.append("")
    if wide and len(lines) > 1 and lines[-2].strip():
        lines.append("")


def _add(lines: list[str], text: str, look: Look) -> None:
    """Text within a line: its own line breaks are blanks.

    Raises:
        Fault: where these are words that nobody sees, or that are struck out.
    """
    flat = " ".join(text.split())
    if not flat:
        if text and lines[-1] and not lines[-1].endswith(" "):
            lines[-1] += " "
        return
    if styles.STRUCK in look:
        raise Fault([_STRUCK])
    if look & styles.UNSEEN or (styles.WHITE in look and styles.GROUND not in look):
        raise Fault([_HIDES])
    before = " " if text[:1].isspace() and lines[-1] and not lines[-1].endswith(" ") else ""
    lines[-1] += f"{before}{flat}{' ' if text[-1:].isspace() else ''}"
