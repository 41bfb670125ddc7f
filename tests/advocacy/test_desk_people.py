"""Tests of accounts: made at the desk with a password shown once, one's own password, and who gets into /admin/."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from advocacy import access
from advocacy.access import Role
from advocacy.models import Act, Update
from tests.advocacy.making import at_the_desk
from tests.advocacy.test_book import page, well_formed

ZOE = {"username": "zoe", "email": "zoe@example.org", "roles": ["Approver"], "campaigns": ["ua-61-21"]}
OWN = "a long way to the ferry"


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, an administrator."""
    client.force_login(at_the_desk("amara"))
    return client


def shown_password(answer: Any) -> str:
    found = re.search(r"<dt>Password</dt><dd class=\"mono\">([\w-]{16})</dd>", well_formed(answer))
    assert found
    return found[1]


def test_an_account_is_made_at_the_desk_and_its_password_shown_once(staff: Client, update: Update) -> None:
    assert 'href="/desk/people/new/"' in page(staff.get("/desk/people/"))
    well_formed(staff.get("/desk/people/new/"))
    password = shown_password(staff.post("/desk/people/new/", ZOE))
    zoe = get_user_model().objects.get(username="zoe")
    assert (zoe.email, zoe.is_staff, zoe.is_superuser) == ("zoe@example.org", True, False)
    assert access.desk_of(zoe) == access.Desk(frozenset({Role.APPROVER}), frozenset({"ua-61-21"}))
    assert password not in page(staff.get("/desk/people/")) + page(staff.get(f"/desk/people/{zoe.pk}/"))
    told = list(Act.objects.order_by("pk").values_list("what", "by", "note"))[-3:]
    assert told == [(what, "amara", "About zoe") for what in ("account", "roles", "allowed")]
    assert all(password not in str(act.changes) + act.note for act in Act.objects.all())
    browser = Client()
    answer = browser.post("/desk/login/", {"username": "zoe", "password": password}, follow=True)
    assert answer.redirect_chain == [("/desk/", 302)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"username": ""}, "Write the name by which this person signs in."),
        ({"username": "AMARA"}, "There is an account of this name already."),
        ({"username": "zoe & co"}, "Enter a valid username"),
        ({"email": "zoe@example"}, "with an @ and a dot"),
        ({"roles": []}, "Tick a role: without one no page opens."),
    ],
)
def test_what_will_not_do_is_told_beside_its_field(
    staff: Client, update: Update, sent: dict[str, Any], said: str
) -> None:
    answer = staff.post("/desk/people/new/", {**ZOE, **sent})
    assert answer.status_code == 422
    assert well_formed(answer).count(said) == 2
    assert get_user_model().objects.count() == 1


def test_a_new_password_ends_the_one_of_before(staff: Client, update: Update) -> None:
    ben = at_the_desk("ben", Role.REPORTER)
    theirs = Client()
    theirs.force_login(ben)
    password = shown_password(staff.post(f"/desk/people/{ben.pk}/", {"do": "password"}))
    assert theirs.get("/desk/").status_code == 302
    assert theirs.login(username="ben", password=password)
    assert Act.objects.latest("pk").what == "password"
    assert access.desk_of(get_user_model().objects.get(pk=ben.pk)).roles == {Role.REPORTER}


def test_nobody_takes_over_an_account_that_may_do_more(staff: Client, update: Update) -> None:
    root = get_user_model().objects.create_superuser("root")
    before = root.password
    answer = staff.post(f"/desk/people/{root.pk}/", {"do": "password"}, follow=True)
    assert "may do more than you" in page(answer)
    root.refresh_from_db()
    assert root.password == before


def test_everybody_changes_the_own_password(client: Client, update: Update) -> None:
    ben = at_the_desk("ben", Role.REPORTER)
    ben.set_password("the first one of all")
    ben.save()
    client.force_login(ben)
    assert 'href="/desk/password/"' in page(client.get("/desk/"))
    well_formed(client.get("/desk/password/"))
    sent = {"old_password": "the first one of all", "new_password1": OWN, "new_password2": OWN}
    wrong = client.post("/desk/password/", {**sent, "old_password": "no"})
    assert "password" in well_formed(wrong)
    answer = client.post("/desk/password/", sent, follow=True)
    assert "Your password is changed." in page(answer)
    assert Client().login(username="ben", password=OWN)


def test_a_superuser_is_called_an_administrator(client: Client, db: None) -> None:
    client.force_login(get_user_model().objects.create_superuser("root"))
    shown = page(client.get("/desk/people/"))
    assert "Superuser" not in shown
    assert "Administrator <span" in shown


@pytest.mark.parametrize("role", Role)
def test_only_administrators_get_into_admin(client: Client, update: Update, role: Role) -> None:
    client.force_login(at_the_desk("amara", role, campaigns=[update.campaign]))
    expected = 200 if role == Role.ADMINISTRATOR else 404
    assert client.get("/admin/").status_code == expected
    for where in ("/admin/login/", "/admin/advocacy/campaign/", "/admin/auth/user/add/", "/admin/nothing/"):
        assert client.get(where, follow=True).status_code in ({200, 403, 404} if expected == 200 else {404}), where


def test_whoever_is_not_signed_in_is_sent_to_the_desk_s_login(client: Client, db: None) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/desk/login/?next=/admin/")
    assert client.get("/admin/login/", {"next": "//example.net/"}, follow=True).status_code == 200
