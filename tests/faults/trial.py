"""Owns one trial: a site, its provider, what is put in line, and how a doubt is settled afterwards."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from uuid import UUID

import pytest

from tests.faults import invariants
from tests.faults.cluster import FaultyCluster
from tests.faults.nursery import Nursery, Program
from tests.installation import Installation
from tests.provider import Mail, Provider
from tests.provider.server import wait_until

#: Real programs on a slow machine with other work to do; what waits for longer has failed.
PATIENCE = 90.0
#: Marks tests that are about one of the two databases.
on_sqlite = pytest.mark.parametrize("standing", ["SQLite"], indirect=True)
on_postgresql = pytest.mark.parametrize("standing", ["PostgreSQL"], indirect=True)
#: As SQLite keeps it, so that a comparison of texts holds.
LONG_AGO = "2026-01-01 00:00:00"
POST = """
from mailings import outbox
from tests.mailings.making import mail
postings = [
    outbox.Posting(mail({kind!r}), f"{key}-{{n}}", stream=f"case-{{n % {streams}}}/1", reference=f"{key}{{n}}")
    for n in range({count})
]
print(outbox.post_many(postings))
"""
AGAIN = "from mailings import outbox\nprint(outbox.retry({uids!r}, by='staff', note='Their office has nothing'))"
KEPT = frozenset({"mailings_instance"})
#: What is forgotten between two trials beside all of mailings.
FORGOTTEN = ["advocacy_letter", "advocacy_supporter", "django_q_ormq", "django_q_task"]


class Trial:
    """A site whose web server runs, an empty outbox, and a provider in fine weather that reports only when asked."""

    def __init__(self, site: Installation, cluster: FaultyCluster | None, nursery: Nursery) -> None:
        self.site = site
        self._nursery = nursery
        self._programs: dict[str, Program] = {}
        #: Variables of the environment that programs get which are started from now on, beside the site's own.
        self.further: dict[str, str] = {}
        self.provider: Provider = site.provider
        #: The PostgreSQL it stands on; None where it stands on an SQLite file.
        self.cluster = cluster
        self.posted = 0
        self.twice: set[str] = set()

    @property
    def database(self) -> FaultyCluster:
        """The PostgreSQL, where a test is about that."""
        assert self.cluster is not None, "this test needs the mark on_postgresql"
        return self.cluster

    @property
    def database_name(self) -> str:
        """The name of the site's database on that PostgreSQL."""
        return self.site.database_url.rpartition("/")[2]

    # --- what is in the outbox ---------------------------------------------------------------------------------------

    def post(self, count: int, *, kind: str = "letter", streams: int = 1) -> list[str]:
        """Put messages in line. Returns their uids (hex), in order."""
        key = f"K{self.posted}x"
        before = set(self.statuses())
        said = self.ask(POST.format(kind=kind, key=key, count=count, streams=streams))
        assert said == str(count), said
        self.posted += count
        return [uid for uid in self.statuses() if uid not in before]

    def statuses(self) -> dict[str, str]:
        """The status of every message, by the hexadecimal form of its uid, in the order of their writing."""
        rows = self.site.rows("SELECT uid, status FROM mailings_message ORDER BY id")
        return {UUID(str(uid)).hex: status for uid, status in rows}

    def counts(self) -> Counter[str]:
        """How many messages are in each state."""
        return Counter(self.statuses().values())

    def in_state(self, status: str) -> list[str]:
        """The uids of the messages in this state."""
        return [uid for uid, now in self.statuses().items() if now == status]

    def until(self, true: Callable[[Counter[str]], bool]) -> Counter[str]:
        """Wait until the counts are as they should be, and return them.

        Raises:
            AssertionError: with the last counts and the logs where they are not so after all patience.
        """
        assert wait_until(lambda: true(self.counts()), PATIENCE), f"{self.counts()}\n{self.logs()}"
        return self.counts()

    def wait(self, true: Callable[[], object]) -> None:
        """Wait until it is true; fail with the logs where it is not so after all patience."""
        assert wait_until(true, PATIENCE), self.logs()

    def until_all_sent(self) -> None:
        """Wait until everything is handed over."""
        self.until(lambda counts: counts["sent"] == self.posted)

    # --- what the provider has ---------------------------------------------------------------------------------------

    def copies(self) -> Counter[str]:
        """How many copies the provider holds of each message."""
        return Counter(mail.metadata["m"] for mail in self.provider.mails)

    def offered(self, number: int) -> None:
        """Wait until the provider was offered so many mails, taken or not."""
        self.wait(lambda: self.provider.requests >= number)

    # --- programs ----------------------------------------------------------------------------------------------------

    def start(self, name: str, *words: str) -> Program:
        """Start a program of ours under a name, as leader of a group of its own."""
        assert name not in self._programs, f"{name} runs already"
        self._programs[name] = self._nursery.start(name, words, self.further)
        return self._programs[name]

    def run(self, *words: str) -> str:
        """Run ``manage.py`` and return what it printed. Raises AssertionError with its words where it fails."""
        program = self._nursery.start(words[0], words, self.further)
        code = program.wait(PATIENCE)
        assert code == 0, f"{' '.join(words)} ended with {code}:\n{program.words()}"
        return program.words()

    def ask(self, code: str) -> str:
        """Run Python inside the installation and return what it printed."""
        return self.run("shell", "--no-imports", "--command", code).strip()

    def loop(self, name: str = "drain", processes: int = 1) -> Program:
        """Start a drain loop."""
        return self.start(name, "drain", "--loop", "--processes", str(processes))

    def dying(self, *words: str, command: Iterable[str] = ("drain",), name: str = "dying") -> Program:
        """Start a program of ours that meets its fate at a named point, see ``tests.faults.dying``."""
        return self.start(name, "dying", *words, "--", *command)

    def dies(self, *words: str, command: Iterable[str] = ("drain",)) -> int:
        """The same, until it has ended. Returns its exit code."""
        code = self.dying(*words, command=command).wait(PATIENCE)
        self.kill("dying")
        return code

    def kill(self, name: str) -> None:
        """Kill a program and everything in its group at once."""
        self._programs.pop(name).kill()

    def kill_all(self) -> None:
        """Kill every program but the web server."""
        for name in list(self._programs):
            self.kill(name)
        self.site.kill_all(but=["web"])

    def logs(self) -> str:
        """The last lines of what programs printed."""
        return self.site.logs()

    # --- how it ends -------------------------------------------------------------------------------------------------

    def lapse(self) -> set[str]:
        """Let the leases of the dead run out, instead of waiting a minute and a half. Returns the names of the dead."""
        owners = {owner for (owner,) in self.site.rows("SELECT owner FROM mailings_message WHERE status = 'sending'")}
        dead = {owner for owner in owners if not invariants.alive(owner)}
        for owner in dead:
            self.site.rows(
                f"UPDATE mailings_message SET lease = '{LONG_AGO}' WHERE status = 'sending' AND owner = '{owner}'"
            )
        return dead

    def drain(self) -> str:
        """Settle what has lapsed and hand over everything that is due."""
        return self.run("drain")

    def let_time_pass(self) -> None:
        """Make everything due that waits for its time, and end the rest of the provider."""
        self.site.rows(f"UPDATE mailings_message SET due = '{LONG_AGO}' WHERE status = 'queued'")
        self.site.rows(f"UPDATE mailings_transport SET rests_until = '{LONG_AGO}' WHERE rests_until IS NOT NULL")

    def report(self, mails: Iterable[Mail]) -> None:
        """Have the provider report these mails to our web server, and wait until all that it said took effect."""
        for mail in mails:
            for body in self.provider.reports.bodies(mail):
                assert self.provider.reports.post(body) == 200, self.logs()
        self.wait(self._drained_of_reports)

    def _drained_of_reports(self) -> bool:
        """Drain. True once no report waits: another worker may have had one in hand, or have put it off."""
        self.drain()
        return self.site.rows("SELECT count(*) FROM mailings_event WHERE applied_at IS NULL") == [(0,)]

    def settle_by_reports(self) -> None:
        """Settle every doubt that the provider can: it reports each copy that is not known to have left."""
        known = self.statuses()
        self.report(mail for mail in self.provider.mails if known[mail.metadata["m"]] != "sent")

    def send_again(self, uids: Collection[str]) -> None:
        """A person has these sent again."""
        assert self.ask(AGAIN.format(uids=list(uids))) == str(len(uids))

    def hold(self) -> None:
        """Look at the invariants."""
        invariants.hold(self.site, self.posted, twice=self.twice)

    def clear(self) -> None:
        """Forget everything, as if nothing had ever been written."""
        self.posted, self.twice = 0, set()
        if self.cluster is None:
            ask = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'mailings_%'"
        else:
            ask = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'mailings_%'"
        tables = [*FORGOTTEN, *sorted({name for (name,) in self.site.rows(ask)} - KEPT)]
        if self.cluster is None:
            for table in tables:
                self.site.rows(f"DELETE FROM {table}")
        else:
            self.site.rows(f"TRUNCATE {', '.join(tables)} CASCADE")
        self.provider.forget()
