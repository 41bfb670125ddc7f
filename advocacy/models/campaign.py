"""A campaign: one case with a page of its own. It lives for years through its updates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils import timezone

from advocacy.models.identity import Level


class CampaignStatus(models.TextChoices):
    """What a supporter can do on its page."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    CLOSED = "closed", "Closed"


class Why(models.TextChoices):
    """Why a campaign no longer sends, chosen from a list; the campaigner's own words stand beside it."""

    FREED = "freed", "They were freed"
    DIED = "died", "They have died"
    FAMILY = "family", "The family asks us to stop"
    ADDRESS = "address", "An address is compromised"
    FACTS = "facts", "The facts have changed"
    DEADLINE = "deadline", "The date to write before has passed"
    OTHER = "other", "Another reason"


#: States in which a letter may be written, and in which it may leave.
WRITABLE = frozenset({CampaignStatus.OPEN, CampaignStatus.PAUSED})
SENDABLE = frozenset({CampaignStatus.OPEN})
#: States that nothing leads out of.
ENDED = frozenset({CampaignStatus.STOPPED, CampaignStatus.CLOSED})
#: States whose page the public can see.
PUBLIC = frozenset(CampaignStatus) - {CampaignStatus.DRAFT}

#: So long before its last day ends a campaign ceases to send: a worker may look at the clock a minute late.
DEADLINE_MARGIN = timedelta(seconds=90)

#: Hours. Longer would keep a letter from an office for so long that the case may have moved on.
LONGEST_DELAY = 72


class Campaign(models.Model):
    """One case. Its words stand in its updates; the live one is what the page and new letters use."""

    slug = models.SlugField(max_length=60, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=8, choices=CampaignStatus, default=CampaignStatus.DRAFT)
    status_reason = models.CharField(max_length=500, blank=True)
    status_why = models.CharField(max_length=8, choices=Why, blank=True)
    status_at = models.DateTimeField(default=timezone.now)
    live_update = models.ForeignKey(
        "advocacy.Update", null=True, blank=True, on_delete=models.PROTECT, related_name="live_for"
    )
    confirmation = models.BooleanField(
        "ask for confirmation",
        default=True,
        help_text="A letter leaves only after its writer pressed a button behind a link.",
    )
    subject_editable = models.BooleanField("supporters may change the subject", default=True)
    body_editable = models.BooleanField("supporters may change the whole text", default=False)
    most_identity = models.CharField(
        "the most that leaves of a supporter",
        max_length=6,
        choices=Level,
        default=Level.PLACE,
        help_text="Supporters may choose less.",
    )
    #: Names that must stand in no letter and on no page, such as a relative's: they could harm whoever bears them.
    #: Never shown to the public.
    not_to_be_said: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    goal = models.PositiveIntegerField("letters hoped for", default=0, help_text="0 shows no goal.")
    mailbox = models.EmailField(
        "answers go to",
        blank=True,
        help_text="An address on our own domain. Empty: the organisation's mailbox for answers.",
    )
    random_delay_hours = models.PositiveSmallIntegerField(
        "letters leave within so many hours, by chance",
        default=0,
        help_text="For cases in which the time of sending could tell who wrote. 0 lets letters leave at once.",
    )
    time_zone = models.CharField(
        "time zone", max_length=60, default="UTC", help_text="Its days begin and end there, and so does its deadline."
    )
    #: The deadline that a campaigner has decided on when it had passed, and the new one; None where it goes on without.
    deadline_answered = models.DateField(null=True, blank=True)
    deadline_extended = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=CampaignStatus.values), name="campaign_status_known"),
            models.CheckConstraint(condition=models.Q(most_identity__in=Level.values), name="campaign_level_known"),
            models.CheckConstraint(
                condition=models.Q(random_delay_hours__lte=LONGEST_DELAY), name="campaign_delay_is_bounded"
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(live_update__isnull=False),
                name="campaign_public_has_update",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("campaign", args=[self.slug])

    @property
    def writable(self) -> bool:
        """True while a supporter may write a letter."""
        return self.status in WRITABLE

    @property
    def ended(self) -> bool:
        """True once it is stopped or closed, which is for good."""
        return self.status in ENDED

    @property
    def ending(self) -> str:
        """That it is over and nothing can follow, in two sentences; "" while something can."""
        if not self.ended:
            return ""
        day = f"{self.status_at.day} {self.status_at:%B %Y}"
        return (
            f"{self.reference} was {self.status} for good on {day}. No letter leaves any more, so no update can follow."
        )

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin and end."""
        return ZoneInfo(self.time_zone)

    @property
    def deadline(self) -> date | None:
        """The last day on which its letters leave: the live update's, or what a campaigner decided when it passed."""
        stated = self.live_update.deadline if self.live_update else None
        return self.deadline_extended if stated and stated == self.deadline_answered else stated

    def past_deadline(self, now: datetime) -> bool:
        """True once its last day is over where it has its days, or about to be."""
        last = self.deadline
        return last is not None and (now + DEADLINE_MARGIN).astimezone(self.zone).date() > last

    @property
    def holds_for_deadline(self) -> bool:
        """True while it waits for somebody to decide what follows from a deadline that has passed."""
        return self.status == CampaignStatus.PAUSED and self.status_why == Why.DEADLINE

    @property
    def random_delay(self) -> timedelta:
        """How long a confirmed letter may be kept, by chance, so that its time tells nothing about its writer."""
        return timedelta(hours=self.random_delay_hours)

    @property
    def public(self) -> bool:
        """True when anybody may see its page."""
        return self.status in PUBLIC
