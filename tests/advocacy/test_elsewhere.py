"""Tests of the letter that its writer sends without us: what the pages say and never say, and what is counted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import campaigns, elsewhere, mail_links, sent_elsewhere, tokens
from advocacy.mail_links import Head
from advocacy.models import Campaign, Letter, SentElsewhere, SpentSlip, Supporter, Update
from advocacy.models.elsewhere import Way
from advocacy.models.identity import Level
from advocacy.wording import Choices, letter_mails
from mailings.models import Message
from tests.advocacy import pages, tongues
from tests.advocacy.making import AMBASSADOR, CHOICES, LEA, PAGE, PRESIDENT, at_the_desk, later_text, published, written

ELSEWHERE = f"{PAGE}elsewhere/"
TODAY = date(2026, 11, 24)


def words(answer: Any) -> str:
    return " ".join(pages.read(answer.content.decode()).text.split())


def well_formed(answer: Any) -> pages.Page:
    page = pages.read(answer.content.decode())
    assert page.faults == []
    return page


def go(client: Client, update: Update, do: str = "elsewhere", **typed: str) -> Any:
    """Press a button of the form that asks for no address."""
    data = {**LEA, "email": "", "level": "place", "token": tokens.make_form_token(update), "do": do, **typed}
    return client.post(ELSEWHERE, data)


def capped(update: Update, most: Level) -> None:
    Campaign.objects.update(most_identity=most)
    update.campaign.refresh_from_db()


def hidden(answer: Any, name: str) -> str:
    """A hidden field of a page."""
    html = answer.content.decode()
    return str(html.split(f'name="{name}" value="')[1].split('"')[0])


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_finished_letter_is_shown_without_an_address_and_nothing_is_stored(client: Client, update: Update) -> None:
    answer = go(client, update)
    page = well_formed(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    (mail,) = letter_mails(update, CHOICES)
    ours = mail.text.split("\n\n--\n")[0]
    assert page.words["text-1"].strip() == ours
    for said in (PRESIDENT, AMBASSADOR, mail.subject, "President Xi Jinping", "Your letter is finished."):
        assert said in page.text
    assert "Sent for" not in page.text
    assert not Supporter.objects.exists()
    assert not Letter.objects.exists()
    assert not Message.objects.exists()


def test_the_campaign_offers_it_with_a_plain_button(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    assert f'name="do" value="elsewhere" formaction="{ELSEWHERE}">Send it myself</button>' in html
    campaigns.pause(update.campaign, by="Ada", reason="We check an address.")
    assert "Send it myself" not in client.get(PAGE).content.decode()


def test_what_is_not_in_order_is_said_beside_its_field(client: Client, update: Update) -> None:
    answer = go(client, update, name="", own_words="<b>")
    page = well_formed(answer)
    assert answer.status_code == 422
    assert "Error: Write your name." in page.beside("name")
    assert "Write plain text" in page.beside("own_words")
    assert page.beside("email") == "For the link, and for news of this letter. The officials do not see it."
    assert page.value("city") == LEA["city"]


@pytest.mark.parametrize("typed", ["", "lea", "lea@", "a, b", "\x00"])
def test_no_address_is_needed_and_none_is_complained_about(client: Client, update: Update, typed: str) -> None:
    assert go(client, update, email=typed).status_code == 200


def test_an_address_does_not_leave_with_a_letter_that_shows_less(client: Client, update: Update) -> None:
    answer = go(
        client, update, email=LEA["email"], level="pen", shown_name="A friend", own_words=f"I am {LEA['email']}."
    )
    assert answer.status_code == 422
    assert "you chose not to show it" in words(answer)


@pytest.mark.parametrize(("level", "needed"), [("pen", []), ("org", []), ("first", ["country"])])
def test_of_its_writer_no_more_is_asked_than_the_letter_shows(
    client: Client, update: Update, level: str, needed: list[str]
) -> None:
    shown = "A friend" if level != "org" else ""
    answer = go(client, update, level=level, shown_name=shown, name="", city="", country="")
    assert answer.status_code == (422 if needed else 200)
    page = pages.read(answer.content.decode())
    assert [name for name in ("name", "city", "country") if "Error" in page.beside(name)] == needed


def test_an_old_form_is_read_once_more(client: Client, update: Update) -> None:
    answer = go(client, update, token="forged")
    assert answer.status_code == 422
    assert "Read the letter once more, then send it." in words(answer)
    token = tokens.make_form_token(update)
    published(later_text())
    assert go(client, update, token=token).status_code == 422


def test_a_name_that_must_not_be_said_is_refused(client: Client, update: Update) -> None:
    Campaign.objects.update(not_to_be_said=["Mehmet Example"])
    assert go(client, update, own_words="Mehmet Example waits.").status_code == 422


def test_opening_its_address_leads_to_the_form(client: Client, update: Update) -> None:
    answer = client.get(ELSEWHERE)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#write")
    assert client.post("/none/elsewhere/", {"do": "elsewhere"}).status_code == 404


def test_pressed_at_the_campaigns_own_address_it_sends_nothing(client: Client, update: Update) -> None:
    data = {**LEA, "token": tokens.make_form_token(update), "do": "elsewhere"}
    assert client.post(PAGE, data).status_code == 200
    assert not Letter.objects.exists()


def test_the_letter_can_be_changed_again_and_nothing_typed_is_lost(client: Client, update: Update) -> None:
    answer = go(client, update, email=LEA["email"], **{"point-1": "1", "place-1": "1", "was-1": "1", "junk": "x"})
    html = answer.content.decode()
    for name in ("name", "email", "city", "country", "own_words", "subject", "token", "point-1", "place-1", "was-1"):
        assert f'<input type="hidden" name="{name}"' in html
    assert 'name="junk"' not in html
    assert f'action="{PAGE}#write"' in html
    assert 'name="do" value="preview">Change the letter' in html


# --- when nobody should send anything ---------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [campaigns.stop, campaigns.close])
def test_a_campaign_that_is_over_offers_nothing_of_it(client: Client, update: Update, end: Any) -> None:
    end(update.campaign, by="Ada", reason="They were freed.")
    answer = go(client, update)
    assert answer.status_code == 409
    assert "They were freed." in words(answer)
    assert "mailto:english" not in answer.content.decode()


def test_a_paused_campaign_asks_to_wait_and_keeps_what_was_typed(client: Client, update: Update) -> None:
    campaigns.pause(update.campaign, by="Ada", reason="We check an address.")
    answer = go(client, update, do="post")
    page = well_formed(answer)
    assert answer.status_code == 409
    assert "We check an address." in page.text
    assert "Nothing should be sent now, not by yourself either. What you typed stands here." in page.text
    assert page.value("own_words") == LEA["own_words"]
    assert page.beside("email").startswith("For the link")


def test_past_its_last_day_nothing_goes_before_somebody_decided(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Campaign, "past_deadline", lambda self, now: True)
    answer = go(client, update)
    assert answer.status_code == 409
    assert "Nothing should be sent now" in words(answer)


@pytest.mark.parametrize(("days", "late"), [(3, True), (13, True), (14, False), (60, False)])
def test_a_letter_by_post_that_would_come_too_late_is_told(days: int, late: bool) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("UTC"))
    campaign = Campaign(live_update=Update(deadline=now.date() + timedelta(days=days)))
    assert elsewhere.too_late_for_post(campaign, now) is late


def test_without_a_deadline_post_is_never_too_late(update: Update) -> None:
    assert not elsewhere.too_late_for_post(Campaign(live_update=Update(deadline=None)), timezone.now())


# --- links to mail programs -------------------------------------------------------------------------------------------

HEAD = Head(PRESIDENT, (AMBASSADOR, "b+c@example.org"), "UA 61/21: please & thank you + more")


def test_a_link_brings_everything_to_the_mail_program() -> None:
    text = "Dear President,\n\nI ask: 100% & more + less = ?\n北京\n\n“Yours”"
    device, gmail, outlook, work = mail_links.links(HEAD, text, "paste")
    assert device.url.startswith(
        f"mailto:{PRESIDENT}?cc={AMBASSADOR},b%2Bc@example.org&subject=UA%2061%2F21%3A%20please"
    )
    assert "+" not in device.url
    said = parse_qs(urlsplit(device.url).query)
    assert said == {
        "cc": [f"{AMBASSADOR},b+c@example.org"],
        "subject": [HEAD.subject],
        "body": [text.replace("\n", "\r\n")],
    }
    assert urlsplit(gmail.url).netloc == "mail.google.com"
    query = parse_qs(urlsplit(gmail.url).query)
    assert (query["to"], query["cc"], query["su"]) == ([PRESIDENT], said["cc"], said["subject"])
    assert query["body"] == said["body"]
    for link, host in ((outlook, "outlook.live.com"), (work, "outlook.cloud.microsoft")):
        assert urlsplit(link.url).netloc == host
        assert parse_qs(urlsplit(link.url).query) == {"mailtouri": [device.url]}
    assert all(link.whole for link in (device, gmail, outlook, work))


def test_a_text_that_does_not_fit_is_to_be_pasted() -> None:
    head = Head(PRESIDENT, (), "A")
    room = mail_links.LONGEST_MAILTO - len(mail_links.mailto(head, ""))
    assert mail_links.links(head, "a" * room, "paste")[0].whole
    link = mail_links.links(head, "a" * (room + 1), "paste it")[0]
    assert not link.whole
    assert parse_qs(urlsplit(link.url).query) == {"subject": ["A"], "body": ["paste it"]}


def test_no_link_is_longer_than_its_program_takes() -> None:
    longest = {"device": 2000, "gmail": 4000, "outlook": 4000, "outlook-work": 2000}
    for text in ("a" * 700, "北" * 900, "a b\n" * 1500):
        for link in mail_links.links(HEAD, text, "note"):
            assert len(link.url) <= longest[link.program]


def test_the_page_says_which_link_brings_the_text(client: Client, update: Update) -> None:
    html = go(client, update, own_words="Long. " * 240).content.decode()
    assert "Without the text: copy that first, then paste it there." in html
    assert "A link can carry only so much" in html
    assert html.count('rel="noopener noreferrer"') == 4
    body = html.split('href="mailto:english')[1].split('"')[0]
    assert unquote(body).endswith("body=(Paste your letter here.)")


# --- levels of identity -----------------------------------------------------------------------------------------------

#: Level -> what every page of it must not say.
NEVER = {
    "place": [],
    "first": ["Tremblay", "Montréal", LEA["email"]],
    "pen": ["Tremblay", "Montréal", LEA["email"], "Léa", "Canada\n"],
    "org": ["Tremblay", "Montréal", LEA["email"], "Léa", "Blue Heron"],
}


def choices(level: str) -> Choices:
    shown = {"first": "Léa", "pen": "Blue Heron"}.get(level, "")
    return Choices(name="Léa Tremblay", city="Montréal", country="CA", level=level, shown_name=shown)


@pytest.mark.parametrize("level", NEVER)
def test_no_letter_says_more_of_its_writer_than_the_level_does(update: Update, level: str) -> None:
    (mail,) = elsewhere.own_mails(update, choices(level))
    sheets = [*elsewhere.by_post(update, choices(level), TODAY), *elsewhere.by_fax(update, choices(level), TODAY)]
    assert len(sheets) == 4
    told = [mail.text, mail.subject, *(unquote(unquote(link.url)) for link in mail.links)]
    told += ["\n".join([*one.sender, one.place, one.day, one.text, one.subject]) for one in sheets]
    for text in told:
        for word in NEVER[level]:
            assert word not in text, (level, word)


@pytest.mark.parametrize(
    ("level", "sender", "place"),
    [
        ("answer", ["Léa Tremblay", "Montréal, Canada"], "Montréal"),
        ("place", ["Léa Tremblay", "Montréal, Canada"], "Montréal"),
        ("first", ["Léa", "Canada"], "Canada"),
        ("pen", ["Blue Heron"], ""),
        ("org", [], ""),
    ],
)
def test_the_sheet_names_its_sender_as_far_as_the_level_lets(
    update: Update, level: str, sender: list[str], place: str
) -> None:
    capped(update, Level.ANSWER)
    sheet = elsewhere.by_post(update, choices(level), TODAY)[0]
    assert (sheet.sender, sheet.place, sheet.day) == (sender, place, "24 November 2026")


def test_nobody_writes_in_the_organisations_name(client: Client, update: Update) -> None:
    (mail,) = elsewhere.own_mails(update, choices("org"))
    assert "Example Rights" not in mail.text
    assert mail.text.split("\n\nCopy:")[0].endswith("Yours sincerely,")
    answer = go(client, update, level="org", shown_name="")
    assert "so it is not signed at all" in words(answer)
    assert "It says nothing of you." in words(go(client, update, do="post", level="org"))


def test_a_line_that_names_the_writer_goes_where_nobody_is_named(update: Update) -> None:
    text = update.letter_text.replace("{own_words}", "My name is {supporter_name}.\n\n{own_words}")
    update.letter_text = text
    assert "My name is Blue Heron." in elsewhere.own_mails(update, choices("pen"))[0].text
    assert "My name is" not in elsewhere.own_mails(update, choices("org"))[0].text


def test_ones_own_mail_shows_more_than_a_lower_level_and_the_page_says_so(client: Client, update: Update) -> None:
    warned = "You chose to show less of yourself than your mail account shows."
    assert warned not in words(go(client, update))
    assert warned in words(go(client, update, level="pen", shown_name="Blue Heron"))


def test_where_no_full_name_may_leave_no_mail_program_is_offered(client: Client, update: Update) -> None:
    capped(update, Level.PEN)
    answer = go(client, update, level="pen", shown_name="Blue Heron", name="", city="", country="")
    well_formed(answer)
    html = answer.content.decode()
    assert 'href="mailto:english' not in html
    assert "mail.google.com" not in html
    assert "For everybody’s safety this campaign lets no full name leave." in words(answer)
    assert "I sent it by email" not in html
    assert "Letter to print" in html


# --- on paper ---------------------------------------------------------------------------------------------------------


def test_one_sheet_for_each_office_with_its_address_and_the_local_script(client: Client, update: Update) -> None:
    answer = go(client, update, do="post")
    well_formed(answer)
    html = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert html.count('class="paper sheet"') == 2
    first, second = (part.split("</address>")[0] for part in html.split('<address class="sheet-window">')[1:])
    # The country last: it is what sorters look for.
    assert first.startswith('<span lang="zh-Hans">北京市')
    assert first.endswith("<span>People&#x27;s Republic of China</span>")
    assert "<span>Ottawa, ON K1N 5H3</span>" in second
    assert html.count("Dear President Xi Jinping:") == 2
    assert html.count("Copy: His Excellency Peiwu Cong, Ambassador") == 2
    assert "Sent for" not in html
    assert LEA["own_words"] in html


def test_each_office_that_is_written_to_gets_a_letter_of_its_own(client: Client, update: Update) -> None:
    both = list(update.targets.all())
    both[1].role, both[1].salutation = "to", "Your Excellency"
    update._prefetched_objects_cache = {"targets": both}  # type: ignore[attr-defined]
    first, second = elsewhere.own_mails(update, CHOICES)
    assert (first.to[1], first.cc, second.to[1], second.cc) == (PRESIDENT, (), AMBASSADOR, ())
    assert second.text.startswith("Your Excellency:")
    assert "Copy:" not in first.text + second.text
    assert [one.text for one in elsewhere.by_post(update, CHOICES, TODAY)] == [first.text, second.text]


def test_a_level_without_a_country_does_not_write_to_the_embassy_there(update: Update) -> None:
    both = list(update.targets.all())
    paris = {"name": "The Ambassador in Paris", "email": "paris@example.org", "address_lines": ["1 Quay", "Paris"]}
    both[1].by_country = [{"country": "FR", **paris}]
    update._prefetched_objects_cache = {"targets": both}  # type: ignore[attr-defined]
    open_one, hidden_one = replace(CHOICES, country="FR"), replace(choices("pen"), country="FR")
    assert elsewhere.own_mails(update, open_one)[0].cc[0][1] == "paris@example.org"
    assert elsewhere.by_post(update, open_one, TODAY)[1].target.name == "The Ambassador in Paris"
    assert elsewhere.own_mails(update, hidden_one)[0].cc[0][1] == AMBASSADOR
    assert elsewhere.by_post(update, hidden_one, TODAY)[1].target.name == "His Excellency Peiwu Cong"


def test_a_fax_has_a_cover_with_number_and_pages(client: Client, update: Update) -> None:
    answer = go(client, update, do="fax", own_words="")
    well_formed(answer)
    text = words(answer)
    assert answer.content.decode().count("sheet cover") == 2
    for said in ("011 86 10 6238 1025", "613 789 1911", "From Léa Tremblay", "Montréal, Canada", "2, with this one"):
        assert said in text
    long = words(go(client, update, do="fax", own_words="Word. " * 240))
    assert "2, with this one" not in long
    assert "Count the pages once they are printed" in long


def test_offices_without_a_street_or_a_fax_get_no_sheet(client: Client, update: Update) -> None:
    made = {one.name: one for one in update.targets.all()}
    made["Xi Jinping"].address_lines, made["Xi Jinping"].fax = [], []
    update._prefetched_objects_cache = {"targets": list(made.values())}  # type: ignore[attr-defined]
    (sheet,) = elsewhere.by_post(update, CHOICES, TODAY)
    assert sheet.target.name == "His Excellency Peiwu Cong"
    assert sheet.text.startswith("Dear President Xi Jinping:")
    assert [one.target.name for one in elsewhere.by_fax(update, CHOICES, TODAY)] == [sheet.target.name]


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "24 November 2026"), ("fr", "24 novembre 2026"), ("ar", "24 نوفمبر، 2026"), ("xx", "2026-11-24")],
)
def test_the_date_is_written_in_the_letters_language(language: str, day: str) -> None:
    assert elsewhere._day(TODAY, language) == day


@pytest.mark.parametrize(("text", "fits"), [("a" * 400, True), ("字" * 2000, False), ("a\n" * 40, False)])
def test_a_text_surely_fits_on_one_sheet_or_nobody_knows(text: str, fits: bool) -> None:
    assert elsewhere._fits_on_a_sheet(text) is fits


def test_a_long_address_is_set_smaller(update: Update) -> None:
    president, ambassador = elsewhere.by_post(update, CHOICES, TODAY)
    assert not ambassador.crowded
    president.target.address_lines = [*president.target.address_lines, "A further line", "And one more"]
    assert president.crowded


# --- what is counted --------------------------------------------------------------------------------------------------


def told(client: Client, slip: str, way: str = "post") -> Any:
    return client.post(ELSEWHERE, {"do": "sent", "way": way, "slip": slip})


def counts() -> dict[str, int]:
    return {str(row.way): row.number for row in SentElsewhere.objects.all()}


def test_what_somebody_says_they_sent_is_counted_by_way_and_day(client: Client, update: Update) -> None:
    slip = hidden(go(client, update), "slip")
    answer = told(client, slip)
    assert (answer.status_code, answer["Location"]) == (302, f"{ELSEWHERE}sent/")
    page = client.get(answer["Location"])
    well_formed(page)
    assert "Your letter is counted among those that people sent themselves." in words(page)
    row = SentElsewhere.objects.get()
    assert (row.update, row.way, row.day, row.number) == (update, "post", timezone.now().date(), 1)
    assert row.mode == "sandbox"


def test_pressed_twice_it_counts_once_and_for_each_way(client: Client, update: Update) -> None:
    slip = hidden(go(client, update), "slip")
    # The same page's slip goes along to the page that is printed.
    assert hidden(go(client, update, do="post", slip=slip), "slip") == slip
    for way in ("post", "post", "fax", "post"):
        assert told(client, slip, way).status_code == 302
    assert counts() == {"post": 1, "fax": 1}
    told(client, hidden(go(client, update), "slip"))
    assert counts() == {"post": 2, "fax": 1}


def test_a_letter_counts_for_the_update_it_was_written_on(client: Client, update: Update) -> None:
    slip = hidden(go(client, update), "slip")
    newer = published(later_text())
    told(client, slip)
    told(client, tokens.make_slip(newer), "fax")
    assert {(row.update, str(row.way)) for row in SentElsewhere.objects.all()} == {(update, "post"), (newer, "fax")}


@pytest.mark.parametrize("way", ["pigeon", "", "EMAIL"])
def test_a_way_that_there_is_not_counts_nothing(client: Client, update: Update, way: str) -> None:
    answer = told(client, tokens.make_slip(update), way)
    assert answer.status_code == 422
    assert counts() == {}


def test_a_slip_of_elsewhere_or_of_long_ago_counts_nothing(client: Client, update: Update, monkeypatch: Any) -> None:
    for slip in ("", "forged", tokens.make_form_token(update), tokens.make_slip(update)[:-2]):
        answer = told(client, slip)
        well_formed(answer)
        assert answer.status_code == 422
        assert "This could not be counted" in words(answer)
    slip = tokens.make_slip(update)
    monkeypatch.setattr(tokens, "SLIP_AGE", timedelta(seconds=-1))
    assert told(client, slip).status_code == 422
    assert tokens.read_slip(slip, "another") is None
    assert counts() == {}


def test_nothing_that_is_stored_tells_who_or_when_to_the_minute(client: Client, update: Update) -> None:
    told(client, hidden(go(client, update), "slip"))
    kept = [str(value) for row in SentElsewhere.objects.values() for value in row.values()]
    kept += [str(value) for row in SpentSlip.objects.values("slip") for value in row.values()]
    for word in ("Léa", "Tremblay", "127.0.0.1", LEA["own_words"]):
        assert not any(word in value for value in kept)


def test_slips_that_are_good_no_longer_go(client: Client, update: Update) -> None:
    SpentSlip.objects.create(slip="old/post", spent_at=timezone.now() - tokens.SLIP_AGE - timedelta(hours=1))
    SpentSlip.objects.create(slip="newer/post", spent_at=timezone.now() - tokens.SLIP_AGE + timedelta(hours=1))
    sent_elsewhere.count(update, Way.POST, "a")
    assert set(SpentSlip.objects.values_list("slip", flat=True)) == {"newer/post", "a/post"}


def test_many_at_once_are_all_counted_and_each_page_once(committed: None, update: Update) -> None:
    pages_pressed = [f"page-{number % 6}" for number in range(12)]

    def press(page: str) -> None:
        sent_elsewhere.count(update, Way.FAX, page)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(press, pages_pressed))
    assert counts() == {"fax": 6}
    assert SpentSlip.objects.count() == 6


def test_the_desk_shows_them_apart(client: Client, update: Update, settings: Settings) -> None:
    client.force_login(at_the_desk())
    where = "/desk/campaigns/ua-61-21/"
    assert "Sent by people themselves" not in words(client.get(where))
    for page in "abc":
        sent_elsewhere.count(update, Way.POST, page)
    sent_elsewhere.count(update, Way.EMAIL, "a")
    SentElsewhere.objects.filter(way="post").update(day=timezone.now().date() - timedelta(days=7))
    sent_elsewhere.count(update, Way.POST, "d")
    shown = well_formed(client.get(where)).text
    text = " ".join(shown.split())
    assert "Sent by people themselves" in text
    assert "By email 1 1 By post 4 1" in text
    settings.MAIL_MODE = "test"
    assert sent_elsewhere.totals(update.campaign) == []


def test_they_are_not_among_the_letters_of_the_page(client: Client, update: Update) -> None:
    written(update)
    for number in range(40):
        sent_elsewhere.count(update, Way.POST, str(number))
    assert "Be among the first to write." in words(client.get(PAGE))


# --- in a translation -------------------------------------------------------------------------------------------------


def test_in_a_translation_the_way_back_stays_in_it_and_the_letter_in_its_own(client: Client, db: None) -> None:
    live = tongues.live()
    base = f"/{live.campaign.slug}/fr/"
    assert f'formaction="{base}elsewhere/"' in client.get(base).content.decode()
    data = {**LEA, "subject": "", "level": "place", "token": tokens.make_form_token(live), "do": "elsewhere"}
    answer = client.post(f"{base}elsewhere/", data)
    well_formed(answer)
    html = answer.content.decode()
    assert f'action="{base}#write"' in html
    assert f'action="{base}elsewhere/"' in html
    assert "I write about three teachers of the islands (UA 7/26)." in html
    counted = client.post(f"{base}elsewhere/", {"do": "sent", "way": "email", "slip": hidden(answer, "slip")})
    assert counted["Location"] == f"{base}elsewhere/sent/"
    assert f'href="{base}"' in client.get(counted["Location"]).content.decode()
