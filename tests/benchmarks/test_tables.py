"""Tests of the tables: who is compared with whom, and that Markdown comes out of it."""

import pytest

from benchmarks import tables
from benchmarks.bench import Cell
from benchmarks.control import Weather
from benchmarks.engines import ENGINES, Engine
from benchmarks.figures import Sent

pytestmark = pytest.mark.once

FAIR = Weather("20 ms an answer", 0.02)
FOUL = Weather("foul", 0.02, faulty=True)


def engine(key: str) -> Engine:
    return next(one for one in ENGINES if one.key == key)


def sent(whole: float) -> Sent:
    return Sent(2000, whole, whole * 1.1, 0.3, 1.0, 0.25, 0.05, 95e6, 90e6, 0, 1, 2, 3, 4, 5, 6, 0.02)


def cells_of(lines: list[str], beginning: str) -> list[str]:
    """The cells of the one row that begins so."""
    (row,) = [line for line in lines if line.startswith(f"| {beginning} ")]
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_appeal_is_compared_with_the_fastest_peer_on_its_own_database() -> None:
    lines = tables.sending(
        {
            Cell(engine("appeal"), "SQLite", FAIR): sent(900),
            Cell(engine("post_office-1000"), "SQLite", FAIR): sent(300),
            Cell(engine("mailer"), "SQLite", FAIR): sent(40),
            Cell(engine("post_office-1000"), "PostgreSQL", FAIR): sent(450),
            Cell(engine("bare"), "no database", FAIR): sent(700),
        }
    )
    row = cells_of(lines, "SQLite | **Appeal**")
    assert row[3:5] == ["900", "3.00"]
    assert row[7] == "0.28", "900 of the 3,200 a second that 64 connections allow at 20 ms"
    assert row[8:10] == ["1.25", "0.25"], "the senders' CPU and the database server's together, and the server's part"
    assert row[10:12] == ["95", "90"]
    assert cells_of(lines, "SQLite | django-mailer")[4] == "0.13"


def test_a_peer_driven_as_wide_as_appeal_is_shown_and_compared_with_apart() -> None:
    lines = tables.sending(
        {
            Cell(engine("appeal"), "SQLite", FAIR): sent(900),
            Cell(engine("post_office-1000"), "SQLite", FAIR): sent(300),
            Cell(engine("post_office-wide"), "SQLite", FAIR): sent(600),
        }
    )
    assert cells_of(lines, "SQLite | **Appeal**")[4] == "3.00"
    assert any(line.startswith("- SQLite: Appeal is 1.50 times ") for line in lines)


def test_foul_weather_has_a_table_of_its_own() -> None:
    lines = tables.sending(
        {Cell(engine("appeal"), "SQLite", FAIR): sent(900), Cell(engine("appeal"), "SQLite", FOUL): sent(9)}
    )
    assert lines.count("### foul") == 1
    foul = lines[lines.index("### foul") :]
    assert cells_of(foul, "SQLite | **Appeal**")[3:] == ["9.0", "0", "1", "5", "6", "2", "3", "4", "1.25"]


def test_a_table_is_markdown_with_figures_to_the_right() -> None:
    assert tables.table(("who", "letters"), [["Appeal", 2000]]) == [
        "| who | letters |",
        "| --- | --: |",
        "| Appeal | 2000 |",
    ]
