"""Owns a person with a browser, without the browser: pages over real HTTP, their words, their forms and buttons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

#: Everything else begins a line of its own.
INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "time"})
SILENT = frozenset({"script", "style", "template", "svg"})
#: Attributes by which a page would load something by itself.
LOADING = (("img", "src"), ("script", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("use", "href"))


@dataclass
class Form:
    """A form as the page offers it: where it goes, and what stands in it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    #: (name, value, label) of each button.
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Page:
    """One answer to one request."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str]
    text: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def path(self) -> str:
        """Where the visitor ended up, without the host."""
        return urlsplit(self.url).path

    def form_with(self, name: str) -> Form:
        """The form that has a field or a button of this name."""
        for form in self.forms:
            if name in form.fields or any(button[0] == name for button in form.buttons):
                return form
        raise AssertionError(f"No form with {name!r} on {self.path}: {self.text[:2000]}")


def read(url: str, status: int, body: bytes, headers: Mapping[str, str]) -> Page:
    """A page as a person finds it: its visible words, forms and links, and what it would load by itself."""
    page = Page(url, status, body, headers)
    if "html" in headers.get("Content-Type", ""):
        reader = _Reader(page)
        reader.feed(page.html)
        page.text = re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", "".join(reader.words))).strip()
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.words: list[str] = []
        self._silent = 0
        self._form: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._textarea: str | None = None
        self._button: tuple[str, str] | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.loads += [given[name] for loading, name in LOADING if tag == loading and given.get(name)]
        self._silent += tag in SILENT
        if tag not in INLINE:
            self.words.append("\n")
        if tag == "a" and "href" in given:
            self.page.links.append(urljoin(self.page.url, given["href"]))
        elif tag == "form":
            action = urljoin(self.page.url, given.get("action", ""))
            self._form = Form(action, given.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            form.fields[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
            form.fields[name] = ""
        elif tag == "option" and "selected" in given:
            form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            form.fields[name] = ""
        elif tag == "button":
            self._button, self._label = (name, given.get("value", "")), ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        if tag not in INLINE:
            self.words.append("\n")
        if tag == "textarea" and self._form is not None and self._textarea:
            # A browser drops the first line break of a textarea and sends the others as CR LF.
            value = self._form.fields[self._textarea].removeprefix("\n")
            self._form.fields[self._textarea] = value.replace("\n", "\r\n")
            self._textarea = None
        elif tag == "button" and self._form is not None and self._button is not None:
            self._form.buttons.append((*self._button, " ".join(self._label.split())))
            self._button = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data
        elif self._button is not None:
            self._label += data
        if not self._silent:
            self.words.append(data.replace("\n", " "))


class Visitor:
    """Somebody who opens pages. Unless ``cookies`` are allowed, a page that offers one fails the test."""

    def __init__(self, url: str, *, cookies: bool = False) -> None:
        self.url = url
        self.cookies = cookies
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy named in the environment would see everything

    def get(self, address: str) -> Page:
        """Open a page by its path or whole address."""
        return self.ask("GET", address)

    def ask(self, method: str, address: str, data: Mapping[str, str] | bytes | None = None, **more: str) -> Page:
        """Make one request and follow where it leads. ``more`` are headers."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        answer = self.session.request(
            method, urljoin(self.url + "/", address), data=data, headers=headers, timeout=30, allow_redirects=True
        )
        for one in [*answer.history, answer]:
            assert self.cookies or "Set-Cookie" not in one.headers, f"{one.url} sets a cookie"
        return read(answer.url, answer.status_code, answer.content, answer.headers)

    def press(self, page: Page, label: str, **typed: str) -> Page:
        """Fill in the form that has a button of this label and press it. Raises AssertionError where there is none."""
        for form in page.forms:
            for name, value, words in form.buttons:
                if words == label:
                    return self.send(form, {**typed, **({name: value} if name else {})})
        labels = [words for form in page.forms for _, _, words in form.buttons]
        raise AssertionError(f"No button {label!r} on {page.path}, only {labels}")

    def send(self, form: Form, data: Mapping[str, str]) -> Page:
        """Send a form with what stands in it and what is typed over it."""
        return self.ask(form.method.upper(), form.action, {**form.fields, **data})
