"""Owns the settings of the peers: as their documentation asks, each on the same databases and the same provider."""

import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from benchmarks.letters import DOMAIN

PEER = os.environ["BENCH_PEER"]
FOLDER = os.environ["BENCH_FOLDER"]
POSTMARK = "anymail.backends.postmark.EmailBackend"

SECRET_KEY = "the-peers-sign-with-a-key-that-is-long-and-worthless"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_FROM_EMAIL = f"letters@{DOMAIN}"
ANYMAIL = {
    "POSTMARK_SERVER_TOKEN": "key-of-the-benchmarks",
    "POSTMARK_API_URL": os.environ["BENCH_PROVIDER_URL"],
    "REQUESTS_TIMEOUT": float(os.environ["BENCH_ANSWER_SECONDS"]),
}


def database(url: str) -> dict[str, Any]:
    """The database at this address, kept as safe as Appeal keeps its own."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:],
            "OPTIONS": {
                "timeout": 10,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": database(os.environ["DATABASE_URL"])} if "DATABASE_URL" in os.environ else {}

# Which apps each peer needs, and the backend that queues a mail.
APPS = {"post_office": ["post_office"], "mailer": ["mailer"], "q2": ["django_q"], "bare": []}
BACKENDS = {"post_office": "post_office.EmailBackend", "mailer": "mailer.backend.DbBackend"}
INSTALLED_APPS = ["django.contrib.contenttypes", "anymail", *APPS[PEER]]
EMAIL_BACKEND = BACKENDS.get(PEER, POSTMARK)

POST_OFFICE: dict[str, Any] = {
    "BACKENDS": {"default": POSTMARK},
    # Its default gives up after one failure. It retries here, or it would only be fast at losing.
    "MAX_RETRIES": 5,
    "RETRY_INTERVAL": timedelta(seconds=2),
    **{name: int(os.environ[name]) for name in ("BATCH_SIZE", "THREADS_PER_PROCESS") if name in os.environ},
}

MAILER_EMAIL_BACKEND = POSTMARK
MAILER_LOCK_PATH = f"{FOLDER}/send_mail"
MAILER_EMAIL_MAX_RETRIES = 5

Q_CLUSTER = {
    "name": "bench",
    "orm": "default",
    "workers": os.cpu_count(),  # its default
    "bulk": 20,
    "poll": 0.2,
    "timeout": 10,
    "retry": 15,
    "max_attempts": 5,
    "save_limit": -1,
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
