"""Tests of the audit trail: every act is in it once, with who, when and what; nobody can change it; nobody is in it."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client

from advocacy import alarms, approvals, campaigns, desk_trail, drafts, publishing, trail, updates
from advocacy.models import Act, Campaign, Update
from advocacy.models.act import What
from tests.advocacy import pages
from tests.advocacy.making import AMBASSADOR, LEA, confirmed, drafted, later_text

pytestmark = pytest.mark.django_db


def acts() -> list[tuple[str, str, str]]:
    """(what, by whom, on which update) of everything that was done, oldest first."""
    return [(act.what, act.by, act.update_name) for act in Act.objects.order_by("pk")]


def last() -> Act:
    return Act.objects.latest("pk")


def test_what_is_done_with_a_campaign_stands_in_its_trail(update: Update) -> None:
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    values = {"title": "Sixty more"}
    drafts.keep(draft, drafts.stamp(draft), values, drafts.targets_of(draft), by="Ben")
    draft.refresh_from_db()
    drafts.discard(draft, drafts.stamp(draft), by="Cleo")
    campaigns.pause(update.campaign, by="Ada", reason="We check an address.")
    campaigns.resume(update.campaign, by="Ada")
    campaigns.change_settings(update.campaign, {"goal": 5000, "confirmation": True}, by="Ben")
    campaigns.stop(update.campaign, by="Cleo", reason="They were freed.")
    assert acts() == [
        ("began", "", "Update 1"),
        ("published", "a test", "Update 1"),
        ("began", "Ada", "Update 2"),
        ("edited", "Ben", "Update 2"),
        ("discarded", "Cleo", "Update 2"),
        ("paused", "Ada", ""),
        ("resumed", "Ada", ""),
        ("settings", "Ben", ""),
        ("stopped", "Cleo", ""),
    ]
    assert last().note == "Another reason: They were freed."
    assert Act.objects.get(what=What.SETTINGS).changes == {"goal": [0, 5000]}
    assert {act.campaign for act in Act.objects.all()} == {update.campaign}


def test_an_edit_is_told_field_by_field_with_its_old_and_new_value(update: Update) -> None:
    draft = drafts.begin_from_live(update.campaign)
    offices = drafts.targets_of(draft)
    offices[1].email = "new.embassy@example.org"
    values = {"title": "Sixty more", "asks": ["free them"]}
    old = (draft.title, draft.asks)
    drafts.keep(draft, drafts.stamp(draft), values, offices, by="Ada")
    assert last().changes == {
        "title": [old[0], "Sixty more"],
        "asks": [old[1], ["free them"]],
        "office 2: email": [AMBASSADOR, "new.embassy@example.org"],
    }


def test_what_changes_nothing_is_no_act(update: Update) -> None:
    draft = drafts.begin_from_live(update.campaign)
    count = Act.objects.count()
    drafts.keep(draft, drafts.stamp(draft), {"title": draft.title}, drafts.targets_of(draft), by="Ada")
    assert not campaigns.change_settings(update.campaign, {"goal": 0}, by="Ada")
    assert not campaigns.resume(update.campaign, by="Ada")
    assert Act.objects.count() == count


def test_what_was_not_done_leaves_no_trace(update: Update) -> None:
    count = Act.objects.count()
    with pytest.raises(updates.NotPublishable):
        updates.publish(update, by="Ada")
    with transaction.atomic():
        campaigns.stop(update.campaign, by="Ada", reason="Freed.")
        transaction.set_rollback(True)
    assert (Act.objects.count(), Campaign.objects.get().status) == (count, "open")


def test_every_field_of_an_update_and_its_offices_is_compared(update: Update) -> None:
    values = trail.values_of(update)
    columns = {field.name for field in Update._meta.concrete_fields}
    assert columns - set(values) == columns & trail.BOOKKEEPING
    assert values["office 2: email"] == AMBASSADOR
    assert len([name for name in values if name.startswith("office 1: ")]) == 12


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE advocacy_act SET by = 'somebody else'",
        "DELETE FROM advocacy_act",
        "UPDATE advocacy_act SET changes = '{}' WHERE id = (SELECT min(id) FROM advocacy_act)",
    ],
)
def test_the_database_refuses_to_change_the_trail(update: Update, statement: str) -> None:
    before = list(Act.objects.values())
    with pytest.raises(DatabaseError, match="the audit trail never changes"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(Act.objects.values()) == before


def test_an_act_cannot_be_written_over(update: Update) -> None:
    act = Act.objects.all()[0]
    act.by = "somebody else"
    with pytest.raises(DatabaseError), transaction.atomic():
        act.save()
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            connection.cursor().execute(
                "INSERT OR REPLACE INTO advocacy_act (id, at, by, what, note, changes) "
                "VALUES (%s, '2026-01-01', 'x', 'began', '', '{}')",
                [act.pk],
            )


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(trail.NotInATransaction):
        trail.record(What.ROLES, by="Ada")


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_tells_it_and_holds_nothing_of_supporters(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("amara"))
    confirmed(update)
    edit = client.post("/desk/campaigns/ua-61-21/new/", {"text": later_text()}, follow=True)
    sent = {"seen": edit.context["seen"]}
    fields = [field for form in (edit.context["form"], *edit.context["targets"].forms) for field in form]
    fields += list(edit.context["targets"].management_form)
    sent |= {field.html_name: str(field.value() or "") for field in fields}
    client.post(f"/desk/updates/{Update.objects.get(number=2).pk}/", {**sent, "title": "Sixty & more"})
    shown = page(client.get("/desk/campaigns/ua-61-21/trail/"))
    assert "<bdi>amara</bdi> changed a draft" in shown
    assert "<ins>Sixty &amp; more</ins>" in shown
    assert "The machine</bdi> began a draft" in shown
    for private in (LEA["name"], LEA["email"], LEA["own_words"]):
        assert private not in shown


def open_words(shown: str) -> str:
    """What the page says of its steps before anything is unfolded."""
    return re.sub(r"<details>.*?</details>", "", shown.split('<ol class="timeline">')[1], flags=re.DOTALL)


def test_a_short_change_is_told_with_its_old_and_new_value_at_once(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("amara"))
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    offices = drafts.targets_of(draft)
    offices[1].email, offices[1].salutation = "new.embassy@example.org", "Dear Ambassador Example:"
    values = {"deadline": date(2030, 1, 2), "index": "ASA 17/1/2030"}
    drafts.keep(draft, drafts.stamp(draft), values, offices, by="Ada")
    told = open_words(page(client.get("/desk/campaigns/ua-61-21/trail/")))
    for old, new in (
        (AMBASSADOR, "new.embassy@example.org"),
        ("", "2030-01-02"),
        ("", "ASA 17/1/2030"),
    ):
        before = f"<del>{old}</del>" if old else '<span class="soft">nothing</span>'
        assert f"{before} → <ins>{new}</ins>" in told
    assert "office 2: email:" in told
    assert "<ins>Dear Ambassador Example:</ins>" in told


def test_an_approved_change_of_an_address_tells_both_addresses(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("amara"))
    draft = drafted(later_text().replace(AMBASSADOR, "new.embassy@example.org"))
    compared = alarms.comparison(draft)
    assert compared is not None
    keys = [one.key for one in compared.alarms]
    publishing.ask(draft, approvals.digest_of(draft), by="Ada", ticked=keys)
    publishing.approve(draft, approvals.digest_of(draft), by="Ben", ticked=keys)
    told = open_words(page(client.get("/desk/campaigns/ua-61-21/trail/"))).split("<bdi>Ben</bdi> approved")[1]
    assert f"<del>{AMBASSADOR}</del> → <ins>new.embassy@example.org</ins>" in told.split("</li>")[0]


def test_a_long_change_is_folded_and_its_words_are_compared(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("amara"))
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    facts = f"{draft.facts} Nobody has heard of them."
    drafts.keep(draft, drafts.stamp(draft), {"facts": facts}, drafts.targets_of(draft), by="Ada")
    shown = page(client.get("/desk/campaigns/ua-61-21/trail/"))
    assert "Nobody has heard of them." not in open_words(shown)
    assert "<summary>1 field: facts</summary>" in shown
    folded = shown.split("<summary>1 field: facts</summary>")[1].split("</details>")[0]
    assert re.findall("<ins>(.*?)</ins>", folded) == ["Nobody has heard of them."]
    assert "<del>" not in folded


def test_of_very_many_changes_the_first_stand_open(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("amara"))
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    drafts.discard(draft, drafts.stamp(draft), by="Ada")
    told = desk_trail.lines(desk_trail.acts_of(update.campaign))[0]
    assert len(told.open) == desk_trail.MOST_OPEN
    assert len(told.open) + len(told.folded) == len(told.changes)
    assert pages.read(page(client.get("/desk/campaigns/ua-61-21/trail/")), "testserver").faults == []


def test_settings_that_an_administrator_changes_elsewhere_are_in_it_too(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("root"))
    form = {"confirmation": "on", "subject_editable": "on", "goal": "77"}
    client.post(f"/admin/advocacy/campaign/{update.campaign_id}/change/", form)
    assert (last().what, last().by, last().changes) == ("settings", "root", {"goal": [0, 77]})
