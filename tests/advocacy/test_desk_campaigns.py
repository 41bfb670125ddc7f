"""Tests of the desk's campaigns: their settings, and their state with what it does to letters."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from advocacy.models import Campaign, Update
from tests.advocacy.making import at_the_desk, confirmed, shown_settings, states_of, written

PAGE, STATE = "/desk/campaigns/ua-61-21/", "/desk/campaigns/ua-61-21/state/"
SETTINGS = {
    "confirmation": "on",
    "subject_editable": "on",
    "goal": "5000",
    "mailbox": "",
    "random_delay_hours": "0",
} | {"time_zone": "UTC"}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_settings_are_stored(staff: Client, update: Update) -> None:
    typed = {"goal": "5000", "body_editable": "on", "mailbox": "china@letters.example.org", "random_delay_hours": "24"}
    typed |= {"time_zone": "Ottawa"}
    assert "The settings are stored." in page(staff.post(PAGE, {**typed, **shown_settings()}, follow=True))
    campaign = Campaign.objects.get()
    assert (campaign.confirmation, campaign.subject_editable, campaign.body_editable) == (False, False, True)
    assert (campaign.goal, campaign.mailbox, campaign.status) == (5000, "china@letters.example.org", "open")
    assert (campaign.random_delay, campaign.time_zone) == (timedelta(hours=24), "America/Toronto")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"goal": "many"}, "Write a number in digits, like 5000."),
        ({"goal": "-1"}, "Write 0 or a larger number."),
        ({"goal": "99999999999"}, "Write a number up to 100 million."),
        ({"goal": ""}, "Write 0 where no number is hoped for."),
        ({"random_delay_hours": ""}, "Write 0 where letters may leave at once."),
        ({"random_delay_hours": "73"}, "Write a number of hours up to 72"),
        ({"random_delay_hours": "a day"}, "Write the hours in digits, like 24."),
        ({"time_zone": "Mars"}, "Write a time zone by its name, like Asia/Shanghai, or a capital, like Beijing."),
        ({"mailbox": "me@gmail.com"}, "Answers must come to an address that ends in @letters.example.org"),
        ({"mailbox": "a@letters.example.org, b@letters.example.org"}, "Write one address only."),
        ({"mailbox": "a@letters.example.org\nBcc: b@example.org"}, "Write"),
    ],
)
def test_a_setting_that_cannot_be_is_said_beside_it_and_kept(
    staff: Client, update: Update, typed: dict[str, str], words: str
) -> None:
    answer = staff.post(PAGE, {**SETTINGS, **shown_settings(), **typed})
    shown = page(answer)
    assert answer.status_code == 422
    assert shown.count(words) >= 2  # in the summary, and beside the field
    assert f'value="{typed.get("goal", "5000")}"' in shown
    assert Campaign.objects.get().goal == 0


def test_a_campaign_is_stopped_with_a_reason_and_its_letters_stay_here(staff: Client, update: Update) -> None:
    letter, waiting = confirmed(update), written(update, "second@example.org")
    assert "2 letters</strong> have not begun to leave" in page(staff.get(PAGE))
    refused = staff.post(STATE, {"do": "stop", "stop-why": "", "stop-reason": ""})
    assert refused.status_code == 422
    assert page(refused).count("Choose why.") == 2
    assert page(refused).count("Write in a line what everybody may read on the page.") == 2
    assert Campaign.objects.get().status == "open"
    done = staff.post(STATE, {"do": "stop", "stop-why": "freed", "stop-reason": "She has been released."}, follow=True)
    assert "The campaign is stopped." in page(done)
    assert Campaign.objects.get().status_reason == "She has been released."
    assert [states_of(one)[0][0] for one in (letter, waiting)] == ["cancelled", "cancelled"]
    assert "She has been released." in page(Client().get("/ua-61-21/"))


def test_a_pause_holds_and_a_resume_lets_go(staff: Client, update: Update) -> None:
    letter = confirmed(update)
    staff.post(STATE, {"do": "pause", "reason": "We check an address."})
    assert states_of(letter) == [("held", "pause")]
    assert "The campaign is open again." in page(staff.post(STATE, {"do": "resume"}, follow=True))
    assert states_of(letter) == [("queued", "")]


def test_of_two_who_act_on_a_campaign_the_second_is_told(staff: Client, update: Update) -> None:
    staff.post(STATE, {"do": "close", "reason": "Done."})
    answer = staff.post(STATE, {"do": "stop", "stop-why": "other", "stop-reason": "Not done."}, follow=True)
    assert "Nothing changed: the campaign is closed by now." in page(answer)
    assert staff.post(STATE, {"do": "explode", "reason": "x"}).status_code == 404


def test_administrators_read_updates_and_change_no_state(client: Client, update: Update) -> None:
    client.force_login(get_user_model().objects.create_superuser("root"))
    assert client.get("/admin/advocacy/update/").status_code == 200
    shown = page(client.get(f"/admin/advocacy/update/{update.pk}/change/"))
    assert 'name="title"' not in shown
    shown = page(client.get(f"/admin/advocacy/campaign/{update.campaign.pk}/change/"))
    assert 'name="goal"' in shown
    assert 'name="status"' not in shown
    assert client.post(f"/admin/advocacy/update/{update.pk}/delete/", {"post": "yes"}).status_code == 403
