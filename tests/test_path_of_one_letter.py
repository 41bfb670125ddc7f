"""The path of one letter, from the campaign page to the delivery report: read this test first.

It runs through real HTTP, the real worker and a mail provider on loopback, once on SQLite and once on PostgreSQL.
"""

import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote_plus, urljoin

import pytest

from tests.installation import DEMO, ROOT, Installation
from tests.provider import Mail
from tests.provider.server import wait_until
from tests.story import (
    A_WHILE,
    AMBASSADOR,
    CAMPAIGN,
    LENA,
    PRESIDENT,
    second_sign_in,
    she_waits_for,
    staff_sign_in,
    the_link_in,
    the_uid_of,
    words_of,
)
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.e2e


def test_the_path_of_one_letter(site: Installation) -> None:
    """From the page to the report, as it goes on a good day."""
    visitor = site.visitor()

    # Léa opens the campaign page. She reads what happened, what is asked, and who gets the letter. She fills in the
    # form, sees the exact email that will go out, and sends it. The page asks her to look in her mail.
    seen, answer = she_writes(site, visitor)

    # A mail with a link arrives. A scanner opens it before her: that changes nothing, and no office gets anything.
    link = a_link_comes_by_mail(site, visitor)

    # She opens the link, reads the very letter once more, and presses the button.
    frozen = visitor.get(link)
    assert "One step left: confirm your letter" in frozen.text
    status = visitor.press(frozen, "Confirm and send")
    assert (status.status, bool(re.fullmatch(r"/letters/[^/]+/", status.path))) == (200, True)

    # The letter arrives at the provider, word for word what both pages showed: one mail, to both offices.
    (letter,) = site.provider.wait_for(1, PRESIDENT)
    it_is_the_letter(letter)
    assert words_of(letter) in words_of(seen)
    assert words_of(letter) in words_of(frozen)

    # A copy comes by mail, with a private link to a page that says what both mail servers answered.
    report = she_follows_her_letter(site, visitor, letter)

    # Staff find the letter at the desk, by her address and by its reference, and read its whole story.
    staff_follow_it(site, letter, report)

    # The link that was used says so, and pressing its old button sends nothing more.
    assert "This link has been used." in visitor.get(link).text
    assert "This link has been used." in visitor.ask("POST", link, {"do": "confirm", "version": "1"}).text

    # She writes again, with other words. The answer is the same, byte for byte; the kind truth goes by mail.
    again = visitor.press(visitor.get(CAMPAIGN), "Send my letter", **{**LENA, "own_words": "Second thoughts."})
    assert again.body == answer.body
    notice = site.provider.wait_for(3, LENA["email"])[2]
    assert "you have already written on this update" in notice.text

    # A stranger gets the same bytes too. And the President got one letter.
    stranger = visitor.press(visitor.get(CAMPAIGN), "Send my letter", **{**LENA, "email": "new.here@example.org"})
    assert stranger.body == answer.body
    time.sleep(A_WHILE)
    assert len(site.provider.mails_to(PRESIDENT)) == 1


def she_writes(site: Installation, visitor: Visitor) -> tuple[Page, Page]:
    """She reads, fills in, looks and sends. Returns the page with the preview and the page after sending."""
    page = visitor.get(CAMPAIGN)
    she_reads_the_facts(page)
    nothing_is_loaded_from_elsewhere(page, site)
    seen = visitor.press(page, "Show my changes", **LENA)
    assert seen.status == 200
    assert {name: seen.form_with("email").fields[name] for name in LENA} == LENA
    after = visitor.press(seen, "Send my letter")
    assert (after.status, after.path) == (200, "/ua-61-21/written/")
    assert "One step left: look in your mail" in after.text
    assert "If that address can get letters from us, a link is on its way to it." in after.text
    return seen, after


def a_link_comes_by_mail(site: Installation, visitor: Visitor) -> str:
    """The mail carries a link and none of the words she typed, for the address may be somebody else's."""
    (confirmation,) = site.provider.wait_for(1, LENA["email"])
    link = the_link_in(confirmation, site, "/confirm/")
    assert not any(LENA[name] in confirmation.text for name in ("name", "city", "own_words", "subject"))
    for method in ("GET", "HEAD", "GET"):
        assert visitor.ask(method, link).status == 200
    time.sleep(A_WHILE)
    assert site.provider.mails_to(PRESIDENT) == []
    return link


