"""Tests of settings that are stored from a page that was open for long: nobody's protection is taken back by it."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from advocacy import campaigns
from advocacy.desk_campaigns import SettingsForm
from advocacy.models import Act, Campaign, Update
from tests.advocacy import pages
from tests.advocacy.making import at_the_desk

PAGE = "/desk/campaigns/ua-61-21/"
#: What the page sends back where nobody changed anything.
UNTOUCHED = {
    "confirmation": "on",
    "subject_editable": "on",
    "goal": "0",
    "mailbox": "",
    "random_delay_hours": "0",
    "most_identity": "place",
    "not_to_be_said": "",
    "time_zone": "UTC",
}
PROTECTION: dict[str, Any] = {"most_identity": "pen", "not_to_be_said": ["Maria Lopez"], "random_delay_hours": 24}


@pytest.fixture
def staff(client: Client, update: Update) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def opened(staff: Client) -> dict[str, str]:
    """The form of a tab that is opened now."""
    shown = staff.get(PAGE)
    assert pages.read(shown.content.decode(), "testserver").faults == []
    return {**UNTOUCHED, "shown": shown.context["form"].shown}


def protected() -> tuple[str, list[str], int]:
    campaign = Campaign.objects.get()
    return campaign.most_identity, campaign.not_to_be_said, campaign.random_delay_hours


def protect(**values: Any) -> None:
    campaigns.change_settings(Campaign.objects.get(), values or PROTECTION, by="Ben")


def test_an_older_tab_stores_what_was_changed_on_it_and_nothing_else(staff: Client) -> None:
    tab = opened(staff)
    protect()
    assert staff.post(PAGE, {**tab, "goal": "500"}).status_code == 302
    assert protected() == ("pen", ["Maria Lopez"], 24)
    assert Campaign.objects.get().goal == 500
    assert Act.objects.latest("pk").changes == {"goal": [0, 500]}


def test_a_tick_that_nobody_touched_stays_as_somebody_else_left_it(staff: Client) -> None:
    tab = opened(staff)
    protect(confirmation=False, body_editable=True)
    assert staff.post(PAGE, {**tab, "goal": "7"}).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.confirmation, campaign.body_editable, campaign.goal) == (False, True, 7)


def test_what_both_changed_is_asked_with_both_values_and_nothing_is_lost(staff: Client) -> None:
    tab = {**opened(staff), "most_identity": "first", "not_to_be_said": "Ana Other", "goal": "9"}
    protect(**PROTECTION, confirmation=False)
    del tab["confirmation"]  # Both took the same tick away: that is no conflict.
    answer = staff.post(PAGE, tab)
    shown = pages.read(answer.content.decode(), "testserver")
    assert (answer.status_code, shown.faults) == (422, [])
    assert "Now: “A pen name”. Yours: “First name and country”." in shown.beside("most_identity")
    assert "Now: Maria Lopez. Yours: Ana Other." in shown.beside("not_to_be_said")
    typed = [shown.value(name) for name in ("most_identity", "not_to_be_said", "goal", "random_delay_hours")]
    assert typed == ["first", "Ana Other", "9", "24"]  # What was not touched stands as it is stored now.
    assert protected() == ("pen", ["Maria Lopez"], 24)
    assert Campaign.objects.get().goal == 0
    # The next press decides, for it comes from a page that showed both.
    again = {**tab, "random_delay_hours": "24", "shown": answer.context["form"].shown}
    assert staff.post(PAGE, again).status_code == 302
    assert protected() == ("first", ["Ana Other"], 24)
    assert (Campaign.objects.get().goal, Campaign.objects.get().confirmation) == (9, False)


def test_a_tick_that_somebody_else_set_stands_on_the_page_that_asks(staff: Client) -> None:
    tab = {**opened(staff), "most_identity": "first"}
    protect(most_identity="pen", body_editable=True, subject_editable=False)
    form = staff.post(PAGE, tab).context["form"]
    assert (bool(form["body_editable"].value()), bool(form["subject_editable"].value())) == (True, False)


@pytest.mark.parametrize("shown", [None, "", "no json", "[]", "{}", "7"])
def test_a_page_that_does_not_say_what_it_had_shown_changes_nothing_unasked(staff: Client, shown: str | None) -> None:
    protect()
    tab = {**UNTOUCHED, "goal": "500"} | ({} if shown is None else {"shown": shown})
    answer = staff.post(PAGE, tab)
    assert answer.status_code == 422
    assert "Now: “24”. Yours: “0”." in pages.read(answer.content.decode()).beside("random_delay_hours")
    assert protected() == ("pen", ["Maria Lopez"], 24)


def test_a_way_to_answer_still_needs_the_mailbox_that_is_stored(staff: Client) -> None:
    tab = {**opened(staff), "most_identity": "answer"}
    protect(mailbox="ua-61-21@letters.example.org")
    assert staff.post(PAGE, tab).status_code == 302
    assert Campaign.objects.get().most_identity == "answer"


def test_the_form_knows_every_setting_that_it_shows(update: Update) -> None:
    assert set(SettingsForm(update.campaign).stored) == set(SettingsForm.base_fields)


def test_an_older_tab_of_the_administration_takes_nothing_back_either(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("root"))
    Campaign.objects.update(confirmation=False)
    where = f"/admin/advocacy/campaign/{update.campaign_id}/change/"
    tab = client.get(where).context["adminform"].form
    sent = {field.html_initial_name: str(field.initial) for field in tab}
    protect(confirmation=True)
    assert client.post(where, {**sent, "subject_editable": "on", "goal": "500"}).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.confirmation, campaign.subject_editable, campaign.goal) == (True, True, 500)
