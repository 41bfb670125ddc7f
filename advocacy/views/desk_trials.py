"""Owns the button by which somebody at the desk sends a test of a letter to themselves."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from advocacy import desk_beside, samples, trials
from advocacy.access import May, desk_page
from advocacy.views.desk_updates import found_update
from mailings.text import UnfitText

#: Where it can be read, by the sending mode.
WHERE = {
    "sandbox": "It lies in the sandbox mailbox in a moment.",
    "test": "In test mode it goes to {tester}.",
}
NO_ADDRESS = "Your account has no email address, so nothing was sent. An administrator can write it down."


@desk_page(May.DRAFTS)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test of an update's letter, as one of the sample supporters would write it."""
    update = found_update(request, pk)
    to = getattr(request.user, "email", "")
    _, _, choices = samples.chosen(update, request.POST.dict())
    choices = desk_beside.living_in(choices, request.POST.get("country", ""), update)
    if not to:
        messages.warning(request, NO_ADDRESS)
        return redirect("desk:preview", pk)
    try:
        sent = trials.send(update, choices, to=to, by=request.user.get_username())
    except (UnfitText, ValueError) as fault:
        messages.warning(request, f"Nothing was sent. {fault}")
    else:
        where = WHERE.get(settings.MAIL_MODE, "It goes to {to}, and to nobody else.").format(
            to=to, tester=settings.MAIL_TEST_ADDRESS
        )
        messages.success(request, f"A test is on its way. {where}" if sent else "One is on its way already.")
    return redirect("desk:preview", pk)
