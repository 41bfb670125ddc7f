"""Tests of the provider of the benchmarks, in a process of its own: what it takes, and how it counts."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from benchmarks.control import Provider, Weather
from benchmarks.provider import Tally

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.set(Weather("fine"))
    return running


def offered(provider: Provider, number: int, *, spaced: bool = True) -> HTTPResponse:
    """Offer one letter, as Anymail's Postmark backend does, on a connection of its own."""
    fields = {
        "Headers": [{"Name": "Message-ID", "Value": f"<{number:032x}@letters.example.org>"}],
        "TextBody": "Letter",
    }
    connection = HTTPConnection("127.0.0.1", provider.port, timeout=5)
    connection.request("POST", "/email", json.dumps(fields, separators=None if spaced else (",", ":")))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_it_counts_the_copies_of_each_letter(provider: Provider) -> None:
    for number in (1, 2, 1, 3, 1):
        assert offered(provider, number).status == 200
    counts = provider.counts()
    assert counts.copies == {f"{1:032x}": 3, f"{2:032x}": 1, f"{3:032x}": 1}
    assert len(counts.arrivals) == 3, "only the first copy of a letter is an arrival"
    assert counts.arrivals == sorted(counts.arrivals)
    assert counts.unreadable == 0


def test_it_reads_json_however_it_is_spaced(provider: Provider) -> None:
    offered(provider, 5, spaced=False)
    assert list(provider.counts().copies) == [f"{5:032x}"]


def test_it_says_so_where_a_letter_cannot_be_counted(provider: Provider) -> None:
    connection = HTTPConnection("127.0.0.1", provider.port, timeout=5)
    connection.request("POST", "/email", b'{"TextBody": "no id"}')
    connection.getresponse().read()
    connection.close()
    assert provider.counts().unreadable == 1


def test_it_forgets_when_its_weather_is_set(provider: Provider) -> None:
    offered(provider, 1)
    provider.set(Weather("fine"))
    assert provider.progress() == 0
    assert provider.counts().fates == {}


def test_a_look_up_finds_what_it_holds_and_nothing_else(provider: Provider) -> None:
    offered(provider, 1)
    found = []
    for number in (1, 2):
        connection = HTTPConnection("127.0.0.1", provider.port, timeout=5)
        connection.request("GET", f"/messages/outbound?count=10&offset=0&metadata_m={number:032x}")
        found.append(json.loads(connection.getresponse().read()))
        connection.close()
    assert found[0]["TotalCount"] == 1
    assert found[0]["Messages"][0]["Metadata"] == {"m": f"{1:032x}"}
    assert found[1] == {"TotalCount": 0, "Messages": []}


@pytest.mark.parametrize(("fate", "taken"), [("429", False), ("503", False), ("reset", True), ("silence", True)])
def test_what_meets_a_fault_is_taken_or_not(fate: str, taken: bool) -> None:
    tally = Tally(rates={fate: 1.0})
    assert tally.offer(b'{"Headers": [{"Name": "Message-ID", "Value": "<%032x@x.org>"}]}' % 1) == fate
    counts = tally.counts()
    assert counts["fates"] == {fate: 1}
    assert counts["copies"] == ({f"{1:032x}": 1} if taken else {})
    assert counts["ambiguous"] == ([f"{1:032x}"] if taken else []), "taken, and its sender does not know"


def test_faults_are_drawn_alike_for_every_engine() -> None:
    rates = Weather("foul", 0.0, faulty=True).rates
    rows = []
    for _ in range(2):
        tally = Tally(rates=rates, seed=1)
        rows.append([tally.fate() for _ in range(5000)])
    assert rows[0] == rows[1]
    for name, rate in rates.items():
        assert rows[0].count(name) / 5000 == pytest.approx(rate, rel=0.3)


def test_a_reset_is_a_reset_to_the_sender(provider: Provider) -> None:
    provider._ask("POST", "/_weather", {"rates": {"reset": 1.0}})
    with pytest.raises(ConnectionResetError):
        offered(provider, 1)
    assert provider.counts().ambiguous == {f"{1:032x}"}


def test_a_refusal_names_when_to_come_again(provider: Provider) -> None:
    provider._ask("POST", "/_weather", {"rates": {"429": 1.0}})
    answer = offered(provider, 1)
    assert (answer.status, answer.getheader("Retry-After")) == (429, "1")
