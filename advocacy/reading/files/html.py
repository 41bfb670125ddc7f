"""Owns web pages: their text as a reader sees it, without what is hidden, links kept."""

from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from advocacy.reading.draft import Fault
from advocacy.reading.files.lines import link, table, tidy
from advocacy.reading.labels import words

_SKIPPED = frozenset(
    {"script", "style", "head", "template", "noscript", "iframe", "object", "svg", "select", "button", "nav", "form"}
)
_BLOCKS = words(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main ol p pre section summary ul"
)
#: Between these stands an empty line.
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "section", "hr"})
_DEEPEST = 200


def text_of(content: bytes | str) -> str:
    """The text of a web page.

    Raises:
        Fault: where it holds none, or is nested beyond reason.
    """
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Fault(["The page holds no text. Open it in a browser and paste what you see."]) from error
    lines = [""]
    _walk(root, lines, 0)
    text = tidy(" ".join(line.split("\t")) for line in lines)
    if not text.strip():
        raise Fault(["The page holds no text. Open it in a browser and paste what you see."])
    return text


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").casefold()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _walk(element: Any, lines: list[str], depth: int) -> None:
    """Add an element's text to the lines; the last line is still open."""
    if depth > _DEEPEST:
        raise Fault(["The page is nested too deeply to be read. Open it in a browser and paste what you see."])
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag and tag not in _SKIPPED and not _is_hidden(element):
        if tag == "br":
            lines.append("")
        elif tag == "table":
            lines += ["", *_table(element, depth), ""]
        elif tag == "a" and not any(True for _ in element.iterchildren(*_BLOCKS)):
            _add(lines, link("".join(element.itertext()), element.get("href") or ""))
        else:
            _block(element, tag, lines, depth)
    _add(lines, element.tail or "")


def _block(element: Any, tag: str, lines: list[str], depth: int) -> None:
    if tag in _BLOCKS:
        _break(lines, wide=tag in _PARAGRAPHS)
    if tag == "li":
        lines[-1] = "- "
    _add(lines, element.text or "")
    for child in element:
        _walk(child, lines, depth + 1)
    if tag in _BLOCKS:
        _break(lines, wide=tag in _PARAGRAPHS)


def _break(lines: list[str], *, wide: bool) -> None:
    """Begin a new line, after an empty one where the element stands apart."""
    if lines[-1].strip():
        lines.append("")
    if wide and len(lines) > 1 and lines[-2].strip():
        lines.append("")


def _add(lines: list[str], text: str) -> None:
    """Text within a line: its own line breaks are blanks."""
    flat = " ".join(text.split())
    if not flat:
        if text and lines[-1] and not lines[-1].endswith(" "):
            lines[-1] += " "
        return
    before = " " if text[:1].isspace() and lines[-1] and not lines[-1].endswith(" ") else ""
    lines[-1] += f"{before}{flat}{' ' if text[-1:].isspace() else ''}"


def _table(element: Any, depth: int) -> list[str]:
    rows = [[_cell(cell, depth) for cell in row.iterchildren("td", "th")] for row in _rows(element)]
    return table(rows)


def _rows(element: Any) -> Iterator[Any]:
    for child in element.iterchildren("tr", "tbody", "thead", "tfoot"):
        if child.tag == "tr":
            yield child
        else:
            yield from child.iterchildren("tr")


def _cell(element: Any, depth: int) -> list[str]:
    lines = [""]
    _add(lines, element.text or "")
    for child in element:
        _walk(child, lines, depth + 2)
    return tidy(lines).split("\n")
