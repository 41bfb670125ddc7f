"""Tests of config.keys: one key, however many processes ask for it at once, and readable by nobody else."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.keys import kept_key

pytestmark = pytest.mark.once


def test_all_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: kept_key(path), range(64)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    kept_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    assert kept_key(path) == kept_key(path)
