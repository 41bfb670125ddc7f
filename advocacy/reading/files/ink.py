"""Owns which words of a PDF's page nobody sees: without ink, white on white, tiny, painted over, or beside the page."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
#: Left, bottom, right, top.
Box = tuple[float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: A letter lower than this is not read, in points.
LEAST_POINTS = 3.0
#: Share of paper's white from which ink is not seen on it, and share of ink below which none is.
WHITE, SEE_THROUGH = 0.94, 0.1
#: A word's place may lie so far beside its ground or page, in points.
NEAR = 2.0
MOST_LOOKS = 500_000
_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_FILLING = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_ENDING = _FILLING | {b"S", b"s", b"n"}


@dataclass(frozen=True)
class _Pen:
    """How words are drawn just now."""

    outer: Matrix = SAME
    mode: int = 0
    white: bool = False
    clear: bool = False
    closed: bool = False
    size: float | None = None
    squeeze: float = 1.0
    #: "ink" where a larger number is more ink, "light" where it is more light.
    space: str = "light"


class Watch:
    """Follows the drawing of one page; ``unseen`` is True once words were drawn that nobody sees."""

    def __init__(self, page: Any, off: frozenset[int]) -> None:
        self.unseen = False
        self._off = off
        left, bottom, right, top = (float(edge) for edge in page.cropbox)
        self._page: Box = (left, bottom, right, top)
        self._resources = [_known(page.get("/Resources"))]
        self._pen, self._pens = _Pen(), list[_Pen]()
        self._forms: list[tuple[_Pen, int]] = []
        self._marked: list[bool] = []
        self._path: list[tuple[float, float]] = []
        self._grounds: list[Box] = []
        self._words: list[tuple[float, float]] = []
        self._looks = 0
        self._clips = False

    def before(self, operator: bytes, operands: list[Any], cm: Any, tm: Any) -> None:
        """What pypdf is about to do. Never raises: pypdf would take that for a damaged picture."""
        try:
            self._follow(operator, operands, _times(_matrix(cm), self._pen.outer), tm)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return

    def after(self, operator: bytes, _operands: list[Any], _cm: Any, _tm: Any) -> None:
        """What pypdf has done: a form that was drawn leaves everything as it was."""
        if operator == b"Do" and self._forms:
            self._pen, depth = self._forms.pop()
            del self._pens[depth:]
            self._resources.pop()

    def _follow(self, operator: bytes, operands: list[Any], place: Matrix, tm: Any) -> None:
        if operator in _SHOWING:
            self._show(operands, _times(_matrix(tm), place))
        elif operator in _ENDING:
            self._paint(filled=operator in _FILLING)
        elif operator == b"Do":
            self._draw(operands, place)
        elif operator in _ACTS:
            _ACTS[operator](self, operands, place)

    def _show(self, operands: list[Any], place: Matrix) -> None:
        if not _is_words(operands):
            return
        x, y = place[4], place[5]
        height = math.inf if self._pen.size is None else abs(self._pen.size) * math.hypot(place[2], place[3])
        width = math.inf if self._pen.size is None else abs(self._pen.size) * math.hypot(place[0], place[1])
        tiny = min(height, width * self._pen.squeeze * 2) < LEAST_POINTS
        pale = self._pen.white and self._pen.mode in {0, 4} and not any(_within(x, y, one) for one in self._grounds)
        gone = self._pen.mode in {3, 7} or self._pen.clear or self._pen.closed or any(self._marked)
        if tiny or pale or gone or not _within(x, y, self._page):
            self.unseen = True
        self._words.append((x, y))

    def _paint(self, *, filled: bool) -> None:
        """A path comes to its end: a ground for white words, a cover over earlier ones, a frame around later ones."""
        box = _box(self._path)
        self._path = []
        if self._clips:
            self._clips = False
            if box and min(box[2] - box[0], box[3] - box[1]) < 1:
                self._pen = replace(self._pen, closed=True)
        if not (filled and box) or self._pen.clear:
            return
        if not self._pen.white:
            self._grounds.append(box)
        elif self._looks < MOST_LOOKS:
            self._looks += len(self._words)
            inner = (box[0] + 1, box[1] - 0.5, box[2] - 1, box[3] - 3)
            if any(inner[0] < x < inner[2] and inner[1] < y < inner[3] for x, y in self._words):
                self.unseen = True

    def _draw(self, operands: list[Any], place: Matrix) -> None:
        self._forms.append((self._pen, len(self._pens)))
        self._resources.append(self._resources[-1])
        drawn = _known(_known(self._resources[-1].get("/XObject"))[operands[0]])
        self._resources[-1] = _known(drawn.get("/Resources")) or self._resources[-1]
        if drawn.get("/Subtype") == "/Image":
            self._picture([], place)
        else:
            self._pen = replace(self._pen, outer=_times(_matrix(drawn.get("/Matrix") or SAME), place))

    def _picture(self, _operands: list[Any], place: Matrix) -> None:
        self._grounds.append(_box([_point(x, y, place) for x in (0, 1) for y in (0, 1)]) or self._page)

    def _save(self, _operands: list[Any], _place: Matrix) -> None:
        self._pens.append(self._pen)

    def _restore(self, _operands: list[Any], _place: Matrix) -> None:
        least = self._forms[-1][1] if self._forms else 0
        if len(self._pens) > least:
            self._pen = self._pens.pop()

    def _corner(self, operands: list[Any], place: Matrix) -> None:
        numbers = [float(one) for one in operands]
        self._path += [_point(x, y, place) for x, y in zip(numbers[::2], numbers[1::2], strict=False)]

    def _rectangle(self, operands: list[Any], place: Matrix) -> None:
        x, y, width, height = (float(one) for one in operands[:4])
        self._path += [_point(x + dx, y + dy, place) for dx in (0, width) for dy in (0, height)]

    def _clip(self, _operands: list[Any], _place: Matrix) -> None:
        self._clips = True

    def _font(self, operands: list[Any], _place: Matrix) -> None:
        font = _known(_known(self._resources[-1].get("/Font")).get(operands[0]))
        own = font.get("/FontMatrix") if font.get("/Subtype") == "/Type3" else None
        self._pen = replace(self._pen, size=float(operands[1]) * (abs(float(own[3])) * 1000 if own else 1.0))

    def _state(self, operands: list[Any], _place: Matrix) -> None:
        state = _known(_known(self._resources[-1].get("/ExtGState")).get(operands[0]))
        if "/ca" in state:
            self._pen = replace(self._pen, clear=float(state["/ca"]) < SEE_THROUGH)

    def _space(self, operands: list[Any], _place: Matrix) -> None:
        named = _known(_known(self._resources[-1].get("/ColorSpace")).get(operands[0]))
        kind = str(named[0] if isinstance(named, list) and named else operands[0])
        inks = {"/Separation", "/DeviceN", "/DeviceCMYK"}
        self._pen = replace(self._pen, space="ink" if kind in inks else "light", white=False)

    def _colour(self, operands: list[Any], _place: Matrix) -> None:
        shares = [float(one) for one in operands if isinstance(one, (int, float))]
        inky = len(shares) == 4 or self._pen.space == "ink"
        white = bool(shares) and (max(shares) <= 1 - WHITE if inky else min(shares) >= WHITE)
        self._pen = replace(self._pen, white=white)

    def _plain(self, operands: list[Any], place: Matrix) -> None:
        self._pen = replace(self._pen, space="light")
        self._colour(operands, place)

    def _mark(self, operands: list[Any], _place: Matrix) -> None:
        layer = len(operands) > 1 and operands[0] == "/OC"
        names: Any = _known(self._resources[-1].get("/Properties")) if layer else {}
        self._marked.append(bool(layer) and _is_off(names.raw_get(operands[1]), self._off))

    def _unmark(self, _operands: list[Any], _place: Matrix) -> None:
        if self._marked:
            self._marked.pop()


_ACTS: dict[bytes, Callable[[Watch, list[Any], Matrix], None]] = {
    b"q": Watch._save, b"Q": Watch._restore, b"Tf": Watch._font, b"gs": Watch._state, b"cs": Watch._space,
    b"sc": Watch._colour, b"scn": Watch._colour, b"g": Watch._plain, b"rg": Watch._plain, b"k": Watch._plain,
    b"m": Watch._corner, b"l": Watch._corner, b"c": Watch._corner, b"v": Watch._corner, b"y": Watch._corner,
    b"re": Watch._rectangle, b"W": Watch._clip, b"W*": Watch._clip, b"BMC": Watch._mark, b"BDC": Watch._mark,
    b"EMC": Watch._unmark, b"INLINE IMAGE": Watch._picture,
    b"Tr": lambda watch, operands, _: setattr(watch, "_pen", replace(watch._pen, mode=int(operands[0]))),
    b"Tz": lambda watch, operands, _: setattr(watch, "_pen", replace(watch._pen, squeeze=abs(operands[0]) / 100)),
}  # fmt: skip


def layers_off(catalog: Any) -> frozenset[int]:
    """The numbers of the layers that are not shown when a PDF is opened."""
    layers = _known(catalog.get("/OCProperties"))
    usual = _known(layers.get("/D"))
    if usual.get("/BaseState") == "/OFF":
        return _numbers(layers.get("/OCGs")) - _numbers(usual.get("/ON"))
    return _numbers(usual.get("/OFF"))


def _numbers(references: Any) -> frozenset[int]:
    return frozenset(one.idnum for one in _known(references) or () if hasattr(one, "idnum"))


def _is_off(layer: Any, off: frozenset[int]) -> bool:
    if getattr(layer, "idnum", None) in off:
        return True
    several = _known(layer).get("/OCGs") if hasattr(_known(layer), "get") else None
    members = [several] if hasattr(several, "idnum") else list(several or ())
    return bool(members) and all(getattr(one, "idnum", None) in off for one in members)


def _known(thing: Any) -> Any:
    """A thing of the PDF itself, not the reference to it; an empty dictionary for none."""
    got = thing.get_object() if hasattr(thing, "get_object") else thing
    return {} if got is None else got


def _is_words(operands: list[Any]) -> bool:
    """True where something else than blanks is drawn."""
    shown = operands[-1] if operands else ()
    parts = shown if isinstance(shown, list) else [shown]
    return any(part.strip() for part in parts if isinstance(part, (str, bytes)))


def _matrix(numbers: Any) -> Matrix:
    a, b, c, d, e, f = (float(one) for one in list(numbers)[:6])
    return (a, b, c, d, e, f)


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First one, then the other."""
    a, b, c, d, e, f = one
    m, n, o, p, q, r = other
    return (a * m + b * o, a * n + b * p, c * m + d * o, c * n + d * p, e * m + f * o + q, e * n + f * p + r)


def _point(x: float, y: float, place: Matrix) -> tuple[float, float]:
    return x * place[0] + y * place[2] + place[4], x * place[1] + y * place[3] + place[5]


def _box(points: list[tuple[float, float]]) -> Box | None:
    if not points:
        return None
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def _within(x: float, y: float, box: Box) -> bool:
    return box[0] - NEAR <= x <= box[2] + NEAR and box[1] - NEAR <= y <= box[3] + NEAR
