"""Owns the threads of one worker: as many hand-overs side by side as it has connections, each answer told at once.

A rolling window, not a barrier: a thread that is done gets the next message while the others are still under way. The
threads touch no database; whoever drives the window owns the one connection to it.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from mailings.parcel import Outcome, Parcel
from mailings.retry import Verdict

#: After the first answer, wait this long for others, so that one commit records several; and no longer than this for
#: each: where the next is not in sight, a connection would lie idle for nothing.
GATHER_SECONDS, NEXT_SECONDS = 0.01, 0.002
UNDER_WAY = "Claimed again while this worker still waited for the answer to its first hand-over."


class Window:
    """Hands over up to ``size`` parcels at a time. Use it with ``with``: at its end every answer has come."""

    def __init__(self, size: int, hand_over: Callable[[Parcel], Outcome], close: Callable[[], None]) -> None:
        self.size = size
        self._hand_over = hand_over
        self._close = close
        self._waiting: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._flying: dict[int, Parcel] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    @property
    def flying(self) -> list[int]:
        """The messages that are under way."""
        return list(self._flying)

    @property
    def free(self) -> int:
        """How many more may be under way."""
        return self.size - len(self._flying)

    def begin(self, parcels: Iterable[Parcel]) -> None:
        """Hand these over, one thread each. Threads are started as they are needed and kept."""
        new = list(parcels)
        while len(self._threads) < min(len(self._flying) + len(new), self.size):
            name = f"hand-over-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            thread.start()  # Where the machine gives none, nothing is under way for which nobody would ever answer.
            self._threads.append(thread)
        for parcel in new:
            if parcel.pk in self._flying:  # Its lease ran out. A second request beside the first might double it.
                self._answers.put(Outcome(parcel, Verdict.IN_DOUBT, answer=UNDER_WAY, begun=False))
                continue
            self._flying[parcel.pk] = parcel
            self._waiting.put(parcel)

    def answers(self) -> list[Outcome]:
        """The answers that are in: one at least, and more for half the window or a moment. Empty: none is due."""
        if not self._flying:
            return []
        found = [self._answers.get()]
        end = time.monotonic() + GATHER_SECONDS
        while len(found) < len(self._flying) and (self.free + len(found)) * 2 < self.size:
            try:
                found.append(self._answers.get(timeout=min(NEXT_SECONDS, max(0.0, end - time.monotonic()))))
            except queue.Empty:
                break
        while not self._answers.empty():
            found.append(self._answers.get())
        for outcome in found:
            if self._flying.get(outcome.parcel.pk) is outcome.parcel:
                del self._flying[outcome.parcel.pk]
        return found

    def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            return self._hand_over(parcel)
        except Exception as error:  # noqa: BLE001  Without an answer the window would wait for ever.
            return Outcome(parcel, Verdict.IN_DOUBT, answer=f"{type(error).__name__} while it was handed over")

    def _run(self) -> None:
        try:
            while (parcel := self._waiting.get()) is not None:
                self._answers.put(self._outcome(parcel))
        finally:
            self._close()
