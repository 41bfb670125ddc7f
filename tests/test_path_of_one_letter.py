"""The path of one letter, from the campaign page to the delivery report: read this test first.

It runs through real HTTP, the real worker and a mail provider on loopback, once on SQLite and once on PostgreSQL.
"""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote_plus, urlencode
from uuid import UUID

import pytest
import requests

from tests.installation import DEMO, ROOT, Installation
from tests.provider import Mail, Provider
from tests.provider.server import wait_until
from tests.visitor import Page, Visitor

pytestmark = pytest.mark.e2e

CAMPAIGN = "/ua-61-21/"
PRESIDENT, AMBASSADOR = "english@mail.gov.cn", "chineseembassy.ca@gmail.com"
LENA = {
    "name": "Léa Tremblay",
    "email": "lea.tremblay@example.org",
    "city": "Montréal",
    "country": "CA",
    "own_words": "I teach at a school. Some of my pupils wait for news of an uncle.",
    "subject": "UA 61/21: please tell their families where they are",
}
#: Long enough for a letter that should not leave to have left.
A_WHILE = 2.5


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in live mode before the provider on loopback, with the demo campaign and every process running."""
    postgres = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, postgres=postgres) as site:
        site.load_demo()
        site.start_all()
        yield site
        site.stop_all()


def test_the_path_of_one_letter(site: Installation) -> None:
    """From the page to the report, as it goes on a good day."""
    visitor, provider = site.visitor(), site.provider

    # Léa opens the campaign page. She reads what happened, what is asked, and who gets the letter.
    page = visitor.get(CAMPAIGN)
    she_reads_the_facts(page)
    nothing_is_loaded_from_elsewhere(page, site)

    # She fills in the form and asks to see her letter. She sees the exact email that will go out.
    seen = visitor.press(page, "Show my changes", **LENA)
    assert seen.status == 200
    assert {name: seen.form_with("email").fields[name] for name in LENA} == LENA

    # She sends it. The page asks her to look in her mail; nothing has been sent to any office.
    after = visitor.press(seen, "Send my letter")
    assert (after.status, after.path) == (200, "/ua-61-21/written/")
    assert "One step left: look in your mail" in after.text
    assert "If that address can get letters from us, a link is on its way to it." in after.text

    # A mail with a link arrives. It carries none of the words that she typed, for the address may be somebody else's.
    (confirmation,) = provider.wait_for(1, LENA["email"])
    link = the_link_in(confirmation, site, "/confirm/")
    assert not any(LENA[name] in confirmation.text for name in ("name", "city", "own_words", "subject"))

    # A scanner opens the link before her: that changes nothing.
    for method in ("GET", "HEAD", "GET"):
        assert visitor.ask(method, link).status == 200
    time.sleep(A_WHILE)
    assert provider.mails_to(PRESIDENT) == []

    # She opens the link, reads the very letter once more, and presses the button.
    frozen = visitor.get(link)
    assert "One step left: confirm your letter" in frozen.text
    status = visitor.press(frozen, "Confirm and send")
    assert status.status == 200
    assert re.fullmatch(r"/letters/[^/]+/", status.path)

    # The letter arrives at the provider, once, and it is word for word what both pages showed.
    (letter,) = provider.wait_for(1, PRESIDENT)
    it_is_the_letter(letter)
    assert words_of(letter) in words_of(seen)
    assert words_of(letter) in words_of(frozen)

    # A copy comes by mail, with a private link to what became of it.
    _, copy = provider.wait_for(2, LENA["email"])
    assert letter.text in copy.text
    private = the_link_in(copy, site, "/")

    # The page behind it says what both mail servers answered, and never more than that.
    she_waits_for(visitor, private, "The mail server of President Xi Jinping accepted your letter")
    report = she_waits_for(visitor, private, "Ambassador Peiwu Cong: their mail server accepted it")
    assert report.text.count("Their mail server accepted it") == 2
    for step in ("You wrote it", "You confirmed it", "We handed it to our mail provider"):
        assert step in report.text
    nothing_is_loaded_from_elsewhere(report, site)

    # Staff find the letter at the desk, by her address and by its reference, and read its whole story.
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
        f"postmark took it as {letter.provider_id}",
        f"Accepted by their server: {PRESIDENT}",
        f"Accepted by their server: {AMBASSADOR}",
        "250 2.0.0 OK: queued by their server",
    ):
        assert words in story.text, words

    # The link that was used says so, and pressing its old button sends nothing more.
    assert "This link has been used." in visitor.get(link).text
    assert "This link has been used." in visitor.ask("POST", link, {"do": "confirm", "version": "1"}).text

    # She writes again, with other words. Page and answer are the same, byte for byte; the kind truth goes by mail.
    again = visitor.press(visitor.get(CAMPAIGN), "Send my letter", **{**LENA, "own_words": "Second thoughts."})
    assert again.body == after.body
    notice = provider.wait_for(3, LENA["email"])[2]
    assert "you have already written on this update" in notice.text
    time.sleep(A_WHILE)
    assert len(provider.mails_to(PRESIDENT)) == 1

    # A stranger gets the same bytes too.
    stranger = visitor.press(visitor.get(CAMPAIGN), "Send my letter", **{**LENA, "email": "new.here@example.org"})
    assert stranger.body == after.body


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
        assert address.startswith(("/static/", f"{site.url}/")), address
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


def the_link_in(mail: Mail, site: Installation, end: str) -> str:
    """The one link in a mail to a supporter: on our own site, to a letter's page that ends so."""
    links = re.findall(r"https?://\S+", mail.text)
    assert len(links) == 1
    assert re.fullmatch(rf"{re.escape(site.url)}/letters/[\w.-]+{end}", links[0])
    return str(links[0])


