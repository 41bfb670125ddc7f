"""Tests of the campaign's page as visitors get it: kept for a second, and true a second later."""

import pytest
from django.test import Client
from pytest_django import Settings

from advocacy import campaigns
from advocacy.models import Update
from config import page_cache
from config.page_cache import FRESH

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[float]:
    """A clock that stands, and pages that are kept."""
    settings.KEEP_PAGES = True
    now = [1000.0]
    monkeypatch.setattr(page_cache, "monotonic", lambda: now[0])
    return now


def test_a_stopped_campaign_shows_no_form_a_second_later(clock: list[float], update: Update, client: Client) -> None:
    address = update.campaign.get_absolute_url()
    first, again = client.get(address), client.get(address)
    assert first.content == again.content
    assert dict(first.headers) == dict(again.headers)
    assert "Content-Security-Policy" in again.headers
    assert again.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="token"' in again.content.decode()
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.")
    assert client.post(address, {"do": "send"}).status_code == 409  # what is pressed looks at the truth at once
    clock[0] += FRESH
    page = client.get(address).content.decode()
    assert 'name="token"' not in page
    assert "They were freed." in page
