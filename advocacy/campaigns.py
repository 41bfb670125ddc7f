"""Owns what can be done with a campaign: open, pause, resume, stop with a reason, close."""

from django.db import transaction
from django.utils import timezone

from advocacy.models import Campaign
from advocacy.models.campaign import CampaignStatus as Status
from mailings import outbox

#: Which states an act may come from.
PAUSABLE = frozenset({Status.OPEN})
RESUMABLE = frozenset({Status.PAUSED})
STOPPABLE = frozenset({Status.OPEN, Status.PAUSED})
OPENABLE = frozenset({Status.DRAFT})


def _move(campaign: Campaign, old: frozenset[Status], new: Status, reason: str) -> bool:
    """Change the state where it is one of the old ones. Returns False where somebody was faster."""
    now = timezone.now()
    count = Campaign.objects.filter(pk=campaign.pk, status__in=old).update(
        status=new, status_reason=reason, status_at=now
    )
    campaign.refresh_from_db()
    return bool(count)


def pause(campaign: Campaign, *, by: str, reason: str) -> bool:
    """Hold every letter that has not begun to leave. People may go on writing; their letters wait."""
    return _halt(campaign, PAUSABLE, Status.PAUSED, by, reason)


def resume(campaign: Campaign, *, by: str) -> bool:
    """End a pause: what waited for it leaves."""
    with transaction.atomic():
        moved = _move(campaign, RESUMABLE, Status.OPEN, "")
        if moved:
            outbox.release_stream(f"{campaign.slug}/", by=by, note="The pause has ended.")
    return moved


def stop(campaign: Campaign, *, by: str, reason: str) -> bool:
    """Let nothing more leave, for a reason that the page then gives. What has not begun to leave is withdrawn."""
    return _halt(campaign, STOPPABLE, Status.STOPPED, by, reason)


def close(campaign: Campaign, *, by: str, reason: str) -> bool:
    """End a campaign that has done its work. What has not begun to leave is withdrawn."""
    return _halt(campaign, STOPPABLE, Status.CLOSED, by, reason)


def _halt(campaign: Campaign, old: frozenset[Status], status: Status, by: str, reason: str) -> bool:
    """The halt is committed first, so that nothing leaves from then on, however long the letters in line take."""
    stream = f"{campaign.slug}/"
    with transaction.atomic():
        moved = _move(campaign, old, status, reason)
        if moved:
            outbox.halt_stream(stream, for_good=status != Status.PAUSED)
    if moved:
        outbox.put_aside(stream, by=by, note=f"The campaign was {status.value}. {reason}".strip())
    return moved
