"""Owns the links that hand a finished letter to somebody's own mail program, and how long each of them may be."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

#: Chrome and Edge on Windows do nothing at all with more than 2,046 characters, and say nothing; Outlook there ends at
#: the same length. Mail programs on phones, Macs and Linux take far more, but nobody can know which it is.
LONGEST_MAILTO = 2000
#: Gmail was seen to answer "too large" from about 8,000 characters on. Whoever is not signed in is sent on with the
#: link inside of another one, in which each % becomes three characters: half of that is left.
LONGEST_GMAIL = 4000
#: Outlook.com was measured to take 31,000; the same way round by the login. Outlook at work is said to end at 2,048.
LONGEST_OUTLOOK = 4000
LONGEST_OUTLOOK_AT_WORK = 2000


@dataclass(frozen=True)
class Head:
    """Whom a mail goes to and what it is about. Clean addresses, one clean line."""

    to: str
    cc: tuple[str, ...]
    subject: str


@dataclass(frozen=True)
class MailLink:
    """One link. ``whole`` is false where the text did not fit into it, and has to be pasted."""

    program: str
    url: str
    whole: bool


def links(head: Head, text: str, note: str) -> tuple[MailLink, ...]:
    r"""The links for one letter: the program of this device first, then mailboxes on the web.

    Args:
        head: whom it goes to.
        text: the letter, with ``\n`` as its line break.
        note: what stands in the place of a text that does not fit.
    """
    return tuple(
        MailLink(program, *_fitting(make, longest, head, text, note))
        for program, make, longest in (
            ("device", mailto, LONGEST_MAILTO),
            ("gmail", _gmail, LONGEST_GMAIL),
            ("outlook", _outlook, LONGEST_OUTLOOK),
            ("outlook-work", _outlook_at_work, LONGEST_OUTLOOK_AT_WORK),
        )
    )


def _fitting(make: Callable[[Head, str], str], longest: int, head: Head, text: str, note: str) -> tuple[str, bool]:
    whole = make(head, text)
    return (whole, True) if len(whole) <= longest else (make(head, note), False)


def mailto(head: Head, body: str) -> str:
    """A link of RFC 6068: spaces as %20 (a + would stay one), line breaks as %0D%0A, bare addresses."""
    return f"mailto:{_address(head.to)}?{_query(head, 'subject', body)}"


def _gmail(head: Head, body: str) -> str:
    return f"https://mail.google.com/mail/?view=cm&fs=1&to={_address(head.to)}&{_query(head, 'su', body)}"


def _outlook(head: Head, body: str) -> str:
    return f"https://outlook.live.com/mail/0/deeplink/compose?mailtouri={_quoted(mailto(head, body))}"


def _outlook_at_work(head: Head, body: str) -> str:
    # Outlook on the web drops a plain cc=, but reads a whole mailto link. At its earlier address, outlook.office.com,
    # it loses the message on the way through the login.
    return f"https://outlook.cloud.microsoft/mail/deeplink/compose?mailtouri={_quoted(mailto(head, body))}"


def _query(head: Head, subject: str, body: str) -> str:
    parts = [f"cc={','.join(map(_address, head.cc))}"] if head.cc else []
    return "&".join([*parts, f"{subject}={_quoted(head.subject)}", f"body={_quoted(body)}"])


def _address(email: str) -> str:
    return quote(email, safe="@")


def _quoted(text: str) -> str:
    return quote(text.replace("\n", "\r\n"), safe="")
