"""Tests of a campaign's form in frames of others: who may show it, what it takes, and what the desk says of it."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from advocacy import campaigns, languages, queries
from advocacy.access import Role
from advocacy.models import Campaign, Letter, Update
from config import page_cache
from tests.advocacy import pages, tongues
from tests.advocacy.making import LEA, at_the_desk, filled, letter_of, messages_of, states_of
from tests.installation import ROOT

pytestmark = pytest.mark.django_db

PAGE, CASE = "/ua-61-21/embed/", "/ua-7-26/embed/"
SITES = ["https://www.example.org", "https://*.news.example.org"]
DESK = "/desk/campaigns/ua-61-21/"


@pytest.fixture(autouse=True)
def _sites(settings: Settings) -> None:
    settings.EMBED_HOSTS = SITES


def text(answer: Any) -> str:
    return str(answer.content.decode())


def words(answer: Any) -> str:
    return " ".join(pages.read(text(answer)).text.split())


def ancestors(answer: Any) -> str:
    """What the policy of an answer says of frames."""
    (found,) = re.findall(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    return str(found)


# --- who may show it ------------------------------------------------------------------------------------------------


def test_the_sites_of_the_list_may_frame_the_form_and_what_comes_after_it(client: Client, update: Update) -> None:
    answers = {
        "form": client.get(PAGE),
        "like": client.get(f"{PAGE}fr-CA/"),
        "errors": client.post(PAGE, filled(update, name="")),
        "preview": client.post(PAGE, filled(update, do="preview")),
        "sent": client.post(PAGE, filled(update)),
        "written": client.get(f"{PAGE}written/"),
        "refused method": client.put(PAGE),
    }
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.")
    answers |= {"stopped": client.get(PAGE), "stopped, sent": client.post(PAGE, filled(update))}
    for name, answer in answers.items():
        assert ancestors(answer) == " ".join(SITES), name
        assert "X-Frame-Options" not in answer.headers, name
        assert answer.headers["Referrer-Policy"] == "no-referrer", name
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
            assert part in policy, name
        assert "unsafe" not in policy, name
        assert "Set-Cookie" not in answer.headers, name
        assert "Cookie" not in answer.headers.get("Vary", ""), name
        if answer.content and answer.status_code not in {302, 405}:
            assert pages.read(text(answer)).faults == [], name


def test_every_other_page_stands_in_no_frame(client: Client, update: Update) -> None:
    client.post(PAGE, filled(update))
    letter = letter_of(LEA["email"])
    link = re.search(r"/letters/\S+", messages_of(letter, "confirmation")[0].content.text)
    assert link
    others = ["/", "/ua-61-21/", "/ua-61-21/written/", "/about/what-we-keep/", link[0], "/nothing/", "/desk/login/"]
    for path in others:
        answer = client.get(path)
        assert ancestors(answer) == "'none'", path
        assert answer.headers["X-Frame-Options"] == "DENY", path
    answer = client.post("/ua-61-21/", filled(update, name=""))
    assert (ancestors(answer), answer.headers["X-Frame-Options"]) == ("'none'", "DENY")


def test_without_a_list_nobody_may(client: Client, update: Update, settings: Settings) -> None:
    settings.EMBED_HOSTS = []
    answer = client.get(PAGE)
    assert (answer.status_code, ancestors(answer), answer.headers["X-Frame-Options"]) == (200, "'none'", "DENY")


def test_a_page_that_is_given_again_says_the_same_of_frames(
    client: Client, update: Update, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEEP_PAGES = True
    monkeypatch.setattr(page_cache, "monotonic", lambda: 1000.0)
    first, other, again, other_again = (client.get(path) for path in (PAGE, "/ua-61-21/", PAGE, "/ua-61-21/"))
    assert again.content == first.content
    assert dict(again.headers) == dict(first.headers)
    assert ancestors(again) == " ".join(SITES)
    assert ancestors(other) == ancestors(other_again) == "'none'"
    assert other_again.headers["X-Frame-Options"] == "DENY"


def test_where_the_database_is_away_the_frame_says_so_itself(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the browser would show a page of its own there, and the way back to what was typed would be lost."""

    def away(*_: object) -> None:
        raise OperationalError("It is away.")

    monkeypatch.setattr(queries, "public_campaign", away)
    answer = client.post(PAGE, filled(update))
    assert (answer.status_code, ancestors(answer)) == (503, " ".join(SITES))
    answer = client.post("/ua-61-21/", filled(update))
    assert (answer.status_code, ancestors(answer)) == (503, "'none'")


def test_a_draft_has_no_form_anywhere(client: Client) -> None:
    tongues.drafted()
    for path in (CASE, f"{CASE}written/", f"{CASE}de/", f"{CASE}xx/", "/nothing/embed/", "/nothing/embed/xx/"):
        assert client.get(path).status_code == 404, path


