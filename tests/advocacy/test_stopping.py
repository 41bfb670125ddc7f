"""Tests of the end of a campaign: the red button and what left after it, a deadline that passes by itself, thanks."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from advocacy import approvals, campaigns, changeovers, due, letters, lowering, publishing, tokens
from advocacy.access import Role
from advocacy.models import Act, Approval, Campaign, Letter, Update
from advocacy.models.campaign import Why
from advocacy.models.changeover import Answer
from advocacy.tokens import Purpose
from mailings import tasks
from mailings.models import Message
from tests.advocacy.making import (
    CHOICES,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    states_of,
    written,
)

PAGE, STATE = "/desk/campaigns/ua-61-21/", "/desk/campaigns/ua-61-21/state/"
LAST_DAY = date(2026, 3, 20)


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, a campaigner."""
    client.force_login(at_the_desk("amara"))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


# --- the red button --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", Why.values)
def test_each_reason_stands_in_the_trail_and_the_words_on_the_page(staff: Client, update: Update, why: str) -> None:
    staff.post(STATE, {"do": "stop", "stop-why": why, "stop-reason": "We thank you all."})
    assert Act.objects.latest("pk").note == f"{Why(why).label}: We thank you all."
    assert Campaign.objects.get().status_why == why
    assert "We thank you all." in page(Client().get("/ua-61-21/"))


def test_nothing_leaves_once_it_is_pressed(update: Update) -> None:
    letter = confirmed(update)
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.", why=Why.FREED)
    tasks.drain()
    assert states_of(letter) == [("cancelled", "")]


def test_who_clicks_afterwards_is_told(update: Update) -> None:
    letter = written(update)
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.", why=Why.FREED)
    for where in (f"/letters/{tokens.make(letter, Purpose.CONFIRM)}/confirm/", f"/letters/{token(letter)}/"):
        shown = page(Client().get(where))
        assert "Your letter was not sent" in shown
        assert "They were freed." in shown
        assert "Open the link in the mail" not in shown
    assert letters.confirm(letter, 1) is letters.Confirmed.CAMPAIGN_ENDED


def token(letter: Any) -> str:
    return tokens.make(letter, Purpose.STATUS)


def test_the_desk_tells_how_many_left_after_the_button(staff: Client, update: Update) -> None:
    sent = [confirmed(update, f"supporter{number}@example.org") for number in range(4)]
    rows = Message.objects.filter(kind="letter").order_by("pk")
    early, late, doubt = (row.pk for row in rows[:3])
    Message.objects.filter(pk=early).update(status="sent", sent_at=timezone.now() - timedelta(seconds=5))
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.", why=Why.FREED)
    pressed = Campaign.objects.get().status_at
    Message.objects.filter(pk=late).update(status="sent", sent_at=pressed + timedelta(seconds=2))
    Message.objects.filter(pk=doubt).update(status="in_doubt")
    shown = page(staff.get(PAGE))
    assert "<strong>1 letter</strong> left, the last at" in shown
    assert "1 is in doubt." in shown
    assert "1 is withdrawn in all." in shown
    assert states_of(sent[3]) == [("cancelled", "")]


def test_the_desk_tells_that_none_left(staff: Client, update: Update) -> None:
    confirmed(update)
    campaigns.stop(update.campaign, by="Ada", reason="They were freed.", why=Why.FREED)
    assert "<strong>No letter left.</strong>" in page(staff.get(PAGE))


def test_an_approver_can_stop_and_a_reporter_cannot(client: Client, update: Update) -> None:
    sent = {"do": "stop", "stop-why": "freed", "stop-reason": "She is free."}
    client.force_login(at_the_desk("ben", Role.REPORTER, campaigns=[update.campaign]))
    assert client.post(STATE, sent).status_code == 403
    client.force_login(at_the_desk("cleo", Role.APPROVER, campaigns=[update.campaign]))
    assert client.post(STATE, sent).status_code == 302
    assert Campaign.objects.get().status == "stopped"


