"""A sending domain: how well the world knows the domain that our letters come from. A new one warms up."""

from django.db import models

from mailings.models.mode import Mode


class SendingDomain(models.Model):
    """One domain of ours in one mode, and how many letters left it today."""

    domain = models.CharField(max_length=253)
    mode = models.CharField(max_length=8, choices=Mode)
    #: How many days of sending it has behind it, less what long silences took back. Day one is step 0.
    step = models.PositiveSmallIntegerField(default=0)
    #: The last day (UTC) on which a message left, and how many letters did.
    day = models.DateField(null=True, blank=True)
    day_count = models.PositiveIntegerField(default=0)
    #: How many of the supporters' own mails did.
    day_own = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "mode"], name="sending_domain_once_per_mode")]

    def __str__(self) -> str:
        return f"{self.domain} ({self.mode})"
