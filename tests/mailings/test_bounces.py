"""Tests of mailings.bounces: each provider's own words, posted to the real webhooks, and the words of mail servers."""

from types import SimpleNamespace
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks import postal as postal_webhooks
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mailings import bounces
from mailings.abilities import PROVIDERS
from mailings.bounces import bounce, by_code, refuses_us
from mailings.events import apply_waiting
from mailings.models import DeadAddress, Event
from mailings.models.event import Bounce
from mailings.models.message import Status
from tests.mailings import making, providers
from tests.mailings.making import PRESIDENT, put, said_of

pytestmark = [
    pytest.mark.django_db,
    # Anymail itself has no account there any more to test with. Its parser is what counts here.
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]

NO_SUCH = "smtp; 550 5.1.1 <president@office.example.org>: User unknown"
FULL = "552 5.2.2 The mailbox is over quota"
RULES = "550 5.7.1 Refused by our spam filter"
DEAD, SOFT, POLICY = ("hard", "bounced"), ("soft", "soft_bounce"), ("policy", "soft_bounce")
#: The provider's own list already holds the address: it did not even try.
LISTED = ("hard", "rejected")
REFUSED = ("", "rejected")
DEFERRED = ("", "deferred")

#: Provider, what its report says, and what that means: the event's bounce and the address's status.
CASES: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("amazon_ses", {"kind": "Permanent", "sub": "General", "words": NO_SUCH}, DEAD),
    ("amazon_ses", {"kind": "Permanent", "sub": "General"}, DEAD),
    ("amazon_ses", {"kind": "Permanent", "sub": "NoEmail"}, DEAD),
    ("amazon_ses", {"kind": "Permanent", "sub": "OnAccountSuppressionList"}, DEAD),
    ("amazon_ses", {"kind": "Permanent", "sub": "General", "words": RULES}, POLICY),
    ("amazon_ses", {"kind": "Transient", "sub": "General"}, SOFT),
    ("amazon_ses", {"kind": "Transient", "sub": "MailboxFull", "words": FULL}, SOFT),
    ("amazon_ses", {"kind": "Transient", "sub": "ContentRejected"}, POLICY),
    ("amazon_ses", {"kind": "Undetermined", "sub": "Undetermined"}, SOFT),
    ("amazon_ses", {"kind": "Undetermined", "sub": "Undetermined", "words": NO_SUCH}, DEAD),
    ("brevo", {"event": "hard_bounce", "words": NO_SUCH}, DEAD),
    ("brevo", {"event": "hard_bounce", "words": RULES}, POLICY),
    ("brevo", {"event": "invalid_email"}, DEAD),
    ("brevo", {"event": "soft_bounce", "words": FULL}, SOFT),
    ("brevo", {"event": "soft_bounce", "words": RULES}, POLICY),
    ("brevo", {"event": "blocked"}, REFUSED),
    ("brevo", {"event": "deferred", "words": "451 4.7.1 later"}, DEFERRED),
    ("mailersend", {"kind": "hard_bounced", "words": NO_SUCH}, DEAD),
    ("mailersend", {"kind": "soft_bounced", "words": "Mailbox full"}, SOFT),
    ("mailgun", {"severity": "permanent", "reason": "bounce", "delivery-status": {"message": NO_SUCH}}, DEAD),
    ("mailgun", {"severity": "permanent", "reason": "bounce", "delivery-status": {"message": RULES}}, POLICY),
    ("mailgun", {"severity": "permanent", "reason": "bounce", "delivery-status": {"enhanced-code": "5.2.2"}}, SOFT),
    ("mailgun", {"severity": "permanent", "reason": "suppress-bounce", "delivery-status": None}, DEAD),
    ("mailgun", {"severity": "permanent", "reason": "espblock"}, POLICY),
    ("mailgun", {"severity": "permanent", "reason": "old"}, SOFT),
    ("mailgun", {"severity": "temporary", "reason": "generic"}, DEFERRED),
    ("mailgun", {"event": "rejected", "reject": {"reason": "sandbox"}}, REFUSED),
    ("mailjet", {"hard_bounce": True, "error_related_to": "recipient", "error": "user unknown"}, DEAD),
    ("mailjet", {"hard_bounce": True, "error_related_to": "", "error": "", "smtp_reply": RULES}, POLICY),
    ("mailjet", {"hard_bounce": False, "error_related_to": "recipient", "error": "quota exceeded"}, SOFT),
    ("mailjet", {"hard_bounce": False, "error_related_to": "system", "error": "connection issue"}, SOFT),
    ("mailjet", {"hard_bounce": False, "error_related_to": "spam", "error": "policy issue"}, POLICY),
    ("mailjet", {"event": "blocked", "error_related_to": "mailjet", "error": "preblocked"}, LISTED),
    ("mailjet", {"hard_bounce": False, "error_related_to": "domain", "error": "greylisted"}, DEFERRED),
    ("mailtrap", {"event": "bounce", "category": "hard", "words": NO_SUCH}, DEAD),
    ("mailtrap", {"event": "bounce", "category": "spam", "words": "[CS01] rejected due to local policy"}, POLICY),
    ("mailtrap", {"event": "bounce", "words": FULL}, SOFT),
    ("mailtrap", {"event": "soft bounce", "category": "greylisting", "words": "4.7.1 later"}, DEFERRED),
    ("mailtrap", {"event": "reject"}, REFUSED),
    ("mandrill", {"event": "hard_bounce", "why": "bad_mailbox", "words": "550 5.4.1 Access denied"}, DEAD),
    ("mandrill", {"event": "hard_bounce", "why": "invalid_domain"}, DEAD),
    ("mandrill", {"event": "hard_bounce", "why": "general", "words": RULES}, POLICY),
    ("mandrill", {"event": "soft_bounce", "why": "mailbox_full", "words": FULL}, SOFT),
    ("mandrill", {"event": "soft_bounce", "why": "spam"}, POLICY),
    ("postal", {"status": "HardFail", "words": NO_SUCH}, DEAD),
    ("postal", {"status": "HardFail", "words": RULES}, POLICY),
    ("postal", {"status": "SoftFail", "words": FULL}, DEFERRED),
    ("postmark", {"kind": "HardBounce", "words": NO_SUCH}, DEAD),
    ("postmark", {"kind": "HardBounce", "words": "no words that anybody knows"}, DEAD),
    ("postmark", {"kind": "BadEmailAddress"}, LISTED),
    ("postmark", {"kind": "SoftBounce", "words": FULL}, SOFT),
    ("postmark", {"kind": "SoftBounce", "words": NO_SUCH}, SOFT),
    ("postmark", {"kind": "Blocked", "words": "550 our list of blocked senders"}, POLICY),
    ("postmark", {"kind": "DMARCPolicy"}, POLICY),
    ("postmark", {"kind": "SpamNotification", "words": RULES}, POLICY),
    ("postmark", {"kind": "SpamComplaint"}, ("", "complained")),
    ("postmark", {"kind": "Transient", "words": "451 4.3.0 busy"}, DEFERRED),
    ("postmark", {"kind": "DnsError"}, DEFERRED),
    ("postmark", {"kind": "SMTPApiError"}, REFUSED),
    ("resend", {"kind": "Permanent", "sub": "General"}, DEAD),
    ("resend", {"kind": "Permanent", "sub": "Suppressed"}, DEAD),
    ("resend", {"kind": "Transient", "sub": "MailboxFull"}, SOFT),
    ("resend", {"kind": "Transient", "sub": "ContentRejected"}, POLICY),
    ("sendgrid", {"type": "bounce", "reason": NO_SUCH, "status": "5.1.1"}, DEAD),
    ("sendgrid", {"type": "bounce", "bounce_classification": "Invalid Address", "reason": "500"}, DEAD),
    ("sendgrid", {"type": "bounce", "bounce_classification": "Mailbox Unavailable", "reason": FULL}, SOFT),
    ("sendgrid", {"type": "blocked", "bounce_classification": "Reputation", "reason": RULES}, POLICY),
    ("sendgrid", {"type": "blocked", "reason": "550 not today", "status": "5.0.0"}, POLICY),
    ("sendgrid", {"type": "blocked", "reason": FULL, "status": "5.2.2"}, SOFT),
    ("sendgrid", {"event": "dropped", "reason": "Bounced Address"}, LISTED),
    ("sendgrid", {"event": "dropped", "reason": "Unsubscribed Address"}, REFUSED),
    ("sparkpost", {"bounce_class": "10", "words": NO_SUCH}, DEAD),
    ("sparkpost", {"bounce_class": "30"}, DEAD),
    ("sparkpost", {"bounce_class": "22", "words": FULL}, SOFT),
    ("sparkpost", {"bounce_class": "40"}, SOFT),
    ("sparkpost", {"bounce_class": "51", "words": RULES}, POLICY),
    ("sparkpost", {"bounce_class": "1", "words": NO_SUCH}, DEAD),
    ("sparkpost", {"bounce_class": "1"}, SOFT),
    ("sparkpost", {"bounce_class": "10", "kind": "out_of_band"}, DEAD),
]


