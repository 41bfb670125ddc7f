"""Owns the picture by which a page is passed on without a link: its QR code."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy import page_words, queries, sharing

A_DAY = 86_400  # seconds


@require_safe
@cache_control(public=True, max_age=A_DAY)
def qr_code(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The address of a campaign's page as a picture for posters and screens."""
    found = queries.public_campaign(slug)
    if found is None or found.live_update is None or page_words.of(found.live_update, language) is None:
        raise Http404("No campaign of this name")
    drawn = sharing.qr_code(f"{settings.SITE_URL}{page_words.path(slug, language)}")
    return HttpResponse(drawn, content_type="image/svg+xml")
