"""Owns the desk's pages of the address book: its list, and an office with whoever writes to it and its changes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from advocacy import (
    alarms,
    approvals,
    book,
    desk_book,
    desk_comparing,
    desk_trail,
    drafts,
    office_changes,
    office_effects,
    offices,
)
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_book import NotApprovedForm, OfficeForm
from advocacy.desk_forms import error_list
from advocacy.desk_publishing import ComparedForm
from advocacy.models import Office, Target
from advocacy.office_changes import Came
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page
from mailings.text import address_key

#: What is needed for each act on an office.
NEEDED = {
    "save": May.EDIT,
    "approve": May.APPROVE,
    "send_back": May.BOOK,
    "retire": May.EDIT,
    "bring_back": May.EDIT,
}


@desk_page(May.BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def the_book(request: HttpRequest) -> HttpResponse:
    """Every office, narrowed by a search; POST puts in those whom live updates and drafts write to."""
    desk = desk_of(request.user)
    if request.method == "POST":
        desk.demand(May.EDIT)
        count = offices.gather(desk.slugs, by=request.user.get_username())
        messages.success(request, f"{count:,} office{'' if count == 1 else 's'} put into the book.")
        return redirect("desk:book")
    q = request.GET.get("q", "").replace("\x00", "")[:200]
    retired = "retired" in request.GET
    shown = Paginator(desk_book.found(q, retired=retired), desk_book.OFFICES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "section": "book",
        "q": q,
        "retired": retired,
        "any_retired": Office.objects.filter(retired=True).exists(),
        "shown": shown,
        "rows": desk_book.rows(list(shown), desk),
        "sets": desk_book.sets(),
        "missing": offices.missing(desk.slugs),
    }
    return page(request, "book", context)


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An office that the book does not have yet."""
    form = OfficeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        office = offices.put(form.values(), by=request.user.get_username())
        messages.success(request, f"{office.name} is in the book.")
        return redirect("desk:office", office.pk)
    errors = error_list(form, "id_name")
    return page(
        request,
        "book_new",
        {"section": "book", "form": form, "errors": errors},
        status=BAD_INPUT if errors else 200,
    )


