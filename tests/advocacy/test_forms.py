"""Tests of the form: what is unfit is answered beside its field and stored nowhere; what is fit goes out whole."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from advocacy.forms import LONGEST, LetterForm
from advocacy.models import Campaign, Letter, Supporter, Update
from mailings import provider
from mailings.models import Message
from mailings.models.message import Status
from mailings.text import clean_line, clean_text
from tests.advocacy import pages
from tests.advocacy.making import AMBASSADOR, LEA, PAGE, PRESIDENT, filled, letter_of, send
from tests.mailings.making import claim

ONE_LINE = "Write this on a single line, without line breaks."
HIDDEN = "This holds hidden signs that turn the reading direction. Type it afresh, without pasting."
CONTROL = "This holds control characters that cannot be sent. Type it afresh, without pasting."
PLAIN = "Write plain text, without tags such as <b> and without double braces."
MARKS = "Some letters here carry too many marks to be read. Write them plainly."
ADDRESS = "Write your email address with an @ and a dot, like name@example.org."
ONE_ADDRESS = "Write one address only."
NO_ADDRESS = {
    "name": "Write your name only, without an email or web address.",
    "city": "Write the town only, without an email or web address.",
}
EMPTY = {"name": "Write your name.", "city": "Write the town or city you live in."}

#: What is unfit for every field of words.
UNFIT = [
    *[(f"Léa{sign}Tremblay", HIDDEN) for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"],
    *[(f"Léa{sign}Tremblay", CONTROL) for sign in "\x00\x01\x07\x08\x1b\x7f\x80\x9f\ufdd0\ufffe\ufffd\U000e0041"],
    ("{{ settings.SECRET_KEY }}", PLAIN),
    ("{% load static %}", PLAIN),
    ("{# a #}", PLAIN),
    ("*|NAME|*", PLAIN),
    ("%recipient.name%", PLAIN),
    ("<script>alert(1)</script>", PLAIN),
    ("</textarea><img src=x onerror=alert(1)>", PLAIN),
    ("<!-- x", PLAIN),
    ("Z\u0351\u0363\u0351\u0363\u0351\u0363a\u0351\u0363\u0351\u0363\u0351\u0363lgo", MARKS),
]
#: What is unfit for one line.
BROKEN = [
    (f"Léa{sign}Bcc: someone@example.org", ONE_LINE)
    for sign in ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\n\n"]
]
CASES: dict[str, list[tuple[str, str]]] = {
    name: [
        *UNFIT,
        *BROKEN,
        *[(blank, EMPTY[name]) for blank in ("", "   ", "\u3000", "\u200b\u2060", "\u2800", "\ufeff", "\u200d")],
        *[(typed, NO_ADDRESS[name]) for typed in ("a@example.org", "x, a@b.ca, y", "see https://e.org", "www.e.org")],
        *[(typed, "Write it with letters.") for typed in ("12345", "😀😀", "...", "?!")],
        ("x" * 300, f"These are 300 characters; {LONGEST[name]} fit. Nothing was cut."),
    ]
    for name in ("name", "city")
}
CASES["subject"] = [*UNFIT, *BROKEN, ("x" * 121, "These are 121 characters; 120 fit. Nothing was cut.")]
CASES["own_words"] = [*UNFIT, ("x" * 1501, "These are 1,501 characters; 1,500 fit. Nothing was cut.")]
CASES["body"] = [*UNFIT, ("x" * 6001, "These are 6,001 characters; 6,000 fit. Nothing was cut.")]
CASES["email"] = [
    *[(typed, "Write your email address.") for typed in ("", "   ", "\u3000")],
    *[(typed, ONE_ADDRESS) for typed in ("a@example.org, b@example.org", "a@b.ca;c@d.ca", "a@b.ca c@d.ca")],
    *[
        (typed, ADDRESS)
        for typed in (
            "léa", "a@b", "a@@example.org", "@example.org", "a@", "a b@example.org", "Léa <lea@example.org>",
            "<lea@example.org>", "mailto:lea@example.org", "lea@example.org\r\nBcc: b", "lea@example.org\x00",
            "lea@exa\x00mple.org", "lea@example.org\u202e", "l\u200bea@example.org", '"a b"@example.org',
            "a(comment)@example.org", "a@[127.0.0.1]", "a@localhost", "..a@example.org", "a..b@example.org",
            "a%b@example.org", "{{x}}@example.org", "*|X|*@example.org", f"{'x' * 65}@example.org",
            f"a@{'x' * 64}.org", f"a@{'x.' * 150}org", "léa@example.org",
        )
    ],
]  # fmt: skip
CASES["country"] = [
    ("", "Choose your country."),
    *[
        (typed, "Choose a country from the list.")
        for typed in ("XX", "ca", "Canada", "CAN", "C\r\n", "\x00", "{{", "<b>")
    ],
]


@pytest.fixture
def open_for_all(update: Update) -> Update:
    """The demo campaign with every field that a campaign can have."""
    Campaign.objects.update(body_editable=True)
    return Update.objects.select_related("campaign").get()


def stored() -> tuple[int, int, int]:
    return Supporter.objects.count(), Letter.objects.count(), Message.objects.count()


def as_typed(value: str) -> str:
    """A value as an HTML reader finds it again: line ends are one sign, and NUL cannot stand in a page."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("field", list(CASES))
