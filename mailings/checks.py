"""Owns what must be true before a message may leave: each missing or unsafe piece of the mail settings, by its name.

Every command runs these at its start, through Django's check framework; the sender calls `faults` again before it
sends, because a web server or a worker that stays up is not a command that starts.
"""

import importlib.util
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from mailings.abilities import PROVIDERS, Provider, is_loopback

EXAMPLE_DOMAINS = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")
SHORTEST_WEBHOOK_PASSWORD = 12
# What these hide or print must be neither hidden nor printed while real letters leave.
UNSAFE_ANYMAIL = ("IGNORE_UNSUPPORTED_FEATURES", "IGNORE_RECIPIENT_STATUS", "DEBUG_API_REQUESTS")
SEND_NOTHING = (
    "django.core.mail.backends.console",
    "django.core.mail.backends.dummy",
    "django.core.mail.backends.filebased",
    "django.core.mail.backends.locmem",
    "anymail.backends.console",
    "anymail.backends.test",
    "mailings.sandbox",
    "config.nowhere",
)


def faults() -> list[checks.CheckMessage]:
    """Why mail must not leave as things are set: errors and warnings, empty when all is well or in the sandbox.

    Reads settings only: no database, no network.
    """
    if settings.MAIL_MODE == "sandbox":
        return []
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    found = [*_mode(provider), *_anymail()]
    if provider is None:
        found += [*_unnamed(), *_secret("NAME-OF-PROVIDER")]
    else:
        found += [*_keys(provider), *_transport(provider), *_webhook(provider)]
    return [*found, *_second(), *_addresses(), *_pace()]


def check_mail(**kwargs: Any) -> list[checks.CheckMessage]:
    """`faults`, in the form in which Django calls a check."""
    return faults()


def register() -> None:
    """Have every command run `faults` at its start."""
    checks.register(check_mail)


def provider_is_here() -> bool:
    """Whether mail goes to a provider on this very machine, as in a test: real offices cannot be reached there."""
    first, second = settings.MAIL_PROVIDER_API_URL, settings.MAIL_SECOND_PROVIDER_API_URL
    return is_loopback(first) and (not settings.MAIL_SECOND_PROVIDER or is_loopback(second))


def _mode(provider: Provider | None) -> Iterator[checks.CheckMessage]:
    known = ", ".join(sorted(PROVIDERS.keys() - {"sandbox"}))
    if not settings.MAIL_PROVIDER:
        yield checks.Error(
            f"MAIL_PROVIDER is missing, and MAIL_MODE is {settings.MAIL_MODE}.",
            hint=f"Name the provider that carries the mail: {known}.",
            id="appeal.E101",
        )
    elif provider is None:
        yield checks.Error(
            f"MAIL_PROVIDER is {settings.MAIL_PROVIDER!r}, which is no provider we know.",
            hint=f"Name one of: {known}.",
            id="appeal.E102",
        )
    elif settings.EMAIL_BACKEND.startswith(SEND_NOTHING):
        yield checks.Error(
            f"MAIL_MODE is {settings.MAIL_MODE}, but {settings.EMAIL_BACKEND} sends nothing.",
            hint=f"Set MAIL_PROVIDER to one of: {known}. Or set MAIL_MODE=sandbox.",
            id="appeal.E103",
        )
    if settings.MAIL_MODE == "test" and not settings.MAIL_TEST_ADDRESS:
        yield checks.Error(
            "MAIL_TEST_ADDRESS is missing, and MAIL_MODE is test.",
            hint="Set it to the one address that every message shall go to instead of its recipients.",
            id="appeal.E104",
        )


def _second() -> Iterator[checks.CheckMessage]:
    """The provider that takes over while the first takes nothing needs all that the first needs."""
    name = settings.MAIL_SECOND_PROVIDER
    if not name:
        return
    provider = PROVIDERS.get(name)
    if provider is None or provider.name in {"sandbox", settings.MAIL_PROVIDER}:
        yield checks.Error(
            f"MAIL_SECOND_PROVIDER is {name!r}, which is no provider that could take over from the first.",
            hint=f"Name another one of: {', '.join(sorted(PROVIDERS.keys() - {'sandbox', settings.MAIL_PROVIDER}))}.",
            id="appeal.E106",
        )
        return
    for found in (*_keys(provider, "MAIL_SECOND_PROVIDER"), *_transport(provider), *_webhook(provider)):
        if found.id not in {"appeal.E121", "appeal.E122", "appeal.W123"}:  # One secret for both, said of the first.
            yield found


def _anymail() -> Iterator[checks.CheckMessage]:
    for name in UNSAFE_ANYMAIL:
        if settings.ANYMAIL.get(name):
            yield checks.Error(
                f"ANYMAIL_{name} is switched on.",
                hint="Remove it: it would hide what a provider refuses, or write letters into the log.",
                id="appeal.E105",
            )


def _unnamed() -> Iterator[checks.CheckMessage]:
    if not settings.MAIL_PROVIDER_API_KEY:
        yield checks.Error(
            "MAIL_PROVIDER_API_KEY is missing.",
            hint="Set it, or name a file that holds it in MAIL_PROVIDER_API_KEY_FILE; smtp and amazon_ses need none.",
            id="appeal.E110",
        )


