"""Does what a reader does on somebody else's page that shows a campaign's form in a frame, on another origin."""

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, expect

from tests.browser.person import SIZES
from tests.browser.test_as_a_person import she_follows_the_link_in_her_mail
from tests.installation import ROOT, Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

#: What stands around the form on each page that a test makes.
HOST = '<!doctype html><html lang="{language}"{html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page of others</title>{head}</head><body>{body}<p id="end">The end of the page.</p></body></html>'
OWN_WORDS = "I teach at a school. Some of my pupils wait for news of an uncle."


class Elsewhere(ThreadingHTTPServer):
    """A site of somebody else's. It stands on loopback under two names, and remembers what it was asked for."""

    pages: ClassVar[dict[str, str]] = {}
    policy = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.pages.clear()

    @property
    def known(self) -> str:
        """Under this name it is on the list."""
        return f"http://localhost:{self.server_port}"

    @property
    def stranger(self) -> str:
        """Under this one it is not."""
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """A page, as a test made it."""

    def do_GET(self) -> None:
        site = self.server
        assert isinstance(site, Elsewhere)
        body = site.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if site.policy:
            self.send_header("Content-Security-Policy", site.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """It keeps quiet."""


@pytest.fixture
def elsewhere(site: Installation, others: Elsewhere) -> Iterator[Elsewhere]:
    """The site of others, without any page yet."""
    yield others
    others.pages.clear()
    others.policy = ""


@pytest.fixture(scope="module")
def others() -> Iterator[Elsewhere]:
    with Elsewhere() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture(scope="module")
def site(others: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in sandbox mode with the demo campaign and the invented one, which lets in the site of others by one name."""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, mode="sandbox") as site:
        site.further["EMBED_HOSTS"] = others.known
        site.load_demo()
        site.manage("shell", "-v", "0", "-c", "from tests.advocacy import tongues; tongues.live()")
        site.start("web", "drain")
        yield site
        site.stop_all()


class Reader:
    """Somebody on a page of others, and a strict observer behind them."""

    def __init__(self, site: Installation, elsewhere: Elsewhere, page: Page, pictures: list[Path], name: str) -> None:
        self.site, self.elsewhere, self.page, self.pictures, self.name = site, elsewhere, page, pictures, name
        self.complaints: list[str] = []
        self.asked: list[Request] = []
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request))

    def _said(self, kind: str, words: str) -> None:
        if kind in {"error", "warning"} and "status of 422" not in words and "favicon" not in words:
            self.complaints.append(words)

    def script(self, campaign: str = "ua-61-21", more: str = "async") -> str:
        """The line of a snippet."""
        return f'<script src="{self.site.url}/embed.js" data-campaign="{campaign}" {more}></script>'

    def opens(self, body: str, *, language: str = "en", head: str = "", html: str = "", known: bool = True) -> None:
        """Open a page with this in it."""
        self.elsewhere.pages["/page"] = HOST.format(body=body, language=language, head=head, html=html)
        self.page.goto((self.elsewhere.known if known else self.elsewhere.stranger) + "/page")

    def frame(self, number: int = 0) -> Frame:
        """What is in one of the frames, once it is shown."""
        element = self.page.locator("iframe").nth(number)
        expect(element).to_be_visible()
        found = element.element_handle().content_frame()
        assert found is not None
        return found

    def fits(self, number: int = 0) -> int:
        """The height of a frame; nothing in it scrolls, in no direction."""
        frame = self.frame(number)
        self.page.wait_for_function(
            "([one, all]) => Math.abs(document.querySelectorAll('iframe')[one].clientHeight - all) < 2",
            arg=[number, frame.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")],
        )
        room = frame.evaluate(
            "[document.scrollingElement.scrollHeight - innerHeight, document.scrollingElement.scrollWidth - innerWidth]"
        )
        assert max(room) <= 0, room
        return int(frame.evaluate("innerHeight"))

    def looks(self, what: str) -> None:
        """Take a picture."""
        for folder in self.pictures:
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"embed-{self.name}-{what}.png", full_page=True, caret="initial")

    def is_left_alone(self) -> None:
        """Nothing was kept, nobody else was asked, our site was not told of the page, and nothing was complained about."""
        assert self.page.context.cookies() == []
        for frame in self.page.frames:
            assert frame.evaluate("localStorage.length + sessionStorage.length") == 0
        hosts = {urlsplit(request.url).netloc for request in self.asked}
        assert hosts <= {urlsplit(one).netloc for one in (self.site.url, self.elsewhere.known)}
        for request in self.asked:
            if "/embed.js" not in request.url:  # whoever copies the short line tells of the page, as with any script
                assert request.all_headers().get("referer", "") in {"", self.page.url}, request.url
                if request.url.startswith(self.site.url):
                    assert "referer" not in request.all_headers(), request.url
        assert self.complaints == []


Read = Callable[..., Reader]


@pytest.fixture
def read(site: Installation, elsewhere: Elsewhere, browser: Browser, tmp_path: Path) -> Iterator[Read]:
    """A new reader with an empty browser: ``read("phone", scripts=False)``."""
    contexts: list[BrowserContext] = []
    pictures = [tmp_path, *(Path(folder) for folder in [os.environ.get("APPEAL_SCREENSHOTS", "")] if folder)]

    def reader(size: str = "desktop", *, scripts: bool = True, dark: bool = False) -> Reader:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="en-GB",
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        name = f"{size}{'' if scripts else '-without-scripts'}{'-dark' if dark else ''}"
        return Reader(site, elsewhere, context.new_page(), pictures, name)

    yield reader
    for context in contexts:
        context.close()


def filled_in(frame: Frame, email: str) -> None:
    frame.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    frame.get_by_label("Email address").fill(email)
    frame.get_by_label("Town or city").fill("Montréal")
    frame.get_by_role("combobox", name="Country").select_option("Canada")
    frame.get_by_label("Your own words").fill(OWN_WORDS)


def send(frame: Frame) -> None:
    frame.get_by_role("button", name="Send my letter", exact=True).click()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_letter_is_written_in_the_frame_and_confirmed_on_our_own_site(read: Read, size: str) -> None:
    reader = read(size)
    reader.opens("<h1>A newspaper</h1>" + reader.script())
    frame = reader.frame()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Missing and arbitrarily detained in Xinjiang")
    assert frame.locator("header, nav").count() == 0
    first = reader.fits()
    reader.looks("1-form")

    send(frame)
    summary = frame.get_by_role("alert")
    expect(summary).to_contain_text("4 things need a second look")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert reader.fits() > first
    reader.looks("2-errors")
    summary.get_by_role("link", name="Write your name.").click()
    expect(frame.get_by_role("textbox", name="Full name")).to_be_focused()
    expect(frame.get_by_role("textbox", name="Full name")).to_be_in_viewport()

    email = f"lea.embed.{size}@example.org"
    filled_in(frame, email)
    expect(frame.locator("#sheets .own")).to_have_text(OWN_WORDS)
    expect(frame.locator("#sheets")).to_contain_text("Léa Tremblay <ua-61-21@letters.example.org>")
    before = reader.fits()
    reader.looks("3-filled")
    send(frame)
    heading = frame.get_by_role("heading", level=1)
    expect(heading).to_have_text("One step left: look in your mail")
    expect(heading).to_be_in_viewport()
    assert urlsplit(frame.url).path == "/ua-61-21/embed/written/"
    assert reader.fits() < before
    reader.looks("4-written")
    reader.is_left_alone()

    with reader.page.context.expect_page() as opened:
        frame.get_by_role("link", name="Open it on a page of its own").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Missing and arbitrarily detained in Xinjiang")
    assert urlsplit(opened.value.url).path == "/ua-61-21/"
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    assert reader.page.url.endswith("/page")


def test_on_a_site_that_is_not_on_the_list_there_is_a_link_and_no_form(read: Read) -> None:
    reader = read()
    reader.opens(reader.script(more='data-title="Write a letter: Xinjiang" async'), known=False)
    link = reader.page.get_by_role("link", name="Write a letter: Xinjiang")
    expect(link).to_be_visible()
    for _ in range(100):
        if any("frame-ancestors" in words for words in reader.complaints):
            break
        reader.page.wait_for_timeout(50)
    assert any("frame-ancestors" in words for words in reader.complaints)
    reader.page.wait_for_timeout(300)
    expect(reader.page.locator("iframe")).to_be_hidden()
    assert reader.page.locator("iframe").bounding_box()["height"] == 0  # type: ignore[index]
    reader.looks("refused")
    link.click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Missing and arbitrarily detained in Xinjiang")
