"""Owns the settings of an installation whose SQLite is short of something: patience, room, or leave to write."""

import os

from tests.installed import *  # noqa: F403
from tests.installed import DATABASES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    options = DATABASES["default"]["OPTIONS"]
    options["timeout"] = int(os.environ.get("TEST_SQLITE_TIMEOUT", "20"))
    options["init_command"] += os.environ.get("TEST_SQLITE_FURTHER", "")