def _keys(provider: Provider, variable: str = "MAIL_PROVIDER") -> Iterator[checks.CheckMessage]:
    if provider.api_key_setting and not settings.ANYMAIL.get(provider.api_key_setting):
        yield checks.Error(
            f"{variable}_API_KEY is missing for {provider.name}.",
            hint=f"Set it, or name a file that holds it in {variable}_API_KEY_FILE.",
            id="appeal.E110",
        )
    for name in provider.further:
        if not settings.ANYMAIL.get(name):
            named = f"{variable}_API_URL" if name == provider.api_url_setting else f"ANYMAIL_{name}"
            yield checks.Error(
                f"{named} is missing, and {provider.name} cannot work without it.",
                hint=f"Take it from your account at {provider.name}.",
                id="appeal.E111",
            )
    if provider.needs and importlib.util.find_spec(provider.needs) is None:
        yield checks.Error(
            f"The Python module {provider.needs} is not installed, and {provider.name} needs it.",
            hint=f"Install it into .venv: .venv/bin/pip install {provider.needs}",
            id="appeal.E112",
        )


def _transport(provider: Provider) -> Iterator[checks.CheckMessage]:
    if provider.name == "amazon_ses":
        config = settings.ANYMAIL.get("AMAZON_SES_CLIENT_PARAMS", {}).get("config", {})
        if config.get("retries", {}).get("total_max_attempts") != 1:
            yield checks.Error(
                "The Amazon client would try a letter again by itself, and the office could get it three times.",
                hint='Put "retries": {"total_max_attempts": 1} into "config" of ANYMAIL_AMAZON_SES_CLIENT_PARAMS.',
                id="appeal.E113",
            )
    if provider.name == "smtp":
        if not settings.EMAIL_HOST:
            yield checks.Error(
                "EMAIL_HOST is missing, and MAIL_PROVIDER is smtp.",
                hint="Name the mail server that takes our mail.",
                id="appeal.E114",
            )
        if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
            yield checks.Error(
                "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.",
                hint="Keep EMAIL_USE_TLS for port 587, or EMAIL_USE_SSL for port 465.",
                id="appeal.E115",
            )
        if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or is_loopback(f"smtp://{settings.EMAIL_HOST}")):
            yield checks.Warning(
                "EMAIL_USE_TLS and EMAIL_USE_SSL are both off: letters would cross the network in the clear.",
                hint="Switch on the one that the mail server offers.",
                id="appeal.W116",
            )


def _secret(path: str) -> Iterator[checks.CheckMessage]:
    user, colon, password = settings.MAIL_WEBHOOK_SECRET.partition(":")
    hint = (
        "Set MAIL_WEBHOOK_SECRET to user:password with a long random password, and give the provider the address "
        f"https://user:password@{settings.SITE_URL.partition('://')[2]}/anymail/{path}/tracking/"
    )
    if not settings.MAIL_WEBHOOK_SECRET:
        yield checks.Error("MAIL_WEBHOOK_SECRET is missing: anybody could report.", hint=hint, id="appeal.E121")
    elif not (user and colon and password):
        yield checks.Error("MAIL_WEBHOOK_SECRET is not of the form user:password.", hint=hint, id="appeal.E122")
    elif len(password) < SHORTEST_WEBHOOK_PASSWORD:
        yield checks.Warning(
            f"The password in MAIL_WEBHOOK_SECRET is shorter than {SHORTEST_WEBHOOK_PASSWORD} characters.",
            hint="Make a new one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
            id="appeal.W123",
        )


def _webhook(provider: Provider) -> Iterator[checks.CheckMessage]:
    if not provider.webhook:
        yield checks.Info(
            f"{provider.name} reports nothing to us: a letter stays at 'sent', whatever becomes of it.",
            hint="Choose a provider with a webhook to see deliveries and bounces.",
            id="appeal.I120",
        )
        return
    yield from _secret(provider.webhook)
    for name in provider.webhook_needs:
        if not settings.ANYMAIL.get(name):
            yield checks.Error(
                f"ANYMAIL_{name} is missing: reports of {provider.name} could not be checked.",
                hint=f"Take it from the webhook page of your account at {provider.name}.",
                id="appeal.E124",
            )


def _addresses() -> Iterator[checks.CheckMessage]:
    domain = settings.MAIL_DOMAIN
    if not provider_is_here() and any(domain == name or domain.endswith(f".{name}") for name in EXAMPLE_DOMAINS):
        yield checks.Error(
            f"MAIL_DOMAIN is {domain}, which is only an example.",
            hint="Set it to a domain of yours that the provider has verified for sending (SPF, DKIM, DMARC). "
            "Example domains are allowed only with MAIL_PROVIDER_API_URL on this machine.",
            id="appeal.E130",
        )
    if settings.MAIL_REPLY_TO.rpartition("@")[2].lower() != domain:
        yield checks.Error(
            f"MAIL_REPLY_TO is not an address at {domain}.",
            hint="Answers must arrive at MAIL_DOMAIN, or mail filters take the letter for a forgery.",
            id="appeal.E131",
        )


def _pace() -> Iterator[checks.CheckMessage]:
    if settings.MAIL_MODE == "live" and not settings.MAIL_PACE and not provider_is_here():
        yield checks.Error(
            "MAIL_PACE is off, and offices would get every letter at once.",
            hint="Remove MAIL_PACE. It may be off only with MAIL_PROVIDER_API_URL on this machine.",
            id="appeal.E140",
        )