@desk_page(May.BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def office(request: HttpRequest, pk: int) -> HttpResponse:
    """One office; POST changes it, or decides on a change that waits."""
    found = Office.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("No office of this number")
    act = request.POST.get("do", "") if request.method == "POST" else ""
    if request.method == "POST":
        if act not in NEEDED:
            raise Http404("No such act")
        desk_of(request.user).demand(NEEDED[act])
    sent = Sent(request, found, act)
    if request.method == "POST" and not sent.errors():
        try:
            return ACTS[act](request, found, sent)
        except alarms.NotTicked as fault:
            # The page before had no boxes to tick yet: then this is the next step, and no mistake.
            offered = act != "save" or "offered" in request.POST
            sent.missing, sent.next_step = (fault.alarms, False) if offered else ([], True)
            return _page(request, found, sent, status=BAD_INPUT if offered else 200)
        except (drafts.Conflict, approvals.NotApproved) as fault:
            sent.said.append(("main", str(fault)))
            return _page(request, Office.objects.get(pk=pk), sent, status=CONFLICT)
    return _page(request, found, sent, status=BAD_INPUT if sent.errors() else 200)


class Sent:
    """The forms of an office's page, bound to what was sent where their act was pressed."""

    def __init__(self, request: HttpRequest, found: Office, act: str) -> None:
        data: Any = request.POST
        self.form = OfficeForm(data if act == "save" else None, initial=_initial(request, found))
        self.compared = ComparedForm(data if act == "approve" else None)
        self.back = NotApprovedForm(data if act == "send_back" else None)
        self.seen = data.get("seen", "") if act == "save" else office_changes.stamp(found)
        self.ticked = [name.removeprefix("alarm-") for name in data if name.startswith("alarm-")]
        #: Alarms that nobody ticked, and what else went wrong.
        self.missing: list[Any] = []
        self.said: list[tuple[str, str]] = []
        #: True where the change is shown for the first time, to be compared and asked for.
        self.next_step = False

    def errors(self) -> list[tuple[str, str]]:
        """The faults, for the summary."""
        unticked = [(f"alarm-{one.key}", f"{one.label}: compare it, then tick its box.") for one in self.missing]
        forms = [*error_list(self.form), *error_list(self.compared), *error_list(self.back)]
        return [*self.said, *unticked, *forms]


def _initial(request: HttpRequest, found: Office) -> dict[str, Any]:
    """The office as it is, or as a draft prints it, where somebody comes from there to correct the book."""
    start, number = desk_book.initial(found), request.GET.get("from", "")
    target = Target.objects.filter(pk=number, book_office=found) if number.isdecimal() and len(number) < 18 else None
    one = target.select_related("update__campaign").first() if target is not None else None
    if one and desk_of(request.user).sees(one.update.campaign.slug):
        start |= {name: getattr(one, name) for name in found.printed()}
    return start


def _save(request: HttpRequest, found: Office, sent: Sent) -> HttpResponse:
    came = office_changes.propose(
        found,
        sent.seen,
        sent.form.values(),
        by=request.user.get_username(),
        theirs=desk_of(request.user).slugs,
        reason=sent.form.cleaned_data["reason"],
        ticked=sent.ticked,
    )
    words = {
        Came.NOTHING: "Nothing changed.",
        Came.CHANGED: "The book is changed, and what used it here follows.",
        Came.ASKED: "The change waits for the approval of a second person. Until then everything is as it was.",
    }
    messages.success(request, words[came])
    return redirect("desk:office", found.pk)


def _approve(request: HttpRequest, found: Office, sent: Sent) -> HttpResponse:
    change, by = office_changes.open_for(found), request.user.get_username()
    if change is None:
        raise approvals.NotApproved("This change is decided already.")
    theirs = desk_of(request.user).slugs
    begun = office_changes.approve(change, request.POST.get("shown", ""), by=by, theirs=theirs, ticked=sent.ticked)
    messages.success(request, "The change is approved, and stands in the book.")
    for one in begun:
        messages.info(request, f"{one} waits to be published with it. Open it to publish.")
    return redirect("desk:office", found.pk)


def _send_back(request: HttpRequest, found: Office, sent: Sent) -> HttpResponse:
    change, by, desk = office_changes.open_for(found), request.user.get_username(), desk_of(request.user)
    if change is None:
        raise approvals.NotApproved("This change is decided already.")
    if change.asked_by != by:
        desk.demand(May.APPROVE)
    office_changes.send_back(change, by=by, reason=sent.back.cleaned_data["reason"])
    mine = change.asked_by == by
    words = "The request is taken back. The office stays as it is."
    messages.success(request, words if mine else "The change is not made. Whoever asked for it reads why.")
    return redirect("desk:office", found.pk)


def _retire(request: HttpRequest, found: Office, sent: Sent) -> HttpResponse:
    office_changes.retire(found, by=request.user.get_username(), theirs=desk_of(request.user).slugs)
    messages.success(request, f"{found.name} is retired: nobody is offered it any more.")
    return redirect("desk:office", found.pk)


def _bring_back(request: HttpRequest, found: Office, sent: Sent) -> HttpResponse:
    office_changes.bring_back(found, by=request.user.get_username())
    messages.success(request, f"{found.name} is back.")
    return redirect("desk:office", found.pk)


ACTS = {
    "save": _save,
    "approve": _approve,
    "send_back": _send_back,
    "retire": _retire,
    "bring_back": _bring_back,
}


def _page(request: HttpRequest, found: Office, sent: Sent, *, status: int) -> HttpResponse:
    desk, change = desk_of(request.user), office_changes.open_for(found)
    values = change.values if change else _asked_for(found, sent)
    reach = office_effects.reach(found, values, desk.slugs) if values else None
    if change:
        change.office = found
    shown = office_changes.comparison(found, values) if reach and (change or reach.live) else None
    me = request.user.get_username()
    why_not = office_changes.why_not(change, reach, me, desk.slugs) if change and reach else ""
    context = {
        "section": "book",
        "office": found,
        "flag": book.flags([found.email]).get(address_key(found.email)),
        "uses": desk_book.uses(found, desk),
        "sets": found.entries.select_related("office_set"),
        "sent": sent,
        "form": sent.form,
        "errors": sent.errors(),
        "seen": office_changes.stamp(found) if status == CONFLICT else sent.seen,
        "change": change,
        "comparison": desk_comparing.of(shown, sent.ticked, [one.key for one in sent.missing]) if shown else None,
        "effects": desk_book.effects(reach, desk) if reach else None,
        "ticks": change is None or (desk.may(May.APPROVE) and not why_not),
        "shown": office_changes.digest_of(change, reach) if change and reach else "",
        "why_not": why_not,
        "mine": change is not None and change.asked_by == me,
        "alone": approvals.alone_is_enough(),
        "ended": found.changes.first(),
        "lines": desk_trail.lines(desk_trail.acts_on(found)[: desk_trail.ACTS_ON_A_PAGE]),
    }
    return page(request, "book_office", context, status=status)


def _asked_for(found: Office, sent: Sent) -> dict[str, Any]:
    """What a form that was sent would change."""
    if not sent.form.is_bound or not sent.form.is_valid():
        return {}
    return {name: value for name, value in sent.form.values().items() if getattr(found, name) != value}
