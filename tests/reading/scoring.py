"""Owns precision and recall of the reader over a folder of labelled documents."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.reading import as_labels, reading_of

ROOT = Path(__file__).resolve().parents[2]
#: Fields of an update that are scored, wherever a label has them.
FIELDS = (
    "reference", "update_number", "is_update", "index", "issued_on", "original_index", "original_issued_on", "deadline",
    "country", "country_printed", "title", "summary", "asks", "languages", "model_letter", "additional_information",
    "ended", "ended_on", "text_language", "individuals", "links_without_target",
)  # fmt: skip
TARGET_FIELDS = (
    "role", "name", "title", "organisation", "address_lines", "local_address_lines", "local_language", "local_title",
    "emails", "fax", "fax_notes", "phone", "salutation", "email_redacted", "invalid_emails",
)  # fmt: skip
#: A target says only what is printed for it: what its label leaves out must not be read.
NOTHING: tuple[object, ...] = (None, False, "", [], ())


@dataclass
class Score:
    """How often a field was read right, read wrongly or where it is not, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was read, how much is right; 1 where nothing was read."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what is there, how much was read right; 1 where there is nothing."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True)
class Document:
    """A labelled text."""

    name: str
    text: str
    labels: dict[str, Any]


def documents(folder: Path) -> Iterator[Document]:
    """Every ``name.txt`` of a folder with its ``name.expected.json``; labels may name another file as their text."""
    for file in sorted(folder.glob("*.expected.json")):
        labels = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(".expected.json")
        text = ROOT / labels["text"] if "text" in labels else file.with_name(f"{name}.txt")
        if text.exists():
            yield Document(name, text.read_text(encoding="utf-8"), labels)


def scores_of(folder: Path) -> tuple[dict[str, Score], list[str]]:
    """The score of each field over a folder, and a line for each difference."""
    scores: dict[str, Score] = {}
    differences: list[str] = []
    for document in documents(folder):
        got = as_labels(reading_of(document.text))
        for field, expected, read in _pairs(document.labels, got):
            score = scores.setdefault(field, Score())
            wanted, given = _items(expected), _items(read)
            right = (wanted & given).total()
            score.right += right
            score.wrong += given.total() - right
            score.missed += wanted.total() - right
            if wanted != given:
                differences.append(f"{document.name}: {field}: printed {expected!r}, read {read!r}")
    return scores, differences


def _items(value: Any) -> Counter[str]:
    """A value as the things it says."""
    if any(value is nothing or (value == nothing and not isinstance(value, int)) for nothing in NOTHING):
        return Counter()
    return Counter(map(str, value)) if isinstance(value, list) else Counter([str(value)])


def _pairs(labels: dict[str, Any], got: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for field in FIELDS:
        if field in labels:
            yield field, labels[field], got.get(field)
    if "targets" not in labels:
        return
    expected, read = labels["targets"], got["targets"]
    yield "targets told apart", ["no" if expected is None else "yes"], ["no" if read is None else "yes"]
    for wanted, given in _matched(expected or [], read or []):
        for field in TARGET_FIELDS:
            yield f"target {field}", wanted.get(field), given.get(field)


def _matched(
    expected: list[dict[str, Any]], read: list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each office that is printed beside the one read that shares most with it; those left over beside nothing."""
    left = list(read)
    for wanted in expected:
        alike = [_alike(wanted, one) for one in left]
        best = max(range(len(left)), key=lambda place: alike[place], default=None)
        yield wanted, left.pop(best) if best is not None and alike[best] else {}
    for one in left:
        yield {}, one


def _alike(one: dict[str, Any], other: dict[str, Any]) -> int:
    weights = {"role": 0, "name": 20, "emails": 20, "address_lines": 5, "title": 5}
    return sum(weights.get(field, 1) for field in TARGET_FIELDS if _items(one.get(field)) & _items(other.get(field)))


def table(scores: dict[str, Score]) -> str:
    """The scores as lines for people."""
    lines = [f"{'field':<28}{'precision':>10}{'recall':>8}{'printed':>9}{'read':>6}"]
    for field, score in scores.items():
        printed, read = score.right + score.missed, score.right + score.wrong
        lines.append(f"{field:<28}{score.precision:>10.3f}{score.recall:>8.3f}{printed:>9}{read:>6}")
    return "\n".join(lines)
