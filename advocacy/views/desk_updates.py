"""Owns the desk's pages of updates: paste a text or start from the live one, edit, throw away."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from advocacy import (
    desk_beside,
    desk_choices,
    desk_queries,
    desk_sources,
    desk_translations,
    desk_versions,
    drafts,
    merging,
    unsaid,
    updates,
)
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_drafts import UpdateForm
from advocacy.desk_forms import PasteForm, error_list
from advocacy.desk_offices import TargetForm, TargetFormSet, offices
from advocacy.models import Campaign, Update
from advocacy.reading import DraftTarget, Fault
from advocacy.reading.documents import text_of, text_of_paste
from advocacy.reading.files.kinds import MOST_BYTES
from advocacy.views.desk import found_campaign
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Step one: paste a text, or take the live update's words. Without a campaign, the text begins one."""
    found = found_campaign(request, slug) if slug else None
    if request.method != "POST" or (found and found.ended):
        return _begin_page(request, found, PasteForm())
    if found and request.POST.get("do") == "live":
        return _begun_from_live(request, found, PasteForm(request.POST, request.FILES))
    return _pasted(request, found, PasteForm(request.POST, request.FILES))


def _begin_page(
    request: HttpRequest,
    found: Campaign | None,
    form: PasteForm,
    earlier: Update | None = None,
    taken: Update | None = None,
) -> HttpResponse:
    errors = error_list(form, "id_text")
    context = {
        "section": "campaigns",
        "campaign": found,
        "form": form,
        "errors": errors,
        "earlier": earlier,
        "taken": taken,
        "left": LEFT in form.errors.get("text", []),
        "drafts": [update for update in desk_queries.updates_of(found) if not update.published] if found else [],
    }
    return page(request, "begin", context, status=BAD_INPUT if errors else 200)


LEFT = "Read this text, or press “Start from the live update” once more: then it is left unused."


def _begun_from_live(request: HttpRequest, found: Campaign, form: PasteForm) -> HttpResponse:
    pasted = bool(request.FILES) or bool(request.POST.get("text", "").strip())
    if pasted and "left" not in request.POST:
        form.is_valid()
        form.add_error("text", LEFT)
        return _begin_page(request, found, form)
    try:
        draft = drafts.begin_from_live(found, by=request.user.get_username())
    except ValueError as fault:
        messages.warning(request, str(fault))
        return redirect("desk:begin", found.slug)
    words = "Words and offices are those of the live update. Write the new index, date and deadline from the document."
    messages.success(request, f"{draft.name} is begun. {words}")
    return redirect("desk:edit", draft.pk)


def _pasted(request: HttpRequest, found: Campaign | None, form: PasteForm) -> HttpResponse:
    """Read the text. Whatever cannot be read is said, and the text stays in its box, also that of a file."""
    earlier = taken = None
    text = text_of_form(form) if form.is_valid() else ""
    if text:
        try:
            over, by = form.cleaned_data["over"], request.user.get_username()
            theirs, is_what = desk_of(request.user).slugs, form.cleaned_data["taken"]
            draft, borrowed = drafts.begin(text, found, over=over, by=by, theirs=theirs, taken=is_what)
        except Fault as fault:
            form.add_error("text", list[Any](fault.lines))
        except updates.NumberTaken as fault:
            taken = fault.update
            form.add_error("taken", f"{fault} Say what this text is.")
        except drafts.AlreadyDrafted as fault:
            earlier = fault.draft
            form.add_error("over", f"{fault} Open that one, or tick the box to put this text in its place.")
        else:
            _say_begun(request, draft, borrowed=borrowed)
            return redirect("desk:edit", draft.pk)
    return _begin_page(request, found, form, earlier, taken)


