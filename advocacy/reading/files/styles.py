"""Owns what the styles of a web page do to its words: which they hide, strike out, or add.

A style sheet is read coarsely: of ``.menu .item`` only ``.item`` counts. So it is thought to hide more than it does
rather than less.
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
    r"(?:left|right|top|bottom|text-indent|margin-left|margin-top):-[0-9]{3}|left:[0-9]{4}|"
    r"clip:rect\([01](?:px)?[,0-9]|clip-path:(?:inset\((?:50|100)%|circle\(0)|(?:scale|zoom):0(?:\.0\d*)?(?=[;!%]|$)|"
    r"(?:-\w+-)?transform:[^;]*(?:scale\w?\(0(?:\.0\d*)?[,)]|translate\w?\(-?[0-9]{4})|unicode-bidi:\w*-?override|"
    r"(?:display|visibility|opacity):(?:var|env|attr|if)\()"
)
_FLAT = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$)")
_CUT_OFF = re.compile(r"(?:^|;)overflow(?:-[xy])?:(?:hidden|clip)")
_SIGHT = re.compile(r"(?:^|;)visibility:(hidden|collapse|visible|initial)")
_SIZE = re.compile(r"(?:^|;)font(?:-size)?:(?:[a-z-]*?)([0-9]*\.?[0-9]+)(px|pt|em|rem|%|)(?=[;!/a-z\"]|$)")
_POINTS = {"px": 0.75, "pt": 1.0, "em": 12.0, "rem": 12.0, "%": 0.12, "": 0.75}
LEAST_POINTS = 4.0
_INK = re.compile(r"(?:^|;)(?:-webkit-text-fill-)?color:(?!inherit|unset|currentcolor|var)([^;!]+)")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:(?!inherit|unset|none|transparent)([^;!]+)")
_WHITE = re.compile(
    r"white|#f[0-9a-f]?f[0-9a-f]?f[0-9a-f]?(?![0-9a-f])|rgba?\((?:2[45]\d,){2}2[45]\d[,)]|"
    r"hsla?\(\d+,\d+%,(?:9[5-9]|100)%"
)
_CLEAR = re.compile(
    r"transparent|(?:rgb|hsl)a\([^()]*,(?:0|0?\.0\d*)\)|#(?:[0-9a-f]{3}0|[0-9a-f]{6}0[0-9a-f])(?![0-9a-f])"
)
#: A part of a page that only looks so while somebody points at it, or that holds no words of the page.
_PASSING = re.compile(r"::[\w-]+|:-\w+-(?:input-)?placeholder|:(?:hover|focus|active|visited)\b")
_MADE = re.compile(r"::?(?:before|after)\b")
_BEGINNING = re.compile(r"::?first-l(?:ine|etter)\b")
#: Words that stand in the style and not in the text.
_WRITTEN = re.compile(r"(?:^|;|\s)content\s*:[^;]*(?:\"[^\"]|attr\()", re.IGNORECASE)
_TOGETHER = re.compile(r":[\w-]+\([^()]*\)")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)[^\]]*\]?")
_APART = re.compile(r"[\s>+~|]+")
_NAME = re.compile(r"([.#\[])((?:\\.|[\w-]|[^\x00-\x7f])+)")
_PRINTED = re.compile(r"@media\b(?!.*\b(?:screen|all)\b).*\b(?:print|speech)\b")
_NO_RULES = ("@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@font-face", "@page", "@property")
MOST_NESTED = 10


def marks_of(style: str) -> Marks:
    """What one style's declarations do to words."""
    plain = "".join(_STRING.sub('""', _COMMENT.sub("", style)).split()).casefold()
    marks: Marks = {}
    if _GONE.search(plain):
        marks["gone"] = True
    if _KEPT.search(plain) or _CODED.search(plain) or (_CUT_OFF.search(plain) and _FLAT.search(plain)):
        marks["kept"] = True
    if "line-through" in plain:
        marks[STRUCK] = True
    sight = _SIGHT.search(plain)
    if sight:
        marks["sight"] = sight[1] in {"hidden", "collapse"}
    size = _SIZE.search(plain)
    if size:
        small = float(size[1]) * _POINTS[size[2]] < LEAST_POINTS
        if small or size[2] not in {"em", "%"}:  # Half of nothing is nothing.
            marks["size"] = small
    ground = _GROUND.search(plain)
    if ground:
        marks[GROUND] = not (_WHITE.match(ground[1]) or _CLEAR.match(ground[1]))
    inks = _INK.findall(plain)
    if inks:
        marks["clear"] = any(_CLEAR.match(ink) for ink in inks)
        marks[WHITE] = any(_WHITE.match(ink) for ink in inks)
    return marks


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
        if not self.rules:
            return {}
        keys = ["", element.tag, *(f".{name}" for name in set((element.get("class") or "").split()))]
        keys += [f"#{element.get('id')}", *(f"[{name}" for name in element.attrib)]
        rules = (rule for key in keys for rule in self.rules.get(key, ()))
        return {mark: True for rule in rules if rule.fits(element) for mark in rule.marks}


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
    plain = _BEGINNING.sub("", selector)
    for _ in range(MOST_NESTED):  # From the inside out: what stands in brackets asks for less, or for something else.
        plain, count = _TOGETHER.subn("", plain)
        if not count:
            break
    if not marks or _PASSING.search(plain):
        return
    last = _APART.split(_ATTRIBUTE.sub(r"[\1]", plain).strip())[-1].removeprefix("&")
    names = tuple((kind, re.sub(r"\\(.)", r"\1", name)) for kind, name in _NAME.findall(last))
    word = re.match(r"[\w-]+", last)
    tag = "html" if ":root" in last else word[0].casefold() if word else ""
    rule = _Rule(tag, names, marks)
    sheet.rules.setdefault("".join(names[0]) if names else tag, []).append(rule)
