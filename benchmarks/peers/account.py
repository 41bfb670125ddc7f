"""Owns what a peer says of its letters: `python -m benchmarks.peers.account` prints those not sent, as JSON by id.

What a peer neither shows as waiting nor as failed counts as sent: that is what its user believes.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import django

from benchmarks.peers.settings import MAILER_EMAIL_MAX_RETRIES, PEER, Q_CLUSTER

ID = re.compile(r"<([0-9a-f]{32})@")


def main() -> None:
    """Print the account."""
    django.setup()
    account = {"post_office": post_office, "mailer": mailer, "q2": q2}[PEER]
    json.dump(dict(account()), sys.stdout)


def id_of(headers: dict[str, Any]) -> str:
    """The letter's id in the head of a mail."""
    found = ID.search(str(headers["Message-ID"]))
    assert found is not None
    return found[1]


def post_office() -> Iterator[tuple[str, str]]:
    """Its rows keep a status."""
    from post_office.models import STATUS, Email

    words = {STATUS.failed: "failed", STATUS.queued: "waiting", STATUS.requeued: "waiting"}
    for headers, status in Email.objects.exclude(status=STATUS.sent).values_list("headers", "status"):
        yield id_of(headers), words[status]


def mailer() -> Iterator[tuple[str, str]]:
    """What it has sent it deletes; what was tried too often stays deferred, and waits for a person."""
    from mailer.models import PRIORITY_DEFERRED, Message

    for row in Message.objects.all():
        worn_out = row.priority == PRIORITY_DEFERRED and row.retry_count >= MAILER_EMAIL_MAX_RETRIES
        yield id_of(row.email.extra_headers), "failed" if worn_out else "waiting"


def q2() -> Iterator[tuple[str, str]]:
    """Tasks that wait, and tasks that were given up. An earlier failure keeps its row after a later success."""
    from django_q.models import Failure, OrmQ

    for failure in Failure.objects.filter(attempt_count__gte=Q_CLUSTER["max_attempts"]):
        yield failure.args[0], "failed"
    for row in OrmQ.objects.all():
        yield row.task()["args"][0], "waiting"


if __name__ == "__main__":
    main()
