"""A message: one email of any kind in the outbox. Small state here, the frozen words in a table of their own."""

import hashlib
import json
import uuid
from collections.abc import Iterable

from django.db import models
from django.utils import timezone

from mailings.models.lane import Lane
from mailings.models.mode import Mode

#: The form of a frozen content. A worker of an older version, on another host, leaves newer forms alone.
FORM = 1


class Kind(models.TextChoices):
    """What a message is for. Only a letter speaks to an office; the others speak to the supporter."""

    LETTER = "letter", "Letter"
    CONFIRMATION = "confirmation", "Confirmation"
    COPY = "copy", "Copy"
    NOTICE = "notice", "Notice"


class Status(models.TextChoices):
    """What we did with a message. What the provider says stands on its recipients."""

    HELD = "held", "Not confirmed yet"
    QUEUED = "queued", "In line to leave"
    SENDING = "sending", "Being handed over"
    SENT = "sent", "Handed over"
    FAILED = "failed", "Could not be sent"
    IN_DOUBT = "in_doubt", "In doubt"
    CANCELLED = "cancelled", "Withdrawn"


class HeldFor(models.TextChoices):
    """Why a held message does not leave."""

    NOTHING = "", "-"
    CONFIRMATION = "confirmation", "Waits for its writer"
    PAUSE = "pause", "Waits for the end of a pause"
    ADDRESS = "address", "Waits for a working address"


#: The states that permit an act. Views, doors and tests share them.
RELEASABLE = frozenset({Status.HELD})
CANCELLABLE = frozenset({Status.HELD, Status.QUEUED})
RETRYABLE = frozenset({Status.FAILED, Status.IN_DOUBT})
SETTLEABLE = frozenset({Status.IN_DOUBT})
#: States that a message may have been put into while it was not known yet that it had left: proof of it is proof in
#: each. Held too, because it would go a second time once it is let go; withdrawn, because its writer is told that it
#: was not sent; being handed over, because what fails there goes back in line.
PROVABLE = frozenset(Status) - {Status.SENT}


class Rank(models.IntegerChoices):
    """A supporter's own mail never waits behind letters."""

    OWN = 0, "The supporter's own mail"
    LETTER = 1, "A letter to an office"


class Message(models.Model):
    """The state of one email. Only ``mailings.states`` writes ``status``."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    mode = models.CharField(max_length=8, choices=Mode)
    status = models.CharField(max_length=10, choices=Status)
    held_for = models.CharField(max_length=12, choices=HeldFor, blank=True, default="")
    rank = models.SmallIntegerField(choices=Rank)
    #: Opaque names of the caller: what is counted together, and what is found again.
    stream = models.CharField(max_length=120, blank=True, default="")
    reference = models.CharField(max_length=40, blank=True, default="")
    dedupe_key = models.CharField(max_length=200)
    form = models.PositiveSmallIntegerField(default=FORM)
    #: The road a letter takes at its office's pace; a supporter's own mail has none and never waits.
    lane = models.ForeignKey(
        Lane, null=True, blank=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    #: The message in whose place this one was written, because the address had to be corrected.
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by", db_index=False
    )

    created_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: How far the patience with it is used up, each time that its provider refused it for now and took others.
    put_off = models.PositiveSmallIntegerField(default=0, db_default=0)
    owner = models.CharField(max_length=40, blank=True, default="")
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    #: When the hand-over began of which nobody knows how it ended. Kept while replays and look-ups gather evidence.
    doubted_at = models.DateTimeField(null=True, blank=True)
    #: When the provider was asked last whether it has the message, and how often it said no since then.
    looked_at = models.DateTimeField(null=True, blank=True)
    noes = models.PositiveSmallIntegerField(default=0)

    provider = models.CharField(max_length=30, blank=True, default="")
    provider_message_id = models.CharField(max_length=200, blank=True, default="")
    #: What the provider or our own side said last, for staff.
    answer = models.CharField(max_length=500, blank=True, default="")
    #: SHA-256 of the frozen content, checked before every hand-over.
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # Once, and not as a OneToOneField: its index would hold every message, though hardly one replaces another.
            models.UniqueConstraint(
                fields=["replaces"], condition=models.Q(replaces__isnull=False), name="message_replaced_once"
            ),
            # Not unique=True and db_index=True: those make a second index for LIKE, which every change would pay for.
            models.UniqueConstraint(fields=["dedupe_key"], name="message_once_per_dedupe_key"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="message_status_known"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="message_kind_known"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="message_mode_known"),
            models.CheckConstraint(
                condition=~models.Q(status="sending") | models.Q(lease__isnull=False) & ~models.Q(owner=""),
                name="message_sending_has_owner_and_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(status="held") | models.Q(held_for=""), name="message_held_for_only_when_held"
            ),
        ]
        indexes = [
            # Serves the claim: what is due, in order.
            models.Index("mode", "rank", "due", "id", condition=models.Q(status="queued"), name="message_due"),
            # Serves pacing: what is due in one lane, one campaign after the other.
            models.Index(
                "lane",
                "stream",
                "due",
                "id",
                condition=models.Q(status="queued", lane__isnull=False),
                name="message_lane_due",
            ),
            # Serves lanes.give: letters that an older version wrote. Nearly always empty.
            models.Index(
                "id", condition=models.Q(status="queued", rank=1, lane__isnull=True), name="message_without_lane"
            ),
            # Serves pacing and the desk: what lately left a lane, newest first.
            models.Index(
                fields=["lane", "-sent_at"], condition=models.Q(sent_at__isnull=False), name="message_lane_sent"
            ),
            # Serves evidence: what is in doubt, by when it is looked for next.
            models.Index("mode", "due", condition=models.Q(status="in_doubt"), name="message_doubt"),
            # Serves sending.lapse: leases that have run out.
            models.Index("lease", condition=models.Q(status="sending"), name="message_lease"),
            # Serves the outbox and reports: what one caller's name stands for.
            models.Index("reference", name="message_reference"),
            # Serves reports: counts by stream, and lists of one status, newest first.
            models.Index("stream", "kind", "status", name="message_stream_status"),
            models.Index("mode", "kind", "status", "id", name="message_mode_status"),
            # Serves events: a provider that does not hand our id back names its own.
            models.Index(
                "provider_message_id", condition=~models.Q(provider_message_id=""), name="message_provider_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid} ({self.status})"


class Content(models.Model):
    """The words of a message, frozen when it was written: what was previewed is what is sent."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="content")
    message_id_header = models.CharField(max_length=200)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.message_id_header

    def compute_digest(self, recipients: list[tuple[str, str, str]]) -> str:
        """``digest_of`` its own words."""
        words = [self.message_id_header, self.sender_name, self.sender_address, self.reply_to]
        return digest_of([*words, self.subject, self.text, self.html], recipients)


def digest_of(words: Iterable[str], recipients: list[tuple[str, str, str]]) -> str:
    """SHA-256 (hex) over every frozen word, in the columns' order, and the recipients as (role, address, name)."""
    return hashlib.sha256(json.dumps([list(words), sorted(recipients)]).encode()).hexdigest()
