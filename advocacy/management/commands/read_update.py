"""Reads a document and says what it was read as; stores nothing."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from advocacy.reading import Fault, Reading, as_labels, reading_of
from advocacy.reading.documents import text_of


class Command(BaseCommand):
    """``manage.py read_update FILE [--json] [--whole]``"""

    help = (
        "Read an urgent action (.docx, .pdf, .html, .txt or .eml) and print what it says, field by field, with the "
        "lines it says it in, what has to be asked, and what is not there. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare FILE, ``--json`` and ``--whole``."""
        parser.add_argument("file", type=Path, help="the document")
        parser.add_argument("--json", action="store_true", help="as JSON, under the names of labelled documents")
        parser.add_argument("--whole", action="store_true", help="in the JSON: full texts, lines and notices as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and print."""
        file: Path = options["file"]
        try:
            reading = reading_of(text_of(file.name, file.read_bytes()))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except Fault as fault:
            raise CommandError("\n".join(fault.lines)) from fault
        if options["json"]:
            values = as_labels(reading, whole=options["whole"])
            self.stdout.write(json.dumps(values, ensure_ascii=False, indent=1))
            return
        for line in account(reading):
            self.stdout.write(line)


def account(reading: Reading) -> Iterator[str]:
    """The reading in lines for people: each field with the lines it stands in, "not found" where it does not."""
    whole = as_labels(reading, whole=True)
    for name in (
        "reference", "update_number", "index", "issued_on", "original_index", "original_issued_on", "deadline",
        "country", "title", "whole_summary", "facts", "asks", "languages", "letter_text",
        "whole_additional_information",
    ):  # fmt: skip
        field = name.removeprefix("whole_")
        yield from _field(field, whole[name], reading.found.get(field, ()))
    yield from _targets(reading)
    for question in reading.questions:
        candidates = f" ({' | '.join(question.candidates)})" if question.candidates else ""
        yield f"ASK {question.field}: {question.why}{candidates}{_lines(question.lines)}"
    for notice in reading.notices:
        yield f"NOTE {notice.words} {notice.text}{_lines(notice.lines)}".rstrip()


def _targets(reading: Reading) -> Iterator[str]:
    if reading.draft.targets is None:
        yield "targets: cannot be told apart"
        return
    if not reading.draft.targets:
        yield "targets: not found"
    for place, target in enumerate(as_labels(reading)["targets"]):
        lines = reading.found.get(f"targets.{place}", ())
        yield f"target {place + 1}, {target.pop('role')}{_lines(lines)}"
        for name, value in target.items():
            yield from (f"  {line}" for line in _field(name, value, reading.found.get(f"targets.{place}.{name}", ())))


def _field(name: str, value: Any, lines: tuple[int, ...]) -> Iterator[str]:
    words = name.replace("_", " ")
    if value in {None, ""} if not isinstance(value, list) else not value:
        yield f"{words}: not found"
    elif isinstance(value, list):
        yield f"{words}:{_lines(lines)}"
        yield from (f"  - {one}" for one in value)
    else:
        yield f"{words}: {value}{_lines(lines)}"


def _lines(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    first, last = numbers[0], numbers[-1]
    return f"  [line {first}]" if first == last else f"  [lines {first}-{last}]"
