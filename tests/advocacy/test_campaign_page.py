"""Tests of the campaign's page beside its form: progress, passing it on, its states, the way back to the original."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import campaigns, queries, sharing
from advocacy.models import Campaign, Letter, Update
from advocacy.models.campaign import CampaignStatus as Status
from advocacy.models.campaign import Why
from mailings.models import Message, Recipient
from tests.advocacy import pages
from tests.advocacy.making import (
    LEA,
    PAGE,
    approved,
    confirmed,
    drafted,
    filled,
    gone_live,
    later_text,
    letter_of,
    send,
    written,
)

pytestmark = pytest.mark.django_db

FIRST = "Be among the first to write."


def words(answer: Any) -> str:
    return " ".join(pages.read(answer.content.decode()).text.split())


def told(client: Client) -> str:
    """The page an hour later, as far as what was counted goes."""
    queries._counted.clear()
    return words(client.get(PAGE))


def many(update: Update, count: int, at: datetime) -> None:
    """So many more letters that were confirmed at a time."""
    one = letter_of("s0@example.org", update)
    known = Letter.objects.count()
    for number in range(known, known + count):
        one.supporter.pk = one.pk = None
        one.supporter.email = one.supporter.email_key = f"copy{number}@example.org"
        one.supporter.save(force_insert=True)
        one.supporter_id = one.supporter.pk
        one.code, one.confirmed_at = f"c{number}", at
        one.save(force_insert=True)


# --- progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, 0), (24, 0), (25, 25), (29, 25), (99, 95), (100, 100), (109, 100), (499, 490), (549, 500), (4999, 4950),
     (5000, 5000), (5199, 5100), (320_499, 320_400)],
)  # fmt: skip
def test_a_number_is_rounded_down_and_more_the_larger_it_is(number: int, shown: int) -> None:
    assert queries.rounded(number) == shown
    assert shown <= number


def test_nothing_is_counted_before_it_singles_nobody_out(client: Client, update: Update) -> None:
    Campaign.objects.update(goal=100)
    yesterday = timezone.now() - timedelta(hours=25)
    confirmed(update, "s0@example.org")
    many(update, 23, yesterday)
    Letter.objects.update(confirmed_at=yesterday)
    written(update, "not.confirmed@example.org")
    assert FIRST in told(client)
    assert "<progress" not in client.get(PAGE).content.decode()
    many(update, 5, yesterday)
    text = told(client)
    assert "25 of 100 letters" in text
    assert "29" not in text.partition("Letters so far")[2].partition("Who gets it")[0]
    assert '<progress max="100" value="25"' in client.get(PAGE).content.decode()


def test_a_letter_is_counted_when_the_day_is_over_and_among_many_when_the_hour_is(
    client: Client, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever watches the number cannot see at what time the letter of one of a few people came."""
    noon = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    Campaign.objects.update(time_zone="UTC")
    confirmed(update, "s0@example.org")
    Letter.objects.update(confirmed_at=noon - timedelta(days=1))
    many(update, 29, noon - timedelta(days=1))
    many(update, 100, noon - timedelta(hours=2))
    assert "30 letters" in told(client)
    monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(hours=12))
    assert "130 letters" in told(client)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    many(update, 100, noon - timedelta(hours=1))
    many(update, 100, noon - timedelta(minutes=20))
    assert "230 letters" in told(client)
    monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(minutes=31))
    assert "330 letters" in told(client)


