"""Owns the settings of the bare project: no session, no middleware, the database as safe as Appeal keeps its own."""

import os
from pathlib import Path

from config import env

SECRET_KEY = "the-bare-project-signs-with-a-key-that-is-long-and-worthless"
ALLOWED_HOSTS = ["127.0.0.1"]
PORT = int(os.environ["PORT"])  # read by config.web, as with Appeal
ROOT_URLCONF = "benchmarks.bare.urls"
INSTALLED_APPS = ["benchmarks.bare", "anymail"]
MIDDLEWARE: list[str] = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent / "templates"],
    }
]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ANYMAIL = {"WEBHOOK_SECRET": os.environ["MAIL_WEBHOOK_SECRET"]}
DATABASES = {"default": env.database("DATABASE_URL", "")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
LOGGING = {"version": 1, "root": {"level": "ERROR"}}
