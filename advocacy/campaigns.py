"""Owns what can be done with a campaign: open, pause, resume, stop with a reason, close; change its settings."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from advocacy import trail
from advocacy.models import Campaign
from advocacy.models.act import What
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
    with transaction.atomic():
        moved = _move(campaign, PAUSABLE, Status.PAUSED, reason)
        if moved:
            trail.record(What.PAUSED, by=by, campaign=campaign, note=reason)
            outbox.hold_stream(f"{campaign.slug}/", by=by, note=f"The campaign was paused. {reason}".strip())
    return moved


def resume(campaign: Campaign, *, by: str) -> bool:
    """End a pause: what waited for it leaves."""
    with transaction.atomic():
        moved = _move(campaign, RESUMABLE, Status.OPEN, "")
        if moved:
            trail.record(What.RESUMED, by=by, campaign=campaign)
            outbox.release_stream(f"{campaign.slug}/", by=by, note="The pause has ended.")
    return moved


def stop(campaign: Campaign, *, by: str, reason: str) -> bool:
    """Let nothing more leave, for a reason that the page then gives. What has not begun to leave is withdrawn."""
    return _end(campaign, Status.STOPPED, by, reason, f"The campaign was stopped. {reason}".strip())


def close(campaign: Campaign, *, by: str, reason: str) -> bool:
    """End a campaign that has done its work. What has not begun to leave is withdrawn."""
    return _end(campaign, Status.CLOSED, by, reason, f"The campaign was closed. {reason}".strip())


def _end(campaign: Campaign, status: Status, by: str, reason: str, note: str) -> bool:
    with transaction.atomic():
        moved = _move(campaign, STOPPABLE, status, reason)
        if moved:
            what = What.STOPPED if status is Status.STOPPED else What.CLOSED
            trail.record(what, by=by, campaign=campaign, note=reason)
            outbox.cancel_stream(f"{campaign.slug}/", by=by, note=note)
    return moved


def change_settings(campaign: Campaign, values: Mapping[str, object], *, by: str) -> bool:
    """Store what a campaign lets its supporters do.

    Args:
        campaign: the one.
        values: column -> clean value. No other column is written: somebody may stop the campaign in this very moment.
        by: who decides it.
    Returns:
        False where it had these settings already.
    """
    with transaction.atomic():
        current = Campaign.objects.get(pk=campaign.pk)
        changes = trail.difference({name: getattr(current, name) for name in values}, values)
        if changes:
            Campaign.objects.filter(pk=campaign.pk).update(**{name: values[name] for name in changes})
            trail.record(What.SETTINGS, by=by, campaign=campaign, changes=changes)
    campaign.refresh_from_db()
    return bool(changes)