def test_it_is_counted_once_an_hour(
    client: Client, update: Update, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client.get(PAGE)
    with django_assert_max_num_queries(3):
        client.get(PAGE)
    Campaign.objects.update(goal=7)  # What staff set shows at once.
    assert queries.progress(Campaign.objects.get()).goal == 7


def test_a_letter_that_was_withdrawn_or_of_another_mode_does_not_count(client: Client, update: Update) -> None:
    yesterday = timezone.now() - timedelta(hours=25)
    confirmed(update, "s0@example.org")
    many(update, 29, yesterday)
    Letter.objects.update(confirmed_at=yesterday)
    assert "30 letters" in told(client)
    Letter.objects.filter(code__in=["c1", "c2", "c3", "c4", "c5", "c6"]).update(withdrawn_at=timezone.now())
    assert FIRST in told(client)
    Letter.objects.update(withdrawn_at=None, mode="test")
    assert FIRST in told(client)


def test_what_was_accepted_is_told_late_and_rounded_too(client: Client, update: Update) -> None:
    yesterday = timezone.now() - timedelta(hours=25)
    for number in range(27):
        confirmed(update, f"s{number}@example.org")
    Letter.objects.update(confirmed_at=yesterday)
    firsts = Recipient.objects.filter(role="to", message__in=Message.objects.filter(kind="letter"))
    firsts.update(status="delivered", status_at=timezone.now())
    assert "have accepted" not in told(client)
    firsts.update(status_at=yesterday)
    assert "have accepted 25 of them so far" in told(client)
    Recipient.objects.filter(role="cc").update(status="delivered", status_at=yesterday)
    assert "have accepted 25 of them so far" in told(client)


def test_nothing_on_the_page_tells_from_where_people_wrote(client: Client, update: Update) -> None:
    for number in range(30):
        confirmed(update, f"s{number}@example.org")
    Letter.objects.update(confirmed_at=timezone.now() - timedelta(hours=25), country="LI", city="Vaduz")
    text = told(client)
    before_the_form = text.partition("Write your letter Nothing leaves")[0]
    assert "30 letters" in before_the_form
    assert "Liechtenstein" not in before_the_form
    assert "Vaduz" not in text


# --- passing it on ----------------------------------------------------------------------------------------------------


def test_the_ways_to_pass_it_on_are_plain_links_that_tell_nothing(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    links = re.findall(r'<a class="btn plain slim" href="([^"]+)" rel="noopener noreferrer">([^<]+)</a>', html)
    assert [label for _, label in links] == ["By email", "WhatsApp", "Telegram", "Facebook", "Mastodon", "Bluesky", "X"]
    address = "http://127.0.0.1:8000/ua-61-21/"
    for url, label in links:
        parts = urlsplit(url.replace("&amp;", "&"))
        given = parse_qs(parts.query or parts.fragment)
        assert any(address in value for values in given.values() for value in values), label
        assert set(given) <= {"text", "url", "u", "subject", "body"}, label
        assert parts.scheme in {"https", "mailto"}
    assert "<script src=" in html
    assert not re.search(r"<(script|img|iframe|link)[^>]+(src|href)=\"https?:(?!//127\.0\.0\.1:8000)", html)


def test_a_title_in_any_script_and_with_any_sign_is_passed_on_as_it_is() -> None:
    title = 'Free them & "all" — الحرية ١٠٠% 自由?'
    share = sharing.share(title, "https://a.example.org/ua/ar/")
    for way in share.ways:
        assert way.url.isascii()
        given = parse_qs(urlsplit(way.url).query or urlsplit(way.url).fragment)
        texts = [value for values in given.values() for value in values]
        assert any(title in text for text in texts) or way.label == "Facebook"
        assert any("https://a.example.org/ua/ar/" in text for text in texts)


def test_the_address_is_there_as_a_qr_code(client: Client, update: Update, settings: Settings) -> None:
    settings.SITE_URL = "https://appeal.example.org"
    answer = client.get(f"{PAGE}qr.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.content == sharing.qr_code("https://appeal.example.org/ua-61-21/")
    assert b"<title>https://appeal.example.org/ua-61-21/</title>" in answer.content
    assert b"script" not in answer.content
    assert f'src="{PAGE}qr.svg"' in client.get(PAGE).content.decode()


def test_there_is_no_code_for_what_cannot_be_read(client: Client, update: Update) -> None:
    assert client.get(f"{PAGE}fr/qr.svg").status_code == 404
    assert client.get("/nothing/qr.svg").status_code == 404
    Campaign.objects.update(status=Status.DRAFT)
    assert client.get(f"{PAGE}qr.svg").status_code == 404
    assert client.post(f"{PAGE}qr.svg").status_code == 405


def test_a_link_to_the_page_shows_title_summary_and_picture(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    tags = dict(re.findall(r'<meta (?:property|name)="([a-z:_]+)" content="([^"]*)"', html))
    assert tags["og:title"] == update.title
    assert tags["description"] == tags["og:description"]
    assert update.summary[:60] in tags["description"]
    assert tags["og:url"] == "http://127.0.0.1:8000/ua-61-21/"
    assert tags["og:image"] == "http://127.0.0.1:8000/static/card.png"
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["og:site_name"] == "Example Rights"
    assert '<link rel="canonical" href="http://127.0.0.1:8000/ua-61-21/">' in html


def test_search_engines_are_kept_from_the_desk_only(client: Client) -> None:
    answer = client.get("/robots.txt")
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a file
    answer.close()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert body.splitlines()[1:] == ["User-agent: *", "Disallow: /desk/", "Disallow: /admin/"]


# --- states -----------------------------------------------------------------------------------------------------------


def test_an_ended_campaign_offers_what_can_still_be_done(client: Client, update: Update) -> None:
    campaigns.close(update.campaign, by="Ada", reason="They were heard.")
    text = words(client.get(PAGE))
    for said in ("What you can still do", "No other campaign is open at present", "Pass this page on", "By email",
                 "Write to Example Rights", "What the letters asked", "Who the letters went to"):  # fmt: skip
        assert said in text, said
    assert "english@mail.gov.cn" not in text
    assert "Xi Jinping" in text
    other = Campaign.objects.create(slug="ua-9-26", reference="UA 9/26", status=Status.OPEN, live_update=update)
    text = words(client.get(PAGE))
    assert "Write for somebody else today" in text
    assert f'href="{other.get_absolute_url()}"' in client.get(PAGE).content.decode()
    assert f'<a href="{PAGE}">{update.title}' not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(("why", "passed_on"), [(Why.FREED, True), (Why.FAMILY, False), (Why.ADDRESS, False)])
def test_a_stopped_campaign_is_passed_on_only_as_good_news(
    client: Client, update: Update, why: Why, passed_on: bool
) -> None:
    campaigns.stop(update.campaign, by="Ada", reason="We stop.", why=why)
    html = client.get(PAGE).content.decode()
    assert ("wa.me" in html) is passed_on
    assert ('class="note good flash"' in html) is passed_on
    assert "english@mail.gov.cn" not in html


def test_a_date_that_has_passed_is_told_and_letters_wait(client: Client, update: Update) -> None:
    draft = drafted(later_text())
    Update.objects.filter(pk=draft.pk).update(deadline=date(2026, 3, 1))
    update = gone_live(approved(Update.objects.select_related("campaign").get(pk=draft.pk)))
    campaign = Campaign.objects.get()
    assert campaign.deadline == update.deadline == date(2026, 3, 1)
    for _ in ("until the clock has seen it", "from then on"):
        text = words(client.get(PAGE))
        assert "The date to write before, 1 March 2026, has passed." in text
        assert "your letter waits here, and leaves only if the campaign goes on" in text
        assert send(client, update).status_code == 302
        campaigns.pause(campaign, by="", reason="The date has passed.", why=Why.DEADLINE)
    Campaign.objects.update(deadline_answered=update.deadline, deadline_extended=None)
    assert "The date to write before has passed." in words(client.get(PAGE))


def test_what_is_not_open_yet_is_answered_as_what_never_was(client: Client, update: Update) -> None:
    Campaign.objects.update(status=Status.DRAFT)
    draft, never = client.get(PAGE), client.get("/never-was/")
    assert draft.status_code == never.status_code == 404
    assert draft.content == never.content
    assert "the campaign may not be open yet" in words(draft)
    assert "noindex" in draft.content.decode()
    assert send(client, update).status_code == 404


# --- the way back to the original -------------------------------------------------------------------------------------


def test_one_button_restores_the_original_and_keeps_what_is_ones_own(client: Client, update: Update) -> None:
    Campaign.objects.update(body_editable=True)
    original = pages.read(client.get(PAGE).content.decode())
    data = filled(update, do="restore", body="Something else.", own_words="Mine.", subject="Mine too")
    answer = client.post(PAGE, {**data, "point-1": "1", "was-1": "1", "place-1": "2", "was-2": "2", "place-2": "1"})
    assert answer.status_code == 200
    page = pages.read(answer.content.decode())
    assert page.faults == []
    for field in ("body", "subject", "place-1", "place-2"):
        assert page.value(field) == original.value(field), field
    assert answer.content.decode().count('name="point-') == answer.content.decode().count('value="1" checked>')
    for field in ("name", "email", "city", "own_words"):
        assert page.value(field) == data[field]
    assert "The letter stands as we wrote it again." in page.text
    assert Letter.objects.count() == 0
    assert "The letter stands as we wrote it" not in words(client.post(PAGE, {**data, "do": "preview"}))


# --- what the scripts find --------------------------------------------------------------------------------------------


def test_the_private_check_lies_outside_the_form_and_has_no_names(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    check, form = html.index('id="private-check"'), html.index("<form")
    assert check < html.index("</details>", check) < form
    inputs = re.findall(r"<input[^>]*>", html[check:form])
    assert len(inputs) == 3
    assert not any("name=" in one or "checked" in one for one in inputs)
    text = words(client.get(PAGE))
    for said in (
        "Family in China, or journeys there?", "let only the name of Example Rights leave", "choose a pen name",
        "nothing here speaks against your full name", "By post without a sender", "ask your foreign minister",
    ):  # fmt: skip
        assert said in text, said


def test_the_tick_that_keeps_a_draft_is_not_sent(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    (tick,) = re.findall(r'<input[^>]*id="id_keep"[^>]*>', html)
    assert "name=" not in tick
    assert "checked" not in tick
    assert "data-untouched" in html
    assert "data-untouched" not in client.post(PAGE, {**LEA, "do": "preview"}).content.decode()


def test_the_page_says_how_much_fits_and_the_server_the_same(client: Client, update: Update) -> None:
    Campaign.objects.update(body_editable=True)
    html = client.get(PAGE).content.decode()
    for field, most in (("subject", 120), ("body", 6000), ("own_words", 1500)):
        assert re.search(rf'id="id_{field}"[^>]*data-most="{most}"', html), field
        assert f"{most:,} fit" in words(send(client, update, {field: "x" * (most + 1)})), field
