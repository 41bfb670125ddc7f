"""Owns the repeat of a doubtful hand-over under its own key, at a provider that sends a mail once for each key.

The promise: the same mail goes to the same provider, under the same key and Message-ID, and only while that provider
surely still knows the key. So a repeat can settle that a message left, and can never make a second copy of it: not when
two workers repeat it at once, nor when one is killed in the middle.
"""

from datetime import datetime

from django.db.models import F, Q

from mailings import halts, parcel, provider, recalls, transports
from mailings.abilities import PROVIDERS
from mailings.compose import Address
from mailings.lookups import Finding
from mailings.models import Message, Recipient, Suppression
from mailings.models.recipient import Delivery, Role
from mailings.parcel import Parcel
from mailings.retry import HAD_BEFORE, Verdict

#: A repeat that is begun later than this after it was decided on could come too late for its key.
SECONDS_TO_BEGIN = 30.0
#: ``doubts`` finds this in the story.
HAD_IT = "It had a request under this key before, and does not say what became of it."


def possible(now: datetime) -> Q:
    """The condition that a message's hand-over may be repeated now.

    Only where the doubt is about that very hand-over (``claimed_at``): an earlier or a stranger's one may have used the
    key so long ago that it is forgotten.
    """
    found = Q(pk__in=[])
    for carrier in (PROVIDERS[name] for name in transports.configured() if name in PROVIDERS):
        if carrier.key_known_for:
            begun_after = now - carrier.can_settle_for
            found |= Q(provider=carrier.name, claimed_at=F("doubted_at"), doubted_at__gt=begun_after)
    return found


def repeat(row: Message) -> Finding:
    """Hand a doubtful message over once more, if nothing has come up that forbids it since.

    Args:
        row: a message for which ``possible`` holds, with its content. No transaction is open.
    Returns:
        That it left, with the provider's id; everything else is no evidence.
    """
    recipients = list(Recipient.objects.filter(message=row).order_by("pk"))
    forbidden = _forbidden(row, recipients)
    if forbidden:
        return Finding(None, words=forbidden)
    outcome = provider.hand_over(_parcel(row, recipients))
    if outcome.verdict is Verdict.SENT:
        return Finding(True, outcome.provider_message_id)
    if any(word in outcome.answer for word in HAD_BEFORE):
        return Finding(None, words=HAD_IT)
    return Finding(None, words=f"Repeated under the same key, it answered: {outcome.answer}")


def _forbidden(row: Message, recipients: list[Recipient]) -> str:
    """Why it must not be handed over again, though it may have been before; "" where nothing stands against it."""
    if Message.objects.filter(halts.halted(), pk=row.pk).exists():
        return "Not repeated: its campaign is halted"
    if Message.objects.filter(recalls.recalled(), pk=row.pk).exists():
        return "Not repeated: it is not to leave as it is any more"
    if row.digest != row.content.compute_digest([(r.role, r.address, r.name) for r in recipients]):
        return "Not repeated: its words are not those that were frozen"
    addresses = {r.address.lower() for r in _spoken_to(recipients)}
    if Suppression.objects.filter(mode=row.mode, address__in=addresses).exists():
        return "Not repeated: an address of it must not be mailed any more"
    return ""


def _spoken_to(recipients: list[Recipient]) -> list[Recipient]:
    """Those who were not left out of the first hand-over: another list would be another mail under the same key."""
    return [recipient for recipient in recipients if recipient.status != Delivery.SUPPRESSED]


def _parcel(row: Message, recipients: list[Recipient]) -> Parcel:
    def addresses(role: str) -> tuple[Address, ...]:
        return tuple(Address(r.address, r.name) for r in _spoken_to(recipients) if r.role == role)

    content = row.content
    return Parcel(
        pk=row.pk,
        uid_hex=row.uid.hex,
        kind=row.kind,
        begin_before=parcel.now() + SECONDS_TO_BEGIN,
        message_id_header=content.message_id_header,
        sender=Address(content.sender_address, content.sender_name),
        reply_to=content.reply_to,
        subject=content.subject,
        text=content.text,
        html=content.html,
        to=addresses(Role.TO),
        cc=addresses(Role.CC),
        provider=row.provider,
    )