# --- what it takes --------------------------------------------------------------------------------------------------


def test_a_letter_is_taken_there_and_waits_for_a_button_on_our_own_page(client: Client, update: Update) -> None:
    answer = client.post(PAGE, filled(update))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}written/")
    assert states_of(letter_of(LEA["email"])) == [("held", "confirmation")]
    shown = client.get(f"{PAGE}written/")
    assert "One step left: look in your mail" in words(shown)
    assert f'href="{PAGE}#write"' in text(shown)


def test_what_is_wrong_is_said_there_and_nothing_is_lost(client: Client, update: Update) -> None:
    answer = client.post(PAGE, filled(update, name=""))
    page = pages.read(text(answer))
    assert answer.status_code == 422
    assert page.beside("name").endswith("Write your name.")
    assert page.value("own_words") == LEA["own_words"]
    assert page.title == "Error: Missing and arbitrarily detained in Xinjiang - write a letter - Example Rights"
    assert f'action="{PAGE}"' in text(answer)
    assert f'formaction="{PAGE}#letter"' in text(answer)
    assert "autofocus" not in text(answer)  # browsers complain of it in a frame; the small script moves the focus


def test_nothing_in_its_address_fills_it_in(client: Client, update: Update) -> None:
    """Else one click on a hidden button could send what the page around it has put there."""
    page = pages.read(text(client.get(PAGE, {**LEA, "do": "send"})))
    assert [page.value(name) for name in ("name", "email", "city", "country", "own_words")] == [""] * 5
    assert Letter.objects.count() == 0


def test_nothing_on_the_page_remembers_anybody(client: Client, update: Update) -> None:
    """A script that brought back what was typed earlier would fill in what one click then sends."""
    shown = text(client.get(PAGE))
    assert re.findall(r'<script src="/static/([^"]+)"', shown) == ["framed.js", "page.js", "letter.js"]
    assert 'id="keep"' not in shown  # without it letter.js keeps no draft, and brings none back


def test_a_campaign_that_sends_at_once_takes_no_letter_in_a_frame(client: Client, update: Update) -> None:
    Campaign.objects.update(confirmation=False)
    shown = client.get(PAGE)
    assert "it is written on our own page, and nowhere else" in words(shown)
    assert 'href="/ua-61-21/#write" target="_blank" rel="noopener"' in text(shown)
    for do in ("send", "preview"):
        answer = client.post(PAGE, filled(update, do=do))
        assert (answer.status_code, 'name="token"' in text(answer)) == (409, False)
    assert Letter.objects.count() == 0
    assert client.post("/ua-61-21/", filled(update)).status_code == 302


