"""Tests of manage.py read_update: the JSON of a labelled document, the account for people, and what cannot be read."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.advocacy.making import DEMO
from tests.reading.files import word_file

pytestmark = pytest.mark.once

LAYOUTS = Path(__file__).resolve().parent / "layouts"


def said(*words: str) -> str:
    out = StringIO()
    call_command("read_update", *words, stdout=out)
    return out.getvalue()


def test_the_json_is_what_the_labels_say_and_the_questions() -> None:
    values = json.loads(said(str(DEMO), "--json"))
    labels = json.loads((LAYOUTS / "00-demo.expected.json").read_text(encoding="utf-8"))
    del labels["text"]
    assert {name: values[name] for name in labels} == labels
    assert values.keys() - labels.keys() == {"individuals", "questions"}
    (question, *_) = json.loads(said(str(LAYOUTS / "03-columns-in-a-row.txt"), "--json"))["questions"]
    assert question.keys() == {"field", "why", "candidates", "lines"}


def test_the_whole_adds_texts_lines_and_notices() -> None:
    values = json.loads(said(str(LAYOUTS / "12-addresses-that-are-none.txt"), "--json", "--whole"))
    assert values["facts"].endswith("Their saws were kept.")
    assert values["found"]["reference"] == [1]
    assert {notice["kind"] for notice in values["notices"]} >= {"web_form", "not_an_address", "embassy", "correction"}


def test_the_account_names_lines_and_says_what_is_not_there(tmp_path: Path) -> None:
    account = said(str(DEMO))
    assert "reference: UA 61/21  [line 1]\n" in account
    assert "deadline: not found\n" in account
    assert "target 2, copy  [lines 39-45]\n  name: His Excellency Peiwu Cong  [line 39]\n" in account
    asked = said(str(LAYOUTS / "10-columns-with-gaps.txt"))
    assert "targets: cannot be told apart\n" in asked
    assert "ASK targets: Columns were read row by row" in asked
    (tmp_path / "a.docx").write_bytes(word_file())
    assert "NOTE" not in said(str(tmp_path / "a.docx"))


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        said(str(tmp_path / "missing.txt"))
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(CommandError, match="Word's old format"):
        said(str(tmp_path / "a.doc"))
