"""Owns how figures look: Markdown tables, with every number rounded to what can be believed."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.bench import Cell
from benchmarks.engines import Engine
from benchmarks.figures import Sent, fastest_peer

NOTHING = "–"
FAIR_HEAD = (
    "database", "engine", "letters", "letters/s", "× fastest peer", "first after s", "steady/s", "of its connections",
    "CPU s/1000", "of which database", "memory MB", "in the first third", "lost", "doubled",
)  # fmt: skip
FOUL_HEAD = (
    "database", "engine", "letters", "letters/s", "lost", "doubled", "ambiguous", "of these doubled", "in doubt",
    "failed", "still waiting", "CPU s/1000",
)  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table: words to the left, figures to the right."""
    body = [[str(cell) for cell in row] for row in rows]
    words = [not body or not body[0][column][:1].isdigit() for column in range(len(head))]
    rule = ["---" if left else "--:" for left in words]
    return [f"| {' | '.join(line)} |" for line in [list(head), rule, *body]]


def rate(value: float) -> str:
    """Something a second."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def ratio(value: float, beside: float) -> str:
    """How many times one figure is another."""
    return f"{value / beside:.2f}" if beside else NOTHING


def megabytes(value: float) -> str:
    """Bytes as MB."""
    return f"{value / 1e6:.0f}"


def seconds(value: float | None) -> str:
    """CPU seconds."""
    return NOTHING if value is None else f"{value:.2f}"


def sending(measured: Mapping[Cell, Sent]) -> list[str]:
    """The tables of the send path, one for each weather."""
    lines: list[str] = []
    for weather in dict.fromkeys(cell.weather for cell in measured):
        part = {cell: sent for cell, sent in measured.items() if cell.weather == weather}
        part = dict(sorted(part.items(), key=lambda one: (one[0].kind != "SQLite", one[0].kind != "PostgreSQL")))
        rows = [(_foul_row if weather.faulty else _fair_row)(cell, sent, part) for cell, sent in part.items()]
        lines += ["", f"### {weather.name}", "", *table(FOUL_HEAD if weather.faulty else FAIR_HEAD, rows)]
        if not weather.faulty:
            lines += _beside_the_wide(part)
        lines += ["", _besides(list(part.values()))]
    return lines


def _besides(measured: Sequence[Sent]) -> str:
    """What the provider took for itself, to show that it bound nobody; and what else went on here."""
    cpu = [sent.provider_cpu for sent in measured]
    others = [sent.others for sent in measured]
    return (
        f"The provider itself used {min(cpu):.2f} to {max(cpu):.2f} CPU s/1000. Other work on the machine: "
        f"{median(others):.2f} cores, at worst {max(others):.2f}."
    )


def _beside_the_wide(part: Mapping[Cell, Sent]) -> list[str]:
    """A line for each database: Appeal beside a peer that was driven as wide as Appeal is."""
    lines = []
    for cell, sent in part.items():
        ours = next(
            (one for other, one in part.items() if (other.kind, other.engine.key) == (cell.kind, "appeal")), None
        )
        if cell.engine.apart and ours is not None:
            beside = ratio(ours.whole, sent.whole)
            lines.append(f"- {cell.kind}: Appeal is {beside} times {cell.engine.name} ({rate(sent.whole)}/s).")
    return ["", *lines] if lines else []


def _fair_row(cell: Cell, sent: Sent, part: Mapping[Cell, Sent]) -> list[str]:
    beside = {other.engine.key: one.whole for other, one in part.items() if other.kind == cell.kind}
    peers = {other.engine.key for other in part if other.engine.peer and not other.engine.apart}
    return [
        cell.kind,
        cell.engine.name,
        f"{sent.letters:,.0f}",
        rate(sent.whole),
        ratio(sent.whole, fastest_peer(beside, peers)),
        f"{sent.first:.2f}",
        rate(sent.steady),
        _of_its_connections(cell.engine, sent, cell.weather.delay),
        seconds(sent.sender_cpu + (sent.database_cpu or 0)),
        seconds(sent.database_cpu),
        megabytes(sent.peak),
        megabytes(sent.early),
        str(sent.lost),
        str(sent.doubled),
    ]


def _of_its_connections(engine: Engine, sent: Sent, delay: float) -> str:
    """The part of what its connections allow, when each carries one letter after the other."""
    return ratio(sent.whole, engine.connections / delay) if delay else NOTHING


def _foul_row(cell: Cell, sent: Sent, part: Mapping[Cell, Sent]) -> list[str]:
    return [
        cell.kind,
        cell.engine.name,
        f"{sent.letters:,.0f}",
        rate(sent.whole),
        str(sent.lost),
        str(sent.doubled),
        str(sent.ambiguous),
        str(sent.ambiguous_doubled),
        str(sent.in_doubt),
        str(sent.failed),
        str(sent.waiting),
        seconds(sent.sender_cpu + (sent.database_cpu or 0)),
    ]
