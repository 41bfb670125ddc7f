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
from tests.installation import ROOT, Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

#: What stands around the form on each page that a test makes.
HOST = """<!doctype html><html lang="{language}"{html}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>A page of others</title>{head}</head>
<body>{body}<p>The end of the page.</p></body></html>"""
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
        self.send_response(200 if body else 204)
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
    """A site in sandbox mode with the demo campaign and the invented one. It lets in the site of others by one name."""
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
        page.on("request", self._asks)

    def _asks(self, request: Request) -> None:
        self.asked.append(request)

    def _said(self, kind: str, words: str) -> None:
        if kind in {"error", "warning"} and "status of 422" not in words:
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
        """Take a picture, on a screen as tall as the page: of a frame of another site only what is on it is drawn."""
        size = self.page.viewport_size
        assert size is not None
        tall = int(self.page.evaluate("document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": size["width"], "height": max(tall, size["height"])})
        self.page.wait_for_timeout(200)
        for folder in self.pictures:
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"embed-{self.name}-{what}.png", caret="initial")
        self.page.set_viewport_size(size)

    def is_left_alone(self) -> None:
        """Nothing was kept, nobody else was asked, our site was not told of the page, nothing was complained about."""
        assert self.page.context.cookies() == []
        # In the frame this browser refuses storage, as to all sites but the page's own; nothing there needs any.
        assert self.page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert (
            self.page.frames[1].evaluate("() => { try { return localStorage.length } catch { return 'refused' } }")
            == "refused"
        )
        hosts = {urlsplit(request.url).netloc for request in self.asked}
        assert hosts <= {urlsplit(one).netloc for one in (self.site.url, self.elsewhere.known)}
        for request in self.asked:
            # The request for the script tells of the page, as for any script; the lines at the desk forbid it.
            if request.url.startswith(self.site.url) and "/embed.js" not in request.url:
                assert request.all_headers().get("referer", "") == "", request.url
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


# --- any page ---------------------------------------------------------------------------------------------------------


