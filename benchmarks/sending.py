"""Owns the measurement of the send path: one engine, one database, one weather, from a filled queue to an empty one."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import figures, tables
from benchmarks.bench import NO_DATABASE, Bench, Cell
from benchmarks.control import Provider, Weather
from benchmarks.engines import Engine
from benchmarks.figures import Sent
from benchmarks.options import Options
from benchmarks.places import Place
from benchmarks.programs import Program, Watch, wait

#: A sender waits so long for an answer; in foul weather less, so that a run with silent answers ends.
ANSWER_SECONDS, FOUL_ANSWER_SECONDS = 30.0, 2.0
#: No run may last longer, and none may begin another round after this time in foul weather.
LONGEST, LONGEST_FOUL = 3600.0, 120.0


def cells(engines: Sequence[Engine], kinds: Sequence[str], weathers: Sequence[Weather], run: int) -> Iterator[Cell]:
    """The cells of one run. Engines take turns, another one first in every run: a slow minute hits all alike."""
    turn = run % len(engines)
    for weather in weathers:
        for kind in [*kinds, NO_DATABASE]:
            for engine in [*engines[turn:], *engines[:turn]]:
                fits = engine.has_queue == (kind != NO_DATABASE) and (engine.quick or weather.letters is None)
                if fits and (engine.retries or not weather.faulty):
                    yield Cell(engine, kind, weather)


def section(bench: Bench, options: Options, say: Callable[[str], None]) -> list[str]:
    """Measure every cell, as often as there are runs, and return the lines of the tables."""
    measured: dict[Cell, list[Sent]] = {}
    faults: list[str] = []
    for run in range(options.runs):
        # What happens in foul weather is drawn once: a second run of it would tell the same. A long line takes long.
        weathers = [weather for weather in options.weathers if run == 0 or not (weather.faulty or weather.letters)]
        for cell in cells(options.engines, bench.kinds, weathers, run):
            name = f"{cell.weather.name}, {cell.kind}, {cell.engine.name}, run {run + 1}"
            try:
                sent = measure(bench, cell)
            except RuntimeError as fault:  # The others are worth their time all the same.
                faults.append(f"- Not measured: {name}. {fault}")
                say(faults[-1])
                continue
            measured.setdefault(cell, []).append(sent)
            say(f"{name}: {sent.whole:.0f} letters/s")
    return [*tables.sending({cell: figures.middle(runs) for cell, runs in measured.items()}), "", *faults]


def measure(bench: Bench, cell: Cell) -> Sent:
    """Measure one cell."""
    count = bench.count(cell)
    database = bench.filled(cell.engine, cell.kind, count) if cell.engine.has_queue else None
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        answer_seconds = FOUL_ANSWER_SECONDS if cell.weather.faulty else ANSWER_SECONDS
        place = Place(Path(folder), bench.provider.url, database, answer_seconds)
        try:
            return _measured(bench, cell, place, count)
        finally:
            if database is not None:
                database.drop()


def _measured(bench: Bench, cell: Cell, place: Place, count: int) -> Sent:
    engine, provider = cell.engine, bench.provider
    loop = cell.weather.faulty
    commands = engine.commands(place, count, loop=loop, again=False)
    provider.set(cell.weather)
    server_before = place.database.server_cpu() if place.database else None
    with Watch() as watch:
        began = time.monotonic()
        programs = _start(watch, commands, engine, place)
        if not engine.ends_by_itself(loop=loop):
            ended = _see_to_the_end(engine, place, provider, count, programs)
        else:
            wait(programs, LONGEST)
            ended = time.monotonic()
        while loop and engine.ends_by_itself(loop=loop) and ended - began < LONGEST_FOUL and engine.waiting(place):
            time.sleep(0.5)
            programs = _start(watch, engine.commands(place, count, loop=loop, again=True), engine, place)
            wait(programs, LONGEST_FOUL)
            ended = time.monotonic()
    for program in watch.programs:
        program.checked()
    server = place.database.server_cpu() if place.database else None
    used_by_server = None if server is None or server_before is None else server - server_before
    account = engine.account(place, count)
    return figures.sent(account, provider.counts(), watch.used, used_by_server, began=began, ended=ended)


def _start(watch: Watch, commands: list[list[str]], engine: Engine, place: Place) -> list[Program]:
    environment = engine.environment(place)
    return [watch.start(command, environment, place.folder / "sender.log") for command in commands]


def _see_to_the_end(engine: Engine, place: Place, provider: Provider, count: int, programs: Sequence[Program]) -> float:
    """Wait for letters of programs that go on until told to end. Returns when the last letter had come."""
    longest = LONGEST_FOUL if provider.weather.faulty else LONGEST
    end = time.monotonic() + longest
    while all(program.running for program in programs) and time.monotonic() < end:
        if provider.weather.faulty:
            time.sleep(0.5)
            if not engine.waiting(place):
                break
        else:
            time.sleep(0.05)
            if provider.progress() >= count and not engine.waiting(place):
                break
    return provider.counts().arrivals[-1] if provider.progress() else time.monotonic()
