"""Owns the guarded way to the public: ask, publish now or at a time, go back to an earlier update.

The promise: what becomes live was approved as it stands; a time that was set publishes once, however late and by
however many workers, and only while the approval holds and the campaign is not stopped; else it asks.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from advocacy import alarms, approvals, changeovers, staff_mails, trail, unsaid, updates
from advocacy.approvals import NotApproved
from advocacy.models import Approval, Campaign, Update
from advocacy.models.act import What
from advocacy.models.approval import ApprovalKind, ApprovalState
from advocacy.models.campaign import WRITABLE, CampaignStatus
from advocacy.models.changeover import Answer

#: Further away, somebody has mistyped the year.
FURTHEST_DAYS = 366


def ask(update: Update, shown: str, *, by: str, ticked: Collection[str] | None = None) -> Approval:
    """Ask for a second person's approval of a draft.

    Args:
        update: the draft.
        shown: ``approvals.digest_of`` what was on the page.
        by: who asks.
        ticked: keys of the alarms that he or she has looked at; None where nobody asks on a page.
    Raises:
        updates.NotPublishable: with everything that still stands in its way.
        alarms.NotTicked: where there is an alarm beyond these.
        NotApproved: where it is not what was shown, or was asked for already.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        _is_draft(current)
        _is_whole(current)
        looked_at = _looked_at(current, shown, ticked)
        approval = approvals.ask(current, shown, ApprovalKind.PUBLISH, by=by, looked_at=looked_at)
        staff_mails.ask(approval)
    return approval


def approve(update: Update, shown: str, *, by: str, ticked: Collection[str]) -> None:
    """Approve what somebody else asked for on a page, with the alarms looked at by this second person as well.

    Args:
        update: a draft, or an earlier update to go back to.
        shown: ``approvals.digest_of`` what was on the page.
        by: who approves.
        ticked: keys of the alarms that he or she has looked at.
    Raises:
        alarms.NotTicked: where there is an alarm beyond these.
        NotApproved: where it is not what was shown, nobody asked, or this person may not.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        looked_at = None if current.published else _looked_at(current, shown, ticked)
        approvals.approve(current, shown, by=by, looked_at=looked_at)


def _looked_at(update: Update, shown: str, ticked: Collection[str] | None) -> trail.Changes | None:
    approvals.hold_to(update, shown)
    return None if ticked is None else alarms.ticked(update, ticked)


def _is_draft(update: Update) -> None:
    if update.published:
        raise NotApproved(f"{update.name} was published meanwhile by {update.published_by}; it can no longer change.")


def _is_whole(update: Update) -> None:
    found = updates.faults(update)
    if found:
        raise updates.NotPublishable(found)


def ask_to_go_back(update: Update, shown: str, *, by: str, reason: str) -> Approval:
    """Ask for a second person's approval of going back to an earlier update.

    Raises:
        NotApproved: where it is live, was never published, or was asked for already.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        _is_earlier(current)
        approval = approvals.ask(current, shown, ApprovalKind.RETURN, by=by, reason=reason)
        staff_mails.ask(approval)
    return approval


def _is_earlier(update: Update) -> None:
    if not update.published:
        raise NotApproved(f"{update.name} was never published, so there is no way back to it.")
    if update.campaign.live_update_id == update.pk:
        raise NotApproved(f"{update.name} is live.")
    named = unsaid.update_faults(update)
    if named:  # The list may be younger than the update.
        raise updates.NotPublishable(named)


class NotAnswered(ValueError):
    """Letters wait under the earlier update, and nobody said what is to become of them."""


