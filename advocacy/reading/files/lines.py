"""Owns how the parts of a rich document become lines of plain text: links, list items, tables."""

import re
from collections.abc import Iterable

from advocacy.reading.labels import FIELDS

#: Wide enough to be seen as the gap between two columns.
GAP = "    "
_WEB = re.compile(r"(?:https?://|mailto:)[^\s()<>]+\Z", re.IGNORECASE)

Cell = list[str]


def link(words: str, where: str) -> str:
    """A link as its words and where it leads; only the words where that is nowhere, or the same."""
    words = " ".join(words.split())
    target = where.strip()
    mail = target.casefold().startswith("mailto:")
    bare = target[len("mailto:") :].partition("?")[0] if mail else target
    if not words or bare.casefold() == words.casefold() or target.rstrip("/") == words.rstrip("/"):
        return words
    if not _WEB.match(target) or "[" in words or "]" in words:
        return words
    return f"[{words}]({'mailto:' if mail else ''}{bare})"


def table(rows: list[list[Cell]]) -> list[str]:
    """The lines of a table.

    A cell of several lines stands by itself, so columns of offices stay apart. Rows of single lines keep their columns
    beside each other, with a gap that can be seen; two columns of which the first is a label become labelled lines.
    """
    rows = [[[line for line in cell if line.strip()] for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if any(len(cell) > 1 for row in rows for cell in row):
        return _cells(rows)
    lines = []
    for row in rows:
        words = [cell[0] for cell in row if cell]
        label = words[0].rstrip(" :").casefold()
        labelled = len(words) == 2 and (words[0].rstrip().endswith(":") or label in FIELDS)
        lines.append(f"{words[0].rstrip(' :')}: {words[1]}" if labelled else GAP.join(words))
    return ["", *lines, ""]


def _cells(rows: list[list[Cell]]) -> list[str]:
    """Cell after cell; under a row of headings, column after column."""
    headed = len(rows) > 1 and all(len(cell) <= 1 for cell in rows[0]) and len({len(row) for row in rows}) == 1
    order: Iterable[Cell] = (cell for row in rows for cell in row)
    if headed:
        order = ([line for row in rows for line in row[place]] for place in range(len(rows[0])))
    lines = [""]
    for cell in order:
        lines += [*cell, ""] if cell else []
    return lines


def tidy(lines: Iterable[str]) -> str:
    """Lines as a text: no blanks at their ends, at most one empty line in a row, none at the edges."""
    kept: list[str] = []
    for line in lines:
        text = line.rstrip()
        if text or (kept and kept[-1]):
            kept.append(text)
    return "\n".join(kept).strip("\n")
