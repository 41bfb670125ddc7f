"""Owns what the tests of mailings share: live mode with the provider on loopback."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from config.mail import Account, anymail_settings
from mailings import provider as handing_over
from mailings.abilities import PROVIDERS
from tests.provider import Provider

SECRET = "appeal:a-long-and-random-password"


def go_live(settings: Settings, url: str, key: str, mode: str = "live", name: str = "postmark", **anymail: Any) -> None:
    """Set everything as an environment with this provider at ``url`` would."""
    settings.MAIL_MODE = mode
    settings.MAIL_PACE = False  # else nothing would leave at night; tests of the pace switch it on
    settings.MAIL_PROVIDER = name
    settings.MAIL_PROVIDER_API_URL = url
    settings.MAIL_PROVIDER_API_KEY = key
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.MAIL_TEST_ADDRESS = "tester@example.org"
    settings.EMAIL_BACKEND = PROVIDERS[name].backend
    made = anymail_settings(Account(PROVIDERS[name], key, url), webhook_secret=SECRET, further={})
    settings.ANYMAIL = {**made, **anymail}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """The provider on loopback, with the site in live mode before it. It reports only what a test posts."""
    with Provider() as provider:
        go_live(settings, provider.url, provider.token)
        yield provider
    handing_over.close()
