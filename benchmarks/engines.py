"""Owns the engines that are measured: what each is called, how it is set up, filled, run and asked, as its users do."""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import Enum

from benchmarks.places import INSTANCE, KEY, OURS, SECRET, THEIRS, Place, base_environment, call


class Shown(Enum):
    """What an engine says of a letter at the end."""

    SENT = "sent"
    WAITING = "waiting"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Engine(ABC):
    """One way of sending letters."""

    #: As the table names it.
    name: str
    #: What `--engines` calls it.
    key: str
    #: Engines of one family share a filled queue.
    family: str
    #: Whether Appeal is compared with it: a ceiling is not a peer.
    peer = True
    #: A peer driven as wide as Appeal: shown, and compared with apart.
    apart = False
    #: The part of the letters that it is measured with: a slow one reaches its steady pace with few.
    share = 1.0
    #: How many letters it hands over side by side.
    connections = 1
    has_queue = True
    retries = True
    #: Quick enough to be sent through a long line with.
    quick = False

    @abstractmethod
    def environment(self, place: Place) -> dict[str, str]:
        """What its programs find in their environment."""

    @abstractmethod
    def fill(self, place: Place, count: int) -> None:
        """Migrate its database and queue this many letters."""

    @abstractmethod
    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        """The programs that send what is queued.

        Args:
            place: where.
            count: how many letters there are.
            loop: go on until told to end, where it can; else end when nothing is due.
            again: it ran before and left letters that wait.
        """

    def ends_by_itself(self, *, loop: bool) -> bool:
        """Whether its programs end when nothing is due."""
        return True

    @abstractmethod
    def waiting(self, place: Place) -> int:
        """How many letters it still means to send."""

    @abstractmethod
    def account(self, place: Place, count: int) -> dict[str, Shown]:
        """What it says of every letter that was queued, by the letter's id (32 hex digits)."""


class Appeal(Engine):
    """The engine of this repository: two processes of 32 connections."""

    name = "**Appeal**"
    key = family = "appeal"
    peer = False
    quick = True
    connections = 64
    processes = 2

    def environment(self, place: Place) -> dict[str, str]:
        return base_environment(place, OURS) | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.appeal.settings",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": KEY,
            "INSTANCE_ID": INSTANCE,
            "LOG_LEVEL": "warning",
            "MAIL_MODE": "live",
            "MAIL_PACE": "off",
            "MAIL_WARMUP": "off",
            "MAIL_PROVIDER": "postmark",
            "MAIL_PROVIDER_API_URL": place.provider_url,
            "MAIL_PROVIDER_API_KEY": "key-of-the-benchmarks",
            "MAIL_WEBHOOK_SECRET": SECRET,
            "MAIL_CONNECTIONS": str(self.connections // self.processes),
        }

    def fill(self, place: Place, count: int) -> None:
        call([OURS, "-m", "benchmarks.appeal.fill", str(count)], self.environment(place))

    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        return [[OURS, "manage.py", "drain", "--processes", str(self.processes), *(["--loop"] if loop else [])]]

    def ends_by_itself(self, *, loop: bool) -> bool:
        return not loop

    def waiting(self, place: Place) -> int:
        return _count(place, "SELECT count(*) FROM mailings_message WHERE status IN ('queued', 'sending')")

    def account(self, place: Place, count: int) -> dict[str, Shown]:
        assert place.database is not None
        shown = {"sent": Shown.SENT, "failed": Shown.FAILED, "in_doubt": Shown.IN_DOUBT}
        rows = place.database.rows("SELECT uid, status FROM mailings_message")
        if len(rows) != count:
            raise RuntimeError(f"{len(rows)} rows are left of {count} letters")
        return {str(uid).replace("-", ""): shown.get(status, Shown.WAITING) for uid, status in rows}


class AppealNarrow(Appeal):
    """The same with half the connections, to see what is left of what they allow."""

    name = "Appeal, 2 processes of 16 connections"
    key = "appeal-narrow"
    quick = False
    connections = 32


