"""Owns the desk's page of a campaign's audit trail."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from advocacy import desk_trail
from advocacy.access import May, desk_page
from advocacy.views.desk import found_campaign
from advocacy.views.desk_page import page


@desk_page(May.DRAFTS)
@require_safe
def trail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what with a campaign, when, and what changed."""
    found = found_campaign(request, slug)
    shown = Paginator(desk_trail.acts_of(found), desk_trail.ACTS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = desk_trail.lines(shown.object_list)
    return page(request, "trail", {"section": "campaigns", "campaign": found, "shown": shown, "lines": lines})
