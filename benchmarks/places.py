"""Owns where one cell is measured, and what its programs find there: folder, environment, a call that must succeed."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.databases import Database

ROOT = Path(__file__).resolve().parent.parent
OURS = sys.executable
THEIRS = str(ROOT / "benchmarks" / ".venv" / "bin" / "python")
#: Names the database, so that its copies count as the same one (see docs/decisions on copies of a database).
INSTANCE = "6d1f2b0e-5d0a-4b43-9d3c-0f6c1f0b7a55"
KEY = "0123456789-an-installation-that-is-measured-0123456789"
SECRET = "appeal:a-long-and-random-password"
#: Seconds for whatever only prepares a measurement.
PATIENCE = 3600.0


@dataclass(frozen=True)
class Place:
    """Where one cell is measured."""

    folder: Path
    provider_url: str
    #: None for an engine without a queue.
    database: Database | None
    #: Seconds that a sender waits for an answer.
    answer_seconds: float = 30.0


def base_environment(place: Place, python: str) -> dict[str, str]:
    """What every measured program finds in its environment."""
    path = f"{Path(python).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    made = {"PATH": path, "PYTHONUNBUFFERED": "1", "BENCH_FOLDER": str(place.folder), "HOME": str(place.folder)}
    made["BENCH_ANSWER_SECONDS"] = f"{place.answer_seconds:g}"
    return made | ({"DATABASE_URL": place.database.url} if place.database else {})


def call(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a program that only prepares or asks, and return what it printed. Raises RuntimeError where it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr[-3000:]}")
    return done.stdout
