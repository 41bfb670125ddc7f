"""Owns which kind a file is: by its ending, held against what is in it; a remedy in words where it is not read."""

import re

from advocacy.reading.draft import Fault

MOST_BYTES = 10_000_000
#: Ending -> the kind whose reader takes it.
ENDINGS = {
    "docx": "word", "pdf": "pdf", "html": "html", "htm": "html", "xhtml": "html", "txt": "plain", "text": "plain",
    "md": "plain", "eml": "mail",
}  # fmt: skip
NAMES = {"word": "a Word file (.docx)", "pdf": "a PDF", "html": "a web page", "plain": "plain text", "mail": "a mail"}
_OURS = "Save it as .docx, .pdf, .html, .txt or .eml, or paste its text."
#: Ending -> what to do with a file that is not read.
REMEDIES = {
    "doc": "This is Word's old format. Open it in Word or LibreOffice and save it as .docx.",
    "docm": "This Word file may carry macros, and is not opened. Save it as .docx.",
    "dotm": "This Word file may carry macros, and is not opened. Save it as .docx.",
    "dotx": "This is a Word template. Save it as .docx.",
    "rtf": "RTF files are not read. Open it in Word or LibreOffice and save it as .docx.",
    "odt": "OpenDocument files are not read. Open it in LibreOffice and save it as .docx.",
    "msg": "Outlook's own format is not read. Save the mail as .eml or .html, or paste its text.",
    "zip": "An archive is not opened. Unpack it and choose the document in it.",
    "xlsx": f"A spreadsheet is not read. {_OURS}",
    "pptx": f"Slides are not read. {_OURS}",
    "pages": "Pages files are not read. In Pages, export it as Word (.docx).",
    "mht": "Web archives are not read. Save the page as .html.",
    "mhtml": "Web archives are not read. Save the page as .html.",
}
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "tif", "tiff", "bmp", "webp", "heic"})
_PICTURE = "A picture holds no text that can be read. Choose the document itself, or type its text."
#: How a file of each kind begins, whatever it is called.
_BEGINNINGS = (
    (b"%PDF-", "pdf"), (b"PK\x03\x04", "word"), (b"PK\x05\x06", "word"), (b"\xd0\xcf\x11\xe0", "ole"),
    (b"{\\rtf", "rtf"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"),
    (b"II*\x00", "picture"), (b"MM\x00*", "picture"), (b"BM", "picture?"), (b"MZ", "program"), (b"\x7fELF", "program"),
)  # fmt: skip
_OLE = (
    "This is Word's old format, or a Word file that is locked with a password. "
    "Open it in Word and save it as .docx without a password."
)
_MARKUP = re.compile(rb"<(?:!doctype html|html|head|body|p|div|br|table|span)\b", re.IGNORECASE)
HEAD = 4096


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file.

    Args:
        name: as the browser gave it; only its ending is looked at.
        content: the whole file.
    Returns:
        word, pdf, html, plain or mail.
    Raises:
        Fault: with a remedy, where the file is of another kind, too large, empty, or not what its ending says.
    """
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise Fault(["The file is empty. Choose another one, or paste its text."])
    if len(content) > MOST_BYTES:
        raise Fault([f"The file is larger than {MOST_BYTES // 1_000_000} MB. Paste its text instead."])
    ending = name.strip().rpartition(".")[2].casefold() if "." in name else ""
    inside = _inside(content)
    kind = ENDINGS.get(ending, "")
    if not kind:
        raise Fault([_remedy(ending, inside)])
    if inside not in {"", kind}:
        raise Fault([_mismatch(ending, kind, inside)])
    if not inside and kind in {"word", "pdf"}:
        raise Fault([f"The file ends in .{ending} but is not {NAMES[kind]}, or it is damaged. {_OURS}"])
    return kind


def _inside(content: bytes) -> str:
    head = content[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((kind for mark, kind in _BEGINNINGS if head.startswith(mark)), "")
    if found == "picture?":  # Two letters may begin a text too.
        return "picture" if b"\x00" in head[:32] else ""
    # Readers of PDF take one that begins a little later.
    return found or ("pdf" if b"%PDF-" in content[:1024] and b"%%EOF" in content[-2048:] else "")


def _remedy(ending: str, inside: str) -> str:
    if ending in _PICTURES or inside == "picture":
        return _PICTURE
    if inside == "ole" and ending not in REMEDIES:
        return _OLE
    return REMEDIES.get(ending, f"Files of this kind are not read. {_OURS}")


def _mismatch(ending: str, kind: str, inside: str) -> str:
    if inside == "picture":
        return _PICTURE
    if inside == "ole":
        return _OLE
    if inside == "rtf":
        return REMEDIES["rtf"]
    if inside in NAMES:
        right = next(one for one, its in ENDINGS.items() if its == inside)
        return f"The file ends in .{ending} but begins like {NAMES[inside]}. Rename it to .{right} if it is one."
    return f"The file ends in .{ending} but is not {NAMES[kind]}. It is not opened."


def looks_like_html(text: str) -> bool:
    """True for a pasted text that is the source of a web page."""
    head = text[:HEAD].lstrip()
    return head.startswith("<") and bool(_MARKUP.search(head.encode("utf-8", "replace")))
