"""Owns the desk's pages on which offices come from a file, and of the sets that depend on the supporter's country."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import book, desk_sets, desk_trail, drafts, office_files, office_imports, offices
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_forms import error_list
from advocacy.desk_sets import EntryForm, FileForm, SetNameForm
from advocacy.models import Office, OfficeSet
from advocacy.office_files import Unreadable
from advocacy.office_imports import Plan
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def from_file(request: HttpRequest) -> HttpResponse:
    """Show what a file would do, row by row; then do it."""
    if request.method != "POST":
        return _file_page(request, FileForm(initial={"into": request.GET.get("into", "")[:80]}))
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _file_page(request, form, status=BAD_INPUT)
    try:
        text, doubt = _text(form)
        sheet, plan = desk_sets.plan_of(text, form.cleaned_data["into"])
    except Unreadable as fault:
        form.add_error("file", str(fault))
        return _file_page(request, form, status=BAD_INPUT)
    if request.POST.get("do") == "take":
        return _take(request, form, text, sheet, plan)
    status = BAD_INPUT if plan.faults else 200
    return _file_page(request, form, plan=plan, text=text, doubt=doubt, status=status)


def _text(form: FileForm) -> tuple[str, str]:
    """The text of the file, or the one that was shown before; and a doubt about its letters."""
    file: UploadedFile[Any] | None = form.cleaned_data["file"]
    if file is not None:
        return office_files.text_of(file.read(office_files.MOST_BYTES + 1))
    if not form.cleaned_data["text"]:
        raise Unreadable("Choose a file.")
    return form.cleaned_data["text"], ""


def _take(request: HttpRequest, form: FileForm, text: str, sheet: office_files.Sheet, plan: Plan) -> HttpResponse:
    into, shown, by = form.cleaned_data["into"], request.POST.get("shown", ""), request.user.get_username()
    try:
        done = office_imports.take(sheet, into, shown, by=by, theirs=desk_of(request.user).slugs)
    except office_imports.NotAsShown as fault:
        form.add_error(None, str(fault))
        return _file_page(request, form, plan=plan, text=text, status=CONFLICT)
    words = f"{done.new:,} new, {done.changed:,} changed, {done.same:,} as they were."
    if done.asked:
        words += f" {done.asked:,} are live in a campaign: their changes wait for the approval of a second person."
    messages.success(request, words)
    filled = book.set_called(into)
    return redirect("desk:set", filled.pk) if filled else redirect("desk:book")


def _file_page(
    request: HttpRequest,
    form: FileForm,
    *,
    plan: Plan | None = None,
    text: str = "",
    doubt: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = desk_sets.step_rows(plan) if plan and not plan.faults else []
    context = {
        "section": "book",
        "form": form,
        "errors": error_list(form),
        "plan": plan,
        "faults": plan.faults[: office_files.MOST_FAULTS] if plan else [],
        "rows": rows[: desk_sets.OPEN_ROWS],
        "folded": rows[desk_sets.OPEN_ROWS :],
        "text": text,
        "doubt": doubt,
        "counts": {
            **{word: plan.count(word) for word in ("new", "change", "same")},
            "live": sum(step.live for step in plan.steps),
        }
        if plan
        else {},
        "heads": [(column, heads[0]) for column, heads in office_files.HEADS.items()],
        "sets": book.sets(),
        "most_rows": office_files.MOST_ROWS,
        "most_kb": office_files.MOST_BYTES // 1000,
    }
    return page(request, "book_file", context, status=status)


@desk_page(May.EDIT)
@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """A small file to begin with, as Excel opens it."""
    answer = HttpResponse("\ufeff" + office_files.EXAMPLE, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="offices.csv"'
    return answer


@desk_page(May.BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def a_set(request: HttpRequest, pk: int) -> HttpResponse:
    """One set, country by country; POST changes who stands for one, renames the set or throws it away."""
    found = get_object_or_404(book.sets(), pk=pk)
    act = request.POST.get("do", "") if request.method == "POST" else ""
    if request.method == "POST":
        desk_of(request.user).demand(May.EDIT)
        if act not in SET_ACTS:
            raise Http404("No such act")
    sent = SentSet(request, found, act)
    if request.method == "POST" and not sent.errors():
        try:
            return SET_ACTS[act](request, found, sent)
        except drafts.Conflict as fault:
            sent.said.append(("main", str(fault)))
            return _set_page(request, found, sent, status=CONFLICT)
        except offices.NameTaken as fault:
            sent.named.add_error("name", str(fault))
    return _set_page(request, found, sent, status=BAD_INPUT if sent.errors() else 200)


class SentSet:
    """The forms of a set's page, bound to what was sent where their act was pressed."""

    def __init__(self, request: HttpRequest, found: OfficeSet, act: str) -> None:
        self.entry = EntryForm(request.POST if act == "add" else None)
        self.named = SetNameForm(request.POST if act == "rename" else None, initial={"name": found.name})
        #: What else went wrong.
        self.said: list[tuple[str, str]] = []

    def errors(self) -> list[tuple[str, str]]:
        """The faults, for the summary."""
        return [*self.said, *error_list(self.named), *error_list(self.entry)]


def _add(request: HttpRequest, found: OfficeSet, sent: SentSet) -> HttpResponse:
    chosen = Office.objects.get(pk=sent.entry.cleaned_data["office"])
    rows = [(sent.entry.cleaned_data["country"], chosen)]
    offices.stand_for(found, rows, by=request.user.get_username())
    messages.success(request, f"{chosen.name} stands there now. Drafts and live campaigns keep their rows until then.")
    return redirect("desk:set", found.pk)


def _drop(request: HttpRequest, found: OfficeSet, sent: SentSet) -> HttpResponse:
    done = offices.take_out(found, request.POST.get("country", "")[:2], by=request.user.get_username())
    messages.success(request, "Nobody stands for this country any more." if done else "Nothing changed.")
    return redirect("desk:set", found.pk)


def _rename(request: HttpRequest, found: OfficeSet, sent: SentSet) -> HttpResponse:
    done = offices.rename(found, sent.named.cleaned_data["name"], by=request.user.get_username())
    words = "The set has its new name. Drafts and updates keep what they print." if done else "Nothing changed."
    messages.success(request, words)
    return redirect("desk:set", found.pk)


def _discard(request: HttpRequest, found: OfficeSet, sent: SentSet) -> HttpResponse:
    offices.discard(found, by=request.user.get_username(), theirs=desk_of(request.user).slugs)
    messages.success(request, f"“{found.name}” is thrown away. Its offices stay in the book.")
    return redirect("desk:book")


SET_ACTS = {"add": _add, "drop": _drop, "rename": _rename, "discard": _discard}


def _set_page(request: HttpRequest, found: OfficeSet, sent: SentSet, *, status: int) -> HttpResponse:
    context = {
        "section": "book",
        "set": found,
        "rows": desk_sets.members(found),
        "printed": desk_sets.printed(found, desk_of(request.user)),
        "form": sent.entry,
        "named": sent.named,
        "errors": sent.errors(),
        "lines": desk_trail.lines(desk_trail.acts_on_set(found)[: desk_trail.ACTS_ON_A_PAGE]),
    }
    return page(request, "book_set", context, status=status)
