"""Owns what every answer carries, and what is refused before any page sees it: a form in an encoding but UTF-8."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
#: By these django-csp's decorators leave a view's wish on its answer.
WISHES = ("_csp_config", "_csp_exempt", "_csp_replace", "_csp_update")


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of django-csp. The one that nearly all answers carry is composed once, and not for each of them."""

    @cached_property
    def policy(self) -> str:
        """The policy of the settings."""
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Let an answer carry its policy."""
        if settings.DEBUG or any(wish in response.__dict__ for wish in WISHES):
            answer: HttpResponseBase = super().process_response(request, response)
            return answer
        response.headers.setdefault(HEADER, self.policy)
        return response


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
