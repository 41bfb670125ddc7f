"""Owns what each mail provider is called and can do: one row per provider, read from the source of Anymail 15.2.

Unisender Go is left out: its servers stand where the people whom letters are about have to be kept safe from.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

#: So much of the time that a provider promises is counted on. The rest is for clocks that differ and slow requests.
CERTAIN = 0.8


@dataclass(frozen=True)
class Provider:
    """One mail provider.

    `backend` is the dotted path of its email backend. `api_key_setting` and `api_url_setting` are the names under which
    Anymail's settings want the key and the address ("" where there is none); `further` names settings without which it
    cannot work. `webhook` is the path under /anymail/ on which it reports ("" where it does not), `webhook_needs` the
    settings that its reports cannot be read without. `metadata` says whether our own id can travel with a message and
    return in its events, `names_cc_recipient` whether an event tells which of several recipients it is about,
    `tracking_switch` whether open and click tracking can be switched off message by message (elsewhere it is switched
    off in the provider's own account). `needs` is a Python module that has to be installed besides, or "".

    What can settle a doubt: `key_header` is the header under which our key travels ("" where the provider knows none),
    and `key_known_for` how long a second request under the same key is not sent again. `searchable_for` is how long the
    provider can be asked whether it has a message; mailings.lookups knows how. Both as documented, never longer.
    `keep_id_header` is the header that it wants to see "true" in, or it replaces our Message-ID by its own.
    """

    name: str
    #: As people write it, and as Anymail signs its reports.
    title: str
    backend: str
    api_key_setting: str = ""
    api_url_setting: str = ""
    further: tuple[str, ...] = ()
    webhook: str = ""
    webhook_needs: tuple[str, ...] = ()
    metadata: bool = True
    names_cc_recipient: bool = True
    tracking_switch: bool = False
    needs: str = ""
    key_header: str = ""
    key_known_for: timedelta = timedelta(0)
    searchable_for: timedelta = timedelta(0)
    keep_id_header: str = ""

    @property
    def can_settle_for(self) -> timedelta:
        """How long after a hand-over this provider can surely tell what became of it."""
        return max(self.key_known_for, self.searchable_for) * CERTAIN


def _anymail(name: str) -> str:
    return f"anymail.backends.{name}.EmailBackend"


_ROWS = (
    Provider("sandbox", "The sandbox", "mailings.sandbox.backend.EmailBackend"),
    Provider(
        "smtp",
        "The mail server",
        "mailings.backends.smtp.EmailBackend",
        metadata=False,
        names_cc_recipient=False,
    ),
    Provider(
        "amazon_ses",
        "Amazon SES",
        _anymail("amazon_ses"),
        # Its key is the pair that the AWS client finds by itself; its address goes into AMAZON_SES_CLIENT_PARAMS.
        webhook="amazon_ses",
        needs="boto3",
    ),
    Provider(
        "brevo",
        "Brevo",
        _anymail("brevo"),
        "BREVO_API_KEY",
        "BREVO_API_URL",
        webhook="brevo",
        key_header="idempotencyKey",
        # Its page on batches says 30 minutes, its announcement 15.
        key_known_for=timedelta(minutes=15),
    ),
    Provider(
        "mailersend",
        "MailerSend",
        _anymail("mailersend"),
        "MAILERSEND_API_TOKEN",
        "MAILERSEND_API_URL",
        webhook="mailersend",
        webhook_needs=("MAILERSEND_SIGNING_SECRET",),
        metadata=False,
        tracking_switch=True,
    ),
    Provider(
        "mailgun",
        "Mailgun",
        _anymail("mailgun"),
        "MAILGUN_API_KEY",
        "MAILGUN_API_URL",
        webhook="mailgun",
        tracking_switch=True,
        searchable_for=timedelta(days=3),  # "at least"
    ),
    Provider(
        "mailjet",
        "Mailjet",
        _anymail("mailjet"),
        "MAILJET_API_KEY",
        "MAILJET_API_URL",
        further=("MAILJET_SECRET_KEY",),
        webhook="mailjet",
        tracking_switch=True,
    ),
    Provider(
        "mailtrap", "Mailtrap", _anymail("mailtrap"), "MAILTRAP_API_TOKEN", "MAILTRAP_API_URL", webhook="mailtrap"
    ),
    Provider(
        "mandrill",
        "Mandrill",
        _anymail("mandrill"),
        "MANDRILL_API_KEY",
        "MANDRILL_API_URL",
        webhook="mandrill",
        webhook_needs=("MANDRILL_WEBHOOK_KEY",),
        tracking_switch=True,
    ),
    Provider(
        "postal",
        "Postal",
        _anymail("postal"),
        "POSTAL_API_KEY",
        "POSTAL_API_URL",
        further=("POSTAL_API_URL",),  # everybody runs their own: there is no address to assume
        webhook="postal",
        webhook_needs=("POSTAL_WEBHOOK_KEY",),
        metadata=False,
        needs="cryptography",
    ),
    Provider(
        "postmark",
        "Postmark",
        "mailings.backends.postmark.EmailBackend",
        "POSTMARK_SERVER_TOKEN",
        "POSTMARK_API_URL",
        webhook="postmark",
        tracking_switch=True,
        searchable_for=timedelta(days=7),  # 45 days, unless the account's owner chose fewer; 7 is the least
        keep_id_header="X-PM-KeepID",
    ),
    # Every event of a message with several recipients names the first To address.
    Provider(
        "resend",
        "Resend",
        "mailings.backends.resend.EmailBackend",
        "RESEND_API_KEY",
        "RESEND_API_URL",
        webhook="resend",
        names_cc_recipient=False,
        key_header="Idempotency-Key",
        key_known_for=timedelta(hours=24),
    ),
    # Reports nothing through Anymail yet.
    Provider(
        "scaleway",
        "Scaleway",
        _anymail("scaleway"),
        "SCALEWAY_SECRET_KEY",
        "SCALEWAY_API_URL",
        further=("SCALEWAY_PROJECT_ID",),
        names_cc_recipient=False,
    ),
    Provider(
        "sendgrid",
        "SendGrid",
        _anymail("sendgrid"),
        "SENDGRID_API_KEY",
        "SENDGRID_API_URL",
        webhook="sendgrid",
        tracking_switch=True,
    ),
    Provider(
        "sparkpost",
        "SparkPost",
        _anymail("sparkpost"),
        "SPARKPOST_API_KEY",
        "SPARKPOST_API_URL",
        webhook="sparkpost",
        tracking_switch=True,
        searchable_for=timedelta(days=10),
    ),
)

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _ROWS}


def is_loopback(url: str) -> bool:
    """Whether the address `url` leads to this very machine, so that what is handed over there cannot reach anybody."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
