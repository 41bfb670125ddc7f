"""Owns the key that the sandbox signs with when nobody gave one: made once, kept in a file."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 50


def kept_key(path: Path) -> str:
    """The secret key in the file `path`, which is created with mode 600 and a random key when it is not there.

    Web and worker may start at the same moment: the key is written to a file of its own and then linked to its name,
    which only one of them can do; both read back the one that won. Raises OSError when the folder is not writable.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key is as good
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
