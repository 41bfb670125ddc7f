"""Owns the filling of a peer's queue through its own door: `python -m benchmarks.peers.fill LETTERS`."""

import sys

import django
from django.core.mail import get_connection
from django.core.management import call_command
from django.db import transaction

from benchmarks.peers.mails import letter_id, mail
from benchmarks.peers.settings import PEER

BATCH = 400


def main(count: int) -> None:
    """Migrate, and queue this many letters."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    fill = tasks if PEER == "q2" else mails
    for start in range(0, count, BATCH):
        with transaction.atomic():
            fill(range(start, min(start + BATCH, count)))


def mails(numbers: range) -> None:
    """Queue letters through the peer's email backend."""
    get_connection().send_messages([mail(number) for number in numbers])


def tasks(numbers: range) -> None:
    """Queue one task for each letter."""
    from django_q.tasks import async_task

    for number in numbers:
        made = mail(number)
        fields = {
            "subject": made.subject,
            "body": made.body,
            "from_email": made.from_email,
            "to": made.to,
            "cc": made.cc,
            "reply_to": made.reply_to,
            "headers": made.extra_headers,
        }
        async_task("benchmarks.peers.tasks.send", letter_id(number), fields, str(made.alternatives[0][0]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