def text_of_form(form: PasteForm) -> str:
    """The text of a valid form, also that of its file; "" where there is none, with why beside the field."""
    file: UploadedFile[Any] | None = form.cleaned_data["file"]
    try:
        if file is None:
            return text_of_paste(form.cleaned_data["text"])
        text = text_of(file.name or "", file.read(MOST_BYTES + 1))
    except Fault as fault:
        form.add_error("text" if file is None else "file", list[Any](fault.lines))
        return ""
    # A browser forgets which file was chosen; its text can be mended in the box.
    form.data = {**form.data.dict(), "text": text}  # type: ignore[attr-defined]  # A form that was sent has a QueryDict.
    return text


def _say_begun(request: HttpRequest, draft: Update, *, borrowed: bool) -> None:
    if draft.published:
        messages.info(request, f"This very text is published already, as {draft.name}.")
        return
    words = "Check every field beside the document, above all the addresses."
    if borrowed:
        words = f"The text brings no letter of its own, so the live update's letter stands here. {words}"
    messages.success(request, f"{draft.name} is read and kept as a draft. {words}")


def found_update(request: HttpRequest, pk: int) -> Update:
    """The update of an address; 404 where there is none for whoever asks."""
    found = desk_queries.update(pk)
    if found is None or not desk_of(request.user).sees(found.campaign.slug):
        raise Http404("No update of this number")
    return found


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Step two: every field of a draft. A published update opens as it was published."""
    update = found_update(request, pk)
    if update.published:
        return redirect("desk:preview", pk)
    if request.method != "POST":
        return _edit_page(request, update, *_forms(update))
    data = desk_versions.chosen(request.POST, desk_versions.opened(update, request.POST))
    return _edited(request, update, *_forms(update, data))


def _forms(update: Update, data: Any = None) -> tuple[UpdateForm, BaseFormSet[TargetForm]]:
    """The form of a draft's words, and those of its offices."""
    initial = {name: getattr(update, name) for name in UpdateForm.base_fields}
    form = UpdateForm(update.campaign, update.number, data, initial=initial)
    return form, TargetFormSet(data, initial=drafts.target_values(update), prefix="office")


def _edited(request: HttpRequest, update: Update, form: UpdateForm, targets: BaseFormSet[TargetForm]) -> HttpResponse:
    """Keep what was edited; on any fault, and where both changed the same, show it all again."""
    left = desk_choices.unchosen(_both(request, update, form))
    if left or not (form.is_valid() and targets.is_valid()):
        return _edit_page(request, update, form, targets, status=BAD_INPUT)
    try:
        seen, by, said = request.POST.get("seen", ""), request.user.get_username(), ""
        with transaction.atomic():
            told, said = _offices(request, targets)
            drafts.keep(update, seen, form.cleaned_data, told, by=by)
    except desk_beside.NotInTheBook as fault:
        form.add_error(None, str(fault))
        return _edit_page(request, update, form, targets, status=BAD_INPUT)
    except drafts.Conflict as fault:
        return _met(request, update, form, targets, str(fault))
    return _saved(request, update, said)


def _saved(request: HttpRequest, update: Update, said: str) -> HttpResponse:
    if said:
        messages.success(request, f"The draft is saved. {said}")
        return redirect("desk:edit", update.pk)
    if request.POST.get("do") == "more":
        for words in unsaid.update_faults(found_update(request, update.pk)):  # The preview says so by itself.
            messages.warning(request, words)
        messages.success(request, "The draft is saved. There is room for one more office at the end.")
        return redirect("desk:edit", update.pk)
    return redirect("desk:preview", update.pk)


def _both(request: HttpRequest, update: Update, form: UpdateForm) -> list[desk_choices.Both]:
    """What two people changed, and one has to choose."""
    if not form.is_bound:
        return []
    who = desk_versions.who(update, request.user.get_username())
    return desk_versions.to_choose(form.data, desk_versions.opened(update, form.data), who)


