"""Owns the provider's front: ``POST /email`` over HTTP on loopback, as Postmark's send API answers it."""

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.provider import index
from tests.provider.mail import Mail
from tests.provider.reporting import Reporter
from tests.provider.weather import UNREADABLE, Answer, Weather

LOOK_EVERY = 0.02  # seconds
WAIT_AT_MOST = 120.0  # seconds


class Provider:
    """A provider that keeps what it takes in memory. Use it with ``with``; it listens on a free port of ``host``.

    ``token`` is the key it lets in, ``site`` and ``secret`` are where and how it reports ("" reports nothing).
    ``delay`` is how many seconds it takes over each mail, ``weather`` how it behaves, ``weather_at`` how towards mails
    to one address (in lower case); all may change at any time. While ``answers`` is cleared it takes mails as ever and
    keeps their senders waiting.
    """

    def __init__(
        self, token: str = "key-of-the-tests", site: str = "", secret: str = "", port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        self.token = token
        self.delay = 0.0
        self.weather = Weather.FINE
        self.weather_at: dict[str, Weather] = {}
        self.answers = threading.Event()
        self.answers.set()
        #: How it answers when it is asked whether it has a mail, and what it was asked.
        self.index = index.Index.PROMPT
        self.looks: list[str] = []
        self.reports = Reporter(site, secret)
        self._lock = threading.Lock()
        self._mails: list[Mail] = []
        self._requests: Counter[str] = Counter()
        self._prepare(host, port)
        self._at: tuple[str, int] = (str(self._server.server_address[0]), int(self._server.server_address[1]))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.reports.close()
        self.shut()

    def _prepare(self, host: str, port: int) -> None:
        self._server = _Server((host, port), _Handler)
        self._server.provider = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="provider", daemon=True)

    def shut(self) -> None:
        """Answer nobody any more: new connections are refused, and those that are open end with their next request."""
        self.answers.set()
        self._server.shut = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def reopen(self) -> None:
        """Be there again, at the same address, with all that was taken before."""
        self._prepare(*self._at)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address, for MAIL_PROVIDER_API_URL."""
        return f"http://{self.host}:{self.port}/"

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self._at[0]

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._at[1]

    def weather_for(self, addresses: list[str]) -> Weather:
        """How it behaves towards a mail to these addresses."""
        return next((self.weather_at[to.lower()] for to in addresses if to.lower() in self.weather_at), self.weather)

    @property
    def requests(self) -> int:
        """How many mails were offered to it, taken or not."""
        with self._lock:
            return self._requests.total()

    def requests_from(self, address: str) -> int:
        """How many of them came from this address."""
        with self._lock:
            return self._requests[address]

    @property
    def flying(self) -> int:
        """How many mails were offered to it that it has not taken, or not yet."""
        with self._lock:
            return self._requests.total() - len(self._mails)

    @property
    def mails(self) -> list[Mail]:
        """Every mail it took, oldest first."""
        with self._lock:
            return list(self._mails)

    def mails_to(self, address: str) -> list[Mail]:
        """Every mail it took with this address under To, oldest first."""
        return [mail for mail in self.mails if address.lower() in {to.lower() for to in mail.to}]

    def forget(self) -> None:
        """Forget every mail, as if it had just been started."""
        with self._lock:
            self._mails.clear()
            self._requests.clear()

    def wait_for(self, count: int, address: str = "", seconds: float = 20.0) -> list[Mail]:
        """The mails to an address ("" for all), once there are ``count`` of them.

        Raises:
            AssertionError: when there are not so many after ``seconds``.
        """

        def found() -> list[Mail]:
            return self.mails_to(address) if address else self.mails

        if not wait_until(lambda: len(found()) >= count, seconds):
            raise AssertionError(f"{len(found())} mails to {address or 'anybody'} after {seconds:g} s, not {count}")
        return found()

    def offered(self, address: str) -> None:
        """Count one request from this address."""
        with self._lock:
            self._requests[address] += 1

    def take(self, fields: dict[str, Any]) -> Mail:
        """Accept a mail: from here on it leaves, whatever its sender hears of it."""
        mail = Mail(fields)
        with self._lock:
            self._mails.append(mail)
        self.reports.heard_of(mail)
        return mail


def wait_until(true: Callable[[], object], seconds: float) -> bool:
    """Look again and again until it is true. Returns False when it was not within ``seconds``."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_EVERY)
    return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    provider: Provider
    shut = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed in the middle of its request is what these tests are about, no news for stderr."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps the connection open, as real providers do
    server: _Server

    def do_POST(self) -> None:
        """Take one mail, or behave as the weather says."""
        provider = self.server.provider
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length or self.server.shut:  # its sender died before the last byte: no mail was offered
            self.close_connection = True
            return
        provider.offered(self.client_address[0])
        time.sleep(provider.delay)
        if self.headers.get("X-Postmark-Server-Token") != provider.token:
            self._answer(Weather.KEY_REFUSED.refusal("", []))
            return
        fields = _mail_fields(body) if self.path == "/email" else None
        if fields is None:
            self._answer(Answer(422, 402, "This is not a mail that can be read."))
            return
        mail = Mail(fields)
        weather = provider.weather_for(mail.to)
        if weather.takes_the_mail:
            mail = provider.take(fields)
        provider.answers.wait(WAIT_AT_MOST)
        self._say(mail, weather)

    def do_GET(self) -> None:
        """Say whether it has a mail."""
        provider = self.server.provider
        provider.looks.append(self.path)
        if self.headers.get("X-Postmark-Server-Token") != provider.token:
            self._answer(Weather.KEY_REFUSED.refusal("", []))
            return
        status, body = index.answer(provider.index, self.path, provider.mails)
        self._send(status, "application/json", body)

    def _say(self, mail: Mail, weather: Weather) -> None:
        if weather.hangs_up:
            if weather.cuts:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._hang_up()
        elif weather in UNREADABLE:
            body = UNREADABLE[weather]
            self._send(200, "application/json", body, length=len(body) + 40 * (weather is Weather.HALF))
            self.close_connection = weather is Weather.HALF
        elif weather is Weather.FINE:
            answer = {
                "To": mail.text_of("To"),
                "SubmittedAt": mail.accepted_at.isoformat(),
                "MessageID": mail.provider_id,
            }
            self._send(200, "application/json", json.dumps({**answer, "ErrorCode": 0, "Message": "OK"}).encode())
        else:
            self._answer(weather.refusal(next(iter(mail.to), ""), [*mail.to, *mail.cc]))

    def _answer(self, answer: Answer) -> None:
        if answer.is_json:
            body = json.dumps({"ErrorCode": answer.code, "Message": answer.words}).encode()
            self._send(answer.status, "application/json", body, answer.headers)
        else:
            self._send(answer.status, "text/html", answer.words.encode(), answer.headers)

    def _send(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        said = str(len(body) if length is None else length)
        for name, value in {"Content-Type": kind, "Content-Length": said, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        """Say nothing: tests read ``mails``."""


def _mail_fields(body: bytes) -> dict[str, Any] | None:
    """The JSON of a mail that names who it is from and to; None where it is not one."""
    try:
        fields = json.loads(body)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("From") and fields.get("To") else None
