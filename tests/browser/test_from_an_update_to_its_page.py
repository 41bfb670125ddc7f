"""Does what campaigners do, in a real browser: two updates from their plain text to a live page, with a letter on each.

With APPEAL_SCREENSHOTS the pictures of docs/from-an-update-to-its-page.md are taken on the way.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.person import SIZES, Person
from tests.installation import DEMO, ROOT, Installation
from tests.provider import Provider

pytestmark = pytest.mark.browser

UPDATE_1 = (ROOT / DEMO).read_text(encoding="utf-8")
#: What the next document says: another count, another ambassador, one more ask, and an address that nobody may guess.
CHANGES = {
    "Update 1, AI Index: ASA 17/5905/2022 of 29 July 2022": "Update 2, AI Index: ASA 17/6100/2023 of 3 March 2023",
    "Forty-eight more people,": "Seventy-two more people,",
    "Forty-eight more of them": "Seventy-two more of them",
    "With the 48 who are named": "With the 72 who are named",
    "holds 120 people": "holds 192 people",
    "which makes 120 in all": "which makes 192 in all",
    "please let 120 people": "please let 192 people",
    "ASA 17/5905/2022 of 29 July 2022, following": "ASA 17/6100/2023 of 3 March 2023, following",
    "His Excellency Peiwu Cong": "Her Excellency Mei Lin",
    "Email: chineseembassy.ca@gmail.com": "Email: chinese.embassy (at) example.org",
    "from torture and every other ill-treatment\n": (
        "from torture and every other ill-treatment\n- publish a list of everyone who is held there\n"
    ),
}
NEW_ASK = "publish a list of everyone who is held there"
EMBASSY = "chinese.embassy@example.org"


def update_2() -> str:
    """The text of an invented Update 2."""
    text = UPDATE_1
    for old, new in CHANGES.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in sandbox mode without any campaign, a web server and a worker."""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, mode="sandbox") as site:
        site.start("web", "drain")
        yield site
        site.stop_all()


@pytest.fixture
def people(empty_site: Installation, browser: Browser, tmp_path: Path) -> Iterator[dict[str, Person]]:
    """A campaigner who administers the site, a colleague who approves, and a supporter, each with an own browser."""
    printed = empty_site.manage("welcome").splitlines()
    passwords = {name: line.split()[-1] for line in printed for name in ("staff", "approver") if f" {name} " in line}
    contexts: list[BrowserContext] = []
    pictures = [tmp_path, *(Path(folder) for folder in [os.environ.get("APPEAL_SCREENSHOTS", "")] if folder)]

    def arrive(name: str) -> Person:
        width, height = SIZES["desktop"]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Person(empty_site, context.new_page(), pictures, name)
        if name in passwords:
            person.open("/desk/")
            person.page.get_by_label("Name").fill(name)
            person.page.get_by_label("Password").fill(passwords[name])
            person.press("Sign in")
        return person

    yield {name: arrive(name) for name in ("staff", "approver", "supporter")}
    for context in contexts:
        context.close()


def shows(person: Person, what: str) -> None:
    """A picture of what stands on the screen, for the walk, and what a strict reader objects to."""
    for folder in person.pictures:
        person.page.screenshot(path=folder / f"walk-{what}.png", caret="initial")
    person.looks(what)


def test_two_updates_from_their_text_to_a_letter_on_each(people: dict[str, Person]) -> None:
    staff, approver, supporter = people["staff"], people["approver"], people["supporter"]

    pasted(staff, "/desk/campaigns/new/", UPDATE_1)
    staff.press("Save and preview")
    asked_for(staff)
    let_in(staff, "approver")
    approved(approver, staff.page.url, "Update 1")
    published(staff, "Update 1")
    before = written(supporter, "lea@example.org")

    pasted(staff, "/desk/campaigns/ua-61-21/new/", update_2(), picture="1-paste")
    questions_answered(staff)
    shows(staff, "2-check")
    staff.press("Save and preview")
    compared(staff)
    asked_for(staff)
    approved(approver, staff.page.url, "Update 2", picture="4-approve")
    published(staff, "Update 2", picture="5-publish")
    supporter.open("/ua-61-21/")
    shows(supporter, "6-live")
    after = written(supporter, "noor@example.org")

    assert ("Forty-eight more of them" in before, "120 people" in before, "Peiwu Cong" in before) == (True,) * 3
    assert ("Seventy-two" in before, NEW_ASK in before, "Mei Lin" in before) == (False,) * 3
    assert ("Seventy-two more of them" in after, "192 people" in after, "Mei Lin" in after) == (True,) * 3
    assert ("Forty-eight" in after, "Peiwu Cong" in after, "gmail.com" in after) == (False,) * 3
    assert NEW_ASK in after
    assert EMBASSY in after
    for person in people.values():
        person.saw_nothing_odd()


