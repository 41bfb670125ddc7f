"""Owns the making of small documents for tests: Word files, PDFs, mails, and harmful ones."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from email.message import EmailMessage

import docx
import pypdf
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph


def saved(document: "docx.document.Document") -> bytes:
    """A document as the bytes of its file."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_link(paragraph: Paragraph, words: str, where: str) -> None:
    """Put a link at the end of a paragraph."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(where, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = words
    run.append(text)
    link.append(run)
    paragraph._p.append(link)


def word_file() -> bytes:
    """An urgent action as a Word file: head in the page's header, a list, three offices in the columns of a table."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "First UA: 12/24 Index: EUR 28/1/2024 Iceland Date: 5 March 2024"
    document.add_paragraph("URGENT ACTION")
    document.add_paragraph("GEESE OF AN INVENTED LAKE COUNTED AS SOLDIERS")
    paragraph = document.add_paragraph("An office counted the geese of the lake on 1 March. ")
    add_link(paragraph, "The count", "https://example.org/count")
    document.add_paragraph("Please write immediately in Icelandic or English:")
    for ask in ("urging that the geese be counted anew;", "asking for the papers of the count."):
        document.add_paragraph(ask, style="List Bullet")
    document.add_paragraph("PLEASE SEND APPEALS BEFORE 16 APRIL 2024 TO:")
    cells = document.add_table(rows=1, cols=3).rows[0].cells
    cells[0].text = "Minister of Lakes\nSigrun Invented\n1 Quay Road\nReykjavik\nSalutation: Dear Minister"
    cells[1].text = "Governor\nOlaf Invented\n2 Quay Road\nReykjavik\nEmail: governor@lakes.example.org"
    cells[2].text = "And copies to:\nAmbassador\nEmbassy of Iceland\n3 Quay Road\nOttawa"
    return saved(document)


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """A Word file with something else in one of its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            data = before.read(part)
            after.writestr(part.filename, data.replace(old, new) if part.filename == name else data)
    return stream.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    """A Word file with one more part."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def pdf_file(lines: Iterable[str], pages: int = 1, *, stream: bytes | None = None) -> bytes:
    """A PDF whose pages, long enough for all of them, show these lines, in Latin letters."""
    shown = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    content = zlib.compress(b"BT /F1 10 Tf 12 TL 50 780 Td\n" + shown + b"ET" if stream is None else stream)
    kids = b" ".join(b"%d 0 R" % (5 + page) for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    fonts = b"/Resources << /Font << /F1 3 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 -1600 595 842] /Contents 4 0 R %s >>" % fonts
    return _numbered([*objects, *[page] * pages])


def _escaped(line: str) -> bytes:
    return line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _numbered(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return body + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def locked(content: bytes, password: str) -> bytes:
    """A PDF with a password for whoever opens it; "" only forbids changes."""
    writer, stream = pypdf.PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.encrypt(password, "owner", algorithm="RC4-128")
    writer.write(stream)
    return stream.getvalue()


def mail_file(text: str, page: str = "", subject: str = "Fwd: UA 12/24: geese") -> bytes:
    """A mail with a text, a page or both."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "desk@example.org", "list@example.org", subject
    if text:
        mail.set_content(text)
    if page and text:
        mail.add_alternative(page, subtype="html")
    elif page:
        mail.set_content(page, subtype="html")
    return bytes(mail)
