"""Owns a mail server on loopback that speaks SMTP, and the step at which it refuses or hangs up."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


class MailServer:
    """A mail server in memory. Use it with ``with``.

    ``answers`` says what it answers to a step instead of the usual: ``greeting``, ``MAIL``, ``RCPT``, ``DATA``, ``end``
    (after the mail's last line). An empty answer hangs up without a word. ``refuses`` can be
    set to addresses that it will not take, with its answer to each.
    """

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.refuses: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="smtp", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    owner: MailServer


class _Talk(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 20

    def handle(self) -> None:
        """One talk, from the greeting to the goodbye."""
        if not self._say("greeting", "220 loopback"):
            return
        while line := self.rfile.readline():
            word = line[:4].decode("ascii", "replace").strip().upper()
            if word == "QUIT":
                self._say("QUIT", "221 goodbye")
                return
            refusal = [
                said for one, said in self.server.owner.refuses.items() if word == "RCPT" and one in line.decode()
            ]
            if not self._say(word, refusal[0] if refusal else "354 go on" if word == "DATA" else "250 loopback"):
                return
            if word == "DATA" and "DATA" not in self.server.owner.answers and not self._take():
                return

    def _take(self) -> bool:
        raw = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            raw += line.removeprefix(b".")
        self.server.owner.mails.append(message_from_bytes(raw, policy=policy.default))
        return self._say("end", "250 taken")

    def _say(self, step: str, usual: str) -> bool:
        answer = self.server.owner.answers.get(step, usual)
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        # After a refusal in the middle of a mail the talk goes on; after silence or 421 it is over.
        return bool(answer) and not answer.startswith("421")