# --- the deadline ----------------------------------------------------------------------------------------------------


@pytest.fixture
def dated(db: None) -> Update:
    """A live update whose last day is the 20th of March 2026, in Ottawa."""
    draft = drafted(later_text(1))
    Update.objects.filter(pk=draft.pk).update(deadline=LAST_DAY)
    Campaign.objects.update(time_zone="America/Toronto")
    draft.refresh_from_db()
    return gone_live(approved(draft))


def in_ottawa(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=ZoneInfo("America/Toronto"))


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (in_ottawa(19, 12, 0), False),
        (in_ottawa(20, 23, 58), False),
        # A worker may look a minute late, so it holds a little early and never late.
        (in_ottawa(20, 23, 58, 30), True),
        (in_ottawa(21, 0, 0), True),
        (in_ottawa(28, 9, 0), True),
        (datetime(2026, 3, 21, 3, 0, tzinfo=ZoneInfo("UTC")), False),
    ],
)
def test_a_deadline_holds_from_the_end_of_its_day_where_the_campaign_is(
    dated: Update, moment: datetime, holds: bool
) -> None:
    Message.objects.all().delete()
    assert bool(campaigns.hold_passed(moment)) is holds
    campaign = Campaign.objects.get()
    assert campaign.status == ("paused" if holds else "open")
    assert campaign.holds_for_deadline is holds
    assert campaigns.hold_passed(moment) == []


def test_it_holds_what_is_in_line_and_what_is_confirmed_later_and_asks(staff: Client, dated: Update) -> None:
    Campaign.objects.update(deadline_answered=LAST_DAY)  # it went on without a date, so that letters are in line
    before = confirmed(dated)
    waits = written(dated, "second@example.org")
    Campaign.objects.update(deadline_answered=None)
    # Even before a worker has looked at the clock.
    assert letters.confirm(waits, 1) is letters.Confirmed.NOW
    assert states_of(waits) == [("held", "pause")]
    tasks.tidy("loop")
    tasks.drain()
    assert (states_of(before), states_of(waits)) == ([("held", "pause")], [("held", "pause")])
    act = Act.objects.latest("pk")
    assert (act.what, act.by) == ("paused", "")
    assert "The date to write before has passed: UA 61/21" in page(staff.get("/desk/"))
    assert "Go on without a date" in page(staff.get(PAGE))
    assert "The date to write before, 20 March 2026, has passed." in page(Client().get("/ua-61-21/"))
    assert Campaign.objects.get().writable


@pytest.mark.parametrize("until", ["", "a day", "2020-01-01"])
def test_a_new_last_day_that_will_not_do_is_said(staff: Client, dated: Update, until: str) -> None:
    due.run()
    answer = staff.post(STATE, {"do": "deadline", "deadline-do": "extend", "deadline-until": until})
    assert answer.status_code == 422
    assert "Write" in str(answer.context["errors"])
    assert Campaign.objects.get().holds_for_deadline
    assert staff.post(STATE, {"do": "deadline"}).status_code == 422


@pytest.mark.parametrize("extended", [True, False])
def test_a_campaigner_extends_it_or_goes_on(staff: Client, dated: Update, extended: bool) -> None:
    waits = written(dated)
    letters.confirm(waits, 1)
    due.run()
    until = timezone.now().date() + timedelta(days=9)
    sent = {"deadline-do": "extend", "deadline-until": str(until)} if extended else {"deadline-do": "go_on"}
    assert "The campaign goes on." in page(staff.post(STATE, {"do": "deadline", **sent}, follow=True))
    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.deadline) == ("open", until if extended else None)
    assert states_of(waits) == [("queued", "")]
    due.run()
    assert Campaign.objects.get().status == "open"
    assert Act.objects.get(what="deadline").changes == {"deadline": ["2026-03-20", str(until) if extended else None]}
    assert bool(campaigns.hold_passed(timezone.now() + timedelta(days=11))) is extended


