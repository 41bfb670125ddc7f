"""Owns what the fault suite shares: a PostgreSQL of its own, one site on each database, and the look at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from mailings import provider as handing_over
from tests.cluster import programs
from tests.conftest import demand
from tests.faults.cluster import FaultyCluster
from tests.faults.nursery import Nursery
from tests.faults.trial import Trial
from tests.installation import Installation
from tests.mailings.conftest import go_live
from tests.provider import Provider, Weather


class Faulty(Installation):
    """A site whose SQLite can be short of patience, room, or leave to write, see ``tests.faults.settings``."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[FaultyCluster]:
    """A PostgreSQL that tests may stop, freeze and starve."""
    with FaultyCluster(Path(demand("PostgreSQL's server (initdb, pg_ctl)", str(programs() or "")))) as cluster:
        yield cluster


@pytest.fixture(scope="session", params=["SQLite", "PostgreSQL"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A site in live mode before the provider on loopback, with the demo campaign and its web server."""
    cluster: FaultyCluster | None = request.getfixturevalue("cluster") if request.param == "PostgreSQL" else None
    postgres = cluster.url() if cluster else ""
    folder = tmp_path_factory.mktemp("site")
    with Provider() as provider, Faulty(folder, provider, postgres=postgres) as site:
        site.load_demo()
        site.start("web")
        with Nursery(site.environment, site.folder) as nursery:
            yield Trial(site, cluster, nursery)


@pytest.fixture
def trial(standing: Trial) -> Iterator[Trial]:
    """An empty outbox. Afterwards every process but the web server is killed, and the invariants are looked at."""
    provider = standing.provider
    provider.weather, provider.delay = Weather.FINE, 0.0
    provider.weather_at.clear()
    provider.answers.set()
    provider.reports.prompt = provider.reports.first = False
    standing.further = {}
    standing.clear()
    yield standing
    standing.kill_all()
    standing.hold()


@pytest.fixture
def no_schedule(trial: Trial) -> Iterator[None]:
    """A cluster of Django Q2 without its minute: it drains only when a task tells it to."""
    trial.site.rows("DELETE FROM django_q_schedule")
    yield
    trial.ask("from mailings import queue\nqueue.ensure_schedules()")


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """For tests inside this process: the provider on loopback, with live mode before it."""
    with Provider() as provider:
        go_live(settings, provider.url, provider.token)
        yield provider
    handing_over.close()
