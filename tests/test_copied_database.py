"""A copied database and a restored backup, for real: each sends nothing and says why, until a person confirms it."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.provider import Provider
from tests.provider.server import wait_until

pytestmark = pytest.mark.e2e

PATIENCE = 40.0
SWEEP = "from mailings import tasks\ntasks.sweep()"
WHY = "from mailings import instance\nprint(instance.stranger())"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Installation]:
    """An installation that has sent three letters, with three more in line."""
    folder = tmp_path / "home"
    folder.mkdir()
    with Provider() as provider, Installation(folder, provider) as site:
        provider.reports.prompt = False
        site.load_demo()
        make_letters(site)
        site.manage("drain")
        make_letters(site)
        yield site


def make_letters(site: Installation) -> None:
    site.manage("make_letters", "3", "--campaign", "ua-61-21")


def counts(site: Installation) -> dict[str, int]:
    """How many letters are in each state."""
    return dict(site.rows("SELECT status, count(*) FROM mailings_message GROUP BY status"))


def copy(site: Installation, to: Path) -> None:
    """Copy its database, whole, as a backup does."""
    with (
        contextlib.closing(sqlite3.connect(site.folder / "appeal.sqlite3")) as one,
        contextlib.closing(sqlite3.connect(to)) as other,
    ):
        one.backup(other)


def copies(provider: Provider) -> Counter[str]:
    """How many copies the provider holds of each letter."""
    return Counter(mail.metadata["m"] for mail in provider.mails)


def test_a_copy_on_another_machine_sends_nothing_until_a_person_confirms(home: Installation, tmp_path: Path) -> None:
    provider = home.provider
    assert counts(home) == {"sent": 3, "queued": 3}
    folder = tmp_path / "copy"
    folder.mkdir()
    copy(home, folder / "appeal.sqlite3")
    with Installation(folder, provider) as there:
        there.manage("drain")
        there.start("web", "drain")
        assert wait_until(
            lambda: "Nothing is sent: Letters left from this database elsewhere" in there.logs(), PATIENCE
        )
        answer = there.visitor().get("/healthz")
        assert answer.status == 503
        assert b"This database may be a copy" in answer.body
        there.stop_all()
        assert counts(there) == {"sent": 3, "queued": 3}
        assert len(provider.mails) == 3

        # The one that it was copied from goes on as if nothing had been.
        home.manage("drain")
        assert counts(home) == {"sent": 6}

        # A person confirms the copy. What was in line there waits for a decision; what is written from now on leaves.
        said = there.manage("confirm_instance", "--why", "The other machine is switched off")
        assert said == "This database is the one that sends. Letters in doubt until somebody decides: 3\n"
        make_letters(there)
        there.manage("drain")
        assert counts(there) == {"sent": 6, "in_doubt": 3}
        assert (len(copies(provider)), set(copies(provider).values())) == (9, {1})

        # Nor does the home mistake itself for the copy.
        assert home.ask(WHY) == there.ask(WHY) == ""


def test_a_restored_backup_on_the_same_machine_pauses(home: Installation, tmp_path: Path) -> None:
    provider = home.provider
    backup = tmp_path / "backup.sqlite3"
    home.ask(SWEEP)  # drains too
    make_letters(home)
    copy(home, backup)
    home.ask(SWEEP)
    assert counts(home) == {"sent": 9}

    (home.folder / "appeal.sqlite3").unlink()
    for end in ("-wal", "-shm"):
        (home.folder / f"appeal.sqlite3{end}").unlink(missing_ok=True)
    backup.rename(home.folder / "appeal.sqlite3")
    assert "it was restored from a backup" in home.ask(WHY)
    home.ask(SWEEP)
    home.manage("drain")
    assert counts(home) == {"sent": 6, "queued": 3}
    assert len(provider.mails) == 9

    home.manage("confirm_instance", "--why", "The disk broke")
    home.manage("drain")
    assert counts(home) == {"sent": 6, "in_doubt": 3}
    assert set(copies(provider).values()) == {1}
