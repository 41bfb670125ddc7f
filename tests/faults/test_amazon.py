"""Row 27: Amazon's library would try again by itself. One letter is one request, whatever becomes of it."""

import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from config.mail import Account, anymail_settings
from mailings import provider as handing_over
from mailings.abilities import PROVIDERS
from mailings.provider import hand_over
from mailings.retry import Verdict
from tests.mailings.test_provider import parcel

pytestmark = pytest.mark.once

JSON = "application/json"
TAKEN = b'{"MessageId": "0100-taken"}'
#: Mode -> what it means. A number is answered as an HTTP status.
MODES: dict[Any, Verdict] = {
    200: Verdict.SENT,
    "hang": Verdict.IN_DOUBT,
    "reset": Verdict.IN_DOUBT,
    "close": Verdict.IN_DOUBT,
    500: Verdict.IN_DOUBT,
    502: Verdict.IN_DOUBT,
    503: Verdict.IN_DOUBT,  # Its library keeps the answer's headers to itself.
    429: Verdict.LATER,
    403: Verdict.TRANSPORT_DOWN,
    400: Verdict.NEVER,
}


class Amazon(ThreadingHTTPServer):
    """Something on loopback that behaves as badly as it is told, and counts."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mode: Any = 200
        self.posts = 0
        self.over = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that was cut is what this is about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Amazon

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        mode = self.server.mode
        if isinstance(mode, int):
            body = TAKEN if mode == 200 else b'{"message": "No."}'
            self.send_response(mode)
            for name, value in (("Content-Type", JSON), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            return
        if mode == "hang":
            self.server.over.wait(30)
        elif mode == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def amazon(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    """Amazon SES on loopback, and live mode before it, as its variables in the environment set it."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key-of-the-tests",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    server = Amazon()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    account = Account(PROVIDERS["amazon_ses"], "", url)
    made = anymail_settings(account, webhook_secret="appeal:a-long-and-random-password", further={})
    made["AMAZON_SES_CLIENT_PARAMS"]["config"] = {**made["AMAZON_SES_CLIENT_PARAMS"]["config"], "read_timeout": 1}
    settings.ANYMAIL = made
    settings.MAIL_MODE, settings.MAIL_PROVIDER = "live", "amazon_ses"
    settings.MAIL_PROVIDER_API_URL = url
    settings.EMAIL_BACKEND = PROVIDERS["amazon_ses"].backend
    yield server
    handing_over.close()
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.parametrize(("mode", "verdict"), MODES.items(), ids=[str(mode) for mode in MODES])
def test_one_letter_is_one_request(amazon: Amazon, mode: Any, verdict: Verdict) -> None:
    amazon.mode = mode
    outcome = hand_over(parcel())
    assert (amazon.posts, outcome.verdict) == (1, verdict), outcome.answer


def test_nobody_there_is_surely_not_taken(amazon: Amazon) -> None:
    amazon.shutdown()
    amazon.server_close()
    assert hand_over(parcel()).verdict is Verdict.TRANSPORT_DOWN