def the_uid_of(mail: Mail) -> UUID:
    """Our own name for the message that a mail is."""
    return UUID(mail.metadata["m"])


def staff_sign_in(site: Installation) -> Visitor:
    """A member of staff at the desk, who came there by its address and was asked for name and password."""
    password = re.search(r"Login +staff +(\S+)", site.manage("welcome", "--new-password"))
    assert password is not None
    staff = Visitor(site.url, cookies=True)
    door = staff.get("/desk/")
    assert door.path == "/desk/login/"
    refused = staff.press(door, "Sign in", username="staff", password="a guess")
    assert (refused.path, refused.form_with("username").fields["username"]) == ("/desk/login/", "staff")
    desk = staff.press(refused, "Sign in", username="staff", password=password[1])
    assert (desk.status, desk.path) == (200, "/desk/")
    return staff


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


def words_of(text: Page | Mail) -> str:
    """The words alone, without spaces and the numbers of a list: to tell whether two say the same."""
    return re.sub(r"(?m)^\d+\. |\s+", "", text.text)


def she_waits_for(visitor: Visitor, address: str, words: str, seconds: float = 20.0) -> Page:
    """Open a page again and again until it says so."""
    page = visitor.get(address)

    def said() -> bool:
        nonlocal page
        page = visitor.get(address)
        return words in page.text

    assert wait_until(said, seconds), f"Not {words!r} after {seconds:g} s, but:\n{page.text}"
    return page


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
    """A campaigner pastes the text at the desk, checks the draft, sees page and letter, and publishes it."""
    staff = staff_sign_in(site)
    draft = staff.press(staff.get("/desk/campaigns/ua-61-21/new/"), "Read it", text=text)
    assert "Nothing is public yet." in draft.text
    preview = staff.press(draft, "Save and preview")
    for words in ("Invented for a test: sixty more people", "Dear President Xi Jinping:"):
        assert words in preview.text
        assert words not in site.visitor().get("/").text
    hasty = staff.press(preview, "Publish Update 2")
    assert (hasty.status, "Draft" in hasty.text) == (422, True)
    done = staff.press(hasty, "Publish Update 2", compared="1")
    assert done.status == 200


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


# --- bad input ------------------------------------------------------------------------------------------------------

ONE_LINE = "Write this on a single line, without line breaks."
HIDDEN = "This holds hidden signs that turn the reading direction."
CONTROL = "This holds control characters that cannot be sent."
PLAIN = "Write plain text, without tags such as <b> and without double braces."
MARKS = "Some letters here carry too many marks to be read."
ADDRESS = "Write your email address with an @ and a dot, like name@example.org."

