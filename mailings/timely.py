"""Owns the bound on how long an answer from a line may take as a whole.

A socket's time-out counts for each read: whoever sends a byte now and then could keep a hand-over open past its lease.
"""

import io
import socket
import time
from functools import cache
from http.client import HTTPResponse
from typing import Any


class Timely(io.RawIOBase):
    """What comes in on a socket. All of it has to come within the socket's own time-out, counted from ``begin``."""

    def __init__(self, line: socket.socket, raw: io.RawIOBase) -> None:
        self._line, self._raw = line, raw
        self._patience = line.gettimeout()
        self.begin()

    def begin(self) -> None:
        """An answer is waited for from now on."""
        self._end = float("inf") if self._patience is None else time.monotonic() + self._patience

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """As any raw stream's. Raises TimeoutError once the time is up."""
        if self._patience is None:
            return self._raw.readinto(buffer)
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer took too long as a whole")
        self._line.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._line.settimeout(self._patience)  # The next request is sent on the same line.

    def close(self) -> None:
        """Close it, and its share in the socket."""
        self._raw.close()
        super().close()


def reader(line: socket.socket) -> io.BufferedReader:
    """What ``makefile("rb")`` of a connected socket gives, with the bound. Its ``raw`` is a ``Timely``."""
    return io.BufferedReader(Timely(line, line.makefile("rb").detach()))


class TimelyResponse(HTTPResponse):
    """An HTTP response whose head and body have to come in time."""

    def __init__(self, sock: socket.socket, *args: Any, **given: Any) -> None:
        super().__init__(sock, *args, **given)
        self.fp.close()
        self.fp = reader(sock)


@cache
def timely(connection: type[Any]) -> type[Any]:
    """The same class of connections of http.client, whose responses have to come in time."""
    return type(connection.__name__, (connection,), {"response_class": TimelyResponse})
