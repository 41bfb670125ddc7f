"""Owns what a hand-over takes and gives: a parcel with all there is to send, an outcome with all that came of it."""

import time
from dataclasses import dataclass
from datetime import timedelta

from mailings.compose import Address
from mailings.retry import Verdict
from mailings.text import foreign_line

#: So much of a provider's words can be kept.
LONGEST_ID, LONGEST_ANSWER = 200, 500
#: A clock that nobody sets. On Linux it goes on while the machine sleeps, as the lease in the database does.
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Seconds on that clock."""
    return time.clock_gettime(CLOCK)


@dataclass(frozen=True)
class Parcel:
    """One claimed message, complete: whoever hands it over needs no database."""

    pk: int
    uid_hex: str
    kind: str
    #: ``now()`` after which it must not be begun, because the lease could run out in the middle.
    begin_before: float
    message_id_header: str
    sender: Address
    reply_to: str
    subject: str
    text: str
    html: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    #: The provider that is handed it.
    provider: str
    #: True where something was wrong with that provider when this was claimed.
    troubled: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of handing over one parcel."""

    parcel: Parcel
    verdict: Verdict
    #: The provider's id for the message, where it gave one.
    provider_message_id: str = ""
    #: The provider's or the error's own words, for staff.
    answer: str = ""
    retry_after: timedelta | None = None
    #: False where nothing was tried because the lease was nearly over.
    begun: bool = True
    #: Addresses that the provider refused while it took the rest, in lower case.
    refused: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Make the provider's words fit for the database: one that it refused would keep all answers from it."""
        object.__setattr__(self, "provider_message_id", foreign_line(self.provider_message_id, LONGEST_ID))
        object.__setattr__(self, "answer", foreign_line(self.answer, LONGEST_ANSWER))
