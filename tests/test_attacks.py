"""Tests of what an attack once found: each was a way in, a way to stop the site, or a page that failed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from advocacy import reading
from advocacy.models import Update
from mailings.compose import Address
from mailings.models import SandboxMail
from mailings.text import UnfitText, clean_line, clean_text
from tests.advocacy.making import DEMO, PAGE, published


@pytest.fixture
def update(db: None) -> Update:
    return published(DEMO.read_text(encoding="utf-8"))


@pytest.mark.once
def test_a_million_marks_are_refused_before_they_are_sorted() -> None:
    # Before, this took minutes and held every other visitor up.
    for cleaner in (clean_line, clean_text):
        with pytest.raises(UnfitText, match="too many marks"):
            cleaner("a" + "\u0300\u0316" * 500_000)


def test_a_name_far_too_long_is_refused_before_it_is_cleaned(client: Client, update: Update) -> None:
    answer = client.post(PAGE, {"name": "a" + "\u0300\u0316" * 100_000})
    assert answer.status_code == 422
    assert "100 fit" in answer.content.decode()


@pytest.mark.parametrize("typed", ["=?utf-8?q?=0D=0ABcc:x?=", "=?utf-8?B?4oCuZWxpdmU=?=", "a =?utf-8?q?b?= c"])
@pytest.mark.once
def test_an_encoded_word_reaches_no_head(typed: str) -> None:
    with pytest.raises(UnfitText):
        clean_line(typed)
    with pytest.raises(UnfitText):
        Address("lea@example.org", typed)


def test_a_broken_head_does_not_break_the_mailbox(client: Client, db: None) -> None:
    raw = (
        b'From: =?utf-8?q?=0D=0ABcc:x?= <a@example.org>\nTo: "=?utf-8?q?a=00b?=" <b@example.org>\nSubject: S\n\nText\n'
    )
    mail = SandboxMail.objects.create(message_uid="00000000-0000-0000-0000-000000000001", raw=raw)
    (shown,) = client.get("/sandbox/messages.json").json()
    assert (shown["to"], shown["subject"], shown["text"]) == (["b@example.org"], "S", "Text\n")
    for view in ("text", "headers", "raw", "html"):
        assert client.get(f"/sandbox/{mail.provider_id}/?view={view}").status_code == 200


@pytest.mark.parametrize("name", ["mailgun", "mandrill", "postal", "postmark", "nonsense"])
@pytest.mark.parametrize("part", ["tracking", "inbound"])
@pytest.mark.once
def test_only_the_present_provider_has_a_webhook(client: Client, name: str, part: str) -> None:
    for method in ("get", "post", "head"):
        assert getattr(client, method)(f"/anymail/{name}/{part}/").status_code == 404


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", "rot13", "idna", "undefined"])
@pytest.mark.parametrize("address", [PAGE, "/letters/x/confirm/", "/desk/login/"])
@pytest.mark.once
def test_a_form_in_another_encoding_is_refused(client: Client, charset: str, address: str) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n+2AA-\r\n--B--\r\n'
    answer = client.generic("POST", address, body, f"multipart/form-data; boundary=B; charset={charset}")
    assert answer.status_code == 400


def test_a_published_update_cannot_be_replaced(update: Update) -> None:
    if connection.vendor != "sqlite":
        return  # only SQLite has REPLACE
    columns = [field.column for field in Update._meta.fields]
    changed = ", ".join("'Changed'" if name == "title" else f'"{name}"' for name in columns)
    listed = ", ".join(f'"{name}"' for name in columns)
    for statement in (
        f"INSERT OR REPLACE INTO advocacy_update ({listed}) SELECT {changed} FROM advocacy_update",
        "INSERT OR REPLACE INTO advocacy_target SELECT * FROM advocacy_target",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    draft = Update.objects.create(campaign=update.campaign, number=2, title="Draft", facts="F")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE OR REPLACE advocacy_update SET id = %s WHERE id = %s", [update.pk, draft.pk])
    assert Update.objects.get(pk=update.pk).title == "Missing and arbitrarily detained in Xinjiang"


@pytest.mark.once
def test_digits_of_another_script_are_no_reference() -> None:
    text = DEMO.read_text(encoding="utf-8").replace("UA 61/21", "UA \uff16\uff11/\uff12\uff11")
    with pytest.raises(reading.Fault, match="No reference was found"):
        reading.read(text)
