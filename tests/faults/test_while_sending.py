"""Rows 54, 56, 57, 59 and 60: what goes on beside the sending, while it goes on.

A migration of a newer version, a process that was forked, a provider that is as slow as it may be, somebody who counts,
and ten times more letters than a worker has memory of its own for.
"""

import os
import signal
from pathlib import Path

import pytest

from tests.faults.cluster import family_of
from tests.faults.trial import Trial

pytestmark = pytest.mark.e2e

LETTERS = 120
#: A letter is counted under one state in every snapshot, whatever moves meanwhile.
COUNT = """
from mailings import reports
from mailings.models import Message
while True:
    totals = reports.totals()
    print(totals.letters, sum(totals.recipients.values()), flush=True)
    if totals.messages["sent"] == {letters}:
        break
"""
#: As a newer version's migration would: a column that nobody here knows, and an index over the whole table.
NEWER = ["ALTER TABLE mailings_message ADD COLUMN newer integer NULL", "CREATE INDEX newer ON mailings_message (newer)"]
OLDER = ["DROP INDEX newer", "ALTER TABLE mailings_message DROP COLUMN newer"]


def sockets_of(pid: int) -> set[str]:
    """The sockets that a process has open, by Linux's own names."""
    links = [entry.readlink() for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
    return {str(link) for link in links if str(link).startswith("socket:")}


def memory_of(pids: list[int]) -> int:
    """Bytes that processes hold for themselves."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))


def test_a_migration_runs_while_letters_leave(trial: Trial) -> None:
    trial.post(3 * LETTERS)
    trial.provider.delay = 0.1
    loop = trial.loop()
    trial.offered(LETTERS // 6)
    for statement in [*NEWER, *OLDER]:
        trial.site.rows(statement)
        trial.run("migrate", "--verbosity", "0")
    assert trial.counts()["queued"], "it was over before the migration was"
    trial.until_all_sent()
    assert len(trial.provider.mails) == 3 * LETTERS
    assert loop.code is None


def test_forked_processes_share_no_connection(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.2
    first = trial.loop(processes=3)
    trial.offered(LETTERS // 4)
    family = family_of(first.pid)
    opened = [sockets_of(pid) for pid in family]
    assert len(family) == 3
    assert all(opened), "one has no connection to the provider"
    assert sum(map(len, opened)) == len(set[str]().union(*opened)), "two processes have the same socket"
    trial.until_all_sent()
    assert len(trial.provider.mails) == LETTERS


def test_whoever_is_asked_to_end_while_it_forks_ends(trial: Trial) -> None:
    for number in range(8):
        loop = trial.start(f"loop-{number}", "drain", "--loop", "--processes", "12")
        trial.wait(lambda: len(family_of(loop.pid)) > 1)  # noqa: B023  It forks the others at this moment.
        os.kill(loop.pid, signal.SIGTERM)
        assert loop.wait(30) == 0
        assert family_of(loop.pid) == [loop.pid]


def all_settled(trial: Trial) -> None:
    """Each letter goes once: what a dead process had is told by the provider, or sent again by a person."""
    trial.until(lambda counts: trial.lapse() is not None and not {"queued", "sending"} & counts.keys())
    trial.settle_by_reports()
    trial.send_again(trial.in_state("in_doubt"))
    trial.until_all_sent()
    assert set(trial.copies().values()) == {1}


def test_a_process_that_is_killed_is_replaced_and_what_it_had_is_in_doubt(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.2
    loop = trial.loop(processes=2)
    trial.offered(LETTERS // 4)
    first, child = family_of(loop.pid)
    os.kill(child, signal.SIGKILL)
    trial.wait(lambda: len(family_of(first)) == 2 and child not in family_of(first))
    all_settled(trial)
    assert loop.code is None


def test_what_was_forked_ends_with_the_first_of_them(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.2
    loop = trial.loop(processes=3)
    trial.offered(LETTERS // 4)
    first, *children = family_of(loop.pid)
    os.kill(first, signal.SIGKILL)
    assert len(children) == 2
    trial.wait(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    trial.kill("drain")
    trial.loop()
    all_settled(trial)


def test_a_provider_that_takes_its_time_costs_time_alone(trial: Trial) -> None:
    trial.post(24)
    # Of a lease of 90 seconds 50 may pass before a hand-over begins, and 30 until its answer: the same in small.
    trial.provider.delay = 2.0
    for name in ("one", "other"):
        trial.dying("never", "--lease", "6", "--connections", "4", command=["drain", "--loop"], name=name)
    trial.until_all_sent()
    assert len(trial.provider.mails) == 24
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_step") == [("sent",)]


def test_whoever_counts_meanwhile_counts_each_letter_once(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.provider.delay = 0.05
    loop = trial.loop(processes=2)
    lines = trial.ask(COUNT.format(letters=LETTERS)).splitlines()
    assert len(lines) > 2, "it was over before anybody counted"
    assert {line.split()[0] for line in lines} == {str(LETTERS)}
    assert loop.code is None


def test_neither_memory_nor_open_files_grow(trial: Trial) -> None:
    loop = trial.loop(processes=2)

    def run(count: int) -> tuple[int, int]:
        trial.post(count)
        trial.until_all_sent()
        family = family_of(loop.pid)
        return memory_of(family), sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in family)

    memory, files = run(500)
    for _ in range(3):
        grown, opened = run(500)
    assert grown - memory < 4_000_000, "1,500 letters more, of 3 kB with all that belongs to each"
    assert opened <= files
    assert loop.code is None
