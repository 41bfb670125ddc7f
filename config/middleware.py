"""Owns what is refused before any page sees it: a form in another encoding than UTF-8."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase

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