@pytest.fixture(autouse=True)
def _signatures_that_need_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Postal's signature hold: what checks it is not installed with us, and is not what is tested here."""
    key = SimpleNamespace(verify=lambda *given: None)
    serialization = SimpleNamespace(load_pem_public_key=lambda *given, **named: key)
    monkeypatch.setattr(postal_webhooks, "serialization", serialization)
    monkeypatch.setattr(postal_webhooks, "default_backend", lambda: None)
    monkeypatch.setattr(postal_webhooks, "padding", SimpleNamespace(PKCS1v15=lambda: None))
    monkeypatch.setattr(postal_webhooks, "hashes", SimpleNamespace(SHA1=lambda: None))


@pytest.mark.parametrize(("provider", "said", "meant"), CASES, ids=str)
def test_each_provider_s_words(settings: Settings, provider: str, said: dict[str, Any], meant: tuple[str, str]) -> None:
    providers.configure(settings, provider)
    # Alone under To: one provider cannot tell which of several addresses it means.
    message = put(making.post(cc=()), Status.SENT, provider_message_id=f"{provider}-1")
    posted = providers.BUILDERS[provider](message, PRESIDENT.email, **said)
    assert providers.post(provider, posted) == 200
    apply_waiting()
    event = Event.objects.get()
    assert (event.bounce, said_of(message)[PRESIDENT.email]) == meant
    assert DeadAddress.objects.exists() == (meant[0] == "hard")


