"""Owns the reading of the environment: typed values, and plain words when a variable makes no sense.

A variable that is set but empty counts as unset, because that is how people leave a line of `.env` open. The process
environment wins over `.env`.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from dotenv import load_dotenv

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
HOSTNAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z")
#: Names under which a machine calls itself; a page of one may be asked for without https.
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
POSTGRESQL = "django.db.backends.postgresql"
DATABASES = (POSTGRESQL, "django.db.backends.sqlite3")
#: What is asked of a connection to PostgreSQL, which may stand on another machine: a cable that is pulled says no
#: goodbye. Without these our side would wait for an answer for a quarter of an hour; with them, for 20 seconds.
NOTICED_BY_US = {
    "connect_timeout": 5,  # seconds, as all but the last
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,  # milliseconds
}
#: The same for the server's side: a machine that was cut off in the middle of a transaction would hold its rows there
#: for two hours, and whoever wants to change one of them would stand still. No transaction of ours pauses for so long.
NOTICED_BY_THE_SERVER = {
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "20s",
}
LARGEST_SECRET = 16_384  # bytes; no key is longer, and a wrong path must not pull a whole disk image into memory


def refusal(name: str, problem: str, remedy: str) -> ImproperlyConfigured:
    """The error to raise when variable `name` cannot be used: what is wrong with it and what would be right.

    The offending value is left out on purpose, since it may be a secret that was pasted into the wrong line.
    """
    return ImproperlyConfigured(f"{name} {problem}. {remedy}")


def load(folder: Path) -> None:
    """Read `folder/.env` into the process environment without overwriting what is there.

    `ENV_FILE` names another file; naming the null device reads none. Raises ImproperlyConfigured when it names a file
    that is not there, because starting with half a configuration is worse than not starting.
    """
    named = os.environ.get("ENV_FILE", "").strip()
    if named == os.devnull:
        return
    if named and not Path(named).is_file():
        raise refusal("ENV_FILE", "names a file that is not there", "Correct the path, or unset it to use .env.")
    load_dotenv(Path(named) if named else folder / ".env", override=False, interpolate=False, encoding="utf-8")


def text(name: str, default: str = "") -> str:
    """One line of text, stripped; `default` when unset. Raises ImproperlyConfigured on control characters."""
    value = os.environ.get(name, "").strip() or default
    if not value.isprintable():
        raise refusal(name, "contains a line break or another control character", "Write it as one plain line.")
    return value


def boolean(name: str, default: bool) -> bool:
    """True or False, written true/false, yes/no, on/off or 1/0. Raises ImproperlyConfigured on any other word."""
    word = text(name).lower()
    if not word:
        return default
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise refusal(name, "is neither true nor false", "Write true or false.")
    return word in TRUE_WORDS


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from `least` to `most`, both included. Raises ImproperlyConfigured outside of that."""
    value = text(name)
    if not value:
        return default
    remedy = f"Write a whole number from {least} to {most}."
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise refusal(name, "is not a whole number", remedy)
    if not least <= int(value) <= most:
        raise refusal(name, f"is {int(value)}, which is out of range", remedy)
    return int(value)


def choice(name: str, default: str, choices: Sequence[str]) -> str:
    """One of `choices`, whatever its capitals. Raises ImproperlyConfigured on any other word."""
    value = text(name, default).lower()
    if value not in choices:
        raise refusal(name, "is not a word we know", f"Write one of: {', '.join(choices)}.")
    return value


def secret(name: str, default: str = "") -> str:
    """A secret from `name`, or from the file that `name_FILE` names (one line, its line end is dropped).

    Raises ImproperlyConfigured when both are set, when the file cannot be read or is empty, or when it holds several
    lines. The secret itself never appears in an error.
    """
    file_name = f"{name}_FILE"
    path = text(file_name)
    if not path:
        return text(name, default)
    if text(name):
        raise refusal(name, f"and {file_name} are both set", "Keep one of the two and remove the other.")
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST_SECRET + 1).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(
            file_name, "names a file that cannot be read as text", "Correct the path, or let this user read the file."
        ) from error
    if not content or not content.isprintable() or len(content) > LARGEST_SECRET:
        raise refusal(file_name, "names a file that does not hold one line of text", "Put the secret alone in it.")
    return content


def address(name: str, value: str, *, schemes: Sequence[str]) -> str:
    """`value`, which `name` holds, if it is an absolute address with one of `schemes` and a host.

    Raises ImproperlyConfigured if it is not.
    """
    remedy = f"Write it like {schemes[-1]}://appeal.example.org."
    try:
        parts = urlsplit(value)
        sound = parts.scheme in schemes and parts.hostname is not None and parts.port != 0
    except ValueError as error:
        raise refusal(name, "is not an address", remedy) from error
    if not sound or " " in value:
        raise refusal(name, "is not an address", remedy)
    return value


