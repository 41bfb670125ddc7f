"""An urgent action's text -> the fields of a draft update. Never guesses, completes or mends an address."""

from advocacy.reading.draft import DraftTarget, DraftUpdate, Fault
from advocacy.reading.layout import read

__all__ = ["DraftTarget", "DraftUpdate", "Fault", "read"]
