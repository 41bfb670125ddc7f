"""Tests of mailings.provider: what is handed over, and what every answer means, with real connections on loopback."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from anymail.exceptions import AnymailCancelSend
from anymail.signals import post_send, pre_send
from django.conf import settings
from pytest_django import Settings

from config.mail import ANSWER_SECONDS, CONNECT_SECONDS
from mailings import connections
from mailings import provider as handing_over
from mailings.abilities import PROVIDERS
from mailings.claiming import LEASE, RESERVE_SECONDS
from mailings.compose import Address
from mailings.parcel import Outcome, Parcel, now
from mailings.provider import hand_over
from mailings.retry import Verdict
from tests.mailings.conftest import go_live
from tests.mailings.making import AMBASSADOR, PRESIDENT, mail
from tests.provider import Provider, Weather
from tests.provider.dripping import HEAD, Dripping
from tests.provider.smtp import MailServer

pytestmark = pytest.mark.once

UID = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _no_connection_is_left() -> Iterator[None]:
    yield
    handing_over.close()


def parcel(**changed: Any) -> Parcel:
    """A claimed letter."""
    words = mail()
    given: dict[str, Any] = {
        "pk": 1,
        "uid_hex": UID,
        "kind": "letter",
        "begin_before": now() + 50,
        "message_id_header": f"<{UID}@letters.example.org>",
        "sender": words.sender,
        "reply_to": words.reply_to,
        "subject": words.subject,
        "text": words.text,
        "html": words.html,
        "to": words.to,
        "cc": words.cc,
        "provider": settings.MAIL_PROVIDER,
    }
    return Parcel(**{**given, **changed})


def test_a_letter_leaves_with_everything_and_nothing_else(provider: Provider) -> None:
    outcome = hand_over(parcel())
    (sent,) = provider.mails
    assert outcome.verdict is Verdict.SENT
    assert outcome.provider_message_id == sent.provider_id
    assert sent.sender == "Léa Tremblay <ua-61-21@letters.example.org>"
    assert sent.text_of("To") == "President Example <president@office.example.org>"
    assert sent.text_of("Cc") == "Ambassador Example <ambassador@embassy.example.org>"
    assert "Bcc" not in sent.fields
    assert sent.reply_to == ["answers@letters.example.org"]
    assert (sent.subject, sent.text, sent.html) == (mail().subject, mail().text, mail().html)
    assert sent.message_id == f"<{UID}@letters.example.org>"
    assert sent.metadata == {"m": UID}
    assert "Auto-Submitted" not in sent.headers
    assert (sent.fields["TrackOpens"], sent.fields["TrackLinks"]) == (False, "None")


def test_postmark_is_told_to_keep_our_message_id(provider: Provider) -> None:
    hand_over(parcel())
    assert provider.mails[0].headers == {"Message-ID": f"<{UID}@letters.example.org>", "X-PM-KeepID": "true"}


def test_a_notice_says_that_a_machine_wrote_it(provider: Provider) -> None:
    hand_over(parcel(kind="confirmation"))
    assert provider.mails[0].headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "name", ['Lena "Boss" Weber', "Weber, Lena", "王小明", "ليلى حداد", "Lena; <Weber>", "O'Brien \\ Co."]
)
def test_a_name_is_only_a_name(provider: Provider, name: str) -> None:
    hand_over(parcel(sender=Address("ua-61-21@letters.example.org", name), to=(Address("a@example.org", name),)))
    (sent,) = provider.mails
    assert sent.to == ["a@example.org"]
    assert sent.sender.endswith("<ua-61-21@letters.example.org>")
    assert sent.sender.count("@") == 1


def test_in_test_mode_one_tester_gets_it_and_reads_so(provider: Provider, settings: Settings) -> None:
    settings.MAIL_MODE = "test"
    hand_over(parcel())
    (sent,) = provider.mails
    assert (sent.to, sent.cc) == (["tester@example.org"], [])
    assert sent.subject == f"[Test] {mail().subject}"
    assert sent.text.startswith(
        "Test: in live mode this would go to president@office.example.org, ambassador@embassy.example.org.\n\n"
    )
    assert sent.html == ""


WEATHERS = [
    (Weather.FINE, Verdict.SENT, None),
    (Weather.KEY_REFUSED, Verdict.TRANSPORT_DOWN, None),
    (Weather.UNPROCESSABLE, Verdict.NEVER, None),
    (Weather.BAD_RECIPIENT, Verdict.NEVER, None),
    (Weather.INACTIVE, Verdict.NEVER, None),
    (Weather.TOO_MANY, Verdict.LATER, timedelta(seconds=7)),
    (Weather.BROKEN, Verdict.IN_DOUBT, None),
    (Weather.BUSY, Verdict.LATER, timedelta(seconds=5)),
    (Weather.BUSY_GATEWAY, Verdict.IN_DOUBT, None),
    (Weather.CUT, Verdict.IN_DOUBT, None),
    (Weather.SILENT, Verdict.IN_DOUBT, None),
    (Weather.GARBLED, Verdict.IN_DOUBT, None),
    (Weather.EMPTY, Verdict.IN_DOUBT, None),
    (Weather.HALF, Verdict.IN_DOUBT, None),
    (Weather.BROKEN_AFTER, Verdict.IN_DOUBT, None),
    (Weather.BAD_GATEWAY_AFTER, Verdict.IN_DOUBT, None),
    (Weather.SLOW_GATEWAY_AFTER, Verdict.IN_DOUBT, None),
    (Weather.BAD_GATEWAY, Verdict.IN_DOUBT, None),
    (Weather.CUT_BEFORE, Verdict.IN_DOUBT, None),
    (Weather.SILENT_BEFORE, Verdict.IN_DOUBT, None),
    (Weather.FORBIDDEN, Verdict.TRANSPORT_DOWN, None),
]


@pytest.mark.parametrize(("weather", "verdict", "wait"), WEATHERS, ids=[row[0].name for row in WEATHERS])
def test_every_answer_has_its_meaning(
    provider: Provider, weather: Weather, verdict: Verdict, wait: timedelta | None
) -> None:
    provider.weather = weather
    outcome = hand_over(parcel())
    assert (outcome.verdict, outcome.retry_after) == (verdict, wait)
    assert provider.requests == 1  # one call, one request, whatever came of it
    assert len(provider.mails) == (1 if weather.takes_the_mail else 0)
    assert outcome.answer or verdict is Verdict.SENT
    assert provider.token not in outcome.answer
    assert {row[0] for row in WEATHERS} == set(Weather)


def test_a_wrong_key_stops_everybody(provider: Provider) -> None:
    provider.token = "another"
    assert hand_over(parcel()).verdict is Verdict.TRANSPORT_DOWN


def test_an_answer_that_does_not_come_in_time_is_in_doubt(provider: Provider, settings: Settings) -> None:
    go_live(settings, provider.url, provider.token, REQUESTS_TIMEOUT=(1, 0.2))
    provider.delay = 0.6
    assert hand_over(parcel()).verdict is Verdict.IN_DOUBT
    time.sleep(0.6)
    assert len(provider.mails) == 1


ANSWERS_WITHOUT_END = {
    "head": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", 0.05),
    "body": (HEAD + b"\r\n", b" ", 0.05),
    "size": (HEAD + b"\r\n", b" " * 65_536, 0.0),
}


@pytest.mark.parametrize("road", ["straight", "proxy"])
@pytest.mark.parametrize("kind", ANSWERS_WITHOUT_END)
def test_an_answer_without_an_end_is_in_doubt_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str, road: str
) -> None:
    with Dripping(*ANSWERS_WITHOUT_END[kind]) as server:
        if road == "proxy":
            monkeypatch.setenv("HTTP_PROXY", server.url)
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
        # Each piece comes long before the time for one read is up.
        go_live(
            settings, server.url if road == "straight" else "http://provider.example.org/", "key", REQUESTS_TIMEOUT=1
        )
        began = time.monotonic()
        outcome = hand_over(parcel())
        assert (outcome.verdict, time.monotonic() - began < 10) == (Verdict.IN_DOUBT, True)


def test_the_time_for_one_answer_is_not_taken_from_the_next(provider: Provider, settings: Settings) -> None:
    go_live(settings, provider.url, provider.token, REQUESTS_TIMEOUT=(1, 0.8))
    provider.delay = 0.5
    assert [hand_over(parcel()).verdict for _ in range(4)] == [Verdict.SENT] * 4


def test_an_answer_is_over_well_before_its_lease() -> None:
    assert CONNECT_SECONDS + ANSWER_SECONDS < RESERVE_SECONDS < LEASE.total_seconds()


def test_nobody_listens_is_surely_not_taken(settings: Settings) -> None:
    with Provider() as gone:
        url = gone.url
    go_live(settings, url, "key")
    assert hand_over(parcel()).verdict is Verdict.TRANSPORT_DOWN


def test_a_handshake_that_fails_is_surely_not_taken(provider: Provider, settings: Settings) -> None:
    go_live(settings, provider.url.replace("http:", "https:"), provider.token)
    assert hand_over(parcel()).verdict is Verdict.TRANSPORT_DOWN
    assert provider.mails == []


def test_after_a_fault_the_next_letter_leaves_on_a_new_connection(provider: Provider) -> None:
    verdicts = []
    for weather in (Weather.FINE, Weather.CUT, Weather.FINE, Weather.SILENT, Weather.FINE):
        provider.weather = weather
        verdicts.append(hand_over(parcel()).verdict)
    assert verdicts == [Verdict.SENT, Verdict.IN_DOUBT, Verdict.SENT, Verdict.IN_DOUBT, Verdict.SENT]


def test_what_could_outlive_its_lease_is_not_begun(provider: Provider) -> None:
    outcome = hand_over(parcel(begin_before=now() - 1))
    assert (outcome.verdict, outcome.begun) == (Verdict.SOON, False)
    assert provider.requests == 0


def test_a_listener_that_fails_after_the_hand_over_does_not_make_it_doubtful(provider: Provider) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("a receiver's own fault")

    post_send.connect(fail)
    try:
        outcome = hand_over(parcel())
    finally:
        post_send.disconnect(fail)
    assert outcome.verdict is Verdict.SENT
    assert outcome.provider_message_id == provider.mails[0].provider_id


def test_a_listener_that_withholds_a_mail_is_no_success(provider: Provider) -> None:
    def withhold(**kwargs: Any) -> None:
        raise AnymailCancelSend("not this one")

    pre_send.connect(withhold)
    try:
        assert hand_over(parcel()).verdict is Verdict.NEVER
    finally:
        pre_send.disconnect(withhold)
    assert provider.mails == []


# --- SMTP -----------------------------------------------------------------------------------------------------------


def by_smtp(settings: Settings, port: int, timeout: int = 5) -> Outcome:
    """Hand a letter to the mail server on this port."""
    settings.MAIL_MODE = "live"
    settings.MAIL_PROVIDER = "smtp"
    settings.EMAIL_BACKEND = PROVIDERS["smtp"].backend
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = timeout
    return hand_over(parcel())


SMTP_ROWS = [
    ({"greeting": "421 too busy"}, Verdict.TRANSPORT_DOWN),
    ({"greeting": "554 not here"}, Verdict.TRANSPORT_DOWN),
    ({"MAIL": "550 not you"}, Verdict.NEVER),
    ({"MAIL": "451 try later"}, Verdict.SOON),
    ({"RCPT": "550 no such user"}, Verdict.NEVER),
    ({"RCPT": "450 greylisted"}, Verdict.SOON),
    ({"DATA": "554 no"}, Verdict.NEVER),
    ({"end": "554 spam"}, Verdict.NEVER),
    ({"end": "451 local error"}, Verdict.SOON),
    ({"end": ""}, Verdict.IN_DOUBT),
]


@pytest.mark.parametrize(("answers", "verdict"), SMTP_ROWS, ids=[str(row[0]) for row in SMTP_ROWS])
def test_every_answer_of_a_mail_server_has_its_meaning(
    settings: Settings, answers: dict[str, str], verdict: Verdict
) -> None:
    with MailServer(**answers) as server:
        outcome = by_smtp(settings, server.port)
    assert outcome.verdict is verdict
    assert outcome.answer


def test_a_letter_by_smtp_is_plain_ascii_on_the_wire(settings: Settings) -> None:
    with MailServer() as server:
        assert by_smtp(settings, server.port).verdict is Verdict.SENT
        (sent,) = server.mails
    assert str(sent["From"]) == "Léa Tremblay <ua-61-21@letters.example.org>"
    assert str(sent["Message-ID"]) == f"<{UID}@letters.example.org>"
    assert sent["Date"]
    assert "X-Metadata" not in sent
    body = sent.get_body(("plain",))
    assert body is not None
    assert body["Content-Transfer-Encoding"] == "quoted-printable"
    assert body.get_content().replace("\r\n", "\n").strip() == mail().text
    assert sent.as_bytes().isascii()


def test_an_address_that_a_mail_server_refuses_beside_others_is_told(settings: Settings) -> None:
    with MailServer() as server:
        server.refuses = {AMBASSADOR.email: "550 5.1.1 no such user"}
        outcome = by_smtp(settings, server.port)
        again = by_smtp(settings, server.port)
        server.refuses = {}
        well = by_smtp(settings, server.port)
    assert [(one.verdict, one.refused) for one in (outcome, again, well)] == [
        (Verdict.SENT, frozenset({AMBASSADOR.email})),
        (Verdict.SENT, frozenset({AMBASSADOR.email})),
        (Verdict.SENT, frozenset()),
    ]
    assert len(server.mails) == 3


def test_a_mail_server_that_refuses_every_address_says_why(settings: Settings) -> None:
    with MailServer() as server:
        server.refuses = {AMBASSADOR.email: "550 gone", PRESIDENT.email: "550 5.1.1 no such user"}
        outcome = by_smtp(settings, server.port)
    assert (outcome.verdict, server.mails) == (Verdict.NEVER, [])
    assert "5.1.1 no such user" in outcome.answer


def test_a_mail_server_that_talks_without_an_end_is_in_doubt_in_time(settings: Settings) -> None:
    # The greeting and every reply but the last come at once; of that one a line in a while, and never the last.
    usual = b"220 loopback\r\n" + 5 * b"250 loopback\r\n" + b"354 go on\r\n"
    with Dripping(usual, b"250-and\r\n", 0.05, speaks_first=True) as server:
        began = time.monotonic()
        outcome = by_smtp(settings, server.port, timeout=1)
        assert (outcome.verdict, time.monotonic() - began < 10) == (Verdict.IN_DOUBT, True)


def test_a_connection_that_took_too_long_to_open_is_used_for_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = connections.of

    def slowly(name: str) -> Any:
        monkeypatch.setattr(handing_over, "now", lambda: now() + 1000)
        return of(name)

    monkeypatch.setattr(connections, "of", slowly)
    with MailServer() as server:
        outcome = by_smtp(settings, server.port)
    assert (outcome.verdict, outcome.begun, server.mails) == (Verdict.SOON, False, [])


def test_no_mail_server_at_all_is_surely_not_taken(settings: Settings) -> None:
    with MailServer() as gone:
        port = gone.port
    assert by_smtp(settings, port).verdict is Verdict.TRANSPORT_DOWN
