"""Tests of a campaign's page in several languages: the switch, the letter beside its translation, the mail."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from advocacy import campaigns, drafts, side_by_side, tokens, translating
from advocacy.languages import LANGUAGES
from advocacy.models import Letter, Update
from advocacy.points import numbered
from advocacy.tokens import Purpose
from advocacy.wording import Choices
from config import page_cache
from tests.advocacy import pages, tongues
from tests.advocacy.making import LEA, approved, confirmed, filled, gone_live, messages_of
from tests.advocacy.tongues import ARABIC, FRENCH, drafted, told

pytestmark = pytest.mark.django_db

PAGE, IN_FRENCH, IN_ARABIC = "/ua-7-26/", "/ua-7-26/fr/", "/ua-7-26/ar/"


@pytest.fixture
def update() -> Update:
    """The invented case, public, in English, French and Arabic."""
    return tongues.live()


def shown(answer: Any) -> str:
    text = str(answer.content.decode())
    assert pages.read(text).faults == []
    return text


def rows(text: str) -> list[tuple[str, str]]:
    """(what is sent, what stands beside it) of the letter on a page."""
    found = re.findall(
        r'<div class="row"><div class="sent".*?>(.*?)</div><div class="told".*?>(.*?)</div></div>', text, re.DOTALL
    )
    return [tuple(" ".join(re.sub("<[^>]+>", " ", side).split()) for side in row) for row in found]  # type: ignore[misc]


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_offers_each_language_by_its_own_name(client: Client, update: Update) -> None:
    text = shown(client.get(PAGE))
    switch = text[text.index('<nav class="languages"') :].partition("</nav>")[0]
    link = r'<a href="([^"]+)" hreflang="([^"]+)" lang="[^"]+" dir="(...)"( aria-current="page")?>'
    assert re.findall(link, switch) == [
        (PAGE, "en", "ltr", ' aria-current="page"'), (IN_ARABIC, "ar", "rtl", ""), (IN_FRENCH, "fr", "ltr", ""),
    ]  # fmt: skip
    assert re.findall(r">([^<]+)</a>", switch) == ["English", "العربية", "Français"]
    site = "http://127.0.0.1:8000"
    for where in (PAGE, IN_FRENCH):
        head = client.get(where).content.decode().partition("</head>")[0]
        assert re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', head) == [
            ("en", site + PAGE), ("ar", site + IN_ARABIC), ("fr", site + IN_FRENCH), ("x-default", site + PAGE),
        ]  # fmt: skip
        assert f'<link rel="canonical" href="{site}{where}">' in head


def test_a_case_in_one_language_offers_none(client: Client) -> None:
    tongues.live(french=False, arabic=False)
    text = shown(client.get(PAGE))
    assert 'class="languages"' not in text
    assert "alternate" not in text
    assert 'class="row"' not in text


def test_the_words_of_the_case_are_in_the_language_of_the_address(client: Client, update: Update) -> None:
    text = shown(client.get(IN_FRENCH))
    assert '<h1 lang="fr" dir="ltr">Trois institutrices détenues au bac</h1>' in text
    assert f'<p class="lead" lang="fr" dir="ltr">{FRENCH["summary"][0]}</p>' in text
    assert f'<p lang="fr" dir="ltr">{FRENCH["facts"][1]}</p>' in text
    assert "Dire à leurs familles où elles sont." in text
    for words in ("Their pupils wait", "Older than the original"):
        assert words not in text
    assert "<title>Trois institutrices détenues au bac - write a letter" in text


def test_arabic_reads_from_the_right_and_addresses_from_the_left(client: Client, update: Update) -> None:
    text = shown(client.get(IN_ARABIC))
    assert f'<h1 lang="ar" dir="rtl">{ARABIC["title"][0]}</h1>' in text
    assert '<ol class="asks" lang="ar" dir="rtl">' in text
    assert '<p class="addr-mail" dir="ltr">governor@example.org</p>' in text
    assert '<div class="told" lang="ar" dir="rtl">' in text
    assert '<div class="sent" lang="en" dir="ltr">' in text
    assert "<bdi>Governor Jo Harbour &lt;governor@example.org&gt;</bdi>" in text


def test_the_letter_stands_beside_its_translation_paragraph_by_paragraph(client: Client, update: Update) -> None:
    text = shown(client.get(IN_FRENCH))
    found = rows(text)
    assert found[:4] == [
        ("Dear Governor:", "Dear Governor:"),
        ("I write about three teachers of the islands (UA 7/26).",
         "Je vous écris au sujet de trois institutrices des îles (UA 7/26)."),
        ("I ask you to:", "Je vous demande de :"),
        ("release the three teachers at once; tell their families where they are.",
         "libérer les trois institutrices ; dire à leurs familles où elles sont."),
    ]  # fmt: skip
    assert found[5] == ("Your name Your town, your country",) * 2
    assert found[-1][0].startswith("-- Sent for Your name by")
    assert found[-1][1] == ""
    assert "UA 7/26: three teachers" in text
    assert "UA 7/26 : trois institutrices" in text
    words = " ".join(pages.read(text).text.split())
    assert "Your letter is sent in English." in words
    assert "English This is sent Français For you to read, not sent" in words


def test_what_is_sent_is_the_same_from_every_language(client: Client, update: Update) -> None:
    for number, where in enumerate((PAGE, IN_FRENCH, IN_ARABIC)):
        sent = filled(update, email=f"lea{number}@example.org", subject="UA 7/26: three teachers", body="")
        assert client.post(where, sent).status_code == 302
    texts = {messages_of(letter)[0].content.text for letter in Letter.objects.all()}
    assert len(texts) == 1
    assert "I write about three teachers" in texts.pop()


def with_subjects() -> Update:
    """The invented case with a second subject, public in French too."""
    draft = drafted(letter_subjects=["Please act: {reference}"])
    told(draft, "fr", FRENCH | {"letter_subjects": ["Agissez : {reference}"]})
    return gone_live(approved(draft))


def test_points_and_subjects_are_chosen_in_both_languages(client: Client) -> None:
    update = with_subjects()
    text = shown(client.get(IN_FRENCH))
    assert '<span class="own-line" lang="fr" dir="ltr">Dire à leurs familles où elles sont.</span>' in text
    assert '<span class="own-line" lang="fr" dir="ltr">Agissez : UA 7/26</span>' in text
    assert 'class="own-line"' not in shown(client.get(PAGE))
    # The second point first, and the second subject.
    data = filled(update, do="preview", subject="", subject_choice="2", **{"point-1": "1", "point-2": "1"})
    data |= {"place-1": "2", "was-1": "1", "place-2": "1", "was-2": "2"}
    answer = shown(client.post(IN_FRENCH, data))
    assert (
        "tell their families where they are; release the three teachers at once.",
        "dire à leurs familles où elles sont ; libérer les trois institutrices.",
    ) in rows(answer)
    assert '<bdi lang="fr" dir="ltr">Agissez : UA 7/26</bdi>' in answer
    assert update.points_that_stay == []


# --- while somebody writes -------------------------------------------------------------------------------------------


def test_values_of_the_supporter_stand_on_both_sides(client: Client, update: Update) -> None:
    data = filled(update, do="preview", own_words="I know one of them.\n\nShe taught me.", subject="")
    part = client.post(IN_FRENCH, data, headers={"X-Part": "letter"}).content.decode()
    found = rows(part)
    assert ("I know one of them.", "I know one of them.") in found
    assert ("She taught me.", "She taught me.") in found
    assert ("Léa Tremblay Montréal, Canada", "Léa Tremblay Montréal, Canada") in found
    assert "<html" not in part
    whole = shown(client.post(IN_FRENCH, data))
    assert rows(whole) == found
    assert f'action="{IN_FRENCH}"' in whole
    assert f'formaction="{IN_FRENCH}#letter"' in whole


def test_a_text_of_ones_own_has_nothing_beside_it_that_it_does_not_say(client: Client, update: Update) -> None:
    campaigns.change_settings(update.campaign, {"body_editable": True}, by="Ada")
    text = shown(client.get(IN_FRENCH))
    body = pages.read(text).value("body").replace("three teachers of the islands", "my three teachers")
    data = filled(update, do="preview", body=body, subject="A subject of my own")
    found = dict(rows(shown(client.post(IN_FRENCH, data))))
    assert found["I write about my three teachers (UA 7/26)."] == ""
    assert found["I ask you to:"] == "Je vous demande de :"
    assert "trois institutrices</bdi>" not in shown(client.post(IN_FRENCH, data))


def test_errors_and_what_was_typed_stay_in_the_language(client: Client, update: Update) -> None:
    answer = client.post(IN_FRENCH, filled(update, email="no address", subject=""))
    assert answer.status_code == 422
    text = shown(answer)
    assert "Trois institutrices détenues au bac" in text
    assert pages.read(text).value("name") == LEA["name"]
    assert f'action="{IN_FRENCH}"' in text


def test_the_page_after_it_leads_back_into_the_language(client: Client, update: Update) -> None:
    answer = client.post(IN_FRENCH, filled(update, subject=""))
    assert answer["Location"] == "/ua-7-26/fr/written/"
    assert f'<a href="{IN_FRENCH}">Back to the campaign</a>' in shown(client.get("/ua-7-26/fr/written/"))
    assert f'<a href="{PAGE}">Back to the campaign</a>' in shown(client.get("/ua-7-26/written/"))


def test_a_language_that_is_gone_or_the_letters_own_leads_to_the_page(client: Client, update: Update) -> None:
    for code in ("de", "en"):
        answer = client.get(f"{PAGE}{code}/")
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    for word in ("xx", "french", "FR", "zh"):
        assert client.get(f"{PAGE}{word}/").status_code == 404
    # Typed on a page whose language has gone since: nothing is lost.
    answer = client.post(f"{PAGE}de/", filled(update, email="no address", subject=""))
    assert answer.status_code == 422
    assert f'action="{PAGE}"' in shown(answer)
    assert pages.read(answer.content.decode()).value("name") == LEA["name"]


def test_a_stopped_campaign_says_so_in_every_language(client: Client, update: Update) -> None:
    campaigns.stop(update.campaign, by="Ada", reason="They came home.")
    text = shown(client.get(IN_FRENCH))
    assert "Trois institutrices détenues au bac" in text
    assert "They came home." in text
    assert "<form" not in text
    assert client.post(IN_FRENCH, filled(update)).status_code == 409


def test_pages_of_languages_are_kept_apart_and_set_no_cookie(
    client: Client, update: Update, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEEP_PAGES = True
    monkeypatch.setattr(page_cache, "monotonic", lambda: 1000.0)
    first = [client.get(where) for where in (PAGE, IN_FRENCH, IN_ARABIC)]
    again = [client.get(where, headers={"Accept-Language": "ar"}) for where in (PAGE, IN_FRENCH, IN_ARABIC)]
    assert [one.content for one in first] == [one.content for one in again]
    assert len({one.content for one in first}) == 3
    assert not any(one.cookies for one in first)


def test_an_older_translation_is_marked_where_it_is_read(client: Client, update: Update) -> None:
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    values = {
        "facts": draft.facts.replace("The ferry", "The old ferry"),
        "letter_text": draft.letter_text.replace("three teachers of", "four teachers of"),
    }
    drafts.keep(draft, drafts.stamp(draft), values, drafts.targets_of(draft), by="Ada")
    gone_live(approved(Update.objects.get(pk=draft.pk)))
    text = shown(client.get(IN_FRENCH))
    assert "Parts of this translation are older than the original." in text
    assert text.count("Older than the original") == 2
    marked = dict(rows(text))["I write about four teachers of the islands (UA 7/26)."]
    assert marked == "Older than the original Je vous écris au sujet de trois institutrices des îles (UA 7/26)."
    assert "Older than the original" not in shown(client.get(PAGE))


# --- the letter itself -----------------------------------------------------------------------------------------------


def in_arabic() -> Update:
    """The invented case with a letter in Arabic, public."""
    draft = drafted(language="ar", asks=ARABIC["asks"], letter_text="\n\n".join(ARABIC["letter_text"]))
    draft.targets.update(salutation="سيادة الحاكم،")
    return gone_live(approved(draft))


def test_a_letter_in_arabic_leaves_with_its_direction(client: Client) -> None:
    update = in_arabic()
    letter = confirmed(update, choices=Choices("Léa Tremblay", "Montréal", "CA", "I know one of them."))
    content = messages_of(letter)[0].content
    assert content.html.startswith('<div dir="rtl" lang="ar">\n<p>سيادة الحاكم،</p>')
    assert '<div dir="ltr">\n<p>I know one of them.</p>\n</div>' in content.html
    assert "<li>الإفراج عن المعلمات الثلاث؛</li>\n<li>إخبار عائلاتهن بمكانهن.</li>" in content.html
    assert content.html.count("<div") == content.html.count("</div>") == 4
    assert "dir=" not in content.text
    copy = messages_of(letter, "copy")[0].content
    assert '<div dir="rtl" lang="ar">' in copy.html
    assert copy.html.startswith('<div dir="ltr">')
    page = shown(client.get(f"/letters/{tokens.make(letter, Purpose.STATUS)}/"))
    assert '<div class="paper-body" lang="ar" dir="rtl">' in page


def test_a_letter_in_english_leaves_as_ever(update: Update) -> None:
    letter = confirmed(update, choices=Choices("ليلى", "Lyon", "FR"))
    assert "<div" not in messages_of(letter)[0].content.html
    assert "<div" not in messages_of(letter, "copy")[0].content.html


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "1. a;\n2. b."), ("fr", "1. a ;\n2. b."), ("ar", "1. a؛\n2. b."), ("zh-Hant", "1. a；\n2. b。")],
)
def test_asks_are_listed_as_their_language_does(code: str, expected: str) -> None:
    assert numbered(["a;", "b."], LANGUAGES[code]) == expected


def test_an_office_by_country_under_to_stands_beside_its_translation() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    row = {"country": "FR", "name": "Ola Quay", "email": "paris@example.org", "salutation": "Dear Consul"}
    draft.targets.update(by_country=[row])
    beside = translating.to_begin_with(draft, "fr")
    for country, salutation in (("FR", "Dear Consul:"), ("DE", "Dear Governor:")):
        (sheet,) = side_by_side.sheets(draft, Choices("Léa", "Lyon", country), beside)
        assert sheet.rows[0].sent.block.text == salutation
        assert [block.block.text for block in sheet.rows[0].own] == [salutation]


def test_a_half_translated_letter_is_shown_with_gaps() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH | {"letter_text": FRENCH["letter_text"][:2], "asks": []})
    beside = translating.to_begin_with(draft, "fr")
    (sheet,) = side_by_side.sheets(draft, Choices("Léa", "Lyon", "FR"), beside)
    assert [len(row.own) for row in sheet.rows] == [1, 1, 0, 0, 0, 1, 0]
    assert [row.sent for row in sheet.rows] == sheet.paper
