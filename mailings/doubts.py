"""DOOR. Owns what is known of a letter in doubt: when it began, what its provider was asked, what happens by itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from mailings import evidence, replays
from mailings.abilities import PROVIDERS
from mailings.models import Event, Message
from mailings.models.message import Kind, Status


@dataclass(frozen=True)
class Doubt:
    """The evidence about one message in doubt."""

    #: The provider as people write it, "" where it is not known which one had the message.
    provider: str
    #: When the hand-over began of which nobody knows how it ended.
    began_at: datetime | None
    #: True where it may have left from another copy of this database.
    elsewhere: bool
    #: When the provider said that it has no such message, and that counted.
    unknown_at: tuple[datetime, ...]
    #: True where the provider says that it had a request under this message's key.
    had_its_key: bool
    #: When the provider is asked next. None: never, it waits for a person.
    next_look: datetime | None
    #: True where another "no" at ``next_look`` sends it again.
    goes_again: bool
    #: When the provider last reported on any message: without reports, silence says nothing.
    last_report_at: datetime | None

    @property
    def reports_arrive(self) -> bool:
        """True where the provider has reported on other messages since this one's hand-over began."""
        return bool(self.last_report_at and self.began_at and self.last_report_at > self.began_at)


def about(uid: uuid.UUID) -> Doubt | None:
    """The evidence about a message. None where it is not in doubt."""
    row = Message.objects.filter(uid=uid, status=Status.IN_DOUBT).first()
    if row is None:
        return None
    carrier = PROVIDERS.get(row.provider)
    said = [step for step in row.steps.all() if row.doubted_at and step.at >= row.doubted_at]
    will_be_asked = row.kind == Kind.LETTER and row.mode == settings.MAIL_MODE and row.doubted_at is not None
    asked_again = will_be_asked and Message.objects.filter(evidence.answerable(row.due), pk=row.pk).exists()
    return Doubt(
        provider=carrier.title if carrier else "",
        began_at=row.doubted_at or row.claimed_at,
        elsewhere=row.doubted_at is not None and row.doubted_at != row.claimed_at,
        unknown_at=tuple(step.at for step in said if evidence.DOES_NOT_KNOW in step.note),
        had_its_key=any(replays.HAD_IT in step.note for step in said),
        next_look=row.due if asked_again else None,
        goes_again=asked_again and row.noes > 0,
        last_report_at=_last_report(carrier.title) if carrier else None,
    )


def _last_report(title: str) -> datetime | None:
    return Event.objects.filter(provider=title).order_by("-pk").values_list("received_at", flat=True).first()