def publish(
    update: Update,
    shown: str,
    *,
    by: str,
    letters: Answer | None = None,
    reason: str = "",
    ticked: Collection[str] | None = None,
) -> None:
    """Make an approved update the live one, now.

    Where one person may do it alone, this asks and approves as well.

    Args:
        update: a draft, or an earlier update to go back to.
        shown: ``approvals.digest_of`` what was on the page.
        by: who does it.
        letters: what becomes of those that wait under the earlier update; None where none waits.
        reason: why the campaign goes back, where one person decides it alone.
        ticked: where one person decides it alone, keys of the alarms that he or she has looked at; None off the page.
    Raises:
        alarms.NotTicked: where there is an alarm beyond these.
        updates.NotPublishable: with everything that still stands in its way.
        NotApproved: where the approval does not permit it.
        NotAnswered: where letters wait and ``letters`` is None.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        if not approvals.open_for(current) and approvals.alone_is_enough():
            kind = ApprovalKind.RETURN if current.published else ApprovalKind.PUBLISH
            looked_at = _looked_at(current, shown, ticked)
            approvals.give_alone(current, shown, kind, by=by, reason=reason, looked_at=looked_at)
        _go_live(current, approvals.for_use(current, shown), letters, by=by)
    update.refresh_from_db()
    update.campaign.refresh_from_db()


def _go_live(update: Update, approval: Approval, letters: Answer | None, *, by: str) -> None:
    before = update.campaign.live_update
    if approval.kind == ApprovalKind.RETURN:
        _is_earlier(update)
        Campaign.objects.filter(pk=update.campaign_id).update(live_update=update)
        changes = {"live update": [before.name if before else None, update.name]}
        trail.record(What.WENT_BACK, by=by, update=update, note=approval.reason, changes=changes)
    else:
        _is_draft(update)
        updates.publish(update, by=by)
    approvals.use(approval)
    # Counted only now: the campaign's row is ours, and nobody can write on the earlier update any more.
    if before and letters is None and changeovers.waiting(update).total:
        raise NotAnswered("Letters wait under the earlier update. Say what is to become of them.")
    if before and letters is not None:
        changeovers.begin(update, letters, by=by)


def schedule(
    update: Update,
    shown: str,
    at: datetime,
    *,
    by: str,
    letters: Answer | None = None,
    ticked: Collection[str] | None = None,
) -> None:
    """Let an approved update be published by itself at a time.

    Args:
        update: a draft.
        shown: ``approvals.digest_of`` what was on the page.
        at: when.
        by: who sets the time.
        letters: what becomes of those that will wait by then; None for a first appeal.
        ticked: as for ``publish``.
    Raises:
        alarms.NotTicked: as for ``publish``.
        NotApproved: where the approval does not permit it, or the time will not do.
        NotAnswered: where there is a live update and ``letters`` is None.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        if not approvals.open_for(current) and approvals.alone_is_enough():
            _is_whole(current)
            looked_at = _looked_at(current, shown, ticked)
            approvals.give_alone(current, shown, ApprovalKind.PUBLISH, by=by, looked_at=looked_at)
        approval = approvals.for_use(current, shown)
        _is_later(at)
        if current.campaign.live_update and letters is None:
            raise NotAnswered("Letters may wait by then. Say what is to become of them.")
        approval.publish_at, approval.scheduled_by, approval.missed = at, by, ""
        approval.letters = letters or ""
        approval.save(update_fields=["publish_at", "scheduled_by", "missed", "letters"])
        trail.record(What.SCHEDULED, by=by, update=current, changes={"publish at": [None, at]})


def _is_later(at: datetime) -> None:
    ahead = at - timezone.now()
    if ahead.total_seconds() <= 0:
        raise NotApproved("That time has passed. Choose a later one, or publish now.")
    if ahead.days > FURTHEST_DAYS:
        raise NotApproved("That is more than a year ahead. Choose an earlier time.")


def unschedule(update: Update, *, by: str) -> None:
    """Take the time back; the approval stays.

    Raises:
        NotApproved: where no time is set any more.
    """
    with transaction.atomic():
        current = approvals.locked(update)
        approval = approvals.open_for(current)
        if approval is None or approval.publish_at is None:
            raise NotApproved("No time is set any more.")
        trail.record(What.UNSCHEDULED, by=by, update=current, changes={"publish at": [approval.publish_at, None]})
        approval.publish_at = None
        approval.save(update_fields=["publish_at"])


def publish_due(now: datetime) -> list[Update]:
    """Publish what was to be published by now, each once; what no longer may be asks for a person.

    Args:
        now: the present moment.
    Returns:
        What did become live.
    """
    due = Approval.objects.filter(state=ApprovalState.APPROVED, publish_at__lte=now).order_by("publish_at")
    return [update for approval in due.select_related("update") if (update := _published_at_its_time(approval, now))]


def _published_at_its_time(seen: Approval, now: datetime) -> Update | None:
    with transaction.atomic():
        update = approvals.locked(seen.update)
        approval = approvals.open_for(update)
        # Another worker was faster, or somebody took the time back or set a later one.
        if approval is None or approval.pk != seen.pk or approval.publish_at is None or approval.publish_at > now:
            return None
        why = _no_longer(update, approval)
        if why:
            approval.publish_at, approval.missed = None, why[:300]
            approval.save(update_fields=["publish_at", "missed"])
            trail.record(What.MISSED, by="", update=update, note=why)
            return None
        _go_live(update, approval, Answer(approval.letters) if approval.letters else None, by=approval.scheduled_by)
        return update


def _no_longer(update: Update, approval: Approval) -> str:
    """Why it must not be published by the clock, in a sentence; "" where it may."""
    status = update.campaign.status
    if status not in WRITABLE and status != CampaignStatus.DRAFT:
        return f"The campaign is {update.campaign.get_status_display().lower()}."
    if approvals.digest_of(update) != approval.digest:
        return "It no longer says what was approved."
    return " ".join(updates.faults(update)) if approval.kind == ApprovalKind.PUBLISH else ""
