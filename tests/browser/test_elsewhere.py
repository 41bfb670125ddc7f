"""Sends the letter without our server, in a real browser: the ways, the copy, and what the window shows in print."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.person import SIZES, Person
from tests.installation import Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

PAGE = "/ua-61-21/"
OWN_WORDS = "I teach at a school. Some of my pupils wait for news of an uncle."
MM = 72 / 25.4  # points


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in sandbox mode with the demo campaign, and a web server."""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, mode="sandbox") as site:
        site.load_demo()
        site.start("web")
        yield site
        site.stop_all()


Arrive = Callable[..., Person]


@pytest.fixture
def arrive(site: Installation, browser: Browser, tmp_path: Path) -> Iterator[Arrive]:
    """A new person with an empty browser, at the finished letter."""
    contexts: list[BrowserContext] = []
    pictures = [tmp_path]
    if os.environ.get("APPEAL_SCREENSHOTS"):
        pictures.append(Path(os.environ["APPEAL_SCREENSHOTS"]))

    def person(size: str, *, scripts: bool = True, dark: bool = False, own_words: str = OWN_WORDS) -> Person:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="en-GB",
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        name = f"elsewhere-{size}{'' if scripts else '-without-scripts'}{'-dark' if dark else ''}"
        somebody = Person(site, context.new_page(), pictures, name)
        write(somebody, own_words)
        return somebody

    yield person
    for context in contexts:
        context.close()


def write(person: Person, own_words: str) -> None:
    """Fill in the form, without an address, and choose to send it alone."""
    person.open(PAGE)
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    person.page.get_by_label("Town or city").fill("Montréal")
    person.page.get_by_role("combobox", name="Country").select_option("Canada")
    person.page.get_by_label("Your own words").fill(own_words)
    person.press("Send it myself")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Send it yourself")


@pytest.mark.parametrize(
    ("size", "dark", "scripts"),
    [("phone", False, True), ("phone", True, False), ("desktop", False, False), ("desktop", True, True),
     ("narrow", False, True)],
)  # fmt: skip
def test_from_the_form_to_i_sent_it(arrive: Arrive, size: str, dark: bool, scripts: bool) -> None:
    person = arrive(size, scripts=scripts, dark=dark)
    person.looks("1-ways")
    text = person.page.get_by_label("The letter’s text").input_value()
    assert OWN_WORDS in text
    link = person.page.get_by_role("link", name="Open my mail program").get_attribute("href") or ""
    assert parse_qs(urlsplit(link).query)["body"] == [text.replace("\n", "\r\n")]

    person.press("Letter to print")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Letters to print")
    expect(person.page.get_by_role("button", name="Print", exact=True)).to_be_visible(visible=scripts)
    person.looks("2-post")
    person.press("Back to the other ways")
    person.press("Cover page and letter to print")
    person.looks("3-fax")
    person.press("I sent it by fax")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    person.looks("4-sent")
    person.is_left_alone()


def test_one_button_copies_the_letter(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.press("Copy the text")
    expect(person.page.get_by_role("status")).to_have_text("Copied. Now paste it where you write.")
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied == person.page.get_by_label("The letter’s text").input_value()


def test_the_letter_can_be_changed_and_comes_back(arrive: Arrive) -> None:
    person = arrive("phone")
    person.press("Change the letter")
    assert urlsplit(person.page.url).path == PAGE
    expect(person.page.get_by_label("Your own words")).to_have_value(OWN_WORDS)
    person.page.get_by_label("Your own words").fill("Other words.")
    person.press("Send it myself")
    assert "Other words." in person.page.get_by_label("The letter’s text").input_value()


# --- what is printed --------------------------------------------------------------------------------------------------


def printed(person: Person, paper: str) -> pypdf.PdfReader:
    expect(person.page.locator(".sheet").first).to_be_visible()
    return pypdf.PdfReader(io.BytesIO(person.page.pdf(format=paper, prefer_css_page_size=False)))


def places(page: pypdf.PageObject) -> list[tuple[str, float, float]]:
    """(words, mm from the left, mm from the top) of each piece of text on a page."""
    found: list[tuple[str, float, float]] = []
    height = float(page.mediabox.height)

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x / MM, (height - y) / MM))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_address_lies_in_the_window_of_the_envelope(arrive: Arrive, paper: str) -> None:
    person = arrive("desktop")
    person.press("Letter to print")
    file = printed(person, paper)
    assert len(file.pages) == 2
    for page, last in zip(file.pages, ("People's Republic of China", "Ottawa, ON K1N 5H3"), strict=True):
        found = places(page)
        words, left, top = next(one for one in found if one[0] == last)
        assert 24 < left < 26, words
        assert 80 < top < 83, words  # the line on which its last words stand
        assert "Send" not in page.extract_text()


def test_a_long_letter_keeps_its_edges_free_on_every_page(arrive: Arrive) -> None:
    person = arrive("desktop", own_words="A sentence that stands here. " * 50)
    person.press("Letter to print")
    file = printed(person, "A4")
    assert len(file.pages) == 4
    for page in file.pages:
        found = [place for place in places(page) if len(place[0]) > 3]
        assert min(top for _words, _left, top in found) > 14
        assert max(top for _words, _left, top in found) < 284


def test_a_fax_is_a_cover_and_a_letter_for_each_office(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.press("Cover page and letter to print")
    file = printed(person, "Letter")
    assert len(file.pages) == 4
    assert "2, with this one" in file.pages[0].extract_text()
    assert "613 789 1911" in file.pages[2].extract_text()