def test_what_is_unfit_is_answered_beside_its_field(client: Client, open_for_all: Update, field: str) -> None:
    for typed, said in CASES[field]:
        values = filled(open_for_all, **{field: typed})
        answer = client.post(PAGE, values)
        assert answer.status_code == 422, typed
        html = answer.content.decode()
        page = pages.read(html)
        assert page.faults == [], typed
        assert said in page.beside(field), (typed, page.beside(field))
        # The summary on top says the same and leads to the field, and it is the only fault.
        assert f"Error: {page.title.removeprefix('Error: ')}" == page.title
        assert "One thing needs a second look" in page.words["errors"], typed
        assert said in page.words["errors"]
        assert f'<a href="#id_{field}">' in html
        assert f'id="id_{field}"' in html
        # What was typed stays, in every field, and is only text. A select cannot show what it does not offer.
        for name in LEA:
            kept = "" if name == field == "country" else as_typed(values[name])
            assert as_typed(page.value(name)) == kept, (name, typed)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("field", [name for name in CASES if name not in {"email", "country"}])
def test_a_preview_never_shows_what_is_unfit(client: Client, open_for_all: Update, field: str) -> None:
    for typed, _ in CASES[field]:
        if not typed.strip():
            continue
        answer = client.post(PAGE, filled(open_for_all, do="preview", **{field: typed}), headers={"X-Part": "letter"})
        assert answer.status_code == 200, typed
        assert typed not in pages.read(answer.content.decode()).text
    assert stored() == (0, 0, 0)


def test_all_faults_are_told_together_in_the_order_of_the_page(client: Client, update: Update) -> None:
    answer = client.post(PAGE, {"do": "send", "level": "place", "token": filled(update)["token"], "own_words": "\x00"})
    page = pages.read(answer.content.decode())
    assert "5 things need a second look" in page.words["errors"]
    order = re.findall(r'<li><a href="#id_(\w+)">', answer.content.decode())
    assert order == ["name", "email", "city", "country", "own_words"]


