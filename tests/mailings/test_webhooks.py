"""Tests of the webhook under attack and under load: forged, altered, repeated, too large, and with the database away.

Rows 30 to 37 of the fault matrix. What is stored is looked at in the database, what takes effect in the outbox.
"""

import itertools
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from mailings import views
from mailings.abilities import PROVIDERS
from mailings.events import apply_waiting
from mailings.models import DeadAddress, Event, Message
from mailings.models.message import Status
from tests.mailings import making, providers
from tests.mailings.conftest import SECRET
from tests.mailings.making import AMBASSADOR, PRESIDENT, drained, put, said_of, status_of
from tests.mailings.providers import Posted, configure, mailgun, token_signature
from tests.mailings.telling import login, post_report
from tests.mailings.test_applying import at_once
from tests.provider import Mail, Provider
from tests.provider.reporting import bounce, delivery

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
]

REFUSED = {400, 401, 403}
#: Providers whose webhook needs nothing that is not installed.
HERE = sorted(name for name, row in PROVIDERS.items() if row.webhook and row.needs in {"", "boto3"})


def letter() -> Message:
    """A letter that was handed over."""
    return put(making.post(), Status.SENT, provider_message_id="theirs-1")


@pytest.fixture
def mailed(provider: Provider) -> tuple[Message, Mail]:
    """A letter that the provider on loopback took, and what it took."""
    message = making.post()
    drained()
    return message, provider.mails[0]


# --- 30, 31: again and again, and backwards --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_report_that_comes_fifty_times_is_one(mailed: tuple[Message, Mail]) -> None:
    message, mail = mailed
    body = bounce(mail, PRESIDENT.email)
    answers: list[int] = []
    at_once(10, lambda: answers.extend(post_report(body) for _ in range(5)))
    assert answers == [200] * 50
    at_once(3, apply_waiting)
    assert Event.objects.count() == 1
    assert said_of(message)[PRESIDENT.email] == "bounced"
    assert DeadAddress.objects.get().times == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_reports_that_come_backwards_end_alike(mailed: tuple[Message, Mail], order: tuple[int, ...]) -> None:
    message, mail = mailed
    bodies = [
        {**bounce(mail, PRESIDENT.email), "Type": "Transient", "Details": "451 4.3.0 busy"},
        delivery(mail, PRESIDENT.email),
        delivery(mail, AMBASSADOR.email),
    ]
    for number in order:
        assert post_report(bodies[number]) == 200
        apply_waiting()
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "delivered"}


# --- 33: before our own commit ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_report_from_within_the_hand_over_is_not_lost(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    message = making.post()
    answers: list[int] = []

    def at_once_reported(mail: Mail) -> None:
        answers.append(post_report(delivery(mail, PRESIDENT.email)))
        connection.close()  # the provider's thread had one of its own

    monkeypatch.setattr(provider.reports, "heard_of", at_once_reported)
    drained()
    apply_waiting()
    assert answers == [200]
    assert (status_of(message), said_of(message)[PRESIDENT.email]) == ("sent", "delivered")
    assert message.steps.filter(status=Status.SENT).count() == 1


# --- 34: forged -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("secret", [None, "", "appeal:wrong", f"{SECRET}x"])
def test_without_the_password_no_provider_is_believed(settings: Settings, name: str, secret: str | None) -> None:
    configure(settings, name)
    message = letter()
    posted = report(name, message)
    assert providers.post(name, posted, secret) in REFUSED
    assert not Event.objects.exists()
    assert providers.post(name, posted) == 200
    assert Event.objects.exists()


def report(name: str, message: Message) -> Posted:
    """A bounce, as this provider tells it."""
    said: dict[str, dict[str, Any]] = {
        "amazon_ses": {"kind": "Permanent", "sub": "General"},
        "brevo": {"event": "hard_bounce"},
        "mailersend": {"kind": "hard_bounced"},
        "mailgun": {"severity": "permanent"},
        "mailjet": {"hard_bounce": True},
        "mailtrap": {"event": "bounce"},
        "mandrill": {"event": "hard_bounce"},
        "postmark": {"kind": "HardBounce"},
        "resend": {"kind": "Permanent", "sub": "General"},
        "sendgrid": {"type": "bounce"},
        "sparkpost": {"bounce_class": "10"},
    }
    return providers.BUILDERS[name](message, PRESIDENT.email, **said[name])


@pytest.mark.parametrize("name", ["mailersend", "mandrill"])
def test_a_body_under_another_signature_changes_nothing(settings: Settings, name: str) -> None:
    configure(settings, name)
    posted = report(name, letter())
    assert providers.post(name, Posted(posted.body, {}, posted.content_type)) in REFUSED
    altered = posted.body.replace("bounce", "b0unce")
    assert providers.post(name, Posted(altered, posted.head, posted.content_type)) in REFUSED
    assert not Event.objects.exists()
    assert providers.post(name, posted) == 200


