"""Owns Word files: header, paragraphs and tables in their order, links and list items kept."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from lxml import etree

from advocacy.reading.draft import Fault
from advocacy.reading.files.lines import link, table, tidy
from advocacy.reading.files.runs import Seen, refuse_unseen_box

MOST_PARTS, MOST_UNPACKED, MOST_OF_A_PART = 1000, 80_000_000, 20_000_000
_DAMAGED = "The Word file is damaged. Open it in Word, save it again as .docx, or paste its text."
_MACROS = "This Word file carries macros, and is not opened. Save it as .docx without macros."
_OTHER = "This is not a Word file. Save the document as .docx, or paste its text."
_TRACKED = "This Word file has tracked changes. Accept or reject them all, save it, and choose it again."
_BOMB = "The Word file unpacks to far more than a document. It is not opened; paste its text instead."
#: Marks of a change that nobody accepted, and the parts of a file that may hold one.
_CHANGES = ("w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:cellIns", "w:cellDel")
_PARTS = ("main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
_WRAPPERS = ("smartTag", "fldSimple", "customXml", "dir", "bdo")
_LISTS = ("List Bullet", "List Number", "List Paragraph")


def text_of(content: bytes) -> str:
    """The text of a Word file, its header first.

    Raises:
        Fault: where it is damaged, another archive, a bomb, carries macros, has changes that nobody accepted, or words
            that are struck out or that nobody sees.
    """
    _look_inside(content)
    try:
        document = docx.Document(io.BytesIO(content))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Fault([_DAMAGED]) from error
    _refuse_changes(document)
    seen = Seen(document)
    lines = list(_header(document, seen))
    seen.learn(document.element.body)
    _unwrap(document.element.body)
    lines += ["", *_content(document, seen)]
    text = tidy(lines)
    if not text.strip():
        raise Fault(["The Word file holds no text; perhaps only pictures. Type the text, or choose another file."])
    return text


def _look_inside(content: bytes) -> None:
    """Refuse what is no Word file, or one that should not be opened, by its list of parts and their sizes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Fault([_BOMB])
            if any(name.casefold().endswith("vbaproject.bin") for name in names):
                raise Fault([_MACROS])
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise Fault([_OTHER])
            if b"macroenabled" in archive.read("[Content_Types].xml").lower():
                raise Fault([_MACROS])
            _look_into(archive, parts)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Fault([_DAMAGED]) from error


def _look_into(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Word writes no document type, so no entities: a part that declares one was made to do harm."""
    for part in parts:
        if part.filename.casefold().endswith((".xml", ".rels")):
            if part.file_size > MOST_OF_A_PART:
                raise Fault([_BOMB])
            if b"<!DOCTYPE" in archive.read(part) or b"<!ENTITY" in archive.read(part):
                raise Fault([_DAMAGED])


def _refuse_changes(document: Any) -> None:
    """Refuse a file with changes that nobody accepted, wherever in it they stand."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for part in document.part.package.iter_parts():
        if part.content_type.endswith(_PARTS):
            root = part.element if hasattr(part, "element") else etree.fromstring(part.blob, parser)
            if next(root.iter(*(qn(name) for name in _CHANGES)), None) is not None:
                raise Fault([_TRACKED])


def _header(document: Any, seen: Seen) -> Iterator[str]:
    for section in document.sections:
        for header in (section.first_page_header, section.header):
            if not header.is_linked_to_previous:
                seen.learn(header._element)
                _unwrap(header._element)
                yield from _content(header, seen)
        return


def _unwrap(element: Any) -> None:
    """Take content controls, smart tags and simple fields out: they hide their words from python-docx."""
    for tag, inner in (("w:sdt", "w:sdtContent"), *((f"w:{one}", "") for one in _WRAPPERS)):
        for wrapper in list(element.iter(qn(tag))):
            holder = wrapper.find(qn(inner)) if inner else wrapper
            parent = wrapper.getparent()
            place = parent.index(wrapper)
            for child in reversed(list(holder) if holder is not None else []):
                parent.insert(place, child)
            parent.remove(wrapper)


def _content(container: Any, seen: Seen) -> Iterator[str]:
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            yield ""
            yield from table(_rows(block, seen))
            yield ""
        else:
            yield from _paragraph(block, seen)
            yield ""


def _rows(block: Table, seen: Seen) -> list[list[list[str]]]:
    rows = []
    for row in block.rows:
        if row._tr.trPr is not None and row._tr.trPr.find(qn("w:hidden")) is not None:
            continue
        cells, known = [], set[Any]()
        for cell in row.cells:
            if cell._tc not in known:  # A merged cell is given once for each column that it spans.
                known.add(cell._tc)
                cells.append([line for line in _content(cell, seen) if line.strip()])
        rows.append(cells)
    return rows


def _paragraph(paragraph: Paragraph, seen: Seen) -> Iterator[str]:
    words = ""
    for part in paragraph.iter_inner_content():
        runs = part.runs if isinstance(part, Hyperlink) else [part]
        text = "".join(run.text for run in runs if seen.shows(run._r))
        words += link(text, part.url) if isinstance(part, Hyperlink) else text
    mark = "- " if words.strip() and _is_item(paragraph) else ""
    lines = words.split("\n")
    yield f"{mark}{lines[0]}"
    yield from lines[1:]
    yield from _boxes(paragraph, seen)


def _is_item(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    style = paragraph.style.name if paragraph.style is not None else ""
    return numbered or bool(style and style.startswith(_LISTS[:2]))


def _boxes(paragraph: Paragraph, seen: Seen) -> Iterator[str]:
    """The words of text boxes that hang on a paragraph; older copies of them for older programs are left out."""
    for box in paragraph._p.iter(qn("w:txbxContent")):
        if any(parent.tag.endswith("}Fallback") for parent in box.iterancestors()):
            continue
        refuse_unseen_box(box)
        yield ""
        for inner in box.iter(qn("w:p")):
            runs = (run for run in inner.iter(qn("w:r")) if seen.shows(run))
            yield "".join(text.text or "" for run in runs for text in run.iterchildren(qn("w:t")))
