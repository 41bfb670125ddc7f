"""Owns the name of the machine that a table was measured on: figures of two machines cannot be compared."""

import os
import platform
import sqlite3
from importlib.metadata import distributions, version
from pathlib import Path

import psycopg

SHOWN = (
    "django",
    "django-anymail",
    "django-post_office",
    "django-mailer",
    "django-q2",
    "requests",
    "psycopg",
    "gunicorn",
)


def processor() -> str:
    """The processor's own name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory() -> str:
    """How much memory it has."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def postgres_version(address: str) -> str:
    """The server's version and whether it waits for its disk."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        commit = connection.execute("SHOW synchronous_commit").fetchone()
    assert row is not None
    assert commit is not None
    return f"PostgreSQL {row[0].split()[0]} (synchronous_commit {commit[0]})"


def peers(folder: Path) -> dict[str, str]:
    """The versions of what is installed in the peers' environment."""
    places = [str(place) for place in folder.glob("lib/python*/site-packages")]
    return {found.name.lower(): found.version for found in distributions(path=places)}


def describe(postgres: str, peers_folder: Path) -> list[str]:
    """Lines that name the machine, the databases and the packages."""
    found = peers(peers_folder)
    databases = [f"SQLite {sqlite3.sqlite_version} (WAL, synchronous FULL)"]
    if postgres:
        databases.append(postgres_version(postgres))
    theirs = ", ".join(f"{name} {found[name]}" for name in SHOWN if name in found)
    ours = ", ".join(f"{name} {version(name)}" for name in SHOWN if name not in {"django-post_office", "django-mailer"})
    system = f"{platform.system()} {platform.release()}"
    return [
        f"{os.cpu_count()} cores of {processor()}, {memory()}, {system}, Python {platform.python_version()}.",
        f"{'; '.join(databases)}.",
        f"Appeal: {ours}. Peers: {theirs}.",
    ]
