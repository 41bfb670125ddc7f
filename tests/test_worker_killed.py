"""The worker is killed in the middle and started again: nothing is lost, and nothing is sent twice blindly.

Real processes, a slow provider on loopback, once on SQLite and once on PostgreSQL.
"""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.installation import Installation
from tests.provider import Mail, Provider
from tests.provider.server import wait_until

pytestmark = pytest.mark.e2e

LETTERS = 60
CONNECTIONS = 8
#: The cluster of Django Q2 hands over in two processes, the drain loop in one.
MOST_FLYING = {"drain": CONNECTIONS, "worker": 2 * CONNECTIONS}
PATIENCE = 40.0


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with the demo campaign, and no process yet."""
    postgres = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, postgres=postgres) as site:
        site.load_demo()
        yield site


@pytest.fixture
def site(installed: Installation) -> Iterator[Installation]:
    """Sixty letters in line, before a provider that takes its time and reports nothing by itself."""
    installed.ask("from mailings.models import Message\nMessage.objects.all().delete()")
    installed.manage("make_letters", str(LETTERS), "--campaign", "ua-61-21")
    installed.provider.forget()
    installed.provider.delay = 0.2
    installed.provider.reports.prompt = False
    yield installed
    installed.kill_all()


def statuses(site: Installation) -> dict[str, str]:
    """The status of every letter, by the hexadecimal form of its uid."""
    return {UUID(str(uid)).hex: status for uid, status in site.rows("SELECT uid, status FROM mailings_message")}


def counts(site: Installation) -> Counter[str]:
    """How many letters are in each state."""
    return Counter(statuses(site).values())


def wait_for_the_middle(provider: Provider) -> None:
    """Wait until a third is through and most connections have a letter on its way."""
    flying = CONNECTIONS - 2
    assert wait_until(
        lambda: len(provider.mails) >= LETTERS / 3 and provider.requests - len(provider.mails) >= flying, PATIENCE
    )


def let_leases_run_out(site: Installation) -> None:
    """Move the clock of what was being handed over, instead of waiting a minute and a half."""
    site.rows("UPDATE mailings_message SET lease = '2026-01-01 00:00:00+00:00' WHERE status = 'sending'")


def strike_the_minute(site: Installation) -> None:
    """Let the worker's minute pass: its clockwork would start this by itself."""
    site.ask("from django_q.tasks import async_task\nfrom mailings import queue\nasync_task(queue.SWEEP)")


def copies(provider: Provider) -> Counter[str]:
    """How many copies the provider holds of each message, by its uid."""
    return Counter(mail.metadata["m"] for mail in provider.mails)


@pytest.mark.parametrize("process", ["drain", "worker"])
def test_a_worker_that_is_killed_loses_nothing_and_sends_nothing_twice(site: Installation, process: str) -> None:
    provider = site.provider

    # The worker is killed while several letters are on their way. The provider takes those all the same.
    site.start(process)
    wait_for_the_middle(provider)
    site.kill(process)
    assert wait_until(lambda: provider.requests == len(provider.mails), PATIENCE)
    left = counts(site)
    assert 1 <= left["sending"] <= MOST_FLYING[process]
    assert left["sent"] + left["sending"] + left["queued"] == LETTERS

    # It is started again. What was on its way is in doubt once its lease is over; everything else leaves, once.
    let_leases_run_out(site)
    site.start(process)
    strike_the_minute(site)
    assert wait_until(lambda: not {"queued", "sending"} & counts(site).keys(), PATIENCE), site.logs()
    site.stop(process)
    after = counts(site)
    assert after == {"sent": LETTERS - left["sending"], "in_doubt": left["sending"]}
    assert set(copies(provider).values()) == {1}
    known = statuses(site)
    assert {uid for uid, status in known.items() if status == "sent"} <= copies(provider).keys()

    # A report of the provider proves that a doubtful letter left; two are kept without, as if the report were lost.
    doubtful = [mail for mail in provider.mails if known[mail.metadata["m"]] == "in_doubt"]
    silent, reported = doubtful[:2], doubtful[2:]
    site.start("web", "drain")  # the one stores what is reported, the other applies it
    for mail in reported:
        provider.reports.report(mail)
    assert wait_until(lambda: counts(site)["in_doubt"] == left["sending"] - len(reported), PATIENCE)
    site.stop("drain")

    # A person settles the rest: one is sent again under the same Message-ID, the others count as sent.
    again = silent[:1]
    rest = [uid for uid, status in statuses(site).items() if status == "in_doubt" and uid not in ids(again)]
    site.ask(f"{DOOR}print(outbox.retry({ids(again)}, by='staff', note='Their office has nothing'))")
    site.ask(f"{DOOR}print(outbox.count_as_sent({rest}, by='staff', note='The provider shows it'))")
    site.manage("drain")
    assert counts(site) == {"sent": LETTERS}
    assert {uid for uid, number in copies(provider).items() if number > 1} == set(ids(again))
    assert len({mail.message_id for mail in provider.mails}) == len(copies(provider))


DOOR = "from mailings import outbox\n"


def ids(mails: list[Mail]) -> list[str]:
    """The uids of our messages that these mails are."""
    return [mail.metadata["m"] for mail in mails]


@pytest.mark.parametrize("process", ["drain", "worker"])
def test_a_worker_that_is_asked_to_end_finishes_what_is_on_its_way(site: Installation, process: str) -> None:
    provider = site.provider
    site.start(process)
    wait_for_the_middle(provider)
    assert site.stop(process) == 0
    after = counts(site)
    assert after["sent"] == len(provider.mails) == provider.requests
    assert after["sent"] + after["queued"] == LETTERS

    # What did not begin to leave goes with the next worker.
    site.manage("drain")
    assert counts(site) == {"sent": LETTERS}
    assert set(copies(provider).values()) == {1}
    assert len(provider.mails) == LETTERS
