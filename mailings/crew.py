"""Owns the processes of one drain: forked from a parent that does nothing but watch over them.

A process hands over side by side in threads, which share one Python; several processes use several cores. Each child
opens its own connections after the fork, so none is shared. A child that is killed is replaced by the loop's next
round; children whose parent was killed end by themselves.
"""

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

log = logging.getLogger(__name__)

LOOK_EVERY = 0.05  # seconds
#: A child that ends sooner would end again: wait this long before the next one.
SECONDS_BEFORE_ANOTHER = 1.0


class Crew:
    """Runs ``work`` in several processes. ``work`` is given a function that says whether to stop."""

    def __init__(self, size: int, work: Callable[[Callable[[], bool]], None]) -> None:
        self._size = size
        self._work = work
        self._stopping = False
        self._children: set[int] = set()

    def run(self, *, replace: bool) -> int:
        """Run until every child has ended of itself, or until SIGTERM or Ctrl-C; children are asked to end and awaited.

        Args:
            replace: start a new child for each that ends before it was asked to.
        Returns:
            How many children ended badly.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # What the program consists of stays shared: looking through it for garbage would copy it.
        for _ in range(self._size):
            self._start()
        bad = 0
        while self._children:
            time.sleep(LOOK_EVERY)
            self._tell()
            for child in list(self._children):
                ended, status = os.waitpid(child, os.WNOHANG)
                if not ended:
                    continue
                self._children.discard(child)
                bad += status != 0
                if replace and not self._stopping:
                    time.sleep(SECONDS_BEFORE_ANOTHER)
                    self._start()
        return bad

    def _start(self) -> None:
        parent = os.getpid()
        child = os.fork()
        if child:
            self._children.add(child)
            return
        self._children.clear()
        code = 1
        try:
            self._work(lambda: self._stopping or os.getppid() != parent)
            code = 0
        except BaseException:  # Nobody above would tell of it: the next line ends the process at once.
            log.exception("A process of the drain ended badly")
        finally:
            os._exit(code)  # Not sys.exit: what the parent prepared to do at its end is not the child's to do.

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _tell(self) -> None:
        """Ask every child to end, again and again: one may have been born in the moment of the signal."""
        for child in self._children if self._stopping else ():
            os.kill(child, signal.SIGTERM)  # Not buried yet, or it would not be among them.
