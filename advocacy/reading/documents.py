"""Owns the way from a file or a pasted page to plain text: checked here, opened in a process apart."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from advocacy.reading.draft import Fault
from advocacy.reading.files.child import LARGEST_ANSWER
from advocacy.reading.files.kinds import kind_of, looks_like_html

#: By the clock; a file that needs longer is none that anybody published.
SECONDS = 20
MOST_CHARACTERS = 200_000
_ROOT = Path(__file__).resolve().parents[2]
_TOO_LONG = "The text is longer than any update. Paste the part that belongs to it."
_GAVE_UP = "The file takes more time or memory than a document should. It was let go; paste its text instead."


def text_of(name: str, content: bytes) -> str:
    """The text of an uploaded file.

    Args:
        name: as the browser gave it. Only its ending is looked at, and it must fit what is in the file.
        content: the whole file.
    Returns:
        Its text, with links as ``[words](address)`` and list items as ``- words``.
    Raises:
        Fault: with what to do, where the file cannot or must not be read.
    """
    return _opened(kind_of(name, content), content)


def text_of_paste(text: str) -> str:
    """What somebody pasted, as text: the source of a web page becomes what its reader would see.

    Raises:
        Fault: where a pasted page holds no text.
    """
    return _opened("html", text.encode("utf-8", "replace")) if looks_like_html(text) else text


def _opened(kind: str, content: bytes) -> str:
    """Have a file read by a process that may be lost."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "advocacy.reading.files.child", kind],
                stdin=given,
                stdout=said,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Fault([_GAVE_UP]) from error
        said.seek(0)
        return _text(said.read(LARGEST_ANSWER) if done.returncode == 0 else b"")


def _text(answer: bytes) -> str:
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise Fault([_GAVE_UP]) from error
    if "text" not in found:
        raise Fault([str(line) for line in found.get("fault", [_GAVE_UP])])
    text = str(found["text"])
    if len(text) > MOST_CHARACTERS:
        raise Fault([_TOO_LONG])
    return text
