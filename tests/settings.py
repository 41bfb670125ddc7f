"""Owns the settings under which tests run: the site's own, out of an environment that nobody's `.env` can reach."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# A developer's .env may say "live". No test may ever hear of it, nor of variables that happen to be exported;
# only the choice of databases and brokers is let through.
OURS = [
    "APPROVAL",
    "MAIL_",
    "EMAIL_",
    "EMBED_",
    "ANYMAIL_",
    "HSTS_",
    "SECRET_KEY",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "ORGANISATION",
    "PORT",
    "DEBUG",
    "LOG_LEVEL",
    "INSTANCE_ID",
]
for _name in [name for name in os.environ if name.startswith(tuple(OURS))]:
    del os.environ[_name]
os.environ["ENV_FILE"] = os.devnull
os.environ["SECRET_KEY"] = "tests-sign-with-a-key-that-is-long-and-worthless-0123456789"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in real life: in memory SQLite refuses a second writer instead of letting it wait.
    _file = Path(tempfile.gettempdir()) / f"appeal-tests-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": _file}
    for _end in ("", "-shm", "-wal"):  # SQLite's own files stay where a test's thread was the last to leave
        atexit.register(_file.with_name(f"{_file.name}{_end}").unlink, missing_ok=True)

# Never the checkout's var/: it may belong to somebody's real installation, and remembers its database.
VAR_DIR = Path(tempfile.gettempdir()) / f"appeal-tests-{os.getpid()}"
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)

KEEP_PAGES = False  # a test changes something and looks at once
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # static files come straight from their folder: none collected
