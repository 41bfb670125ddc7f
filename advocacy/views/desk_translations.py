"""Owns the desk's pages of translations: choose a language, write it paragraph by paragraph, fill it, throw it away."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from advocacy import corrections, desk_choices, desk_tongue_versions, desk_translations, translating
from advocacy.access import May, desk_page
from advocacy.desk_forms import PasteForm, error_list
from advocacy.desk_translations import TranslationForm
from advocacy.languages import LANGUAGES, language
from advocacy.models import Update
from advocacy.reading import Fault
from advocacy.translating import Conflict
from advocacy.translations import MOST_PIECES, Beside
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page
from advocacy.views.desk_updates import found_update, text_of_form

FEWER = "Take empty lines out where they are none of the document's."


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the page of the language that was chosen; POST begins a correction of the live update for it."""
    update = found_update(request, pk)
    code = (request.POST if request.method == "POST" else request.GET).get("language", "")
    if code not in LANGUAGES or code == update.language:
        messages.warning(request, "Choose a language that the letter itself is not in.")
        return redirect(f"{reverse('desk:edit', args=[pk])}#languages")
    if request.method == "POST" and update.published:
        return _added(request, update, code)
    return redirect("desk:translation", pk, code)


def _added(request: HttpRequest, live: Update, code: str) -> HttpResponse:
    """Go to a language in a draft that corrects the live update."""
    name = language(code).name
    try:
        draft, new = corrections.begin(live, by=request.user.get_username(), note=f"To add {name}")
    except ValueError as fault:
        messages.warning(request, str(fault))
        return redirect("desk:preview", live.pk)
    kept = f"It says word for word what {live.name} says: number, index, date, letter and offices stay."
    begun = f"{draft.name} is begun. {kept}" if new else f"{draft.name} is a draft already, so {name} goes into it."
    messages.success(request, f"{begun} Once {name} is complete, ask for its approval as for every update.")
    return redirect("desk:translation", draft.pk, code)


