"""A changeover: what becomes of the letters that had not left when another update became the live one."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from advocacy.models.campaign import Campaign
from advocacy.models.letter import Letter
from advocacy.models.update import Update


class Answer(models.TextChoices):
    """What was decided on the letters."""

    GO = "go", "Let them go as they are"
    ANEW = "anew", "Write them anew"
    ASK = "ask", "Ask each supporter again"
    CANCEL = "cancel", "Withdraw them"
    #: Nobody chooses it for an update: it follows where a campaign lets out less than before.
    LESS = "less", "Show no more of their writers than the campaign lets out"
    #: As little does anybody choose it: it follows where a name comes on the list of those that must not be said.
    UNSAID = "unsaid", "Say no name that the campaign must not say"


#: What follows from a campaign's settings.
OF_SETTINGS = (Answer.LESS, Answer.UNSAID)
#: What a publisher may choose from.
ANSWERS = (Answer.GO, Answer.ANEW, Answer.ASK, Answer.CANCEL)


class Outcome(models.TextChoices):
    """What became of one letter."""

    ANEW = "anew", "Written anew"
    ASKED = "asked", "Its writer is asked again"
    CANCELLED = "cancelled", "Withdrawn"
    LEFT = "left", "Had begun to leave"


class Changeover(models.Model):
    """The letters of one campaign, taken batch by batch to its new live update, or to the most that it lets out."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changeovers")
    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="changeovers")
    answer = models.CharField(max_length=8, choices=Answer)
    #: The sending mode of the letters.
    mode = models.CharField(max_length=8)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    #: How far it has come: every message of the outbox up to this number was looked at.
    reached = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            # Serves advocacy.changeovers.work: what is not finished.
            models.Index("id", condition=models.Q(done_at__isnull=True), name="changeover_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} for {self.update}"


class ChangedLetter(models.Model):
    """One letter in one changeover: it is there once, so that a batch which is done again does nothing."""

    changeover = models.ForeignKey(Changeover, on_delete=models.CASCADE, related_name="letters")
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="changes")
    outcome = models.CharField(max_length=10, choices=Outcome)
    #: True where its writer had changed its text or subject.
    edited = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["changeover", "letter"], name="changed_letter_once_per_changeover")
        ]

    def __str__(self) -> str:
        return f"{self.letter}: {self.get_outcome_display()}"
