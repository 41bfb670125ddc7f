"""Two hosts work for one database: one loses its power and one is cut off in the middle, and every letter leaves once.

Real processes on both: a drain loop and a cluster of Django Q2 each, which makes four workers. Where it is possible a
host is a network namespace, else a group of processes whose ways to the database and the provider stand still.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from tests.cluster import Cluster, programs
from tests.conftest import demand
from tests.hosts import Bridge, Host, hosts, namespaces_are_possible
from tests.installation import Installation
from tests.provider import Provider
from tests.provider.index import Index
from tests.provider.server import wait_until

pytestmark = pytest.mark.e2e

FIRST, LATER = 15_000, 5_000
CONNECTIONS = 8
#: The drain loop of a host hands over in one process, its cluster in two.
MOST_FLYING = 3 * CONNECTIONS
#: An answer of the provider is waited for 30 seconds, a silent database 20; a transaction that pauses lives 30.
LONGER_THAN_ANYBODY_WAITS = 35.0
PATIENCE = 120.0
POST = """
from advocacy.models import Update
from advocacy.wording import Choices, letter_mails
from mailings import outbox
from mailings.outbox import Posting
update = Update.objects.get()
names = [f"Supporter {{number}}" for number in range(100)]
mails = [letter_mails(update, Choices(name=name, city="Lyon", country="FR"))[0] for name in names]
keys = [f"letter-{{number}}" for number in range({first}, {first} + {count})]
outbox.post_many([Posting(mails[n % 100], key, stream=update.stream, reference=key) for n, key in enumerate(keys)])
"""
#: Enough for both processes of both clusters.
DRAINS = "from django_q.tasks import async_task\nfrom mailings import queue\nfor _ in range(8): async_task(queue.DRAIN)"
#: A claim whose host is cut off before its commit.
CLAIM = """
import time
from django.db import transaction
from mailings import claiming, transports
with transaction.atomic():
    print(*[parcel.pk for parcel in claiming.claim(8, "cut off", transports.road())], flush=True)
    time.sleep(600)
