"""Owns the desk's pages of people: who may do what, and on which campaigns. For administrators."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import desk_people, desk_trail
from advocacy import people as acts
from advocacy.access import May, Role, desk_page
from advocacy.desk_forms import error_list
from advocacy.desk_people import PersonForm
from advocacy.views.desk_page import BAD_INPUT, page


@desk_page(May.ADMINISTER)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Every account of the desk, with its roles and campaigns."""
    lines = desk_trail.lines(desk_trail.acts_about_people()[: desk_trail.ACTS_ON_A_PAGE])
    context = {"section": "people", "rows": desk_people.everybody(), "roles": desk_people.ROLES, "lines": lines}
    return page(request, "people", context)


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account; POST decides on its roles and campaigns."""
    user = desk_people.account(pk)
    if user is None:
        raise Http404("No account of this number")
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
