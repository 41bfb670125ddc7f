"""Owns /healthz, and the door through which the provider reports."""

import logging
from collections.abc import Callable
from functools import cache

from anymail.exceptions import AnymailAPIError, AnymailConfigurationError
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    JsonResponse,
    UnreadablePostError,
)
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailings import instance, reports
from mailings.abilities import PROVIDERS

log = logging.getLogger(__name__)

#: What Anymail's parsers raise on a body that is not what this provider sends.
UNREADABLE = (
    AnymailAPIError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    UnreadablePostError,
    ValueError,
)


def configured_providers() -> set[str]:
    """The names under which the configured providers report: the first one's, and the second one's where there is one.

    What the one was handed before the other took over is still reported on.
    """
    names = (settings.MAIL_PROVIDER, getattr(settings, "MAIL_SECOND_PROVIDER", ""))
    return {PROVIDERS[name].webhook for name in names if name in PROVIDERS} - {""}


@cache
def _parser(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """Anymail's own view for a provider's reports. It checks who is calling, and tells ``events`` what it read."""
    view: Callable[[HttpRequest], HttpResponse] = resolve(f"/{name}/tracking/", urlconf="anymail.urls").func
    return view


#: What everybody may read; the desk and the log say more.
MAY_BE_A_COPY = "This database may be a copy. Nothing is sent until a person confirms it at the desk."


@csrf_exempt  # A provider has no cookie; the secret in its request is what Anymail checks.
def tracking(request: HttpRequest, name: str) -> HttpResponse:
    """The reports of one of the configured providers; those of others are not found.

    A body that cannot be read answers 400, and one that is too large 413 before a byte of it is read: repeating it
    would help nobody. A database that is away answers 500, and the provider tells us again later.
    """
    if name not in configured_providers():
        raise Http404("Not the webhook of a provider that is configured")
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse("This report is too large.", status=413, content_type="text/plain")
        return _parser(name)(request)
    except UNREADABLE as error:
        log.warning("A report of %s could not be read: %s", name, type(error).__name__)
        return HttpResponseBadRequest("This report could not be read.", content_type="text/plain")
    except (OperationalError, InterfaceError, AnymailConfigurationError) as error:
        # A line for each, not a page: there may be a thousand in a second.
        log.error("A report of %s was not stored, and will be told again: %s", name, error)  # noqa: TRY400
        return HttpResponseServerError("Tell this again later.", content_type="text/plain")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while all is well, 503 otherwise; a JSON object says which part is not. Names no person."""
    try:
        health = reports.health()
        copied = instance.reason_to_pause()
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False}, status=503)
    now = timezone.now()
    body = {
        "ok": health.alive and health.moving and not copied,
        "database": True,
        "worker": {
            "alive": health.alive,
            "last_heartbeat": health.last_beat.isoformat() if health.last_beat else None,
            "silent_hosts": len(health.silent),  # their names are for the desk
        },
        "instance": {"confirmed": not copied, "why": MAY_BE_A_COPY if copied else ""},
        "queue": {
            "moving": health.moving,
            "oldest_queued_seconds": int((now - health.oldest_due).total_seconds()) if health.oldest_due else 0,
            "provider_rests_until": health.rests_until.isoformat() if health.rests_until else None,
        },
    }
    return JsonResponse(body, status=200 if body["ok"] else 503)
