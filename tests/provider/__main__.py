"""Owns the provider as a program of its own, to try live mode by hand: ``python -m tests.provider --help``."""

import argparse
import os
import time

from tests.provider import Provider


def main() -> None:
    """Listen until Ctrl-C, and print one line for each mail taken."""
    words = argparse.ArgumentParser(prog="python -m tests.provider", description=__doc__)
    words.add_argument("--port", type=int, default=8025)
    words.add_argument("--site", default="", help="our site, which reports go to; none are made without it")
    words.add_argument("--delay", type=float, default=0.0, help="seconds over each mail")
    given = words.parse_args()
    token = os.environ.get("MAIL_PROVIDER_API_KEY", "key-of-the-tests")
    secret = os.environ.get("MAIL_WEBHOOK_SECRET", "")
    with Provider(token, given.site, secret, given.port) as provider:
        provider.delay = given.delay
        print(f"MAIL_PROVIDER_API_URL={provider.url}", flush=True)
        shown = 0
        while True:
            for mail in provider.mails[shown:]:
                print(f"{mail.provider_id} to {', '.join(mail.to)}: {mail.subject}", flush=True)
                shown += 1
            time.sleep(0.2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
