"""The worker is nudged when a letter is due, over either broker; a broker that is away delays and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, free_port
from tests.provider import Provider

pytestmark = pytest.mark.e2e

SOON = 20.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """The demo campaign before the provider on loopback; no process runs yet."""
    with Provider() as provider, Installation(tmp_path, provider) as site:
        site.load_demo()
        yield site


@pytest.mark.parametrize("broker", ["orm", "redis"])
def test_a_nudge_reaches_the_worker(site: Installation, broker: str, request: pytest.FixtureRequest) -> None:
    site.broker = request.getfixturevalue("redis_url") if broker == "redis" else "orm"
    site.rows("DELETE FROM django_q_schedule")  # the minute schedule would find the letters without a nudge
    site.start("worker")
    site.manage("make_letters", "3", "--campaign", "ua-61-21")
    assert len(site.provider.wait_for(3, seconds=SOON)) == 3, site.logs()


def test_a_broker_that_is_away_loses_nothing(site: Installation) -> None:
    site.broker = f"redis://127.0.0.1:{free_port()}/0"
    site.manage("make_letters", "3", "--campaign", "ua-61-21")
    assert site.rows("SELECT count(*) FROM mailings_message WHERE status = 'queued'") == [(3,)]
    site.start("drain")
    assert len(site.provider.wait_for(3, seconds=SOON)) == 3, site.logs()
