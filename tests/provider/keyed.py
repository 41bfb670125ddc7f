"""Owns two providers on loopback that send a mail once however often it is asked for under one key: Resend, Brevo."""

import threading
from enum import Enum
from typing import Any

from tests.provider.small import Asked, Said, SmallServer


class Line(Enum):
    """How the line to the provider behaves at present."""

    FINE = "carries request and answer"
    CUT_AFTER = "is cut when the provider has taken the mail"
    CUT_BEFORE = "is cut before the provider has taken it"
    REFUSED = "the provider does not let this key in"
    BUSY = "the provider takes no more for a while"
    BROKEN = "the provider answers with a fault of its own"


REFUSALS = {Line.REFUSED: 401, Line.BUSY: 429, Line.BROKEN: 500}


class KeyedProvider(SmallServer):
    """What both have in common. ``mails`` are those that it sent, each once; ``line`` may change at any time."""

    def __init__(self) -> None:
        super().__init__(self._say)
        self.line = Line.FINE
        self.mails: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._taken: dict[str, tuple[dict[str, Any], str]] = {}

    def forget_keys(self) -> None:
        """Let the time pass for which keys are known."""
        self._taken.clear()

    def _say(self, asked: Asked) -> Said:
        if self.line in REFUSALS:
            return Said(REFUSALS[self.line], {"message": "no"})
        if self.line is Line.CUT_BEFORE:
            return Said(cut=True)
        with self._lock:
            said = self._take(self.key_of(asked), asked.fields)
        return Said(cut=True) if self.line is Line.CUT_AFTER else said

    def _take(self, key: str, fields: dict[str, Any]) -> Said:
        if key in self._taken:
            return self.said_again(fields, *self._taken[key])
        self.mails.append(fields)
        name = f"mail-{len(self.mails)}"
        if key:
            self._taken[key] = (fields, name)
        return self.said_first(name)

    def key_of(self, asked: Asked) -> str:
        """The key of a request, "" where it has none."""
        raise NotImplementedError

    def said_first(self, name: str) -> Said:
        """The answer to a mail that is taken under ``name``."""
        raise NotImplementedError

    def said_again(self, fields: dict[str, Any], earlier: dict[str, Any], name: str) -> Said:
        """The answer to a key that was used before, for ``earlier``."""
        raise NotImplementedError


class Resend(KeyedProvider):
    """The key stands in the head of the request; the same request gets the same answer, another one is refused."""

    def key_of(self, asked: Asked) -> str:
        return asked.headers.get("Idempotency-Key", "")

    def said_first(self, name: str) -> Said:
        return Said(200, {"id": name})

    def said_again(self, fields: dict[str, Any], earlier: dict[str, Any], name: str) -> Said:
        if fields != earlier:
            return Said(409, {"name": "invalid_idempotent_request", "message": "Same key, another mail."})
        return self.said_first(name)


class Brevo(KeyedProvider):
    """The key stands among the mail's headers; a used key is refused, and nothing is said of what became of it."""

    def key_of(self, asked: Asked) -> str:
        return str(asked.fields["headers"].get("idempotencyKey", ""))

    def said_first(self, name: str) -> Said:
        return Said(201, {"messageId": f"<{name}@smtp-relay.example.org>"})

    def said_again(self, fields: dict[str, Any], earlier: dict[str, Any], name: str) -> Said:
        return Said(400, {"code": "duplicate_parameter", "message": "This key was used before."})
