"""Tests of the way from a file to text: what each kind gives, what is refused in words, what a bomb can do."""

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement

from advocacy.reading import Fault, reading_of
from advocacy.reading import documents as door
from advocacy.reading.documents import text_of, text_of_paste
from tests.reading.files import changed, locked, mail_file, pdf_file, saved, with_part, word_file

pytestmark = pytest.mark.once

TEXT = """UA 12/24, 5 March 2024

ICELAND

Geese of an invented lake

An office counted the geese on 1 March.

Write to:

Minister of Lakes
Sigrún Invented
1 Quay Road
Reykjavik
Email: minister@lakes.example.org
"""
PAGE = """<!doctype html><html><head><title>No</title><style>p {color: red}</style></head><body><nav>Home</nav>
<h1>Geese of an invented lake</h1><p>UA 12/24,
  5&nbsp;March 2024</p><script>alert(1)</script><p hidden>hidden@example.org</p>
<p style="display: none">other@example.org</p>
<p>See <a href="https://example.org/count">the count</a>, <a href="javascript:alert(1)">this</a>
and <a href="#">that</a>.</p><ul><li>count anew</li><li>say why</li></ul>
<table><tr><td>Write to:<br>Minister of Lakes<br>Sigrún Invented<br>1 Quay Road</td>
<td>Copies to:<br>Ambassador<br>Embassy of Iceland<br>2 Quay Road</td></tr></table>
<p>Email: <a href="mailto:minister@lakes.example.org?subject=x">the minister</a></p></body></html>"""


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Fault) as raised:
        text_of(name, content)
    (words,) = raised.value.lines
    assert words[0].isupper()
    assert words.endswith(".")
    return words


def test_a_word_file_gives_head_text_list_links_and_each_office_by_itself() -> None:
    text = text_of("Urgent action.DOCX", word_file())
    assert text.startswith("First UA: 12/24 Index: EUR 28/1/2024 Iceland Date: 5 March 2024\n")
    assert "[The count](https://example.org/count)" in text
    assert "- urging that the geese be counted anew;" in text
    draft = reading_of(text).draft
    assert (draft.reference, draft.country, draft.index) == ("UA 12/24", "Iceland", "EUR 28/001/2024")
    assert draft.asks == ("urging that the geese be counted anew", "asking for the papers of the count.")
    assert draft.languages == ("Icelandic", "English")
    assert [(one.role, one.name, one.title) for one in draft.targets or ()] == [
        ("to", "Sigrun Invented", "Minister of Lakes"),
        ("to", "Olaf Invented", "Governor"),
        ("copy", "", "Ambassador"),
    ]
    assert [one.emails for one in draft.targets or ()] == [(), ("governor@lakes.example.org",), ()]


def test_a_table_of_labels_gives_labelled_lines_and_one_of_columns_keeps_its_gaps() -> None:
    document = docx.Document()
    for rows in ([("Fax", "+354 1"), ("Email:", "a@example.org")], [("Minister", "Governor"), ("Anna", "Olaf")]):
        table = document.add_table(rows=2, cols=2)
        for place, row in enumerate(rows):
            for column, words in enumerate(row):
                table.rows[place].cells[column].text = words
    text = text_of("a.docx", saved(document))
    assert "Fax: +354 1\nEmail: a@example.org\n" in text
    assert "Minister    Governor\nAnna    Olaf" in text


def test_what_stands_in_a_content_control_is_not_lost() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Email: a@example.org")
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    control.append(content)
    paragraph._p.addprevious(control)
    content.append(paragraph._p)
    assert text_of("a.docx", saved(document)) == "Email: a@example.org"


def test_a_pdf_gives_its_lines() -> None:
    text = text_of("a.pdf", pdf_file(TEXT.split("\n")))
    draft = reading_of(text).draft
    assert (draft.reference, draft.title) == ("UA 12/24", "Geese of an invented lake")
    (target,) = draft.targets or ()
    assert (target.name, target.emails) == ("Sigrún Invented", ("minister@lakes.example.org",))


def test_a_page_gives_what_its_reader_sees() -> None:
    text = text_of("a.html", PAGE.encode())
    assert text == text_of_paste(PAGE)
    assert text.startswith("Geese of an invented lake\n\nUA 12/24, 5 March 2024\n")
    assert "See [the count](https://example.org/count), this and that.\n\n- count anew\n- say why\n" in text
    assert "Write to:\nMinister of Lakes\nSigrún Invented\n1 Quay Road\n\nCopies to:\nAmbassador\n" in text
    assert "Email: [the minister](mailto:minister@lakes.example.org)" in text
    for lost in ("alert", "hidden@", "other@", "color", "Home", "javascript"):
        assert lost not in text


