"""Owns what a person may choose: `python -m benchmarks --help`, or `make bench ARGS="..."`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.control import Weather
from benchmarks.engines import ENGINES, Engine

SECTIONS = ("send", "form", "webhooks", "claim")
RESULTS = Path(__file__).resolve().parent / "results.md"


@dataclass(frozen=True)
class Options:
    """The choices of one measurement."""

    sections: tuple[str, ...]
    engines: tuple[Engine, ...]
    #: "SQLite" and "PostgreSQL", or one of them.
    databases: tuple[str, ...]
    weathers: tuple[Weather, ...]
    runs: int
    letters: int
    foul_letters: int
    #: Seconds that the web is asked for in each run.
    seconds: float
    backlogs: tuple[int, ...]
    output: Path


def weathers(delays: Sequence[int], long_line: int, *, faults: bool) -> tuple[Weather, ...]:
    """What the provider does: so many milliseconds over each answer; a long line at 0 ms; and, at 20 ms, faults."""
    fair = [Weather(f"{delay} ms an answer", delay / 1000) for delay in delays]
    foul = [Weather("20 ms an answer and faults: 5% 429, 5% 503, 1% reset, 1% silence", 0.02, faulty=True)]
    long = [Weather(f"0 ms an answer, {long_line:,} letters", letters=long_line)] if long_line else []
    return tuple(fair + long + (foul if faults else []))


def read(words: Sequence[str]) -> Options:
    """The choices in these words; argparse ends the program where they make no sense."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    keys = [engine.key for engine in ENGINES]
    add = parser.add_argument
    add("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="which parts are measured")
    add("--engines", nargs="+", choices=keys, default=keys, help="who sends letters")
    add("--databases", nargs="+", choices=("SQLite", "PostgreSQL"), default=("SQLite", "PostgreSQL"))
    add("--delays", nargs="*", type=int, default=[0, 20, 80], help="milliseconds over each answer of the provider")
    add("--no-faults", action="store_true", help="leave out the provider's faults")
    add("--runs", type=int, default=3, help="how often each cell is measured; the table shows medians")
    add("--letters", type=int, default=8000, help="how many letters are sent in each cell")
    add("--long-line", type=int, default=100_000, help="how many letters are sent once in a long line; 0 leaves it out")
    add("--foul-letters", type=int, default=1000, help="how many letters are sent in foul weather")
    add("--seconds", type=float, default=5.0, help="how long the web is asked for in each run")
    add("--backlogs", nargs="+", type=int, default=[1_000, 100_000, 1_000_000], help="letters in line at a claim")
    add("--quick", action="store_true", help="one small run of everything, a few minutes long, to see that it works")
    add("--output", type=Path, default=RESULTS, help="the file that gets the tables")
    given = parser.parse_args(words)
    if given.quick:
        given.runs, given.letters, given.foul_letters, given.seconds = 1, 300, 60, 1.0
        given.delays, given.backlogs, given.long_line = [20], [1_000, 5_000], 600
    return Options(
        sections=tuple(given.only),
        engines=tuple(engine for engine in ENGINES if engine.key in given.engines),
        databases=tuple(given.databases),
        weathers=weathers(given.delays, given.long_line, faults=not given.no_faults),
        runs=given.runs,
        letters=given.letters,
        foul_letters=given.foul_letters,
        seconds=given.seconds,
        backlogs=tuple(sorted(given.backlogs)),
        output=given.output,
    )
