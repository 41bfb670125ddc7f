"""Tests of the upload of an update with everything that is wrong with files: names, bombs, disguises, links out.

Each is either read, as the text that its reader would see, or refused in words beside the field. Nothing is stored
then, nothing is written outside, nobody is called, and no answer is a fault of ours.
"""

import io
import socket
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.test import Client

from advocacy.models import Update
from tests.advocacy.making import at_the_desk, later_text
from tests.reading.files import changed, pdf_file, saved, with_part, word_file

NEW = "/desk/campaigns/ua-61-21/new/"
BOUNDARY = "----part-of-a-form"
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (one, b"&l%d;" % (one - 1) * 10) for one in range(1, 12))
BILLION_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">' + LAUGHS + b"]><w:document "
XXE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "http://127.0.0.1:%d/x">]><w:document '
JAVASCRIPT = b"<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Pages 2 0 R >>"
LAUNCH = b"<< /Type /Catalog /OpenAction << /S /Launch /F (/bin/sh) >> /Pages 2 0 R >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


@pytest.fixture
def staff(client: Client, update: Update) -> Client:
    client.force_login(at_the_desk())
    return client


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A place on this machine that a document may point to, and that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def sent(staff: Client, name: str, content: bytes, kind: str = "application/octet-stream") -> Any:
    """The answer to a form with this file, its name as a hostile browser would write it."""
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    parts = [b'Content-Disposition: form-data; name="do"\r\n\r\nread', head.encode() + content]
    body = b"".join(b"--%s\r\n%s\r\n" % (BOUNDARY.encode(), part) for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    return staff.generic("POST", NEW, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def refused(answer: Any) -> str:
    """What is said beside the field; nothing is stored."""
    assert answer.status_code == 422
    assert Update.objects.count() == 1
    (fault,) = answer.context["form"].errors["file"]
    assert answer.content.decode().count(str(fault)) >= 2, "in the summary and beside the field"
    return str(fault)


def was_read(answer: Any) -> Update:
    """The draft that it became."""
    assert answer.status_code == 302
    return Update.objects.get(number=2)


def called(listener: socket.socket) -> bool:
    try:
        listener.accept()
    except TimeoutError:
        return False
    return True


def updated_word_file() -> bytes:
    """A Word file that says what the demo's next update says."""
    document = docx.Document()
    for line in later_text().splitlines():
        document.add_paragraph(line)
    return saved(document)


def updated_pdf() -> bytes:
    """The same as a PDF, as far as its letters are Latin."""
    return pdf_file(line for line in later_text().splitlines() if line.isascii())


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../x.txt", "..\\\\..\\\\x.txt", "/etc/x.txt", "C:\\\\x.txt", "update\u202etxt.txt", "CON.txt",
        "%2e%2e%2fx.txt", "x" * 250 + ".txt", "<script>alert(1)</script>.txt", "'; DROP TABLE advocacy_update; --.txt",
        "更新.txt",
    ],
)  # fmt: skip
def test_a_name_is_no_path_and_no_code(staff: Client, name: str) -> None:
    before = sorted(Path(settings.BASE_DIR).parent.glob("*")) + sorted(Path("/etc").glob("x*"))
    draft = was_read(sent(staff, name, later_text().encode()))
    assert draft.source_text == later_text()
    assert sorted(Path(settings.BASE_DIR).parent.glob("*")) + sorted(Path("/etc").glob("x*")) == before
    assert "<script>alert(1)" not in staff.get(f"/desk/updates/{draft.pk}/").content.decode()


@pytest.mark.parametrize("name", ["a.pdf\r\nX-Evil: 1", "a.docx.exe", "\u202exod.exe", "a.txt\x00.exe", "a.", ".exe"])
def test_a_name_that_hides_what_it_is_deceives_nobody(staff: Client, name: str) -> None:
    answer = sent(staff, name, b"MZ\x90\x00 a program")
    assert "X-Evil" not in answer.headers
    assert refused(answer)


def test_a_name_longer_than_any_disk_allows_is_refused_in_words(staff: Client) -> None:
    answer = sent(staff, "x" * 4000 + ".txt", later_text().encode())
    assert (answer.status_code, Update.objects.count()) == (400, 1)
    assert "<h1>" in answer.content.decode()


