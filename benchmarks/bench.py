"""Owns what all measurements share: the provider, the folder, and the queues that were filled once and are copied."""

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.control import Provider, Weather
from benchmarks.databases import Database, PostgresDatabase, SqliteFile
from benchmarks.engines import Engine
from benchmarks.options import Options
from benchmarks.places import Place

NO_DATABASE = "no database"


@dataclass(frozen=True)
class Cell:
    """One cell of the table of the send path."""

    engine: Engine
    #: "SQLite", "PostgreSQL" or NO_DATABASE.
    kind: str
    weather: Weather


@dataclass
class Bench:
    """What is there to measure with."""

    provider: Provider
    folder: Path
    #: The address of a PostgreSQL server, "" where there is none.
    postgres: str
    options: Options
    #: By the engine's family, the kind of database and the number of letters.
    _filled: dict[tuple[str, str, int], Database] = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The databases that are measured here."""
        return [kind for kind in self.options.databases if kind == "SQLite" or self.postgres]

    def database(self, kind: str) -> Database:
        """A new and empty database."""
        return PostgresDatabase(self.postgres) if kind == "PostgreSQL" else SqliteFile(self.folder)

    def filled(self, engine: Engine, kind: str, count: int) -> Database:
        """A copy of a database in which this many letters wait for this engine."""
        key = (engine.family, kind, count)
        if key not in self._filled:
            self._filled[key] = made = self.database(kind)
            engine.fill(Place(self.folder, self.provider.url, made), count)
            made.tidy()
        return self._filled[key].copy()

    def count(self, cell: Cell) -> int:
        """How many letters are sent in this cell."""
        if cell.weather.letters is not None:
            return cell.weather.letters
        if cell.weather.faulty:
            return self.options.foul_letters
        return max(20, int(self.options.letters * cell.engine.share))

    def close(self) -> None:
        """Drop the filled databases."""
        while self._filled:
            self._filled.popitem()[1].drop()
