"""Letters in doubt are settled by evidence, with real processes: nothing is doubled or lost, whoever is killed.

A worker killed in the middle before a provider that can be asked, and one killed in the middle of a repeat before a
provider that keeps keys. Once on SQLite and once on PostgreSQL.
"""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation
from tests.provider import Provider
from tests.provider.index import Index
from tests.provider.keyed import Line, Resend
from tests.provider.server import wait_until

pytestmark = pytest.mark.e2e

LETTERS = 24
PATIENCE = 40.0
SETTLE = "from mailings import evidence\nprint(evidence.settle(seconds=30))"
MOVE_THE_CLOCK = """
from datetime import timedelta
from django.utils import timezone
from mailings.models import Message
began = timezone.now() - timedelta(minutes={minutes})
Message.objects.filter(status="in_doubt").update(claimed_at=began, doubted_at=began, due=timezone.now())
"""
#: What the worker's minute does first: a lease that ran out is a doubt.
LAPSE = "from mailings import sending\nsending.settle_lapsed()"
#: The worker dies at the worst moment: the provider has the repeat, and nobody has noted its answer.
KILLED_IN_THE_MIDDLE = """
import os, signal
from mailings import evidence, provider
hand_over = provider.hand_over
def killed(parcel):
    hand_over(parcel)
    os.kill(os.getpid(), signal.SIGKILL)
provider.hand_over = killed
evidence.settle()
"""


class ThroughResend(Installation):
    """An installation whose mail goes to Resend."""

    resend_url = ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"MAIL_PROVIDER": "resend", "MAIL_PROVIDER_API_URL": self.resend_url}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def postgres(request: pytest.FixtureRequest) -> str:
    """The address of a PostgreSQL server, or "" for a file."""
    return request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""


@pytest.fixture
def site(postgres: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation with letters in line, before a provider that takes its time and reports nothing."""
    with Provider() as provider, Installation(tmp_path, provider, postgres=postgres) as site:
        site.load_demo()
        site.manage("make_letters", str(LETTERS), "--campaign", "ua-61-21")
        provider.reports.prompt = False
        provider.delay = 0.2
        yield site


def counts(site: Installation) -> dict[str, int]:
    """How many letters are in each state."""
    return dict(site.rows("SELECT status, count(*) FROM mailings_message GROUP BY status"))


def let_time_pass(site: Installation, minutes: int) -> None:
    """Move the clock of what is in doubt: its hand-over began so many minutes ago, and a look at it is due."""
    site.ask(MOVE_THE_CLOCK.format(minutes=minutes))


def test_what_a_killed_worker_left_in_doubt_is_settled_by_asking(site: Installation) -> None:
    provider = site.provider
    site.start("drain")
    assert wait_until(lambda: provider.requests - len(provider.mails) >= 4 and len(provider.mails) >= 4, PATIENCE)
    site.kill("drain")
    assert wait_until(lambda: provider.requests == len(provider.mails), PATIENCE)
    site.rows("UPDATE mailings_message SET lease = '2026-01-01 00:00:00+00:00' WHERE status = 'sending'")
    site.ask(LAPSE)
    site.rows("UPDATE mailings_message SET provider = 'postmark' WHERE status = 'in_doubt'")
    doubtful = counts(site)["in_doubt"]
    assert doubtful >= 1

    # Its index lags: nothing is settled, and nothing goes again.
    provider.index = Index.LATE
    let_time_pass(site, 2)
    assert site.ask(SETTLE) == "0"
    assert counts(site)["in_doubt"] == doubtful

    # It answers with nonsense for an hour, then it knows: what it took is sent, and only what it never saw waits on.
    provider.index = Index.GARBLED
    let_time_pass(site, 65)
    assert site.ask(SETTLE) == "0"
    provider.index = Index.PROMPT
    let_time_pass(site, 70)
    assert int(site.ask(SETTLE)) >= 1
    let_time_pass(site, 130)
    site.ask(SETTLE)
    assert "in_doubt" not in counts(site)

    provider.delay = 0
    site.manage("drain")
    assert counts(site) == {"sent": LETTERS}
    copies = Counter(mail.metadata["m"] for mail in provider.mails)
    assert (len(copies), set(copies.values())) == (LETTERS, {1})


@pytest.fixture
def through_resend(postgres: str, tmp_path: Path) -> Iterator[tuple[ThroughResend, Resend]]:
    """An installation before Resend, with one letter in line."""
    with Provider() as unused, Resend() as resend:
        ThroughResend.resend_url = resend.url
        with ThroughResend(tmp_path, unused, postgres=postgres) as site:
            site.load_demo()
            site.manage("make_letters", "1", "--campaign", "ua-61-21")
            yield site, resend


@pytest.mark.parametrize("line", [Line.CUT_AFTER, Line.CUT_BEFORE])
def test_a_worker_killed_in_the_middle_of_a_repeat_makes_no_second_copy(
    through_resend: tuple[ThroughResend, Resend], line: Line
) -> None:
    site, resend = through_resend
    resend.line = line
    site.manage("drain")
    resend.line = Line.FINE
    assert counts(site) == {"in_doubt": 1}

    let_time_pass(site, 2)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", KILLED_IN_THE_MIDDLE]
    killed = subprocess.run(command, cwd=ROOT, env=site.environment, capture_output=True, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert counts(site) == {"in_doubt": 1}
    assert len(resend.mails) == 1

    let_time_pass(site, 5)
    assert site.ask(SETTLE) == "1"
    assert counts(site) == {"sent": 1}
    assert len(resend.mails) == 1
    assert len({asked.headers["Idempotency-Key"] for asked in resend.asked}) == 1
