"""Owns how a page is passed on: plain links into other programs, and the page's address as a QR code.

A link tells nobody anything before it is pressed, and then only what stands in it: the page's title and its address.
Mastodon's own page for it asks for the reader's server; what it is to share stands behind a # and is not sent to it.
Signal is not among them: it has no address that takes a text. For it, and for everything else, there is one to copy.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from urllib.parse import quote

import segno
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Name of the way -> where a text goes. ``{text}`` holds title and address, ``{title}`` and ``{url}`` one of them.
WAYS: tuple[tuple[str | Promise, str], ...] = (
    (_("By email"), "mailto:?subject={title}&body={text}"),
    ("WhatsApp", "https://wa.me/?text={text}"),
    ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("Mastodon", "https://share.joinmastodon.org/#text={text}"),
    ("Bluesky", "https://bsky.app/intent/compose?text={text}"),
    ("X", "https://x.com/intent/post?text={text}"),
)
#: Modules of white around a code, as its standard asks.
QUIET_ZONE = 4
#: Pixels for each module where nothing else is said; as lines it can be made as large as a wall.
SCALE = 8


@dataclass(frozen=True)
class Way:
    """One way to pass a page on."""

    label: str
    url: str


@dataclass(frozen=True)
class Share:
    """All that a page says of how to pass it on."""

    address: str
    text: str
    ways: tuple[Way, ...]


def share(title: str, address: str) -> Share:
    """How the page of a title at a whole address is passed on."""
    text = f"{title}\n{address}"
    parts = {"title": title, "url": address, "text": text}
    given = {name: quote(part, safe="") for name, part in parts.items()}
    return Share(address, text, tuple(Way(str(label), form.format(**given)) for label, form in WAYS))


@lru_cache(maxsize=128)
def qr_code(address: str) -> bytes:
    """An SVG picture of an address, dark on white in every theme: cameras read it on paper and on a screen.

    Raises:
        ValueError: where the address is longer than a code can hold, some 2,000 signs.
    """
    drawn = BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(drawn, kind="svg", scale=SCALE, border=QUIET_ZONE, dark="#000", light="#fff", title=address)
    return drawn.getvalue()
