"""Owns the visitors of a measured site: `python -m benchmarks.load PLAN` asks over kept-open connections, and counts.

A process of its own, so that it can be told apart from the site; HTTP/1.1 by hand, so that it costs little. It prints
what came of it as JSON, and ends by itself.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)
BODILESS = frozenset({204, 304})
#: What is still unanswered so long after the end is given up.
PATIENCE = 30.0


@dataclass(frozen=True)
class Plan:
    """What is asked of which site."""

    port: int
    method: str
    path: str
    #: Further lines of the head.
    headers: dict[str, str]
    #: How many requests are on their way side by side.
    connections: int
    #: Nothing is asked after so many seconds.
    seconds: float
    #: One request for each of these, in order; None asks the same again and again without a body.
    bodies: list[str] | None = None


@dataclass
class Told:
    """What came of it."""

    #: How many answers there were of each HTTP status.
    statuses: dict[str, int] = field(default_factory=dict)
    #: Seconds from the first request to the last answer.
    seconds: float = 0.0
    #: Milliseconds that an answer took: the median, and what 99 of 100 stay under.
    median: float = 0.0
    p99: float = 0.0
    #: CPU seconds of the visitors themselves.
    cpu: float = 0.0

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())


def requests_of(plan: Plan) -> Iterator[bytes]:
    """The requests of a plan, ready to be written."""
    lines = [f"{plan.method} {plan.path} HTTP/1.1", f"Host: 127.0.0.1:{plan.port}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in plan.headers.items())])
    if plan.bodies is None:
        same = f"{head}\r\n\r\n".encode()
        while True:
            yield same
    for body in plan.bodies:
        data = body.encode()
        yield f"{head}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def answer_length(read: bytes | bytearray, head_end: int) -> int | None:
    """How long the first answer in ``read`` is, where it is complete; else None."""
    head = bytes(read[:head_end])
    length = LENGTH.search(head)
    if length:
        end = head_end + 4 + int(length[1])
    elif CHUNKED.search(head) and int(head[9:12]) not in BODILESS:
        # One request at a time: the last chunk is the last that is read.
        end = len(read) if read.endswith(b"0\r\n\r\n") else len(read) + 1
    else:
        end = head_end + 4
    return end if len(read) >= end else None


class Visitors:
    """All connections of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.requests = requests_of(plan)
        self.statuses: Counter[int] = Counter()
        self.took: list[float] = []
        self.last = 0.0

    async def run(self) -> Told:
        """Ask until the time is over or nothing is left to ask."""
        before = time.process_time()
        began = self.last = time.monotonic()
        loops = [self._visit(began + self.plan.seconds) for _ in range(self.plan.connections)]
        await asyncio.wait_for(asyncio.gather(*loops), self.plan.seconds + PATIENCE)
        took = sorted(self.took) or [0.0]
        return Told(
            statuses={str(status): count for status, count in self.statuses.items()},
            seconds=self.last - began,
            median=took[len(took) // 2] * 1000,
            p99=took[len(took) * 99 // 100] * 1000,
            cpu=time.process_time() - before,
        )

    async def _visit(self, end: float) -> None:
        connection = await self._connect()
        for request in self.requests:
            if connection.closed:
                connection = await self._connect()
            began = time.monotonic()
            status = await connection.ask(request)
            self.last = time.monotonic()
            self.took.append(self.last - began)
            self.statuses[status] += 1
            if self.last >= end:
                break
        connection.transport.close()

    async def _connect(self) -> "Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", self.plan.port)
        return connection


class Connection(asyncio.Protocol):
    """One kept-open connection with one request on its way."""

    def __init__(self) -> None:
        self.read = bytearray()
        self.closed = False
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    async def ask(self, request: bytes) -> int:
        """The status of the answer; 0 where the connection was cut instead."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self.read += data
        head_end = self.read.find(b"\r\n\r\n")
        if head_end < 0 or (length := answer_length(self.read, head_end)) is None:
            return
        status = int(self.read[9:12])
        if CLOSES.search(bytes(self.read[:head_end])):
            self.closed = True
            self.transport.close()
        del self.read[:length]
        self._tell(status)

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        self._tell(0)

    def _tell(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)


def read_told(text: str) -> Told:
    """What the program printed."""
    told: dict[str, Any] = json.loads(text)
    return Told(**told)


def main(file: Path) -> None:
    """Follow the plan in the file, and print what came of it."""
    plan = Plan(**json.loads(file.read_text()))
    json.dump(asdict(asyncio.run(Visitors(plan).run())), sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
