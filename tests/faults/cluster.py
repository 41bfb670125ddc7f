"""Owns a PostgreSQL of the tests' own, which can be stopped at once, frozen, and kept from writing."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psycopg

from tests.installation import free_port
from tests.provider.server import wait_until

PATIENCE = 60.0
DEBIAN = Path("/usr/lib/postgresql")


def programs() -> str:
    """The folder with ``initdb`` and ``postgres`` of the newest PostgreSQL here, or ""."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])) if DEBIAN.is_dir() else []
    here = found[-1] if found else shutil.which("initdb")
    return str(Path(here).parent) if here else ""


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


class Cluster:
    """One PostgreSQL on a free port of loopback. Use it with ``with``: nothing of it is left afterwards.

    PostgreSQL refuses to run as root, so it runs as the user ``postgres`` where the tests do.
    """

    def __init__(self, folder_of_programs: str) -> None:
        self._programs = Path(folder_of_programs)
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="appeal-faults-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._user:
            record = pwd.getpwnam(self._user)
            os.chown(self._folder, record.pw_uid, record.pw_gid)
        try:
            words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"]
            with self._log() as log:
                subprocess.run(
                    [self._programs / "initdb", "-D", self._data, *words],
                    user=self._user,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    timeout=PATIENCE,
                    check=True,
                )
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        if self._process is not None:
            self.stop_at_once()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _log(self) -> "contextlib.AbstractContextManager[int]":
        return _opened(self._folder / "log")

    @property
    def url(self) -> str:
        """The address of its maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it lets us in."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "max_connections": "80",
            "max_wal_size": "64MB",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log() as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self._port), *words],
                user=self._user,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        assert wait_until(self.answers, PATIENCE), (self._folder / "log").read_text()[-3000:]

    def answers(self) -> bool:
        """Whether it lets us in."""
        try:
            psycopg.connect(self.url, connect_timeout=3).close()
        except psycopg.Error:
            return False
        return True

    @property
    def running(self) -> bool:
        """Whether its first process lives."""
        return self._process is not None and self._process.poll() is None

    def stop_at_once(self) -> None:
        """What ``pg_ctl -m immediate stop`` does: no word of goodbye to anybody, and a recovery at the next start."""
        assert self._process is not None
        self.thaw()
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)

    def freeze(self) -> None:
        """Stop the clock of all its processes: connections stay open, and nobody answers on them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.running and self._process is not None:
            for pid in family_of(self._process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)

    def limit_files(self, size: str = "unlimited") -> None:
        """Let no file grow beyond so many bytes by the hand of those who serve clients: to them the disk is full.

        WAL (segments of 1 MB here) goes on, as on a machine whose WAL has a disk of its own.
        """
        assert self._process is not None
        for pid in family_of(self._process.pid):  # By its own user: not even root may do this everywhere.
            command = ["prlimit", "--pid", str(pid), f"--fsize={size}:"]
            subprocess.run(command, user=self._user, cwd="/", capture_output=True, timeout=PATIENCE, check=False)

    def make_read_only(self, database: str, on: bool) -> None:
        """Let nobody write to a database any more, as on a replica; or let everybody write again."""
        with psycopg.connect(self.url, autocommit=True) as server:
            word = "on" if on else "off"
            server.execute(f'ALTER DATABASE "{database}" SET default_transaction_read_only = {word}'.encode())
        self.cut_connections(database)

    def cut_connections(self, database: str) -> int:
        """End every connection to a database from the server's side. Returns how many there were."""
        with psycopg.connect(self.url, autocommit=True) as server:
            ask = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
            row = server.execute(ask, [database]).fetchone()
            return int(row[0]) if row else 0


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield number
    finally:
        os.close(number)
