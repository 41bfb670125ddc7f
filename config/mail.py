"""Owns the translation of our few MAIL_ variables into the settings that Anymail reads."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config import env
from mailings.abilities import Provider

CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
# boto3 tries a request three times by itself, which would hand one letter over three times. One attempt; we decide.
SES_ONE_ATTEMPT = {
    "retries": {"total_max_attempts": 1, "mode": "standard"},
    "connect_timeout": CONNECT_SECONDS,
    "read_timeout": ANSWER_SECONDS,
}


def plain_value(name: str, written: str) -> Any:
    """What an ANYMAIL_ variable means: true and false, JSON where it starts like JSON, else the text itself.

    Raises ImproperlyConfigured when it starts like JSON and is not.
    """
    if written.lower() in ("true", "false"):
        return written.lower() == "true"
    if not written.startswith(("{", "[")):
        return written
    try:
        return json.loads(written)
    except ValueError as error:
        raise env.refusal(name, "starts like JSON and is not", "Mend the brackets and quotation marks.") from error


@dataclass(frozen=True)
class Account:
    """A provider (None where none is named), the key of our account there, and its address when it is not the usual."""

    provider: Provider | None
    api_key: str = ""
    api_url: str = ""


def anymail_settings(*accounts: Account, webhook_secret: str, further: Mapping[str, str]) -> dict[str, Any]:
    """The ANYMAIL dictionary for these accounts; `further` are the ANYMAIL_ variables without that prefix and win.

    Open and click tracking are off: a letter is not a newsletter, and a tracked link is what spam filters look for.
    Nothing that a provider cannot do is ignored silently; Anymail refuses the message instead.
    """
    made: dict[str, Any] = {
        "IGNORE_UNSUPPORTED_FEATURES": False,
        "REQUESTS_TIMEOUT": (CONNECT_SECONDS, ANSWER_SECONDS),
        # Without a secret Anymail would believe anybody's report: then nobody's, behind a password nobody knows.
        "WEBHOOK_SECRET": webhook_secret or f"nobody:{secrets.token_urlsafe()}",
    }
    for account in accounts:
        made |= _of_account(account)
    return made | {name: plain_value(f"ANYMAIL_{name}", value) for name, value in further.items()}


def _of_account(account: Account) -> dict[str, Any]:
    provider, made = account.provider, dict[str, Any]()
    if provider is None:
        return made
    if provider.api_key_setting and account.api_key:
        made[provider.api_key_setting] = account.api_key
    if provider.api_url_setting and account.api_url:
        made[provider.api_url_setting] = account.api_url
    if provider.tracking_switch:
        made[f"{provider.name.upper()}_SEND_DEFAULTS"] = {"track_opens": False, "track_clicks": False}
    if provider.name == "amazon_ses":
        made["AMAZON_SES_CLIENT_PARAMS"] = {"config": SES_ONE_ATTEMPT} | (
            {"endpoint_url": account.api_url} if account.api_url else {}
        )
    return made
