"""Rows 15 to 17: a database that is locked, full, or not to be written to. Nothing leaves that could not be noted."""

import contextlib
import resource
import sqlite3
import time
from collections.abc import Iterator

import pytest

from tests.faults.cluster import family_of
from tests.faults.trial import LONG_AGO, Trial
from tests.story import CAMPAIGN, LENA

pytestmark = pytest.mark.e2e

LETTERS = 12
WAITS = "The database does not answer"
#: Not one page of SQLite's fits in.
FULL = 4096
FREE = resource.RLIM_INFINITY


@contextlib.contextmanager
def locked(trial: Trial) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(trial.site.folder / "appeal.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def on_sqlite(trial: Trial) -> Trial:
    """A site on SQLite whose web server and workers are patient for one second."""
    if trial.cluster is not None:
        pytest.skip("about SQLite; its PostgreSQL half is another test")
    return trial


@pytest.fixture
def impatient(on_sqlite: Trial) -> Iterator[Trial]:
    """A site whose web server and workers wait one second for a lock, instead of twenty."""
    site = on_sqlite.site
    site.further["TEST_SQLITE_TIMEOUT"] = on_sqlite.further["TEST_SQLITE_TIMEOUT"] = "1"
    site.kill("web")
    site.start("web")
    yield on_sqlite
    site.further.clear()
    site.kill("web")
    site.start("web")


def writes_a_letter(trial: Trial) -> int:
    """A supporter fills in the form and presses the button. Returns the HTTP status of the answer."""
    visitor = trial.site.visitor()
    return visitor.press(visitor.get(CAMPAIGN), "Send my letter", **LENA).status


def letters_written(trial: Trial) -> int:
    """How many letters of supporters there are."""
    return int(trial.site.rows("SELECT count(*) FROM advocacy_letter")[0][0])


def test_another_writer_holds_the_file(impatient: Trial) -> None:
    trial = impatient
    trial.post(LETTERS)
    with locked(trial):
        loop = trial.loop()
        trial.wait(lambda: loop.words().count(WAITS) >= 2)
        # Pages are read as ever; what would have to be kept is refused with a word on when to come back.
        assert trial.site.visitor().get(CAMPAIGN).status == 200
        assert writes_a_letter(trial) == 503
        assert trial.provider.requests == 0
    trial.until_all_sent()
    assert letters_written(trial) == 0
    assert len(trial.provider.mails) == LETTERS


def test_another_writer_holds_the_file_when_the_answers_come(impatient: Trial) -> None:
    trial = impatient
    trial.provider.answers.clear()
    trial.post(8)
    loop = trial.loop()
    trial.wait(lambda: len(trial.provider.mails) == 8)
    with locked(trial):
        trial.provider.answers.set()
        trial.wait(lambda: loop.words().count(WAITS) >= 2)
    trial.until_all_sent()
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_step") == [("sent",)]


def test_the_disk_is_full_before_anything_is_claimed(on_sqlite: Trial) -> None:
    trial = on_sqlite
    trial.post(LETTERS)
    assert trial.dies("never", "--file-size", str(FULL)) == 1
    assert trial.provider.requests == 0
    assert trial.counts() == {"queued": LETTERS}
    trial.drain()
    assert trial.counts() == {"sent": LETTERS}


def test_the_disk_is_full_when_the_answers_come(on_sqlite: Trial) -> None:
    trial = on_sqlite
    trial.provider.answers.clear()
    trial.post(LETTERS)
    loop = trial.loop()
    trial.wait(lambda: len(trial.provider.mails) == 8)
    resource.prlimit(loop.pid, resource.RLIMIT_FSIZE, (FULL, FREE))
    trial.provider.answers.set()
    trial.wait(lambda: loop.words().count(WAITS) >= 2)
    assert trial.provider.requests == 8, "begun, and could not be noted"
    resource.prlimit(loop.pid, resource.RLIMIT_FSIZE, (FREE, FREE))
    trial.until_all_sent()
    assert trial.site.rows("SELECT DISTINCT status FROM mailings_step") == [("sent",)]


def test_the_disk_is_full_when_a_letter_is_written(on_sqlite: Trial) -> None:
    trial = on_sqlite
    web = family_of(trial.site.leader("web").pid)
    for pid in web:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL, FREE))
    assert writes_a_letter(trial) == 503
    assert letters_written(trial) == 0
    for pid in web:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FREE, FREE))
    assert writes_a_letter(trial) == 200
    assert letters_written(trial) == 1
    trial.posted = int(trial.site.rows("SELECT count(*) FROM mailings_message")[0][0])


def test_the_disk_of_postgresql_is_full(trial: Trial) -> None:
    if trial.cluster is None:
        pytest.skip("about PostgreSQL; its SQLite half is another test")
    letters = 200
    trial.post(letters)
    # A long story fills its table to the brim; no file may grow beyond that.
    trial.site.rows(
        "INSERT INTO mailings_step (message_id, at, status, attempt, note, by)"
        " SELECT (SELECT min(id) FROM mailings_message), now(), 'queued', 0, 'A line of a long story', ''"
        " FROM generate_series(1, 14000)"
    )
    (size,) = trial.site.rows("SELECT pg_relation_size('mailings_step')")[0]
    assert size > 1_050_000
    trial.cluster.limit_files(1_048_576)
    loop = trial.loop()
    trial.wait(lambda: loop.words().count(WAITS) >= 2)
    recorded, offered = trial.counts()["sent"], trial.provider.requests
    assert offered <= recorded + 8, "begun, and could not be noted"
    time.sleep(1)
    assert trial.provider.requests == offered
    trial.cluster.limit_files()
    trial.until_all_sent()
    assert len(trial.provider.mails) == letters


def test_nothing_leaves_while_the_database_is_read_only(trial: Trial) -> None:
    trial.post(LETTERS)
    trial.site.rows(f"INSERT INTO mailings_heartbeat (name, at) VALUES ('loop@gone', '{LONG_AGO}')")
    make_read_only(trial, True)
    loop = trial.loop()
    trial.wait(lambda: loop.words().count(WAITS) >= 2)
    assert trial.provider.requests == 0
    assert trial.counts() == {"queued": LETTERS}
    assert trial.site.health() == 503
    make_read_only(trial, False)
    if trial.cluster is None:
        trial.kill("drain")
        trial.loop()
    trial.until_all_sent()
    assert trial.site.health() == 200


def make_read_only(trial: Trial, on: bool) -> None:
    """Let nobody write any more: as on a replica, or on a disk that was mounted anew after an error."""
    if trial.cluster is None:
        trial.further = {"TEST_SQLITE_FURTHER": "PRAGMA query_only=ON;"} if on else {}
        return
    name = trial.site.database_url.rpartition("/")[2]
    trial.site.rows(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if on else "off"}')
    trial.cluster.cut_connections(name)
