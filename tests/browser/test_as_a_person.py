"""Does what a person does, in a real browser: from the campaign's page to the report at the desk."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.browser.person import SIZES, Person
from tests.installation import Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

PAGE = "/ua-61-21/"
OWN_WORDS = "I teach at a school. Some of my pupils wait for news of an uncle."
PRESIDENT = "President Xi Jinping <english@mail.gov.cn>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in sandbox mode with the demo campaign, a web server and a worker."""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, mode="sandbox") as site:
        site.load_demo()
        site.start("web", "drain")
        yield site
        site.stop_all()


@pytest.fixture(scope="module")
def password(site: Installation) -> str:
    """The password of the first member of staff, as it is printed at the start."""
    (line,) = (line for line in site.manage("welcome").splitlines() if "Login" in line)
    return line.split()[-1]


Arrive = Callable[..., Person]


@pytest.fixture
def arrive(site: Installation, browser: Browser, tmp_path: Path) -> Iterator[Arrive]:
    """A new person with an empty browser: ``arrive("phone", scripts=False)``."""
    contexts: list[BrowserContext] = []
    pictures = [tmp_path]
    if os.environ.get("APPEAL_SCREENSHOTS"):
        pictures.append(Path(os.environ["APPEAL_SCREENSHOTS"]))

    def person(size: str, *, scripts: bool = True, dark: bool = False) -> Person:
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
        return Person(site, context.new_page(), pictures, name)

    yield person
    for context in contexts:
        context.close()


# --- the whole way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_from_the_page_to_the_report(arrive: Arrive, password: str, size: str, scripts: bool) -> None:
    person = arrive(size, scripts=scripts)
    email = f"lea.{size}.{'with' if scripts else 'without'}@example.org"

    person.open(PAGE)
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Missing and arbitrarily detained in Xinjiang")
    person.looks("1-campaign")
    if size == "phone":
        person.page.get_by_role("link", name="Write your letter").first.click()

    it_says_what_is_missing(person)
    she_fills_in_the_form(person, email)
    the_paper_follows(person, scripts=scripts)
    person.looks("3-filled")

    person.press("Send my letter")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    assert urlsplit(person.page.url).path == f"{PAGE}written/"
    person.looks("4-written")
    person.is_left_alone()

    she_follows_the_link_in_her_mail(person, email)
    expect(person.page.get_by_role("heading", level=1)).to_have_text("One step left: confirm your letter")
    expect(person.page.locator(".paper")).to_contain_text(OWN_WORDS)
    person.looks("6-confirm")
    person.press("Confirm and send")

    she_waits_until_it_is_accepted(person)
    person.looks("7-status")
    staff_find_it(person, password, email)
    person.saw_nothing_odd()


def it_says_what_is_missing(person: Person) -> None:
    """An empty form comes back with a summary that has the focus, and each line leads to its field."""
    person.press("Send my letter")
    summary = person.page.get_by_role("alert")
    expect(summary).to_contain_text("4 things need a second look")
    expect(summary).to_be_focused()
    expect(person.page).to_have_title(
        "Error: Missing and arbitrarily detained in Xinjiang - write a letter - Example Rights"
    )
    person.looks("2-errors")
    summary.get_by_role("link", name="Write your name.").click()
    expect(person.page.get_by_role("textbox", name="Full name")).to_be_focused()
    expect(person.page.get_by_role("textbox", name="Full name")).to_have_attribute("aria-invalid", "true")


def she_fills_in_the_form(person: Person, email: str) -> None:
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    person.page.get_by_label("Email address").fill(email)
    person.page.get_by_label("Town or city").fill("Montréal")
    person.page.get_by_role("combobox", name="Country").select_option("Canada")
    person.page.get_by_label("Your own words").fill(OWN_WORDS)


def the_paper_follows(person: Person, *, scripts: bool) -> None:
    """With the script by itself, without it at the press of a button; what was typed stays."""
    button = person.page.get_by_role("button", name="Show my changes")
    if scripts:
        expect(button).to_be_hidden()
        expect(person.page.locator("p[role=status]")).to_have_text("The letter shows your changes.")
    else:
        button.click()
        assert urlsplit(person.page.url).fragment == "letter"
    sheet = person.page.locator("#sheets")
    expect(sheet).to_contain_text("Léa Tremblay <ua-61-21@letters.example.org>")
    expect(sheet).to_contain_text(PRESIDENT)
    expect(sheet.locator(".own")).to_have_text(OWN_WORDS)
    expect(sheet).to_contain_text("Montréal, Canada")
    expect(person.page.get_by_label("Your own words")).to_have_value(OWN_WORDS)
    expect(person.page.get_by_role("combobox", name="Country")).to_have_value("CA")


