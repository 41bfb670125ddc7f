"""Owns what stands around a campaign's form: who runs the site, how far the campaign is, how its page is passed on,
and the page in place of one that is not open.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from advocacy import page_words, queries, sharing
from advocacy.models import Campaign, Update
from advocacy.page_words import PageWords, Place

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]


def site() -> dict[str, object]:
    """What every public page says of who runs it and where mail goes."""
    return {
        "organisation": settings.ORGANISATION,
        "contact": settings.ORGANISATION_CONTACT,
        "mode": settings.MAIL_MODE,
        "site_url": settings.SITE_URL,
    }


def around(update: Update, words: PageWords, place: Place) -> dict[str, object]:
    """What the page of a campaign says beside its words and its form. In a frame nothing is passed on."""
    campaign: Campaign = update.campaign
    path = page_words.path(campaign.slug, words.code)
    return {
        "full_path": path,
        "framed": place.framed,
        "progress": queries.progress(campaign),
        "share": None if place.framed else sharing.share(words.title.text, f"{settings.SITE_URL}{path}"),
        "past_deadline": campaign.past_deadline(timezone.now()),
        "others": [] if place.framed or place.takes(campaign) else queries.other_campaigns(campaign),
    }


def or_not_open(view: View[Args]) -> View[Args]:
    """Let one page answer for a campaign that is not open yet and for one that never was: it tells nobody which are
    prepared.
    """

    @wraps(view)
    def kind(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            context = {"others": queries.other_campaigns(), **site()}
            return render(request, "advocacy/not_open.html", context, status=404)

    return kind