def test_several_stand_on_one_page_in_the_language_around_each(read: Read) -> None:
    reader = read()
    case = "ua-7-26"
    reader.opens(
        f"""<p>Français</p>{reader.script(case)}
        <section lang="ar" dir="rtl">{reader.script(case, "defer")}</section>
        <section lang="fr-CA">{reader.script(case, "")}</section>
        <section lang="de"><p>Deutsch</p>{reader.script(case)}</section>
        <section lang="de">{reader.script(case, 'data-language="ar" async')}</section>
        <section lang="x">{reader.script()}</section>""",
        language="fr",
    )
    expected = [("fr", "ltr", "fr/"), ("ar", "rtl", "ar/"), ("fr", "ltr", "fr/")]
    expected += [("en", "ltr", ""), ("ar", "rtl", "ar/"), ("en", "ltr", "")]
    for number, (language, direction, end) in enumerate(expected):
        frame = reader.frame(number)
        heading = frame.get_by_role("heading", level=1)
        expect(heading).to_have_attribute("lang", language)
        assert heading.evaluate("one => getComputedStyle(one).direction") == direction
        assert urlsplit(frame.url).path.endswith(f"/embed/{end}")
        reader.fits(number)
    expect(reader.page.get_by_role("link")).to_have_count(0)
    assert reader.page.evaluate("Object.keys(window).filter((name) => /appeal|embed/i.test(name))") == []
    reader.looks("several")
    reader.is_left_alone()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_letter_is_read_from_the_right_in_the_frame(read: Read, size: str) -> None:
    reader = read(size)
    reader.opens("<h1>جريدة</h1>" + reader.script("ua-7-26"), language="ar", html=' dir="rtl"')
    frame = reader.frame()
    filled_in(frame, f"lea.rtl.{size}@example.org")
    told = frame.locator("#sheets .row", has_text="Léa Tremblay").first.locator(".told")
    expect(told).to_contain_text("Léa Tremblay")
    assert told.evaluate("one => getComputedStyle(one).direction") == "rtl"
    reader.fits()
    reader.looks("arabic")
    frame.get_by_role("link", name="Français").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Trois institutrices détenues au bac")
    assert urlsplit(frame.url).path == "/ua-7-26/embed/fr/"
    filled_in(frame, f"lea.rtl.{size}@example.org")
    send(frame)
    expect(frame.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    assert urlsplit(frame.url).path == "/ua-7-26/embed/fr/written/"
    reader.is_left_alone()


def test_in_the_head_it_waits_for_the_page_and_stands_where_it_is_told_or_at_the_end(read: Read) -> None:
    reader = read()
    reader.opens(
        '<h1>A page</h1><div id="here" lang="ar"></div><p>Below.</p>',
        head=reader.script("ua-7-26", 'data-place="here"') + reader.script("ua-61-21", ""),
    )
    expect(reader.frame(0).get_by_role("heading", level=1)).to_have_attribute("lang", "ar")
    expect(reader.frame(1).get_by_role("heading", level=1)).to_have_attribute("lang", "en")
    places = reader.page.evaluate(
        "[...document.querySelectorAll('iframe')].map((one) => one.parentElement.id || one.parentElement.tagName)"
    )
    assert places == ["here", "BODY"]
    reader.is_left_alone()


def test_a_page_that_allows_little_is_enough(read: Read) -> None:
    """A strict policy, without inline styles and with trusted types; and a script that comes in later."""
    reader = read()
    reader.elsewhere.policy = (
        f"default-src 'none'; script-src {reader.site.url}; frame-src {reader.site.url}; "
        "require-trusted-types-for 'script'; base-uri 'none'"
    )
    reader.opens(reader.script(), head='<link rel="icon" href="data:,">')
    reader.fits()
    reader.complaints = [one for one in reader.complaints if "icon" not in one and "data:" not in one]
    reader.is_left_alone()
    reader.elsewhere.policy = ""
    reader.opens("<main></main>")
    reader.page.evaluate(
        """(src) => { const one = document.createElement("script"); one.src = src; one.dataset.campaign = "ua-61-21";
            document.querySelector("main").append(one); }""",
        f"{reader.site.url}/embed.js",
    )
    reader.fits()


def test_without_scripts_the_page_has_the_link_and_a_plain_frame_has_the_form(read: Read) -> None:
    reader = read(scripts=False)
    address = f"{reader.site.url}/ua-61-21/"
    reader.opens(
        f'{reader.script()}<noscript><a href="{address}">Write a letter</a></noscript>'
        f'<iframe src="{address}embed/" title="Write a letter" width="100%" height="900"></iframe>'
    )
    expect(reader.page.get_by_role("link", name="Write a letter")).to_have_attribute("href", address)
    expect(reader.page.locator("iframe")).to_have_count(1)
    frame = reader.frame()
    send(frame)
    expect(frame.get_by_role("alert")).to_contain_text("4 things need a second look")
    filled_in(frame, "lea.plain@example.org")
    frame.get_by_role("button", name="Show my changes").click()
    expect(frame.locator("#sheets .own")).to_have_text(OWN_WORDS)
    assert urlsplit(frame.url).path == "/ua-61-21/embed/"
    reader.looks("plain")
    send(frame)
    expect(frame.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    assert urlsplit(frame.url).path == "/ua-61-21/embed/written/"


def test_a_frame_whose_scripts_do_not_run_leaves_the_link(read: Read) -> None:
    reader = read()
    reader.page.route("**/framed*.js", lambda route: route.abort())
    reader.opens(reader.script())
    link = reader.page.get_by_role("link")
    expect(link).to_have_text(f"{urlsplit(reader.site.url).netloc}/ua-61-21/")
    reader.page.wait_for_load_state("networkidle")
    expect(link).to_be_visible()
    expect(reader.page.locator("iframe")).to_be_hidden()


# --- nobody tells the other what it does not need ---------------------------------------------------------------------


def test_the_frame_says_how_tall_it_is_and_nothing_else(read: Read) -> None:
    reader = read()
    reader.opens(
        reader.script(),
        head="<script>const heard = []; addEventListener('message', (e) => heard.push([e.origin, e.data]));</script>",
    )
    frame = reader.frame()
    filled_in(frame, "lea.heard@example.org")
    expect(frame.locator("#sheets .own")).to_have_text(OWN_WORDS)
    reader.fits()
    heard = reader.page.evaluate("heard")
    assert len(heard) > 1
    for origin, data in heard:
        assert origin == reader.site.url
        assert list(data) == ["appealHeight"]
        assert isinstance(data["appealHeight"], int)
    with pytest.raises(Exception, match="cross-origin"):
        reader.page.evaluate("document.querySelector('iframe').contentWindow.document.body.innerText")


def test_a_page_with_a_dark_side_gets_a_dark_frame(read: Read) -> None:
    reader = read(dark=True)
    reader.opens(reader.script(), head='<meta name="color-scheme" content="light dark">')
    reader.fits()
    assert reader.frame().evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    reader.looks("own-dark")


def test_nobody_else_sizes_the_frame_or_is_told(read: Read) -> None:
    """Messages from the page to itself, from a third site's frame in it, and from there into ours."""
    reader = read("phone")
    reader.elsewhere.pages["/other"] = """<script>
        parent.postMessage({ appealHeight: 7 }, "*");
        addEventListener("message", (one) => document.title = JSON.stringify(one.data));
        const ask = () => {
            parent.frames[0].postMessage("appeal: any", "*");
            parent.postMessage({ appealHeight: 7 }, "*");
        };
        </script>"""
    third = f"{reader.elsewhere.stranger}/other"
    reader.opens(reader.script(more="") + f'<iframe src="{third}" title="Another"></iframe>')
    tall = reader.fits()
    other = reader.page.frames[-1]
    assert other.url == third
    other.evaluate("ask()")
    reader.page.evaluate("postMessage({ appealHeight: 7 }, '*')")
    for said in ("-5", "NaN", "1e9", "'9px'", "null"):
        reader.frame().evaluate(f"parent.postMessage({{ appealHeight: {said} }}, '*')")
    reader.frame().evaluate("parent.postMessage(null, '*')")
    reader.page.wait_for_timeout(300)
    assert reader.fits() == tall
    reader.frame().get_by_label("Your own words").fill(OWN_WORDS)
    expect(reader.frame().locator("#sheets .own")).to_have_text(OWN_WORDS)
    assert reader.fits() > tall  # the frame still answers the page around it, and it alone
    assert other.evaluate("document.title") == ""
    assert reader.complaints == []


def test_the_frame_cannot_lead_the_page_away(read: Read) -> None:
    reader = read()
    reader.opens(reader.script())
    frame = reader.frame()
    frame.get_by_role(
        "textbox", name="Full name"
    ).click()  # a browser lets a frame do so after a click, unless told not to
    with pytest.raises(Exception, match="permission to navigate"):
        frame.evaluate("() => { window.top.location.href = 'about:blank'; }")
    assert reader.page.url.endswith("/page")


# --- the page under docs/ ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_demo_page_works_against_a_running_site(read: Read, size: str, dark: bool) -> None:
    reader = read(size, dark=dark)
    page = (ROOT / "docs" / "embed-demo.html").read_text(encoding="utf-8")
    assert page.count("http://127.0.0.1:8000") == 2
    reader.elsewhere.pages["/page"] = page.replace("http://127.0.0.1:8000", reader.site.url)
    reader.page.goto(f"{reader.elsewhere.known}/page")
    expect(reader.frame().get_by_role("heading", level=1)).to_have_text("Missing and arbitrarily detained in Xinjiang")
    expect(reader.page.locator("iframe")).to_have_attribute("title", "Write a letter: missing and detained in Xinjiang")
    reader.fits()
    wide = reader.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert wide <= 0
    # The page is never dark, and so is its frame.
    ground = reader.frame().evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    reader.looks("demo")
