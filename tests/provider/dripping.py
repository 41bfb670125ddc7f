"""Owns a server on loopback that takes a request and then sends its answer piece by piece, without an end."""

import itertools
import socketserver
import threading
import time
from collections.abc import Iterable
from typing import Self

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n"


class Dripping:
    """Use it with ``with``. It sends ``at_once``, then ``piece`` after piece with ``pause`` seconds between two."""

    def __init__(self, at_once: bytes, piece: bytes, pause: float, *, speaks_first: bool = False) -> None:
        self.at_once, self.piece, self.pause, self.speaks_first = at_once, piece, pause, speaks_first
        self.ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="dripping", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address, as that of an API or of a proxy."""
        return f"http://127.0.0.1:{self.port}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    owner: Dripping


class _Talk(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Take what comes first, and send for a minute at most."""
        owner, end = self.server.owner, time.monotonic() + 60
        if not owner.speaks_first:
            self.request.recv(65_536)
        pieces: Iterable[bytes] = itertools.chain([owner.at_once], itertools.repeat(owner.piece))
        for piece in pieces:
            try:
                self.request.sendall(piece)
            except OSError:
                return
            if owner.ended.wait(owner.pause) or time.monotonic() > end:
                return
