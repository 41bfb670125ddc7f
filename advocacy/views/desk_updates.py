"""Owns the desk's pages of updates: paste a text or start from the live one, edit, preview, publish."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from advocacy import desk_queries, drafts, paper, updates, wording
from advocacy.access import staff_page
from advocacy.desk_forms import PasteForm, UpdateForm, error_list
from advocacy.desk_offices import TargetForm, TargetFormSet, offices
from advocacy.models import Campaign, Update
from advocacy.reading import Fault
from advocacy.views.desk import found_campaign
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page
from advocacy.wording import Choices
from mailings.text import UnfitText

#: Supporters that a letter is shown with before it is published: (name of the tab, who).
SAMPLES: dict[str, tuple[str, Choices]] = {
    "usual": ("Own words", updates.SAMPLE),
    "plain": ("No own words", Choices("Sample Supporter", "Halifax", "CA")),
    "long": (
        "Long name",
        Choices("Maximiliane Freifrau von Hohenstein-Papadopoulou", "Rural Municipality of St. Laurent", "CA"),
    ),
    "chinese": ("Chinese name", Choices("歐陽志明", "臺北市", "TW", "我們沒有忘記他們。")),
}
COMPARED_WORDS = "Compare the addresses with the published document, then tick the box."


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Step one: paste a text, or take the live update's words. Without a campaign, the text begins one."""
    found = found_campaign(slug) if slug else None
    if request.method != "POST":
        return _begin_page(request, found, PasteForm())
    if found and request.POST.get("do") == "live":
        return _begun_from_live(request, found)
    return _pasted(request, found, PasteForm(request.POST))


def _begin_page(
    request: HttpRequest, found: Campaign | None, form: PasteForm, earlier: Update | None = None
) -> HttpResponse:
    errors = error_list(form, "id_text")
    context = {
        "section": "campaigns",
        "campaign": found,
        "form": form,
        "errors": errors,
        "earlier": earlier,
        "drafts": [update for update in desk_queries.updates_of(found) if not update.published] if found else [],
    }
    return page(request, "begin", context, status=BAD_INPUT if errors else 200)


def _begun_from_live(request: HttpRequest, found: Campaign) -> HttpResponse:
    try:
        draft = drafts.begin_from_live(found, by=request.user.get_username())
    except ValueError as fault:
        messages.warning(request, str(fault))
        return redirect("desk:begin", found.slug)
    words = "Words and offices are those of the live update. Write the new index, date and deadline from the document."
    messages.success(request, f"{draft.name} is begun. {words}")
    return redirect("desk:edit", draft.pk)


def _pasted(request: HttpRequest, found: Campaign | None, form: PasteForm) -> HttpResponse:
    """Read the text. Whatever cannot be read is said, and the text stays in its box."""
    earlier = None
    if form.is_valid():
        try:
            text, over, by = form.cleaned_data["text"], form.cleaned_data["over"], request.user.get_username()
            draft, borrowed = drafts.begin(text, found, over=over, by=by)
        except Fault as fault:
            form.add_error("text", list[Any](fault.lines))
        except updates.NotPublishable as fault:
            form.add_error("text", list[Any](fault.faults))
        except drafts.AlreadyDrafted as fault:
            earlier = fault.draft
            form.add_error("over", f"{fault} Open that one, or tick the box to put this text in its place.")
        else:
            _say_begun(request, draft, borrowed=borrowed)
            return redirect("desk:edit", draft.pk)
    return _begin_page(request, found, form, earlier)


def _say_begun(request: HttpRequest, draft: Update, *, borrowed: bool) -> None:
    if draft.published:
        messages.info(request, f"This very text is published already, as {draft.name}.")
        return
    words = "Check every field beside the document, above all the addresses."
    if borrowed:
        words = f"The text brings no letter of its own, so the live update's letter stands here. {words}"
    messages.success(request, f"{draft.name} is read and kept as a draft. {words}")