def she_follows_her_letter(site: Installation, visitor: Visitor, letter: Mail) -> Page:
    """Her own page says what we did and what both servers answered, and never more than that."""
    _, copy = site.provider.wait_for(2, LENA["email"])
    assert letter.text in copy.text
    private = the_link_in(copy, site, "/")
    she_waits_for(visitor, private, "The mail server of President Xi Jinping accepted your letter")
    report = she_waits_for(visitor, private, "Ambassador Peiwu Cong: their mail server accepted it")
    assert report.text.count("Their mail server accepted it") == 2
    for step in ("You wrote it", "You confirmed it", "We handed it to our mail provider"):
        assert step in report.text
    nothing_is_loaded_from_elsewhere(report, site)
    return report


def staff_follow_it(site: Installation, letter: Mail, report: Page) -> None:
    """Counts, the search and the letter's story at the desk."""
    staff = staff_sign_in(site)
    they_see_how_it_stands(staff.get("/desk/"))
    reference = re.search(r"letter (\w{4}-\w{4})", report.text)
    assert reference is not None
    for sought in (LENA["email"], reference[1], letter.provider_id, letter.message_id):
        found = staff.get(f"/desk/letters/?q={quote_plus(sought)}")
        assert [link for link in found.links if link.endswith(f"/desk/letters/{the_uid_of(letter)}/")], sought
    story = staff.get(f"/desk/letters/{the_uid_of(letter)}/")
    for words in (
        "Léa Tremblay",
        LENA["own_words"],
        "Written, and its words frozen",
        "Confirmed from the link",
        f"Provider\npostmark\nIts name there\n{letter.provider_id}",
        f"Accepted by their server: {PRESIDENT}",
        f"Accepted by their server: {AMBASSADOR}",
        "250 2.0.0 OK: queued by their server",
    ):
        assert words in story.text, words


def she_reads_the_facts(page: Page) -> None:
    """The page says what the urgent action says, and names both offices with every address."""
    assert page.status == 200
    for words in (
        "Missing and arbitrarily detained in Xinjiang",
        "UA 61/21",
        "29 July 2022",
        "ASA 17/5905/2022",
        "ASA 17/4243/2021",
        "10 June 2021",
        "Forty-eight more people",
        "Xi Jinping",
        PRESIDENT,
        "Zhongnanhai",
        "Xichangan'jie Xichengqu, Beijing Shi 100017",
        "北京市西城区西长安街街道 100017",
        "Fax 011 86 10 6238 1025",
        "His Excellency Peiwu Cong",
        AMBASSADOR,
        "515 St. Patrick Street",
        "Ottawa, ON K1N 5H3",
        "Fax 613 789 1911",
    ):
        assert words in page.text, words


def nothing_is_loaded_from_elsewhere(page: Page, site: Installation) -> None:
    """Every file that the page needs lies on this site, and can be had."""
    assert page.loads
    for address in page.loads:
        assert urljoin(f"{site.url}/", address).startswith(f"{site.url}/"), address
        assert site.visitor().get(address.partition("#")[0]).status == 200, address


def it_is_the_letter(letter: Mail) -> None:
    """One message to the President, the Ambassador in copy, in her name and from our own domain."""
    assert (letter.to, letter.cc) == ([PRESIDENT], [AMBASSADOR])
    assert letter.text_of("To") == f"President Xi Jinping <{PRESIDENT}>"
    assert letter.text_of("Cc") == f"Ambassador Peiwu Cong <{AMBASSADOR}>"
    assert letter.sender == "Léa Tremblay <ua-61-21@letters.example.org>"
    assert letter.reply_to == ["answers@letters.example.org"]
    assert letter.subject == LENA["subject"]
    assert letter.text.startswith("Dear President Xi Jinping:\n")
    for words in (
        "UA 61/21, ASA 17/5905/2022 of 29 July 2022, following ASA 17/4243/2021 of 10 June 2021",
        f"\n\n{LENA['own_words']}\n\n",
        "\n1. release at once everyone who is held",
        "\n2. say, until they are released, where each of them is",
        "\n\nLéa Tremblay\nMontréal, Canada\n",
    ):
        assert words in letter.text, words
    assert "<li>release at once everyone" in letter.html
    assert LENA["own_words"] in letter.html
    assert LENA["email"] not in str(letter.fields)
    assert re.fullmatch(r"<[0-9a-f]{32}@letters\.example\.org>", letter.message_id)
    assert letter.metadata == {"m": letter.message_id[1:33]}
    assert (letter.fields["TrackOpens"], letter.fields["TrackLinks"]) == (False, "None")