def test_it_may_be_closed_instead(staff: Client, dated: Update) -> None:
    due.run()
    staff.post(STATE, {"do": "close", "reason": "Its time is over."})
    assert Campaign.objects.get().status == "closed"
    assert not campaigns.decide_deadline(Campaign.objects.get(), None, by="Ada")


def test_a_newer_update_has_its_own_deadline(dated: Update) -> None:
    due.run()
    assert campaigns.decide_deadline(Campaign.objects.get(), None, by="Ada")
    draft = drafted(later_text(2))
    Update.objects.filter(pk=draft.pk).update(deadline=date(2026, 3, 25))
    draft.refresh_from_db()
    gone_live(approved(draft))
    assert Campaign.objects.get().deadline == date(2026, 3, 25)
    assert campaigns.hold_passed(in_ottawa(26, 9, 0))


def test_of_two_who_decide_the_second_is_told(staff: Client, dated: Update) -> None:
    due.run()
    campaigns.decide_deadline(Campaign.objects.get(), None, by="Ben")
    answer = staff.post(STATE, {"do": "deadline", "deadline-do": "go_on"}, follow=True)
    assert "Nothing changed: the campaign is open by now." in page(answer)


def paused_before(dated: Update) -> Any:
    """A letter of a campaign that was paused by hand before its deadline passed."""
    Campaign.objects.update(deadline_answered=LAST_DAY)
    letter = confirmed(dated)
    campaigns.pause(Campaign.objects.get(), by="Ada", reason="We check a fact.")
    Campaign.objects.update(deadline_answered=None)
    return letter


def test_a_campaign_that_was_paused_by_hand_is_not_resumed_past_its_deadline(staff: Client, dated: Update) -> None:
    letter = paused_before(dated)
    due.run()
    assert "The date to write before has passed: UA 61/21" in page(staff.get("/desk/"))
    shown = page(staff.get(PAGE))
    assert 'value="resume"' not in shown
    assert "The campaign was paused before that, and stays so" in shown
    answer = staff.post(STATE, {"do": "resume"}, follow=True)
    assert "Nothing changed. The date to write before has passed. Extend it" in page(answer)
    with pytest.raises(campaigns.DeadlinePassed):
        campaigns.resume(Campaign.objects.get(), by="Ada")
    tasks.drain()
    assert states_of(letter) == [("held", "pause")]


def test_once_its_deadline_is_decided_on_it_stays_paused_until_it_is_resumed(staff: Client, dated: Update) -> None:
    letter = paused_before(dated)
    answer = staff.post(STATE, {"do": "deadline", "deadline-do": "go_on"}, follow=True)
    assert "The campaign was paused before it passed, and stays so" in page(answer)
    assert "The date to write before has passed" not in page(staff.get("/desk/"))
    assert (Campaign.objects.get().status, states_of(letter)) == ("paused", [("held", "pause")])
    staff.post(STATE, {"do": "resume"})
    assert (Campaign.objects.get().status, states_of(letter)) == ("open", [("queued", "")])


def test_a_campaign_that_is_held_for_its_deadline_is_not_resumed_past_the_page(staff: Client, dated: Update) -> None:
    letters.confirm(written(dated), 1)
    due.run()
    staff.post(STATE, {"do": "resume"})
    assert Campaign.objects.get().status == "paused"


@pytest.mark.parametrize("answer", [Answer.ANEW, Answer.ASK])
def test_what_is_written_anew_past_the_deadline_waits(update: Update, answer: Answer) -> None:
    letter = confirmed(update, choices=replace(CHOICES, subject=""))
    draft = drafted(later_text(2))
    Update.objects.filter(pk=draft.pk).update(deadline=LAST_DAY)
    draft.refresh_from_db()
    gone_live(approved(draft), answer)
    changeovers.work(60)
    if answer == Answer.ASK:
        asked = letter_of(letter.supporter.email)
        assert letters.confirm(asked, asked.version) is letters.Confirmed.NOW
    tasks.drain()
    assert states_of(letter) == [("cancelled", ""), ("held", "pause")]


