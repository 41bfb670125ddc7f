"""Owns one measurement from its first word to its table: look what is there, measure each part, clean up."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import claiming, form, machine, options, sending, webhooks
from benchmarks.bench import Bench
from benchmarks.control import Provider
from benchmarks.databases import drop_databases, left_behind
from benchmarks.options import Options
from tests.run import postgres_url

PEERS = Path(__file__).resolve().parent / ".venv"
Section = Callable[[Bench, Options, Callable[[str], None]], list[str]]
TITLES: dict[str, tuple[str, Section]] = {
    "send": ("From a full queue to the provider", sending.section),
    "form": ("The campaign's page and its form", form.section),
    "webhooks": ("What providers report", webhooks.section),
    "claim": ("The claim from a long line", claiming.section),
}


def say(line: str) -> None:
    """Tell the person who waits how far it is; the tables alone go to stdout."""
    print(line, file=sys.stderr, flush=True)


def ended(number: int, frame: object) -> None:
    """Clean up when told to end."""
    sys.exit(128 + number)


def main(words: list[str]) -> int:
    """Measure, print and write the tables. Returns the code to exit with."""
    chosen = options.read(words)
    signal.signal(signal.SIGTERM, ended)
    postgres = postgres_url() if "PostgreSQL" in chosen.databases else ""
    if "PostgreSQL" in chosen.databases and not postgres:
        say("!!! PostgreSQL does not answer (TEST_POSTGRES_URL names another): measured on SQLite only")
    if not (PEERS / "bin" / "python").exists():
        say("The peers are not installed. `make bench` installs them.")
        return 1
    if postgres:
        drop_databases(postgres, *left_behind(postgres))
    lines = [
        "# What was measured",
        "",
        f"By `make bench` on {datetime.now(UTC):%d %B %Y}; docs/performance.md explains it.",
        "",
        *(f"- {line}" for line in machine.describe(postgres, PEERS)),
        f"- Other work on the machine at the start: load {os.getloadavg()[0]:.2f}. Medians of {chosen.runs} runs.",
    ]
    with tempfile.TemporaryDirectory(prefix="appeal-bench-") as folder, Provider() as provider:
        bench = Bench(provider, Path(folder), postgres, chosen)
        try:
            for name in chosen.sections:
                title, section = TITLES[name]
                lines += ["", f"## {title}"]
                try:
                    lines += section(bench, chosen, say)
                except RuntimeError as fault:  # The other parts are worth their time all the same.
                    lines += ["", f"Not measured: {fault}"]
                    say(lines[-1])
        finally:
            bench.close()
            text = "\n".join(lines) + "\n"
            chosen.output.write_text(text)
            print(text)
    return 1 if "Not measured" in text else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