def they_see_how_it_stands(desk: Page) -> None:
    """The desk counts letters by what we did and by what each address's server said, and says that this is live."""
    assert "Letters leave this machine and reach real offices." in desk.text
    for words in (
        r"handed over\n[1-9]",
        r"in doubt\n0",
        r"could not be sent\n0",
        rf"{re.escape(PRESIDENT)}\nPresident Xi Jinping\nTo\n[1-9]",
        rf"{re.escape(AMBASSADOR)}\nAmbassador Peiwu Cong\nCopy\n[1-9]",
    ):
        assert re.search(words, desk.text), (words, desk.text)


# --- the same letter twenty times -----------------------------------------------------------------------------------


def at_once(count: int, site: Installation, method: str, address: str, data: Mapping[str, str]) -> list[Page]:
    """The answers to the same request made by ``count`` visitors at once."""

    def ask(_: int) -> Page:
        return site.visitor().ask(method, address, data)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(ask, range(count)))


def test_a_form_that_is_sent_twenty_times_at_once_is_one_letter(site: Installation) -> None:
    email = "twenty.times@example.org"
    form = site.visitor().get(CAMPAIGN).form_with("email")
    sent = {**form.fields, **LENA, "email": email, "name": "Twenty Times", "do": "send"}

    answers = at_once(20, site, "POST", form.action, sent)
    assert {(page.status, page.path) for page in answers} == {(200, "/ua-61-21/written/")}
    (confirmation,) = site.provider.wait_for(1, email)
    time.sleep(A_WHILE)
    assert len(site.provider.mails_to(email)) == 1

    # And the button behind the link, pressed twenty times at once, sends it once.
    link = the_link_in(confirmation, site, "/confirm/")
    pressed = at_once(20, site, "POST", link, {"do": "confirm", "version": "1"})
    assert {page.status for page in pressed} <= {200, 409}
    site.provider.wait_for(2, email)
    time.sleep(A_WHILE)
    assert len([mail for mail in site.provider.mails_to(PRESIDENT) if "Twenty Times" in mail.sender]) == 1
    assert [mail.subject for mail in site.provider.mails_to(email)][1:] == ["Your copy, and a private link"]


# --- a new update ---------------------------------------------------------------------------------------------------


def an_invented_update(number: int, targets: str = "example.org") -> str:
    """The demo's text as a later update, with other facts, another subject and invented addresses."""
    text = (ROOT / DEMO).read_text(encoding="utf-8")
    changed = {
        "Update 1, AI Index": f"Update {number}, AI Index",
        "5905/2022 of 29 July 2022\n": "9999/2026 of 2 November 2026\n",
        "Forty-eight more people": "Invented for a test: sixty more people",
        PRESIDENT: f"president@office.{targets}",
        AMBASSADOR: f"ambassador@bounce.{targets}",
        "please let 120 people in Xinjiang go home": "please let 180 people go home",
    }
    for old, new in changed.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def a_campaigner_publishes(site: Installation, text: str) -> None:
    """A campaigner pastes the text, checks the draft, sees page and letter; a colleague approves; it is published."""
    staff = staff_sign_in(site)
    draft = staff.press(staff.get("/desk/campaigns/ua-61-21/new/"), "Read it", text=text)
    assert "Nothing is public yet." in draft.text
    preview = staff.press(draft, "Save and preview")
    for words in ("Invented for a test: sixty more people", "Dear President Xi Jinping:"):
        assert words in preview.text
        assert words not in site.visitor().get("/").text
    hasty = staff.press(preview, "Ask for approval")
    assert (hasty.status, "Draft" in hasty.text) == (422, True)
    unread = staff.press(hasty, "Ask for approval", compared="1")
    assert (unread.status, "Changed address" in unread.text) == (422, True)
    # The boxes stand beside what they are about, outside of the form that they belong to.
    boxes = dict.fromkeys(re.findall(r'name="(alarm-[0-9a-f]+)"', unread.html), "1")
    asked = staff.press(unread, "Ask for approval", compared="1", **boxes)
    assert "You asked for it, so somebody else must approve it." in asked.text
    colleague = second_sign_in(site)
    approved = colleague.press(colleague.get(preview.url), "Approve Update 2", compared="1", **boxes)
    assert "It is not public yet." in approved.text
    unanswered = staff.press(staff.get(preview.url), "Publish Update 2", when="now")
    assert (unanswered.status, "Say what is to become of the letters" in unanswered.text) == (422, True)
    done = staff.press(unanswered, "Publish Update 2", letters="go")
    assert (done.status, "Update 2 is live." in done.text) == (200, True)