"""
#: What is in doubt began so many minutes ago, and a look at it is due.
LOOK = """
from datetime import timedelta
from django.utils import timezone
from mailings import evidence
from mailings.models import Message
began = timezone.now() - timedelta(minutes={minutes})
Message.objects.filter(status="in_doubt").update(claimed_at=began, doubted_at=began, due=timezone.now())
evidence.settle(seconds=30)
"""


class Site(Installation):
    """The web server and the database that both hosts work for. It sends nothing itself."""

    @property
    def environment(self) -> dict[str, str]:
        named = {"INSTANCE_ID": "5f0c6f6e-4b1c-4a3e-9a0e-2f6b1f7f61a1", "MAIL_PROVIDER_API_URL": "http://127.0.0.1:9/"}
        return super().environment | named

    def post(self, first: int, count: int) -> None:
        """Put so many letters in line."""
        self.ask(POST.format(first=first, count=count))

    def statuses(self) -> dict[str, int]:
        """How many letters are in each state."""
        return dict(self.rows("SELECT status, count(*) FROM mailings_message GROUP BY status"))

    def owners(self, host: Host) -> list[str]:
        """The workers of a host that hand over at this moment."""
        flying = "SELECT DISTINCT owner FROM mailings_message WHERE status = 'sending'"
        return [owner for (owner,) in self.rows(flying) if owner.startswith(f"{host.name}-")]

    def doubtful(self) -> set[str]:
        """The letters in doubt, by the hexadecimal form of their uids."""
        return {
            UUID(str(uid)).hex for (uid,) in self.rows("SELECT uid FROM mailings_message WHERE status = 'in_doubt'")
        }

    def let_the_heart_stop(self, name: str = "%") -> None:
        """Move the clock of workers: nothing was seen of them for four minutes."""
        self.rows(f"UPDATE mailings_heartbeat SET at = at - interval '4 minutes' WHERE name LIKE '{name}'")

    def silent_hosts(self) -> int:
        """How many hosts are silent by what /healthz says; -1 where it is red."""
        answer = self.visitor().get("/healthz")
        assert answer.status in {200, 503}
        return int(json.loads(answer.body)["worker"]["silent_hosts"]) if answer.status == 200 else -1


@pytest.fixture
def bridge(capsys: pytest.CaptureFixture[str]) -> Iterator[Bridge | None]:
    """What the hosts are plugged into; None where they are groups of processes."""
    if namespaces_are_possible():
        with Bridge() as made:
            yield made
        return
    if os.geteuid() == 0 and os.environ.get("APPEAL_NOTHING_SKIPPED") == "1":
        pytest.fail("iproute2 (ip) is missing: no two hosts can be made of this machine")
    with capsys.disabled():
        print("\nTwo hosts are two groups of processes here, because network namespaces need root and iproute2.")
    yield None


@pytest.fixture
def site(bridge: Bridge | None, tmp_path: Path) -> Iterator[Site]:
    """The demo campaign and letters in line, over a PostgreSQL and a provider that hosts on the bridge reach."""
    folder = Path(demand("PostgreSQL's server (initdb, pg_ctl)", str(programs() or "")))
    with ExitStack() as stack:
        network = f"{bridge.network}.0/24" if bridge else "127.0.0.0/8"
        cluster = stack.enter_context(Cluster(folder, [bridge.address] if bridge else [], network))
        provider = stack.enter_context(Provider(host=bridge.address if bridge else "127.0.0.1"))
        site = stack.enter_context(Site(tmp_path, provider, postgres=cluster.url()))
        # It takes its time, reports nothing by itself, and its search does not know the newest mails yet.
        provider.delay, provider.reports.prompt, provider.index = 0.03, False, Index.LATE
        site.load_demo()
        site.post(0, FIRST)
        yield site


@pytest.fixture
def both(site: Site, bridge: Bridge | None) -> Iterator[tuple[Host, Host]]:
    """Two hosts whose power is on, and no worker yet."""
    with ExitStack() as stack:
        a, b = hosts(stack, site, ["host-a", "host-b"], bridge)
        yield a, b


def test_one_host_dies_and_one_is_cut_off_and_every_letter_leaves_once(
    site: Site, both: tuple[Host, Host], bridge: Bridge | None
) -> None:
    provider, (a, b) = site.provider, both

    def goes_on(host: Host, letters: int) -> bool:
        """Whether so many more letters come from a host."""
        enough = provider.requests_from(host.address) + letters
        return wait_until(lambda: provider.requests_from(host.address) >= enough, PATIENCE)

    def logs() -> str:
        return f"{site.statuses()}\n{a.logs()}\n{b.logs()}"

    # Four workers on two hosts.
    site.start("web")
    for host in both:
        host.start("drain", "worker")
    site.ask(DRAINS)
    assert wait_until(lambda: min(len(site.owners(a)), len(site.owners(b))) >= 2, PATIENCE), logs()
    assert goes_on(a, 1_000), logs()

    # One loses its power. The other goes on, and nobody is alarmed; staff are told which one is silent.
    a.lose_power()
    dead = site.owners(a)
    assert 2 <= len(dead) <= 3
    site.let_the_heart_stop("%@host-a")
    assert site.silent_hosts() == 1
    assert goes_on(b, 1_000), logs()

    # The other is cut off in the middle of a claim. Nothing drains though letters are due: that is red.
    b.programs["a claim"] = [sys.executable, "manage.py", "shell", "--no-imports", "--command", CLAIM]
    b.start("a claim")
    assert wait_until(lambda: b.said("a claim"), PATIENCE)
    b.cut()
    since = time.monotonic()
    held = ", ".join(b.said("a claim").split())
    before = provider.requests_from(b.address)
    site.let_the_heart_stop()
    assert site.silent_hosts() == -1

    # The first is switched on again and goes on alone. What both hold in transactions that nobody ends comes free, and
    # what was on its way when the power went is in doubt once its lease is over, which we do not wait for.
    a.power_up()
    a.start("drain", "worker")
    site.ask(DRAINS)
    assert goes_on(a, 1_000), logs()
    assert site.silent_hosts() == 1
    names = ", ".join(f"'{owner}'" for owner in dead)
    lapsed = (
        f"UPDATE mailings_message SET lease = '2026-01-01 00:00+00' WHERE status = 'sending' AND owner IN ({names})"
    )
    site.rows(f"SET lock_timeout = '{PATIENCE:.0f}s'; {lapsed}")
    free = f"SELECT 1 FROM mailings_message WHERE id IN ({held}) AND status = 'queued'"
    assert wait_until(lambda: not site.rows(free), PATIENCE), logs()
    site.post(FIRST, LATER)
    time.sleep(max(0.0, since + LONGER_THAN_ANYBODY_WAITS - time.monotonic()))
    assert provider.requests_from(b.address) - before <= MOST_FLYING
    if bridge:  # A forwarder that stands still answers for the one that does not: there nobody can notice.
        assert "The database does not answer" in b.said("drain")

    # The other one is back. It goes on, and writes down by itself what it knows of what was on its way.
    b.mend()
    site.ask(DRAINS)
    assert goes_on(b, 100), logs()
    assert wait_until(lambda: not {"queued", "sending"} & site.statuses().keys(), PATIENCE), logs()
    doubtful = site.doubtful()
    assert site.statuses() == {"sent": FIRST + LATER - len(doubtful), "in_doubt": len(doubtful)}
    assert 1 <= len(doubtful) <= 2 * MOST_FLYING

    # The provider's reports prove that most of those left. The rest it never had: it says so twice, and they go again.
    assert wait_until(lambda: provider.flying == 0, PATIENCE)
    taken = {mail.metadata["m"]: mail for mail in provider.mails}
    for uid in doubtful & taken.keys():
        provider.reports.report(taken[uid])
    assert wait_until(lambda: site.doubtful() == doubtful - taken.keys(), PATIENCE), logs()
    provider.index = Index.PROMPT
    for minutes in (20, 70):
        a.ask(LOOK.format(minutes=minutes))
    assert wait_until(lambda: site.statuses() == {"sent": FIRST + LATER}, PATIENCE), logs()

    # Nothing is lost and nothing went twice.
    copies = Counter(mail.metadata["m"] for mail in provider.mails)
    assert (len(copies), set(copies.values())) == (FIRST + LATER, {1})
    assert copies.keys() == {UUID(str(uid)).hex for (uid,) in site.rows("SELECT uid FROM mailings_message")}
    assert wait_until(lambda: site.silent_hosts() == 0, PATIENCE), logs()
    for host in both:
        assert [host.stop(name) for name in ("drain", "worker")] == [0, 0], logs()
