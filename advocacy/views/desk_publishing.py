"""Owns the desk's page on which a text is read as it will be, approved by a second person, and published."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from advocacy import (
    alarms,
    approvals,
    changeovers,
    desk_beside,
    desk_comparing,
    desk_publishing,
    desk_queries,
    desk_sources,
    desk_translations,
    drafts,
    linting,
    paper,
    publishing,
    samples,
    updates,
    wording,
)
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_forms import error_list
from advocacy.desk_publishing import ComparedForm, PublishForm, ReturnForm, SendBackForm
from advocacy.models import Update
from advocacy.readability import Reading, reading
from advocacy.views.desk_page import BAD_INPUT, CONFLICT, page
from advocacy.views.desk_updates import found_update
from advocacy.wording import Choices
from mailings.text import UnfitText

#: A publisher waits so long at most; the workers do the rest.
SECONDS_OF_LETTERS = 3.0


class Forms:
    """The forms of the page, bound to what was sent where their act was pressed."""

    def __init__(self, update: Update, act: str, data: Any) -> None:
        approval = approvals.open_for(update)
        alone = approvals.alone_is_enough() and approval is None
        compares = act in {"ask", "approve"} or (act == "publish" and alone and not update.published)
        self.compared = ComparedForm(data if compares else None)
        waiting = changeovers.waiting(update)
        self.publish = PublishForm(update.campaign, waiting, approval, data if act == "publish" else None)
        self.send_back = SendBackForm(data if act == "send_back" else None, prefix="back")
        goes_back = act == "ask_back" or (act == "publish" and alone and update.published)
        self.back = ReturnForm(data if goes_back else None, prefix="return")
        if data is not None and not act:
            self.compared.initial["compared"] = "compared" in data
            self.publish.initial.update({name: data[name] for name in ("when", "at", "letters") if name in data})
        #: Keys of the alarms that were ticked, for the text that was on the page, and of those that were forgotten.
        fits = data is not None and data.get("shown") == approvals.digest_of(update)
        self.ticked = [name.removeprefix("alarm-") for name in data if name.startswith("alarm-")] if fits else []
        asks = fits and compares
        compared = desk_comparing.shown(update) if asks else None
        self.missing = [alarm for alarm in compared.of.alarms if alarm.key not in self.ticked] if compared else []

    @property
    def all(self) -> list[forms.Form]:
        """All of them."""
        return [self.compared, self.publish, self.send_back, self.back]

    @property
    def valid(self) -> bool:
        """True where none of those that were sent has a fault."""
        return all([*(form.is_valid() for form in self.all if form.is_bound), not self.missing])

    def errors(self) -> list[tuple[str, str]]:
        """The faults, for the summary."""
        found = [error for form in self.all if form.is_bound for error in error_list(form, "publish")]
        unticked = [(f"alarm-{one.key}", f"{one.label}: compare it, then tick its box.") for one in self.missing]
        return [*unticked, *found]


@desk_page(May.DRAFTS)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Page and letter as they will be, what stands in the way, and the next step; POST takes it."""
    update, act = found_update(request, pk), request.POST.get("do", "")
    if request.method != "POST":
        return _page(request, update, Forms(update, "", None))
    if not act and "sample" in request.POST:  # Another sample supporter: what is ticked stays ticked.
        return _page(request, update, Forms(update, "", request.POST))
    if act not in ACTS:
        raise Http404("No such act")
    if not any(desk_of(request.user).may(what) for what in NEEDED[act]):
        raise PermissionDenied
    sent = Forms(update, act, request.POST)
    if not sent.valid:
        return _page(request, update, sent, sent.errors(), BAD_INPUT)
    try:
        return ACTS[act](request, update, sent)
    except updates.NotPublishable as fault:
        return _page(request, update, sent, [("faults", words) for words in fault.faults], BAD_INPUT)
    except publishing.NotAnswered:
        sent.publish.add_error("letters", desk_publishing.UNANSWERED)
        return _page(request, found_update(request, pk), sent, sent.errors(), CONFLICT)
    except (approvals.NotApproved, alarms.NotTicked) as fault:
        # What is shown now is what is true now; what was typed stands in the forms still.
        return _page(request, found_update(request, pk), sent, [("publish", str(fault))], CONFLICT)


