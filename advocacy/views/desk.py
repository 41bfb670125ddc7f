"""Owns the desk's first page, its login, and the pages of campaigns. Staff only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advocacy import campaigns as acts
from advocacy import (
    changeovers,
    desk_embedding,
    desk_lanes,
    desk_queries,
    desk_todo,
    letter_counts,
    lowering,
    sent_elsewhere,
    unnaming,
    unsaid,
)
from advocacy.access import May, desk_of, desk_page
from advocacy.desk_campaigns import DeadlineForm, SettingsForm, StopForm
from advocacy.desk_forms import LoginForm, ReasonForm, error_list
from advocacy.lowering import Showing
from advocacy.models import Campaign
from advocacy.models.campaign import Why
from advocacy.unnaming import Naming
from advocacy.views.desk_page import BAD_INPUT, frame, page
from mailings import reports

#: The act -> the states it may come from, and what is said afterwards.
STATE_ACTS = {
    "pause": (acts.PAUSABLE, "The campaign is paused. Letters that had not begun to leave wait."),
    "resume": (acts.RESUMABLE, "The campaign is open again. What waited for the end of the pause leaves now."),
    "deadline": (acts.RESUMABLE, "The campaign goes on. What waited for this decision leaves now."),
    "stop": (acts.STOPPABLE, "The campaign is stopped. Letters that had not begun to leave were withdrawn."),
    "close": (acts.STOPPABLE, "The campaign is closed. Letters that had not begun to leave were withdrawn."),
}
#: So many letters are named in a message.
MOST_REFERENCES = 10
#: Whoever lets out less waits so long at most; the workers do the rest.
SECONDS_OF_LETTERS = 3.0


class StateForms:
    """The forms that change a campaign's state, bound to what was sent where their act was pressed."""

    def __init__(self, campaign: Campaign, act: str = "", data: Any = None) -> None:
        names = campaign.not_to_be_said
        self.reason = ReasonForm(data if act in {"pause", "close"} else None, names=names)
        self.stop = StopForm(data if act == "stop" else None, names=names)
        self.deadline = DeadlineForm(campaign, data if act == "deadline" else None)

    @property
    def all(self) -> list[forms.Form]:
        """All of them."""
        return [self.deadline, self.stop, self.reason]


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The way in. Comes back to where somebody wanted to go, on this site only."""

    template_name = "advocacy/desk/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The frame, and the errors for the summary."""
        context = super().get_context_data(**kwargs)
        return {**context, **frame(), "errors": error_list(context["form"], "id_username")}


@desk_page(May.READ)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What wants a hand, the figures, the campaigns, and what the offices' servers said."""
    desk = desk_of(request.user)
    everything = desk.may(May.ADMINISTER)
    totals = reports.totals() if everything else desk_queries.totals_of(desk.slugs or ())
    addresses = reports.by_address() if everything else []
    context = {
        "section": "home",
        "now": timezone.now(),
        "things": desk_todo.things(desk, totals, addresses),
        "totals": totals,
        "rows": desk_queries.campaign_rows(desk.slugs),
        "addresses": addresses,
        "lanes": desk_lanes.rows() if everything else [],
    }
    return page(request, "home", context)


@desk_page(May.READ)
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign."""
    return page(
        request, "campaigns", {"section": "campaigns", "rows": desk_queries.campaign_rows(desk_of(request.user).slugs)}
    )


@desk_page(May.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign: its state, figures, updates, offices; POST stores its settings."""
    found = found_campaign(request, slug)
    if request.method == "POST":
        desk_of(request.user).demand(May.SETTINGS)
    form = SettingsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        less, naming = unnaming.store_settings(found, form.changed(), by=request.user.get_username())
        messages.success(request, "The settings are stored. They hold for letters written from now on.")
        _say_what_showed_more(request, less)
        _say_who_is_named(request, found, naming)
        return redirect("desk:campaign", slug)
    return _campaign_page(request, found, form, StateForms(found))