def test_a_signature_of_mailgun_that_is_none_changes_nothing(settings: Settings) -> None:
    configure(settings, "mailgun")
    forged = {**token_signature(), "signature": "0" * 64}
    assert providers.post("mailgun", mailgun(letter(), PRESIDENT.email, signature=forged)) in REFUSED
    assert not Event.objects.exists()


def test_an_old_signature_of_mailgun_carries_no_other_report(settings: Settings) -> None:
    configure(settings, "mailgun")
    message = letter()
    signature = token_signature()
    assert providers.post("mailgun", mailgun(message, PRESIDENT.email, "delivered", signature=signature)) == 200
    lies: list[tuple[str, dict[str, Any]]] = [
        (PRESIDENT.email, {"severity": "permanent", "reason": "bounce"}),
        (AMBASSADOR.email, {"severity": "permanent", "reason": "bounce"}),
        (PRESIDENT.email, {"event": "complained"}),
    ]
    for address, changed in lies:
        forged = mailgun(message, address, signature=signature, **changed)
        assert providers.post("mailgun", forged) == 200
    apply_waiting()
    assert Event.objects.count() == 1
    assert said_of(message) == {PRESIDENT.email: "delivered", AMBASSADOR.email: "unknown"}
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize("age", [4 * 86_400, 25 * 365 * 86_400, -4 * 86_400])
def test_a_signature_of_another_time_is_left_out(settings: Settings, age: int) -> None:
    configure(settings, "mailgun")
    message = letter()
    signature = token_signature(when=time.time() - age)
    forged = mailgun(message, PRESIDENT.email, severity="permanent", signature=signature)
    assert providers.post("mailgun", forged) == 200  # nobody need tell it again
    assert not Event.objects.exists()


def test_mailgun_may_repeat_for_hours(settings: Settings) -> None:
    configure(settings, "mailgun")
    message = letter()
    late = mailgun(message, PRESIDENT.email, severity="permanent", signature=token_signature(when=time.time() - 30_000))
    assert [providers.post("mailgun", late) for _ in range(3)] == [200, 200, 200]
    assert Event.objects.count() == 1


def test_mailgun_s_first_format_is_read_too(settings: Settings) -> None:
    configure(settings, "mailgun")
    message = letter()
    form = {"event": "bounced", "recipient": PRESIDENT.email, "code": "550", "error": "5.1.1 unknown"}
    fields = {**form, **token_signature(), "Message-Id": "<x@mg.example.org>"}
    fields["message-headers"] = json.dumps([["X-Mailgun-Variables", json.dumps({"m": message.uid.hex})]])
    answer = Client().post("/anymail/mailgun/tracking/", fields, headers=login())
    assert answer.status_code == 200
    apply_waiting()
    assert said_of(message)[PRESIDENT.email] == "bounced"


# --- 35: for nobody ---------------------------------------------------------------------------------------------------


def test_a_report_for_somebody_else_s_mail_is_taken_and_changes_nothing(mailed: tuple[Message, Mail]) -> None:
    message, mail = mailed
    stranger = {**bounce(mail, PRESIDENT.email), "Metadata": {"m": uuid4().hex}, "MessageID": str(uuid4())}
    other_tenant = {**bounce(mail, PRESIDENT.email), "Metadata": {"user": "7"}, "MessageID": str(uuid4())}
    assert [post_report(body) for body in (stranger, other_tenant)] == [200, 200]
    apply_waiting()
    assert Event.objects.filter(message=None, applied_at=None).count() == 2
    assert said_of(message)[PRESIDENT.email] == "sent"
    assert not DeadAddress.objects.exists()


# --- 36: nonsense -----------------------------------------------------------------------------------------------------

NONSENSE = [
    b"",
    b"garbage",
    b"[]",
    b"{}",
    b"null",
    b"\xff\xfe{",
    b"[" * 100_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    json.dumps({"event": {"event": []}, "signature": "x", "events": 5, "type": [], "data": "x"}).encode(),
    json.dumps([{"msys": {"a": 1, "b": 2}}]).encode(),
]


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_answered_and_stored_nowhere(settings: Settings, name: str, body: bytes) -> None:
    configure(settings, name)
    head = {**login(), "X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": "1"}
    answer = Client(raise_request_exception=False).post(
        f"/anymail/{name}/tracking/", body, content_type="application/json", headers=head
    )
    assert answer.status_code in {200, *REFUSED}
    assert not Event.objects.exists()


