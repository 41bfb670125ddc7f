"""Owns what `make reading` prints: how well the reader reads folders of labelled documents.

Run as `.venv/bin/python -m tests.reading.score [FOLDER ...]`; without a folder, and without READING_FOLDER in the
environment, over the documents of this repository.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

LAYOUTS = Path(__file__).resolve().parent / "layouts"


def main(words: Sequence[str]) -> int:
    """Print a table for each folder; 1 where one holds no labelled document."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.reading.scoring import scores_of, table  # noqa: PLC0415  Needs Django's settings.

    named = [Path(word) for word in words] or [Path(os.environ.get("READING_FOLDER") or LAYOUTS)]
    for folder in named:
        scores, differences = scores_of(folder)
        print(f"{folder}\n{table(scores)}")
        print("\n".join(differences), end="\n\n" if differences else "\n")
        if not scores:
            print("There is no labelled document: NAME.txt beside NAME.expected.json.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
