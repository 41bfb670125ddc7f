"""Owns the settings of a measured installation: the site's own, with its files in the measurement's folder."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import ANYMAIL

VAR_DIR = Path(os.environ["BENCH_FOLDER"])  # never the checkout's var/: it may hold somebody's real data
STATIC_ROOT = VAR_DIR / "static"
# The same for every engine, and short where the provider leaves letters without an answer.
ANYMAIL["REQUESTS_TIMEOUT"] = float(os.environ["BENCH_ANSWER_SECONDS"])
