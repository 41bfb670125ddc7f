"""Tests of the public pages: what each says in each state, and that none tells on anybody or sets a cookie."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import campaigns, letters, tokens, updates
from advocacy.models import Campaign, Letter, Supporter, Update
from advocacy.models.campaign import CampaignStatus as Status
from advocacy.reading import DraftUpdate
from advocacy.tokens import Purpose
from mailings.models import Message, Recipient
from mailings.models.message import Status as Sent
from mailings.text import UnfitText
from tests.advocacy import pages
from tests.advocacy.making import (
    CHOICES,
    LEA,
    PAGE,
    confirmed,
    filled,
    later_text,
    letter_of,
    published,
    send,
    states_of,
    written,
)

HELD, IN_LINE, WITHDRAWN = [("held", "confirmation")], [("queued", "")], [("cancelled", "")]


def link(letter: Letter, purpose: Purpose = Purpose.CONFIRM) -> str:
    end = "confirm/" if purpose is Purpose.CONFIRM else ""
    return f"/letters/{tokens.make(letter, purpose)}/{end}"


def words(answer: Any) -> str:
    return " ".join(pages.read(answer.content.decode()).text.split())


def stored() -> tuple[int, int, int]:
    return Supporter.objects.count(), Letter.objects.count(), Message.objects.count()


@pytest.fixture
def letter(update: Update) -> Letter:
    return written(update)


# --- the campaign's page ----------------------------------------------------------------------------------------------


def test_the_page_tells_what_happened_what_is_asked_and_who_gets_it(client: Client, update: Update) -> None:
    answer = client.get(PAGE)
    text = words(answer)
    for said in (
        update.title, update.summary, "UA 61/21", "Update 1 of", "29 July 2022", "ASA 17/5905/2022", "ASA 17/4243/2021",
        "10 June 2021", "Xi Jinping", "President of the People's Republic of China", "english@mail.gov.cn",
        "Zhongnanhai", "北京市西城区西长安街街道 100017", "Fax 011 86 10 6238 1025", "His Excellency Peiwu Cong",
        "chineseembassy.ca@gmail.com", "Ambassador, Embassy of the People's Republic of China",
        "515 St. Patrick Street", "Ottawa, ON K1N 5H3", "Fax 613 789 1911",
    ):  # fmt: skip
        assert said in text, said
    assert 'lang="zh-Hans">北京市' in answer.content.decode()
    for part in (*update.facts.split("\n\n"), *update.additional_information.split("\n\n")):
        assert part in text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_page_shows_the_letter_that_will_go_out(client: Client, update: Update) -> None:
    text = words(client.get(PAGE))
    assert "From Your name <ua-61-21@letters.example.org>" in text
    assert "To President Xi Jinping <english@mail.gov.cn>" in text
    assert "Copy Ambassador Peiwu Cong <chineseembassy.ca@gmail.com>" in text
    assert "Subject UA 61/21: please let 120 people in Xinjiang go home" in text
    assert "Your name Your town, your country" in text


def test_a_new_update_is_shown_at_once(client: Client, update: Update) -> None:
    published(later_text())
    text = words(client.get(PAGE))
    assert "Sixty more people" in text
    assert "Update 2 of" in text
    assert "Forty-eight" not in text


def test_progress_is_shown_once_it_singles_nobody_out(client: Client, update: Update) -> None:
    Campaign.objects.update(goal=100)
    for number in range(24):
        confirmed(update, f"s{number}@example.org")
    assert "Be among the first to write." in words(client.get(PAGE))
    written(update, "not.confirmed@example.org")
    assert "Be among the first to write." in words(client.get(PAGE))
    confirmed(update, "s24@example.org")
    Recipient.objects.filter(role="to", message__reference=letter_of("s1@example.org").code).update(status="delivered")
    text = words(client.get(PAGE))
    assert "25 of 100 letters" in text
    assert "accepted 1 of them so far" in text


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("stop", "This campaign was stopped on"),
        ("close", "This campaign was closed on"),
    ],
)
def test_an_ended_campaign_says_why_and_takes_no_letter(client: Client, update: Update, act: str, said: str) -> None:
    getattr(campaigns, act)(update.campaign, by="Ada", reason="They were freed. <b>")
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert said in words(answer)
    assert "They were freed. <b>" in words(answer)
    assert "<b>" not in answer.content.decode()
    assert '<form class="grid' not in answer.content.decode()
    refused = send(client, update)
    assert (refused.status_code, stored()) == (409, (0, 0, 0))
    assert said in words(refused)


def test_a_campaign_that_stops_while_a_form_is_read_answers_with_its_state(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = tokens.read_form_token

    def meanwhile(token: str, shown: Update) -> tokens.FormToken:
        campaigns.stop(Campaign.objects.get(), by="Ada", reason="They were freed.")
        return read(token, shown)

    monkeypatch.setattr(tokens, "read_form_token", meanwhile)
    answer = send(client, update)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert stored() == (0, 0, 0)


def test_a_paused_campaign_takes_letters_that_wait(client: Client, update: Update) -> None:
    campaigns.pause(update.campaign, by="Ada", reason="The family asks us to wait.")
    text = words(client.get(PAGE))
    assert "Paused. The family asks us to wait." in text
    assert "Your letter waits here until the pause ends." in text
    assert send(client, update).status_code == 302
    letter = letter_of(LEA["email"])
    client.post(link(letter), {"do": "confirm", "version": "1"})
    assert states_of(letter) == [("held", "pause")]
    assert "Your letter waits for the end of a pause" in words(client.get(link(letter, Purpose.STATUS)))


def test_a_draft_is_nobodys_to_see(client: Client, update: Update) -> None:
    Campaign.objects.update(status=Status.DRAFT)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}written/").status_code == 404
    assert send(client, update).status_code == 404
    assert stored() == (0, 0, 0)
    assert update.title not in words(client.get("/"))


def test_the_home_page_lists_what_can_be_written_today(client: Client, update: Update) -> None:
    assert update.title in words(client.get("/"))
    assert 'href="/ua-61-21/"' in client.get("/").content.decode()
    campaigns.pause(update.campaign, by="Ada", reason="")
    assert update.title in words(client.get("/"))
    campaigns.stop(update.campaign, by="Ada", reason="")
    text = words(client.get("/"))
    assert update.title not in text
    assert "No campaign is open at present" in text


@pytest.mark.parametrize(
    "path",
    ["/nothing/", "/ua-61-21/nothing/", "/letters/", "/letters/x/", "/letters/x/confirm/", "/letters/%00/", "/%00/",
     "/letters/%C3%A9.%E2%80%AE.x/confirm/", "/written/", "/nothing/written/", f"/{'x' * 3000}/", "/.env"],
)  # fmt: skip
def test_what_is_not_there_says_so(client: Client, update: Update, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert not pages.read(answer.content.decode()).faults


# --- everybody gets the same answer -----------------------------------------------------------------------------------


def made_known(update: Update, how: str) -> None:
    if how == "unconfirmed":
        written(update)
    elif how == "other words":
        written(update, choices=CHOICES.__class__("Another Name", "Lyon", "FR"))
    elif how == "confirmed":
        confirmed(update)
    elif how == "withdrawn":
        letters.withdraw(written(update))
    elif how == "asked often":
        letter = written(update)
        Letter.objects.filter(pk=letter.pk).update(links_mailed=4, link_mailed_at=timezone.now() - timedelta(hours=1))
    elif how == "on an earlier update":
        confirmed(update)
        published(later_text())


KNOWN = ["unconfirmed", "other words", "confirmed", "withdrawn", "asked often", "on an earlier update"]


@pytest.mark.parametrize("confirmation", [True, False])
@pytest.mark.parametrize("how", KNOWN)
def test_the_answer_tells_nobody_who_wrote_before(client: Client, update: Update, how: str, confirmation: bool) -> None:
    made_known(update, how)
    Campaign.objects.update(confirmation=confirmation)
    live = Update.objects.select_related("campaign").order_by("-number")[0]
    answers = [send(client, live), send(client, live, email="nobody.knows@example.org"), send(client, live)]
    after = [client.get(answer.headers["Location"]) for answer in answers]
    for one in (answers, after):
        first, *others = [(answer.status_code, dict(answer.headers), answer.content) for answer in one]
        assert all(other == first for other in others)
    assert [answer.status_code for answer in (*answers, *after)] == [302, 302, 302, 200, 200, 200]


def test_unfit_input_is_answered_alike_too(client: Client, update: Update) -> None:
    confirmed(update)
    token = tokens.make_form_token(update)
    known = send(client, update, token=token, city="")
    unknown = send(client, update, token=token, city="", email="lea.tremblaz@example.org")
    assert known.status_code == unknown.status_code == 422
    assert plain(known).replace("tremblay@", "tremblaz@") == plain(unknown)


def plain(answer: Any) -> str:
    """A page without the token that differs by its second."""
    text: str = answer.content.decode()
    before, _, after = text.partition('name="token" value="')
    return before + after.partition('"')[2]


@pytest.mark.parametrize(
    ("confirmation", "said"),
    [
        (True, "If that address can get letters from us, a link is on its way to it."),
        (False, "a private link is on its way"),
    ],
)
def test_the_page_after_the_form_promises_nothing_false(
    client: Client, update: Update, confirmation: bool, said: str
) -> None:
    Campaign.objects.update(confirmation=confirmation)
    answer = client.get(f"{PAGE}written/")
    assert said in words(answer)
    assert LEA["email"] not in answer.content.decode()


def test_what_is_unfit_only_as_a_whole_is_said_above_the_form(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UnfitText("The same address stands twice on this mail.")

    monkeypatch.setattr(letters, "write", refuse)
    answer = send(client, update)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert "The same address stands twice on this mail." in page.words["errors"]
    assert '<a href="#write">' in answer.content.decode()
    assert {name: page.value(name) for name in LEA} == LEA


# --- the form's token -------------------------------------------------------------------------------------------------

STALE = "This page was open for long, or its text has changed since. Read the letter once more, then send it."


def spoilt(update: Update) -> dict[str, str]:
    good = tokens.make_form_token(update)
    elsewhere = Update(campaign=Campaign(slug="elsewhere", reference="UA 1/26"), number=1)
    forged = signing.TimestampSigner(key="another key", sep=".", salt="letter-form").sign(update.stream)
    return {
        "missing": "", "cut": good[:-1], "forged": forged, "foreign": tokens.make_form_token(elsewhere),
        "odd": "\x00\u202e'\"<b>", "long": "x" * 9000,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["missing", "cut", "forged", "foreign", "odd", "long"])
def test_a_form_without_its_token_is_refused_in_words(client: Client, update: Update, how: str) -> None:
    answer = send(client, update, token=spoilt(update)[how])
    page = pages.read(answer.content.decode())
    assert answer.status_code == 422
    assert STALE in page.text
    assert {name: page.value(name) for name in LEA} == LEA
    assert stored() == (0, 0, 0)
    # The page brings a good token along: pressing once more sends it.
    token = answer.content.decode().partition('name="token" value="')[2].partition('"')[0]
    assert send(client, update, token=token).status_code == 302


def test_a_form_that_lay_open_for_a_day_is_shown_once_more(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = filled(update)
    monkeypatch.setattr(tokens, "FORM_AGE", timedelta(seconds=-1))
    answer = client.post(PAGE, data)
    assert (answer.status_code, STALE in words(answer)) == (422, True)


def test_a_letter_that_changed_while_it_was_read_is_shown_before_it_is_sent(client: Client, update: Update) -> None:
    data = filled(update)
    published(later_text())
    answer = client.post(PAGE, data)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, stored()) == (422, (0, 0, 0))
    assert STALE in page.text
    assert "Sixty more of them have now been named" in page.words["sheets"]
    assert page.value("own_words") == LEA["own_words"]


def test_a_form_needs_no_cookie_and_heeds_none(update: Update) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.load({"csrftoken": "x" * 32, "sessionid": "nothing"})
    answer = send(strict, update)
    assert answer.status_code == 302
    assert "Set-Cookie" not in answer.headers


# --- the preview ------------------------------------------------------------------------------------------------------


def test_the_button_shows_the_letter_and_keeps_what_was_typed(client: Client, update: Update) -> None:
    answer = send(client, update, do="preview")
    page = pages.read(answer.content.decode())
    assert answer.status_code == 200
    sheet = " ".join(page.words["sheets"].split())
    assert "From Léa Tremblay <ua-61-21@letters.example.org>" in sheet
    assert f"Subject {LEA['subject']}" in sheet
    assert LEA["own_words"] in sheet
    assert "Léa Tremblay Montréal, Canada" in sheet
    assert {name: page.value(name) for name in LEA} == LEA
    assert stored() == (0, 0, 0)


def test_a_preview_of_a_half_filled_form_says_no_errors(client: Client, update: Update) -> None:
    answer = client.post(PAGE, {"do": "preview", "level": "place", "name": "Léa", "own_words": "x\x00"})
    text = words(answer)
    assert answer.status_code == 200
    assert "second look" not in text
    assert "From Léa <ua-61-21@letters.example.org>" in text
    assert "Léa Your town, your country" in text


def test_the_script_gets_the_letter_alone(client: Client, update: Update) -> None:
    answer = client.post(PAGE, filled(update, do="preview"), headers={"X-Part": "letter"})
    html = answer.content.decode()
    assert html.lstrip().startswith("<article")
    assert "<html" not in html
    assert LEA["own_words"] in html


def test_the_letter_that_leaves_is_the_one_that_was_previewed(client: Client, update: Update) -> None:
    shown = pages.read(send(client, update, do="preview").content.decode()).words["sheets"]
    send(client, update)
    frozen = Message.objects.get(kind="letter").content
    assert "".join(frozen.text.split()).replace("1.", "").replace("2.", "") in "".join(shown.split())
    assert frozen.subject in shown


# --- the confirm page -------------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(client: Client, letter: Letter) -> None:
    before = Letter.objects.values().get(), stored()
    for method in ("get", "head", "get"):
        assert getattr(client, method)(link(letter)).status_code == 200
    assert (Letter.objects.values().get(), stored()) == before
    assert states_of(letter) == HELD
    for method in ("put", "delete", "patch", "options"):
        assert getattr(client, method)(link(letter)).status_code == 405


def test_a_post_without_a_button_changes_nothing(client: Client, letter: Letter) -> None:
    for data in ({}, {"do": ""}, {"do": "send"}, {"version": "1"}, {"do[]": "confirm"}):
        assert client.post(link(letter), data).status_code == 200
    assert states_of(letter) == HELD


def test_the_button_lets_it_go_and_leads_to_the_private_page(client: Client, letter: Letter) -> None:
    page = client.get(link(letter))
    assert "One step left: confirm your letter" in words(page)
    assert LEA["own_words"] in words(page)
    assert "Your address not shown" in words(page)
    answer = client.post(link(letter), {"do": "confirm", "version": "1"})
    assert answer.status_code == 302
    assert states_of(letter) == IN_LINE
    status = client.get(answer.headers["Location"])
    assert "Your letter is in line to leave" in words(status)


def test_pressing_twice_is_answered_kindly_and_sends_once(client: Client, letter: Letter) -> None:
    first = client.post(link(letter), {"do": "confirm", "version": "1"})
    second = client.post(link(letter), {"do": "confirm", "version": "1"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "This link has been used." in words(second)
    assert "This link has been used." in words(client.get(link(letter)))
    assert Message.objects.filter(kind="letter").count() == 1
    assert Message.objects.filter(kind="copy").count() == 1


@pytest.mark.parametrize("version", ["1", "", "0", "-1", "99999999999999", "x", "٢٢", "1.0"])
def test_a_version_that_was_not_read_is_shown_again(
    client: Client, update: Update, letter: Letter, version: str
) -> None:
    written(update, choices=CHOICES.__class__("Léa", "Lyon", "FR", "Second thoughts."))
    answer = client.post(link(letter), {"do": "confirm", "version": version})
    assert answer.status_code == 409
    assert "The letter was written afresh since this page was opened." in words(answer)
    assert "Second thoughts." in words(answer)
    assert 'name="version" value="2"' in answer.content.decode()
    assert not letter_of(LEA["email"]).confirmed
    assert client.post(link(letter), {"do": "confirm", "version": "2"}).status_code == 302


def test_a_letter_may_be_taken_back_before_it_is_confirmed(client: Client, letter: Letter) -> None:
    answer = client.post(link(letter), {"do": "withdraw"})
    assert "This letter was withdrawn" in words(answer)
    assert "It was not sent, and will not be." in words(answer)
    assert states_of(letter) == WITHDRAWN
    assert client.post(link(letter), {"do": "confirm", "version": "1"}).status_code == 409
    assert states_of(letter) == WITHDRAWN
    assert "This letter was withdrawn" in words(client.get(link(letter, Purpose.STATUS)))


def test_a_confirmed_letter_is_not_taken_back(client: Client, update: Update) -> None:
    letter = confirmed(update)
    answer = client.post(link(letter), {"do": "withdraw"})
    assert "Your letter is confirmed" in words(answer)
    assert states_of(letter) == IN_LINE


def test_after_a_stop_the_button_says_why_nothing_was_sent(client: Client, letter: Letter) -> None:
    campaigns.stop(letter.update.campaign, by="Ada", reason="They were freed.")
    for answer in (client.get(link(letter)), client.post(link(letter), {"do": "confirm", "version": "1"})):
        assert "Your letter was not sent" in words(answer)
        assert "They were freed." in words(answer)
    assert states_of(letter) == WITHDRAWN


def test_a_rehearsal_is_called_one(client: Client, letter: Letter, settings: Settings) -> None:
    settings.MAIL_MODE = "test"
    assert "This letter was a rehearsal" in words(client.get(link(letter)))
    answer = client.post(link(letter), {"do": "confirm", "version": "1"})
    assert (answer.status_code, states_of(letter)) == (409, HELD)


def test_links_that_are_no_good_look_alike(client: Client, letter: Letter) -> None:
    token = tokens.make(letter, Purpose.CONFIRM)
    gone = written(letter.update, "gone@example.org")
    gone_link = link(gone)
    gone.supporter.delete()
    paths = [f"/letters/{token[:-1]}/confirm/", f"/letters/{letter.code}/confirm/", "/letters/x/confirm/", gone_link,
             f"/letters/{tokens.make(letter, Purpose.STATUS)}/confirm/", "/letters/x/"]  # fmt: skip
    answers = [client.get(path) for path in paths] + [client.post(path, {"do": "confirm"}) for path in paths[:-1]]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "This link does not work" in words(answers[0])


# --- what became of it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "recipient", "headline"),
    [
        (Sent.QUEUED, "unknown", "Your letter is in line to leave"),
        (Sent.SENT, "unknown", "Your letter is on its way"),
        (Sent.SENT, "delivered", "The mail server of President Xi Jinping accepted your letter"),
        (Sent.SENT, "deferred", "The mail server of President Xi Jinping asked us to wait"),
        (Sent.SENT, "bounced", "The mail server of President Xi Jinping sent your letter back"),
        (Sent.SENT, "complained", "The office of President Xi Jinping marked your letter as unwanted"),
        (Sent.SENT, "rejected", "Our provider would not carry your letter"),
        (Sent.SENT, "suppressed", "Your letter was not mailed"),
        (Sent.IN_DOUBT, "unknown", "We are finding out whether your letter left"),
        (Sent.FAILED, "unknown", "Your letter could not be sent"),
        (Sent.CANCELLED, "unknown", "Your letter was not sent"),
    ],
)
def test_the_private_page_says_what_is_known_and_never_more(
    client: Client, update: Update, message: Sent, recipient: str, headline: str
) -> None:
    letter = confirmed(update)
    Message.objects.filter(reference=letter.code, kind="letter").update(status=message)
    Recipient.objects.filter(message__reference=letter.code, role="to").update(status=recipient)
    answer = client.get(link(letter, Purpose.STATUS))
    text = words(answer)
    assert headline in text
    assert letter.reference in text
    assert "You confirmed it" in text
    assert ("nobody can tell us" in text) == (recipient == "delivered")
    assert LEA["email"] not in text
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="robots" content="noindex"' in answer.content.decode()


def test_the_confirm_link_opens_the_private_page_too(client: Client, letter: Letter) -> None:
    answer = client.get(f"/letters/{tokens.make(letter, Purpose.CONFIRM)}/")
    assert "Your letter waits for you to confirm it" in words(answer)


# --- every page -------------------------------------------------------------------------------------------------------


def every_answer(client: Client, update: Update) -> Iterator[tuple[str, Any]]:
    """Each public page in each of its states, as answers to requests."""
    yield "home", client.get("/")
    yield "campaign", client.get(PAGE)
    yield "campaign, head", client.head(PAGE)
    yield "kept", client.get("/about/what-we-keep/")
    yield "errors", send(client, update, name="", email="x", country="XX")
    yield "one error", send(client, update, city="12345")
    yield "hostile", send(client, update, name='"><script>alert(1)</script>', own_words="</textarea><b>")
    yield "stale", send(client, update, token="")
    yield "preview", send(client, update, do="preview")
    yield "sent", send(client, update)
    yield "written", client.get(f"{PAGE}written/")
    letter = letter_of(LEA["email"])
    yield "confirm", client.get(link(letter))
    yield "confirm, head", client.head(link(letter))
    yield "not confirmed", client.get(link(letter, Purpose.STATUS))
    yield "changed", client.post(link(letter), {"do": "confirm", "version": "9"})
    yield "let go", client.post(link(letter), {"do": "confirm", "version": "1"})
    yield "used", client.get(link(letter))
    yield "status", client.get(link(letter, Purpose.STATUS))
    other = written(update, "other@example.org")
    yield "withdraw", client.post(link(other), {"do": "withdraw"})
    yield "withdrawn", client.get(link(other, Purpose.STATUS))
    late = written(update, "late@example.org")
    yield "dead link", client.get("/letters/x/confirm/")
    yield "dead private link", client.get("/letters/x/")
    yield "not found", client.get("/nothing/")
    yield "refused method", client.put(PAGE)
    yield "refused written", client.post(f"{PAGE}written/")
    campaigns.pause(update.campaign, by="Ada", reason="We wait.")
    yield "paused", client.get(PAGE)
    yield "confirm, paused", client.get(link(late))
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.")
    yield "stopped", client.get(PAGE)
    yield "stopped, sent", send(client, update)
    yield "confirm, stopped", client.get(link(late))
    yield "home, none", client.get("/")
    Campaign.objects.update(status=Status.CLOSED, confirmation=False)
    yield "closed", client.get(PAGE)
    yield "written, at once", client.get(f"{PAGE}written/")
    Campaign.objects.update(status=Status.OPEN, body_editable=True, subject_editable=False, goal=10)
    yield "body", client.get(PAGE)
    yield "mailbox aside", client.get("/healthz")


def test_every_page_is_sound_sets_no_cookie_and_loads_nothing_from_elsewhere(client: Client, update: Update) -> None:
    titles = {}
    for name, answer in every_answer(client, update):
        assert "Set-Cookie" not in answer.headers, name
        assert not client.cookies, name
        assert "Cookie" not in answer.headers.get("Vary", ""), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        secret = name not in {"not found", "mailbox aside"}  # these have no address that could be a secret link
        assert answer.headers["Referrer-Policy"] == ("no-referrer" if secret else "same-origin"), name
        policy = answer.headers["Content-Security-Policy"]
        for part in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ):
            assert part in policy, name
        assert "unsafe" not in policy, name
        if (
            answer.headers.get("Content-Type", "").startswith("text/html")
            and answer.content
            and answer.status_code != 302
        ):
            page = pages.read(answer.content.decode())
            assert page.faults == [], name
            titles[name] = page.title
    assert titles["campaign"] == "Missing and arbitrarily detained in Xinjiang - write a letter - Example Rights"
    assert titles["errors"] == f"Error: {titles['campaign']}"
    assert titles["home"] == "Open campaigns - Example Rights"
    assert titles["written"] == "Look in your mail - Example Rights"
    assert titles["written, at once"] == "Thank you - Example Rights"
    assert titles["confirm"] == "Confirm your letter - Example Rights"
    assert titles["status"] == "What became of your letter - Example Rights"
    assert titles["dead link"] == "This link does not work - Example Rights"


@pytest.mark.parametrize(
    ("mode", "said"),
    [("sandbox", "Sandbox. Nothing leaves this machine."), ("test", "Every message goes to one tester")],
)
def test_a_rehearsing_site_says_so_on_every_page(
    client: Client, update: Update, settings: Settings, mode: str, said: str
) -> None:
    settings.MAIL_MODE = mode
    for path in ("/", PAGE, "/about/what-we-keep/", "/letters/x/"):
        assert said in words(client.get(path))
    settings.MAIL_MODE = "live"
    assert said not in words(client.get(PAGE))


def test_a_page_asks_the_database_few_things(
    client: Client, update: Update, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(6):
        client.get(PAGE)
    letter = confirmed(update)
    with django_assert_max_num_queries(11):
        client.get(link(letter, Purpose.STATUS))


def test_publishing_nothing_shows_nothing(client: Client, db: None) -> None:
    update = updates.draft(DraftUpdate(reference="UA 7/26", title="A draft"), "")
    assert client.get(f"/{update.campaign.slug}/").status_code == 404


# --- when it leaves ---------------------------------------------------------------------------------------------------


def test_a_letter_in_line_says_what_it_waits_for(client: Client, update: Update) -> None:
    letter = confirmed(update)
    told = "In line; it leaves when their office hours and our pace allow."
    assert told in words(client.get(link(letter, Purpose.STATUS)))
    Message.objects.filter(reference=letter.code).update(status=Sent.SENT)
    assert "In line" not in words(client.get(link(letter, Purpose.STATUS)))


def test_a_letter_of_a_campaign_at_raised_risk_leaves_by_chance_and_its_page_says_so(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    Campaign.objects.update(random_delay_hours=48)
    waiting = written(update)
    assert "Your letter leaves within 48 hours, at a moment drawn by chance" in words(client.get(link(waiting)))
    letter = confirmed(update)
    (message,) = Message.objects.filter(reference=letter.code, kind="letter")
    assert letter.confirmed_at is not None
    assert timedelta(0) <= message.due - letter.confirmed_at <= timedelta(hours=48)
    assert message.due != letter.confirmed_at
    told = "In line; it leaves within 48 hours, at a moment drawn by chance"
    assert told in words(client.get(link(letter, Purpose.STATUS)))
    (copy,) = Message.objects.filter(reference=letter.code, kind="copy")
    assert copy.due <= timezone.now()  # the supporter's own mail does not wait
    later = timezone.now() + timedelta(hours=49)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "by chance" not in words(client.get(link(letter, Purpose.STATUS)))


def test_a_campaign_that_sends_at_once_draws_the_moment_too(client: Client, update: Update) -> None:
    update.campaign.confirmation = False
    Campaign.objects.update(confirmation=False, random_delay_hours=72)  # the delay: since the page was shown
    before = timezone.now()
    for number in range(3):
        written(update, f"writer-{number}@example.org")
    waits = [due - before for due in Message.objects.filter(kind="letter").values_list("due", flat=True)]
    assert len(waits) == 3
    assert max(waits) > timedelta(
        minutes=1
    )  # all three in the first minute of 72 hours: one chance in 80 thousand million
