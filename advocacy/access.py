"""Owns who may open the desk: an active member of staff. Every page of the desk asks here, and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]


def is_staff(user: AbstractBaseUser | AnonymousUser) -> bool:
    """True for somebody who is logged in, active and a member of staff."""
    return user.is_authenticated and user.is_active and bool(getattr(user, "is_staff", False))


def staff_page(view: View[Args]) -> View[Args]:
    """Let only staff in, and let no cache keep what they saw.

    Whoever is not logged in is sent to the login page and comes back afterwards; a form that was sent without a login
    is not sent again by that, so its sender comes back to the desk instead.

    Raises:
        PermissionDenied: for somebody who is logged in without being staff.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else settings.LOGIN_REDIRECT_URL
            return redirect_to_login(back, settings.LOGIN_URL)
        if not is_staff(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
