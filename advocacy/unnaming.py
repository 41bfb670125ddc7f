"""Owns what becomes of letters that wait and say a name when it comes on the list of those that must not be said.

The promise: from the commit that lists a name on, no letter leaves that says it. One that its writer confirmed is held
back, and written anew without the words that say it, and its writer is asked again; one that nobody confirmed yet
cannot be confirmed. What is being handed over cannot be called back, and is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from advocacy import campaigns, letters, lowering, trail
from advocacy.lowering import NOT_BEGUN, Showing
from advocacy.models import Campaign, ChangedLetter, Letter
from advocacy.models.act import What
from advocacy.models.changeover import Answer, Outcome
from mailings import outbox, reports

#: States of a message that cannot be called back, and may come back by itself or by hand.
FLYING = ("sending", "in_doubt")
NOTE = "It says a name that the campaign must not say."


@dataclass(frozen=True)
class Naming:
    """Letters that say a name which their campaign must not say, by their references."""

    confirmed: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    #: Those that are being handed over, or in doubt.
    flying: list[str] = field(default_factory=list)


def store_settings(campaign: Campaign, values: Mapping[str, object], *, by: str) -> tuple[Showing | None, Naming]:
    """Store a campaign's settings as ``lowering.store_settings`` does, and let nothing leave that says a listed name.

    Args:
        campaign, values, by: as there.
    Returns:
        What that returns, and the letters that say a name which was not on the list before.
    """
    with transaction.atomic():
        before = set(campaigns.locked(campaign).not_to_be_said)
        less = lowering.store_settings(campaign, values, by=by)
        if before.issuperset(campaign.not_to_be_said):
            return less, Naming()
        return less, _held_back(campaign, by=by)


def _held_back(campaign: Campaign, *, by: str) -> Naming:
    waits, flying = _naming(campaign, NOT_BEGUN), _naming(campaign, FLYING)
    confirmed = [letter for letter in waits if letter.confirmed]
    unconfirmed = [letter for letter in waits if not letter.confirmed]
    if waits or flying:
        words = f"{len(confirmed)} confirmed, {len(unconfirmed)} not confirmed yet; {len(flying)} being handed over"
        trail.record(What.LETTERS, by=by, campaign=campaign, note=f"{Answer.UNSAID.label}: {words}")
    if campaign.live_update and (confirmed or flying):
        mode = settings.MAIL_MODE
        changeover = campaign.changeovers.create(update=campaign.live_update, answer=Answer.UNSAID, mode=mode, by=by)
        outbox.hold_back([letter.code for letter in confirmed], by=by, note=NOTE)
        # Some of these may come back into the line.
        ChangedLetter.objects.bulk_create(
            ChangedLetter(changeover=changeover, letter=letter, outcome=Outcome.LEFT) for letter in flying
        )
    return Naming(*([letter.reference for letter in some] for some in (confirmed, unconfirmed, flying)))


def waiting(campaign: Campaign) -> list[str]:
    """References of the letters that wait and say a name that their campaign must not say by now."""
    return [letter.reference for letter in _naming(campaign, NOT_BEGUN)]


def hold_what_came_back() -> None:
    """Hold back what was being handed over when a name was listed, and has come back into the line since."""
    left = ChangedLetter.objects.filter(outcome=Outcome.LEFT, changeover__answer=Answer.UNSAID)
    codes = left.filter(changeover__mode=settings.MAIL_MODE).values("letter__code")
    back = reports.search(kind="letter").filter(status="queued", reference__in=codes).order_by()
    found = Letter.objects.filter(code__in=list(back.values_list("reference", flat=True)))
    named = [one.code for one in found.select_related("update__campaign") if letters.says_a_name(one)]
    if named:
        outbox.hold_back(named, by="", note=NOTE)


def _naming(campaign: Campaign, states: Sequence[str]) -> list[Letter]:
    """The letters that have a mail in one of these states and say a name. Each update is read once for all of them."""
    if not campaign.not_to_be_said:
        return []
    mails = reports.search(stream_prefix=f"{campaign.slug}/", kind="letter").filter(status__in=states)
    rows = Letter.objects.filter(code__in=mails.order_by().values("reference"), mode=settings.MAIL_MODE)
    updates = {one.pk: one for one in campaign.updates.prefetch_related("targets")}
    for one in updates.values():
        one.campaign = campaign
    found = []
    for letter in rows.filter(update__in=updates).order_by("pk").iterator():
        letter.update = updates[letter.update_id]
        if letters.says_a_name(letter):
            found.append(letter)
    return found
