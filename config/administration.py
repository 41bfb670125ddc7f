"""Owns who gets into /admin/: administrators, by the desk's own login. For everybody else there is no such page."""

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from advocacy.access import May, desk_of


class Administration(AdminSite):
    """Django's own pages of the database's tables."""

    def has_permission(self, request: HttpRequest) -> bool:
        """True for administrators alone: a member of staff with another role has the desk."""
        return desk_of(request.user).may(May.ADMINISTER)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let nobody who is signed in learn what is here."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404("No such page")
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(guarded, view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One way in for all: the desk's, which comes back here."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404("No such page")
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)
