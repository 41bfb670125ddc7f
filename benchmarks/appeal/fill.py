"""Owns the filling of Appeal's outbox through its own door: `python -m benchmarks.appeal.fill LETTERS`."""

import sys

import django
from django.core.management import call_command

from benchmarks import letters

BATCH = 400


def main(count: int) -> None:
    """Migrate, and post this many letters."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    post(count)


def post(count: int) -> None:
    """Post letters in the batches that the outbox writes in."""
    from mailings import outbox
    from mailings.compose import Address, Mail
    from mailings.outbox import Posting

    def posting(number: int) -> Posting:
        words = letters.write(number)
        mail = Mail(
            "letter",
            Address(letters.SENDER, words.writer),
            (Address(letters.OFFICE, letters.OFFICE_NAME),),
            subject=words.subject,
            text=words.text,
            html=words.html,
            cc=(Address(letters.EMBASSY, letters.EMBASSY_NAME),),
            reply_to=letters.ANSWERS,
        )
        return Posting(mail, f"bench-{number}", stream=letters.STREAM, reference=f"bench-{number}")

    for start in range(0, count, BATCH):
        outbox.post_many([posting(number) for number in range(start, min(start + BATCH, count))])


if __name__ == "__main__":
    main(int(sys.argv[1]))
