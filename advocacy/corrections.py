"""Owns the correction that a person begins: the live update word for word, for what is to be added to it."""

from django.db import transaction

from advocacy import drafts
from advocacy.models import Campaign, Update


def begin(live: Update, *, by: str, note: str) -> tuple[Update, bool]:
    """A draft that says what the live update says, number, index and dates with it: for what is to be added to it.

    Args:
        live: the live update of its campaign.
        by: who begins it.
        note: why, for the trail.
    Returns:
        The draft, and False where there was one already.
    Raises:
        ValueError: where it is live no longer, or the campaign is over.
    """
    with transaction.atomic():
        drafts.alone(Campaign.objects.filter(pk=live.campaign_id))
        campaign = Campaign.objects.select_related("live_update").get(pk=live.campaign_id)
        if campaign.live_update_id != live.pk:
            raise ValueError(f"{live.name} is live no longer.")
        waits = campaign.updates.filter(published_at=None, number=live.number, correction__gt=live.correction).first()
        if waits and not campaign.ended:
            return waits, False
        return drafts.begin_from_live(campaign, by=by, offices=drafts.targets_of(live), note=note), True