def pasted(staff: Person, where: str, text: str, picture: str = "") -> None:
    staff.open(where)
    box = staff.page.get_by_label("The text, as it was published")
    box.fill(text)
    box.evaluate("one => { one.setSelectionRange(0, 0); one.scrollTop = 0; }")
    if picture:
        shows(staff, picture)
    staff.press("Read it")
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("Check every field")


def questions_answered(staff: Person) -> None:
    """An address without an at-sign is told with its line, taken as nobody's, and typed by a person."""
    told = staff.page.get_by_role("region", name="What only a person can tell")
    expect(told).to_contain_text("chinese.embassy (at) example.org")
    office = staff.page.locator("fieldset").filter(has=staff.page.get_by_role("heading", name="Her Excellency Mei Lin"))
    email = office.locator("input[name$=-email]")
    expect(email).to_have_value("")
    email.fill(EMBASSY)


def compared(staff: Person) -> None:
    """What changed stands out: the count of people, the ambassador and the address each want a tick."""
    heading = staff.page.get_by_role("heading", name="What changes against the live page")
    expect(heading).to_be_visible()
    alarms = staff.page.locator("#comparison .alarm")
    for words in ("Numbers of people", "Mei Lin, email address", "Mei Lin, name"):
        expect(alarms.filter(has_text=words).first).to_be_visible()
    expect(staff.page.locator("#comparison")).to_contain_text(NEW_ASK)
    heading.scroll_into_view_if_needed()
    shows(staff, "3-compare")


def ticked(person: Person) -> None:
    for box in person.page.locator("input[type=checkbox][form=decide], #id_compared").all():
        box.check()


def asked_for(staff: Person) -> None:
    ticked(staff)
    staff.press("Ask for approval")
    expect(staff.page.get_by_text("waits for the approval of a second person").first).to_be_visible()


def let_in(staff: Person, name: str) -> None:
    """The administrator lets a colleague work on the new campaign, and goes back to the page before."""
    before = staff.page.url
    staff.open("/desk/people/")
    staff.page.get_by_role("link", name=name).click()
    staff.page.get_by_label("UA 61/21").check()
    staff.press("Store")
    staff.page.goto(before)


def approved(approver: Person, url: str, name: str, picture: str = "") -> None:
    approver.page.goto(url)
    ticked(approver)
    button = approver.page.get_by_role("button", name=f"Approve {name}")
    button.scroll_into_view_if_needed()
    if picture:
        shows(approver, picture)
    button.click()
    expect(approver.page.get_by_text("is approved as it stands here").first).to_be_visible()


def published(staff: Person, name: str, picture: str = "") -> None:
    staff.page.reload()
    button = staff.page.get_by_role("button", name=f"Publish {name}")
    button.scroll_into_view_if_needed()
    if picture:
        shows(staff, picture)
    button.click()
    expect(staff.page.get_by_text(f"{name} is live.").first).to_be_visible()


def written(supporter: Person, email: str) -> str:
    """A supporter writes and confirms from the link in the mail. Returns the words of the letter that left."""
    page = supporter.page
    supporter.open("/ua-61-21/")
    page.get_by_role("textbox", name="Full name").fill("Sample Writer")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Town or city").fill("Halifax")
    page.get_by_role("combobox", name="Country").select_option("Canada")
    supporter.press("Send my letter")
    expect(page.get_by_role("heading", level=1)).to_have_text("One step left: look in your mail")
    found_in_the_mailbox(supporter, email)
    page.get_by_role("article", name="The mail").get_by_role("link").first.click()
    supporter.press("Confirm and send")
    expect(page.get_by_text("You confirmed it").first).to_be_visible()
    found_in_the_mailbox(supporter, "To President Xi Jinping")
    return page.get_by_role("article", name="The mail").inner_text()


def found_in_the_mailbox(person: Person, address: str) -> None:
    """Open the newest mail to somebody in the mailbox of the sandbox."""
    known = getattr(person, "seen", set[str]())
    for _ in range(150):
        person.open("/sandbox/")
        links = person.page.get_by_role("link").filter(has_text=address)
        fresh = [link for link in links.all() if (link.get_attribute("href") or "") not in known]
        if fresh:
            known.add(fresh[0].get_attribute("href") or "")
            person.seen = known  # type: ignore[attr-defined]  # what this person has opened already
            fresh[0].click()
            return
        person.page.wait_for_timeout(200)
    raise AssertionError(f"No mail to {address} came")
