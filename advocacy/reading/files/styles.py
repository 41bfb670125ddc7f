"""Owns what the styles of a web page do to its words: which they hide, strike out, or show where they stand not.

A style sheet is read coarsely: of ``.menu .item`` only ``.item`` counts. So it may be thought to hide more than it does,
and never less.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: What a style says of words: a mark is True where it does so, False where it undoes what is around it.
Marks = dict[str, bool]
#: Nobody sees a word under one of these; one in white ink is seen on a ground of another colour.
UNSEEN = frozenset({"gone", "kept", "sight", "size", "clear"})
STRUCK, WHITE, GROUND = "struck", "white", "ground"
_COMMENT = re.compile(r"/\*.*?\*/|/\*.*\Z", re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
#: Written in code, a word of a style could be any other; old pages end a value in \9.
_CODED = re.compile(r"\\(?![09](?:[;!/}]|\Z))")
_GONE = re.compile(r"(?:^|;)display:none")
_KEPT = re.compile(
    r"(?:^|;)(?:content-visibility:hidden|(?:-\w+-)?(?:filter:)?opacity[:(](?:0?\.0|0+(?:\.0*)?%?(?=[;!)]|$)|[0-5]%)|"
    r"(?:left|right|top|bottom|text-indent|margin-left|margin-top):-[0-9]{3}|clip:rect\([01](?:px)?[,0-9]|"
    r"clip-path:(?:inset\((?:50|100)%|circle\(0)|transform:[^;]*scale\w?\(0(?:\.0\d*)?[,)]|unicode-bidi:\w*-?override)"
)
_FLAT = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$)")
_SIZE = re.compile(r"(?:^|;)font(?:-size)?:(?:[a-z-]*?)([0-9]*\.?[0-9]+)(px|pt|em|rem|%|)(?=[;!/a-z\"]|$)")
_POINTS = {"px": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "%": 0.12, "": 0.75}
LEAST_POINTS = 4.0
_INK = re.compile(r"(?:^|;)(?:-webkit-text-fill-)?color:([^;!]+)")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;!]+)")
_WHITE = re.compile(r"white|#f[0-9a-f]?f[0-9a-f]?f[0-9a-f]?|rgba?\((?:2[45]\d,){2}2[45]\d[,)].*|hsla?\(\d+,\d+%,(?:9[5-9]|100)%.*")
_CLEAR = re.compile(r"transparent|(?:rgb|hsl)a\(.*,(?:0|0?\.0\d*)\)|#[0-9a-f]{3}0|#[0-9a-f]{6}0[0-9a-f]")
#: A part of a page that only looks so while somebody points at it, or that holds no words of the page.
_PASSING = re.compile(r"::?(?:-[\w-]+|placeholder|marker|selection|backdrop)|:(?:hover|focus|active|checked|target|visited)")
_MADE = re.compile(r"::?(?:before|after)\b")
#: Words that stand in the style and not in the text.
_WRITTEN = re.compile(r"(?:^|;|\s)content\s*:[^;]*(?:\"[^\"]|attr\()", re.IGNORECASE)
_TOGETHER = re.compile(r":(?:not|is|where|has|matches|any|lang|nth-[\w-]+)\([^()]*\)")
_APART = re.compile(r"[\s>+~|]+")
_NAME = r"((?:\\.|[\w-]|[^\x00-\x7f])+)"
_PRINTED = re.compile(r"@media\b(?!.*\b(?:screen|all)\b).*\b(?:print|speech)\b")
_NO_RULES = ("@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@font-face", "@page", "@counter-style", "@property")


def marks_of(style: str) -> Marks:
    """What one style's declarations do to words."""
    plain = "".join(_STRING.sub('""', _COMMENT.sub("", style)).split()).casefold()
    marks: Marks = {}
    if _GONE.search(plain):
        marks["gone"] = True
    if _KEPT.search(plain) or _CODED.search(plain) or ("overflow:hidden" in plain and _FLAT.search(plain)):
        marks["kept"] = True
    if "visibility:" in plain:
        marks["sight"] = re.search(r"(?<!-)visibility:(?:hidden|collapse)", plain) is not None
    if "line-through" in plain:
        marks[STRUCK] = True
    size = _SIZE.search(plain)
    if size:
        small = float(size[1]) * _POINTS[size[2]] < LEAST_POINTS
        if small or size[2] not in {"em", "%"}:  # Half of nothing is nothing.
            marks["size"] = small
    ground = _GROUND.search(plain)
    if ground:
        marks[GROUND] = not (_WHITE.fullmatch(ground[1]) or _CLEAR.fullmatch(ground[1]) or ground[1] == "none")
    return marks | _ink(plain)


