"""Owns the desk's pages of people: who may do what, and on which campaigns, for administrators; one's own password."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import desk_people, desk_trail
from advocacy import people as acts
from advocacy.access import May, Role, desk_of, desk_page
from advocacy.desk_forms import error_list
from advocacy.desk_people import NewPersonForm, PersonForm
from advocacy.views.desk_page import BAD_INPUT, frame, page


@desk_page(May.ADMINISTER)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Every account of the desk, with its roles and campaigns."""
    lines = desk_trail.lines(desk_trail.acts_about_people()[: desk_trail.ACTS_ON_A_PAGE])
    context = {"section": "people", "rows": desk_people.everybody(), "roles": desk_people.ROLES, "lines": lines}
    return page(request, "people", context)


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new account; POST makes it, and its page shows the password this once."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told, by = form.cleaned_data, request.user.get_username()
        roles = [Role(name) for name in told["roles"]]
        user, password = acts.create(told["username"], told["email"], roles, told["campaigns"], by=by)
        return _password_page(request, user, password, new=True)
    errors = error_list(form, "roles")
    context = {"section": "people", "account": None, "form": form, "errors": errors}
    return page(request, "person", context, status=BAD_INPUT if errors else 200)


def _password_page(request: HttpRequest, user: User, password: str, *, new: bool) -> HttpResponse:
    """Show a password this once. It stands in no address, no message and no log."""
    told = {"account": user, "password": password, "new": new, "site": settings.SITE_URL}
    return page(request, "person_made", {"section": "people", **told})


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account; POST decides on its roles and campaigns, or gives it a new password."""
    user = desk_people.account(pk)
    if user is None:
        raise Http404("No account of this number")
    if request.method == "POST" and request.POST.get("do") == "password":
        return _renewed(request, user)
    form = PersonForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        by, chosen = request.user.get_username(), form.cleaned_data
        try:
            with transaction.atomic():
                changed = acts.set_roles(user, [Role(name) for name in chosen["roles"]], by=by)
                changed |= acts.set_campaigns(user, chosen["campaigns"], by=by)
        except acts.NotOneself as fault:
            form.add_error("roles", str(fault))
        else:
            said = f"What {user.username} may do is stored." if changed else "Nothing changed."
            messages.success(request, said)
            return redirect("desk:people")
    errors = error_list(form, "roles")
    context = {"section": "people", "account": user, "form": form, "errors": errors}
    return page(request, "person", context, status=BAD_INPUT if errors else 200)


def _renewed(request: HttpRequest, user: User) -> HttpResponse:
    if user.pk == request.user.pk:  # It would sign out whoever does it.
        return redirect("desk:password")
    try:
        password = acts.renew_password(user, by=request.user)  # type: ignore[arg-type]  # an administrator is signed in
    except acts.NotTheirs as fault:
        messages.warning(request, str(fault))
        return redirect("desk:person", user.pk)
    return _password_page(request, user, password, new=False)


class _Password(PasswordChangeView):
    """One's own password."""

    template_name = "advocacy/desk/password.html"
    success_url = reverse_lazy("desk:home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The frame, and the errors for the summary."""
        context = super().get_context_data(**kwargs)
        may = desk_of(self.request.user).words
        return {**context, **frame(), "may": may, "section": "", "errors": error_list(context["form"])}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Store it, and stay signed in here."""
        said = "Your password is changed. Wherever else you were signed in, you are not any more."
        messages.success(self.request, said)
        return super().form_valid(form)  # type: ignore[arg-type]  # the form of this view


@desk_page(May.READ)
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    return cast("HttpResponse", _Password.as_view()(request))
