"""Owns the supporter's pages: the campaign and its form, the page after it, confirm, status. They set no cookie."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import letters, lowering, page_words, paper, queries, side_by_side, story, tokens, wording
from advocacy.forms import LetterForm
from advocacy.letters import Confirmed
from advocacy.models import Campaign, Letter, Update
from advocacy.models.identity import Level
from advocacy.page_words import PAGE, PageWords, Place
from advocacy.tokens import FormToken, Purpose
from mailings.text import UnfitText

BAD_INPUT = 422
#: Other ways have an address of their own (views/elsewhere.py); a browser that comes here with it sends nothing.
SENDS_NOTHING = frozenset({"preview", "elsewhere"})
STALE_WORDS = "This page was open for long, or its text has changed since. Read the letter once more, then send it."

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]


def says_nothing_of_itself(view: View[Args]) -> View[Args]:
    """Let a page's address, which can be a secret link, go nowhere with a click."""

    @wraps(view)
    def quiet(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return quiet


@says_nothing_of_itself
@require_safe
@cache_control(no_cache=True)
def home(request: HttpRequest) -> HttpResponse:
    """The campaigns that anybody may write on."""
    response = render(request, "advocacy/home.html", {"campaigns": queries.open_campaigns(), **site()})
    response.same_for_everybody = True  # type: ignore[attr-defined]  # See config/page_cache.py.
    return response


@says_nothing_of_itself
@csrf_exempt  # A signed token in the form stands in for the cookie: there is no login here to be misused.
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """A campaign's page with its form, in the letter's language or a translation; POST previews or sends the letter."""
    return form_at(PAGE, request, slug, language)


def form_at(place: Place, request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """A campaign's form where it stands, and what becomes of what is sent with it."""
    if request.method == "POST" and request.POST.get("do") not in SENDS_NOTHING:
        answer = _sent(place, queries.known_campaign(slug), request.POST, language)
        if answer:
            return answer
    found = queries.public_campaign(slug)
    if found is None or found.live_update is None:
        raise Http404("No campaign of this name")
    update = found.live_update
    words = page_words.of(update, language, place)
    if words is None and request.method != "POST":
        # It was told in this language once, or it is the letter's own.
        return redirect(page_words.path(slug, name=place.form))
    # Whatever was typed for a language that is gone must not be lost.
    words = words or page_words.in_its_own(update, place)
    if not place.takes(found):
        return campaign_page(request, update, words, None, status=200 if request.method != "POST" else 409, place=place)
    if request.method != "POST":
        return campaign_page(request, update, words, LetterForm(update), place=place)
    return _posted(place, request, update, words)


def _sent(place: Place, found: Campaign | None, data: QueryDict, language: str) -> HttpResponse | None:
    """Take a letter that is in order by what was known of its campaign a second ago.

    That is compared with the truth when it is stored. Whatever is not in order may be so only by what was known then,
    so it is left to whoever reads the truth first.
    """
    if found is None or found.live_update is None or not place.takes(found):
        return None
    form = LetterForm(found.live_update, data)
    token = tokens.read_form_token(data.get("token", ""), found.live_update)
    if not form.is_valid() or token is not FormToken.GOOD:
        return None
    try:
        letters.write(found.live_update, form.cleaned_data["email"], form.choices())
    except (UnfitText, letters.CampaignChanged):
        return None
    except letters.CampaignEnded:
        return redirect(page_words.path(found.slug, language, place.form))
    return HttpResponseRedirect(page_words.path(found.slug, language, place.written))


def _posted(place: Place, request: HttpRequest, update: Update, words: PageWords) -> HttpResponse:
    """Preview or send; whatever is wrong is said on the same page with everything that was typed."""
    form = LetterForm(update, request.POST)
    valid = form.is_valid()
    if request.POST.get("do") in SENDS_NOTHING:
        return _preview(place, request, update, words, form)
    token = tokens.read_form_token(request.POST.get("token", ""), update)
    if not valid or token is not FormToken.GOOD:
        notice = "" if token is FormToken.GOOD else STALE_WORDS
        return campaign_page(request, update, words, form, notice=notice, status=BAD_INPUT, place=place)
    try:
        letters.write(update, form.cleaned_data["email"], form.choices())
    except UnfitText as fault:
        form.add_error(None, str(fault))
        return campaign_page(request, update, words, form, status=BAD_INPUT, place=place)
    except letters.CampaignChanged:
        return form_at(place, request, update.campaign.slug, words.code)
    except letters.CampaignEnded:
        return redirect(words.path)
    return redirect(page_words.path(update.campaign.slug, words.code, place.written))


def _preview(place: Place, request: HttpRequest, update: Update, words: PageWords, form: LetterForm) -> HttpResponse:
    """The page with the letter as it would go now; for the small script, the letter alone."""
    if request.headers.get("X-Part") == "letter":
        return render(request, "advocacy/letter_part.html", {"sheets": _sheets(update, words, form)})
    form.errors.clear()
    return campaign_page(request, update, words, form, place=place)


def _sheets(update: Update, words: PageWords, form: LetterForm | None) -> list[paper.Sheet]:
    """The letter with whatever of the form is fit to be shown, and placeholders for the rest."""
    data: dict[str, Any] = getattr(form, "cleaned_data", {})
    given = {field.name: data[field.name] for field in fields(wording.Choices) if data.get(field.name)}
    level = Level.ORGANISATION if form and form.is_bound else Level(update.campaign.most_identity)
    given.setdefault("level", level)  # Where somebody typed and no level came: as little as can be.
    choices = wording.Sample(**given)
    try:
        return side_by_side.sheets(update, choices, words.beside)
    except UnfitText:
        return side_by_side.sheets(update, wording.Sample(level=given["level"]), words.beside)


def campaign_page(
    request: HttpRequest,
    update: Update,
    words: PageWords,
    form: LetterForm | None,
    *,
    place: Place = PAGE,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The campaign's page, with its form where one is given, and with everything that was typed into it."""
    context = {
        "campaign": update.campaign,
        "update": update,
        "words": words,
        "full_path": page_words.path(update.campaign.slug, words.code),
        "framed": place.framed,
        "targets": update.targets.all(),
        "form": form,
        "notice": notice,
        "errors": [*form.error_list(), *(("write", e) for e in form.non_field_errors())]
        if form and form.errors
        else [],
        "sheets": _sheets(update, words, form) if form else [],
        "token": tokens.make_form_token(update),
        "progress": queries.progress(update.campaign),
        "before": queries.documents_before(update),
        "days": Purpose.CONFIRM.days,
        **site(),
    }
    response = render(request, place.form_page, context, status=status)
    response["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    # No visitor is in it: even the form's token only says whose page it came from, and when. See config/page_cache.py.
    response.same_for_everybody = request.method != "POST"  # type: ignore[attr-defined]
    return response


@says_nothing_of_itself
@require_safe
def written(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The page after the form: the same for everybody, so that nobody learns who wrote before."""
    return written_at(PAGE, request, slug, language)


def written_at(place: Place, request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The page after the form, where the form stood."""
    found = queries.public_campaign(slug)
    if found is None:
        raise Http404("No campaign of this name")
    context = {
        "campaign": found,
        "back": page_words.path(slug, language, place.form),
        "full_path": page_words.path(slug, language),
        "framed": place.framed,
        "days": Purpose.CONFIRM.days,
        **site(),
    }
    return render(request, place.written_page, context)


@says_nothing_of_itself
@csrf_exempt  # The token in the address is the secret; a form of another site does not know it.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The frozen letter and one button. Opening the link changes nothing; only the button does."""
    letter = tokens.read(token, Purpose.CONFIRM)
    if letter is None:
        return dead_link(request)
    outcome = None
    if request.method == "POST":
        if request.POST.get("do") == "withdraw":
            letters.withdraw(letter)
        elif request.POST.get("do") == "confirm":
            version = request.POST.get("version", "")
            outcome = letters.confirm(letter, int(version) if version.isdecimal() and len(version) < 6 else 0)
            if outcome is Confirmed.SHOWS_MORE:
                lowering.write_anew(letter)
            if outcome is Confirmed.NOW:
                return redirect("letter", tokens.make(letter, Purpose.STATUS))
        letter = tokens.read(token, Purpose.CONFIRM) or letter
    context = {**_letter_context(letter), "outcome": outcome.value if outcome else "", "token": token}
    return render(request, "advocacy/confirm.html", context, status=409 if outcome else 200)


@says_nothing_of_itself
@never_cache
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """What became of one letter, for whoever has its private link."""
    found = tokens.read(token, Purpose.STATUS, Purpose.CONFIRM)
    if found is None:
        return dead_link(request)
    return render(request, "advocacy/letter.html", _letter_context(found))


def _letter_context(found: Letter) -> dict[str, object]:
    mails = queries.letters_of(found)
    return {
        "letter": found,
        "shown": wording.shown_at(Level(found.level), letters.choices_of(found)),
        "update": found.update,
        "campaign": found.update.campaign,
        "status_token": tokens.make(found, Purpose.STATUS),
        "mails": mails,
        "sheets": [paper.of_report(mail, found.own_words, found.update.tongue) for mail in mails],
        "offices": [
            (recipient, story.RECIPIENT_WORDS[recipient.status]) for mail in mails for recipient in mail.recipients
        ],
        "lines": story.lines(found, mails),
        "headline": story.headline(found, mails),
        "patience": story.patience(found, mails, timezone.now()),
        "change": queries.last_change(found),
        "older": found.update_id != found.update.campaign.live_update_id,
        "other_mode": found.mode != settings.MAIL_MODE,
        "name_refusal": "" if found.confirmed else letters.name_refusal(found),
        **site(),
    }


def dead_link(request: HttpRequest) -> HttpResponse:
    """One page for every link that is no good, whatever the reason: it tells nothing about anybody."""
    return render(request, "advocacy/dead_link.html", site(), status=404)


@says_nothing_of_itself
@require_safe
@cache_control(public=True, max_age=300)
def kept(request: HttpRequest) -> HttpResponse:
    """What we keep, and for how long."""
    return render(request, "advocacy/kept.html", site())


def site() -> dict[str, object]:
    """What every public page says of who runs it and where mail goes."""
    return {
        "organisation": settings.ORGANISATION,
        "contact": settings.ORGANISATION_CONTACT,
        "mode": settings.MAIL_MODE,
        "site_url": settings.SITE_URL,
    }
