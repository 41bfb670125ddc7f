"""Owns what is refused before any page sees it, a form in another encoding than UTF-8, and what is said in place of a
page that the database did not let us make.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.template.loader import get_template

log = logging.getLogger(__name__)

#: Seconds after which it makes sense to ask once more.
IN_A_WHILE = "30"
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})


class Utf8Only:
    """Answers 400 to a body in another encoding. Django decodes a multipart body as its sender says, and some encodings
    make characters of it that no page and no database can hold.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what is UTF-8 or does not say."""
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in UTF_8:
            return HttpResponseBadRequest("Send this in UTF-8.")
        return self.get_response(request)


class InAWhile:
    """Answers 503 where the database is away, locked by another writer, or full: nothing is wrong with what was asked.

    A transaction that failed left nothing behind, so whoever was refused may simply try again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass it on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer in place of a page; None leaves every other fault to Django."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("The database does not answer: %s", exception)
        # Not as a page of ours: what those are told of the request and its visitor would ask the database again.
        return HttpResponse(get_template("503.html").render(), status=503, headers={"Retry-After": IN_A_WHILE})