# --- what is fit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("name", "  Léa \u00a0 Tremblay ", "Léa Tremblay"),
        ("name", "Le\u0301a", "Léa"),
        ("name", "王小明", "王小明"),
        ("name", "فاطمه‌زهرا", "فاطمه‌زهرا"),
        ("name", "O'Brien-Smith, Jr.", "O'Brien-Smith, Jr."),
        ("name", 'Joe "the" \\ Plumber', 'Joe "the" \\ Plumber'),
        ("name", "{own_words}", "{own_words}"),
        ("name", "Léa <3", "Léa <3"),
        ("name", "x" * 100, "x" * 100),
        ("city", "'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("subject", '50% of 120; "quoted" & more', '50% of 120; "quoted" & more'),
        ("own_words", "One.\r\n\r\n\r\n\r\nTwo.\r\nThree.", "One.\n\nTwo.\nThree."),
        ("own_words", "My family: 👩‍👩‍👧 and ❤️.", "My family: 👩‍👩‍👧 and ❤️."),
        ("own_words", "{asks} {signature} %s %(x)s ${y}", "{asks} {signature} %s %(x)s ${y}"),
        ("own_words", "See https://example.org/?a=1&b=2", "See https://example.org/?a=1&b=2"),
        ("own_words", "y" * 1500, "y" * 1500),
    ],
)
def test_what_is_fit_is_kept_as_it_was_meant(client: Client, update: Update, field: str, typed: str, kept: str) -> None:
    assert send(client, update, {field: typed}).status_code == 302
    assert getattr(letter_of(LEA["email"]), field) == kept
    assert kept in raw_letter()["Subject" if field == "subject" else "text"] if field != "name" else True


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        (" Lea@EXAMPLE.org ", "Lea@example.org"),
        ("lea+appeal@example.org", "lea+appeal@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("lea@bücher.example", "lea@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_the_form_in_which_it_is_mailed(
    client: Client, update: Update, typed: str, mailed: str
) -> None:
    assert send(client, update, email=typed).status_code == 302
    assert Supporter.objects.get().email == mailed


def test_without_own_words_and_subject_the_updates_own_stand(client: Client, update: Update) -> None:
    assert send(client, update, own_words="", subject="").status_code == 302
    letter = letter_of(LEA["email"])
    assert (letter.own_words, letter.subject) == ("", "UA 61/21: please let 120 people in Xinjiang go home")


def test_fields_that_a_campaign_does_not_open_are_not_heeded(client: Client, update: Update) -> None:
    Campaign.objects.update(subject_editable=False)
    assert send(client, update, subject="Mine.", body="All mine.").status_code == 302
    letter = letter_of(LEA["email"])
    assert (letter.subject, letter.body) == ("UA 61/21: please let 120 people in Xinjiang go home", "")
    assert 'name="body"' not in client.get(PAGE).content.decode()


def test_a_text_left_as_it_was_stays_the_updates_own(client: Client, open_for_all: Update) -> None:
    body = LetterForm(open_for_all).initial["body"]
    assert send(client, open_for_all, body=body.replace("\n", "\r\n")).status_code == 302
    assert letter_of(LEA["email"]).body == ""


def test_a_changed_text_goes_out_changed(client: Client, open_for_all: Update) -> None:
    mine = f"All mine. {open_for_all.asks[0]}."
    assert send(client, open_for_all, body=f"{mine}\r\n\r\n[my own words]").status_code == 302
    assert letter_of(LEA["email"]).body == f"{mine}\n\n[my own words]"
    assert f"Xi Jinping:\n\n{mine}\n\n{LEA['own_words']}\n\nYours sincerely," in raw_letter()["text"]


@pytest.mark.parametrize("mark", ["[my town and country]", "[my country]"])
def test_what_must_stay_may_not_go_away_with_an_empty_line(client: Client, open_for_all: Update, mark: str) -> None:
    """At a level that hides the country its line goes away; what has to stand in the letter must not go with it."""
    reference, ask = open_for_all.campaign.reference, open_for_all.asks[0]
    for line, said in ((ask, f"on a line without them: {ask}"), ("[my own words]", "without them: your own words")):
        body = f"On {reference}.\n\nFrom {mark}: {line}." + ("" if line == ask else f"\n\n{ask}")
        answer = send(client, open_for_all, body=body, level="org")
        assert answer.status_code == 422
        page = pages.read(answer.content.decode())
        assert said in page.beside("body")
        assert page.value("body") == body
        assert send(client, open_for_all, body=body, level="place").status_code == 302
        Letter.objects.all().delete()
    split = f"On {reference}.\n\nFrom {mark}.\n{ask}\n\n[my own words]"
    assert send(client, open_for_all, body=split, level="org").status_code == 302


# --- bytes that no browser sends --------------------------------------------------------------------------------------


def encoded(update: Update, **raw: str) -> str:
    """A form's body with some values given as they stand on the wire."""
    values = {name: value for name, value in filled(update).items() if name not in raw}
    return "&".join([urlencode(values), *(f"{name}={value}" for name, value in raw.items())])


def post_raw(client: Client, body: str | bytes, kind: str = "application/x-www-form-urlencoded") -> Any:
    return client.generic("POST", PAGE, body.encode() if isinstance(body, str) else body, content_type=kind)


@pytest.mark.parametrize(
    "wire", ["L%ED%A0%BDa", "L%FF%FEa", "L%C3a", "%F0%9F%98", "L%00a", "%E2%80%AEa", "L%0d%0aBcc:%20x"]
)
def test_broken_bytes_are_answered_in_words(client: Client, update: Update, wire: str) -> None:
    for field in ("name", "city", "subject", "own_words"):
        if field == "own_words" and "%0d%0a" in wire:
            continue
        answer = post_raw(client, encoded(update, **{field: wire}))
        page = pages.read(answer.content.decode())
        assert answer.status_code == 422, field
        assert page.beside(field), field
    assert stored() == (0, 0, 0)


def test_lists_and_unknown_fields_are_not_heeded(client: Client, update: Update) -> None:
    answer = post_raw(client, encoded(update, **{"name": "", "name[]": "x", "name[0]": "y"}))
    assert (answer.status_code, stored()) == (422, (0, 0, 0))
    body = encoded(update, name="First", status="sent", mode="live", confirmed_at="2020-01-01", version="7")
    assert post_raw(client, body + "&name=Last&email=a@example.org&email=last@example.org").status_code == 302
    letter = letter_of("last@example.org")
    assert (letter.name, letter.mode, letter.version, letter.confirmed_at) == ("Last", "sandbox", 1, None)
    assert Supporter.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"own_words=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % number for number in range(1100)), "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"%%%=&&&=;;", "application/x-www-form-urlencoded"),
        (b'{"name": "x"}', "application/json"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"\xff\xfe", "text/plain; charset=utf-16"),
        (b"name=x", "application/x-www-form-urlencoded; charset=nonsense"),
    ],
)
def test_a_body_that_is_no_form_is_refused_and_breaks_nothing(
    client: Client, update: Update, body: bytes, kind: str
) -> None:
    answer = post_raw(client, body, kind)
    assert 400 <= answer.status_code < 500
    assert stored() == (0, 0, 0)


