"""Tests of mailings.transports: the rest of a provider that is down, its end, and the second provider meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from config.mail import Account, anymail_settings
from mailings import outbox, sending, transports
from mailings.abilities import PROVIDERS
from mailings.compose import Address
from mailings.models import Message, Transport
from mailings.models.message import Status
from mailings.parcel import Outcome
from mailings.recording import record
from mailings.retry import Verdict
from mailings.transports import FIRST_REST, LONGEST_REST, MOST_DOUBTFUL_ROUNDS, MOST_PATIENCE, MOST_REFUSALS, Road
from tests.mailings.conftest import SECRET
from tests.mailings.making import claim, drained, post, put, status_of
from tests.provider import Provider, Weather
from tests.provider.smtp import MailServer

pytestmark = pytest.mark.django_db


def rest_is_over(provider: str = "sandbox") -> None:
    """Let the time pass that a provider rests."""
    past = timezone.now() - timedelta(seconds=1)
    Transport.objects.filter(name__endswith=f":{provider}").update(rests_until=past)


def row(provider: str = "sandbox") -> Transport:
    return Transport.objects.get(name__endswith=f":{provider}")


def test_the_road_is_open_where_nothing_is_known() -> None:
    assert transports.road() == Road("sandbox")


def test_a_provider_that_is_down_rests_longer_each_time_and_no_longer_than_the_longest() -> None:
    rests = []
    for _ in range(9):
        began = timezone.now()
        rests.append((transports.down("sandbox", "HTTP 401") - began).total_seconds())
        assert transports.road() is None
        rest_is_over()
    first, longest = FIRST_REST.total_seconds(), LONGEST_REST.total_seconds()
    wanted = [min(first * 2**number, longest) for number in range(9)]
    assert [round(rest) for rest in rests] == [round(rest) for rest in wanted]


def test_rounds_of_doubt_make_the_first_rest_no_longer() -> None:
    """A host that was cut off has many of them at once, and another one that is well must not stand still for it."""
    for _ in range(MOST_DOUBTFUL_ROUNDS):
        assert transports.road() is not None
        began = timezone.now()
        transports.doubtful_round("sandbox", "the line was cut")
    rests = [row().rests_until]
    rest_is_over()
    transports.doubtful_round("sandbox", "the line was cut")
    rests.append(row().rests_until)
    lasted = [round((until - began).total_seconds()) for until in rests if until]
    assert lasted == [round(FIRST_REST.total_seconds()), round(2 * FIRST_REST.total_seconds())]


def test_those_that_were_on_their_way_make_no_rest_longer() -> None:
    until = transports.down("sandbox", "HTTP 401")
    assert transports.down("sandbox", "HTTP 401") == until
    assert transports.wait("sandbox", timedelta(hours=1), "HTTP 429") == until
    assert row().failures == 1


def test_a_longer_wish_for_patience_counts() -> None:
    short = transports.wait("sandbox", timedelta(seconds=5), "HTTP 429")
    assert transports.wait("sandbox", timedelta(seconds=2), "HTTP 429") == short
    assert transports.wait("sandbox", timedelta(seconds=9), "HTTP 429") > short


def test_after_a_rest_one_message_tries_the_way() -> None:
    transports.down("sandbox", "HTTP 401")
    rest_is_over()
    road = transports.road()
    assert road == Road("sandbox", troubled=True, trying=True)
    assert (road.room(8, 0), road.room(7, 1)) == (1, 0)


def test_the_first_that_is_taken_opens_the_road() -> None:
    transports.down("sandbox", "HTTP 401")
    rest_is_over()
    messages = [post() for _ in range(3)]
    drained()
    assert {status_of(message) for message in messages} == {"sent"}
    assert transports.road() == Road("sandbox")
    assert (row().failures, row().rests_until, row().why) == (0, None, "")


def test_one_that_was_on_its_way_does_not_end_a_rest_that_has_just_begun() -> None:
    transports.wait("sandbox", timedelta(minutes=1), "HTTP 429")
    transports.took("sandbox")
    assert transports.road() is None


# --- an outage before the provider on loopback ------------------------------------------------------------------------


def test_nobody_listens_and_no_attempt_is_spent(provider: Provider, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 2
    with Provider() as gone:
        url = gone.url
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": url}
    messages = [post() for _ in range(6)]
    drained()
    assert {status_of(message) for message in messages} == {"queued"}
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}
    assert row("postmark").down

    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": provider.url}
    rest_is_over("postmark")
    drained()
    assert {status_of(message) for message in messages} == {"sent"}
    assert len(provider.mails) == 6


def test_an_outage_puts_few_letters_in_doubt(provider: Provider, settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 2
    provider.weather = Weather.BROKEN
    for _ in range(40):
        post()
    drained()
    doubtful = Message.objects.filter(status=Status.IN_DOUBT).count()
    assert 0 < doubtful <= 2 * MOST_DOUBTFUL_ROUNDS
    assert row("postmark").down
    assert Message.objects.filter(status=Status.QUEUED).count() == 40 - doubtful
    # It goes on being broken: each further rest costs one letter more, not another dozen.
    rest_is_over("postmark")
    drained()
    assert Message.objects.filter(status=Status.IN_DOUBT).count() == doubtful + 1


# --- a provider that refuses letter after letter ----------------------------------------------------------------------


def test_a_provider_that_refuses_every_letter_fails_twenty_of_them_and_rests(
    provider: Provider, settings: Settings
) -> None:
    settings.MAIL_CONNECTIONS = 8
    provider.weather = Weather.UNPROCESSABLE
    messages = [post(to=(Address(f"office-{number}@example.org"),)) for number in range(60)]
    drained()
    drained()
    assert row("postmark").down
    assert "Refused like 20 before it" in row("postmark").why
    assert "HTTP 422" in row("postmark").why
    assert Message.objects.filter(status=Status.FAILED).count() == MOST_REFUSALS
    waiting = Message.objects.filter(status=Status.QUEUED)
    assert (waiting.count(), set(waiting.values_list("attempts", flat=True))) == (40, {0})

    # It goes on refusing: the one letter that tries the way is not failed for it.
    rest_is_over("postmark")
    drained()
    assert Message.objects.filter(status=Status.FAILED).count() == MOST_REFUSALS
    assert row("postmark").failures > 1

    # Mended: what waits leaves by itself, and staff send again what failed.
    provider.weather = Weather.FINE
    rest_is_over("postmark")
    drained()
    assert waiting.count() == 0
    assert (row("postmark").refusals, row("postmark").rests_until) == (0, None)
    failed = Message.objects.filter(status=Status.FAILED)
    assert outbox.retry(list(failed.values_list("uid", flat=True)), by="Ann", note="The sender is known") == 20
    drained()
    assert {status_of(message) for message in messages} == {"sent"}
    assert len(provider.mails) == 60


def test_letters_that_are_refused_between_others_that_are_taken_are_to_blame_themselves(provider: Provider) -> None:
    for _ in range(2):
        provider.weather = Weather.UNPROCESSABLE
        refused = [post() for _ in range(MOST_REFUSALS)]
        drained()
        assert {status_of(message) for message in refused} == {"failed"}
        assert row("postmark").rests_until is None
        provider.weather = Weather.FINE
        post()
        drained()
        assert row("postmark").refusals == 0


def test_a_refusal_that_is_recorded_twice_counts_once() -> None:
    post()
    (parcel,) = claim(1, "worker-1")
    for _ in range(2):
        record([Outcome(parcel, Verdict.NEVER, answer="HTTP 422")], "worker-1")
    assert row().refusals == 1


# --- the second provider ----------------------------------------------------------------------------------------------


@pytest.fixture
def second(provider: Provider, settings: Settings) -> Iterator[MailServer]:
    """A mail server as the second provider beside the first."""
    with MailServer() as server:
        settings.MAIL_SECOND_PROVIDER = "smtp"
        settings.MAIL_SECOND_PROVIDER_API_URL = "http://127.0.0.1"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield server


def test_the_second_takes_over_by_itself_and_the_first_comes_back(provider: Provider, second: MailServer) -> None:
    provider.weather = Weather.KEY_REFUSED
    messages = [post() for _ in range(4)]
    drained()
    assert {status_of(message) for message in messages} == {"sent"}
    assert set(Message.objects.values_list("provider", flat=True)) == {"smtp"}
    assert provider.mails == []

    provider.weather = Weather.FINE
    rest_is_over("postmark")
    last = post()
    drained()
    last.refresh_from_db()
    assert (last.status, last.provider) == ("sent", "postmark")


def test_what_is_in_doubt_at_the_first_never_goes_to_the_second(provider: Provider, second: MailServer) -> None:
    provider.weather = Weather.CUT
    doubtful = post()
    drained()
    assert status_of(doubtful) == "in_doubt"
    transports.down("postmark", "HTTP 401")
    sending.settle_lapsed()
    other = post()
    drained()
    assert (status_of(doubtful), status_of(other)) == ("in_doubt", "sent")
    doubtful.refresh_from_db()
    assert doubtful.provider == "postmark"
    assert len(second.mails) == 1


def test_a_worker_that_dies_leaves_word_of_who_had_it(provider: Provider, second: MailServer) -> None:
    lapsed = timezone.now() - timedelta(seconds=1)
    message = put(post(), Status.SENDING, lease=lapsed, claimed_at=lapsed, provider="postmark")
    sending.settle_lapsed()
    message.refresh_from_db()
    assert (message.status, message.provider, message.doubted_at) == ("in_doubt", "postmark", lapsed)


def test_a_little_patience_sends_nobody_another_way_but_a_long_one_does(second: MailServer) -> None:
    transports.wait("postmark", timedelta(seconds=30), "HTTP 429")
    assert transports.road() is None
    transports.wait("postmark", MOST_PATIENCE * 2, "HTTP 429")
    assert transports.road() == Road("smtp")


def test_both_have_their_keys() -> None:
    made = anymail_settings(
        Account(PROVIDERS["postmark"], "one", "http://127.0.0.1:1"),
        Account(PROVIDERS["mailgun"], "two", "http://127.0.0.1:2"),
        webhook_secret=SECRET,
        further={},
    )
    assert (made["POSTMARK_SERVER_TOKEN"], made["POSTMARK_API_URL"]) == ("one", "http://127.0.0.1:1")
    assert (made["MAILGUN_API_KEY"], made["MAILGUN_API_URL"]) == ("two", "http://127.0.0.1:2")
    assert made["POSTMARK_SEND_DEFAULTS"] == made["MAILGUN_SEND_DEFAULTS"]
