"""Owns the ceiling: Anymail in a bare loop, with no queue: `python -m benchmarks.peers.bare LETTERS FILE`.

Sixteen threads share the letters out, each on one kept-open connection. What raised stands in
the file as failed, by id.
"""

import json
import sys
import threading
from pathlib import Path

import django
from django.core.mail import get_connection

from benchmarks.peers.mails import letter_id, mail

THREADS = 16


def main(count: int, file: Path) -> None:
    """Send this many letters, and write down the ids of those that failed."""
    django.setup()
    numbers = iter(range(count))
    failed: dict[str, str] = {}

    def loop() -> None:
        connection = get_connection()
        connection.open()
        for number in numbers:
            try:
                connection.send_messages([mail(number)])
            except Exception:  # noqa: BLE001  Whatever it is, the other letters go on.
                failed[letter_id(number)] = "failed"
                connection.close()
                connection.open()
        connection.close()

    threads = [threading.Thread(target=loop) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file.write_text(json.dumps(failed))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