#: What is fit for no line of words.
UNFIT_LINE = [
    ("Lena\r\nBcc: victim@example.org", ONE_LINE),
    ("Lena\nContent-Type: text/html\n\n<b>", ONE_LINE),
    ("Lena\u2028Bcc: victim", ONE_LINE),
    ("Lena\x85Bcc: victim", ONE_LINE),
    ("Lena\x0bBcc: victim", ONE_LINE),
    ("Lena \u202egro.live", HIDDEN),
    ("Lena \u2067x", HIDDEN),
    ("Lena\x00", CONTROL),
    ("Lena \x1b[2J", CONTROL),
    ("Lena \U000e0041", CONTROL),
    ("{{ settings.SECRET_KEY }}", PLAIN),
    ("{% include '/etc/passwd' %}", PLAIN),
    ("<script>alert(1)</script>", PLAIN),
    ("<img src=x onerror=alert(1)>", PLAIN),
    ("<svg/onload=alert(1)>", PLAIN),
    ("*|NAME|*", PLAIN),
    ("%recipient.name%", PLAIN),
    ("<%= system %>", PLAIN),
    ("Le" + "\u0334" * 60 + "na", MARKS),
]
UNFIT_TEXT = [(typed, said) for typed, said in UNFIT_LINE if said != ONE_LINE]
BAD: dict[str, list[tuple[str, str]]] = {
    "name": [
        *UNFIT_LINE,
        ("", "Write your name."),
        ("\u3000\u2800\u200b", "Write your name."),
        ("🙂🙂", "Write it with letters."),
        ("boss@gov.example via Lena", "without an email or web address"),
        ("see http://spam.example now", "without an email or web address"),
        ("x" * 101, "These are 101 characters; 100 fit. Nothing was cut."),
    ],
    "email": [
        ("", "Write your email address."),
        ("lena", ADDRESS),
        ("lena@localhost", ADDRESS),
        ("lena@[127.0.0.1]", ADDRESS),
        ("a@example.org, b@example.org", "Write one address only."),
        ("a@example.org;b@example.org", "Write one address only."),
        ('"Boss" <boss@example.org>', ADDRESS),
        ("lena@example.org\r\nBcc: victim@example.org", "Write"),
        ("lena\x00@example.org", ADDRESS),
        ("le\u200bna@example.org", ADDRESS),
        ("王@例子.公司", ADDRESS),
        ("%0d%0aBcc@example.org", ADDRESS),
        ("=cmd|calc@example.org", ADDRESS),
        ("{{7*7}}@example.org", ADDRESS),
        ("<b>@example.org", ADDRESS),
        ("x" * 65 + "@example.org", ADDRESS),
    ],
    "city": [*UNFIT_LINE, ("", "Write the town or city"), ("12345", "Write it with letters."), ("x" * 81, "80 fit")],
    "country": [
        ("", "Choose your country."),
        ("XX", "Choose a country from the list."),
        ("ca", "Choose a country from the list."),
        ("CA\r\nBcc: x", "Choose a country from the list."),
        ("{{ 7 }}", "Choose a country from the list."),
        ("' OR 1=1 --", "Choose a country from the list."),
    ],
    "own_words": [*UNFIT_TEXT, ("x" * 1501, "These are 1,501 characters; 1,500 fit. Nothing was cut.")],
    "subject": [*UNFIT_LINE, ("x" * 121, "These are 121 characters; 120 fit. Nothing was cut.")],
}


@pytest.mark.parametrize("field", list(BAD))
def test_bad_input_is_answered_beside_its_field_and_stores_nothing(site: Installation, field: str) -> None:
    visitor = site.visitor()
    form = visitor.get(CAMPAIGN).form_with("email")
    before = what_is_stored(site)
    for typed, said in BAD[field]:
        filled = {**LENA, "email": "bad.input@example.org", field: typed}
        page = visitor.send(form, {**filled, "do": "send"})
        assert (page.status, page.path) == (422, CAMPAIGN), typed
        assert said in page.text, (typed, page.text[:600])
        assert f'id="id_{field}_e"' in page.html, typed
        kept = page.form_with("email").fields
        assert {name: kept[name] for name in filled if name != "country"} == {
            name: value for name, value in filled.items() if name != "country"
        }
        seen = visitor.send(form, {**filled, "do": "preview"})
        assert seen.status == 200, typed
        assert seen.form_with("email").fields["own_words"] == filled["own_words"], typed
    assert what_is_stored(site) == before


def what_is_stored(site: Installation) -> list[int]:
    """How many supporters, letters and messages there are."""
    return [
        int(site.rows(f"SELECT count(*) FROM {table}")[0][0])
        for table in ("advocacy_supporter", "advocacy_letter", "mailings_message")
    ]


