"""Tests of config.mail, config.nowhere and mailings.abilities against the installed Anymail itself."""

import importlib
import inspect
import pkgutil
from typing import Any

import anymail.backends
import pytest
from anymail.backends.base import AnymailBaseBackend, BasePayload
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.urls import resolve
from django.utils.module_loading import import_string
from pytest_django import Settings

from config.mail import Account, anymail_settings, plain_value
from config.nowhere import EmailBackend
from mailings.abilities import PROVIDERS, Provider, is_loopback

# SendGrid works, and Anymail warns that nobody tests it any more; `manage.py check` passes the warning on.
pytestmark = [
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning"),
]
THROUGH_ANYMAIL = [provider for provider in PROVIDERS.values() if provider.name not in {"sandbox", "smtp"}]
NO_PROVIDERS = {"base", "base_requests", "console", "test"}
LEFT_OUT = {"unisender_go"}
ANOTHER_NAME = {"sendinblue"}  # of brevo


def made_for(provider: Provider | None, **changed: Any) -> dict[str, Any]:
    """The ANYMAIL dictionary for a provider, with everything given."""
    given: dict[str, Any] = {
        "webhook_secret": "user:password",
        "further": {name: "x" for name in provider.further if "URL" not in name} if provider else {},
    }
    account = Account(provider, changed.pop("api_key", "the-key"), changed.pop("api_url", "http://127.0.0.1:9025"))
    return anymail_settings(account, **(given | changed))


def test_every_provider_of_anymail_has_its_row() -> None:
    modules = {module.name for module in pkgutil.iter_modules(anymail.backends.__path__)}
    assert modules - NO_PROVIDERS - LEFT_OUT - ANOTHER_NAME == {provider.name for provider in THROUGH_ANYMAIL}


@pytest.mark.parametrize("provider", THROUGH_ANYMAIL, ids=lambda provider: provider.name)
def test_the_row_is_what_anymail_says(provider: Provider, settings: Settings) -> None:
    settings.ANYMAIL = made_for(provider)
    backend = import_string(provider.backend)()
    assert isinstance(backend, AnymailBaseBackend)
    assert (backend.esp_name, backend.esp_name.lower().replace(" ", "_")) == (provider.title, provider.name)
    if provider.api_url_setting:
        assert str(backend.api_url).startswith("http://127.0.0.1:9025")
    if provider.api_key_setting:
        assert "the-key" in vars(backend).values()


@pytest.mark.parametrize("provider", THROUGH_ANYMAIL, ids=lambda provider: provider.name)
def test_what_it_can_do_is_what_its_payload_can_do(provider: Provider) -> None:
    names = {kind.__module__ for kind in import_string(provider.backend).__mro__ if ".backends." in kind.__module__}
    modules = [importlib.import_module(name) for name in names if ".base" not in name]
    payloads = [found for module in modules for name, found in vars(module).items() if name.endswith("Payload")]
    own = [found for found in payloads if inspect.isclass(found) and found.__module__ in names]
    assert any(can(found, "set_metadata") for found in own) is provider.metadata
    assert all(any(can(found, f"set_track_{kind}") for found in own) for kind in ("opens", "clicks")) is (
        provider.tracking_switch
    )


def can(payload: type[BasePayload], method: str) -> bool:
    """Whether a payload does this itself; Anymail's base only says that it is not supported."""
    return getattr(payload, method) is not getattr(BasePayload, method)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
def test_a_key_is_worth_something_only_where_it_is_kept_for_a_while(provider: Provider) -> None:
    assert bool(provider.key_header) is bool(provider.key_known_for)


@pytest.mark.parametrize("provider", THROUGH_ANYMAIL, ids=lambda provider: provider.name)
def test_tracking_is_off_and_nothing_unsupported_is_asked_of_all_messages(
    provider: Provider, settings: Settings
) -> None:
    settings.ANYMAIL = made_for(provider)
    backend: AnymailBaseBackend = import_string(provider.backend)()
    message = EmailMessage("subject", "text", "from@letters.example.org", ["to@example.org"])
    backend.build_message_payload(message, backend.send_defaults)
    assert (backend.send_defaults == {"track_opens": False, "track_clicks": False}) is provider.tracking_switch


@pytest.mark.parametrize("provider", [one for one in PROVIDERS.values() if one.webhook], ids=lambda one: one.name)
def test_reports_arrive_at_its_webhook(provider: Provider) -> None:
    assert resolve(f"/anymail/{provider.webhook}/tracking/").kwargs == {"name": provider.webhook}
    anymail = resolve(f"/{provider.webhook}/tracking/", urlconf="anymail.urls")
    assert anymail.url_name == f"{provider.webhook}_tracking_webhook"


def test_amazon_tries_once_and_goes_where_it_is_told() -> None:
    params = made_for(PROVIDERS["amazon_ses"])["AMAZON_SES_CLIENT_PARAMS"]
    assert params["config"]["retries"]["total_max_attempts"] == 1
    assert params["endpoint_url"] == "http://127.0.0.1:9025"
    assert "endpoint_url" not in made_for(PROVIDERS["amazon_ses"], api_url="")["AMAZON_SES_CLIENT_PARAMS"]


def test_without_a_webhook_secret_nobody_is_believed() -> None:
    first, second = made_for(None, webhook_secret=""), made_for(None, webhook_secret="")
    assert len(first["WEBHOOK_SECRET"]) > 30
    assert first["WEBHOOK_SECRET"] != second["WEBHOOK_SECRET"]


def test_further_settings_win() -> None:
    made = made_for(PROVIDERS["postmark"], further={"POSTMARK_SERVER_TOKEN": "other", "REQUESTS_TIMEOUT": "[1, 2]"})
    assert made["POSTMARK_SERVER_TOKEN"] == "other"
    assert made["REQUESTS_TIMEOUT"] == [1, 2]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("False", False), ('{"a": [1]}', {"a": [1]}), ("letters.example.org", "letters.example.org")],
)
def test_plain_value(written: str, meant: object) -> None:
    assert plain_value("ANYMAIL_X", written) == meant


def test_nowhere_never_says_that_it_sent() -> None:
    with pytest.raises(ImproperlyConfigured, match="MAIL_PROVIDER"):
        EmailBackend().send_messages([EmailMessage()])


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:9025", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:80/x", True),
        ("http://localhost:1", True),
        ("https://api.postmarkapp.com", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost.example.org", False),
        ("http://0.0.0.0", False),
        ("", False),
    ],
)
def test_is_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here