def test_files_are_no_words(client: Client, update: Update) -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="name"; filename="a.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nLéa\r\n--x--\r\n"
    )
    answer = post_raw(client, body, "multipart/form-data; boundary=x")
    assert (answer.status_code, stored()) == (422, (0, 0, 0))


# --- from the form to the wire ----------------------------------------------------------------------------------------


def raw_letter() -> dict[str, str]:
    """The one letter as it goes over the wire, read back: each header, its text, and all names of headers."""
    Message.objects.filter(kind="letter", status=Status.HELD).update(status=Status.QUEUED, held_for="")
    parcels = [parcel for parcel in claim(20, "a-worker") if parcel.kind == "letter"]
    (parcel,) = parcels
    built = provider.build(parcel)
    parsed = message_from_bytes(built.message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    part = parsed.get_body(("plain",))
    assert part is not None
    return {
        **{name: str(value) for name, value in parsed.items()},
        "headers": " ".join(sorted(parsed.keys())),
        "text": str(part.get_content()).removesuffix("\n"),
    }


HEADERS = "Cc Content-Type Date From MIME-Version Message-ID Reply-To Subject To"
ODD = st.sampled_from(
    ["\r\n", "\n", "\u2028", "\x00", "\u202e", "\u200b", "\u200d", "Bcc: a@example.org", "{own_words}", "{{",
     "<b>", '"', "\\", ",", ";", "<", ">", "=?utf-8?q?x?=", "é", "e\u0301", "王", "👩‍👧", "@", ".", "\n.\n", "From ",
     "--", "=20"]
)  # fmt: skip
TYPED = st.lists(st.one_of(ODD, st.text(max_size=8)), max_size=8).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TYPED, subject=TYPED, own=TYPED)
@example(name='Léa "x" <a', subject="Re: =?utf-8?q?x?=", own="\n.\nFrom me\n--\n=20")
@example(name="x" * 100, subject="é" * 120, own="王" * 1500)
@example(name="Tremblay, Léa; (x)", subject="a" * 120, own="{asks}{signature}")
def test_whatever_is_typed_adds_no_header_and_arrives_whole(
    client: Client, update: Update, name: str, subject: str, own: str
) -> None:
    with transaction.atomic():
        answer = send(client, update, name=name, subject=subject, own_words=own)
        if answer.status_code == 422:
            assert pages.read(answer.content.decode()).words["errors"]
            assert stored() == (0, 0, 0)
        else:
            assert answer.status_code == 302
            arrives_whole(name, subject, own)
        transaction.set_rollback(True)


def arrives_whole(name: str, subject: str, own: str) -> None:
    raw = raw_letter()
    assert raw["headers"] == HEADERS
    assert getaddresses([raw["From"]])[0][1] == "ua-61-21@letters.example.org"
    assert [address for _, address in getaddresses([raw["To"]])] == [PRESIDENT]
    assert [address for _, address in getaddresses([raw["Cc"]])] == [AMBASSADOR]
    assert raw["Reply-To"] == "answers@letters.example.org"
    expected = clean_line(subject) or "UA 61/21: please let 120 people in Xinjiang go home"
    assert raw["Subject"].strip() == expected  # a long word begins on a line of its own
    assert f"\n\n{clean_line(name)}\nMontréal, Canada\n\n" in raw["text"]
    # A dot alone and "From" at the front of a line are old enemies of mail.
    assert f"to hear from them.\n\n{clean_text(own)}\n\nI ask you to:" in raw["text"] or not clean_text(own)