def she_follows_the_link_in_her_mail(person: Person, email: str) -> None:
    """She finds it in the mailbox of the sandbox."""
    person.open("/sandbox/")
    mine = person.page.get_by_role("link").filter(has_text=email)
    for _ in range(150):
        if mine.count():
            break
        person.page.wait_for_timeout(200)
        person.page.reload()
    mine.first.click()
    expect(person.page.get_by_role("article", name="The mail")).to_contain_text("Please confirm: Example Rights")
    person.looks("5-mailbox")
    person.page.get_by_role("article", name="The mail").get_by_role("link").first.click()


def she_waits_until_it_is_accepted(person: Person) -> None:
    heading = person.page.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    for _ in range(150):
        if "accepted" in heading.inner_text():
            break
        person.page.wait_for_timeout(200)
        person.page.reload()
    expect(heading).to_have_text("The mail server of President Xi Jinping accepted your letter")
    expect(person.page.get_by_role("list").filter(has_text="You confirmed it")).to_contain_text(
        "We handed it to our mail provider"
    )


def staff_find_it(person: Person, password: str, email: str) -> None:
    """At the desk the letter is found by its writer's address, with what each server said."""
    person.open("/desk/letters/")
    person.page.get_by_label("Name").fill("staff")
    person.page.get_by_label("Password").fill(password)
    person.press("Sign in")
    person.page.get_by_role("searchbox").or_(person.page.get_by_label("Find", exact=True)).first.fill(email)
    person.press("Find")
    person.page.locator("table").get_by_role("link").first.click()
    expect(person.page.locator("main")).to_contain_text("english@mail.gov.cn")
    expect(person.page.locator("main")).to_contain_text("Accepted by their server")
    expect(person.page.locator(".paper")).to_contain_text(OWN_WORDS)
    person.looks("8-report")
    person.open("/desk/")
    person.looks("9-desk")


# --- other ways of using it -------------------------------------------------------------------------------------------


def test_the_keyboard_is_enough(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.open(PAGE)
    keys = person.page.keyboard
    keys.press("Tab")
    expect(person.page.get_by_role("link", name="Skip to the main text")).to_be_focused()
    name = person.page.get_by_role("textbox", name="Full name")
    for _ in range(40):
        keys.press("Tab")
        if name.evaluate("one => one === document.activeElement"):
            break
    seen = name.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).boxShadow")
    assert seen != "nonenone", "the focus cannot be seen"
    for typed in ("Ada Keys", "ada.keys@example.org", "Halifax"):
        keys.type(typed)
        keys.press("Tab")
    keys.type("Canada")
    # Past what they see of her, the subject and the points, which may all stay as they are; the second one goes up.
    tabbed_to(person, person.page.get_by_role("button", name="Move up"))
    keys.press("Enter")
    expect(person.page.locator("#points li").first).to_contain_text("Say, until they are released")
    tabbed_to(person, person.page.get_by_label("Your own words"))
    keys.type("Typed without a mouse.")
    expect(person.page.get_by_label("Your own words")).to_have_value("Typed without a mouse.")
    send = person.page.get_by_role("button", name="Send my letter")
    for _ in range(5):
        keys.press("Tab")
        if send.evaluate("one => one === document.activeElement"):
            break
    keys.press("Enter")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    person.is_left_alone()


