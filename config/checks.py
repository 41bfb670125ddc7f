"""Owns what must be true of the site before real letters leave; what must be true of its mail is in mailings.checks."""

import importlib.util
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from mailings.abilities import is_loopback
from mailings.checks import provider_is_here

SHORTEST_KEY = 50
FEWEST_DIFFERENT = 5  # characters in a key, the same bound as Django's own check
NEW_KEY = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def check_site(**kwargs: Any) -> list[checks.CheckMessage]:
    """Errors of the key in `test` and `live` mode, and of the site's address in `live` mode; the sandbox has none."""
    if settings.MAIL_MODE == "sandbox":
        return list(_broker())
    return [*_key(), *_broker(), *(_site() if settings.MAIL_MODE == "live" else ())]


def _key() -> Iterator[checks.CheckMessage]:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        key = ""
    if not key:
        yield checks.Error(
            f"SECRET_KEY is missing, and MAIL_MODE is {settings.MAIL_MODE}.",
            hint=f"{NEW_KEY} Set it, or name a file that holds it in SECRET_KEY_FILE.",
            id="appeal.E001",
        )
    elif len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT or key.startswith("django-insecure-"):
        yield checks.Error(
            f"SECRET_KEY is weak: it needs {SHORTEST_KEY} random characters.", hint=NEW_KEY, id="appeal.E002"
        )


def _broker() -> Iterator[checks.CheckMessage]:
    if "sqs" in settings.Q_CLUSTER and importlib.util.find_spec("boto3") is None:
        yield checks.Error(
            "Q_BROKER is sqs, and the Python module boto3 is not installed.",
            hint="Install it: .venv/bin/pip install --require-hashes -r requirements-ses.txt",
            id="appeal.E003",
        )


def _site() -> Iterator[checks.CheckMessage]:
    here = is_loopback(settings.SITE_URL)
    if here and provider_is_here():
        return  # live mode rehearsed on one machine: letters go to a provider on it, and links lead to it
    if here:
        yield checks.Error(
            f"SITE_URL is {settings.SITE_URL}, and the links in letters would lead to each reader's own machine.",
            hint="Set it to the public address, like https://appeal.example.org.",
            id="appeal.E004",
        )
    if urlsplit(settings.SITE_URL).scheme != "https":
        yield checks.Error(
            "SITE_URL does not begin with https, and what supporters write would cross the network in the clear.",
            hint="Set up https at the web server in front, then write SITE_URL with https.",
            id="appeal.E005",
        )
    if settings.DEBUG:
        yield checks.Error(
            "DEBUG is on, and a page that fails would show settings and letters to its visitor.",
            hint="Remove DEBUG, or set DEBUG=false.",
            id="appeal.E006",
        )