def _say_what_showed_more(request: HttpRequest, less: Showing | None) -> None:
    """After less is let out: how many letters that touches, and which are gone."""
    if less and less.waiting:
        changeovers.work(SECONDS_OF_LETTERS)
        shown = "1 letter that waited showed" if less.waiting == 1 else f"{less.waiting} letters that waited showed"
        words = f"{shown} more than this. None leaves as it was: what became of each stands below."
        messages.warning(request, words)
    if less and less.gone:
        words = f"Letters that show more and have left, or are leaving: {len(less.gone)}, with the references"
        messages.warning(request, f"{words} {_some(less.gone)}. They cannot be called back.")


def _some(references: list[str]) -> str:
    return ", ".join(references[:MOST_REFERENCES]) + (" and others" if len(references) > MOST_REFERENCES else "")


def _say_who_is_named(request: HttpRequest, found: Campaign, naming: Naming) -> None:
    """Point out where a name that must not be said is public already, and what becomes of letters that say it."""
    for fault in unsaid.update_faults(found.live_update) if found.live_update else []:
        messages.warning(request, f"The live page. {fault}")
    if naming.confirmed:
        changeovers.work(SECONDS_OF_LETTERS)
    for references, becomes in (
        (naming.confirmed, "They do not leave so: they are written anew without it, and their writers are asked again"),
        (naming.unconfirmed, "Nobody has confirmed them, and nobody can: their writers are asked to write afresh"),
        (naming.flying, "They are being handed over, or in doubt, and cannot be called back"),
    ):
        if references:
            words = f"Letters that say a name of the list: {len(references)}, with the references {_some(references)}."
            messages.warning(request, f"{words} {becomes}.")


def found_campaign(request: HttpRequest, slug: str) -> Campaign:
    """The campaign of an address; 404 where there is none for whoever asks."""
    found = desk_queries.campaign(slug)
    if found is None or not desk_of(request.user).sees(found.slug):
        raise Http404("No campaign of this name")
    return found


def _campaign_page(request: HttpRequest, found: Campaign, form: SettingsForm, sent: StateForms) -> HttpResponse:
    errors = error_list(form, "settings") + [one for part in sent.all for one in error_list(part, "state")]
    context = {
        "section": "campaigns",
        "campaign": found,
        "form": form,
        "state": sent,
        "why": Why(found.status_why).label if found.status_why else "",
        "after_stop": letter_counts.after_stop(found),
        "before": desk_queries.live_before(found),
        "past_deadline": found.past_deadline(timezone.now()),
        "errors": errors,
        "updates": desk_queries.updates_of(found),
        "totals": letter_counts.in_letters(reports.totals(f"{found.slug}/"), f"{found.slug}/"),
        "slug": found.slug,
        "addresses": reports.by_address(f"{found.slug}/"),
        "sent_elsewhere": sent_elsewhere.totals(found),
        "waiting": letter_counts.waiting(found),
        "waiting_at": lowering.waiting_at(found),
        "progress": changeovers.progress(found),
        "can": [name for name, (states, _) in STATE_ACTS.items() if found.status in states],
        "domain": settings.MAIL_DOMAIN,
        "embedding": desk_embedding.of(found),
    }
    return page(request, "campaign", context, status=BAD_INPUT if errors else 200)


@desk_page(May.HALT)
@require_POST
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause, resume, stop or close a campaign, or go on after its deadline."""
    found, act = found_campaign(request, slug), request.POST.get("do", "")
    if act not in STATE_ACTS:
        raise Http404("No such act")
    sent = StateForms(found, act, request.POST)
    if any(form.is_bound and not form.is_valid() for form in sent.all):
        return _campaign_page(request, found, SettingsForm(found), sent)
    if _moved(found, act, sent, by=request.user.get_username()):
        messages.success(request, STATE_ACTS[act][1])
    else:
        found.refresh_from_db()
        messages.warning(request, f"Nothing changed: the campaign is {found.get_status_display().lower()} by now.")
    return redirect("desk:campaign", slug)


def _moved(found: Campaign, act: str, sent: StateForms, *, by: str) -> bool:
    if act == "resume":
        return acts.resume(found, by=by)
    if act == "deadline":
        return acts.decide_deadline(found, sent.deadline.day(), by=by)
    if act == "stop":
        chosen = sent.stop.cleaned_data
        return acts.stop(found, by=by, reason=chosen["reason"], why=Why(chosen["why"]))
    end = acts.pause if act == "pause" else acts.close
    return end(found, by=by, reason=sent.reason.cleaned_data["reason"])
