"""Owns the reading of a page by a strict reader: what it loads, what is inline, what does not close, what is twice."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
#: SVG shapes close themselves.
SHAPES = frozenset({"path", "circle", "rect", "use"})
#: Between these no words run together.
INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "time"})
#: Attributes under which a browser fetches something or goes somewhere.
ADDRESSES = ("src", "href", "action", "formaction", "poster", "data", "srcset", "xlink:href")
#: How a link may lead to another site.
QUIETLY = "noopener noreferrer"
#: Where the site stands in tests within this process.
HERE = "127.0.0.1:8000"


@dataclass
class Page:
    """One page. ``faults`` are what a strict reader objects to."""

    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    #: (id, name, value) of each field to fill in; a select's value is the chosen one's.
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    described: dict[str, str] = field(default_factory=dict)
    #: id -> the words inside of it.
    words: dict[str, str] = field(default_factory=dict)
    title: str = ""
    text: str = ""

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next(value for _, found, value in self.fields if found == name)

    def beside(self, name: str) -> str:
        """The words that the field's ``aria-describedby`` names."""
        return " ".join(self.words[one] for one in self.described.get(f"id_{name}", "").split())


def read(html: str, host: str = HERE) -> Page:
    """Read a whole page of the site at ``host``, and note every fault."""
    reader = _Reader(host)
    reader.feed(html)
    reader.close()
    page = reader.page
    page.faults += [f"<{tag}> is never closed" for tag, _ in reader.open]
    page.faults += [
        f"id {one!r} stands {page.ids.count(one)} times" for one in sorted(set(page.ids)) if page.ids.count(one) > 1
    ]
    page.faults += [f"{one!r} has no label" for one, _, _ in page.fields if one not in page.labels]
    page.faults += [f"{one!r} names {part!r}, which is not there" for one, parts in page.described.items()
                    for part in parts.split() if part not in page.ids]  # fmt: skip
    if page.headings.count(1) != 1:
        page.faults.append(f"{page.headings.count(1)} headings of the first rank")
    page.faults += [
        f"after a heading of rank {one} comes one of rank {two}"
        for one, two in zip(page.headings, page.headings[1:], strict=False)
        if two > one + 1
    ]
    if not page.title.strip():
        page.faults.append("no title")
    return page


class _Reader(HTMLParser):
    def __init__(self, host: str) -> None:
        super().__init__(convert_charrefs=True)
        self.host = host
        self.page = Page()
        self.open: list[tuple[str, str]] = []
        self._textarea: tuple[str, str] | None = None
        self._select: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = [name for name, _ in attrs]
        self.page.faults += [f"<{tag}> has {name!r} twice" for name in set(names) if names.count(name) > 1]
        self._inline(tag, given)
        if "id" in given:
            self.page.ids.append(given["id"])
            self.page.words[given["id"]] = ""
            if "aria-describedby" in given:
                self.page.described[given["id"]] = given["aria-describedby"]
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.page.headings.append(int(tag[1]))
        if tag == "label":
            self.page.labels.add(given.get("for", ""))
        self._control(tag, given)
        if tag == "p" and self.open and self.open[-1][0] == "p":
            self.page.faults.append("a <p> inside of a <p>")
        self._gap(tag)
        if tag not in VOID | SHAPES:
            self.open.append((tag, given.get("id", "")))

    def _gap(self, tag: str) -> None:
        if tag not in INLINE and not self._textarea:
            self.handle_data(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | SHAPES:
            self.page.faults.append(f"<{tag}/> does not close in HTML")
        self.handle_starttag(tag, attrs)

    def _inline(self, tag: str, given: dict[str, str]) -> None:
        self.page.faults += [f"<{tag}> has {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.page.faults.append(f"an inline <{tag}>")
        for name in ADDRESSES:
            parts = urlsplit(given.get(name, ""))
            if tag == "a" and parts.scheme == "https" and given.get("rel") == QUIETLY:
                continue  # It fetches nothing by itself, and where it leads is not told who came.
            if parts.netloc not in {"", self.host} or parts.scheme not in {"", "http", "mailto"}:
                self.page.faults.append(f"<{tag}> leads to {given[name]!r}")

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name, own_id = given.get("name", ""), given.get("id", "")
        if tag == "input" and given.get("type") != "hidden":
            self.page.fields.append((own_id, name, given.get("value", "")))
        elif tag == "textarea":
            self._textarea = (own_id, name)
            self.page.fields.append((own_id, name, ""))
        elif tag == "select":
            self._select = (own_id, name)
            self.page.fields.append((own_id, name, ""))
        elif tag == "option" and "selected" in given and self._select:
            self.page.fields[-1] = (*self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            own_id, name, value = self.page.fields[-1]
            self.page.fields[-1] = (own_id, name, value.removeprefix("\n"))  # as a browser does
            self._textarea = None
        if tag in VOID | SHAPES:
            return
        if not self.open or self.open[-1][0] != tag:
            self.page.faults.append(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'!r}")
        while self.open and self.open.pop()[0] != tag:
            pass
        self._gap(tag)

    def handle_data(self, data: str) -> None:
        if self._textarea:
            own_id, name, value = self.page.fields[-1]
            self.page.fields[-1] = (own_id, name, value + data)
        if any(tag == "title" for tag, _ in self.open) and not any(tag == "svg" for tag, _ in self.open):
            self.page.title += data
        self.page.text += data
        for _, own_id in self.open:
            if own_id:
                self.page.words[own_id] += data
