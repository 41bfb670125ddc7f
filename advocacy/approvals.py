"""Owns approvals: what exactly one binds to, who may give it, and what ends it.

The promise: what an approval lets out is what its giver was shown, to the last letter of an address; whoever asked or
edited last cannot give it, unless this installation lets one person do it alone; an edit ends it.
"""

import hashlib
import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from advocacy import staff_mails, trail
from advocacy.models import Approval, Campaign, Update
from advocacy.models.act import What
from advocacy.models.approval import OPEN, ApprovalKind, ApprovalState


class NotApproved(ValueError):
    """An act that the approval does not permit. Its message is a whole sentence with the remedy."""


def alone_is_enough() -> bool:
    """True where this installation lets one person publish alone."""
    return str(settings.APPROVAL) == "one"


def digest_of(update: Update) -> str:
    """SHA-256 (hex) over every field of an update, of its offices and its translations, as the database holds them."""
    said = trail.values_of(update)
    # Which paragraphs are marked as older hangs on this.
    said |= {f"in {one.language}, made from": one.made_from for one in update.translations.order_by("language")}
    words = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def locked(update: Update) -> Update:
    """The update as it is now. Nobody edits, approves or publishes it before the present transaction ends.

    Its campaign is taken first, as by whoever begins a draft: else two could wait for each other.

    Raises:
        NotApproved: where it was thrown away.
    """
    rows = Update.objects.select_related("campaign__live_update")
    if connection.features.has_select_for_update:
        list(Campaign.objects.filter(pk=update.campaign_id).select_for_update(no_key=True).values_list("pk"))
        rows = rows.select_for_update(of=("self",))
    current = rows.filter(pk=update.pk).first()
    if current is None:
        raise NotApproved("This draft was thrown away meanwhile.")
    return current


def open_for(update: Update) -> Approval | None:
    """The request that something may still become of; None where there is none."""
    return update.approvals.filter(state__in=OPEN).first()


def last_for(update: Update) -> Approval | None:
    """The newest request, whatever became of it."""
    return update.approvals.first()


def ask(
    update: Update, shown: str, kind: ApprovalKind, *, by: str, reason: str = "", looked_at: trail.Changes | None = None
) -> Approval:
    """Ask for an approval of an update as it was shown. Call it under ``locked``.

    ``looked_at`` is what the trail keeps of the differences that were ticked.

    Raises:
        NotApproved: where it is not what was shown, was asked for already, or its campaign is over.
    """
    _goes_on(update)
    hold_to(update, shown)
    if open_for(update):
        raise NotApproved("Somebody has asked for its approval already.")
    approval = Approval.objects.create(update=update, kind=kind, digest=shown, reason=reason, asked_by=by)
    trail.record(What.ASKED, by=by, update=update, note=reason, changes=looked_at)
    return approval


def _goes_on(update: Update) -> None:
    if update.campaign.ending:
        raise NotApproved(update.campaign.ending)


def hold_to(update: Update, shown: str) -> None:
    """Nothing, where an update still is what was shown.

    Raises:
        NotApproved: where it is not.
    """
    if digest_of(update) != shown:
        raise NotApproved(f"{update.name} is not what you were shown: somebody changed it since. Read it once more.")


def why_not(approval: Approval, by: str) -> str:
    """Why somebody may not give this approval, in a sentence; "" where he or she may."""
    return "" if alone_is_enough() else _not_a_second(approval, by)


def _not_a_second(approval: Approval, by: str) -> str:
    if by == approval.asked_by:
        return "You asked for it, so somebody else must approve it."
    if approval.kind == ApprovalKind.PUBLISH and by == last_editor(approval.update):
        return "You edited it last, so somebody else must approve it."
    return ""


def last_editor(update: Update) -> str:
    """Whoever changed an update or one of its translations last."""
    edits = [(update.edited_at, update.edited_by), *update.translations.values_list("edited_at", "edited_by")]
    return max(edits)[1]


def approve(update: Update, shown: str, *, by: str, looked_at: trail.Changes | None = None) -> None:
    """Give the approval that was asked for. Of two who give it at once, one does.

    ``looked_at`` is what the trail keeps of the differences that were ticked.

    Raises:
        NotApproved: where it is not what was shown, nobody asked, or this person may not.
    """
    with transaction.atomic():
        current = locked(update)
        approval = _asked(current)
        refusal = why_not(approval, by)
        if refusal:
            raise NotApproved(refusal)
        if approval.digest != shown:
            raise NotApproved("What was asked for is not what you were shown. Read it once more.")
        hold_to(current, shown)
        _decide(approval, ApprovalState.APPROVED, by, alone=bool(_not_a_second(approval, by)))
        trail.record(What.APPROVED, by=by, update=current, changes=looked_at)
        staff_mails.tell(approval)