def _found(pk: int) -> Update:
    found = desk_queries.update(pk)
    if found is None:
        raise Http404("No update of this number")
    return found


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Step two: every field of a draft. A published update opens as it was published."""
    update = _found(pk)
    if update.published:
        return redirect("desk:preview", pk)
    initial = {name: getattr(update, name) for name in UpdateForm.base_fields}
    data = request.POST if request.method == "POST" else None
    form = UpdateForm(update.campaign, update.number, data, initial=initial)
    targets = TargetFormSet(data, initial=drafts.target_values(update), prefix="office")
    if data is None:
        return _edit_page(request, update, form, targets)
    return _edited(request, update, form, targets)


def _edited(request: HttpRequest, update: Update, form: UpdateForm, targets: BaseFormSet[TargetForm]) -> HttpResponse:
    """Keep what was edited; on any fault, and where somebody else was faster, show it all again."""
    if not (form.is_valid() and targets.is_valid()):
        return _edit_page(request, update, form, targets, status=BAD_INPUT)
    try:
        seen, by = request.POST.get("seen", ""), request.user.get_username()
        drafts.keep(update, seen, form.cleaned_data, offices(targets), by=by)
    except drafts.Conflict as fault:
        form.add_error(
            None, f"{fault} Yours is below and not saved. Saving once more puts it in the place of the other."
        )
        return _edit_page(request, _found(update.pk), form, targets, status=CONFLICT)
    if request.POST.get("do") == "more":
        messages.success(request, "The draft is saved. There is room for one more office at the end.")
        return redirect("desk:edit", update.pk)
    return redirect("desk:preview", update.pk)


def _edit_page(
    request: HttpRequest, update: Update, form: UpdateForm, targets: BaseFormSet[TargetForm], status: int = 200
) -> HttpResponse:
    errors = error_list(form)
    for one in targets.forms:
        errors += error_list(one, f"office-{one.prefix}")
    context = {
        "section": "campaigns",
        "update": update,
        "campaign": update.campaign,
        "form": form,
        "targets": targets,
        "errors": [*errors, *(("offices", str(fault)) for fault in targets.non_form_errors())],
        "conflict": status == CONFLICT,
        "seen": drafts.stamp(update),
        "tokens": wording.TOKENS,
    }
    return page(request, "edit", context, status=status)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Step three: page and letter as they will be, what stands in the way, and the button that publishes."""
    update = _found(pk)
    if request.method != "POST":
        return _preview_page(request, update, [])
    if request.POST.get("compared") != "1":
        return _preview_page(request, update, [("id_compared", COMPARED_WORDS)], BAD_INPUT)
    try:
        drafts.publish(update, request.POST.get("seen", ""), by=request.user.get_username())
    except updates.NotPublishable as fault:
        return _preview_page(request, update, [("faults", words) for words in fault.faults], BAD_INPUT)
    except drafts.Conflict as fault:
        return _preview_page(request, _found(pk), [("main", f"{fault} Read it once more, then publish.")], CONFLICT)
    messages.success(request, f"{update.name} is live. The page and new letters use it at once.")
    return redirect("desk:campaign", update.campaign.slug)


def _preview_page(
    request: HttpRequest, update: Update, errors: list[tuple[str, str]], status: int = 200
) -> HttpResponse:
    sample = request.GET.get("sample", "usual")
    sheets, unfit = _sheets(update, SAMPLES.get(sample, SAMPLES["usual"])[1])
    context = {
        "section": "campaigns",
        "update": update,
        "campaign": update.campaign,
        "errors": errors,
        "faults": [] if update.published else updates.faults(update),
        "doubts": [] if update.published else drafts.doubts(update),
        "addresses": desk_queries.compared_addresses(update),
        "samples": [(name, words) for name, (words, _) in SAMPLES.items()],
        "sample": sample if sample in SAMPLES else "usual",
        "sheets": sheets,
        "unfit": unfit,
        "unconfirmed": desk_queries.letters_on(update.campaign.live_update),
        "seen": drafts.stamp(update),
    }
    return page(request, "preview", context, status=status)


def _sheets(update: Update, choices: Choices) -> tuple[list[paper.Sheet], str]:
    """The letter with one sample supporter; where there is none yet, why."""
    try:
        return [paper.of_mail(mail, choices.own_words) for mail in wording.letter_mails(update, choices)], ""
    except (UnfitText, ValueError) as fault:
        return [], str(fault)


@staff_page
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, in the state in which it was looked at."""
    update = _found(pk)
    try:
        drafts.discard(update, request.POST.get("seen", ""), by=request.user.get_username())
    except drafts.Conflict as fault:
        messages.warning(request, f"Nothing was thrown away. {fault}")
        return redirect("desk:preview", pk)
    messages.success(request, f"The draft of {update.name} is gone. Nothing of it was public.")
    return redirect("desk:campaign", update.campaign.slug)
