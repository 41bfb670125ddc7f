"""Tests of who may open the desk, of the way in and out, and of every page for staff."""

import re
from urllib.parse import quote
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from advocacy import approvals, drafts
from advocacy.access import Role
from advocacy.models import Update
from mailings import addresses, lanes
from tests.advocacy.making import AMBASSADOR, at_the_desk, confirmed, gone_live, messages_of, ticks, written
from tests.advocacy.pages import read as pages_read

PASSWORD = "a-long-password-for-tests"
Users = get_user_model().objects


@pytest.fixture
def pages(update: Update) -> list[str]:
    """Every page of the desk, with a letter, a mail to its writer and a draft to show."""
    letter = confirmed(update)
    written(update, "another@example.org")
    draft = drafts.begin_from_live(update.campaign)
    addresses.mark({AMBASSADOR: ["550 5.1.1 unknown"]})
    messages = messages_of(letter) + messages_of(letter, "copy")
    return [
        reverse("desk:home"),
        reverse("desk:copy"),
        reverse("desk:letters"),
        reverse("desk:addresses"),
        reverse("desk:address", args=[AMBASSADOR]),
        reverse("desk:campaigns"),
        reverse("desk:lanes"),
        reverse("desk:lane", args=[lanes.lane_of("mail.gov.cn")]),
        reverse("desk:begin"),
        *(reverse("desk:letter", args=[message.uid]) for message in messages),
        reverse("desk:people"),
        reverse("desk:person", args=[at_the_desk("somebody").pk]),
        *(reverse(f"desk:{name}", args=["ua-61-21"]) for name in ("campaign", "begin", "trail")),
        *(reverse("desk:preview", args=[pk]) for pk in (update.pk, draft.pk)),
        reverse("desk:edit", args=[draft.pk]),
    ]


def acts(update: Update) -> list[str]:
    """The addresses that only take a form."""
    return [
        reverse("desk:act"),
        reverse("desk:state", args=["ua-61-21"]),
        reverse("desk:lane-state", args=[lanes.lane_of("mail.gov.cn")]),
        reverse("desk:discard", args=[update.pk]),
    ]


def test_nobody_comes_in_without_a_login(client: Client, pages: list[str], update: Update) -> None:
    for page in pages:
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, f"/desk/login/?next={quote(page)}")
    for page in [*acts(update), *pages]:
        # A form that was sent without a login is not sent again by logging in.
        assert client.post(page)["Location"] == "/desk/login/?next=/desk/"


def test_a_login_alone_is_not_enough(client: Client, pages: list[str], update: Update) -> None:
    client.force_login(Users.create_user("visitor"))
    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(page).status_code for page in acts(update)} == {403}


def test_who_is_no_longer_active_is_out_at_once(client: Client, pages: list[str]) -> None:
    user = at_the_desk("amara")
    client.force_login(user)
    assert client.get("/desk/").status_code == 200
    Users.update(is_active=False)
    assert client.get("/desk/").status_code == 302


def test_staff_see_every_page_and_no_cache_keeps_it(client: Client, pages: list[str]) -> None:
    client.force_login(at_the_desk("amara"))
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        body = answer.content.decode()
        assert body.count("<h1>") == 1, page
        assert "<strong>Sandbox.</strong>" in body
        assert "style=" not in body
        assert body.count("<script") == len(
            re.findall(r'<script src="/static/(?:tokens|source)\.js" defer></script>', body)
        ), page


