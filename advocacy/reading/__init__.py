"""An urgent action's text -> the fields of a draft update. Never guesses, completes or mends an address."""

from advocacy.reading.as_labels import as_labels
from advocacy.reading.draft import DraftTarget, DraftUpdate, Fault, Unnumbered
from advocacy.reading.drafting import read
from advocacy.reading.printed import Notice, PrintedTarget, PrintedUpdate, Question, Reading
from advocacy.reading.reader import reading_of

__all__ = [
    "DraftTarget",
    "DraftUpdate",
    "Fault",
    "Notice",
    "PrintedTarget",
    "PrintedUpdate",
    "Question",
    "Reading",
    "Unnumbered",
    "as_labels",
    "read",
    "reading_of",
]