def tabbed_to(person: Person, what: Locator) -> None:
    """Press the tab key until it is there."""
    for _ in range(20):
        person.page.keyboard.press("Tab")
        if what.count() and what.last.evaluate("one => one === document.activeElement"):
            return
    pytest.fail("the tab key does not lead there")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_points_are_put_in_another_order_and_left_out(arrive: Arrive, scripts: bool) -> None:
    person = arrive("phone", scripts=scripts)
    person.open(PAGE)
    she_fills_in_the_form(person, "points@example.org")
    first, second = "release at once everyone", "say, until they are released"
    if scripts:
        person.page.get_by_role("button", name="Move down: Release at once").click()
    else:
        person.page.get_by_label("Place of this point").first.select_option("2")
        person.press("Show my changes")
    asked = person.page.locator("#sheets ol li")
    expect(asked).to_have_count(2)
    expect(asked.first).to_contain_text(second)
    expect(asked.last).to_contain_text(first)
    person.page.get_by_role("checkbox", name="Release at once").uncheck()
    if not scripts:
        person.press("Show my changes")
    expect(asked).to_have_count(1)
    expect(asked.first).to_contain_text(second)
    # A name that she chooses leaves instead of her own, and the field for it is there once she chose.
    named = person.page.get_by_label("First name or pen name")
    expect(named).to_be_hidden()
    person.page.get_by_role("radio", name="A pen name", exact=True).check()
    named.fill("Quiet Neighbour")
    if not scripts:
        person.press("Show my changes")
    expect(person.page.locator("#sheets")).to_contain_text("Quiet Neighbour <ua-61-21@letters.example.org>")
    expect(person.page.locator("#sheets")).not_to_contain_text("Tremblay")
    person.looks("points")
    person.is_left_alone()


def test_a_word_in_braces_is_put_in_where_the_cursor_stands(arrive: Arrive, password: str) -> None:
    person = arrive("desktop")
    person.open("/desk/campaigns/ua-61-21/new/")
    person.page.get_by_label("Name").fill("staff")
    person.page.get_by_label("Password").fill(password)
    person.press("Sign in")
    person.page.locator("button[value=live]").click()
    text = person.page.get_by_label("Text", exact=True)
    text.fill("Before after")
    text.evaluate("one => one.setSelectionRange(7, 7)")
    person.page.get_by_label("Put in at the cursor").select_option("{place}")
    person.press("Put it in")
    expect(text).to_have_value("Before {place}after")
    expect(text).to_be_focused()
    person.looks("tokens")
    assert (person.complaints, person.elsewhere) == ([], [])


