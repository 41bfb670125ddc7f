"""Owns the measurement of the claim: how long it takes from a short and from a long queue."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from benchmarks import sites, tables
from benchmarks.bench import Bench
from benchmarks.databases import Database
from benchmarks.engines import Appeal
from benchmarks.options import Options
from benchmarks.places import OURS, call

HEAD = (
    "database",
    "letters in line",
    "pace",
    "a claim: ms, median",
    "× the shortest line",
    "ms, worst",
    "letters claimed",
)


PACES = ("off", "on")


@dataclass
class Claims:
    """How long the claims of one worker took."""

    #: Milliseconds of each.
    took: list[float] = field(default_factory=list)
    #: How many letters all of them took.
    letters: int = 0


def section(bench: Bench, options: Options, say: Callable[[str], None]) -> list[str]:
    """Grow a line of each length, claim from them in turns, and return the lines of the table."""
    rows: list[list[str]] = []
    for kind in bench.kinds:
        lines: dict[int, Database] = {}
        try:
            for count in options.backlogs:
                lines[count] = lines[max(lines)].copy() if lines else bench.database(kind)
                _run(bench, lines[count], "grow", str(count))
                lines[count].tidy()
                say(f"{count} letters are in line on {kind}")
            measured = {(count, pace): Claims() for count in options.backlogs for pace in PACES}
            for _ in range(options.runs):  # In turns: a slow minute hits every length alike.
                for (count, pace), claims in measured.items():
                    told = json.loads(_run(bench, lines[count], "claim", pace=pace))
                    claims.took += told["took"]
                    claims.letters += told["letters"]
        finally:
            for database in lines.values():
                database.drop()
        rows += [
            _row(kind, *which, claims, measured[options.backlogs[0], which[1]]) for which, claims in measured.items()
        ]
    return ["", *tables.table(HEAD, rows)]


def _run(bench: Bench, database: Database, *words: str, pace: str = "off") -> str:
    environment = Appeal().environment(sites.place(bench.folder / "line", database, bench.provider.url))
    return call([OURS, "-m", "benchmarks.appeal.backlog", *words], environment | {"MAIL_PACE": pace})


def _row(kind: str, count: int, pace: str, claims: Claims, shortest: Claims) -> list[str]:
    middle = median(claims.took)
    return [
        kind,
        f"{count:,}",
        pace,
        f"{middle:.2f}",
        tables.ratio(middle, median(shortest.took)),
        f"{max(claims.took):.2f}",
        str(claims.letters),
    ]
