"""Owns the settings of an installation that a test starts: the site's own, with its files in the test's folder."""

import os
import socket
from functools import partial
from pathlib import Path

from config.settings import *  # noqa: F403

VAR_DIR = Path(os.environ["TEST_VAR_DIR"])  # never the checkout's var/: it may hold somebody's real data
STATIC_ROOT = VAR_DIR / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if "TEST_HOSTNAME" in os.environ:  # one of several hosts that are really one machine
    socket.gethostname = partial(str, os.environ["TEST_HOSTNAME"])
