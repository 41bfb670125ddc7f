"""Owns the databases of the measurements: made, copied from a filled one, asked, their server's CPU read, dropped."""

import contextlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from benchmarks.programs import processes, read_stat
from tests.run import with_database

PREFIX = "appeal_bench"
_numbers = itertools.count(1)


class Database(Protocol):
    """One database for one cell of the table, and what is left of it to do."""

    #: "SQLite" or "PostgreSQL".
    kind: str
    #: Its address, for DATABASE_URL.
    url: str

    def copy(self) -> "Database":
        """A new database with the same rows. Nobody may be connected to this one."""

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """What it answers to one statement."""

    def tidy(self) -> None:
        """Bring its statistics up to date, as the server does by itself in time."""

    def server_cpu(self) -> float | None:
        """CPU seconds of its server so far, with all that ever worked for it; None where that is not apart or seen."""

    def drop(self) -> None:
        """Remove it for good."""


class SqliteFile:
    """A file in a folder of ours."""

    kind = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / f"{PREFIX}-{next(_numbers)}.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def copy(self) -> "SqliteFile":
        with self._connected() as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made = SqliteFile(self._folder)
        shutil.copyfile(self.path, made.path)
        return made

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with self._connected() as file, file:
            return file.execute(question).fetchall()

    def tidy(self) -> None:
        self.rows("ANALYZE")

    def server_cpu(self) -> float | None:
        return None  # It works inside the senders.

    def drop(self) -> None:
        for end in ("", "-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{end}").unlink(missing_ok=True)

    def _connected(self) -> contextlib.closing[sqlite3.Connection]:
        return contextlib.closing(sqlite3.connect(self.path, timeout=20))


class PostgresDatabase:
    """A database of its own on a running server."""

    kind = "PostgreSQL"

    def __init__(self, server: str, template: str = "") -> None:
        self._server = server
        self._name = f"{PREFIX}_{os.getpid()}_{next(_numbers)}"
        self.url = with_database(server, self._name)
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(self._name), source))

    def copy(self) -> "PostgresDatabase":
        made = PostgresDatabase(self._server, self._name)
        made.rows("CHECKPOINT")  # Not in the middle of what is measured.
        return made

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    def tidy(self) -> None:
        self.rows("VACUUM ANALYZE")

    def server_cpu(self) -> float | None:
        with psycopg.connect(self.url) as connection:
            backend = read_stat(connection.info.backend_pid)
        if backend is None or backend.name != "postgres":
            return None  # It runs elsewhere, or where we may not look.
        return sum(one.cpu for one in processes() if backend.parent in {one.pid, one.parent})

    def drop(self) -> None:
        drop_databases(self._server, self._name)


def drop_databases(server: str, *names: str) -> None:
    """Remove databases of ours from a server, whoever is connected to them."""
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def left_behind(server: str) -> Iterator[str]:
    """Databases of measurements that were killed before they could clean up."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{PREFIX}_[0-9]+_"])
        for (name,) in found.fetchall():
            if read_stat(int(name.removeprefix(f"{PREFIX}_").partition("_")[0])) is None:
                yield name
