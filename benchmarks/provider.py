"""Owns the provider that every engine sends to: Postmark's `/email` on loopback, in a process of its own, made cheap.

`python -m benchmarks.provider PORT` listens until its standard input is closed, so it never outlives who started it. It
takes HTTP/1.1 by hand, because it must never be what binds a measurement. `GET /_counts` tells what came, `POST
/_weather` forgets all of it and sets how it behaves.
"""

import asyncio
import json
import random
import re
import socket
import struct
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.letters import OFFICE

LETTER_ID = re.compile(rb'"message-id",\s*"value":\s*"<([0-9a-f]{32})@', re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
ASKED_FOR = re.compile(rb"[0-9a-f]{32}")
#: Makes a closed connection end with a reset instead of a goodbye.
RESET = struct.pack("ii", 1, 0)
#: What may happen to a letter, and whether the provider has taken it when it does.
TAKES = {"fine": True, "429": False, "503": False, "reset": True, "silence": True}


@dataclass
class Tally:
    """How it behaves, and everything that came since that was set."""

    #: Seconds over each answer.
    delay: float = 0.0
    #: The part of all requests that meets a fault, by its name.
    rates: dict[str, float] = field(default_factory=dict)
    seed: int = 1
    #: How often each letter was taken, and when each was taken first.
    copies: Counter[bytes] = field(default_factory=Counter)
    arrivals: list[float] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    #: Letters that were taken though their sender did not hear it.
    ambiguous: set[bytes] = field(default_factory=set)
    unreadable: int = 0
    began: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def fate(self) -> str:
        """What happens to the next request: the same row of fates for every engine."""
        if not self.rates:
            return "fine"
        drawn = self._dice.random()
        for name, rate in self.rates.items():
            if drawn < rate:
                return name
            drawn -= rate
        return "fine"

    def offer(self, body: bytes) -> str:
        """Count one letter that was offered. Returns its fate."""
        fate = self.fate()
        self.fates[fate] += 1
        found = LETTER_ID.search(body)
        if found is None:
            self.unreadable += 1
        elif TAKES[fate]:
            letter = found[1]
            if letter not in self.copies:
                self.arrivals.append(time.monotonic())
            self.copies[letter] += 1
            if fate != "fine":
                self.ambiguous.add(letter)
        return fate

    def counts(self) -> dict[str, Any]:
        """What `GET /_counts` tells."""
        return {
            "copies": {letter.decode(): count for letter, count in self.copies.items()},
            "arrivals": self.arrivals,
            "fates": dict(self.fates),
            "ambiguous": sorted(letter.decode() for letter in self.ambiguous),
            "unreadable": self.unreadable,
            "cpu": time.process_time() - self.began,
        }


def answer(status: str, body: bytes, more: bytes = b"") -> bytes:
    """One HTTP answer, complete."""
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n"
    return head % (status.encode(), more, len(body)) + body


def refusal(fate: str) -> bytes:
    """The answer to a letter that was not taken: come again in a second."""
    status = {"429": "429 Too Many Requests", "503": "503 Service Unavailable"}[fate]
    return answer(status, b'{"ErrorCode": %s, "Message": "Not now."}' % fate.encode(), b"Retry-After: 1\r\n")


class Provider:
    """What all connections share."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.tally = Tally()
        self._taken = 0

    def accepted(self) -> bytes:
        """Postmark's answer to a letter that it took, with an id of its own."""
        self._taken += 1
        text = (
            f'{{"To":"{OFFICE}","SubmittedAt":"2026-01-01T00:00:00Z",'
            f'"MessageID":"{self.tally.seed:08x}-0000-4000-8000-{self._taken:012x}","ErrorCode":0,"Message":"OK"}}'
        )
        return answer("200 OK", text.encode())

    def control(self, target: bytes, body: bytes) -> bytes:
        """Answer the one who measures, or an engine that looks a letter up."""
        if target == b"/_counts":
            return answer("200 OK", json.dumps(self.tally.counts()).encode())
        if target == b"/_progress":
            return answer("200 OK", json.dumps({"letters": len(self.tally.copies)}).encode())
        if target == b"/_weather":
            self.tally = Tally(**json.loads(body))
            return answer("200 OK", b"{}")
        if target.startswith(b"/messages/outbound"):
            return answer("200 OK", json.dumps(self._looked_up(target)).encode())
        return answer("404 Not Found", b"{}")

    def _looked_up(self, target: bytes) -> dict[str, Any]:
        """Postmark's list of the letters that bear an id which was asked for."""
        found = [letter.decode() for letter in ASKED_FOR.findall(target) if letter in self.tally.copies]
        messages = [{"MessageID": letter, "Metadata": {"m": letter}, "Status": "Sent"} for letter in found]
        return {"TotalCount": len(messages), "Messages": messages}


class Connection(asyncio.Protocol):
    """One kept-open connection: one request at a time, as HTTP/1.1 clients make them."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        head_end = self.read.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self.read[:head_end])
        length = LENGTH.search(head)
        end = head_end + 4 + (int(length[1]) if length else 0)
        if len(self.read) < end:
            return
        body = bytes(self.read[head_end + 4 : end])
        del self.read[:end]
        self.request(head.split(b" ", 2)[1], body)

    def request(self, target: bytes, body: bytes) -> None:
        """Take a letter and answer after the delay; whatever else is asked is answered at once."""
        if target != b"/email":
            self.transport.write(self.provider.control(target, body))
            return
        fate = self.provider.tally.offer(body)
        if fate == "silence":
            return  # The sender gives up and closes.
        if self.provider.tally.delay:
            self.provider.loop.call_later(self.provider.tally.delay, self.end, fate)
        else:
            self.end(fate)

    def end(self, fate: str) -> None:
        """Answer as the fate of this letter is."""
        if self.transport.is_closing():
            return
        if fate == "fine":
            self.transport.write(self.provider.accepted())
        elif fate == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.transport.abort()
        else:
            self.transport.write(refusal(fate))


async def serve(port: int) -> None:
    """Listen on loopback until standard input is closed."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    provider = Provider(loop)
    async with await loop.create_server(lambda: Connection(provider), "127.0.0.1", port, backlog=512):
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
