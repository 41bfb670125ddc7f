"""Holds the table of README.md to the tests: every row is there, and every test that it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (Path(__file__).parent / "README.md").read_text()
ROWS = re.findall(r"^\| (\d+) \|.*\| (.+) \|$", TABLE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TABLE)))


def test_every_row_of_the_matrix_has_a_test() -> None:
    assert [int(row) for row, _ in ROWS] == list(range(1, 61))
    assert all("::test_" in shown for _, shown in ROWS)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_what_the_matrix_names_exists(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text(), f"{path} has no {name}"
