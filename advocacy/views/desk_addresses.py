"""Owns the desk's pages of addresses that do not work: what waits for each, and the two ways to let it go."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import book, desk_queries, lowering
from advocacy.access import May, desk_page
from advocacy.desk_forms import CorrectForm, WorksForm, error_list
from advocacy.views.desk_page import BAD_INPUT, page
from mailings import addresses as door
from mailings.text import UnfitText


@desk_page(May.ADMINISTER)
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """Every address that sent letters back for good."""
    return page(request, "dead_addresses", {"section": "home", "rows": desk_queries.dead_addresses()})


@desk_page(May.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, address: str) -> HttpResponse:
    """One address, and what hangs on it; POST decides: it works, or another one takes its place."""
    account = door.account(address)
    if account is None:
        if request.method != "POST":
            raise Http404("This address is not marked")
        messages.warning(request, "Nothing changed: somebody has decided on this address meanwhile.")
        return redirect("desk:addresses")
    act = request.POST.get("do", "")
    works = WorksForm(request.POST if act == "works" else None)
    correct = CorrectForm(request.POST if act == "correct" else None)
    if works.is_valid():
        return _works(request, account.listed.address, works)
    if correct.is_valid() and (done := _corrected(request, account.listed.address, correct)):
        return done
    errors = [*error_list(works, "works"), *error_list(correct, "correct")]
    context = {
        "section": "home",
        "account": account,
        "works": works,
        "correct": correct,
        "errors": errors,
        "campaigns": desk_queries.campaigns_writing_to(account.listed.address),
        "booked": book.at(account.listed.address),
    }
    return page(request, "address", context, status=BAD_INPUT if errors else 200)


def _works(request: HttpRequest, address: str, form: WorksForm) -> HttpResponse:
    count = door.works(address, by=request.user.get_username(), note=form.cleaned_data["reason"])
    messages.success(request, f"{address} takes letters again. {_stand(count)} in line.")
    return redirect("desk:addresses")


def _corrected(request: HttpRequest, address: str, form: CorrectForm) -> HttpResponse | None:
    """Where to go once it is corrected; None where the new address will not do, and the form says why."""
    by, chosen = request.user.get_username(), form.cleaned_data
    try:
        note, again = chosen["reason"], chosen["again"]
        moved = door.correct(address, chosen["address"], by=by, note=note, also_returned=again, fit=lowering.fit)
    except UnfitText as fault:
        form.add_error("address", str(fault))
        return None
    said = f" {_stand(moved.again)} in line a second time." if moved.again else ""
    messages.success(request, f"{_stand(moved.waiting)} in line for {chosen['address']}.{said}")
    return redirect("desk:addresses")


def _stand(count: int) -> str:
    """ "1 letter stands", "1,200 letters stand", "No letter stands"."""
    return "No letter stands" if not count else f"{count:,} letter{' stands' if count == 1 else 's stand'}"