def test_what_shows_less_past_the_deadline_waits(update: Update) -> None:
    letter = confirmed(update, choices=replace(CHOICES, subject=""))
    draft = drafted(later_text(2))
    Update.objects.filter(pk=draft.pk).update(deadline=LAST_DAY)
    draft.refresh_from_db()
    gone_live(approved(draft))
    lowering.store_settings(Campaign.objects.get(), {"most_identity": "pen"}, by="Ada")
    changeovers.work(60)
    assert states_of(letter) == [("cancelled", ""), ("held", "pause")]


# --- before the first publication ------------------------------------------------------------------------------------


@pytest.fixture
def timed(db: None) -> Update:
    """A first appeal that becomes public in an hour."""
    draft = approved(drafted(later_text(1)))
    publishing.schedule(draft, approvals.digest_of(draft), timezone.now() + timedelta(hours=1), by="Ada")
    return draft


def test_a_stop_before_the_first_publication_ends_the_set_time_and_the_approval(staff: Client, timed: Update) -> None:
    assert "Stop this campaign" in page(staff.get(PAGE))
    answer = staff.post(STATE, {"do": "stop", "stop-why": "died", "stop-reason": "They have died."}, follow=True)
    assert "Every approval has ended" in page(answer)
    assert publishing.publish_due(timezone.now() + timedelta(hours=2)) == []
    assert Campaign.objects.get().status == "draft"
    assert Client().get("/ua-61-21/").status_code == 404
    approval = Approval.objects.get()
    words = "The campaign was stopped: They have died."
    assert (approval.state, approval.publish_at, approval.missed) == ("void", None, words)
    told = [(act.what, act.by, act.note) for act in Act.objects.order_by("-pk")[:2]]
    assert told == [("stopped", "amara", "They have died: They have died."), ("ended", "amara", words)]
    assert "Stop this campaign" not in page(staff.get(PAGE))


def test_a_pause_before_the_first_publication_takes_the_time_back(staff: Client, timed: Update) -> None:
    answer = staff.post(STATE, {"do": "pause", "reason": "We check a fact."}, follow=True)
    assert "No time is set any more" in page(answer)
    assert publishing.publish_due(timezone.now() + timedelta(hours=2)) == []
    approval = Approval.objects.get()
    assert (approval.state, approval.publish_at) == ("approved", None)
    assert "was not published at the time that was set" in page(staff.get("/desk/"))
    assert campaigns.stop(Campaign.objects.get(), by="Ben", reason="She is free.")


# --- the end ---------------------------------------------------------------------------------------------------------


def test_closing_thanks_with_the_numbers_where_they_may_be_told(update: Update) -> None:
    for number in range(26):
        confirmed(update, f"supporter{number}@example.org")
    Message.objects.filter(kind="letter").update(status="sent", sent_at=timezone.now())
    Letter.objects.update(confirmed_at=timezone.now() - timedelta(hours=25))  # younger ones are not told yet
    campaigns.close(update.campaign, by="Ada", reason="The trial is over.")
    shown = page(Client().get("/ua-61-21/"))
    assert "Thank you to everybody who wrote. At least <strong>25</strong> letters were confirmed" in shown


def test_few_are_thanked_without_a_number(update: Update) -> None:
    letter = confirmed(update)
    Message.objects.filter(kind="letter").update(status="sent", sent_at=timezone.now())
    campaigns.close(update.campaign, by="Ada", reason="The trial is over.")
    shown = page(Client().get("/ua-61-21/"))
    assert "Thank you to everybody who wrote." in shown
    assert "letters were confirmed" not in shown
    assert letter_of(letter.supporter.email).confirmed_at