def url(name: str, default: str = "", *, schemes: Sequence[str] = ("http", "https")) -> str:
    """An absolute web address without a slash at its end, or "" when unset and without a default.

    Raises ImproperlyConfigured when the scheme is not one of `schemes`, the host is missing, the port is not a port, or
    the address carries a user, a query or a fragment.
    """
    value = text(name, default)
    if not value:
        return ""
    parts = urlsplit(address(name, value, schemes=schemes))
    if parts.username is not None or parts.query or parts.fragment:
        raise refusal(name, "carries a user name, a query or a fragment", "Write it without.")
    return value.rstrip("/")


def with_words(address: str, **words: str) -> str:
    """An address with further words in its query; those that stand there already win."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**words, **dict(parse_qsl(parts.query))})))


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings of one database, from an address such as postgresql://user:password@host/name.

    The address may also stand in a file that `name`_FILE names. Connections are kept for 60 seconds and looked at
    before they are used again. Both sides notice when the other one is gone; what the address itself says of that wins.
    Raises ImproperlyConfigured when the address leads to anything but PostgreSQL or SQLite.
    """
    remedy = "Write it like postgresql://user:password@127.0.0.1/appeal or sqlite:////srv/appeal/appeal.sqlite3."
    try:
        found = dj_database_url.parse(secret(name, default), conn_max_age=60, conn_health_checks=True)
    except ValueError as error:
        raise refusal(name, "is not the address of a database", remedy) from error
    if found.get("ENGINE") not in DATABASES:
        raise refusal(name, "is not the address of a database that Appeal is tested on", remedy)
    if found["ENGINE"] == POSTGRESQL:
        given = dict(found.get("OPTIONS", {}))
        for_the_server = [f"-c {option}={value}" for option, value in NOTICED_BY_THE_SERVER.items()]
        options = " ".join([*for_the_server, str(given.get("options", ""))]).strip()
        return {**found, "OPTIONS": {**NOTICED_BY_US, **given, "options": options}}
    return dict(found)


def email(name: str, default: str = "") -> str:
    """One bare email address, or "" when unset and without a default. Raises ImproperlyConfigured on anything else."""
    value = text(name, default)
    if not value:
        return ""
    try:
        validate_email(value)
    except ValidationError as error:
        raise refusal(name, "is not an email address", "Write one bare address, like hello@example.org.") from error
    return value


def domain(name: str, default: str) -> str:
    """A domain name in lower case, ASCII (xn-- where needed). Raises ImproperlyConfigured on anything else."""
    value = text(name, default).lower()
    if not HOSTNAME.match(value):
        raise refusal(name, "is not a domain name", "Write it bare, like letters.example.org.")
    return value


def words(value: str) -> list[str]:
    """Words parted by commas, stripped, without empty ones."""
    return [word.strip() for word in value.split(",") if word.strip()]


def uid(name: str) -> UUID | None:
    """A UUID, or None when unset. Raises ImproperlyConfigured on anything else."""
    value = text(name)
    try:
        return UUID(value) if value else None
    except ValueError as error:
        raise refusal(name, "is not a UUID", "Make one: python3 -c 'import uuid; print(uuid.uuid4())'") from error


def comma_list(name: str, default: Sequence[str] = ()) -> list[str]:
    """The words of a variable, parted by commas; `default` when unset."""
    return words(text(name)) or list(default)


def page_origins(name: str, default: Sequence[str] = ()) -> list[str]:
    """Sites, parted by commas, as a Content-Security-Policy names them; `default` when unset.

    Each is a bare host (https is meant), an origin with a port, or all names below a host: *.example.org. Raises
    ImproperlyConfigured on anything else, and on http, which anybody on the way can change, beyond this machine.
    """
    return [_page_origin(name, word.lower()) for word in comma_list(name)] or list(default)


def _page_origin(name: str, word: str) -> str:
    remedy = "Write sites like www.example.org or *.example.org, parted by commas."
    scheme, _, rest = word.rpartition("://")
    host, _, port = rest.partition(":")
    here = host in LOOPBACK
    if not here and not HOSTNAME.match(host.removeprefix("*.")):
        raise refusal(name, "holds something that is not the name of a host", remedy)
    if scheme not in {"", "https"} and not (scheme == "http" and here):
        raise refusal(name, "names a site without https", remedy)
    if rest != host and not (here and port == "*") and not (re.fullmatch(r"[0-9]{1,5}", port) and int(port) <= 65535):
        raise refusal(name, "holds a port that is none", remedy)
    return f"{scheme or 'https'}://{rest}"


def named_with(prefix: str) -> dict[str, str]:
    """Every variable whose name begins with `prefix`, under the rest of its name; `X_FILE` is read like a secret."""
    names = {
        name.removesuffix("_FILE")
        for name in os.environ
        if name.startswith(prefix) and name.removesuffix("_FILE") != prefix
    }
    values = {name: secret(name) for name in sorted(names)}
    return {name.removeprefix(prefix): value for name, value in values.items() if value}