class Peer(Engine):
    """Another package, in the peers' own environment. Its letters are numbered, so their ids are known."""

    more: Mapping[str, str] = {}
    sends: tuple[str, ...] = ()
    waits = ""

    def environment(self, place: Place) -> dict[str, str]:
        return base_environment(place, THEIRS) | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings",
            "BENCH_PEER": self.family,
            "BENCH_PROVIDER_URL": place.provider_url,
            **self.more,
        }

    def fill(self, place: Place, count: int) -> None:
        call([THEIRS, "-m", "benchmarks.peers.fill", str(count)], self.environment(place))

    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        return [[THEIRS, "-m", "django", *self.sends]]

    def waiting(self, place: Place) -> int:
        return _count(place, self.waits)

    def account(self, place: Place, count: int) -> dict[str, Shown]:
        told = json.loads(call([THEIRS, "-m", "benchmarks.peers.account"], self.environment(place)))
        return _filled_up(told, count)


class PostOffice(Peer):
    """django-post_office by its command, with its default of 100 letters a batch and five threads."""

    name = "django-post_office, as it comes"
    key = "post_office"
    family = "post_office"
    share = 0.25
    connections = 5
    waits = "SELECT count(*) FROM post_office_email WHERE status IN (2, 3)"

    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        lock = str(place.folder / "post_office.lock")
        return [[THEIRS, "-m", "django", "send_queued_mail", "--lockfile", lock, *self.sends]]


class PostOfficeTuned(PostOffice):
    """django-post_office at its best in one process: batches of 1000 with ten threads."""

    name = "django-post_office, batches of 1000, 10 threads"
    key = "post_office-1000"
    share = 0.5
    quick = True
    connections = 10
    more = {"BATCH_SIZE": "1000", "THREADS_PER_PROCESS": "10"}


class PostOfficeWide(PostOffice):
    """django-post_office with as many processes and threads as Appeal has."""

    name = "django-post_office, batches of 1000, 2 processes of 32 threads"
    key = "post_office-wide"
    share = 0.5
    apart = True
    connections = 64
    more = {"BATCH_SIZE": "1000", "THREADS_PER_PROCESS": "32"}
    sends = ("--processes", "2")


class Mailer(Peer):
    """django-mailer by its command: one letter after the other."""

    name = "django-mailer"
    key = family = "mailer"
    share = 0.05
    sends = ("send_mail",)
    waits = "SELECT count(*) FROM mailer_message WHERE retry_count < 5 OR priority < 4"

    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        if again:
            call([THEIRS, "-m", "django", "retry_deferred"], self.environment(place))
        return super().commands(place, count, loop=loop, again=again)


class TaskPerLetter(Peer):
    """One Django Q2 task for each letter, two workers, broker in the database."""

    name = "one Django Q2 task a letter"
    key = family = "q2"
    share = 0.1
    connections = 2
    sends = ("qcluster",)
    waits = "SELECT count(*) FROM django_q_ormq"

    def ends_by_itself(self, *, loop: bool) -> bool:
        return False


class Bare(Peer):
    """Anymail in a loop of sixteen threads without any queue: nothing is kept, so this is a ceiling and no peer."""

    name = "Anymail in a bare loop, 16 threads, no queue"
    key = family = "bare"
    peer = False
    connections = 16
    has_queue = False
    retries = False

    def fill(self, place: Place, count: int) -> None:
        """There is nothing to fill."""

    def commands(self, place: Place, count: int, *, loop: bool, again: bool) -> list[list[str]]:
        return [[THEIRS, "-m", "benchmarks.peers.bare", str(count), str(place.folder / "failed.json")]]

    def waiting(self, place: Place) -> int:
        return 0

    def account(self, place: Place, count: int) -> dict[str, Shown]:
        return _filled_up(json.loads((place.folder / "failed.json").read_text()), count)


ENGINES: tuple[Engine, ...] = (
    Appeal(), AppealNarrow(), PostOfficeTuned(), PostOfficeWide(), PostOffice(), Mailer(), TaskPerLetter(), Bare(),
)  # fmt: skip


def _count(place: Place, question: str) -> int:
    assert place.database is not None
    return int(place.database.rows(question)[0][0])


def _filled_up(told: Mapping[str, str], count: int) -> dict[str, Shown]:
    """An account of all letters of a peer: those it says nothing of count as sent."""
    return {f"{number:032x}": Shown.SENT for number in range(count)} | {
        letter: Shown(word) for letter, word in told.items()
    }
