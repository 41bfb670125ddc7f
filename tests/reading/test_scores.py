"""Tests of how well the reader reads: over the invented layouts no figure falls, and no target's address is wrong."""

import json
from pathlib import Path

import pytest

from advocacy.reading import as_labels, reading_of
from tests.reading import score
from tests.reading.scoring import Document, Score, documents, scores_of, table

pytestmark = pytest.mark.once

HERE = Path(__file__).resolve().parent
DOCUMENTS = list(documents(HERE / "layouts"))


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return scores_of(HERE / "layouts")[0]


def test_no_figure_falls(scores: dict[str, Score]) -> None:
    """A figure that rose is written into scores.json, by hand and gladly."""
    stored: dict[str, list[float]] = json.loads((HERE / "scores.json").read_text())
    assert scores.keys() == stored.keys()
    fallen = [
        name
        for name, one in scores.items()
        if round(one.precision, 3) < stored[name][0] or round(one.recall, 3) < stored[name][1]
    ]
    assert not fallen, table(scores)


def test_addresses_are_read_without_a_mistake(scores: dict[str, Score]) -> None:
    emails = scores["target emails"]
    assert (emails.precision, emails.recall) == (1.0, 1.0)
    assert emails.right >= 20
    assert len(DOCUMENTS) >= 20


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_was_read_stands_in_the_lines_that_are_named(document: Document) -> None:
    lines = document.text.split("\n")
    reading = reading_of(document.text)
    for place, target in enumerate(reading.draft.targets or ()):
        for field in (
            "name",
            "title",
            "organisation",
            "emails",
            "fax",
            "phone",
            "address_lines",
            "local_address_lines",
        ):
            value = getattr(target, field)
            for words in value if isinstance(value, tuple) else filter(None, [value]):
                numbers = reading.found[f"targets.{place}.{field}"]
                within = " ".join(" ".join(lines[number - 1].split()) for number in numbers)
                assert words in within, (field, words)
    for ask in reading.draft.asks:
        assert any(ask.split(" ")[0] in lines[number - 1] for number in reading.found["asks"])
    for field in ("title", "summary", "reference", "index", "issued_on", "deadline", "country"):
        assert bool(getattr(reading.draft, field)) == bool(reading.found.get(field)), field


def test_the_json_has_the_labels_names_and_the_questions() -> None:
    values = as_labels(reading_of(DOCUMENTS[0].text))
    assert list(values)[:5] == ["reference", "update_number", "index", "issued_on", "original_index"]
    assert DOCUMENTS[0].labels.keys() - {"text"} <= values.keys()
    assert values["questions"] == []
    assert set(values["targets"][0]) >= {"role", "name", "emails", "address_lines", "salutation"}


def test_a_score_counts_what_is_right_wrong_and_missed(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("UA 61/21, Update 1 of 29 July 2022\n\nCHINA\n")
    labels = {"reference": "UA 61/21", "update_number": 2, "index": "ASA 17/1/2022", "targets": [], "deadline": None}
    (tmp_path / "one.expected.json").write_text(json.dumps(labels))
    (tmp_path / "two.expected.json").write_text("{}")  # no text beside it
    scores, differences = scores_of(tmp_path)
    assert (scores["reference"].precision, scores["reference"].recall) == (1.0, 1.0)
    assert (scores["update_number"].right, scores["update_number"].wrong, scores["update_number"].missed) == (0, 1, 1)
    assert (scores["index"].precision, scores["index"].recall) == (1.0, 0.0)
    assert (scores["deadline"].precision, scores["deadline"].recall) == (1.0, 1.0)
    assert differences == ["one: update_number: printed 2, read 1", "one: index: printed 'ASA 17/1/2022', read None"]
    assert "update_number                    0.000   0.000        1     1" in table(scores)


def test_the_program_prints_a_table_for_each_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert score.main([str(HERE / "layouts")]) == 0
    assert "target emails                    1.000   1.000" in capsys.readouterr().out
    assert score.main([str(tmp_path)]) == 1
    assert "There is no labelled document" in capsys.readouterr().err
