"""Looks at the campaign's page in a real browser: how heavy it is, and what its scripts help with and never tell."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.person import SIZES, Person
from tests.installation import Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

PAGE = "/ua-61-21/"
MOST_BYTES = 60_000
MOST_REQUESTS = 5
#: A slow line: 400 kbit/s and 400 ms, as phones are tested with.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
OWN_WORDS = "I teach at a school."

Arrive = Callable[..., Person]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in sandbox mode with the demo campaign, whose whole text may be changed."""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, mode="sandbox") as site:
        site.load_demo()
        site.rows("UPDATE advocacy_campaign SET body_editable = true")
        site.start("web")
        yield site
        site.stop_all()


@pytest.fixture
def arrive(site: Installation, browser: Browser, tmp_path: Path) -> Iterator[Arrive]:
    """A new person with an empty browser: ``arrive("phone", scripts=False)``."""
    contexts: list[BrowserContext] = []
    pictures = [tmp_path]
    if os.environ.get("APPEAL_SCREENSHOTS"):
        pictures.append(Path(os.environ["APPEAL_SCREENSHOTS"]))

    def person(size: str = "phone", *, scripts: bool = True, **wishes: Any) -> Person:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", java_script_enabled=scripts, **wishes
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        name = "-".join(["page", size, *(() if scripts else ("without-scripts",)), *wishes.values()])
        return Person(site, context.new_page(), pictures, name)

    yield person
    for context in contexts:
        context.close()


# --- how heavy it is --------------------------------------------------------------------------------------------------


def loaded(page: Page, url: str) -> tuple[int, list[str]]:
    """Open a page. Returns how many bytes came over the line, heads included, and what was asked for."""
    asked: list[str] = []
    came: list[float] = []
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    line.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    return int(sum(came)), asked


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_first_view_is_light_and_comes_from_one_house(arrive: Arrive, site: Installation, size: str) -> None:
    person = arrive(size)
    came, asked = loaded(person.page, site.url + PAGE)
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site.url).netloc}
    assert len(asked) <= MOST_REQUESTS, asked
    assert not [url for url in asked if url.endswith((".png", "qr.svg"))], "a picture that nobody looks at yet"
    assert came < MOST_BYTES
    # An old server before ours may unpack it again: also then it is light.
    whole = sum(len(person.page.request.get(url, headers={"Accept-Encoding": "identity"}).body()) for url in asked)
    assert whole < 1.7 * MOST_BYTES
    person.is_left_alone()


def test_it_can_be_read_within_moments_on_a_slow_line(arrive: Arrive, site: Installation) -> None:
    page = arrive("phone").page
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.goto(site.url + PAGE, wait_until="load")
    seen = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert seen < 3_000, "milliseconds, of which the line takes 1,200 only to say that it is there"


# --- how it looks to those who see it otherwise -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "wishes", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}], ids=str
)
def test_it_follows_what_the_reader_has_set(arrive: Arrive, wishes: dict[str, str]) -> None:
    person = arrive("narrow", **wishes)
    person.open(PAGE)
    person.page.locator("#private-check summary").click()
    person.page.get_by_text("A QR code for posters and screens").click()
    expect(person.page.get_by_role("img", name="QR code of")).to_be_visible()
    person.looks("whole")
    if "reduced_motion" in wishes:
        assert person.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    person.is_left_alone()


