"""Owns the telling of bounces: whether an address is dead, only cannot take mail now, or refuses ours by its rules.

One row per provider, read from the parsers of Anymail 15.2 and the providers' own pages on their webhooks. Where a
provider does not say, the enhanced status code (RFC 3463) in the mail server's words does. What nobody can tell is
soft: an address that is wrongly taken for dead costs an office its letters, one that is not costs a second bounce.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from mailings.models.event import Bounce


class Said(Enum):
    """What a provider's own word means, before the mail server's words are looked at."""

    #: There is no such mailbox or domain.
    DEAD = "dead"
    #: It failed for good, for whatever reason: the server's words may tell a rule or a full mailbox.
    FAILED = "failed"
    #: It failed for now, and is not tried again.
    FOR_NOW = "for now"
    #: A filter, a block list or a policy refused it.
    REFUSED = "refused"


@dataclass(frozen=True)
class Vocabulary:
    """One provider's words.

    ``where`` are the places in its report that say why, the most telling first: keys joined by dots, ``*`` for any.
    ``words`` are their values, in lower case. ``code`` is where a status code stands outside of the server's words.
    """

    where: tuple[str, ...]
    words: Mapping[str, Said]
    code: str = ""


def _words(dead: str = "", failed: str = "", for_now: str = "", refused: str = "") -> dict[str, Said]:
    """A table of words, each list parted by ``|``."""
    lists = {Said.DEAD: dead, Said.FAILED: failed, Said.FOR_NOW: for_now, Said.REFUSED: refused}
    return {word: said for said, words in lists.items() for word in words.split("|") if word}


#: The words of Amazon SES, which Resend passes on.
AMAZON = _words(
    dead="noemail|suppressed|onaccountsuppressionlist",
    failed="permanent",
    for_now="transient|mailboxfull|messagetoolarge|customtimeoutexceeded",
    refused="contentrejected|attachmentrejected",
)
#: By the name that Anymail gives the provider.
PROVIDERS: dict[str, Vocabulary] = {
    "Amazon SES": Vocabulary(("bounce.bounceSubType", "bounce.bounceType"), AMAZON),
    "Brevo": Vocabulary(("event",), _words(dead="invalid_email", failed="hard_bounce", for_now="soft_bounce")),
    "MailerSend": Vocabulary(("data.type",), _words(failed="hard_bounced", for_now="soft_bounced")),
    "Mailgun": Vocabulary(
        ("event-data.reason", "event-data.severity", "reason", "event"),
        _words(
            dead="suppress-bounce",
            failed="permanent|hardfail|bounced",
            for_now="temporary|greylisted|old",
            refused="espblock|suppress-complaint|suppress-unsubscribe",
        ),
        code="event-data.delivery-status.enhanced-code",
    ),
    "Mailjet": Vocabulary(
        ("error", "hard_bounce"),
        _words(
            dead="user unknown|mailbox inactive|invalid domain|no mail host|typofix|preblocked",
            failed="true",
            for_now="false|quota exceeded|greylisted",
            refused="blacklisted|relay/access denied|sender blocked|content blocked|policy issue",
        ),
    ),
    "Mailtrap": Vocabulary(
        ("bounce_category", "event"), _words(failed="hard|bounce", for_now="greylisting", refused="spam")
    ),
    "Mandrill": Vocabulary(
        ("msg.bounce_description", "msg.reject.reason", "reject.reason", "event"),
        _words(
            dead="bad_mailbox|invalid_domain|hard-bounce|invalid",
            failed="hard_bounce",
            for_now="soft_bounce|mailbox_full|soft-bounce",
            refused="spam",
        ),
    ),
    "Postal": Vocabulary(("payload.status",), _words(failed="hardfail")),
    "Postmark": Vocabulary(
        ("Type", "SuppressionReason"),
        _words(
            dead="bademailaddress",
            failed="hardbounce",
            for_now="softbounce",
            refused="blocked|spamnotification|virusnotification|dmarcpolicy",
        ),
    ),
    "Resend": Vocabulary(("data.bounce.subType", "data.bounce.type"), AMAZON),
    "SendGrid": Vocabulary(
        ("bounce_classification", "type", "reason"),
        _words(
            dead="invalid address|bounced address|invalid",
            failed="bounce",
            for_now="mailbox unavailable|technical failure|technical|expired",
            refused="blocked|content|reputation|frequency or volume too high|frequency/volume|spam content",
        ),
        code="status",
    ),
    "SparkPost": Vocabulary(
        ("msys.*.bounce_class",),
        _words(dead="10|30", for_now="20|21|22|23|24|40|60|70|100", refused="25|26|50|51|52|53|54", failed="90"),
    ),
}
UNTOLD = Vocabulary((), {})

#: Not the start or the end of an address of the net, of a host's name or of a longer number.
ENHANCED = re.compile(r"(?<![\w.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\w)")
#: Usual words of mail servers for: only this mailbox is to blame, and for: it is our mail as such.
MAILBOX = re.compile(r"unknown|no such|not exist|not found|disabled|inactive|full", re.IGNORECASE)
RULES = re.compile(r"polic|spam|block|deny|denied|blacklist|reputation|unsolicited|abuse|authori[sz]", re.IGNORECASE)
REFUSALS = frozenset({RejectReason.BLOCKED, RejectReason.SPAM})
#: The only reports that can tell of something that came back. What is deferred is tried again by the provider.
TELLING = frozenset({EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.COMPLAINED})


def bounce(provider: str, event: AnymailTrackingEvent) -> Bounce:
    """Whether this report tells of a mail that came back, and for how long.

    Args:
        provider: Anymail's name of the provider.
        event: its report; what it holds was never looked at by anybody.
    Returns:
        ``HARD`` only where the address itself is dead. ``NONE`` where nothing came back.
    """
    if event.event_type not in TELLING:
        return Bounce.NONE
    vocabulary = PROVIDERS.get(provider, UNTOLD)
    said = next((vocabulary.words[word] for word in _told(vocabulary, event) if word in vocabulary.words), None)
    if event.event_type == EventType.COMPLAINED:
        # Postmark calls a filter's refusal a complaint. No person complained.
        return Bounce.POLICY if said is Said.REFUSED else Bounce.NONE
    code = by_code(" ".join(str(words or "") for words in (*_at(event.esp_event, vocabulary.code), *_own_words(event))))
    return _decide(said, code, event)


def _decide(said: Said | None, code: Bounce, event: AnymailTrackingEvent) -> Bounce:
    """The provider's word and the mail server's code, weighed."""
    match said:
        case Said.DEAD:
            return Bounce.HARD
        case Said.FAILED:
            return code or Bounce.HARD
        case Said.FOR_NOW:
            return Bounce.POLICY if code == Bounce.POLICY else Bounce.SOFT
        case Said.REFUSED:
            return Bounce.SOFT if code == Bounce.SOFT else Bounce.POLICY
    if event.event_type != EventType.BOUNCED:
        return Bounce.NONE
    return code or (Bounce.POLICY if event.reject_reason in REFUSALS else Bounce.SOFT)


def by_code(words: str) -> Bounce:
    """What the first enhanced status code in a mail server's words says; ``NONE`` where it says nothing of this."""
    found = ENHANCED.search(words)
    if found is None:
        return Bounce.NONE
    kind, subject, detail = (int(part) for part in found.groups())
    match kind, subject, detail:
        case (4, _, _) | (5, 2, 2 | 3) | (5, 3, _):
            return Bounce.SOFT
        case (5, 7, _) | (5, 1, 7 | 8):  # 5.1.7 and 5.1.8 are about the sender's address
            return Bounce.POLICY
        case (5, 1, _) | (5, 2, 1):
            return Bounce.HARD
    return Bounce.NONE


