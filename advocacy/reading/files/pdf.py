"""Owns PDF files: the text of their pages; one with words that nobody sees is refused."""

import io

import pypdf
from pypdf import filters
from pypdf.errors import DependencyError, PyPdfError

from advocacy.reading.draft import Fault
from advocacy.reading.files.ink import Watch, layers_off

MOST_PAGES = 40
_LOCKED = "This PDF is locked with a password. Open it, print it to a new PDF without one, or paste its text."
_DAMAGED = "The PDF is damaged. Open it and print it to a new PDF, or paste its text."
_PICTURES = "This PDF holds pictures of pages and no text. Ask for the document it was made from, or type its text."
_UNSEEN = (
    "This PDF holds words that nobody sees: without ink, white, tiny, covered or beside the page. "
    "Open it, and paste what you see."
)


def text_of(content: bytes) -> str:
    """The text of a PDF, page after page.

    Raises:
        Fault: where it is locked, damaged, too long, holds only pictures, or words that nobody sees.
    """
    filters.JBIG2DEC_BINARY = None  # No other program is started for a picture.
    try:
        text = "\n\n".join(_pages(content))
    except Fault:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise Fault([_DAMAGED]) from error
    if not text.strip():
        raise Fault([_PICTURES])
    return text.replace("\x00", "").strip("\n")


def _pages(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if not _opens(reader):
        raise Fault([_LOCKED])
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise Fault([f"This PDF has {count} pages; an urgent action has a few. Paste the text that belongs to it."])
    off = layers_off(reader.trailer["/Root"])
    return [_seen(page, off) for page in reader.pages]


def _seen(page: pypdf.PageObject, off: frozenset[int]) -> str:
    watch = Watch(page, off)
    text = page.extract_text(visitor_operand_before=watch.before, visitor_operand_after=watch.after)
    if watch.unseen:
        raise Fault([_UNSEEN])
    return text


def _opens(reader: pypdf.PdfReader) -> bool:
    """True for a PDF that anybody may open: one without a lock, or with one that only forbids changes."""
    if not reader.is_encrypted:
        return True
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False
