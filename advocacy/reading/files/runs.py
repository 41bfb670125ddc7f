"""Owns which words of a Word file are seen: hidden ones are passed over; struck-out, white and tiny ones are refused.

A property of words may stand beside them, in their own style, in their paragraph's or table's, or in one that these are
based on; the nearest that says anything holds.
"""

import re
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

from advocacy.reading.draft import Fault

#: In half points: lower letters are not read.
LEAST_SIZE, LEAST_SCALE = 8, 20
MOST_STYLES = 20
_UNSEEN = (
    "This Word file holds words that nobody sees: white, tiny, or in a hidden box. "
    "Take them out and save it, or open it and paste what you see."
)
_STRUCK = (
    "Words of this Word file are struck out. Delete them and save it, or open it and paste what is meant to stand."
)
_TURNED = "Words of this Word file are shown in another order than they are stored. Open it and paste what you see."
_OFF = frozenset({"0", "false", "off", "none"})
_WHITE = re.compile(r"(?:[Ff][0-9A-Fa-f]){3}\Z")
_NO_GROUND = re.compile(r"(?:auto|none|nil|(?:[Ff][0-9A-Fa-f]){3}|)\Z")
_NO_BOX = re.compile(r"visibility:hidden|(?:^|;)(?:width|height):0(?:\.0*)?(?:pt|px|in|cm|mm|)(?:;|$)|display:none")
_A_POINT = 12_700


class Seen:
    """Tells of each run of a document whether it is seen."""

    def __init__(self, document: Any) -> None:
        root = document.styles.element
        self._styles = {one.get(qn("w:styleId")): one for one in root.iter(qn("w:style"))}
        self._usual = {
            one.get(qn("w:type")): one.get(qn("w:styleId"))
            for one in root.iter(qn("w:style"))
            if one.get(qn("w:default")) not in {None, *_OFF}
        }
        self._defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        paper = document.element.find(qn("w:background"))
        self._paper = paper is not None and not _NO_GROUND.match(paper.get(qn("w:color")) or "")
        self._codes: set[Any] = set()

    def learn(self, root: Any) -> None:
        """Note which words of a part are orders to Word (HYPERLINK ...), whose results alone are shown.

        Raises:
            Fault: where it turns the direction of letters.
        """
        if any(one.get(qn("w:val")) == "rtl" for one in root.iter(qn("w:bdo"))):
            raise Fault([_TURNED])
        inside: list[bool] = []
        for one in root.iter(qn("w:fldChar"), qn("w:t")):
            kind = one.get(qn("w:fldCharType"))
            if kind == "begin":
                inside.append(True)
            elif kind == "separate" and inside:
                inside[-1] = False
            elif kind == "end" and inside:
                inside.pop()
            elif one.tag == qn("w:t") and any(inside):
                self._codes.add(one.getparent())

    def shows(self, run: Any) -> bool:
        """True for a run that is seen.

        Raises:
            Fault: where it holds words that are struck out, or that are there and yet not seen.
        """
        if not any((text.text or "").strip() for text in run.iterchildren(qn("w:t"))):
            return True
        levels = [list(level) for level in self._levels(run)]
        hidden = _switched(levels, "w:vanish")
        if run in self._codes or hidden == 1:
            return False
        if hidden or self._is_tiny(levels) or self._is_white(run, levels):
            raise Fault([_UNSEEN])
        if _switched(levels, "w:strike") or _switched(levels, "w:dstrike"):
            raise Fault([_STRUCK])
        return True

    def _levels(self, run: Any) -> Iterator[Iterator[Any]]:
        """The properties of a run, nearest first: its own, then those of the styles around it."""
        own = run.find(qn("w:rPr"))
        yield iter([own] if own is not None else [])
        named = own.find(qn("w:rStyle")) if own is not None else None
        yield self._of_style(named.get(qn("w:val")) if named is not None else self._usual.get("character"))
        yield self._of_style(self._paragraph_style(run))
        table = next(run.iterancestors(qn("w:tbl")), None)
        yield self._of_style(_named(table, "w:tblPr", "w:tblStyle") or self._usual.get("table"))
        yield iter([self._defaults] if self._defaults is not None else [])

    def _paragraph_style(self, run: Any) -> str | None:
        paragraph = next(run.iterancestors(qn("w:p")), None)
        return _named(paragraph, "w:pPr", "w:pStyle") or self._usual.get("paragraph")

    def _of_style(self, name: str | None, inside: str = "w:rPr") -> Iterator[Any]:
        """The properties of a style and of those that it is based on, nearest first."""
        for _ in range(MOST_STYLES):
            style = self._styles.get(name)
            if style is None:
                return
            properties = style.find(qn(inside))
            if properties is not None:
                yield properties
            based = style.find(qn("w:basedOn"))
            name = based.get(qn("w:val")) if based is not None else None

    def _is_tiny(self, levels: list[list[Any]]) -> bool:
        size, scale = _number(_nearest(levels, "w:sz")), _number(_nearest(levels, "w:w"))
        return (size is not None and size < LEAST_SIZE) or (scale is not None and scale < LEAST_SCALE)

    def _is_white(self, run: Any, levels: list[list[Any]]) -> bool:
        fills = (one for level in levels for own in level for one in own if one.tag.endswith("}textFill"))
        if any(one.tag.endswith("}noFill") for fill in fills for one in fill):
            return True
        ink = _nearest(levels, "w:color")
        if ink is None:
            return False
        theme = ink.get(qn("w:themeColor")) in {"background1", "light1"} and ink.get(qn("w:themeShade")) is None
        white = theme or _WHITE.match(ink.get(qn("w:val")) or "")
        return bool(white) and not self._has_ground(run, levels)

    def _has_ground(self, run: Any, levels: list[list[Any]]) -> bool:
        """True where another colour than white lies under a run."""
        marked = _nearest(levels, "w:highlight")
        if self._paper or (marked is not None and marked.get(qn("w:val")) not in {"white", *_OFF}):
            return True
        shades = [shade for level in levels for own in level for shade in own.iterchildren(qn("w:shd"))]
        for properties in self._of_style(self._paragraph_style(run), "w:pPr"):
            shades += properties.iterchildren(qn("w:shd"))
        for around in run.iterancestors():
            for name in ("w:pPr", "w:tcPr", "w:tblPr"):
                properties = around.find(qn(name))
                shades += properties.iterchildren(qn("w:shd")) if properties is not None else ()
            if around.tag == qn("w:tbl"):
                style = self._styles.get(_named(around, "w:tblPr", "w:tblStyle"))
                shades += style.iter(qn("w:shd")) if style is not None else ()
            elif around.tag.endswith(("}wsp", "}shape", "}rect", "}roundrect")) and _is_filled(around):
                return True
        return any(not _NO_GROUND.match(one.get(qn("w:fill")) or "") for one in shades)


