"""A membership: somebody at the desk works on a campaign. Whoever is no administrator sees the campaigns of theirs."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from advocacy.models.campaign import Campaign


class Membership(models.Model):
    """One person on one campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "campaign"], name="membership_once_per_user_and_campaign")
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.campaign}"
