"""Owns the desk's pages of letters: find them, act on many, read one's whole story, decide where nobody knows."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advocacy import desk_acts, desk_doubt, desk_lanes, desk_queries, paper
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_forms import DELIVERIES, HELD_FOR, KINDS, STATUSES, FilterForm, ReasonForm, error_list
from advocacy.desk_queries import ACTS, Filter
from advocacy.models import Letter
from advocacy.views.desk_page import BAD_INPUT, page
from mailings import doubts, reports

#: What is said once an act was done, by how many did change.
DONE = {
    "retry": ("letter is in line again.", "letters are in line again."),
    "cancel": ("letter was withdrawn.", "letters were withdrawn."),
    "sent": ("letter counts as sent.", "letters count as sent."),
}


def _filter(request: HttpRequest, data: QueryDict) -> Filter:
    theirs = desk_of(request.user).slugs
    return Filter(**FilterForm(data, desk_queries.campaign_choices(theirs)).values(), theirs=theirs)


def _query(chosen: Filter) -> str:
    """The filter as the query string that makes it again."""
    return urlencode({name: value for name, value in _fields(chosen).items() if value})


def _fields(chosen: Filter) -> dict[str, str]:
    """The filter as the fields of a form that makes it again."""
    values = asdict(chosen) | {"kind": chosen.kind or "all"}
    del values["theirs"]
    return values


@desk_page(May.LETTERS)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The list, narrowed and paged, with a box to tick on each row."""
    chosen = _filter(request, request.GET)
    rows = desk_queries.messages(chosen)
    shown = Paginator(rows, desk_queries.LETTERS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "letters",
        "chosen": chosen,
        "query": _query(chosen),
        "shown": shown,
        "reports": reports.page(shown.object_list),  # type: ignore[arg-type]  # a slice of the query set above
        "campaigns": desk_queries.campaign_choices(chosen.theirs),
        "statuses": STATUSES + HELD_FOR,
        "deliveries": DELIVERIES,
        "kinds": KINDS,
    }
    return page(request, "letters", context)


@desk_page(May.LETTERS)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Act on many: first a page that says how many it will be and asks for a reason, then the act itself."""
    name, chosen = request.POST.get("act", ""), _filter(request, request.POST)
    everything, uids = request.POST.get("all") == "1", _uids(request.POST.getlist("uid"))
    back = f"{reverse('desk:letters')}?{_query(chosen)}"
    if name not in ACTS:
        raise Http404("No such act")
    if not everything and not uids:
        messages.warning(request, "Tick the letters first, then press the button once more.")
        return redirect(back)
    rows = desk_queries.chosen_messages(chosen, uids, everything=everything)
    states = [state for state in ACTS[name] if _sure(name, state) or request.POST.get("doubt") == "1"]
    form = ReasonForm(request.POST if request.POST.get("sure") else None)
    if form.is_valid():
        affected = desk_queries.uids_in(rows, states)
        count = desk_acts.act_on(name, affected, by=request.user.get_username(), reason=form.cleaned_data["reason"])
        _say(request, name, count)
        return redirect(back)
    counts = desk_queries.by_status(rows)
    return _preview(request, name, form, chosen=chosen, counts=counts, uids=[] if everything else uids)


def _sure(act: str, state: str) -> bool:
    """False for what is done to a state only where a box is ticked: a letter in doubt that goes again may go twice."""
    return act != "retry" or state != "in_doubt"


def _uids(values: Sequence[str]) -> list[UUID]:
    """Those of the values that are names of messages."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found


def _say(request: HttpRequest, name: str, count: int) -> None:
    one, many = DONE[name]
    if count:
        messages.success(request, f"{count:,} {one if count == 1 else many}")
    else:
        messages.warning(
            request,
            "Nothing changed. The letters had moved on, their state does not permit this, they show too much, or other "
            "words have taken their place.",
        )


def _preview(
    request: HttpRequest, name: str, form: ReasonForm, *, chosen: Filter, counts: dict[str, int], uids: list[UUID]
) -> HttpResponse:
    """How many an act will change, and why the others stay as they are."""
    affected = sum(counts.get(state, 0) for state in ACTS[name] if _sure(name, state))
    context = {
        "section": "letters",
        "act": name,
        "form": form,
        "errors": error_list(form),
        "chosen": chosen,
        "fields": _fields(chosen),
        "back": f"{reverse('desk:letters')}?{_query(chosen)}",
        "uids": uids,
        "total": sum(counts.values()),
        "affected": affected,
        "doubtful": counts.get("in_doubt", 0) if name == "retry" else 0,
        "untouched": {state: number for state, number in counts.items() if state not in ACTS[name]},
        "doubt_ticked": request.POST.get("doubt") == "1",
    }
    return page(request, "act", context, status=BAD_INPUT if form.errors else 200)


@desk_page(May.LETTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One message with all that is known of it; POST decides: send again, count as sent, withdraw."""
    report = reports.message(uid)
    if report is None or not desk_of(request.user).sees(report.stream.partition("/")[0]):
        raise Http404("No message of this name")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        name = request.POST.get("do", "")
        if name not in DONE:
            raise Http404("No such act")
        if form.is_valid():
            by, reason = request.user.get_username(), form.cleaned_data["reason"]
            _say(request, name, desk_acts.act_on(name, [uid], by=by, reason=reason))
            return redirect("desk:letter", uid)
    return _letter_page(request, report, form)


def _doubt(report: reports.MessageReport) -> dict[str, object]:
    """What the page says of a message in doubt; nothing for others."""
    doubt = doubts.about(report.uid)
    if doubt is None:
        return {}
    return {
        "doubt": doubt,
        "left": desk_doubt.speaks_for_left(report, doubt),
        "stayed": desk_doubt.speaks_for_stayed(report, doubt, timezone.now()),
        "follows": desk_doubt.what_follows(doubt),
    }


def _sheet(report: reports.MessageReport, letter: Letter | None) -> paper.Sheet:
    return paper.of_report(report, letter.own_words, letter.update.tongue) if letter else paper.of_report(report)


def _letter_page(request: HttpRequest, report: reports.MessageReport, form: ReasonForm) -> HttpResponse:
    letter = desk_queries.letter(report.reference)
    context = {
        "section": "letters",
        "report": report,
        "letter": letter,
        "form": form,
        "errors": error_list(form),
        "story": reports.story(report.uid),
        "lane": desk_lanes.row_of(report) if report.status == "queued" else None,
        **_doubt(report),
        # Mails to supporters carry their private links: whoever reads those could act in their name.
        "sheet": _sheet(report, letter) if report.kind == "letter" else None,
        "others": desk_queries.other_mails(report),
    }
    return page(request, "letter", context, status=BAD_INPUT if form.errors else 200)
