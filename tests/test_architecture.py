"""Tests of the house rules that a program can see: who may know whom, and how large and how named things are."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import lint_imports

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[1]
HOUSES = ("config", "advocacy", "mailings")
DOORS = {"text", "compose", "outbox", "addresses", "lanes", "reports", "doubts", "instance", "signals"}
NO_ROOMS = {"migrations", "templatetags"}  # nobody imports these by name
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "services", "common", "misc"}
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_FUNCTION = 40

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[Path]:
    """Every module of the three houses, without migrations."""
    for house in HOUSES:
        yield from (file for file in sorted((ROOT / house).rglob("*.py")) if "migrations" not in file.parts)


def functions(file: Path) -> Iterator[AnyFunction]:
    """Every function and method of a module."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, AnyFunction):
            yield node


MODULES = list(modules())


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_houses_doors_and_layers_are_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


def test_every_room_of_mailings_is_either_a_door_or_closed() -> None:
    contracts: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    closed = next(set(one["forbidden_modules"]) for one in contracts if one["id"] == "doors")
    rooms = {
        file.stem for file in (ROOT / "mailings").iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()
    }
    assert closed == {f"mailings.{room}" for room in rooms - DOORS - NO_ROOMS - {"__init__"}}


@pytest.mark.parametrize("file", MODULES, ids=named)
def test_a_module_is_short_and_named_for_what_it_owns(file: Path) -> None:
    assert file.stem not in NAMES_THAT_SAY_NOTHING
    text = file.read_text()
    assert text.count("\n") <= MOST_LINES_OF_A_MODULE
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "says in its first sentence what it owns"


@pytest.mark.parametrize("file", MODULES, ids=named)
def test_a_function_is_short_and_imports_nothing(file: Path) -> None:
    for function in functions(file):
        assert (function.end_lineno or 0) - function.lineno < MOST_LINES_OF_A_FUNCTION, function.name
        if function.name != "ready":  # an app may import its models only when all are loaded
            inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not inner, f"{function.name} imports in its body"
