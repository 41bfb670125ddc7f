"""Rows 18 to 26: whatever the provider does, one letter makes one request, and the others go their way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from mailings import transports
from mailings.compose import Address
from mailings.models import Message, Transport
from tests.faults.here import Here
from tests.mailings.conftest import go_live
from tests.mailings.making import drained, make_due, post, status_of
from tests.provider import Provider, Weather

pytestmark = pytest.mark.django_db

OTHERS = 4
#: What becomes of a letter in such weather, which also says what becomes of those behind it.
GONE = {Weather.FINE}
REFUSED = {Weather.UNPROCESSABLE, Weather.BAD_RECIPIENT, Weather.INACTIVE}
PATIENT = {Weather.TOO_MANY: 7, Weather.BUSY: 5}
CLOSED = {Weather.KEY_REFUSED, Weather.FORBIDDEN}
DOUBTFUL = set(Weather) - GONE - REFUSED - set(PATIENT) - CLOSED


def in_order(weathers: set[Weather]) -> list[Weather]:
    """The same, so that each test has the same name in every run."""
    return sorted(weathers, key=lambda weather: weather.name)


@pytest.fixture(autouse=True)
def _one_after_the_other(settings: Settings) -> None:
    settings.MAIL_CONNECTIONS = 1


def met(provider: Provider, weather: Weather) -> tuple[Message, list[Message]]:
    """A letter that meets this weather, and those behind it that would meet a fine day."""
    bad = post(to=(Address("bad@office.example.org"),), cc=())
    provider.weather_at["bad@office.example.org"] = weather
    others = [post() for _ in range(OTHERS)]
    drained()
    bad.refresh_from_db()
    return bad, others


def over(provider: Provider) -> None:
    """The weather is fine again, every rest is over, and everything is due."""
    provider.weather_at.clear()
    Transport.objects.update(rests_until=timezone.now() - timedelta(seconds=1))
    make_due()
    for _ in range(2):
        drained()


def asked_for(provider: Provider, message: Message) -> int:
    """How many requests were made for it: all of them but one for each of the others that have left."""
    left = [mail for mail in provider.mails if mail.metadata["m"] != message.uid.hex]
    return provider.requests - len(left)


@pytest.mark.parametrize("weather", in_order(DOUBTFUL))
def test_a_doubt_is_not_sent_again_blindly_and_stops_nobody(provider: Provider, weather: Weather) -> None:
    bad, others = met(provider, weather)
    assert (bad.status, bad.attempts) == ("in_doubt", 1)
    assert bad.doubted_at == bad.claimed_at
    assert {status_of(other) for other in others} == {"sent"}
    over(provider)
    assert (status_of(bad), asked_for(provider, bad)) == ("in_doubt", 1)
    assert len(provider.mails_to("bad@office.example.org")) == weather.takes_the_mail
    Here(provider).hold(1 + OTHERS)


@pytest.mark.parametrize("weather", in_order(REFUSED))
def test_a_letter_that_is_refused_waits_for_a_person_and_stops_nobody(provider: Provider, weather: Weather) -> None:
    bad, others = met(provider, weather)
    assert bad.status == "failed"
    assert bad.answer
    assert {status_of(other) for other in others} == {"sent"}
    over(provider)
    assert (status_of(bad), asked_for(provider, bad)) == ("failed", 1)
    Here(provider).hold(1 + OTHERS)


@pytest.mark.parametrize(("weather", "seconds"), PATIENT.items(), ids=[weather.name for weather in PATIENT])
def test_a_wish_for_patience_is_heard_and_spends_no_attempt(provider: Provider, weather: Weather, seconds: int) -> None:
    before = timezone.now()
    bad, _ = met(provider, weather)
    assert (bad.status, bad.attempts) == ("queued", 0)
    wait = timedelta(seconds=seconds)
    assert before + wait <= bad.due <= timezone.now() + wait
    over(provider)
    assert (status_of(bad), asked_for(provider, bad)) == ("sent", 2)
    Here(provider).hold(1 + OTHERS)


def test_a_provider_that_asks_everybody_for_patience_is_left_alone_for_so_long(provider: Provider) -> None:
    provider.weather = Weather.TOO_MANY
    for _ in range(1 + OTHERS):
        post()
    drained()
    rest = transports.resting()
    assert rest is not None
    assert rest.rests_until is not None
    assert rest.rests_until > timezone.now() + timedelta(seconds=4)
    assert not rest.down
    assert set(Message.objects.values_list("status", "attempts")) == {("queued", 0)}
    requests = provider.requests
    drained()
    assert provider.requests == requests
    provider.weather = Weather.FINE
    over(provider)
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    Here(provider).hold(1 + OTHERS)


@pytest.mark.parametrize("weather", in_order(CLOSED))
def test_a_closed_door_pauses_the_line_and_opens_by_itself(provider: Provider, weather: Weather) -> None:
    bad, others = met(provider, weather)
    assert (bad.status, bad.attempts) == ("queued", 0)
    assert {status_of(other) for other in others} == {"queued"}
    assert Transport.objects.get().down
    assert provider.requests == 1
    drained()
    assert provider.requests == 1
    over(provider)
    assert set(Message.objects.values_list("status", "attempts")) == {("sent", 1)}
    assert not Transport.objects.get().down
    Here(provider).hold(1 + OTHERS)


def test_nobody_there_and_nobody_of_that_name(provider: Provider, settings: Settings) -> None:
    with Provider() as gone:
        nobody = gone.url
    message = post()
    tls = provider.url.replace("http:", "https:")
    for url in (nobody, "http://nobody.invalid/", tls):
        go_live(settings, url, provider.token)
        over(provider)
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("queued", 0), url
        assert Transport.objects.get().down
    assert provider.requests == 0
    go_live(settings, provider.url, provider.token)
    over(provider)
    assert status_of(message) == "sent"
    Here(provider).hold(1)


def test_an_answer_that_does_not_come_is_one_request_and_a_doubt(provider: Provider, settings: Settings) -> None:
    go_live(settings, provider.url, provider.token, REQUESTS_TIMEOUT=(1, 0.3))
    provider.answers.clear()
    message = post()
    drained()
    provider.answers.set()
    assert (status_of(message), provider.requests, len(provider.mails)) == ("in_doubt", 1, 1)
    over(provider)
    assert (status_of(message), provider.requests) == ("in_doubt", 1)
    Here(provider).hold(1)
