"""Owns what tests share: a whole site, the browser, the servers found here, and the rule that CI skips nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from advocacy import queries
from mailings import lanes, queue, sending
from tests.installation import Installation
from tests.provider import Provider
from tests.run import CHROMIUM_WORDS, chromium_path

FAULTS = Path(__file__).parent / "faults"


def demand(what: str, found: str) -> str:
    """`found`, when it is there; else the test is skipped, or fails where nothing may be skipped."""
    if not found:
        if os.environ.get("APPEAL_NOTHING_SKIPPED") == "1":
            pytest.fail(f"{what} is missing, and nothing may be skipped here")
        pytest.skip(f"{what} is missing")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fault suite last. Take tests that only mean something on PostgreSQL out of a run on another database."""
    items.sort(key=lambda item: FAULTS in item.path.parents)  # The order stays as it is within each.
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        return
    for item in items:
        if "postgres" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="means something on PostgreSQL only; set DATABASE_URL"))


@pytest.fixture(autouse=True)
def _remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with an empty database, on a machine that has not sent yet, in a process that knows nothing."""
    lanes.forget()
    (Path(settings.VAR_DIR) / "instance").unlink(missing_ok=True)
    monkeypatch.setattr(sending, "_said", {})
    # No nudge of one test may be left for another one's database.
    monkeypatch.setattr(queue, "SECONDS_BETWEEN_NUDGES", 0.0)
    monkeypatch.setattr(queue, "_nudges", queue._Nudges())
    monkeypatch.setattr(queries, "SECONDS_KNOWN", 0.0)
    monkeypatch.setattr(queries, "_counted", {})


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The address of a PostgreSQL server on which tests may create databases."""
    return demand("PostgreSQL (TEST_POSTGRES_URL)", os.environ.get("TEST_POSTGRES_URL", ""))


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a Redis database that tests may empty."""
    return demand("Redis (TEST_REDIS_URL)", os.environ.get("TEST_REDIS_URL", ""))


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A site in live mode before the provider on loopback, with the demo campaign and every process running."""
    postgres = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""
    with Provider() as provider, Installation(tmp_path_factory.mktemp("site"), provider, postgres=postgres) as site:
        site.load_demo()
        site.start_all()
        yield site
        site.stop_all()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window, one for all tests."""
    path = demand("Chromium", chromium_path())
    # Playwright keeps an event loop in this thread, and Django would take every query for one made inside of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_WORDS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of its own, with no cookies, at desktop width."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()
