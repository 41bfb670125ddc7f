"""Tests of the visitors: what they ask, and where an answer ends."""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.load import Plan, Visitors, answer_length, requests_of

pytestmark = pytest.mark.once


class Site(BaseHTTPRequestHandler):
    """Takes what is posted, and closes every third connection."""

    protocol_version = "HTTP/1.1"
    heard: list[bytes]
    numbers: "itertools.count[int]"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(body)
        self.send_response(302 if body != b"wrong" else 422)
        self.send_header("Content-Length", "0")
        if next(self.numbers) % 3 == 0:
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing for stderr."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    Site.heard, Site.numbers = [], itertools.count(1)
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def plan(port: int, bodies: list[str]) -> Plan:
    return Plan(port, "POST", "/", {"X-Kind": "test"}, connections=3, seconds=20.0, bodies=bodies)


def test_each_body_is_posted_once_whoever_closes_the_connection(site: ThreadingHTTPServer) -> None:
    bodies = [f"letter {number}" for number in range(20)]
    told = asyncio.run(Visitors(plan(site.server_port, [*bodies, "wrong"])).run())
    assert sorted(Site.heard) == sorted([body.encode() for body in bodies] + [b"wrong"])
    assert told.statuses == {"302": 20, "422": 1}
    assert told.answers == 21
    assert 0 < told.median <= told.p99


def test_a_request_names_the_length_of_its_body() -> None:
    (request,) = requests_of(plan(80, ["é"]))
    assert request.endswith("\r\nContent-Length: 2\r\n\r\né".encode())
    assert b"X-Kind: test\r\n" in request


@pytest.mark.parametrize(
    ("answer", "complete"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
    ],
)
def test_it_knows_where_an_answer_ends(answer: bytes, complete: bool) -> None:
    found = answer_length(answer, answer.find(b"\r\n\r\n"))
    assert found == (len(answer) if complete else None)