@pytest.mark.once
def test_every_provider_that_reports_has_a_row_and_is_tried() -> None:
    reporting = {name for name, provider in PROVIDERS.items() if provider.webhook}
    assert {name.lower().replace(" ", "_") for name in bounces.PROVIDERS} == reporting
    assert {provider for provider, _, _ in CASES} == reporting


@pytest.mark.once
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("550 5.1.1 User unknown", "hard"),
        ("550 5.1.1. User unknown", "hard"),
        ("smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard"),
        ("554 #5.1.0 Address rejected", "hard"),
        ("550-5.2.1 The account is disabled", "hard"),
        ("550 5.1.8 Sender address rejected", "policy"),
        ("550-5.7.26 Unauthenticated", "policy"),
        ("550 5.7.509 Access denied, DMARC", "policy"),
        ("552 5.2.2 Over quota", "soft"),
        ("552 5.3.4 Too large", "soft"),
        ("450 4.2.1 Too many", "soft"),
        ("421 4.7.0 Try again, see 5.7.1", "soft"),
        ("550 No such user", ""),
        ("5.1.1.9 is not our server, nor is mx5.1.1.example.org", ""),
        ("554 5.5.0 Protocol", ""),
        ("250 2.1.5 Ok", ""),
        ("", ""),
    ],
)
def test_what_a_mail_server_s_code_says(words: str, meant: str) -> None:
    assert by_code(words) == meant


PLACES = ["Type", "bounce", "event-data", "msys", "data", "msg", "payload", "error", "hard_bounce", "event", "type"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PLACES), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.once
@given(
    st.sampled_from([*bounces.PROVIDERS, "Somebody New"]),
    st.sampled_from(["bounced", "rejected", "failed", "complained", "deferred", "delivered"]),
    JSON,
    JSON,
)
def test_no_report_is_too_strange(provider: str, event_type: str, report: object, words: object) -> None:
    event = AnymailTrackingEvent(event_type=event_type, esp_event=report, mta_response=words, description=words)
    found = bounce(provider, event)
    assert found in Bounce.values
    if event_type == "bounced":
        assert found != Bounce.NONE
    if event_type in {"deferred", "delivered"}:
        assert found == Bounce.NONE


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (RULES, True),
        ("421 4.7.0 Try later", True),
        ("550 Listed by a block list", True),
        # As ``by_code`` reads it: this is about the sender's address.
        ("550 5.1.8 Sender address rejected", True),
        (NO_SUCH, False),
        (FULL, False),
        ("550 5.7.1 User unknown", False),
        ("550 5.4.1 Recipient address rejected: Access denied", False),
        ("550 5.1.1 Blocked", False),
        # No code: the start of an address of the net.
        ("Your host 5.7.1.9 was slow", False),
        ("", False),
    ],
)
def test_whether_our_mail_is_refused_or_only_a_mailbox(words: str, refused: bool) -> None:
    assert refuses_us(words) is refused
