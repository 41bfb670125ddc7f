"""Owns somebody before a screen, in a real browser, and the strict observer behind them."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page

from tests.advocacy import pages
from tests.installation import Installation

SIZES = {"phone": (390, 844), "desktop": (1280, 900), "narrow": (320, 640)}


@dataclass
class Person:
    """Somebody before a screen, and a strict observer behind them."""

    site: Installation
    page: Page
    pictures: list[Path]
    name: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.site.url).netloc:
            self.elsewhere.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        # The browser itself reports the answer 422 to a form with faults.
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def looks(self, what: str) -> None:
        """Take a picture, and object to whatever a strict reader objects to."""
        for folder in self.pictures:
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{self.name}-{what}.png", full_page=True, caret="initial")
        faults = pages.read(self.page.content(), urlsplit(self.site.url).netloc).faults
        assert faults == [], f"{what}: {faults}"
        wide = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{what} scrolls sideways by {wide} pixels"

    def is_left_alone(self) -> None:
        """Nothing was kept in the browser, fetched from elsewhere or complained about."""
        assert self.page.context.cookies() == []
        assert self.page.evaluate("localStorage.length + sessionStorage.length") == 0
        self.saw_nothing_odd()

    def saw_nothing_odd(self) -> None:
        assert self.elsewhere == []
        assert self.complaints == []