def _ask(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    publishing.ask(update, request.POST.get("shown", ""), by=request.user.get_username(), ticked=sent.ticked)
    messages.success(request, f"{update.name} waits for the approval of a second person.")
    return redirect("desk:preview", update.pk)


def _ask_back(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    by, reason = request.user.get_username(), sent.back.cleaned_data["reason"]
    publishing.ask_to_go_back(update, request.POST.get("shown", ""), by=by, reason=reason)
    messages.success(request, f"Going back to {update.name} waits for the approval of a second person.")
    return redirect("desk:preview", update.pk)


def _approve(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    publishing.approve(update, request.POST.get("shown", ""), by=request.user.get_username(), ticked=sent.ticked)
    messages.success(request, f"{update.name} is approved as it stands here. It is not public yet.")
    return redirect("desk:preview", update.pk)


def _send_back(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    by = request.user.get_username()
    taken_back = approvals.send_back(update, by=by, reason=sent.send_back.cleaned_data["reason"])
    words = f"{update.name} is not approved. Whoever wrote it reads why."
    messages.success(request, TAKEN_BACK.format(update.name) if taken_back else words)
    return redirect("desk:preview", update.pk)


TAKEN_BACK = "The request for {0} is taken back. Its words stay as they are, and you can ask again."


def _publish(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    shown, by, chosen = request.POST.get("shown", ""), request.user.get_username(), sent.publish.cleaned_data
    if chosen["when"] == "later":
        answer = sent.publish.answer()
        publishing.schedule(update, shown, chosen["at"], by=by, letters=answer, ticked=sent.ticked)
        words = f"{update.name} becomes public on {chosen['at']:%-d %B %Y at %H:%M} ({update.campaign.time_zone})."
        messages.success(request, words)
        return redirect("desk:preview", update.pk)
    reason = sent.back.cleaned_data["reason"] if sent.back.is_bound else ""
    answer = sent.publish.answer()
    publishing.publish(update, shown, by=by, letters=answer, reason=reason, ticked=sent.ticked)
    changeovers.work(SECONDS_OF_LETTERS)
    messages.success(request, f"{update.name} is live. The page and new letters use it at once.")
    return redirect("desk:campaign", update.campaign.slug)


def _unschedule(request: HttpRequest, update: Update, sent: Forms) -> HttpResponse:
    publishing.unschedule(update, by=request.user.get_username())
    messages.success(request, f"{update.name} is not published by itself any more. Its approval stays.")
    return redirect("desk:preview", update.pk)


ACTS: dict[str, Callable[[HttpRequest, Update, Forms], HttpResponse]] = {
    "ask": _ask,
    "ask_back": _ask_back,
    "approve": _approve,
    "send_back": _send_back,
    "publish": _publish,
    "unschedule": _unschedule,
}


#: One of these is needed for each.
NEEDED: dict[str, tuple[May, ...]] = {
    "ask": (May.EDIT,),
    "ask_back": (May.EDIT,),
    "approve": (May.APPROVE,),
    "send_back": (May.APPROVE, May.EDIT),
    "publish": (May.PUBLISH,),
    "unschedule": (May.PUBLISH,),
}


def _page(
    request: HttpRequest, update: Update, sent: Forms, errors: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    live = update.campaign.live_update
    document = desk_sources.document(update)
    where = document.where if document.lines else None
    comparison = desk_comparing.shown(update, sent.ticked, [alarm.key for alarm in sent.missing], where)
    # Those that changed stand in the comparison.
    addresses = [row for row in desk_queries.compared_addresses(update) if row.known or not comparison]
    standing = desk_publishing.standing(update, request.user.get_username())
    desk = desk_of(request.user)
    asks, decides = desk.may(May.PUBLISH if standing.alone else May.EDIT), desk.may(May.APPROVE)
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "section": "campaigns",
        "update": update,
        "campaign": update.campaign,
        "errors": errors or [],
        "faults": [] if update.published else updates.faults(update),
        "doubts": [] if update.published else [*drafts.doubts(update), *desk_beside.doubts(update)],
        "minded": [] if update.published else _minded(update),
        "comparison": comparison,
        "document": document,
        "addresses": [(row, document.where(row.email)) for row in addresses if not row.country],
        "by_country": [row for row in addresses if row.country],
        "shown": approvals.digest_of(update),
        "standing": standing,
        "ticks": not update.campaign.ended
        and ((asks and standing.approval is None) or (decides and standing.asked and not standing.why_not)),
        "forms": sent,
        "earlier": update.published and live is not None and live.pk != update.pk,
        "zone_hint": f"Like 2026-03-01 09:30, in {update.campaign.time_zone}.",
    }
    return page(
        request,
        "preview",
        context | _letter(update, given.dict()),
        status=status,
    )


def _minded(update: Update) -> list[linting.Finding]:
    return linting.findings(update.letter_subject, update.letter_text, update.letter_subjects)


def _letter(update: Update, given: dict[str, str]) -> dict[str, Any]:
    """What the page shows of the letter: as one sample supporter would write it, and whom else one can choose."""
    sample, level, choices = samples.chosen(update, given)
    country, countries = given.get("country", ""), desk_beside.countries(update)
    choices = desk_beside.living_in(choices, country, update)
    sheets, unfit, reads = _sheets(update, choices)
    return {
        "samples": samples.tabs(update),
        "sample": sample,
        "levels": samples.levels(update),
        "level": level,
        "subjects": [wording.subject_of(update, template) for template in update.subjects],
        "countries": countries,
        "country": country if country in dict(countries) else "",
        "sheets": sheets,
        "reads": reads,
        "unfit": unfit,
        "languages": desk_translations.shown(update, choices),
        "more_languages": desk_translations.languages_of(update).choices if update.published else [],
    }


def _sheets(update: Update, choices: Choices) -> tuple[list[paper.Sheet], str, Reading | None]:
    """The letter with one sample supporter, and how it reads; where there is none yet, why."""
    try:
        mails = wording.letter_mails(update, choices)
    except (UnfitText, ValueError) as fault:
        return [], str(fault), None
    sheets = [paper.of_mail(mail, choices.own_words, update.tongue) for mail in mails]
    return sheets, "", reading(mails[0].text.partition("\n--\n")[0])