def refuses_us(words: str) -> bool:
    """Whether a mail server's words refuse our mail as such, for now or for good, and not one mailbox.

    By its code where it gives one of addresses, mailboxes or rules, and by usual words. A rule's code beside words of a
    mailbox means the mailbox: many servers say 5.7.1 of whomever they do not know.
    """
    if MAILBOX.search(words):
        return False
    found = ENHANCED.search(words)
    match [int(part) for part in found.groups()] if found else []:
        case [_, 7, _] | [_, 1, 7 | 8]:
            return True
        case [_, 1 | 2, _] | [5, 4, 1]:  # 5.4.1 is Exchange's own code for an address that it does not know.
            return False
    return bool(RULES.search(words))


def _own_words(event: AnymailTrackingEvent) -> tuple[object, object]:
    return event.mta_response, event.description


def _told(vocabulary: Vocabulary, event: AnymailTrackingEvent) -> Iterator[str]:
    """The provider's words in this report, the most telling first."""
    for place in vocabulary.where:
        for value in _at(event.esp_event, place):
            yield str(value).strip().lower()


def _at(report: object, place: str) -> Iterator[object]:
    """What stands at a place of a report: plain values only, and nothing where there is no such place."""
    key, _, rest = place.partition(".")
    if not key or not isinstance(report, Mapping):
        return
    for value in report.values() if key == "*" else [report.get(key)]:
        if rest:
            yield from _at(value, rest)
        elif isinstance(value, str | int):
            yield value
