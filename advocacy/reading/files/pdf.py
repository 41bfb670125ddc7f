"""Owns PDF files: the text of their pages."""

import io

import pypdf
from pypdf import filters
from pypdf.errors import PyPdfError

from advocacy.reading.draft import Fault

MOST_PAGES = 40
_LOCKED = "This PDF is locked with a password. Open it, print it to a new PDF without one, or paste its text."
_DAMAGED = "The PDF is damaged. Open it and print it to a new PDF, or paste its text."
_PICTURES = "This PDF holds pictures of pages and no text. Ask for the document it was made from, or type its text."


def text_of(content: bytes) -> str:
    """The text of a PDF, page after page.

    Raises:
        Fault: where it is locked, damaged, too long, or holds only pictures.
    """
    filters.JBIG2DEC_BINARY = None  # No other program is started for a picture.
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Fault([_LOCKED])
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise Fault([f"This PDF has {count} pages; an urgent action has a few. Paste the text that belongs to it."])
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise Fault([_DAMAGED]) from error
    text = "\n\n".join(pages)
    if not text.strip():
        raise Fault([_PICTURES])
    return text.replace("\x00", "")