def test_without_a_name_there_is_no_file(staff: Client) -> None:
    answer = sent(staff, "", later_text().encode())
    assert answer.status_code == 422
    assert "Paste the text of the update, or choose its file." in answer.content.decode()


# --- disguises -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "text/html; charset=utf-7", "multipart/mixed", "x"])
def test_what_a_browser_says_of_a_file_is_not_believed(staff: Client, kind: str) -> None:
    assert was_read(sent(staff, "update.txt", later_text().encode(), kind)).source_text == later_text()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"%PDF-1.4\n" + word_file()),
        ("a.pdf", b"PK\x03\x04" + pdf_file(["text"])),
        ("a.txt", b"GIF89a" + b"\x00" * 20 + b"<script>alert(1)</script>"),
        ("a.html", word_file()),
        ("a.docx", b"<html><body>" + later_text().encode()),
        ("a.docm", word_file()),
        ("a.xlsx", word_file()),
        ("a.docx", with_part(word_file(), "word/vbaProject.bin", b"Sub AutoOpen()")),
    ],
)
def test_a_file_of_two_kinds_is_of_none(staff: Client, name: str, content: bytes) -> None:
    assert refused(sent(staff, name, content))


# --- bombs -----------------------------------------------------------------------------------------------------------


def picture_of(side: int) -> bytes:
    """A PNG of so many dots in width and height, all black, and a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    packer, row = zlib.compressobj(9), b"\x00" * (side // 8 + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_huge_picture_in_a_word_file_is_not_looked_at(staff: Client) -> None:
    was_read(sent(staff, "a.docx", with_part(updated_word_file(), "word/media/image1.png", picture_of(30_000))))


@pytest.mark.parametrize("entities", [BILLION_LAUGHS, XXE % 9])
def test_entities_in_a_word_file_are_refused(staff: Client, entities: bytes) -> None:
    assert "damaged" in refused(
        sent(staff, "a.docx", changed(word_file(), "word/document.xml", b"<w:document ", entities))
    )


def test_a_small_archive_of_something_huge_is_refused(staff: Client) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:document>" + b" " * 200_000_000)
    assert "unpacks to far more" in refused(sent(staff, "a.docx", inner.getvalue()))


def test_a_sheet_of_a_million_columns_is_refused(staff: Client) -> None:
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * 1_000_000)
    assert refused(sent(staff, "a.docx", sheet.getvalue()))


def test_a_pdf_of_a_hundred_thousand_objects_ends_in_words(staff: Client) -> None:
    objects = b"".join(b"%d 0 obj\n<< /Kids [%d 0 R] >>\nendobj\n" % (n, n + 1) for n in range(10, 100_010))
    good = updated_pdf()
    answer = sent(staff, "a.pdf", good[:9] + objects + good[9:])
    assert answer.status_code in {302, 422}
    assert answer.status_code == 302 or answer.context["errors"]


@pytest.mark.parametrize("catalog", [JAVASCRIPT, LAUNCH])
def test_what_a_pdf_would_do_is_not_done(staff: Client, catalog: bytes) -> None:
    pages = updated_pdf()
    assert CATALOG in pages
    assert was_read(sent(staff, "a.pdf", pages.replace(CATALOG, catalog))).targets.count() == 2


# --- links out -------------------------------------------------------------------------------------------------------


def test_nobody_is_called_for_what_a_document_points_to(staff: Client, listener: socket.socket) -> None:
    address = b"http://127.0.0.1:%d/" % listener.getsockname()[1]
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    links = b"".join(
        b'<Relationship Id="out%d" Type="%s%s" Target="%s" TargetMode="External"/>' % (number, kind, what, address)
        for number, what in enumerate((b"attachedTemplate", b"image", b"oleObject", b"subDocument", b"frame"))
    )
    linked = changed(
        updated_word_file(), "word/_rels/document.xml.rels", b"</Relationships>", links + b"</Relationships>"
    )
    was_read(sent(staff, "a.docx", linked))
    page = b"<!doctype html><html><head><link rel=stylesheet href='%s'></head><body><img src='%s'>" % (address, address)
    sent(staff, "a.html", page + b"<iframe src='%s'></iframe><p>UA 99/21</p></body></html>" % address)
    entity = XXE % listener.getsockname()[1]
    sent(staff, "a.docx", changed(word_file(), "word/document.xml", b"<w:document ", entity))
    assert not called(listener)