def test_the_enter_key_in_a_field_shows_the_letter_and_sends_nothing(arrive: Arrive) -> None:
    person = arrive("desktop", scripts=False)
    person.open(PAGE)
    she_fills_in_the_form(person, "enter@example.org")
    person.page.get_by_label("Town or city").press("Enter")
    assert urlsplit(person.page.url).path == PAGE
    expect(person.page.locator("#sheets")).to_contain_text("Léa Tremblay")
    expect(person.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_nothing_scrolls_sideways_on_the_smallest_screen(arrive: Arrive, scripts: bool) -> None:
    person = arrive("narrow", scripts=scripts)
    for number, path in enumerate(("/", PAGE, f"{PAGE}written/", "/about/what-we-keep/", "/letters/x/", "/nothing/")):
        person.open(path)
        person.looks(f"{number}")
    person.complaints.clear()  # the browser reports the two answers 404
    person.open(PAGE)
    person.press("Send my letter")
    she_fills_in_the_form(person, "a" * 60 + "@" + "b" * 60 + ".example.org")
    person.page.get_by_role("textbox", name="Full name").fill("W" * 100)
    person.page.get_by_label("Your own words").fill("W" * 1500)
    if scripts:
        expect(person.page.locator("#sheets")).to_contain_text("W" * 1500)
    else:
        person.press("Show my changes")
    person.looks("long")
    person.is_left_alone()


def test_it_can_be_read_in_the_dark(arrive: Arrive) -> None:
    person = arrive("desktop", dark=True)
    person.open(PAGE)
    person.press("Send my letter")
    person.looks("errors")
    ground, ink = person.page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert sum(channels(ground)) < 200 < 500 < sum(channels(ink))


def channels(colour: str) -> list[int]:
    """``rgb(1, 2, 3)`` as its three numbers."""
    return [int(number) for number in colour.partition("(")[2].rstrip(")").split(",")[:3]]


def test_typing_while_the_line_is_gone_brings_the_button_back(arrive: Arrive) -> None:
    person = arrive("desktop")
    person.open(PAGE)
    person.page.context.set_offline(True)
    person.page.get_by_role("textbox", name="Full name").fill("Léa")
    expect(person.page.get_by_role("button", name="Show my changes")).to_be_visible()
    person.page.context.set_offline(False)
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    expect(person.page.locator("#sheets")).to_contain_text("Léa Tremblay")


# --- in another language than the letter's ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several_languages(site: Installation) -> str:
    """The page of an invented case that can be read in English, French and Arabic."""
    site.manage("shell", "-v", "0", "-c", "from tests.advocacy import tongues; tongues.live()")
    return "/ua-7-26/"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", ["narrow", "desktop"])
@pytest.mark.parametrize("code", ["fr", "ar"])
def test_the_letter_is_read_in_ones_own_language(
    arrive: Arrive, several_languages: str, size: str, code: str, scripts: bool
) -> None:
    person = arrive(size, scripts=scripts)
    person.open(several_languages)
    person.page.locator(f"#languages [hreflang={code}]").click()
    assert urlsplit(person.page.url).path == f"{several_languages}{code}/"
    person.page.get_by_role("textbox", name="Full name").fill("Léa Tremblay")
    if not scripts:
        person.press("Show my changes")
        assert urlsplit(person.page.url).path == f"{several_languages}{code}/"
    signed = person.page.locator("#sheets .row", has_text="Léa Tremblay").first
    expect(signed.locator(".sent")).to_contain_text("Léa Tremblay")
    expect(signed.locator(".told")).to_contain_text("Léa Tremblay")
    beside, below = (
        person.page.locator("#sheets .row:not(.cap)")
        .nth(1)
        .evaluate(
            """row => {
            const [sent, told] = [...row.children].map((one) => one.getBoundingClientRect());
            return [told.left >= sent.right, told.top >= sent.bottom];
        }"""
        )
    )
    assert (beside, below) == ((True, False) if size == "desktop" else (False, True))
    direction = person.page.locator("h1").evaluate("one => getComputedStyle(one).direction")
    assert direction == ("rtl" if code == "ar" else "ltr")
    person.looks(f"in-{code}")
    person.is_left_alone()


def test_a_readers_own_language_is_offered_first_and_nothing_is_switched(
    site: Installation, browser: Browser, several_languages: str
) -> None:
    for locale, first in (("ar-EG", "العربية"), ("fr-CA", "Français"), ("pt-BR", "English"), ("en-GB", "English")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.goto(site.url + several_languages)
        expect(page.locator("#languages a").first).to_have_text(first)
        expect(page.locator("#languages [aria-current]")).to_have_text("English")
        expect(page.locator("h1")).to_have_text("Three teachers held at the ferry")
        context.close()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_campaign_that_lets_out_less_reaches_what_waits(arrive: Arrive, password: str, size: str) -> None:
    lea, staff = arrive(size), arrive(size)
    lea.open(PAGE)
    she_fills_in_the_form(lea, f"less.{size}@example.org")
    lea.page.get_by_role("radio", name="Full name and place", exact=True).check()
    lea.page.locator("#id_level").screenshot(path=lea.pictures[-1] / f"{size}-less-1-levels.png")
    lea.press("Send my letter")
    she_follows_the_link_in_her_mail(lea, f"less.{size}@example.org")
    expect(lea.page.get_by_label("What this letter shows")).to_contain_text("Léa Tremblay")
    staff.open("/desk/campaigns/ua-61-21/")
    staff.page.get_by_label("Name").fill("staff")
    staff.page.get_by_label("Password").fill(password)
    staff.press("Sign in")
    most = staff.page.get_by_label("The most that leaves of a supporter")
    expect(most).to_have_accessible_description(re.compile("Letters that wait to leave: .* with “Full name and place”"))
    staff.looks("less-2-settings")
    most.select_option("pen")
    staff.press("Store the settings")
    expect(staff.page.get_by_text("more than this. None leaves as it was")).to_be_visible()
    staff.looks("less-3-stored")
    lea.press("Confirm and send")
    expect(lea.page.get_by_text("This campaign lets out less of its supporters since")).to_be_visible()
    expect(lea.page.get_by_label("What this letter shows")).not_to_contain_text("Léa")
    lea.looks("less-4-confirm")
    lea.press("Confirm and send")
    expect(lea.page.get_by_role("heading", name="Step by step")).to_be_visible()
    lea.looks("less-5-status")
    staff.page.get_by_label("The most that leaves of a supporter").select_option("place")
    staff.press("Store the settings")
    expect(staff.page.get_by_text("The settings are stored.")).to_be_visible()
