"""Owns the process that opens a stranger's file: it limits itself first, then reads one file and answers in JSON.

Run by ``advocacy.reading.documents`` as ``python -m advocacy.reading.files.child KIND`` with the file as its input. It
has no secrets of the site in its environment; whatever a file does to it, the site gets a sentence.
"""

import json
import resource
import sys
from collections.abc import Callable

from advocacy.reading.draft import Fault
from advocacy.reading.files import html, mail, pdf, plain, word

MEMORY = 700_000_000
SECONDS = 10
LARGEST_ANSWER = 4_000_000
_TOO_MUCH = "The file takes more memory or is more tangled than a document should be. Paste its text instead."
_DAMAGED = "The file is damaged and cannot be read. Save it again, or paste its text."

READERS: dict[str, Callable[[bytes], str]] = {
    "word": word.text_of,
    "pdf": pdf.text_of,
    "html": lambda content: html.text_of(plain.text_of(content)),
    "plain": plain.text_of,
    "mail": mail.text_of,
}


def limit() -> None:
    """Take away from this process what no document needs: memory, time, large files, other processes."""
    for name, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(name)
        resource.setrlimit(name, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def answer(kind: str, content: bytes) -> dict[str, list[str] | str]:
    """``{"text": ...}``, or ``{"fault": [sentences]}``."""
    try:
        return {"text": READERS[kind](content)}
    except Fault as fault:
        return {"fault": fault.lines}
    except (MemoryError, RecursionError):
        return {"fault": [_TOO_MUCH]}
    except Exception:  # noqa: BLE001  Three libraries meet a hostile file here; each has errors of its own.
        return {"fault": [_DAMAGED]}


if __name__ == "__main__":
    limit()
    json.dump(answer(sys.argv[1], sys.stdin.buffer.read()), sys.stdout)