def _ink(plain: str) -> Marks:
    inks = _INK.findall(plain)
    if not inks:
        return {}
    return {"clear": any(_CLEAR.fullmatch(ink) for ink in inks), WHITE: any(_WHITE.fullmatch(ink) for ink in inks)}


@dataclass(frozen=True)
class _Rule:
    """What a selector asks of an element, and what it does to it."""

    tag: str
    names: tuple[tuple[str, str], ...]
    marks: frozenset[str]

    def fits(self, element: Any) -> bool:
        """True for an element that this rule may be meant for."""
        if self.tag not in {"", "*", element.tag}:
            return False
        classes = (element.get("class") or "").split()
        for kind, name in self.names:
            if kind == "." and name not in classes:
                return False
            if kind == "#" and element.get("id") != name:
                return False
            if kind == "[" and element.get(name) is None:
                return False
        return True


@dataclass
class Sheet:
    """The rules of a page's style sheets that hide words or strike them out."""

    #: By one thing that each of them asks for, so that few are looked at for an element.
    rules: dict[str, list[_Rule]] = field(default_factory=dict)

    def marks(self, element: Any) -> Marks:
        """What the sheets may do to an element's words: only what hides them."""
        keys = ["", element.tag, *(f".{name}" for name in set((element.get("class") or "").split()))]
        keys += [f"#{element.get('id')}", *(f"[{name}" for name in element.keys())]
        return {mark: True for key in keys for rule in self.rules.get(key, ()) if rule.fits(element) for mark in rule.marks}


def sheet_of(texts: Iterable[str]) -> Sheet:
    """The rules of some style sheets that matter here."""
    sheet = Sheet()
    for text in texts:
        for selectors, declarations in _rules(text):
            marks = {mark for mark, on in marks_of(declarations).items() if on} & (UNSEEN | {STRUCK})
            # Under a sheet nothing is gone for sure: another rule may bring it back.
            hidden = frozenset("kept" if mark == "gone" else mark for mark in marks)
            written = frozenset({"kept"} if _WRITTEN.search(declarations) else ())
            for selector in selectors.split(","):
                _add(sheet, _MADE.sub("", selector), written if _MADE.search(selector) else hidden)
    return sheet


def _rules(text: str) -> list[tuple[str, str]]:
    """(selectors, declarations) of each rule, also of those inside others; without rules for paper and for movement."""
    found: list[tuple[str, str]] = []
    around: list[str] = []
    rest = ""

    def take(declared: str) -> None:
        idle = any(one.startswith(_NO_RULES) or _PRINTED.match(one) for one in around)
        if declared.strip() and not idle and not around[-1].startswith("@"):
            found.append((around[-1], declared))

    for part in re.split(r"([{}])", _STRING.sub(_string, _COMMENT.sub(" ", text))):
        if part == "{":
            declared, _, selector = rest.rpartition(";")
            if around:
                take(declared)
            selector = selector.strip()
            around.append(selector.casefold() if selector.startswith("@") else selector)
        elif part == "}" and around:
            take(rest)
            around.pop()
        rest = "" if part in {"{", "}"} else part
    if around:  # A sheet that breaks off is read to its end.
        take(rest)
    return found


def _string(found: re.Match[str]) -> str:
    """A quoted word stays where it could be part of an address; braces and marks in quotes mean nothing."""
    words = found[0][1:-1]
    return f'"{words}"' if re.fullmatch(r"[\w@.-]*[^\W_][\w@.-]*", words) else '""'


def _add(sheet: Sheet, selector: str, marks: frozenset[str]) -> None:
    plain = _TOGETHER.sub("", selector)
    if not marks or _PASSING.search(plain):
        return
    attributes = re.findall(r"\[\s*([\w-]+)", plain)
    last = _APART.split(re.sub(r"\[[^\]]*\]?", "", plain).strip())[-1].removeprefix("&")
    names = [(kind, re.sub(r"\\(.)", r"\1", name)) for kind, name in re.findall(rf"([.#]){_NAME}", last)]
    names += [("[", name) for name in attributes]
    tag = "html" if ":root" in last else re.match(r"[\w-]*", last)[0].casefold()  # type: ignore[index]  # Never None.
    rule = _Rule(tag, tuple(names), marks)
    sheet.rules.setdefault("".join(names[0]) if names else tag, []).append(rule)
