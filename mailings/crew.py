"""Owns the processes of one drain: this one, and others that are forked from it and do the same.

A process hands over side by side in threads, which share one Python; several processes use several cores. The first
works like the others, because one that only watched would keep a copy of the program in memory for nothing. Each opens
its own connections after the fork, so none is shared. A child that is killed is replaced by the first between two
drains, when it has no other threads; children whose first was killed end by themselves. Where the system has no room
for another process, those that are there do the work, and it is tried again.
"""

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from django.db import connections

log = logging.getLogger(__name__)

#: A child that ends sooner would end again: wait this long before the next one.
SECONDS_BEFORE_ANOTHER = 1.0
#: A system without room for another process still has none a second later, and each try makes the others pause.
SECONDS_AFTER_NO_ROOM = 10.0
#: What asks for the end.
ENDS = (signal.SIGTERM, signal.SIGINT)


class Crew:
    """Runs ``work`` in several processes. ``work`` is given the crew, which says when to stop."""

    def __init__(self, size: int, work: Callable[["Crew"], None]) -> None:
        self._size = size
        self._work = work
        self._stopping = False
        self._replaces = False
        self._children: set[int] = set()
        self._bad = 0
        #: Before this moment of ``time.monotonic`` no child is started in the place of another.
        self._not_before = 0.0
        #: In a child, the process that it was forked from.
        self._first = 0

    def run(self, *, replace: bool) -> int:
        """Run until the work of every process is done; SIGTERM and Ctrl-C ask for its end, and it is awaited.

        Args:
            replace: start a new child for each that ends before it was asked to.
        Returns:
            How many children ended badly.
        """
        self._replaces = replace
        for number in ENDS:
            signal.signal(number, self._stop)
        if self._size > 1:
            gc.collect()
            gc.freeze()  # What the program consists of stays shared: looking through it for garbage would copy it.
        try:
            self._complete()
            self._work(self)
        except BaseException:
            self._end()
            raise
        finally:
            self._await_children()
        return self._bad

    def stopping(self) -> bool:
        """True once the work is to end."""
        return self._stopping or bool(self._first and os.getppid() != self._first)

    def pausing(self) -> bool:
        """True also when a child has to be replaced: what is on its way is awaited, then ``mend`` is called."""
        return self.stopping() or self._lacks_one()

    def mend(self) -> None:
        """Replace children that ended. Only while this process has no other threads."""
        if self._lacks_one():
            self._complete()

    def _lacks_one(self) -> bool:
        if not self._replaces or self._first:
            return False
        self._bury()
        lacking = len(self._children) < self._size - 1
        return lacking and time.monotonic() >= self._not_before

    def _bury(self) -> None:
        for child in list(self._children):
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self._not_before = time.monotonic() + SECONDS_BEFORE_ANOTHER
                self._await(child)

    def _complete(self) -> None:
        while len(self._children) < self._size - 1 and not self._stopping:
            connections.close_all()  # None may be shared with a child.
            if not self._start():
                self._not_before = time.monotonic() + SECONDS_AFTER_NO_ROOM
                break

    def _start(self) -> bool:
        """Start one child. False where the system has no room for it: those that are there go on without."""
        first = os.getpid()
        # A signal in this very moment is kept until each side knows who it is: Python forgets one that came before.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
        try:
            child = os.fork()
            if child:
                self._children.add(child)
            else:
                self._children.clear()
                self._first = first
        except OSError as error:
            lacking = self._size - 1 - len(self._children)
            log.warning("No room for another process of the drain (%s); lacking: %d", error.strerror, lacking)
            return False
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)
        if child:
            return True
        code = 1
        try:
            self._work(self)
            code = 0
        except BaseException:  # Nobody above would tell of it: the next line ends the process at once.
            log.exception("A process of the drain ended badly")
        finally:
            os._exit(code)  # Not sys.exit: what the first prepared to do at its end is not the child's to do.

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._end()

    def _end(self) -> None:
        self._stopping = True
        for child in list(self._children):
            self._tell(child)

    def _tell(self, child: int) -> None:
        os.kill(child, signal.SIGTERM)  # Not buried yet, or it would not be among them.

    def _await_children(self) -> None:
        for child in list(self._children):
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
            self._await(child)

    def _await(self, child: int) -> None:
        """Bury one that has ended. It is forgotten first: another process may get its number."""
        self._children.discard(child)
        self._bad += os.waitpid(child, 0)[1] != 0
