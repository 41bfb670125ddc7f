"""Owns the sandbox mailbox's pages. They exist in sandbox mode only; in any other mode the address is not found."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from anymail.signals import EventType
from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from mailings import events
from mailings.models import SandboxMail
from mailings.sandbox import reporting
from mailings.sandbox.mail import read_all

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponseBase]

MAILS_ON_A_PAGE = 60
MOST_IN_JSON = 500
#: What the buttons of "Pretend that their server ..." report, with their words and icons.
PRETENCES = (
    (EventType.DELIVERED, "accepts it", "tick"),
    (EventType.DEFERRED, "asks to wait", "clock"),
    (EventType.BOUNCED, "sends it back", "return"),
    (EventType.COMPLAINED, "calls it unwanted", "flag"),
)
VIEWS = ("text", "html", "headers", "raw")
#: The HTML of a mail may do nothing at all; only our own mailbox may frame it.
FRAME_POLICY = {
    **{directive: [NONE] for directive in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]},
    "frame-ancestors": [SELF],
    "sandbox": True,
}


def sandbox_only(view: View[Args]) -> View[Args]:
    """Answer 404 in every mode but sandbox."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponseBase:
        if settings.MAIL_MODE != "sandbox":
            raise Http404("There is a mailbox in sandbox mode only")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@never_cache
@sandbox_only
def mailbox(request: HttpRequest, provider_id: UUID | None = None) -> HttpResponse:
    """The list of mails, and one of them as a mail program shows it."""
    mails = list(SandboxMail.objects.all()[:MAILS_ON_A_PAGE])
    chosen = get_object_or_404(SandboxMail, provider_id=provider_id) if provider_id else next(iter(mails), None)
    view = request.GET.get("view", "text")
    context = {
        "mails": read_all(mails),
        "mail": read_all([chosen])[0] if chosen else None,
        "opened": provider_id is not None,
        "view": view if view in VIEWS else "text",
        "views": [("text", "Text"), ("html", "HTML"), ("headers", "Headers"), ("raw", "Raw")],
        "pretences": PRETENCES,
    }
    return render(request, "mailings/mailbox.html", context)


@require_safe
@never_cache
@sandbox_only
def messages_json(request: HttpRequest) -> HttpResponse:
    """Every mail of the mailbox, newest first, as JSON."""
    readings = read_all(list(SandboxMail.objects.all()[:MOST_IN_JSON]))
    return JsonResponse([reading.as_json() for reading in readings], safe=False)


@require_safe
@never_cache
@sandbox_only
@xframe_options_sameorigin
@csp_replace(FRAME_POLICY)  # type: ignore[arg-type]  # Its stubs know views without arguments only.
def html_frame(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """The HTML part of a mail, for the sandboxed frame: no script, no style, no picture, no link out of it."""
    mail = get_object_or_404(SandboxMail, provider_id=provider_id)
    return HttpResponse(read_all([mail])[0].html)


@require_POST
@sandbox_only
def pretend(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Report something of one recipient, as their mail server would have caused it."""
    mail = get_object_or_404(SandboxMail, provider_id=provider_id)
    address, word = request.POST.get("recipient", ""), request.POST.get("say", "")
    if address in reporting.addresses(mail) and word in {event_type for event_type, _, _ in PRETENCES}:
        reporting.tell(mail, address, word, timezone.now())
        events.apply_waiting()
        messages.success(request, f"Reported for {address}. The delivery report shows it now.")
    else:
        messages.error(request, "Choose one of this mail's addresses and one of the answers.")
    return redirect("sandbox-mail", provider_id)


@require_POST
@sandbox_only
def empty(request: HttpRequest) -> HttpResponse:
    """Throw the mailbox's mails away. The outbox keeps what it knows of them."""
    SandboxMail.objects.all().delete()
    messages.success(request, "The mailbox is empty.")
    return redirect("sandbox")
