"""Owns the measurement of the claim: how long it takes from a short and from a long queue."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks import sites, tables
from benchmarks.bench import Bench
from benchmarks.engines import OURS, Appeal, call
from benchmarks.options import Options

HEAD = ("database", "letters in line", "pace", "a claim: ms, median", "× the shortest line", "ms, worst", "letters")


@dataclass(frozen=True)
class Claims:
    """How long the claims of one worker took."""

    #: Milliseconds of each.
    took: list[float]
    #: How many letters all of them took.
    letters: int


def section(bench: Bench, options: Options, say: Callable[[str], None]) -> list[str]:
    """Let the queue grow from step to step, claim at each, and return the lines of the table."""
    rows: list[list[str]] = []
    for kind in bench.kinds:
        database = bench.database(kind)
        environment = Appeal().environment(sites.place(bench.folder / f"line-{kind}", database, bench.provider.url))
        shortest: dict[str, float] = {}
        try:
            for count in options.backlogs:
                call([OURS, "-m", "benchmarks.appeal.backlog", "grow", str(count)], environment)
                database.tidy()
                for pace in ("off", "on"):
                    command = [OURS, "-m", "benchmarks.appeal.backlog", "claim"]
                    claims = Claims(**json.loads(call(command, environment | {"MAIL_PACE": pace})))
                    first = shortest.setdefault(pace, median(claims.took))
                    rows.append(_row(kind, count, pace, claims, first))
                    say(f"a claim, {kind}, {count} letters in line, pace {pace}: {median(claims.took):.2f} ms")
        finally:
            database.drop()
    return ["", *tables.table(HEAD, rows)]


def _row(kind: str, count: int, pace: str, claims: Claims, first: float) -> list[str]:
    middle = median(claims.took)
    return [
        kind,
        f"{count:,}",
        pace,
        f"{middle:.2f}",
        tables.ratio(middle, first),
        f"{max(claims.took):.2f}",
        str(claims.letters),
    ]
