"""Owns every setting of the site, read once from the environment and `.env`; `.env.example` explains each variable."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from config import env
from config.keys import kept_key
from config.mail import Account, anymail_settings
from mailings.abilities import PROVIDERS

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # everything that is this installation's own: database, key, collected static files

env.load(BASE_DIR)

# --- where the site is ------------------------------------------------------------------------------------------------
DEBUG = env.boolean("DEBUG", False)
PORT = env.integer("PORT", 8000, least=1, most=65535)
SITE_URL = env.url("SITE_URL", f"http://127.0.0.1:{PORT}")
_site = urlsplit(SITE_URL)
_https = _site.scheme == "https"

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"

# --- mail -------------------------------------------------------------------------------------------------------------
MAIL_MODE = env.choice("MAIL_MODE", "sandbox", ("sandbox", "test", "live"))
# In the sandbox nothing else can be meant, so that a provider may already stand in `.env` before anybody goes live.
MAIL_PROVIDER = "sandbox" if MAIL_MODE == "sandbox" else env.text("MAIL_PROVIDER").lower()
MAIL_PROVIDER_API_KEY = env.secret("MAIL_PROVIDER_API_KEY")
MAIL_PROVIDER_API_URL = env.url("MAIL_PROVIDER_API_URL")
# Takes over while the first takes nothing.
MAIL_SECOND_PROVIDER = "" if MAIL_MODE == "sandbox" else env.text("MAIL_SECOND_PROVIDER").lower()
MAIL_SECOND_PROVIDER_API_KEY = env.secret("MAIL_SECOND_PROVIDER_API_KEY")
MAIL_SECOND_PROVIDER_API_URL = env.url("MAIL_SECOND_PROVIDER_API_URL")
MAIL_CONNECTIONS = env.integer("MAIL_CONNECTIONS", 8, least=1, most=64)
MAIL_PROCESSES = env.integer("MAIL_PROCESSES", 1, least=1, most=32)
MAIL_PACE = env.boolean("MAIL_PACE", True)
MAIL_WARMUP = env.boolean("MAIL_WARMUP", MAIL_MODE == "live")
MAIL_DOMAIN = env.domain("MAIL_DOMAIN", "letters.example.org")
MAIL_REPLY_TO = env.email("MAIL_REPLY_TO", f"answers@{MAIL_DOMAIN}")
MAIL_TEST_ADDRESS = env.email("MAIL_TEST_ADDRESS")
MAIL_WEBHOOK_SECRET = env.secret("MAIL_WEBHOOK_SECRET")
# Whether a second person has to approve what becomes public.
APPROVAL = env.choice("APPROVAL", "two", ("one", "two"))
ORGANISATION = env.text("ORGANISATION", "Example Rights")
ORGANISATION_CONTACT = env.email("ORGANISATION_CONTACT", f"hello@{MAIL_DOMAIN}")

_provider = PROVIDERS.get(MAIL_PROVIDER)
EMAIL_BACKEND = _provider.backend if _provider else "config.nowhere.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", not EMAIL_USE_SSL)
EMAIL_PORT = env.integer("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587, least=1, most=65535)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ORGANISATION_CONTACT
ANYMAIL: dict[str, Any] = anymail_settings(
    Account(_provider, MAIL_PROVIDER_API_KEY, MAIL_PROVIDER_API_URL),
    Account(PROVIDERS.get(MAIL_SECOND_PROVIDER), MAIL_SECOND_PROVIDER_API_KEY, MAIL_SECOND_PROVIDER_API_URL),
    webhook_secret=MAIL_WEBHOOK_SECRET,
    further=env.named_with("ANYMAIL_"),
)

# --- keys and hosts ---------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY")
if not SECRET_KEY and MAIL_MODE == "sandbox":
    SECRET_KEY = kept_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.words(env.secret("SECRET_KEY_FALLBACKS"))
ALLOWED_HOSTS = [
    str(_site.hostname),
    *env.comma_list("ALLOWED_HOSTS"),
    *(["localhost", "127.0.0.1"] if MAIL_MODE == "sandbox" else []),
]

# --- parts ------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.admin_app.AdministrationConfig",  # a worker needs none of its pages: config.urls finds them
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_countries",
    "anymail",
    "csp",
    "django_q",
    "config",
    "mailings",
    "advocacy",
]
# Finished public pages are given again for a second (config/page_cache.py).
KEEP_PAGES = True
MIDDLEWARE = [
    "config.page_cache.PublicPages",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ReportsFirst",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "config.middleware.Utf8Only",
    # Sessions, messages and logins set a cookie only when something is put into them: public pages put nothing.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.InAWhile",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}]

# --- database ---------------------------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'appeal.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(mode=0o700, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,  # seconds
        # A transaction that reads first and writes later would be refused at once when another one writes meanwhile.
        "transaction_mode": "IMMEDIATE",
        # FULL, not NORMAL: a power cut must not take back the record that a letter was handed over.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    # Statements go apart from their values, and one that was sent five times is planned no more.
    DATABASES["default"]["OPTIONS"] = {
        "server_side_binding": True,
        "prepare_threshold": 5,
        **DATABASES["default"].get("OPTIONS", {}),
    }

# Which installation its database has to belong to; without it each machine remembers that in a file under VAR_DIR.
INSTANCE_ID = env.uid("INSTANCE_ID")

# --- background work --------------------------------------------------------------------------------------------------
Q_CLUSTER: dict[str, Any] = {
    "name": "letters",  # also the salt that queued tasks are signed with: changing it discards them
    "workers": 2,
    "queue_limit": 4,
    "bulk": 2,
    "poll": 1,
    "timeout": 100,  # seconds: 40 in which a drain begins messages, 35 for the last answer, and a margin
    "retry": 360,  # seconds; counts from the moment a task is fetched, not begun, hence the distance
    "max_attempts": 5,
    "ack_failures": True,  # the minute schedule repeats the work, not the task
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "max_rss": 300_000,  # kB
    "error_reporter": {},
}
Q_BROKER = env.secret("Q_BROKER", "orm")
if Q_BROKER == "orm":
    Q_CLUSTER["orm"] = "default"
elif Q_BROKER == "sqs":
    Q_CLUSTER["sqs"] = {
        "aws_region": env.text("AWS_REGION", "eu-central-1"),
        "receive_message_wait_time_seconds": 5,  # without it an idle worker would ask, and pay, without a pause
    }
    Q_CLUSTER["broker_class"] = "config.brokers.Sqs"
else:
    Q_CLUSTER["redis"] = env.with_words(
        env.address("Q_BROKER", Q_BROKER, schemes=("redis", "rediss")),
        socket_connect_timeout="3",  # seconds; a visitor may be waiting
        socket_timeout="5",
    )

# --- what a browser is told -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "img-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
# Sites whose pages may show a campaign's form in a frame; all other pages stand in no frame (config/middleware.py). The
# sandbox lets in the pages of this machine, so that docs/embed-demo.html works.
EMBED_HOSTS = env.page_origins(
    "EMBED_HOSTS", ["http://localhost:*", "http://127.0.0.1:*"] if MAIL_MODE == "sandbox" else []
)
# Nothing is told to other sites. Our own forms do say where they come from: the check against forged forms asks. The
# public pages, whose addresses can be secrets, say not even that (advocacy/views/public.py).
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the supervisor on this machine asks without https
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000, least=0, most=63_072_000) if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS", False)
# Both warnings ask for promises about the organisation's whole domain, which are not this site's to make.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- language, time, files --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What stands at the site's root under its own name, such as embed.js, which other sites load from there for years.
WHITENOISE_ROOT = BASE_DIR / "root"
WHITENOISE_MAX_AGE = 600  # seconds, for what has no fingerprint in its name: a mended one is everywhere soon
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- logs: plain lines to stderr, no persons (see config/logs.py) -----------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.PlainFormatter", "format": "{levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "info", ("debug", "info", "warning")).upper()},
    "loggers": {
        # Django and Django Q put handlers of their own on these; without them every line goes the plain way.
        "django": {"handlers": ["stderr"], "propagate": False, "level": "INFO"},
        "django.server": {"handlers": ["stderr"], "propagate": False, "level": "INFO"},
        "django-q": {"handlers": ["stderr"], "propagate": False, "level": "WARNING"},  # below, every task is a line
        # It warns of every HEAD request: Django leaves it to the server to drop the body, which the server does.
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}
