"""Tests of who may do what: every page and act of the desk, for each role, on their own campaign and on another."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from advocacy import access, approvals, desk_urls, drafts, offices, people
from advocacy.access import Role
from advocacy.models import Act, Campaign, Membership, Update
from mailings import lanes
from tests.advocacy.making import AMBASSADOR, DEMO, LEA, at_the_desk, confirmed, letter_of, messages_of

NO, GONE = 403, 404
EVERYBODY, WORKERS = set(Role), set(Role) - {Role.REPORTER}
CAMPAIGNERS, ADMINISTRATORS = {Role.CAMPAIGNER, Role.ADMINISTRATOR}, {Role.ADMINISTRATOR}
APPROVERS = {Role.APPROVER, Role.ADMINISTRATOR}
#: Page -> (method, what is sent, whom it opens for, whether it belongs to one campaign).
TABLE: dict[str, tuple[str, dict[str, str], set[Role], bool]] = {
    "home": ("get", {}, EVERYBODY, False),
    "campaigns": ("get", {}, EVERYBODY, False),
    "copy": ("get", {}, ADMINISTRATORS, False),
    "letters": ("get", {}, CAMPAIGNERS, False),
    "letter": ("get", {}, CAMPAIGNERS, True),
    "letter: withdraw": ("post", {"do": "cancel"}, CAMPAIGNERS, True),
    "act": ("post", {"act": "cancel", "all": "1"}, CAMPAIGNERS, False),
    "addresses": ("get", {}, ADMINISTRATORS, False),
    "address": ("post", {"do": "works"}, ADMINISTRATORS, False),
    "book": ("get", {}, WORKERS, False),
    "book: gather": ("post", {}, CAMPAIGNERS, False),
    "book-new": ("post", {"name": "An office"}, CAMPAIGNERS, False),
    "book-file": ("post", {}, CAMPAIGNERS, False),
    "book-example": ("get", {}, CAMPAIGNERS, False),
    "set": ("get", {}, WORKERS, False),
    "set: add": ("post", {"do": "add"}, CAMPAIGNERS, False),
    "set: drop": ("post", {"do": "drop", "country": "CA"}, CAMPAIGNERS, False),
    "set: rename": ("post", {"do": "rename"}, CAMPAIGNERS, False),
    "set: discard": ("post", {"do": "discard"}, CAMPAIGNERS, False),
    "office": ("get", {}, WORKERS, False),
    "office: save": ("post", {"do": "save"}, CAMPAIGNERS, False),
    "office: retire": ("post", {"do": "retire"}, CAMPAIGNERS, False),
    "office: bring_back": ("post", {"do": "bring_back"}, CAMPAIGNERS, False),
    "office: approve": ("post", {"do": "approve"}, APPROVERS, False),
    "office: send_back": ("post", {"do": "send_back"}, WORKERS, False),
    "lanes": ("get", {}, ADMINISTRATORS, False),
    "lane": ("get", {}, ADMINISTRATORS, False),
    "lane-state": ("post", {"do": "pause"}, ADMINISTRATORS, False),
    "people": ("get", {}, ADMINISTRATORS, False),
    "person": ("get", {}, ADMINISTRATORS, False),
    "person: password": ("post", {"do": "password"}, ADMINISTRATORS, False),
    "person-new": ("get", {}, ADMINISTRATORS, False),
    "person-new: make": ("post", {}, ADMINISTRATORS, False),
    "password": ("get", {}, EVERYBODY, False),
    "begin: new": ("get", {}, CAMPAIGNERS, False),
    "campaign": ("get", {}, EVERYBODY, True),
    "campaign: settings": ("post", {}, CAMPAIGNERS, True),
    "state": ("post", {"do": "stop"}, WORKERS, True),
    "trail": ("get", {}, WORKERS, True),
    "begin": ("get", {}, CAMPAIGNERS, True),
    "begin: paste": ("post", {"text": ""}, CAMPAIGNERS, True),
    "edit": ("get", {}, CAMPAIGNERS, True),
    "edit: save": ("post", {}, CAMPAIGNERS, True),
    "preview": ("get", {}, WORKERS, True),
    "preview: ask": ("post", {"do": "ask"}, CAMPAIGNERS, True),
    "preview: ask_back": ("post", {"do": "ask_back"}, CAMPAIGNERS, True),
    "preview: approve": ("post", {"do": "approve"}, APPROVERS, True),
    "preview: send_back": ("post", {"do": "send_back"}, WORKERS, True),
    "preview: publish": ("post", {"do": "publish"}, WORKERS, True),
    "preview: unschedule": ("post", {"do": "unschedule"}, WORKERS, True),
    "trial": ("post", {}, WORKERS, True),
    "discard": ("post", {"seen": "x"}, CAMPAIGNERS, True),
    "translations": ("get", {"language": "fr"}, CAMPAIGNERS, True),
    "translations: add": ("post", {"language": "fr"}, CAMPAIGNERS, True),
    "translation": ("get", {}, CAMPAIGNERS, True),
    "translation: save": ("post", {"do": "save"}, CAMPAIGNERS, True),
    "translation: fill": ("post", {"do": "read"}, CAMPAIGNERS, True),
    "translation: discard": ("post", {"do": "discard"}, CAMPAIGNERS, True),
}
#: Pages for whoever is not logged in yet, or no longer.
OPEN_PAGES = {"login", "logout"}


@pytest.fixture
def other(update: Update) -> Campaign:
    """A second campaign."""
    draft, _ = drafts.begin("UA 7/26\n\nAnother case\n", None, over=False)
    return draft.campaign


@pytest.fixture
def pages(update: Update) -> dict[str, str]:
    """The address of each page, on the demo campaign."""
    draft = drafts.begin_from_live(update.campaign)
    uid, slug = messages_of(confirmed(update))[0].uid, update.campaign.slug
    arguments: dict[str, list[Any]] = {
        "letter": [uid],
        "address": [AMBASSADOR],
        "lane": [lanes.lane_of("mail.gov.cn")],
        "lane-state": [lanes.lane_of("mail.gov.cn")],
        "set": [offices.a_set("Embassies of Example", by="Ada").pk],
        "office": [offices.put({"name": "Jo Sample", "email": "jo@example.org"}, by="Ada").pk],
        "person": [get_user_model().objects.create_user("zoe", is_staff=True).pk],
        **{key: [slug] for key in ("campaign", "state", "trail", "begin")},
        **{key: [draft.pk] for key in ("edit", "preview", "trial", "discard", "translations")},
        "translation": [draft.pk, "fr"],
    }
    return {
        name: reverse(
            f"desk:{(key := name.partition(':')[0])}", args=[] if name == "begin: new" else arguments.get(key, [])
        )
        for name in TABLE
    }


def tried(client: Client, where: str, name: str) -> int:
    method, data = TABLE[name][:2]
    return int(getattr(client, method)(where, data).status_code)


def test_the_table_names_every_page() -> None:
    named = {one.name for one in desk_urls.urlpatterns}
    assert {name.partition(":")[0] for name in TABLE} | OPEN_PAGES == named


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_those_whose_role_allows_it(client: Client, pages: dict[str, str], role: Role) -> None:
    client.force_login(at_the_desk("amara", role, campaigns=Campaign.objects.all()))
    for name, where in pages.items():
        status = tried(client, where, name)
        if role not in TABLE[name][2]:
            assert status == NO, name
        else:
            # The address of a lane or of an office may be answered by "nothing changed"; never by a refusal.
            assert status in {200, 302, 409, 422}, (name, status)


@pytest.mark.parametrize("role", Role)
def test_a_campaign_of_others_does_not_exist(
    client: Client, pages: dict[str, str], other: Campaign, role: Role
) -> None:
    client.force_login(at_the_desk("amara", role, campaigns=[other]))
    for name, where in pages.items():
        allowed, of_one = TABLE[name][2:]
        if not of_one or role == Role.ADMINISTRATOR:
            continue
        assert tried(client, where, name) in ({GONE} if role in allowed else {GONE, NO}), name
    assert Campaign.objects.get(slug="ua-61-21").status == "open"


@pytest.mark.parametrize("role", [None, *Role])
def test_without_a_place_at_the_desk_nothing_opens(client: Client, pages: dict[str, str], role: Role | None) -> None:
    user = get_user_model().objects.create_user("amara", is_staff=role is None)
    user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    assert {tried(client, where, name) for name, where in pages.items()} == {NO}


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_nothing_of_another_campaign_is_shown_or_changed(
    client: Client, pages: dict[str, str], other: Campaign
) -> None:
    client.force_login(at_the_desk("amara", Role.CAMPAIGNER, campaigns=[other]))
    letter = messages_of(letter_of(LEA["email"]))[0]
    for where in ("/desk/", "/desk/campaigns/", "/desk/letters/", f"/desk/letters/?q={LEA['email']}"):
        shown = page(client.get(where))
        for words in ("UA 61/21", LEA["name"], LEA["email"], "Xinjiang", "english@mail.gov.cn", letter.reference[:4]):
            assert words not in shown.replace(f'value="{LEA["email"]}"', ""), (where, words)
    client.post("/desk/letters/act/", {"act": "cancel", "all": "1", "sure": "1", "reason": "Mine."})
    client.post("/desk/letters/act/", {"act": "cancel", "uid": letter.uid, "sure": "1", "reason": "Mine."})
    letter.refresh_from_db()
    assert letter.status == "queued"


def test_a_reporter_reads_figures_and_neither_drafts_nor_letters(client: Client, pages: dict[str, str]) -> None:
    client.force_login(at_the_desk("amara", Role.REPORTER, campaigns=Campaign.objects.all()))
    for where in ("/desk/", "/desk/campaigns/ua-61-21/"):
        shown = page(client.get(where))
        assert "in line to leave" in shown
        for words in ("/desk/letters/", "/desk/updates/", "Stop this campaign", "Store the settings", "Update 2"):
            assert words not in shown, (where, words)


def test_whoever_begins_a_campaign_works_on_it(client: Client, db: None) -> None:
    user = at_the_desk("amara", Role.CAMPAIGNER)
    client.force_login(user)
    client.post("/desk/campaigns/new/", {"text": DEMO.read_text(encoding="utf-8")})
    assert Membership.objects.get().user == user
    assert client.get("/desk/campaigns/ua-61-21/").status_code == 200


def test_a_paste_does_not_lead_into_another_campaign(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara", Role.CAMPAIGNER))
    text = DEMO.read_text(encoding="utf-8").replace("Update 1,", "Update 2,")
    answer = client.post("/desk/campaigns/new/", {"text": text})
    assert answer.status_code == 422
    assert "You do not work on UA 61/21 yet." in page(answer)
    assert Update.objects.count() == 1


# --- people ----------------------------------------------------------------------------------------------------------


def test_an_administrator_decides_on_roles_and_campaigns(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara"))
    ben = get_user_model().objects.create_user("ben", is_staff=True)
    assert "None: no page opens" in page(client.get("/desk/people/"))
    sent = {"roles": ["Approver", "Campaigner"], "campaigns": ["ua-61-21"]}
    assert "What ben may do is stored." in page(client.post(f"/desk/people/{ben.pk}/", sent, follow=True))
    desk = access.desk_of(get_user_model().objects.get(username="ben"))
    assert desk == access.Desk(frozenset({Role.APPROVER, Role.CAMPAIGNER}), frozenset({"ua-61-21"}))
    client.post(f"/desk/people/{ben.pk}/", {"roles": ["Approver"]})
    shown = page(client.get("/desk/people/"))
    assert "<bdi>amara</bdi> took somebody out of the campaign" in shown
    assert "(UA 61/21)" in shown
    told = [(act.what, act.by, act.note, act.changes) for act in Act.objects.order_by("pk")[2:]]
    assert told == [
        ("roles", "amara", "About ben", {"roles": [[], ["Approver", "Campaigner"]]}),
        ("allowed", "amara", "About ben", {}),
        ("roles", "amara", "About ben", {"roles": [["Approver", "Campaigner"], ["Approver"]]}),
        ("disallowed", "amara", "About ben", {}),
    ]


def test_nobody_ends_the_own_administration(client: Client, update: Update) -> None:
    user = at_the_desk("amara")
    client.force_login(user)
    answer = client.post(f"/desk/people/{user.pk}/", {"roles": ["Reporter"]})
    assert answer.status_code == 422
    assert page(answer).count("Another administrator has to take this role from you.") == 2
    assert access.desk_of(get_user_model().objects.get()).roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("sent", [{"roles": ["Emperor"]}, {"campaigns": ["none"]}])
def test_a_role_or_campaign_that_there_is_not_is_refused(client: Client, update: Update, sent: dict[str, Any]) -> None:
    client.force_login(at_the_desk("amara"))
    ben = at_the_desk("ben", Role.REPORTER)
    assert client.post(f"/desk/people/{ben.pk}/", sent).status_code == 422
    assert access.desk_of(get_user_model().objects.get(username="ben")).roles == {Role.REPORTER}


def test_who_lost_a_campaign_cannot_use_an_approval_on_it(client: Client, update: Update) -> None:
    user = at_the_desk("amara", Role.APPROVER, campaigns=[update.campaign])
    client.force_login(user)
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    people.set_campaigns(user, [], by="root")
    sent = {"do": "approve", "compared": "1", "shown": approvals.digest_of(draft)}
    assert client.post(f"/desk/updates/{draft.pk}/preview/", sent).status_code == GONE
