"""Owns what can be done with a campaign: open, pause, resume, stop with a reason, close; change its settings."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from advocacy import trail, unsaid
from advocacy.models import Campaign
from advocacy.models.act import What
from advocacy.models.campaign import CampaignStatus as Status
from advocacy.models.campaign import Why
from mailings import outbox

#: Which states an act may come from.
PAUSABLE = frozenset({Status.OPEN})
RESUMABLE = frozenset({Status.PAUSED})
STOPPABLE = frozenset({Status.OPEN, Status.PAUSED})
OPENABLE = frozenset({Status.DRAFT})


def _move(campaign: Campaign, old: frozenset[Status], new: Status, reason: str, why: str = "") -> bool:
    """Change the state where it is one of the old ones. Returns False where somebody was faster."""
    now = timezone.now()
    count = Campaign.objects.filter(pk=campaign.pk, status__in=old).update(
        status=new, status_reason=reason, status_why=why, status_at=now
    )
    campaign.refresh_from_db()
    return bool(count)


def pause(campaign: Campaign, *, by: str, reason: str, why: str = "") -> bool:
    """Hold every letter that has not begun to leave. People may go on writing; their letters wait."""
    return _halt(campaign, PAUSABLE, Status.PAUSED, by=by, reason=reason, why=why)


def resume(campaign: Campaign, *, by: str) -> bool:
    """End a pause: what waited for it leaves."""
    with transaction.atomic():
        moved = _move(campaign, RESUMABLE, Status.OPEN, "")
        if moved:
            trail.record(What.RESUMED, by=by, campaign=campaign)
            outbox.release_stream(f"{campaign.slug}/", by=by, note="The pause has ended.")
    return moved


def stop(campaign: Campaign, *, by: str, reason: str, why: Why = Why.OTHER) -> bool:
    """Let nothing more leave. What has not begun to leave is withdrawn.

    Args:
        campaign: the one.
        by: who stops it.
        reason: the campaigner's own words, which the page then shows to everybody.
        why: one of a list, for the trail.
    """
    return _halt(campaign, STOPPABLE, Status.STOPPED, by=by, reason=reason, why=why)


def close(campaign: Campaign, *, by: str, reason: str) -> bool:
    """End a campaign that has done its work. What has not begun to leave is withdrawn."""
    return _halt(campaign, STOPPABLE, Status.CLOSED, by=by, reason=reason)


#: What the trail calls the way into a state.
HALTED = {Status.PAUSED: What.PAUSED, Status.STOPPED: What.STOPPED, Status.CLOSED: What.CLOSED}


def _halt(campaign: Campaign, old: frozenset[Status], status: Status, *, by: str, reason: str, why: str = "") -> bool:
    """The halt is committed first, so that nothing leaves from then on, however long the letters in line take."""
    stream = f"{campaign.slug}/"
    with transaction.atomic():
        moved = _move(campaign, old, status, reason, why)
        if moved:
            told = f"{Why(why).label}: {reason}" if why and status is Status.STOPPED else reason
            trail.record(HALTED[status], by=by, campaign=campaign, note=told)
            outbox.halt_stream(stream, for_good=status != Status.PAUSED)
    if moved:
        outbox.put_aside(stream, by=by, note=f"The campaign was {status.value}. {reason}".strip())
    return moved


#: Noted where a name is listed that the campaign's page gives away in the reason of a pause or an end.
NAMED = "The reason on the page said a name of the list, so it is not shown any more."


def _told(changes: trail.Changes) -> trail.Changes:
    """Changed settings as the trail keeps them for good: of names that must not be said, how many, and not which."""
    told = dict(changes)
    if "not_to_be_said" in told:
        old, new = (len(names) for names in told.pop("not_to_be_said"))
        told["names that must not be said"] = [str(old), str(new) if new != old else f"{new}, not the same"]
    return told


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
            stored = {name: values[name] for name in changes}
            names = list[str](stored.get("not_to_be_said", []))  # type: ignore[call-overload]  # A list of texts.
            named = bool(unsaid.found(names, current.status_reason))
            if named:
                stored["status_reason"] = ""
            Campaign.objects.filter(pk=campaign.pk).update(**stored)
            trail.record(What.SETTINGS, by=by, campaign=campaign, changes=_told(changes), note=NAMED if named else "")
    campaign.refresh_from_db()
    return bool(changes)


def hold_passed(now: datetime) -> list[Campaign]:
    """Pause every open campaign whose last day is over, until a campaigner decides.

    Args:
        now: the present moment.
    Returns:
        Those that were paused by this. Their letters wait; none is withdrawn.
    """
    dated = Campaign.objects.filter(status=Status.OPEN, live_update__deadline__isnull=False)
    return [one for one in dated.select_related("live_update") if one.past_deadline(now) and _hold(one)]


def _hold(campaign: Campaign) -> bool:
    reason = f"The date to write before, {campaign.deadline:%-d %B %Y}, has passed. We are deciding what comes next."
    return pause(campaign, by="", reason=reason, why=Why.DEADLINE)


def decide_deadline(campaign: Campaign, until: date | None, *, by: str) -> bool:
    """Go on after a deadline that has passed. What waited for this decision leaves.

    Args:
        campaign: the one.
        until: the new last day; None goes on without one.
        by: who decides it.
    Returns:
        False where somebody has decided meanwhile, or the campaign does not wait for it.
    """
    with transaction.atomic():
        current = locked(campaign)
        if not current.holds_for_deadline or current.live_update is None:
            return False
        changes = {"deadline": [current.deadline, until]}
        Campaign.objects.filter(pk=campaign.pk).update(
            deadline_answered=current.live_update.deadline, deadline_extended=until
        )
        trail.record(What.DEADLINE, by=by, campaign=campaign, changes=changes)
        resume(campaign, by=by)
    return True


def locked(campaign: Campaign) -> Campaign:
    """A campaign that nobody else changes before the present transaction ends, as it is now."""
    rows = Campaign.objects.select_related("live_update")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=campaign.pk)