def _named(holder: Any, properties: str, style: str) -> str | None:
    """The name of a style that a paragraph or a table names."""
    found = holder.find(f"{qn(properties)}/{qn(style)}") if holder is not None else None
    return found.get(qn("w:val")) if found is not None else None


def _nearest(levels: list[list[Any]], name: str) -> Any:
    """The nearest property of this name; None where nobody says anything."""
    found = (own.find(qn(name)) for level in levels for own in level)
    return next((one for one in found if one is not None), None)


def _number(holder: Any) -> float | None:
    said = (holder.get(qn("w:val")) or "") if holder is not None else ""
    return float(said.rstrip("%")) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?%?", said) else None


def _switched(levels: list[list[Any]], name: str) -> int:
    """How many levels switch a property on: 1 is on, 0 is off. Of several, programs disagree what they mean."""
    on = 0
    for place, level in enumerate(levels):
        said = _nearest([level], name)
        if said is not None:
            yes = said.get(qn("w:val")) not in _OFF
            if place == 0:
                return int(yes)
            on += yes
    return on


def _is_filled(shape: Any) -> bool:
    """True for the frame of a text box that has a colour of its own."""
    painted = (shape.get("fillcolor") or "white").casefold().partition(" ")[0]
    if painted != "white" and not _NO_GROUND.match(painted.removeprefix("#")):
        return True
    properties = next((one for one in shape if isinstance(one.tag, str) and one.tag.endswith("}spPr")), ())
    fills = ("}solidFill", "}gradFill", "}blipFill", "}pattFill")
    fill = next((one for one in properties if one.tag.endswith(fills)), None)
    if fill is None:
        return False
    colours = [one.get("val") or "" for one in fill]
    return not colours or not all(colour in {"bg1", "lt1", "white"} or _WHITE.match(colour) for colour in colours)


def refuse_unseen_box(box: Any) -> None:
    """Nothing, for a text box that is drawn.

    Raises:
        Fault: where it holds words, and its frame is hidden or has no size.
    """
    if not any((text.text or "").strip() for text in box.iter(qn("w:t"))):
        return
    for around in box.iterancestors():
        style = "".join((around.get("style") or "").split()).casefold()
        sizes = [size.get(name) or "" for size in around.iterchildren(qn("wp:extent")) for name in ("cx", "cy")]
        flat = any(size.isdecimal() and int(size[:12]) < _A_POINT for size in sizes)
        hidden = any(one.get("hidden") in {"1", "true"} for one in around.iterchildren(qn("wp:docPr")))
        if flat or hidden or _NO_BOX.search(style):
            raise Fault([_UNSEEN])