def test_twice_as_large_nothing_scrolls_sideways(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.page.set_viewport_size({"width": 640, "height": 450})  # 1280 at 200 %
    person.open(PAGE)
    person.looks("twice")


def test_it_prints_as_a_case_and_a_letter(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.open(PAGE)
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    expect(person.page.locator("#sheets")).to_contain_text("Léa Tremblay")
    person.page.emulate_media(media="print")
    for gone in ("header.top", "#id_name", "#keep", "#private-check", ".ways", "#show-changes", "footer", ".goal"):
        expect(person.page.locator(gone)).to_be_hidden()
    for there in ("h1", ".asks", "#who", "#share-text", "#sheets .paper"):
        expect(person.page.locator(there).first).to_be_visible()
    person.looks("printed")
    for folder in person.pictures:
        person.page.pdf(path=folder / "page-printed.pdf", format="A4")


# --- passing it on ----------------------------------------------------------------------------------------------------


def test_the_text_is_copied_with_one_button(arrive: Arrive, site: Installation) -> None:
    person = arrive("phone")
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.open(PAGE)
    person.press("Copy it")
    expect(person.page.get_by_text("Copied.")).to_be_visible()
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == ["Missing and arbitrarily detained in Xinjiang", site.url + PAGE]


def test_without_scripts_the_links_are_enough(arrive: Arrive) -> None:
    person = arrive("phone", scripts=False)
    person.open(PAGE)
    expect(person.page.get_by_role("link", name="WhatsApp")).to_be_visible()
    expect(person.page.get_by_role("button", name="Copy it")).to_have_count(0)
    person.page.get_by_text("A QR code for posters and screens").click()
    code = person.page.get_by_role("img", name="QR code of")
    code.scroll_into_view_if_needed()
    assert code.evaluate("one => one.complete && one.naturalWidth") > 100


# --- the private check ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticked", "said", "level"),
    [
        ((), "nothing here speaks against your full name", ""),
        (("I travel there",), "choose a pen name", "pen"),
        (("Somebody there would know",), "choose a pen name", "pen"),
        (("I travel there", "I have family there"), "let only the name of Example Rights leave", "org"),
    ],
)
def test_the_private_check_advises_and_tells_nobody(
    arrive: Arrive, ticked: tuple[str, ...], said: str, level: str
) -> None:
    person = arrive("phone")
    person.open(PAGE)
    asked: list[Request] = []
    person.page.on("request", lambda request: asked.extend([request]))
    person.page.locator("#private-check summary").click()
    for words in ticked:
        person.page.get_by_role("checkbox", name=words).check()
    person.press("Show what fits")
    advice = person.page.locator("#check-said")
    expect(advice).to_contain_text(said)
    expect(person.page.get_by_text("By post without a sender")).to_be_visible(visible=bool(level))
    person.page.wait_for_timeout(600)
    assert [one.url for one in asked if "/static/icon." not in one.url] == [], "an answer left the browser"
    person.looks(f"check-{level or 'none'}")
    if level:
        named = {"pen": "Choose “A pen name”", "org": "Choose “The organisation’s name only”"}[level]
        advice.get_by_role("button", name=named, exact=True).click()
        expect(person.page.locator(f"#id_level_{level}")).to_be_checked()
        expect(person.page.locator(f"#id_level_{level}")).to_be_focused()
        expect(person.page.locator("p[role=status]", has_text="The letter shows your changes.")).to_have_count(1)
        assert "check" not in (asked[-1].post_data or "")
    person.is_left_alone()
    person.page.reload()
    expect(person.page.locator("#private-check input:checked")).to_have_count(0)


def test_without_scripts_the_private_check_is_a_text(arrive: Arrive) -> None:
    person = arrive("phone", scripts=False)
    person.open(PAGE)
    person.page.locator("#private-check summary").click()
    expect(person.page.locator("#check-questions")).to_be_hidden()
    for said in ("choose a pen name", "let only the name of", "By post without a sender", "your own government"):
        expect(person.page.locator("#private-check")).to_contain_text(said)
    person.looks("check")


# --- what fits, and the way back --------------------------------------------------------------------------------------


def test_it_warns_before_a_text_is_too_long(arrive: Arrive) -> None:
    person = arrive("phone")
    person.open(PAGE)
    own = person.page.get_by_label("Your own words")
    count = person.page.locator("#id_own_words_fits")
    expect(count).to_have_count(0)
    own.focus()
    expect(count).to_have_text("0 of 1,500 characters")
    own.fill("x" * 1349)
    expect(count).to_have_text("1,349 of 1,500 characters")
    own.fill("x" * 1350)
    expect(count).to_have_text("1,350 of 1,500 characters. 150 more characters fit.")
    expect(person.page.locator("#id_own_words_fits + [role=status]")).to_contain_text("150 more")
    own.fill("é" * 1501)  # as the server counts: signs, not bytes
    expect(count).to_contain_text("1 characters too many.")
    person.page.get_by_label("The letter’s text").focus()
    expect(person.page.locator("#id_body_fits")).to_contain_text("of 6,000 characters")
    person.looks("too-long")
    person.press("Send my letter")
    expect(person.page.get_by_role("alert")).to_contain_text("These are 1,501 characters; 1,500 fit.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_original_is_back_with_one_button(arrive: Arrive, scripts: bool) -> None:
    person = arrive("phone", scripts=scripts)
    person.open(PAGE)
    body = person.page.get_by_label("The letter’s text")
    original = body.input_value()
    body.fill("I write about UA 61/21 in words of my own.")
    person.page.get_by_label("Your own words").fill(OWN_WORDS)
    person.press("Restore the original")
    expect(body).to_have_value(original)
    expect(person.page.get_by_label("Your own words")).to_have_value(OWN_WORDS)
    expect(person.page.locator("#letter")).to_contain_text("The letter stands as we wrote it again.")
    person.looks("restored")


# --- a draft on this device -------------------------------------------------------------------------------------------


def stored(person: Person) -> str:
    return str(person.page.evaluate("JSON.stringify(localStorage)"))


def she_fills_in_the_form(person: Person) -> None:
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    person.page.get_by_label("Email address").fill("lea@example.org")
    person.page.get_by_label("Town or city").fill("Montréal")
    person.page.get_by_role("combobox", name="Country").select_option("Canada")
    person.page.get_by_label("Your own words").fill(OWN_WORDS)


def test_a_draft_is_kept_only_where_somebody_asks_and_never_who_they_are(arrive: Arrive) -> None:
    person = arrive("phone")
    person.open(PAGE)
    she_fills_in_the_form(person)
    person.page.wait_for_timeout(600)
    person.is_left_alone()
    tick = person.page.get_by_role("checkbox", name="Keep my draft on this device")
    tick.check()
    person.page.get_by_role("button", name="Move down: Release at once").click()
    person.page.get_by_role("radio", name="A pen name").check()
    person.page.get_by_label("First name or pen name").fill("Quiet Neighbour")
    person.page.get_by_label("Subject").fill("UA 61/21: where are they?")
    person.page.wait_for_timeout(500)
    person.page.reload()
    expect(person.page.get_by_text("It lies in this browser only.")).to_be_visible()
    expect(tick).to_be_checked()
    expect(person.page.get_by_label("Your own words")).to_have_value(OWN_WORDS)
    expect(person.page.get_by_label("Subject")).to_have_value("UA 61/21: where are they?")
    expect(person.page.locator("#points li").first).to_contain_text("Say, until they are released")
    expect(person.page.locator("#sheets")).to_contain_text(OWN_WORDS)
    expect(person.page.get_by_role("textbox", name="Full name")).to_have_value("")
    kept = stored(person)
    for mine in ("Tremblay", "lea@", "Montr", 'CA"', "Quiet", 'pen"', "token", "email"):
        assert mine not in kept, mine
    person.looks("draft")
    person.press("Clear my draft")
    expect(person.page.get_by_text("The draft is cleared from this device.")).to_be_visible()
    expect(tick).not_to_be_checked()
    person.page.reload()
    expect(person.page.get_by_label("Your own words")).to_have_value("")
    person.is_left_alone()


def test_a_draft_goes_when_the_letter_was_sent_and_not_when_it_came_back(arrive: Arrive) -> None:
    person = arrive("phone")
    person.open(PAGE)
    she_fills_in_the_form(person)
    person.page.get_by_role("checkbox", name="Keep my draft on this device").check()
    person.page.get_by_label("Email address").fill("nothing")
    person.press("Send my letter")
    expect(person.page.get_by_role("alert")).to_be_visible()
    expect(person.page.get_by_role("checkbox", name="Keep my draft on this device")).to_be_checked()
    assert OWN_WORDS in stored(person)
    person.page.get_by_label("Email address").fill("lea.draft@example.org")
    person.press("Send my letter")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    person.is_left_alone()
    person.open(PAGE)
    expect(person.page.get_by_label("Your own words")).to_have_value("")
    expect(person.page.get_by_role("checkbox", name="Keep my draft on this device")).not_to_be_checked()
    person.page.go_back()
    person.is_left_alone()


def test_a_draft_is_gone_after_a_week(arrive: Arrive) -> None:
    person = arrive("phone")
    person.open(PAGE)
    person.page.get_by_label("Your own words").fill(OWN_WORDS)
    person.page.get_by_role("checkbox", name="Keep my draft on this device").check()
    person.open("/")
    person.page.evaluate(
        """() => {
        const [key] = Object.keys(localStorage);
        const draft = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify({ ...draft, at: draft.at - 7 * 24 * 3600 * 1000 }));
    }"""
    )
    person.open(PAGE)
    expect(person.page.get_by_label("Your own words")).to_have_value("")
    person.is_left_alone()


# --- its states -------------------------------------------------------------------------------------------------------

STATES = {
    "closed": ("status = 'closed', status_reason = 'They were heard in court.'", "This campaign was closed on"),
    "freed": ("status = 'stopped', status_why = 'freed', status_reason = 'All three are free.'", "All three are free."),
    "stopped": (
        "status = 'stopped', status_why = 'family', status_reason = 'The family asks so.'",
        "was stopped on",
    ),
    "paused": ("status = 'paused', status_why = '', status_reason = 'We are checking an address.'", "Paused."),
    "deadline": ("status = 'paused', status_why = 'deadline', status_reason = '-'", "has passed"),
    "not-open": ("status = 'draft', status_why = '', status_reason = ''", "There is nothing to write here yet"),
}


@pytest.fixture(scope="module")
def another(site: Installation) -> str:
    """The page of an invented case beside the demo campaign."""
    site.manage("shell", "-v", "0", "-c", "from tests.advocacy import tongues; tongues.live()")
    return "/ua-7-26/"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
def test_each_state_says_so_and_what_can_be_done(
    arrive: Arrive, site: Installation, another: str, size: str, scheme: str, state: str
) -> None:
    change, said = STATES[state]
    site.rows(f"UPDATE advocacy_campaign SET {change} WHERE slug = '{another.strip('/')}'")
    person = arrive(size, color_scheme=scheme)
    person.page.wait_for_timeout(2_100)  # milliseconds: a page is kept for so long at the most
    person.open(another)
    expect(person.page.locator("main")).to_contain_text(said)
    writable = state in {"paused", "deadline"}
    expect(person.page.locator("form.write")).to_have_count(int(writable))
    expect(person.page.get_by_role("heading", name="What you can still do")).to_have_count(int(not writable))
    if not writable:
        expect(person.page.get_by_role("link", name="Missing and arbitrarily detained in Xinjiang")).to_be_visible()
    person.looks(f"state-{state}")
    person.complaints.clear()  # the browser reports the answer 404
