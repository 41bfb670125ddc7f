"""Tests of the levels of identity: what of a supporter stands in the raw mail at each, and what in none."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from advocacy import changeovers, identities, letters, tokens
from advocacy.models import Campaign, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.models.identity import FULL, SHOWN_NAME, Level, levels_up_to
from advocacy.tokens import Purpose
from advocacy.wording import Choices, letter_mails
from mailings import provider
from mailings.models import Message
from mailings.models.message import Status
from mailings.text import UnfitText
from tests.advocacy import pages
from tests.advocacy.making import (
    LEA,
    PAGE,
    approved,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    send,
    written,
)
from tests.mailings.making import claim

ORGANISATION = "Example Rights"
PEN = "Quiet Neighbour"
#: A supporter of whom every word can be told from every other one.
WHO = {
    "name": "Zsuzsanna Quillfeather",
    "email": "zsuzsanna.q@example.org",
    "city": "Kecskemét",
    "country": "HU",
    "own_words": "I have not forgotten them.",
}
MINE = ("Zsuzsanna", "Quillfeather", "zsuzsanna.q", "Kecskem", "Hungary", "Zsuzsi", PEN)
#: Level -> the name that is written down for it, the sender's display name, the signature, and what may be seen.
SEEN: dict[Level, tuple[str, str, str, set[str]]] = {
    Level.ANSWER: (
        "",
        "Zsuzsanna Quillfeather",
        "Zsuzsanna Quillfeather\nKecskemét, Hungary",
        {"Zsuzsanna", "Quillfeather", "Kecskem", "Hungary"},
    ),
    Level.PLACE: (
        "",
        "Zsuzsanna Quillfeather",
        "Zsuzsanna Quillfeather\nKecskemét, Hungary",
        {"Zsuzsanna", "Quillfeather", "Kecskem", "Hungary"},
    ),
    Level.FIRST: ("Zsuzsi", "Zsuzsi", "Zsuzsi\nHungary", {"Zsuzsi", "Hungary"}),
    Level.PEN: (PEN, PEN, PEN, {PEN}),
    Level.ORGANISATION: ("", ORGANISATION, ORGANISATION, set()),
}


@pytest.fixture
def open_to_all(db: None) -> Update:
    """A live update that says as much of its writer as a letter can, in a campaign that lets all of it out."""
    whole = "{supporter_name} writes to {target_name}.\n\nI live in {place}.\n\nI am from {country}.\n\nI write about"
    update = gone_live(approved(drafted(later_text().replace("I write about", whole, 1))))
    Campaign.objects.update(most_identity=Level.ANSWER, mailbox="ua-61-21@letters.example.org", confirmation=False)
    return Update.objects.select_related("campaign").get(pk=update.pk)


def raw_mails() -> list[bytes]:
    """Every letter to an office as it goes over the wire."""
    Message.objects.filter(kind="letter", status=Status.HELD).update(status=Status.QUEUED, held_for="")
    parcels = [parcel for parcel in claim(20, "a-worker") if parcel.kind == "letter"]
    return [provider.build(parcel).message().as_bytes() for parcel in parcels]


def words_in(raw: bytes) -> str:
    """All that a reader could find in a raw mail: its headers and parts, decoded, and itself as it stands."""
    parsed = message_from_bytes(raw, policy=policy.default)
    parts = [str(part.get_content()) for part in parsed.walk() if not part.is_multipart()]
    heads = [f"{name}: {value}" for name, value in parsed.items()]
    return "\n".join([raw.decode("ascii"), *heads, *parts])


def text_of(raw: bytes) -> tuple[EmailMessage, str]:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    assert body is not None
    return parsed, str(body.get_content())


@pytest.mark.parametrize("level", list(Level))
def test_what_stands_in_the_raw_mail(client: Client, open_to_all: Update, level: Level) -> None:
    shown_name, display, signature, seen = SEEN[level]
    assert send(client, open_to_all, WHO, subject="", level=level, shown_name=shown_name).status_code == 302
    (raw,) = raw_mails()
    found = words_in(raw)
    assert {word for word in MINE if word in found} == seen
    parsed, text = text_of(raw)
    assert str(parsed["From"]) == f"{display} <ua-61-21@letters.example.org>"
    assert str(parsed["Reply-To"]) == "ua-61-21@letters.example.org"
    assert f"\n\n{signature}\n" in text
    line = text.rstrip("\n").split("\n--\n")[1]
    whom = "Sent by Example Rights for somebody who supports this." if level is Level.ORGANISATION else ""
    assert line.startswith(whom or f"Sent for {display} by Example Rights.")
    assert line.endswith("Answers to this message reach Example Rights, and from there the writer.") is (
        level is Level.ANSWER
    )
    assert ("I live in" in text, "I am from" in text) == (level in FULL | {Level.FIRST},) * 2
    letter = letter_of(WHO["email"])
    assert (letter.level, letter.shown_name, letter.name) == (level, shown_name, WHO["name"])


def test_the_page_offers_the_campaigns_most_and_chooses_for_nobody(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    assert 'value="place" aria-describedby="id_level_place_h" checked' in html
    answer = send(client, update, level="")
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults, Letter.objects.count()) == (422, [], 0)
    assert "Choose how much of you the letter shows." in page.words["id_level"]
    assert page.value("own_words").strip() == LEA["own_words"]
    assert "checked" not in answer.content.decode().partition('id="id_level"')[2].partition("</fieldset>")[0]
    # The letter beside the form shows as little as can be until somebody chose.
    shown = client.post(PAGE, {**LEA, "do": "preview"}).content.decode()
    assert "Tremblay" not in pages.read(shown).words["sheets"]


def test_a_level_is_called_by_its_short_name_and_described_by_the_rest(client: Client, update: Update) -> None:
    html = client.get(PAGE).content.decode()
    assert '<label for="id_level_pen">A pen name</label>' in html
    page = pages.read(html)
    assert page.described["id_level_pen"] == "id_level_pen_h"
    assert " ".join(page.words["id_level_pen_h"].split()) == "Any name that is not yours. They see: The name you choose"


@pytest.mark.parametrize(
    ("chosen", "most", "leaves"),
    [
        ("place", "answer", "place"),
        ("answer", "place", "place"),
        ("place", "first", "org"),
        ("place", "pen", "org"),
        ("first", "first", "first"),
        ("first", "pen", "org"),  # a first name is no pen name: it would be the writer's own
        ("pen", "first", "pen"),
        ("pen", "org", "org"),
    ],
)
def test_what_leaves_within_the_campaigns_most(chosen: str, most: str, leaves: str) -> None:
    assert identities.within(chosen, most) == leaves


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Wei Hu", "I am Hu from next door.", "Hu"),
        ("Wei Hu", "I hum. The Hum of it, a Hull, thus.", ""),
        ("Wei Hu", "ask hu", ""),
        ("wei hu", "ask hu", "hu"),  # as it was typed
        ("Ma Chin", "yours, ma chin", "ma chin"),
        ("Ma Chin", "yours, Chin Ma", "Chin Ma"),
        ("Ma Chin", "yours, MA, Chin", "MA, Chin"),
        ("Ma Chin", "yours, chin-ma", "chin-ma"),
        ("Ma Chin", "Dr Chin sends this", "Chin"),
        ("Ma Chin", "I raised my chin to ma", ""),
        ("MA CHIN", "Chin", "Chin"),
        ("Will Hope", "We hope that you will act.", ""),
        ("Will Hope", "We act, and Hope signs.", "Hope"),
        ("Will Hope", "will hope", "will hope"),
        ("Rose May", "They rose in may. As roses do.", ""),
        ("Rose May", "Rose wrote this", "Rose"),
        ("Hope", "We hope.", ""),
        ("Hope", "Yours, Hope", "Hope"),
        ("Renée Núñez", "I am Nunez.", "Nunez"),
        ("Renee Nunez", "I am Núñez.", "Núñez"),
        ("Ana de la Cruz", "De la part de la famille", ""),
        ("Ana de la Cruz", "Señora Cruz", "Cruz"),
        ("Anne-Marie Smith-Jones", "Smith was here", "Smith"),
        ("Anna Maria Schmidt", "schmidt, anna", "schmidt, anna"),
        ("J. Quill", "j quill", "j quill"),
        ("J. Quill", "J is a letter", ""),
        ("王小明", "我是王小明。", "王小明"),
        ("王小明", "我叫王 小明。", "王 小明"),
        ("王 小明", "我叫王小明。", "王小明"),
        ("王小明", "我是小明。", "小明"),
        ("王小明", "国王说", ""),
        ("王明", "小王和明天", ""),
        ("欧阳文修", "我是文修。", "文修"),
        ("김철수", "저는 철수는", "철수"),
        ("ليلى حداد", "أنا من بيت وحداد", "وحداد"),
        ("", "Anything at all.", ""),
    ],
)
def test_what_of_a_name_is_traced(name: str, text: str, found: str) -> None:
    assert identities.trace(text, name, "") == found


def test_what_is_shown_or_said_anyway_is_no_trace() -> None:
    assert identities.trace("Léa writes.", "Léa Tremblay", "", shown="Lea") == ""
    assert identities.trace("Léa writes.", "Léa Tremblay", "", shown="Quiet Neighbour") == "Léa"
    assert identities.trace("lea tremblay", "Léa Tremblay", "", shown="Lea") == "lea tremblay"
    # As a whole word only: "Chin" in "China" is no excuse.
    assert identities.trace("Chin asks it.", "Ma Chin", "", usual="Free them, China.") == "Chin"
    assert identities.trace("Chin asks it.", "Ma Chin", "", usual="Mr Chin is held.") == ""
    assert identities.trace("Will asks it.", "Will Yu", "", usual="You will act.") == "Will"


@given(
    st.lists(st.text("abcdefghijé", min_size=2, max_size=8), min_size=2, max_size=4),
    st.sampled_from([" ", ", ", "  ", "\n"]),
    st.booleans(),
    st.sampled_from([str.lower, str.upper, str.title, str]),
)
def test_two_parts_side_by_side_are_found_however_they_are_written(
    parts: list[str], between: str, turned: bool, written_as: Callable[[str], str]
) -> None:
    name = " ".join(part.title() for part in parts)
    last = parts[-2:][::-1] if turned else parts[-2:]
    text = f"1 {written_as(between.join(last))} 2"
    assert identities.trace(text, name, "")


def test_a_level_above_the_campaigns_most_is_not_offered_and_not_taken(client: Client, update: Update) -> None:
    Campaign.objects.update(most_identity=Level.FIRST)
    html = client.get(PAGE).content.decode()
    assert pages.read(html).faults == []
    assert [level.value for level in Level if f'name="level" value="{level.value}"' in html] == ["first", "pen", "org"]
    answer = send(client, update, level="place")
    assert answer.status_code == 422
    assert "Choose one of these." in pages.read(answer.content.decode()).words["id_level"]
    assert send(client, update, level="x").status_code == 422
    assert Letter.objects.count() == 0


def test_where_only_the_organisation_may_be_seen_nothing_is_asked(client: Client, update: Update) -> None:
    Campaign.objects.update(most_identity=Level.ORGANISATION)
    update.campaign.refresh_from_db()
    html = client.get(PAGE).content.decode()
    assert 'name="level"' not in html
    assert 'name="shown_name"' not in html
    assert "The officials do not see it." in html
    assert send(client, update, subject="").status_code == 302
    (raw,) = raw_mails()
    assert not any(word in words_in(raw) for word in ("Tremblay", "Montr", "Canada\n", "lea.tremblay"))


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("most", list(Level))
def test_no_choice_gets_past_the_campaigns_most(update: Update, level: Level, most: Level) -> None:
    """Whatever calls it: a form, an older letter that is written anew, a programme."""
    update.campaign.most_identity = most
    for shown_name in ("Zsuzsi", ""):
        choices = Choices(WHO["name"], WHO["city"], "HU", level=level, shown_name=shown_name)
        within = identities.within(level, most)
        assert within in levels_up_to(most)
        if within in SHOWN_NAME and not shown_name:
            with pytest.raises(UnfitText, match="that your letter shows"):
                letter_mails(update, choices)
            continue
        (mail,) = letter_mails(update, choices)
        seen = repr(mail)
        assert ("Quillfeather" in seen, "Kecskemét" in seen) == (within in FULL,) * 2
        assert ("Hungary" in seen) == (within in FULL | {Level.FIRST})


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"level": "first", "shown_name": ""}, "shown_name", "Write the first name that your letter shows."),
        ({"level": "pen", "shown_name": " "}, "shown_name", "Write the pen name that your letter shows."),
        ({"level": "first", "shown_name": "léa  TREMBLAY"}, "shown_name", "This is your whole name."),
        ({"level": "pen", "shown_name": "Lea Tremblay"}, "shown_name", "This is your whole name."),
        ({"level": "pen", "shown_name": "x@example.org"}, "shown_name", "without an email or web address"),
        ({"level": "pen", "shown_name": "12"}, "shown_name", "Write it with letters."),
        ({"level": "pen", "shown_name": PEN, "own_words": "I am Lea Tremblay."}, "own_words", "“Lea Tremblay” stands"),
        ({"level": "first", "shown_name": "Léa", "own_words": "Ask Mme Tremblay."}, "own_words", "“Tremblay” stands"),
        ({"level": "org", "shown_name": "Léa", "own_words": "I am Léa."}, "own_words", "“Léa” stands here"),
        ({"level": "pen", "shown_name": PEN, "own_words": "I am Lea."}, "own_words", "“Lea” stands here"),
        ({"level": "org", "own_words": "Here in Montréal we wait."}, "own_words", "“Montréal” stands here"),
        ({"level": "org", "own_words": "Lea.Tremblay@example.org"}, "own_words", "stands here, and you chose not to"),
        ({"level": "org", "subject": "From Montréal, on UA 61/21"}, "subject", "“Montréal” stands here"),
    ],
)
def test_what_would_give_a_writer_away_is_refused_in_words(
    client: Client, update: Update, typed: dict[str, str], field: str, said: str
) -> None:
    answer = send(client, update, typed)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert said in page.beside(field)
    assert page.value(field).strip() == typed[field].strip()
    assert Letter.objects.count() == 0


@pytest.mark.parametrize("level", ["place", "first", "org"])
def test_what_gives_nobody_away_is_taken(client: Client, update: Update, level: str) -> None:
    words = "My name says little. The tremblays of this world. It was nice in montréalais."
    if level == "first":
        words += " My first name is Léa."
    assert send(client, update, level=level, shown_name="Léa", own_words=words).status_code == 302


def test_a_name_for_a_lower_level_is_forgotten_at_a_full_one(client: Client, update: Update) -> None:
    assert send(client, update, level="place", shown_name="Léa").status_code == 302
    assert letter_of(LEA["email"]).shown_name == ""


def test_the_page_shows_what_each_level_shows(client: Client, update: Update) -> None:
    typed: dict[str, Any] = {**LEA, "do": "preview", "level": "pen", "shown_name": PEN}
    text = pages.read(client.post(PAGE, typed).content.decode()).text
    assert "They see: Léa Tremblay, Montréal, Canada" in text
    assert f"They see: {PEN}, Canada" in text
    assert "They see: Example Rights" in text
    assert f"{PEN} <ua-61-21@letters.example.org>" in text


def test_lowering_the_most_reaches_letters_that_are_written_anew(update: Update) -> None:
    letter = confirmed(update, choices=Choices("Cleo Gill", "Leeds", "GB"))
    Campaign.objects.update(most_identity=Level.PEN)
    gone_live(approved(drafted(later_text())), Answer.ANEW)
    changeovers.work(60)
    after = letter_of(LEA["email"])
    assert [change.outcome for change in letter.changes.all()] == ["anew"]
    assert (after.level, after.name) == (Level.ORGANISATION, "Cleo Gill")
    (raw,) = raw_mails()
    assert not any(word in words_in(raw) for word in ("Cleo", "Gill", "Leeds", "United Kingdom"))


def test_words_that_would_tell_it_then_are_withdrawn(update: Update) -> None:
    letter = confirmed(update, choices=Choices("Cleo Gill", "Leeds", "GB", own_words="We in Leeds remember."))
    Campaign.objects.update(most_identity=Level.PEN)
    gone_live(approved(drafted(later_text())), Answer.ANEW)
    changeovers.work(60)
    assert [change.outcome for change in letter.changes.all()] == ["cancelled"]


def test_a_campaign_that_lowers_it_meanwhile_is_asked_anew(update: Update) -> None:
    """What was known of the campaign a second ago must not let out more than it lets out now."""
    Campaign.objects.update(most_identity=Level.FIRST)
    with pytest.raises(letters.CampaignChanged):
        written(update)
    assert Letter.objects.count() == 0


def test_the_database_holds_it(update: Update) -> None:
    letter = written(update)
    for wrong in ({"level": "all"}, {"level": "pen", "shown_name": ""}, {"level": "first", "shown_name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.update(most_identity="")


def test_the_confirm_page_says_what_leaves_and_not_more_or_less(client: Client, update: Update) -> None:
    pen = Choices("Cleo Gill", "Leeds", "GB", level=Level.PEN, shown_name=PEN)
    for number, (choices, name, place) in enumerate(
        [(Choices("Cleo Gill", "Leeds", "GB"), "Cleo Gill", "Leeds, United Kingdom"), (pen, PEN, "not shown")]
    ):
        letter = written(update, f"{number}@example.org", choices)
        Campaign.objects.update(most_identity=Level.ORGANISATION)  # the letter is frozen, and shows what it shows
        text = pages.read(client.get(f"/letters/{tokens.make(letter, Purpose.CONFIRM)}/confirm/").content.decode()).text
        told = " ".join(text.partition("What they will know of you")[2].split())
        assert told.startswith(f"Name {name} Place {place} Your address not shown")
        Campaign.objects.update(most_identity=Level.PLACE)
