"""Owns the desk's pages of lanes: what waits in each and until when, its pace and hours, its pause."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advocacy import desk_lanes
from advocacy.access import May, desk_page
from advocacy.desk_forms import ReasonForm, error_list
from advocacy.desk_lanes import LaneForm, Row
from advocacy.views.desk_page import BAD_INPUT, page
from mailings import lanes as roads

#: The act -> what does it, what is said afterwards, and what where somebody was faster.
ACTS = {
    "pause": (roads.pause, "The lane is paused. What stands in it waits.", "It was paused already."),
    "resume": (roads.resume, "The lane moves again.", "It moved already."),
}


@desk_page(May.ADMINISTER)
@require_safe
def lanes(request: HttpRequest) -> HttpResponse:
    """Every lane."""
    context = {"section": "lanes", "rows": desk_lanes.rows(), **_pace()}
    return page(request, "lanes", context)


def _pace() -> dict[str, object]:
    """Whether letters wait for their pace here, and what our domain allows while it warms up."""
    return {"waited_for": roads.waited_for(), "warmup": roads.warmup_today()}


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def lane(request: HttpRequest, pk: int) -> HttpResponse:
    """One lane; POST changes its pace and hours."""
    found = _found(pk)
    form = LaneForm(found.lane, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, reason = request.user.get_username(), form.cleaned_data["reason"]
        if roads.change(pk, form.pace(), by=by, reason=reason):
            messages.success(request, "The pace is changed. The next letter goes by it.")
        else:
            messages.warning(request, "Nothing changed: the lane had this pace and these hours already.")
        return redirect("desk:lane", pk)
    return _page(request, found, form, ReasonForm(prefix="state"))


def _found(pk: int) -> Row:
    found = desk_lanes.row(pk)
    if found is None:
        raise Http404("No lane of this number in the present mode")
    return found


def _page(request: HttpRequest, found: Row, form: LaneForm, reason: ReasonForm) -> HttpResponse:
    errors = [*error_list(form, "pace"), *error_list(reason, "state")]
    context = {
        "section": "lanes",
        "row": found,
        "lane": found.lane,
        "form": form,
        "reason": reason,
        "errors": errors,
        "changes": roads.changes(found.lane.pk),
        **_pace(),
    }
    return page(request, "lane", context, status=BAD_INPUT if errors else 200)


@desk_page(May.ADMINISTER)
@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause or resume a lane, with a reason that its story keeps."""
    found, name = _found(pk), request.POST.get("do", "")
    if name not in ACTS:
        raise Http404("No such act")
    act, done, late = ACTS[name]
    form = ReasonForm(request.POST, prefix="state")
    if not form.is_valid():
        return _page(request, found, LaneForm(found.lane), form)
    if act(pk, by=request.user.get_username(), reason=form.cleaned_data["reason"]):
        messages.success(request, done)
    else:
        messages.warning(request, f"Nothing changed. {late}")
    return redirect("desk:lane", pk)