def test_a_campaign_that_has_begun_to_send_at_once_takes_none_either(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its setting may have changed since it was read, a second ago: the statement that stores a letter looks again."""
    known = queries.public_campaign("ua-61-21")
    Campaign.objects.update(confirmation=False)
    monkeypatch.setattr(queries, "known_campaign", lambda slug: known)
    assert client.post(PAGE, filled(update)).status_code == 409
    assert Letter.objects.count() == 0


def test_every_link_leads_out_of_the_frame_and_takes_nothing_along(client: Client, update: Update) -> None:
    Campaign.objects.update(status_reason="We wait.")
    shown = [client.get(PAGE), client.get(f"{PAGE}written/")]
    campaigns.close(update.campaign, by="Ada", reason="It is over.")
    shown += [client.get(PAGE)]
    for answer in shown:
        page = text(answer)
        assert "<header" not in page
        assert '<meta name="robots" content="noindex">' in page
        assert '<link rel="canonical" href="http://127.0.0.1:8000/ua-61-21/">' in page
        links = re.findall(r"<a ([^>]+)>", page)
        assert len(links) > 1
        for link in links:
            inside = re.search(r'href="(#|/ua-61-21/embed/)', link)
            assert inside or 'target="_blank" rel="noopener"' in link, link


# --- in which language ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "leads"),
    [
        ("fr", ""), ("ar", ""), ("en", ""),
        ("fr-CA", "fr/"), ("FR", "fr/"), ("fr_BE", "fr/"), ("ar-Arab-EG", "ar/"), ("en-GB", "-"), ("de", "-"),
        ("x", "-"), ("written-word", "-"), ("--", "-"),
    ],
)  # fmt: skip
def test_it_comes_in_the_language_of_the_page_around_it(client: Client, tag: str, leads: str) -> None:
    tongues.live()
    answer = client.get(f"{CASE}{tag}/" if len(tag) > 1 else CASE)
    if leads and len(tag) > 1:
        assert (answer.status_code, answer.headers["Location"]) == (302, CASE + leads.strip("-"))
        answer = client.get(answer.headers["Location"])
    language = languages.language(leads.strip("-/") or (tag if not leads else "en"))
    assert answer.status_code == 200
    assert f'<h1 lang="{language.code}" dir="{language.dir}">' in text(answer)
    where = CASE if language.code == "en" else f"{CASE}{language.code}/"
    assert f'action="{where}"' in text(answer)
    switch = re.findall(r'<a href="([^"]+)" hreflang="([^"]+)"', text(answer))
    assert switch == [(CASE, "en"), (f"{CASE}ar/", "ar"), (f"{CASE}fr/", "fr")]
    assert pages.read(text(answer)).faults == []


def test_it_goes_on_in_that_language(client: Client) -> None:
    update = tongues.live()
    answer = client.post(f"{CASE}ar/", filled(update))
    assert answer.headers["Location"] == f"{CASE}ar/written/"
    assert f'href="{CASE}ar/#write"' in text(client.get(f"{CASE}ar/written/"))


def test_a_language_that_went_leads_to_the_letters_own_and_loses_nothing(client: Client) -> None:
    update = tongues.live(french=False)
    assert client.get(f"{CASE}fr/").headers["Location"] == CASE
    page = pages.read(text(client.post(f"{CASE}fr/", filled(update, name=""))))
    assert page.value("own_words") == LEA["own_words"]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fr", "fr"), ("fr-CA", "fr"), ("PT-br", "pt"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"), ("zh_hk", "zh-Hant"), ("no", "nb"), ("nn-NO", "nb"), ("iw", "he"), ("prs-AF", "fa"),
        ("", ""), ("xx", ""), ("-", ""), ("f", ""), ("franz", ""),
    ],
)  # fmt: skip
def test_tags_of_others_mean_languages_of_ours(tag: str, code: str) -> None:
    assert languages.of_tag(tag) == code


# --- the script -----------------------------------------------------------------------------------------------------


def test_the_script_has_an_address_that_stays_and_is_soon_asked_for_anew(client: Client) -> None:
    answer = client.get("/embed.js")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file
    assert body == (ROOT / "root" / "embed.js").read_bytes()
    assert len(body) < 3000
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "max-age=600, public"
    assert "Set-Cookie" not in answer.headers
    answer.close()


# --- the desk -------------------------------------------------------------------------------------------------------


def snippets(client: Client, where: str = DESK) -> list[str]:
    shown = client.get(where)
    assert pages.read(text(shown)).faults == []
    found = re.findall(r"<textarea id=\"id_snippet.*?>(.*?)</textarea>", text(shown), re.DOTALL)
    return [unescape(one).strip() for one in found]


def test_a_campaigner_copies_the_lines_and_reads_who_may_show_it(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara", Role.CAMPAIGNER, campaigns=[update.campaign]))
    lines = (
        '<script src="http://127.0.0.1:8000/embed.js" data-campaign="ua-61-21" '
        'data-title="Write a letter: Missing and arbitrarily detained in Xinjiang" referrerpolicy="no-referrer" async>'
        '</script>\n<noscript><a href="http://127.0.0.1:8000/ua-61-21/">'
        "Write a letter: Missing and arbitrarily detained in Xinjiang</a></noscript>"
    )
    assert snippets(client) == [lines]
    shown = words(client.get(DESK))
    assert "These sites may show it: https://www.example.org, https://*.news.example.org." in shown


def test_there_are_lines_for_each_language(client: Client) -> None:
    tongues.live(title='Held at "the <ferry>"')
    client.force_login(at_the_desk())
    first, arabic, french = snippets(client, "/desk/campaigns/ua-7-26/")
    assert "data-language" not in first
    assert "Held at &quot;the &lt;ferry&gt;&quot;</a>" in first
    assert 'data-language="fr" data-title="Write a letter: Trois institutrices' in french
    assert 'href="http://127.0.0.1:8000/ua-7-26/fr/"' in french
    assert 'data-language="ar"' in arabic


def test_the_desk_says_where_no_site_may_and_where_none_should(
    client: Client, update: Update, settings: Settings
) -> None:
    client.force_login(at_the_desk())
    settings.EMBED_HOSTS = []
    assert "No other site may show it yet." in words(client.get(DESK))
    Campaign.objects.update(confirmation=False)
    assert "Such a form stands on our own page only" in words(client.get(DESK))
    assert snippets(client) == []
    Campaign.objects.update(status="stopped")
    assert "The form on other sites" not in words(client.get(DESK))


def test_a_reporter_has_no_use_for_it(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara", Role.REPORTER, campaigns=[update.campaign]))
    assert snippets(client) == []