def _asked(update: Update) -> Approval:
    approval = open_for(update)
    if approval is None:
        raise NotApproved("Nobody asks for its approval any more.")
    if approval.state != ApprovalState.ASKED:
        raise NotApproved(f"{approval.decided_by} has approved it already.")
    return approval


def _decide(approval: Approval, state: ApprovalState, by: str, *, words: str = "", alone: bool = False) -> None:
    approval.state, approval.decided_by, approval.decided_at = state, by, timezone.now()
    approval.decision, approval.alone = words, alone
    approval.save(update_fields=["state", "decided_by", "decided_at", "decision", "alone"])


def send_back(update: Update, *, by: str, reason: str) -> bool:
    """Say no, or take a yes back before it was used. Whoever asked may take the request back so too.

    Returns:
        True where somebody took the own request back.
    Raises:
        NotApproved: where there is nothing to say no to.
    """
    with transaction.atomic():
        current = locked(update)
        approval = open_for(current)
        if approval is None:
            raise NotApproved("Nobody asks for its approval any more.")
        _decide(approval, ApprovalState.SENT_BACK, by, words=reason)
        trail.record(What.SENT_BACK, by=by, update=current, note=reason)
        staff_mails.tell(approval)
    return by == approval.asked_by


def give_alone(
    update: Update, shown: str, kind: ApprovalKind, *, by: str, reason: str = "", looked_at: trail.Changes | None = None
) -> Approval:
    """Ask and approve in one step. Call it under ``locked``.

    Raises:
        NotApproved: where this installation asks for a second person, or it is not what was shown.
    """
    if not alone_is_enough():
        raise NotApproved("A second person has to approve it first.")
    approval = ask(update, shown, kind, by=by, reason=reason, looked_at=looked_at)
    _decide(approval, ApprovalState.APPROVED, by, alone=True)
    return approval


def give_with(update: Update, *, asked_by: str, by: str, alone: bool, note: str) -> None:
    """Approve a draft together with the change that it was made for: nothing else in it differs from the live update.

    Args:
        update: a draft that is live in every other word.
        asked_by, by: who asked for the change, and who approved it.
        alone: True where the setting let one person do both.
        note: which change, for the trail.
    """
    approval = Approval.objects.create(
        update=update, kind=ApprovalKind.PUBLISH, digest=digest_of(update), reason=note[:300], asked_by=asked_by
    )
    trail.record(What.ASKED, by=asked_by, update=update, note=note)
    _decide(approval, ApprovalState.APPROVED, by, alone=alone)
    trail.record(What.APPROVED, by=by, update=update, note=note)


def end_where_changed(update: Update, *, by: str) -> bool:
    """End the open request of a draft that no longer says what was shown. Call it in the transaction of the edit.

    Returns:
        True where there was one.
    """
    approval = open_for(update)
    if approval is None or approval.digest == digest_of(update):
        return False
    if approval.publish_at:
        approval.missed = "It was edited after its approval."
    approval.publish_at, approval.state, approval.decided_at = None, ApprovalState.VOID, timezone.now()
    approval.decision = f"{by or 'The machine'} edited it."
    approval.save(update_fields=["missed", "publish_at", "state", "decided_at", "decision"])
    trail.record(What.VOIDED, by=by, update=update)
    return True


def for_use(update: Update, shown: str) -> Approval:
    """The approval under which an update may go out, compared to the last letter. Call it under ``locked``.

    Raises:
        NotApproved: where there is none, or it is not what was shown.
    """
    _goes_on(update)
    approval = open_for(update)
    if approval is None or approval.state != ApprovalState.APPROVED:
        raise NotApproved("A second person has to approve it first.")
    if approval.digest != shown:
        raise NotApproved("What was approved is not what you were shown. Read it once more.")
    hold_to(update, shown)
    return approval


def use(approval: Approval) -> None:
    """Mark an approval as used: it lets out one text once."""
    approval.state, approval.publish_at, approval.missed = ApprovalState.USED, None, ""
    approval.save(update_fields=["state", "publish_at", "missed"])
