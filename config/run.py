"""Owns what `make run` does once the environment is built: look, prepare, tell the addresses, keep it all running."""

import io
import os
import socket
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError

from config.processes import Together, print_line, read_procfile

DEMO = "advocacy/demo/ua-61-21-update-1.txt"


def port_is_free(port: int) -> bool:
    """Whether a server on this machine may listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does: an old wait is no owner
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare() -> None:
    """Bring database and static files up to date, put the demo campaign in, print where everything is.

    The demo names a real office, so it is never loaded where real letters leave. Raises CommandError with the reason
    when a step cannot be done.
    """
    call_command("check", stdout=io.StringIO())  # speaks up, on stderr, when there is something to say
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.MAIL_MODE != "live":
        call_command("load_campaign", str(settings.BASE_DIR / DEMO), publish=True)
    call_command("welcome")


def child_environment() -> dict[str, str]:
    """The environment of the processes: ours, with the programs that belong to this Python found first."""
    programs = os.path.dirname(sys.executable)  # noqa: PTH120 - not resolved: the link in .venv is what makes it .venv
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}


def main() -> int:
    """Do all of it; returns the code to exit with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        if not port_is_free(settings.PORT):
            print_line(f"Port {settings.PORT} is taken by another program. Choose another one: make run PORT=8123")
            return 1
        prepare()
    except (CommandError, ImproperlyConfigured) as error:
        print_line(f"Not started. {error}")
        return 1
    os.chdir(settings.BASE_DIR)
    return Together(read_procfile(settings.BASE_DIR / "Procfile"), child_environment()).run()


if __name__ == "__main__":
    sys.exit(main())
