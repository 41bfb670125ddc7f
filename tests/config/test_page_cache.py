"""Tests of config.page_cache: what is given again, for how long, to whom, and what never is."""

import gzip
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from config import page_cache
from config.page_cache import FRESH, GRACE, MARK, MOST_PAGES, PublicPages

pytestmark = pytest.mark.once

#: The clock that the tests set.
Clock = list[float]
gets = RequestFactory()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Clock:
    """A clock that stands, and pages that are kept."""
    settings.KEEP_PAGES = True
    now = [1000.0]
    monkeypatch.setattr(page_cache, "monotonic", lambda: now[0])
    return now


class View:
    """Answers with how often it was asked."""

    def __init__(self, status: int = 200, mark: bool = True) -> None:
        self.asked, self.status, self.mark, self.cookie = 0, status, mark, False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        response = HttpResponse(f"{request.path} {self.asked}", status=self.status, headers={"X-Own": str(self.asked)})
        setattr(response, MARK, self.mark)
        if self.cookie:
            response.set_cookie("whose", "mine")
        return response


def words(pages: PublicPages, path: str = "/ua-61-21/", **head: Any) -> str:
    """The page as text."""
    response = pages(gets.get(path, **head))
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def test_a_page_is_given_again_with_all_its_headers_until_it_is_old(clock: Clock) -> None:
    view = View()
    pages = PublicPages(view)
    first = pages(gets.get("/ua-61-21/"))
    clock[0] += FRESH * 0.9
    again = pages(gets.get("/ua-61-21/"))
    assert isinstance(again, HttpResponse)
    assert (again.content, dict(again.headers)) == (b"/ua-61-21/ 1", dict(first.headers))
    clock[0] += FRESH * 0.2
    assert words(pages) == "/ua-61-21/ 2"
    assert view.asked == 2


def test_head_is_answered_from_it_and_never_kept(clock: Clock) -> None:
    view = View()
    pages = PublicPages(view)
    pages(gets.head("/ua-61-21/"))
    assert words(pages) == "/ua-61-21/ 2"
    pages(gets.head("/ua-61-21/"))
    assert view.asked == 2


@pytest.mark.parametrize(
    "request_",
    [
        gets.get("/ua-61-21/?x=1"),
        gets.get("/ua-61-21/", HTTP_COOKIE="sessionid=abc"),
        gets.post("/ua-61-21/", {"do": "send"}),
    ],
)
def test_whoever_asks_for_something_of_his_own_gets_it(clock: Clock, request_: HttpRequest) -> None:
    view = View()
    pages = PublicPages(view)
    words(pages)
    pages(request_)
    pages(request_)
    assert view.asked == 3
    assert words(pages) == "/ua-61-21/ 1"


def test_names_of_the_site_and_addresses_do_not_mix(clock: Clock) -> None:
    pages = PublicPages(View())
    assert words(pages) == "/ua-61-21/ 1"
    assert words(pages, HTTP_HOST="other.example.org") == "/ua-61-21/ 2"
    assert words(pages, secure=True) == "/ua-61-21/ 3"
    assert words(pages, "/ua-88-20/") == "/ua-88-20/ 4"
    assert words(pages) == "/ua-61-21/ 1"


def test_what_is_not_marked_not_well_or_somebodys_is_not_kept(clock: Clock) -> None:
    somebodys = View()
    somebodys.cookie = True
    for view in (View(mark=False), View(status=404), View(status=503), somebodys):
        pages = PublicPages(view)
        words(pages)
        words(pages)
        assert view.asked == 2


def test_it_does_not_grow_for_ever(clock: Clock) -> None:
    view = View()
    pages = PublicPages(view)
    for number in range(MOST_PAGES + 1):
        words(pages, f"/campaign-{number}/")
    assert words(pages, f"/campaign-{MOST_PAGES}/") == f"/campaign-{MOST_PAGES}/ {MOST_PAGES + 1}"
    assert words(pages, "/campaign-0/") == f"/campaign-0/ {MOST_PAGES + 2}"


class Slow(View):
    """Takes as long as it is told to; breaks if it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on, self.breaks = threading.Event(), threading.Event(), False
        self.go_on.set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.begun.set()
        assert self.go_on.wait(10)
        if self.breaks:
            raise RuntimeError("It broke.")
        return super().__call__(request)


@pytest.fixture
def slow() -> Iterator[Slow]:
    view = Slow()
    yield view
    view.go_on.set()


def test_while_one_makes_it_anew_the_others_get_the_old_one_for_a_moment(clock: Clock, slow: Slow) -> None:
    pages = PublicPages(slow)
    words(pages)
    clock[0] += FRESH
    slow.go_on.clear()
    slow.begun.clear()
    maker = threading.Thread(target=words, args=[pages])
    maker.start()
    assert slow.begun.wait(10)
    clock[0] += GRACE * 0.9
    assert words(pages) == "/ua-61-21/ 1"
    slow.go_on.set()
    maker.join(10)
    clock[0] += GRACE * 0.2  # The new one is as old as its beginning, and so it is old by now.
    assert words(pages) == "/ua-61-21/ 3"


def test_a_fault_while_it_is_made_leaves_the_next_one_free_to_try(clock: Clock, slow: Slow) -> None:
    pages = PublicPages(slow)
    words(pages)
    clock[0] += FRESH
    slow.breaks = True
    with pytest.raises(RuntimeError):
        words(pages)
    slow.breaks = False
    assert words(pages) == "/ua-61-21/ 2"


def test_it_is_given_packed_to_whoever_takes_it_so(clock: Clock) -> None:
    pages = PublicPages(View())
    for accepted in ("gzip, deflate, br", "br;q=1.0, GZIP;q=0.8"):  # the first is made, the second given again
        answer = pages(gets.get("/ua-61-21/", HTTP_ACCEPT_ENCODING=accepted))
        assert isinstance(answer, HttpResponse)
        assert gzip.decompress(answer.content) == b"/ua-61-21/ 1"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.headers["Vary"] == "Accept-Encoding"
    for accepted in ("", "br", "gzip;q=0", "identity, gzip; q=0.0"):
        plain = pages(gets.get("/ua-61-21/", HTTP_ACCEPT_ENCODING=accepted))
        assert isinstance(plain, HttpResponse)
        assert (plain.content, plain.headers.get("Content-Encoding")) == (b"/ua-61-21/ 1", None)
        assert plain.headers["Vary"] == "Accept-Encoding"


def test_what_is_somebodys_is_never_packed(clock: Clock) -> None:
    pages = PublicPages(View(mark=False))
    answer = pages(gets.post("/ua-61-21/", HTTP_ACCEPT_ENCODING="gzip"))
    assert "Content-Encoding" not in answer.headers
    assert "Content-Encoding" not in pages(gets.get("/letters/x/", HTTP_ACCEPT_ENCODING="gzip")).headers