@pytest.mark.django_db
def test_the_browser_may_say_where_a_form_of_the_desk_stood(client: Client) -> None:
    client.force_login(at_the_desk("amara"))
    for page in ("/desk/", "/desk/login/"):
        assert client.get(page)["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("name", "password"), [("amara", "wrong"), ("nobody", PASSWORD), ("", ""), ("a\0b", "x")])
@pytest.mark.django_db
def test_a_wrong_login_is_told_in_words_and_keeps_the_name(client: Client, name: str, password: str) -> None:
    Users.create_user("amara", password=PASSWORD, is_staff=True)
    answer = client.post("/desk/login/", {"username": name, "password": password})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in body
    assert "<title>Error: Sign in" in body
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_an_account_without_a_place_at_the_desk_is_told_so(client: Client) -> None:
    Users.create_user("visitor", password=PASSWORD)
    answer = client.post("/desk/login/", {"username": "visitor", "password": PASSWORD})
    assert "no place at the desk" in answer.content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/desk/letters/", "/desk/letters/"), ("https://elsewhere.example.org/", "/desk/"), ("//elsewhere", "/desk/")],
)
@pytest.mark.django_db
def test_a_login_leads_back_on_this_site_only(client: Client, wanted: str, reached: str) -> None:
    user = at_the_desk("amara")
    user.set_password(PASSWORD)
    user.save()
    form = {"username": "amara", "password": PASSWORD, "next": wanted}
    assert client.post("/desk/login/", form)["Location"] == reached


@pytest.mark.django_db
def test_the_way_out_takes_a_form(client: Client) -> None:
    client.force_login(at_the_desk("amara"))
    assert client.get("/desk/logout/").status_code == 405
    assert client.post("/desk/logout/")["Location"] == "/desk/login/"
    assert client.get("/desk/").status_code == 302


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(at_the_desk("amara"))
    assert client.post("/desk/letters/act/", {"act": "retry", "all": "1"}).status_code == 403
    assert client.post("/desk/logout/").status_code == 403


@pytest.mark.parametrize(
    ("mode", "words"),
    [("test", "Every message goes to tester@example.org and nowhere else."), ("live", "reach real offices")],
)
@pytest.mark.django_db
def test_every_page_says_where_mail_goes(client: Client, settings: Settings, mode: str, words: str) -> None:
    settings.MAIL_MODE, settings.MAIL_TEST_ADDRESS = mode, "tester@example.org"
    client.force_login(at_the_desk("amara"))
    assert words in client.get("/desk/letters/").content.decode()


@pytest.mark.parametrize(
    "page", [f"/desk/letters/{UUID(int=0)}/", "/desk/campaigns/none/", "/desk/updates/99/", "/desk/lanes/99/"]
)
@pytest.mark.django_db
def test_what_is_not_there_is_not_found(client: Client, page: str) -> None:
    client.force_login(at_the_desk("amara"))
    assert client.get(page).status_code == 404


def test_a_strict_reader_finds_no_fault_with_the_pages_of_publishing(client: Client, update: Update) -> None:
    somebody = at_the_desk("somebody", Role.APPROVER, campaigns=[update.campaign])
    client.force_login(at_the_desk("amara"))
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    where = f"/desk/updates/{draft.pk}/preview/"

    def look(address: str, form: dict[str, str] | None = None) -> None:
        answer = client.get(address) if form is None else client.post(address, form)
        read = pages_read(answer.content.decode(), "testserver")
        assert read.faults == [], (address, form)

    look(where)
    look(where, {"do": "ask"})
    boxes = ticks(client.get(where))
    client.post(where, {"do": "ask", "compared": "1", "shown": approvals.digest_of(draft), **boxes})
    look(where)
    look(where, {"do": "send_back", "back-reason": ""})
    draft.approvals.update(asked_by="Ada")
    look(where)
    look(where, {"do": "approve"})
    approvals.approve(draft, approvals.digest_of(draft), by="Ben")
    look(where)
    look(where, {"do": "publish"})
    look(where, {"do": "publish", "when": "later", "at": "soon"})
    gone_live(draft)
    look(f"/desk/updates/{update.pk}/preview/")
    look(f"/desk/updates/{update.pk}/preview/", {"do": "ask_back"})
    look("/desk/campaigns/ua-61-21/trail/")
    look("/desk/people/")
    look(f"/desk/people/{somebody.pk}/")
    look(f"/desk/people/{somebody.pk}/", {"roles": "Emperor"})
