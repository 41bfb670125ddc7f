"""Tests of approvals beside the live update that they were given for: where another one becomes live, they end."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from advocacy import alarms, approvals, campaigns, due, office_changes, office_effects, offices, publishing, updates
from advocacy.access import Role
from advocacy.approvals import NotApproved
from advocacy.models import Act, Approval, Campaign, Changeover, Update
from advocacy.models.changeover import Answer
from mailings.models import Halt, Recall
from tests.advocacy.making import (
    AMBASSADOR,
    PRESIDENT,
    ROOT,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    ticks,
)

SHOWN = approvals.digest_of
MOVED = "president@gov.example.org"


def live() -> str:
    found = Campaign.objects.get().live_update
    return found.name if found else ""


def third() -> Update:
    return gone_live(approved(drafted(later_text(3))))


def preview(update: Update) -> str:
    return f"/desk/updates/{update.pk}/preview/"


def words(answer: Any) -> str:
    return str(answer.content.decode())


def went_back(update: Update, answer: Answer = Answer.GO) -> None:
    publishing.ask_to_go_back(update, SHOWN(update), by="Ada", reason="A wrong count.")
    publishing.approve(update, SHOWN(update), by="Ben", ticked=alarm_keys(update))
    publishing.publish(update, SHOWN(update), by="Ada", letters=answer)


def alarm_keys(update: Update) -> list[str]:
    found = alarms.comparison(Update.objects.get(pk=update.pk))
    return [one.key for one in found.alarms] if found else []


# --- what ends -------------------------------------------------------------------------------------------------------


def test_the_clock_puts_no_older_text_over_a_newer_one(update: Update) -> None:
    second = approved(drafted(later_text(2)))
    at = timezone.now() + timedelta(hours=1)
    publishing.schedule(second, SHOWN(second), at, by="Ada", letters=Answer.ANEW)
    letter = confirmed(third())
    assert publishing.publish_due(at + timedelta(minutes=1)) == []
    due.run()
    assert (live(), letter_of(letter.supporter.email).update.number) == ("Update 3", 3)
    approval = Approval.objects.get(update=second)
    assert (approval.state, approval.publish_at, approval.missed) == ("void", None, "Update 3 became live before.")
    ended = Act.objects.get(what="ended")
    assert (ended.by, ended.update_number, ended.note) == ("Ada", 2, "Update 3 became live.")


@pytest.mark.parametrize("asked_only", [True, False])
def test_what_was_asked_beside_another_update_is_not_published(update: Update, asked_only: bool) -> None:
    second = drafted(later_text(2))
    publishing.ask(second, SHOWN(second), by="Ada")
    if not asked_only:
        approvals.approve(second, SHOWN(second), by="Ben")
    third()
    with pytest.raises(NotApproved, match="Nobody asks for its approval"):
        approvals.approve(second, SHOWN(second), by="Ben")
    with pytest.raises(NotApproved, match="A second person"):
        publishing.publish(second, SHOWN(second), by="Ada", letters=Answer.GO)
    assert live() == "Update 3"


def test_even_an_approval_that_did_not_end_is_not_used(update: Update) -> None:
    second = approved(drafted(later_text(2)))
    third()
    Approval.objects.filter(update=second).update(state="approved")
    with pytest.raises(NotApproved, match="Update 3 became live since it was asked for"):
        publishing.publish(second, SHOWN(second), by="Ada", letters=Answer.GO)
    Approval.objects.filter(update=second).update(state="asked")
    with pytest.raises(NotApproved, match="Update 3 became live since"):
        approvals.approve(second, SHOWN(second), by="Ben")
    Approval.objects.filter(update=second).update(state="approved", publish_at=timezone.now())
    assert publishing.publish_due(timezone.now()) == []
    assert "Update 3 became live since" in Approval.objects.get(update=second).missed


def test_no_going_back_that_was_approved_beside_another_update(update: Update) -> None:
    gone_live(approved(drafted(later_text(2))))
    publishing.ask_to_go_back(update, SHOWN(update), by="Ada", reason="2 was wrong")
    approvals.approve(update, SHOWN(update), by="Ben")
    third()
    with pytest.raises(NotApproved, match="A second person"):
        publishing.publish(update, SHOWN(update), by="Ada", letters=Answer.GO)
    assert live() == "Update 3"


def test_going_back_ends_what_was_asked_beside_the_later_one(update: Update) -> None:
    gone_live(approved(drafted(later_text(2))))
    waits = approved(drafted(later_text(3)))
    went_back(update)
    assert Approval.objects.get(update=waits).state == "void"


def test_a_text_that_is_published_off_the_page_ends_them_too(update: Update) -> None:
    second = approved(drafted(later_text(2)))
    updates.publish(drafted(later_text(3)), by="load_campaign")
    assert Approval.objects.get(update=second).state == "void"


def test_a_correction_of_an_office_does_not_bring_earlier_facts_back(update: Update) -> None:
    office = offices.put({"name": "Peiwu Cong", "email": AMBASSADOR}, by="Ada")
    values = {name: getattr(office, name) for name in offices.FIELDS} | {"email": MOVED}
    office_changes.propose(office, office_changes.stamp(office), values, by="Ada", reason="Moved")
    change = office_changes.open_for(office)
    assert change
    reach = office_effects.reach(office, change.values)
    (correction,) = office_changes.approve(change, office_changes.digest_of(change, reach), by="Ben")
    gone_live(approved(drafted(later_text(2))))
    correction = Update.objects.get(pk=correction.pk)
    with pytest.raises(NotApproved):
        publishing.publish(correction, SHOWN(correction), by="Ada", letters=Answer.ANEW)
    assert live() == "Update 2"


def test_the_page_says_it_and_asks_again_with_the_alarms_of_today(client: Client, update: Update) -> None:
    second = approved(drafted(later_text(2)))
    third()
    client.force_login(at_the_desk("solo", Role.CAMPAIGNER, campaigns=[update.campaign]))
    shown = client.get(preview(second))
    assert "The approval has ended.</strong> Update 3 became live on" in words(shown)
    assert shown.context["comparison"].keys
    sent = {"do": "publish", "when": "now", "letters": "go", "shown": SHOWN(second)}
    assert client.post(preview(second), sent).status_code == 409
    asks = {"do": "ask", "compared": "1", "shown": SHOWN(second)}
    assert client.post(preview(second), asks).status_code == 422
    assert client.post(preview(second), {**asks, **ticks(shown)}).status_code == 302
    assert live() == "Update 3"


# --- going back is compared ------------------------------------------------------------------------------------------


@pytest.fixture
def moved(update: Update) -> Update:
    """Update 1, with Update 2 live, which writes to the president at another address."""
    gone_live(approved(drafted(later_text(2).replace(PRESIDENT, MOVED))))
    return Update.objects.get(pk=update.pk)


def labels(update: Update) -> dict[str, tuple[str, str, str]]:
    found = alarms.comparison(update)
    return {one.label: (one.old, one.new, one.question) for one in found.alarms} if found else {}


def test_the_way_back_is_compared_with_what_is_live(moved: Update) -> None:
    found = labels(moved)
    old, new, _ = found["To: Xi Jinping, email address"]
    assert (old, new) == (MOVED, PRESIDENT)
    assert not any("draft" in question for _, _, question in found.values())
    live_update = Campaign.objects.get().live_update
    assert live_update
    assert alarms.comparison(live_update) is None


def test_the_address_book_stands_beside_the_way_back(moved: Update) -> None:
    offices.put({"name": "Xi Jinping", "email": MOVED}, by="Ada")
    old, new, question = labels(moved)["To: Xi Jinping, beside the address book, email"]
    assert (old, new) == (MOVED, PRESIDENT)
    assert question.startswith("The address book says otherwise by now")


def test_both_tick_what_the_way_back_changes(client: Client, moved: Update) -> None:
    client.force_login(at_the_desk("amara"))
    shown = client.get(preview(moved))
    assert MOVED in [row.difference.old for row in shown.context["comparison"].alarms]
    assert "What changes against the live page" in words(shown)
    asks = {"do": "ask_back", "shown": SHOWN(moved), "return-reason": "A wrong count.", "compared": "1"}
    assert client.post(preview(moved), asks).status_code == 422
    assert client.post(preview(moved), {**asks, **ticks(shown)}).status_code == 302
    ben = Client()
    ben.force_login(at_the_desk("ben"))
    shown = ben.get(preview(moved))
    gives = {"do": "approve", "compared": "1", "shown": SHOWN(moved)}
    assert ben.post(preview(moved), gives).status_code == 422
    assert ben.post(preview(moved), {**gives, **ticks(shown)}).status_code == 302
    told = [act.changes for act in Act.objects.filter(what__in=["asked", "approved"], update_number=1)]
    assert all(one["compared: To: Xi Jinping, email address"] == [MOVED, PRESIDENT] for one in told)
    assert len(told) == 2


def test_one_person_alone_ticks_them_as_well(client: Client, moved: Update, settings: Any) -> None:
    settings.APPROVAL = "one"
    client.force_login(at_the_desk("amara"))
    shown = client.get(preview(moved))
    sent = {"do": "publish", "when": "now", "shown": SHOWN(moved), "return-reason": "Wrong.", "compared": "1"}
    assert client.post(preview(moved), sent).status_code == 422
    assert live() == "Update 2"
    assert client.post(preview(moved), {**sent, **ticks(shown)}).status_code == 302
    assert live() == "Update 1"


def test_the_page_says_which_words_letters_get(client: Client, moved: Update, settings: Any) -> None:
    client.force_login(at_the_desk("amara"))
    publishing.ask_to_go_back(moved, SHOWN(moved), by="Ada", reason="A wrong count.")
    approvals.approve(moved, SHOWN(moved), by="Ben")
    shown = words(client.get(preview(moved)))
    assert "The words of Update 1, the same name, place and own words." in shown
    assert "They leave with the facts and addresses that they were written with." in shown
    assert "Who has not confirmed yet finds these words behind the link they have." in shown
    assert "earlier facts" not in shown


# --- what the migration does with a database from before -------------------------------------------------------------


def migration() -> Any:
    """The module, whatever number it has."""
    (file,) = (ROOT / "advocacy" / "migrations").glob("*_compared_with.py")
    return import_module(f"advocacy.migrations.{file.stem}")


def test_open_approvals_from_before_are_tied_or_end(update: Update) -> None:
    second = approved(drafted(later_text(2)))
    third()
    fourth = approved(drafted(later_text(4)))
    Approval.objects.exclude(state="used").update(state="approved", compared_with=None)
    migration().tie(apps, None)
    told = Approval.objects.get(update=second)
    assert (told.state, told.decision) == ("void", "Another update became live.")
    tied = Approval.objects.get(update=fourth)
    assert tied.compared_with
    assert (tied.state, tied.compared_with.number) == ("approved", 3)


def test_changeovers_from_before_know_which_way_they_went(moved: Update) -> None:
    confirmed(Campaign.objects.get().live_update or moved)
    went_back(moved, Answer.CANCEL)
    gone_live(approved(drafted(later_text(3))), Answer.CANCEL)
    Changeover.objects.update(back=False)
    migration().say_which_way(apps, None)
    assert list(Changeover.objects.order_by("pk").values_list("back", flat=True)) == [True, False]


def test_halts_and_unfinished_changeovers_from_before_hold(update: Update) -> None:
    letter = confirmed(update)
    gone_live(approved(drafted(later_text(2))), Answer.CANCEL)
    Recall.objects.all().delete()
    migration().recall(apps, None)
    assert list(Recall.objects.values_list("message__reference", "why")) == [(letter.code, "update")]
    campaigns.pause(Campaign.objects.get(), by="Ada", reason="")
    Halt.objects.exclude(mode="sandbox").delete()
    migration().halt_in_every_mode(apps, None)
    assert sorted(Halt.objects.values_list("mode", "for_good")) == [
        (mode, False) for mode in ("live", "sandbox", "test")
    ]
    Campaign.objects.update(status="open")
    migration().halt_in_every_mode(apps, None)
    assert not Halt.objects.exists()
