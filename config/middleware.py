"""Owns what is answered before any page sees it, a provider's report or a form that is not UTF-8, the policy that every
answer carries, and what is said in place of a page that the database did not let us make.
"""

import logging
import re
from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.template.loader import get_template
from django.utils.functional import cached_property

from mailings import views

log = logging.getLogger(__name__)

#: As in ``mailings.urls``, where the address has its name.
REPORT = re.compile(r"/anymail/([-\w]+)/tracking/", re.ASCII)
#: Seconds after which it makes sense to ask once more.
IN_A_WHILE = "30"
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
#: By these django-csp's decorators leave a view's wish on its answer.
WISHES = ("_csp_config", "_csp_exempt", "_csp_replace", "_csp_update")
#: A view that other sites may show in a frame marks its request with this attribute: the sites, as a policy names them.
FRAMED_BY = "framed_by"


class ContentSecurityPolicy(CSPMiddleware):
    """The policy of django-csp. The one that nearly all answers carry is composed once, and not for each of them."""

    @cached_property
    def policy(self) -> str:
        """The policy of the settings."""
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Let an answer carry its policy.

        Where its request may be answered in frames of others, all its answers may, also that something failed: in place
        of a page that may not, browsers show one of their own, and the way back to what was typed is lost.
        """
        framed_by = getattr(request, FRAMED_BY, ())
        if framed_by:
            response.__dict__["_csp_replace"] = {"frame-ancestors": framed_by}
            del response.headers["X-Frame-Options"]  # It knows no list; every browser that heeds it knows the policy.
        if settings.DEBUG or any(wish in response.__dict__ for wish in WISHES):
            answer: HttpResponseBase = super().process_response(request, response)
            return answer
        response.headers.setdefault(HEADER, self.policy)
        return response


class ReportsFirst:
    """Answers providers' reports without what only browsers need: sessions, logins, policies for pages.

    Those cost as much again as the report itself, and a provider sends a thousand in a second when a campaign goes out.
    Stands after the redirect to https, so that no password is taken over an open line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand a report to its view, and pass on everything else."""
        found = REPORT.fullmatch(request.path_info)
        if not found:
            return self.get_response(request)
        answer = views.tracking(request, found[1])
        answer.headers.setdefault("Content-Length", str(len(answer.content)))  # else it goes in two pieces
        return answer


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
