"""Owns how every page of the desk is drawn: the sending mode on top, and who is at work."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from advocacy.access import desk_of

BAD_INPUT = 422
CONFLICT = 409


def page(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """A page of the desk.

    Args:
        template: below ``templates/advocacy/desk/``, without its ending.
        context: its own values; ``section`` is what the menu marks.
        status: of the HTTP answer.
    """
    return render(
        request,
        f"advocacy/desk/{template}.html",
        {**frame(), "may": desk_of(request.user).words, **context},
        status=status,
    )


def frame() -> dict[str, object]:
    """What the frame of every page needs."""
    return {
        "mode": settings.MAIL_MODE,
        "tester": settings.MAIL_TEST_ADDRESS,
        "organisation": settings.ORGANISATION,
    }
