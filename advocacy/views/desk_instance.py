"""Owns the desk's page of a database that may be a copy: why nothing is sent, and a superuser's word that it may be."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from advocacy.access import May, desk_page
from advocacy.desk_forms import ReasonForm, error_list
from advocacy.views.desk_page import BAD_INPUT, page
from mailings import instance


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Say why sending pauses; POST makes this database the one that sends."""
    why = instance.reason_to_pause()
    may_confirm = bool(getattr(request.user, "is_superuser", False))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_confirm:
            raise PermissionDenied
        if form.is_valid():
            return _confirm(request, form.cleaned_data["reason"])
    context = {
        "section": "home",
        "why": why,
        "letters": instance.letters_in_question() if why else 0,
        "may_confirm": may_confirm,
        "form": form,
        "errors": error_list(form),
    }
    return page(request, "instance", context, status=BAD_INPUT if form.errors else 200)


def _confirm(request: HttpRequest, reason: str) -> HttpResponse:
    try:
        count = instance.confirm(by=request.user.get_username(), note=reason)
    except instance.NothingToConfirmError:
        messages.warning(request, "Nothing changed: this database may send already.")
    except OSError:
        messages.warning(request, "This machine cannot remember it: it may not write into its var folder.")
    else:
        messages.success(request, f"This database is the one that sends. Letters that wait for a decision: {count:,}.")
    return redirect("desk:home")
