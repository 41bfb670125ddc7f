"""Owns a PostgreSQL server for one test: its own folder, port and addresses, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.installation import free_port

PLACES = "/usr/lib/postgresql"  # where Debian keeps the programs of the server, which are on nobody's PATH


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, of the newest version; None where they are not installed."""
    found = [*Path(PLACES).glob("*/bin/initdb")]
    found.sort(key=lambda path: [int(part) for part in path.parts[-3].split(".") if part.isdigit()])
    named = shutil.which("initdb")
    newest = found[-1] if found else (Path(named) if named else None)
    return newest.resolve().parent if newest else None


class Cluster:
    """A server that trusts whoever calls from loopback or from ``network``. Use it with ``with``."""

    def __init__(self, folder_of_programs: Path, addresses: Sequence[str] = (), network: str = "127.0.0.0/8") -> None:
        self._programs = folder_of_programs
        self._addresses = ["127.0.0.1", *addresses]
        self._network = network
        self.port = free_port()
        # Not below pytest's folders: PostgreSQL refuses to run as root, and nobody else may enter those.
        self._folder = Path(tempfile.mkdtemp(prefix="appeal-postgresql-"))
        self._user = "postgres" if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        if self._user:
            shutil.chown(self._folder, self._user)
        try:
            words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
            self._run("initdb", "-D", str(self._data), *words, "--wal-segsize=1")
            with (self._data / "pg_hba.conf").open("a") as file:
                file.write(f"host all postgres {self._network} trust\n")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        if self.running:
            self.stop_at_once()
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start it, and wait until it lets us in."""
        # No power is cut here: nothing has to reach the disk.
        options = f"-p {self.port} -c listen_addresses={','.join(self._addresses)} -c fsync=off"
        options += f" -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop_at_once(self) -> None:
        """Stop it without a word of goodbye to anybody: it has to recover at its next start."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def url(self, address: str = "127.0.0.1") -> str:
        """Its address for whoever reaches it there."""
        return f"postgresql://postgres@{address}:{self.port}/postgres"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *words],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # not a pipe: the server would keep it open
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
            user=self._user,
            group=self._user,
        )
        log = self._folder / "log"
        if done.returncode:
            raise AssertionError(f"{program} ended with {done.returncode}\n{log.read_text() if log.exists() else ''}")
