"""Owns the pages of a letter that its writer sends without our server. They store nothing of it, and set no cookie."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from advocacy import elsewhere as ways
from advocacy import page_words, queries, sent_elsewhere, tokens, wording
from advocacy.elsewhere_forms import ElsewhereForm
from advocacy.models import Campaign, Update
from advocacy.models.elsewhere import Way
from advocacy.models.identity import FULL
from advocacy.page_words import PageWords
from advocacy.tokens import FormToken
from advocacy.views.around import site
from advocacy.views.public import BAD_INPUT, STALE_WORDS, campaign_page, says_nothing_of_itself
from advocacy.wording import Choices
from mailings.text import UnfitText

NOT_NOW = 409
#: What is pressed -> the page that it shows.
TEMPLATES = {"post": "advocacy/elsewhere_post.html", "fax": "advocacy/elsewhere_fax.html"}
#: The beginnings of what the form sends for its points (``advocacy.letter_fields``).
POINTS = ("point-", "place-", "was-")


@says_nothing_of_itself
@csrf_exempt  # As on the campaign's page: a signed token in the form stands in for the cookie.
@require_http_methods(["GET", "HEAD", "POST"])
def elsewhere(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The finished letter and the ways it can go; POST alone, with the form of the campaign's page."""
    if request.method != "POST":  # Opened again later: nothing of the letter was kept.
        return redirect(f"{page_words.path(slug, language)}#write")
    found = queries.public_campaign(slug)
    if found is None or found.live_update is None:
        raise Http404("No campaign of this name")
    if request.POST.get("do") == "sent":
        return _counted(request, found, language)
    update = found.live_update
    words = page_words.of(update, language) or page_words.in_its_own(update)
    if not found.writable:
        return campaign_page(request, update, words, None, status=NOT_NOW)
    form = ElsewhereForm(update, request.POST)
    return _refused(request, update, words, form) or _shown(request, update, words, form)


def _refused(request: HttpRequest, update: Update, words: PageWords, form: ElsewhereForm) -> HttpResponse | None:
    """The campaign's page with what was typed, where the letter is not in order or nobody should send one now."""
    valid = form.is_valid()
    token = tokens.read_form_token(request.POST.get("token", ""), update)
    if ways.closed(update.campaign, timezone.now()):
        form.errors.clear()
        notice = _("Nothing should be sent now, not by yourself either. What you typed stands here.")
        return campaign_page(request, update, words, form, notice=notice, status=NOT_NOW)
    if not valid or token is not FormToken.GOOD:
        notice = "" if token is FormToken.GOOD else STALE_WORDS
        return campaign_page(request, update, words, form, notice=notice, status=BAD_INPUT)
    try:
        wording.refuse_traces(update, form.choices())
        wording.letter_mails(update, form.choices())
    except UnfitText as fault:
        form.add_error(None, str(fault))
        return campaign_page(request, update, words, form, status=BAD_INPUT)
    return None


def _shown(request: HttpRequest, update: Update, words: PageWords, form: ElsewhereForm) -> HttpResponse:
    choices, act = form.choices(), request.POST.get("do", "")
    context = _context(request, update, words, form, choices)
    response = render(request, TEMPLATES.get(act, "advocacy/elsewhere.html"), context)
    response["Cache-Control"] = "no-store"
    return response


def _context(
    request: HttpRequest, update: Update, words: PageWords, form: ElsewhereForm, choices: Choices
) -> dict[str, object]:
    now, campaign, writer = timezone.now(), update.campaign, ways.shown_of(update, choices)
    today = now.astimezone(campaign.zone).date()
    return {
        "campaign": campaign,
        "update": update,
        "words": words,
        "writer": writer,
        "full": writer.level in FULL,
        "mails": ways.own_mails(update, choices),
        "by_mail": ways.mail_program_fits(campaign),
        "posted": ways.by_post(update, choices, today),
        "faxed": ways.by_fax(update, choices, today),
        "late": ways.too_late_for_post(campaign, now),
        "carried": _carried(request.POST, form),
        "slip": request.POST.get("slip") or tokens.make_slip(update),
        "here": page_words.path(campaign.slug, words.code, "elsewhere"),
        **site(),
    }


def _carried(data: QueryDict, form: ElsewhereForm) -> list[tuple[str, str]]:
    """What the form sent, for the next page: it is kept in the pages themselves, and nowhere else."""
    return [
        (name, str(data[name])) for name in data if name in form.fields or name == "token" or name.startswith(POINTS)
    ]


def _counted(request: HttpRequest, found: Campaign, language: str) -> HttpResponse:
    """Count what somebody says that they sent, once for each page and way."""
    slip = tokens.read_slip(request.POST.get("slip", ""), found.slug)
    way = request.POST.get("way", "")
    update = found.updates.filter(pk=slip[0]).first() if slip and way in Way.values else None
    if slip is None or update is None:
        return _thanks(request, found, language, counted=False, status=BAD_INPUT)
    sent_elsewhere.count(update, Way(way), slip[1])
    return redirect(page_words.path(found.slug, language, "sent-elsewhere"))


@says_nothing_of_itself
@require_safe
def sent(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """The page after "I sent it": the same for everybody."""
    found = queries.public_campaign(slug)
    if found is None:
        raise Http404("No campaign of this name")
    return _thanks(request, found, language, counted=True)


def _thanks(request: HttpRequest, found: Campaign, language: str, *, counted: bool, status: int = 200) -> HttpResponse:
    context = {"campaign": found, "back": page_words.path(found.slug, language), "counted": counted, **site()}
    return render(request, "advocacy/elsewhere_sent.html", context, status=status)