def she_writes_and_confirms(site: Installation, email: str, name: str) -> tuple[Visitor, str]:
    """Somebody writes on the campaign and confirms. Returns them and the address of their letter's page."""
    visitor = site.visitor()
    visitor.press(visitor.get(CAMPAIGN), "Send my letter", name=name, email=email, city="Halifax", country="CA")
    link = the_link_in(site.provider.wait_for(1, email)[0], site, "/confirm/")
    return visitor, visitor.press(visitor.get(link), "Confirm and send").url


def test_a_new_update_is_used_at_once_and_old_letters_keep_theirs(site: Installation, tmp_path: Path) -> None:
    # Somebody writes before the new update, and does not confirm yet.
    early = site.visitor()
    early.press(early.get(CAMPAIGN), "Send my letter", **{**LENA, "email": "early@example.org", "name": "Early Bird"})
    (mail,) = site.provider.wait_for(1, "early@example.org")
    old_page = early.get(CAMPAIGN)

    # The update is published: the page says what it says.
    a_campaigner_publishes(site, an_invented_update(2))
    page = early.get(CAMPAIGN)
    assert "Invented for a test: sixty more people" in page.text
    assert "2 November 2026" in page.text
    assert "president@office.example.org" in page.text
    assert PRESIDENT not in page.text

    # A form that was open before is not sent unread: the new letter is shown first, and what was typed is kept.
    stale = early.press(old_page, "Send my letter", **{**LENA, "email": "stale@example.org"})
    assert stale.status == 422
    assert "its text has changed since" in stale.text
    assert stale.form_with("email").fields["own_words"] == LENA["own_words"]

    # New letters go to the new offices. The dead address of the copy does not fail the letter.
    visitor, private = she_writes_and_confirms(site, "late@example.org", "Late Riser")
    (letter,) = site.provider.wait_for(1, "president@office.example.org")
    assert letter.subject == "UA 61/21: please let 180 people go home"
    assert letter.cc == ["ambassador@bounce.example.org"]
    report = she_waits_for(visitor, private, "Their mail server sent it back")
    assert "The mail server of President Xi Jinping accepted your letter" in report.text
    assert "550 5.1.1 There is no such mailbox here" in report.text

    # The earlier letter, confirmed only now, keeps the update that it was written on.
    early.press(early.get(the_link_in(mail, site, "/confirm/")), "Confirm and send")

    def earlier() -> list[Mail]:
        return [mail for mail in site.provider.mails_to(PRESIDENT) if "Early Bird" in mail.sender]

    assert wait_until(earlier, 20)
    assert "ASA 17/5905/2022 of 29 July 2022" in earlier()[0].text

    # What was published never changes: another text under the same number is refused.
    with pytest.raises(AssertionError, match="is published and cannot change"):
        load(site, tmp_path, an_invented_update(2, targets="example.net"))
    site.load_demo()
    assert early.get(CAMPAIGN).text == page.text


def load(site: Installation, folder: Path, text: str) -> None:
    """Load an update from a file, as the demo is loaded."""
    file = folder / "update.txt"
    file.write_text(text, encoding="utf-8")
    site.manage("load_campaign", str(file), "--publish")
