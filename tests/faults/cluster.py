"""Owns a PostgreSQL which can also be frozen, cut off from those who call it, and kept from writing."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.cluster import Cluster


def family_of(pid: int) -> list[int]:
    """A process and all that come of it, elders first."""
    family = [pid]
    parents = list(_parents())
    for elder in family:
        family += [child for child, parent in parents if parent == elder]
    return family


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # Gone meanwhile.
                yield int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])


class FaultyCluster(Cluster):
    """A PostgreSQL of the fault suite's own: what is done to it hurts nobody else."""

    def start(self) -> None:
        """Start it."""
        super().start()
        self._first = int((self._data / "postmaster.pid").read_text().split()[0])

    def stop_at_once(self) -> None:
        """Stop it at once, also where it is frozen."""
        self.thaw()
        super().stop_at_once()

    def freeze(self) -> None:
        """Stop the clock of all its processes: connections stay open, and nobody answers on them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in family_of(self._first):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def limit_files(self, size: str = "unlimited") -> None:
        """Let no file grow beyond so many bytes by the hand of those who serve clients: to them the disk is full.

        WAL (segments of 1 MB here) goes on, as on a machine whose WAL has a disk of its own.
        """
        for pid in family_of(self._first):  # By its own user: not even root may do this everywhere.
            command = ["prlimit", "--pid", str(pid), f"--fsize={size}:"]
            done = subprocess.run(
                command, user=self._user, group=self._user, cwd="/", capture_output=True, timeout=60, check=False
            )
            assert not done.returncode or pid != self._first, done.stderr

    def make_read_only(self, database: str, on: bool) -> None:
        """Let nobody write to a database any more, as on a replica; or let everybody write again."""
        with psycopg.connect(self.url(), autocommit=True) as server:
            word = "on" if on else "off"
            server.execute(f'ALTER DATABASE "{database}" SET default_transaction_read_only = {word}'.encode())
        self.cut_connections(database)

    def cut_connections(self, database: str) -> int:
        """End every connection to a database from the server's side. Returns how many there were."""
        with psycopg.connect(self.url(), autocommit=True) as server:
            ask = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
            row = server.execute(ask, [database]).fetchone()
            return int(row[0]) if row else 0