class Unread:
    """The rest of a request that nobody may read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("ten megabytes were read")


@pytest.mark.parametrize("name", HERE)
def test_ten_megabytes_are_refused_unread(settings: Settings, rf: RequestFactory, name: str) -> None:
    configure(settings, name)
    request = rf.post(f"/anymail/{name}/tracking/", b"", content_type="application/json", headers=login())
    request.META["CONTENT_LENGTH"] = str(10 * 1024 * 1024)
    request._stream = Unread()  # type: ignore[assignment]  # what Django reads a body from
    answer = views.tracking(request, name)
    assert answer.status_code == 413


def test_ten_megabytes_over_the_wire(provider: Provider) -> None:
    assert post_report(b"[" * (10 * 1024 * 1024)) == 413
    assert post_report(b"[" * (10 * 1024 * 1024), None) == 413
    assert not Event.objects.exists()


def test_a_length_that_is_none_is_nonsense(provider: Provider, rf: RequestFactory) -> None:
    request = rf.post("/anymail/postmark/tracking/", b"{}", content_type="application/json", headers=login())
    request.META["CONTENT_LENGTH"] = "ten"
    assert views.tracking(request, "postmark").status_code == 400


# --- 37: the database is away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [OperationalError("the server is gone"), InterfaceError("connection already closed")])
def test_a_database_that_is_away_makes_the_provider_tell_it_again(
    mailed: tuple[Message, Mail],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: DatabaseError,
) -> None:
    message, mail = mailed

    def away() -> None:
        raise fault

    body = delivery(mail, PRESIDENT.email)
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        assert post_report(body) == 500
    assert "will be told again" in caplog.text
    assert "Traceback" not in caplog.text
    assert not Event.objects.exists()
    assert post_report(body) == 200
    apply_waiting()
    assert said_of(message)[PRESIDENT.email] == "delivered"


def test_a_key_that_is_missing_makes_the_provider_tell_it_again(settings: Settings) -> None:
    configure(settings, "mailersend")
    settings.ANYMAIL = {name: value for name, value in settings.ANYMAIL.items() if "SIGNING" not in name}
    assert providers.post("mailersend", report("mailersend", letter())) == 500


# --- whose webhook ----------------------------------------------------------------------------------------------------


def test_only_configured_providers_have_a_webhook(settings: Settings, provider: Provider) -> None:
    assert views.configured_providers() == {"postmark"}
    body = report("brevo", letter()).body
    assert post_report(body, provider="brevo") == 404
    settings.MAIL_SECOND_PROVIDER = "brevo"
    assert views.configured_providers() == {"postmark", "brevo"}
    assert post_report(body, provider="brevo") == 200


@pytest.mark.parametrize("name", ["sandbox", "smtp", "scaleway", "nobody", ""])
def test_a_provider_that_does_not_report_has_none(settings: Settings, name: str) -> None:
    settings.MAIL_PROVIDER = name
    assert views.configured_providers() == set()


def test_reports_of_both_sources_take_effect(settings: Settings, provider: Provider) -> None:
    settings.MAIL_SECOND_PROVIDER = "brevo"
    first, second = letter(), put(making.post(), Status.IN_DOUBT)
    assert providers.post("brevo", report("brevo", second)) == 200
    assert providers.post("postmark", report("postmark", first)) == 200
    apply_waiting()
    assert said_of(first)[PRESIDENT.email] == said_of(second)[PRESIDENT.email] == "bounced"
    second.refresh_from_db()
    assert (second.status, second.provider) == ("sent", "brevo")


def test_a_look_by_the_provider_needs_no_password(provider: Provider) -> None:
    answer = Client().head("/anymail/postmark/tracking/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_open_line_takes_no_password(settings: Settings, mailed: tuple[Message, Mail]) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert post_report(delivery(mailed[1], PRESIDENT.email)) == 301
    assert not Event.objects.exists()


def test_reports_pass_by_what_only_browsers_need(mailed: tuple[Message, Mail]) -> None:
    head, body = login(), json.dumps(delivery(mailed[1], PRESIDENT.email))
    answer = Client().post(reverse("tracking", args=["postmark"]), body, "application/json", headers=head)
    assert (answer.status_code, answer["Content-Length"], answer.cookies) == (200, "0", {})
    assert "Content-Security-Policy" not in answer
    assert Client().get("/healthz").headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/anymail/a/b/tracking/", "/anymail//tracking/", "/anymail/postmark/tracking/x"])
def test_an_address_beside_it_is_a_page_that_is_not_there(provider: Provider, address: str) -> None:
    assert Client().post(address, b"{}", "application/json", headers=login()).status_code == 404
