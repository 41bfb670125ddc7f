"""Owns a small HTTP server on loopback whose every answer a test writes itself."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """Its body, where that is a JSON object."""
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Said:
    """One answer. A body that is not bytes goes out as JSON; ``cut`` resets the line instead of answering."""

    status: int = 200
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class SmallServer:
    """Use it with ``with``; it listens on a free port of loopback and asks ``answer`` what to say to each request."""

    def __init__(self, answer: Callable[[Asked], Said]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="small", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: SmallServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that was cut on purpose is no news for stderr."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Ask the owner what to say."""
        self._speak()

    def do_POST(self) -> None:
        """Ask the owner what to say."""
        self._speak()

    def _speak(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()), body)
        self.server.owner.asked.append(asked)
        said = self.server.owner.answer(asked)
        if said.cut:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(content), **said.headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