def _met(
    request: HttpRequest, update: Update, form: UpdateForm, targets: BaseFormSet[TargetForm], fault: str
) -> HttpResponse:
    """Somebody saved meanwhile: save both where they changed different things, else ask."""
    current, by = found_update(request, update.pk), request.user.get_username()
    if current.published or request.POST.get("seen") == drafts.stamp(current):
        form.add_error(None, f"{fault} Yours is below and not saved.")
        return _edit_page(request, current, form, targets, status=CONFLICT)
    rows, known = targets.total_form_count(), targets.initial_form_count()
    both = desk_versions.merged(current, form.data, rows, known)  # type: ignore[arg-type]  # a QueryDict: it was sent
    form, targets = _forms(current, both.data)
    met, pressed = desk_versions.met(current, by), request.POST.get("do", "").partition("-")[0] in BOOK_ACTS
    if not (both.asks or pressed) and form.is_valid() and targets.is_valid():
        try:
            drafts.keep(current, drafts.stamp(current), form.cleaned_data, offices(targets), by=by)
        except drafts.Conflict as again:
            met = str(again)
        else:
            messages.info(request, f"{met} Both stand now{desk_choices.listed(both.taken)}.")
            return _saved(request, update, "")
    form.add_error(None, f"{met} {desk_choices.TO_CHOOSE if both.asks else desk_versions.MERGED}")
    return _edit_page(request, current, form, targets, status=CONFLICT)


CORRECTS = "It corrects {0} and keeps its number. Under another number it is an update of its own."
#: Button of the address book -> what is said once it was pressed.
BOOK_ACTS = {
    "pick": "The office from the book stands at the end.",
    "take": "The book’s word stands in that office now.",
    "rows": "The offices by country are those of the book now.",
    "put": "The office is in the book.",
}


def _offices(request: HttpRequest, targets: BaseFormSet[TargetForm]) -> tuple[list[DraftTarget], str]:
    """The offices that were sent, after the button of the book where one was pressed; and what to say of it."""
    act = request.POST.get("do", "")
    said = BOOK_ACTS.get(act.partition("-")[0], "")
    if not said:
        return offices(targets), ""
    pick, role = request.POST.get("pick", ""), request.POST.get("pick_role", "")
    return desk_beside.with_the_book(targets, act, pick, role, request.user.get_username()), said


def _edit_page(
    request: HttpRequest, update: Update, form: UpdateForm, targets: BaseFormSet[TargetForm], status: int = 200
) -> HttpResponse:
    both = _both(request, update, form)
    desk_versions.show_both(both, form, targets)
    errors = [*desk_choices.errors(both), *error_list(form)]
    for one in targets.forms:
        errors += error_list(one, f"office-{one.prefix}")
    sources = desk_sources.of(update)
    # Beside what somebody typed while another one saved, the book would stand beside the wrong offices.
    seen = form.data.get("seen", "") if form.is_bound else drafts.stamp(update)
    beside = [] if status == CONFLICT or seen != drafts.stamp(update) else desk_beside.beside(update)
    choices, whole = desk_beside.choices()
    most = len(targets.forms)
    context = {
        "section": "campaigns",
        "update": update,
        "campaign": update.campaign,
        "form": form,
        "targets": targets,
        "offices": list(zip_longest(targets.forms, sources.offices[:most], beside[:most])),
        "sources": sources,
        "errors": [*errors, *(("offices", str(fault)) for fault in targets.non_form_errors())],
        "conflict": status == CONFLICT,
        "number_hint": CORRECTS.format(update.document) if update.correction else "0 is the first appeal.",
        "seen": seen,
        "began": form.data.get("began", "") if form.is_bound else desk_versions.packed(update),
        "tokens": merging.TOKENS,
        "languages": desk_translations.languages_of(update),
        "book_choices": choices,
        "book_is_whole": whole,
    }
    return page(request, "edit", context, status=status)


@desk_page(May.EDIT)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, in the state in which it was looked at."""
    update = found_update(request, pk)
    try:
        drafts.discard(update, request.POST.get("seen", ""), by=request.user.get_username())
    except drafts.Conflict as fault:
        messages.warning(request, f"Nothing was thrown away. {fault}")
        return redirect("desk:preview", pk)
    messages.success(request, f"The draft of {update.name} is gone. Nothing of it was public.")
    return redirect("desk:campaign", update.campaign.slug)
