"""Owns the memory of finished public pages: for a moment a page is given again as it was, before anything else runs.

The promise: nobody gets a page that is older than ``FRESH + GRACE`` seconds, and nothing that was made for somebody:
only what a view marks as the same for everybody is kept, and only requests that carry no cookie and ask for nothing
special get it. What is pressed on a page (POST) always looks at the truth.

Such a page is also given packed, to whoever takes it so: on an old phone it is there in a third of the time. Packing
tells nothing, because nothing that somebody sent stands in it, and no secret.
"""

import gzip
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

#: For so long a page is given again without a look. A campaign that is stopped shows it a second later.
FRESH = 1.0  # seconds
#: While one visitor's request makes it anew, the others get the old one, for so long at most.
GRACE = 1.0  # seconds
#: Two pages for each campaign and language, one of them for frames, under each name of the site. More than that is
#: somebody's game.
MOST_PAGES = 512
#: A view marks its answer with this attribute, true where it is the same for everybody.
MARK = "same_for_everybody"

GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
#: More than 6 takes longer and saves nothing here.
HARDNESS = 6

Key = tuple[str, str, str]


@dataclass(slots=True)
class Page:
    """One finished answer."""

    made_at: float
    headers: dict[str, str]
    body: bytes
    packed: bytes
    #: When somebody began to make it anew; 0 where nobody does.
    renewed_from: float = 0.0

    def answer(self, accepted: str) -> HttpResponse:
        """The page, packed where ``Accept-Encoding`` says that it may be."""
        if not GZIP.search(accepted):
            return HttpResponse(self.body, headers=self.headers)
        packed = {"Content-Encoding": "gzip", "Content-Length": str(len(self.packed))}
        return HttpResponse(self.packed, headers=self.headers | packed)


class PublicPages:
    """Stands before every other middleware, so that what it gives again has all the headers of the first answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Give a page that is fresh, or have it made."""
        meta = request.META
        if request.method not in {"GET", "HEAD"} or meta.get("QUERY_STRING") or meta.get("HTTP_COOKIE"):
            return self.get_response(request)
        if not settings.KEEP_PAGES:
            return self.get_response(request)
        key = (request.scheme or "", meta.get("HTTP_HOST", ""), request.path_info)
        page = self._fresh(key)
        if page is not None:
            return page.answer(meta.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            return self._kept(key, request)
        finally:
            self._over(key)

    def _fresh(self, key: Key) -> Page | None:
        """The page as it is to be given; None where the caller is to make it."""
        now = monotonic()
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if now - page.made_at < FRESH:
                return page
            if page.renewed_from and now - page.made_at < FRESH + GRACE:
                return page
            page.renewed_from = now
            return None

    def _kept(self, key: Key, request: HttpRequest) -> HttpResponseBase:
        began = monotonic()  # What changes while it is made may not be on it.
        response = self.get_response(request)
        # Of HEAD nothing is kept: it may come without a body. A cookie would be somebody's.
        if (
            request.method == "GET"
            and isinstance(response, HttpResponse)
            and response.status_code == 200
            and getattr(response, MARK, False)
            and not response.cookies
        ):
            patch_vary_headers(response, ["Accept-Encoding"])
            # Without a time inside: the same page is the same bytes.
            packed = gzip.compress(response.content, HARDNESS, mtime=0)
            page = Page(began, dict(response.headers), response.content, packed)
            with self._lock:
                self._pages[key] = page
                self._pages.move_to_end(key)
                while len(self._pages) > MOST_PAGES:
                    self._pages.popitem(last=False)
            return page.answer(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        return response

    def _over(self, key: Key) -> None:
        """Whoever was to make it has ended, perhaps with a fault: the next one may try."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                page.renewed_from = 0.0