@desk_page(May.EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The original at the left, a field for each of its paragraphs at the right."""
    update = found_update(request, pk)
    if language not in LANGUAGES or (language == update.language and not translating.find(update, language)):
        raise Http404("No such language, or the letter's own")
    if update.published:
        return redirect("desk:preview", pk)
    stored = translating.to_begin_with(update, language)
    if len(stored.pairs) > MOST_PIECES:
        messages.warning(
            request, f"A translation holds {MOST_PIECES} paragraphs; this has {len(stored.pairs)}. {FEWER}"
        )
        return redirect("desk:edit", pk)
    if request.method != "POST":
        return _page(request, update, stored, TranslationForm(stored))
    act = {"read": _filled, "discard": _discarded}.get(request.POST.get("do", ""), _saved)
    return act(request, update, stored)


OTHER_ORIGINAL = (
    "The original was changed after you opened this page. Yours is below and not saved; what changed is marked."
)


def _saved(request: HttpRequest, update: Update, stored: Beside) -> HttpResponse:
    """Keep it; on any fault, and where both changed the same, show it all again."""
    data, code = desk_tongue_versions.chosen(update, stored, request.POST), stored.language.code
    was = [(pair.field, pair.original) for pair in desk_translations.originals(data)]
    if was != [(pair.field, pair.original) for pair in stored.pairs]:
        return _met(request, update, stored, data, OTHER_ORIGINAL)
    form, asked = TranslationForm(stored, data), data.getlist("asked")
    left = desk_choices.errors(desk_tongue_versions.to_choose(update, stored, data, asked, ""))
    if left or not form.is_valid():
        errors = [*left, *error_list(form)]
        return _page(request, update, stored, form, errors=errors, status=BAD_INPUT, asked=asked)
    try:
        translating.keep(update, code, data.get("seen", ""), form.pairs(), by=request.user.get_username())
    except Conflict as fault:
        return _met(request, update, translating.to_begin_with(update, code), data, str(fault))
    return _kept(request, update, code)


def _kept(request: HttpRequest, update: Update, code: str) -> HttpResponse:
    standing = desk_translations.standing(translating.to_begin_with(update, code))
    messages.success(request, f"{standing.language.name} is saved. {standing.words}.")
    return redirect("desk:translation", update.pk, code)


def _met(request: HttpRequest, update: Update, stored: Beside, data: QueryDict, fault: str) -> HttpResponse:
    """The translation or its original was changed meanwhile: save both where they are apart, else show it all."""
    found, code = desk_tongue_versions.merged(update, stored, data), stored.language.code
    form, known = TranslationForm(stored, found.data), translating.find(update, code)
    if fault != OTHER_ORIGINAL and known and not found.asked and form.is_valid():
        try:
            translating.keep(update, code, translating.stamp(known), form.pairs(), by=request.user.get_username())
        except Conflict as again:
            fault = str(again)
        else:
            messages.info(request, f"{fault} Both stand now{desk_choices.listed(found.taken)}.")
            return _kept(request, update, code)
    more = f" {desk_choices.TO_CHOOSE}" if found.asked else ""
    form, errors = TranslationForm(found.beside), [("main", f"{fault}{more}")]
    return _page(request, update, found.beside, form, errors=errors, status=CONFLICT, asked=found.asked, stored=stored)


def _filled(request: HttpRequest, update: Update, stored: Beside) -> HttpResponse:
    """Put what a document says where nothing is written yet. Nothing is stored by that."""
    paste = PasteForm(request.POST, request.FILES)
    typed = desk_translations.typed(update, stored, request.POST)
    text = text_of_form(paste) if paste.is_valid() else ""
    notes: tuple[str, ...] = ()
    if text:
        try:
            filled = translating.fill(update, typed, text)
        except Fault as fault:
            paste.add_error("text", list[Any](fault.lines))
        else:
            typed, notes = filled.beside, ("Nothing is saved yet. Compare each paragraph, then save.", *filled.notes)
    errors = error_list(paste, "id_text")
    status = BAD_INPUT if errors else 200
    form = TranslationForm(typed)
    return _page(request, update, typed, form, errors=errors, status=status, paste=paste, notes=notes)


def _discarded(request: HttpRequest, update: Update, stored: Beside) -> HttpResponse:
    name = stored.language.name
    try:
        by = request.user.get_username()
        translating.discard(update, stored.language.code, request.POST.get("seen", ""), by=by)
    except Conflict as fault:
        messages.warning(request, f"Nothing was thrown away. {fault}")
        return redirect("desk:translation", update.pk, stored.language.code)
    messages.success(request, f"The translation into {name} is gone. Its words stand in the trail.")
    return redirect(f"{reverse('desk:edit', args=[update.pk])}#languages")


def _page(
    request: HttpRequest,
    update: Update,
    beside: Beside,
    form: TranslationForm,
    *,
    errors: list[tuple[str, str]] | None = None,
    status: int = 200,
    paste: PasteForm | None = None,
    notes: tuple[str, ...] = (),
    asked: Sequence[str] = (),
    stored: Beside | None = None,
) -> HttpResponse:
    code = beside.language.code
    known = translating.find(update, code)
    # What a form was opened with goes on standing in it, save where a conflict has just been told.
    sent = request.POST if request.method == "POST" and status != CONFLICT else QueryDict()
    seen = sent.get("seen", "") if sent else translating.stamp(known)
    began = sent.get("began", "") if sent else desk_tongue_versions.packed(update, stored or beside)
    who = known.edited_by if known and known.edited_by != request.user.get_username() else "you, in another window,"
    both = desk_tongue_versions.to_choose(update, beside, {**sent.dict(), "began": began}, list(asked), who)
    desk_tongue_versions.show_both(both, form)
    context = {
        "section": "campaigns",
        "update": update,
        "campaign": update.campaign,
        "language": language(code),
        "sections": desk_translations.sections(beside, form),
        "standing": desk_translations.standing(beside),
        "stored": known,
        "errors": errors or [],
        "conflict": status == CONFLICT,
        "paste": paste or PasteForm(initial={"text": request.POST.get("text", "")}),
        "notes": notes,
        "borrowed": not known and any(pair.words and pair.field == "title" for pair in beside.pairs),
        "seen": seen,
        "began": began,
    }
    return page(request, "translation", context, status=status)
