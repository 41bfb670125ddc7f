"""Owns /healthz: whether the database answers, a worker lives and mail moves."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailings import reports


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while all is well, 503 otherwise; a JSON object says which part is not. Names no person."""
    try:
        health = reports.health()
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False}, status=503)
    now = timezone.now()
    body = {
        "ok": health.alive and health.moving,
        "database": True,
        "worker": {
            "alive": health.alive,
            "last_heartbeat": health.last_beat.isoformat() if health.last_beat else None,
        },
        "queue": {
            "moving": health.moving,
            "oldest_queued_seconds": int((now - health.oldest_due).total_seconds()) if health.oldest_due else 0,
            "provider_rests_until": health.rests_until.isoformat() if health.rests_until else None,
        },
    }
    return JsonResponse(body, status=200 if body["ok"] else 503)