def test_bytes_that_are_no_form_break_nothing(site: Installation) -> None:
    visitor = site.visitor()
    token = visitor.get(CAMPAIGN).form_with("email").fields["token"]
    before = what_is_stored(site)
    good = urlencode({**LENA, "email": "bytes@example.org", "do": "send", "token": token})
    kind = "application/x-www-form-urlencoded"
    bodies: list[bytes] = [
        b"",
        b"%",
        b"\xff\xfe\x00",
        good.replace("name=L%C3%A9a", "name=%ED%A0%BD%00").encode(),
        good.replace("token=", "token=x").encode(),
        good.replace(f"token={quote_plus(token)}", "token=").encode(),
        good.replace("country=CA", "country=CA&country=FR%0d%0a").encode() + b"&status=sent&mode=live&id=1&name=%0a",
        b"&".join(b"f%d=1" % number for number in range(5000)),
        b'{"name": "x"}',
    ]
    for body in bodies:
        page = visitor.ask("POST", CAMPAIGN, body, Content_Type=kind)
        assert 400 <= page.status < 500, (body[:80], page.status)
    # What is too large is not even read: the web server answers, or hangs up while the rest is still on its way.
    with contextlib.suppress(requests.ConnectionError):
        assert site.visitor().ask("POST", CAMPAIGN, b"own_words=" + b"x" * 3_000_000, Content_Type=kind).status == 400
    for method in ("PUT", "DELETE", "PATCH"):
        assert visitor.ask(method, CAMPAIGN).status == 405
    assert what_is_stored(site) == before


@pytest.mark.parametrize(
    "path",
    [
        "/nothing-here/",
        "/letters/x/",
        "/letters/x/confirm/",
        "/letters/%00/confirm/",
        "/letters/..%2f..%2f/",
        "/letters/7K2M94QX.1abcde.AAAA/confirm/",
        "/%00/",
        "/%ff/",
        "/?next=//evil.example",
        "/ua-61-21/%0d%0aSet-Cookie:%20x=1/",
        "/sandbox/",
        "/sandbox/messages.json",
    ],
)
def test_an_address_that_leads_nowhere_says_so(site: Installation, path: str) -> None:
    page = site.visitor().get(path)
    assert page.status == (200 if path.startswith("/?") else 404)
    assert "Traceback" not in page.html


def test_a_false_host_reaches_nobody(site: Installation) -> None:
    email = "false.host@example.org"
    form = site.visitor().get(CAMPAIGN).form_with("email")
    sent = {**form.fields, **LENA, "email": email, "do": "send"}
    assert site.visitor().ask("POST", CAMPAIGN, sent, Host="evil.example").status == 400
    page = site.visitor().ask("POST", CAMPAIGN, sent, X_Forwarded_Host="evil.example")
    assert page.path == "/ua-61-21/written/"
    the_link_in(site.provider.wait_for(1, email)[0], site, "/confirm/")


# --- the mode that a letter was written in --------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_what_was_written_in_the_sandbox_never_leaves_in_live_mode(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    postgres = request.getfixturevalue("postgres_url") if database == "PostgreSQL" else ""
    with Provider() as provider, Installation(tmp_path, provider, postgres=postgres, mode="sandbox") as site:
        site.load_demo()
        site.start("web")
        visitor = site.visitor()

        # In the sandbox somebody writes and gets a link in the sandbox mailbox; three letters are in line to leave.
        visitor.press(visitor.get(CAMPAIGN), "Send my letter", **LENA)
        site.manage("drain")
        (mail,) = visitor.session.get(f"{site.url}/sandbox/messages.json", timeout=20).json()
        assert (mail["kind"], mail["mode"], mail["to"]) == ("confirmation", "sandbox", [LENA["email"]])
        link = re.findall(r"http\S+/confirm/", mail["text"])[0]
        site.manage("make_letters", "3", "--campaign", "ua-61-21")

        # The installation goes live. What is in line stays; the link says that it was a rehearsal.
        site.stop_all()
        site.mode = "live"
        site.start("web")
        site.manage("drain")
        assert "This letter was a rehearsal" in visitor.get(link).text
        pressed = visitor.ask("POST", link, {"do": "confirm", "version": "1"})
        assert (pressed.status, "This letter was a rehearsal" in pressed.text) == (409, True)
        site.manage("drain")
        assert provider.mails == []
        assert visitor.get("/sandbox/").status == 404
        assert visitor.get("/sandbox/messages.json").status == 404

        # The same person may write in earnest: that letter leaves.
        visitor.press(visitor.get(CAMPAIGN), "Send my letter", **LENA)
        site.manage("drain")
        (confirmation,) = provider.wait_for(1, LENA["email"])
        visitor.press(visitor.get(the_link_in(confirmation, site, "/confirm/")), "Confirm and send")
        site.manage("drain")
        # Copy and letter leave side by side, so either may be first.
        assert sorted(sent.to for sent in provider.mails) == sorted([[LENA["email"]], [LENA["email"]], [PRESIDENT]])
