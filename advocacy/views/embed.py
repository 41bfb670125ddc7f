"""Owns the campaign's form in a frame on pages of others: which of them may show it, and in which language it comes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import languages, page_words, queries
from advocacy.page_words import FRAME
from advocacy.views.public import form_at, says_nothing_of_itself, written_at

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]


def in_frames_of_others(view: View[Args]) -> View[Args]:
    """Let the sites of EMBED_HOSTS show whatever answers this request in a frame."""

    @wraps(view)
    def framed(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        request.framed_by = settings.EMBED_HOSTS  # type: ignore[attr-defined]  # See config/middleware.py.
        return view(request, *args, **kwargs)

    return framed


@in_frames_of_others
@says_nothing_of_itself
@csrf_exempt  # As on the campaign's own page: a signed token in the form, and no login to be misused.
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The form and the letter beside it, and nothing around them."""
    return form_at(FRAME, request, slug, language)


@in_frames_of_others
@says_nothing_of_itself
@require_safe
def written(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """What comes after the form, in the same frame."""
    return written_at(FRAME, request, slug, language)


@in_frames_of_others
@says_nothing_of_itself
@require_safe
def language_of(request: HttpRequest, slug: str, tag: str) -> HttpResponse:
    """Lead to the form in the language that the page around it names, or else in the letter's own."""
    found = queries.public_campaign(slug)
    if found is None or found.live_update is None:
        raise Http404("No campaign of this name")
    words = page_words.of(found.live_update, languages.of_tag(tag), FRAME)
    return redirect(words.path if words else page_words.path(slug, name=FRAME.form))
