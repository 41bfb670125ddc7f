"""The worker is nudged when a letter is due, over each broker; a broker that is away delays and loses nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, free_port
from tests.provider import Provider
from tests.provider.server import wait_until
from tests.provider.sqs import Sqs

pytestmark = pytest.mark.e2e

SOON = 20.0


class Elsewhere(Installation):
    """An installation with something more in its environment."""

    further: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | self.further


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Elsewhere]:
    """The demo campaign before the provider on loopback; no process runs yet."""
    with Provider() as provider, Elsewhere(tmp_path, provider) as site:
        site.load_demo()
        site.rows("DELETE FROM django_q_schedule")  # the minute schedule would find the letters without a nudge
        yield site


@pytest.mark.parametrize("broker", ["orm", "redis"])
def test_a_nudge_reaches_the_worker(site: Installation, broker: str, request: pytest.FixtureRequest) -> None:
    site.broker = request.getfixturevalue("redis_url") if broker == "redis" else "orm"
    site.start("worker")
    site.manage("make_letters", "3", "--campaign", "ua-61-21")
    assert len(site.provider.wait_for(3, seconds=SOON)) == 3, site.logs()


def test_a_nudge_reaches_the_worker_through_amazon(site: Elsewhere) -> None:
    with Sqs() as sqs:
        site.broker, site.further = "sqs", sqs.environment_at(sqs.url) | {"AWS_REGION": "eu-north-1"}
        site.start("worker")
        site.manage("make_letters", "3", "--campaign", "ua-61-21")
        assert len(site.provider.wait_for(3, seconds=SOON)) == 3, site.logs()
        assert wait_until(lambda: not sqs.waiting, SOON)  # done, and taken off the queue
        site.kill_all()
    assert (sqs.sent, sqs.regions) == (1, {"eu-north-1"})


@pytest.mark.parametrize("broker", ["redis", "sqs"])
@pytest.mark.parametrize("silent", [True, False], ids=["silent", "away"])
def test_a_broker_that_does_not_answer_loses_nothing(site: Elsewhere, broker: str, silent: bool) -> None:
    """Whether nobody listens, or somebody who never says a word, as when its machine was cut off."""
    with socket.create_server(("127.0.0.1", 0)) as listens:
        port = listens.getsockname()[1] if silent else free_port()
        site.broker = f"redis://127.0.0.1:{port}/0" if broker == "redis" else "sqs"
        site.further = Sqs.environment_at(f"http://127.0.0.1:{port}")
        site.manage("make_letters", "3", "--campaign", "ua-61-21")
    assert site.rows("SELECT count(*) FROM mailings_message WHERE status = 'queued'") == [(3,)]
    site.start("drain")
    assert len(site.provider.wait_for(3, seconds=SOON)) == 3, site.logs()
