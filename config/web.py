"""Owns how gunicorn serves the site: read by gunicorn as its configuration (`-c python:config.web`)."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config import env

bind = f"127.0.0.1:{settings.PORT}"
workers = env.integer("WEB_PROCESSES", 2, least=1, most=64)
threads = env.integer("WEB_THREADS", 4, least=1, most=64)
timeout = 60  # seconds
graceful_timeout = 10  # seconds
# No access log: it would hold who wrote when, and the private links to their letters.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Whose word is taken for "this visitor came by https": the web server in front, on this machine unless named.
forwarded_allow_ips = ",".join(env.comma_list("FORWARDED_ALLOW_IPS", ["127.0.0.1", "::1"]))
control_socket_disable = True  # a door for remote control that nobody here uses


def post_worker_init(worker: object) -> None:
    """What the program itself consists of is not garbage: nobody need look through it again and again. Nor need anybody
    look for garbage several times in one request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
