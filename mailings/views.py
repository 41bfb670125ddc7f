"""Owns /healthz, and the door through which the provider reports."""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailings import instance, reports
from mailings.abilities import PROVIDERS

log = logging.getLogger(__name__)

#: What Anymail's parsers raise on a body that is not what this provider sends.
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)

#: What everybody may read; the desk and the log say more.
MAY_BE_A_COPY = "This database may be a copy. Nothing is sent until a person confirms it at the desk."


@csrf_exempt  # A provider has no cookie; the secret in its request is what Anymail checks.
def tracking(request: HttpRequest, name: str) -> HttpResponse:
    """Anymail's view for the reports of the present provider; those of others are not found.

    A body that cannot be read answers 400: repeating it would help nobody. A database that is away answers 500, and the
    provider tells us again later.
    """
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider is None or not provider.webhook or provider.webhook != name:
        raise Http404("Not the webhook of the present provider")
    view = resolve(f"/{name}/tracking/", urlconf="anymail.urls").func
    try:
        answer: HttpResponse = view(request)
    except UNREADABLE as error:
        log.warning("A report of %s could not be read: %s", name, type(error).__name__)
        return HttpResponseBadRequest("This report could not be read.")
    return answer


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
        },
        "instance": {"confirmed": not copied, "why": MAY_BE_A_COPY if copied else ""},
        "queue": {
            "moving": health.moving,
            "oldest_queued_seconds": int((now - health.oldest_due).total_seconds()) if health.oldest_due else 0,
            "provider_rests_until": health.rests_until.isoformat() if health.rests_until else None,
        },
    }
    return JsonResponse(body, status=200 if body["ok"] else 503)
