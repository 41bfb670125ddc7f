"""Owns what can go wrong at the provider: each kind of bad weather, and the answer that it gives."""

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Answer:
    """What a request gets. ``code`` is Postmark's own number beside the HTTP status, ``words`` its message."""

    status: int
    code: int
    words: str
    headers: dict[str, str] = field(default_factory=dict)
    #: False for a page of a gateway in front of the provider instead of its own JSON.
    is_json: bool = True


class Weather(Enum):
    """How the provider behaves at present."""

    FINE = "takes every mail"
    KEY_REFUSED = "refuses the key, as an account that was closed"
    UNPROCESSABLE = "will not take this mail at all"
    BAD_RECIPIENT = "calls the first To address broken, and sends the mail to nobody"
    INACTIVE = "calls every recipient inactive, and sends the mail to nobody"
    TOO_MANY = "takes no more for a while, and says for how long"
    BROKEN = "answers with a fault of its own"
    BUSY = "is busy, and says for how long"
    BUSY_GATEWAY = "a gateway in front of it is busy, and nobody knows what it passed on"
    CUT = "takes the mail, then the line is cut"
    SILENT = "takes the mail, then hangs up without an answer"
    GARBLED = "takes the mail, then answers with bytes that nobody can read"
    EMPTY = "takes the mail, then answers with nothing"
    HALF = "takes the mail, and the line breaks in the middle of its answer"
    BROKEN_AFTER = "takes the mail, then answers with a fault of its own"
    BAD_GATEWAY_AFTER = "takes the mail, and a gateway in front of it hears no answer"
    SLOW_GATEWAY_AFTER = "takes the mail, and a gateway in front of it gives up waiting"
    BAD_GATEWAY = "a gateway in front of it does not reach it"
    CUT_BEFORE = "cuts the line before it took the mail"
    SILENT_BEFORE = "hangs up without an answer before it took the mail"
    FORBIDDEN = "has closed the account"

    @property
    def takes_the_mail(self) -> bool:
        """True where the mail leaves, whatever the sender hears of it."""
        return self in TAKING

    @property
    def hangs_up(self) -> bool:
        """True where no answer comes at all."""
        return self in {Weather.CUT, Weather.SILENT, Weather.CUT_BEFORE, Weather.SILENT_BEFORE}

    @property
    def cuts(self) -> bool:
        """True where the line ends with a reset instead of a goodbye: the sender's read fails at once."""
        return self in {Weather.CUT, Weather.CUT_BEFORE}

    def refusal(self, first_to: str, everyone: list[str]) -> Answer:
        """The answer that is no success, whether the mail was taken or not."""
        inactive = ", ".join(everyone)
        return {
            Weather.KEY_REFUSED: Answer(401, 10, "The Server Token you provided is wrong."),
            Weather.UNPROCESSABLE: Answer(422, 300, "Invalid 'From' address: it is not a sender that we know."),
            Weather.BAD_RECIPIENT: Answer(422, 300, f"Invalid 'To' address: '{first_to}'."),
            Weather.INACTIVE: Answer(422, 406, f"Found inactive addresses: {inactive}.\nInactive recipients bounced."),
            Weather.TOO_MANY: Answer(429, 429, "Too many requests.", {"Retry-After": "7"}),
            Weather.BROKEN: Answer(500, 500, "Internal error."),
            Weather.BUSY: Answer(503, 503, "Busy.", {"Retry-After": "5"}),
            Weather.BUSY_GATEWAY: Answer(503, 0, "<h1>Service unavailable</h1>", is_json=False),
            Weather.BROKEN_AFTER: Answer(500, 500, "Internal error."),
            Weather.BAD_GATEWAY_AFTER: Answer(502, 0, "<h1>Bad gateway</h1>", is_json=False),
            Weather.SLOW_GATEWAY_AFTER: Answer(504, 0, "<h1>Gateway time-out</h1>", is_json=False),
            Weather.BAD_GATEWAY: Answer(502, 0, "<h1>Bad gateway</h1>", is_json=False),
            Weather.FORBIDDEN: Answer(403, 10, "This account has been closed."),
        }[self]


TAKING = frozenset(
    {
        Weather.FINE,
        Weather.CUT,
        Weather.SILENT,
        Weather.GARBLED,
        Weather.EMPTY,
        Weather.HALF,
        Weather.BROKEN_AFTER,
        Weather.BAD_GATEWAY_AFTER,
        Weather.SLOW_GATEWAY_AFTER,
    }
)
#: Bodies of an answer that says 200 and cannot be read. What HALF promises is longer than what it sends.
UNREADABLE = {Weather.GARBLED: b'{"ErrorCode": 0, "Mess\xff\xfe', Weather.EMPTY: b"", Weather.HALF: b'{"ErrorCode": 0,'}