def test_a_mail_gives_its_subject_and_its_text_else_its_page() -> None:
    assert text_of("a.eml", mail_file(TEXT, "<p>minister@lakes.example.org</p>")).startswith(
        "UA 12/24: geese\n\nUA 12/24, 5 March 2024\n"
    )
    assert "Sigrún Invented" in text_of("a.eml", mail_file("", PAGE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_read_in_the_encodings_that_people_have(encoding: str) -> None:
    assert text_of("a.txt", TEXT.encode(encoding)) == TEXT


def test_what_was_pasted_as_text_stays_as_it_is() -> None:
    assert text_of_paste(TEXT) == TEXT
    assert text_of_paste("<no page> but text") == "<no page> but text"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "The file is empty."),
        ("a.docx", b"\x00\x00 \n", "The file is empty."),
        ("a.txt", b"text\x00text", "This is not text."),
        ("a.txt", bytes(range(256)), "This is not text."),
        ("a.txt", "北京市西城区西长安街街道".encode("gbk"), "The encoding of this text cannot be told."),
        ("a.txt", b"\xff\xfe\x00\xd8\x00\xd8", "The text is damaged."),
        ("a.txt", b"x" * 10_000_001, "The file is larger than 10 MB."),
        ("a.txt", b"long " * 50_000, "The text is longer than any update."),
        ("a.doc", b"\xd0\xcf\x11\xe0" + b"x" * 600, "This is Word's old format."),
        ("a.docx", b"\xd0\xcf\x11\xe0" + b"x" * 600, "This is Word's old format, or a Word file that is locked"),
        ("a.docm", b"PK\x03\x04", "This Word file may carry macros"),
        ("a.docx.exe", b"MZ", "Files of this kind are not read."),
        ("noending", b"text", "Files of this kind are not read."),
        ("a.docx", b"%PDF-1.4 ...", "The file ends in .docx but begins like a PDF."),
        ("a.pdf", TEXT.encode(), "The file ends in .pdf but is not a PDF"),
        ("a.txt", b"%PDF-1.4 ...", "The file ends in .txt but begins like a PDF."),
        ("a.docx", b"PK\x03\x04 nothing more", "The Word file is damaged."),
        ("a.pdf", b"%PDF-1.4 nothing more", "The PDF is damaged."),
        ("a.png", b"\x89PNG\r\n", "A picture holds no text"),
        ("a.docx", b"{\\rtf1 text}", "RTF files are not read."),
        ("a.eml", b"no head, just text", "This is not a mail."),
        ("a.html", b"<html><body><script>1</script></body></html>", "The page holds no text."),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_a_remedy(name: str, content: bytes, said: str) -> None:
    assert refusal(name, content).startswith(said)


def test_a_word_file_with_macros_changes_entities_or_nothing_is_refused() -> None:
    good = word_file()
    assert refusal("a.docx", with_part(good, "word/vbaProject.bin", b"x")).startswith("This Word file carries macros")
    marked = changed(good, "[Content_Types].xml", b"document.main+xml", b"document.macroEnabled.main+xml")
    assert refusal("a.docx", marked).startswith("This Word file carries macros")
    tracked = changed(good, "word/document.xml", b"<w:body>", b"<w:body><w:p><w:ins><w:r/></w:ins></w:p>")
    assert refusal("a.docx", tracked).startswith("This Word file has tracked changes.")
    entities = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document '
    bomb = changed(good, "word/document.xml", b"<w:document ", entities)
    assert refusal("a.docx", bomb).startswith("The Word file is damaged.")
    assert refusal("a.docx", saved(docx.Document())).startswith("The Word file holds no text")
    assert refusal("a.docx", changed(good, "word/document.xml", b"<w:body>", b"<w:bo")).startswith("The ")


def test_an_archive_that_unpacks_to_far_more_is_refused() -> None:
    bomb = with_part(word_file(), "word/media/bomb.xml", b"0" * 90_000_000)
    assert len(bomb) < 1_000_000
    assert refusal("a.docx", bomb).startswith("The Word file unpacks to far more")
    many = io.BytesIO(word_file())
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(1100):
            archive.writestr(f"word/{number}", b"")
    assert refusal("a.docx", many.getvalue()).startswith("The Word file unpacks to far more")
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
    assert refusal("a.docx", sheet.getvalue()).startswith("This is not a Word file.")


def test_a_pdf_that_is_locked_long_empty_or_a_bomb_is_refused() -> None:
    lock = locked(pdf_file(["text"]), "secret")
    assert refusal("a.pdf", lock).startswith("This PDF is locked with a password.")
    assert text_of("a.pdf", locked(pdf_file(["text"]), "")) == "text"
    assert refusal("a.pdf", pdf_file(["text"], pages=41)).startswith("This PDF has 41 pages")
    assert refusal("a.pdf", pdf_file([])).startswith("This PDF holds pictures of pages")
    assert refusal("a.pdf", pdf_file([], stream=b"q " * 45_000_000)).endswith("paste its text.")


def test_a_mail_or_page_that_is_nested_beyond_reason_harms_nothing() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=a%d\n\n--a%d\n" % (one, one) for one in range(3000))
    assert refusal("a.eml", b"Subject: x\n" + deep + b"\n\ntext").startswith("The file takes more memory")
    assert "text" in text_of_paste("<html><body>" + "<div>" * 100 + "text" + "</div>" * 100)
    assert refusal("a.html", b"<html><body>" + b"<div>" * 150_000 + b"text")


def test_a_file_that_takes_too_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SECONDS", 0.01)
    assert refusal("a.txt", b"text").startswith("The file takes more time or memory")
