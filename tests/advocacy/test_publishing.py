"""Tests of guarded publishing: who approves what, what ends an approval, and what happens by the clock and at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from advocacy import approvals, campaigns, drafts, due, publishing, updates
from advocacy.approvals import NotApproved
from advocacy.models import Act, Approval, Campaign, Update
from advocacy.models.approval import ApprovalState
from advocacy.models.changeover import Answer
from mailings import instance, tasks
from mailings.models import Message
from tests.advocacy.making import approved, confirmed, drafted, later_text, published, ticks

SHOWN = approvals.digest_of
AT_ONCE = 6


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2, begun by Ada."""
    return drafts.begin_from_live(update.campaign, by="Ada")


def edited(draft: Update, by: str, **values: Any) -> None:
    draft.refresh_from_db()
    drafts.keep(draft, drafts.stamp(draft), values, drafts.targets_of(draft), by=by)
    draft.refresh_from_db()


def state_of(draft: Update) -> str:
    return str(Approval.objects.filter(update=draft).latest("pk").state)


def last_acts(count: int) -> list[tuple[str, str]]:
    return [(act.what, act.by) for act in Act.objects.order_by("-pk")[:count]][::-1]


# --- who -------------------------------------------------------------------------------------------------------------


def test_what_a_second_person_approved_is_published(draft: Update) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    approvals.approve(draft, SHOWN(draft), by="Ben")
    publishing.publish(draft, SHOWN(draft), by="Ada")
    assert (Campaign.objects.get().live_update, state_of(draft)) == (draft, "used")
    assert last_acts(3) == [("asked", "Ada"), ("approved", "Ben"), ("published", "Ada")]


def test_whoever_asked_or_edited_last_cannot_approve(draft: Update) -> None:
    edited(draft, "Cleo", title="Another title")
    publishing.ask(draft, SHOWN(draft), by="Ada")
    with pytest.raises(NotApproved, match="You asked for it"):
        approvals.approve(draft, SHOWN(draft), by="Ada")
    with pytest.raises(NotApproved, match="You edited it last"):
        approvals.approve(draft, SHOWN(draft), by="Cleo")
    assert state_of(draft) == "asked"
    approvals.approve(draft, SHOWN(draft), by="Ben")


def test_without_an_approval_nothing_is_published(draft: Update) -> None:
    with pytest.raises(NotApproved, match="A second person"):
        publishing.publish(draft, SHOWN(draft), by="Ada")
    publishing.ask(draft, SHOWN(draft), by="Ada")
    with pytest.raises(NotApproved, match="A second person"):
        publishing.publish(draft, SHOWN(draft), by="Ada")
    approvals.approve(draft, SHOWN(draft), by="Ben")
    approvals.send_back(draft, by="Ben", reason="The embassy has moved.")
    with pytest.raises(NotApproved, match="A second person"):
        publishing.publish(draft, SHOWN(draft), by="Ada")
    draft.refresh_from_db()
    assert not draft.published


def test_nobody_asks_for_what_cannot_be_published(draft: Update) -> None:
    edited(draft, "Ada", title="")
    with pytest.raises(updates.NotPublishable, match="The title is missing"):
        publishing.ask(draft, SHOWN(draft), by="Ada")


def test_the_database_lets_nobody_approve_a_wish_of_their_own(draft: Update) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    with pytest.raises(DatabaseError), transaction.atomic():
        Approval.objects.update(state=ApprovalState.APPROVED, decided_by="Ada")


def test_where_one_person_is_enough_it_is_said_and_done(client: Client, draft: Update, settings: Settings) -> None:
    settings.APPROVAL = "one"
    client.force_login(get_user_model().objects.create_superuser("amara"))
    where = f"/desk/updates/{draft.pk}/preview/"
    shown = client.get(where)
    assert "One person is enough here." in shown.content.decode()
    sent = {"do": "publish", "when": "now", "shown": shown.context["shown"]}
    assert client.post(where, sent).status_code == 422
    assert client.post(where, {**sent, "compared": "1"}).status_code == 422
    assert client.post(where, {**sent, **ticks(shown)}).status_code == 422
    assert client.post(where, {**sent, **ticks(shown), "compared": "1"}).status_code == 302
    approval = Approval.objects.get()
    assert (approval.alone, approval.asked_by, approval.decided_by) == (True, "amara", "amara")
    assert Campaign.objects.get().live_update == draft


# --- what it binds to ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask_only", [True, False])
def test_an_edit_ends_it_visibly(client: Client, draft: Update, ask_only: bool) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    if not ask_only:
        approvals.approve(draft, SHOWN(draft), by="Ben")
    client.force_login(get_user_model().objects.create_superuser("amara"))
    warned = "waits for approval as it stands" if ask_only else "is approved as it stands"
    assert warned in client.get(f"/desk/updates/{draft.pk}/").content.decode()
    edited(draft, "Cleo", title="Another title")
    assert state_of(draft) == "void"
    assert last_acts(2) == [("edited", "Cleo"), ("voided", "Cleo")]
    with pytest.raises(NotApproved):
        approvals.approve(draft, SHOWN(draft), by="Ben")
    with pytest.raises(NotApproved):
        publishing.publish(draft, SHOWN(draft), by="Ada")
    shown = client.get(f"/desk/updates/{draft.pk}/preview/").content.decode()
    assert "The approval has ended.</strong> Cleo edited it on" in shown


def test_saving_without_a_change_ends_nothing(draft: Update) -> None:
    approved(draft)
    edited(draft, "Cleo", title=draft.title)
    assert state_of(draft) == "approved"


def changes_of(update: Update) -> list[Callable[[], Any]]:
    """One change for each column of an update and of an office, past all of our own code."""
    rows, offices = Update.objects.filter(pk=update.pk), update.targets.filter(position=2)
    texts = ("title", "summary", "facts", "index", "letter_text", "letter_subject", "country", "source_text")
    office = ("name", "title", "organisation", "salutation", "email", "local_language", "role")
    return [
        *(lambda name=name: rows.update(**{name: "to"}) for name in (*texts, "original_index")),
        *(lambda name=name: rows.update(**{name: "2026-01-01"}) for name in ("issued_on", "deadline")),
        lambda: rows.update(asks=["something else"]),
        lambda: rows.update(points_that_stay=[1]),
        lambda: rows.update(letter_subjects=["UA 61/21: another"]),
        lambda: rows.update(number=7),
        *(lambda name=name: offices.update(**{name: "to"}) for name in office),
        *(
            lambda name=name: offices.update(**{name: ["x"]})
            for name in ("address_lines", "local_address_lines", "fax")
        ),
        lambda: offices.update(position=9),
        offices.delete,
        lambda: update.targets.create(role="copy", position=5, name="A stranger"),
    ]


def test_it_binds_to_every_field(draft: Update) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    shown = SHOWN(draft)
    for number, change in enumerate(changes_of(draft)):
        with transaction.atomic():
            change()
            with pytest.raises(NotApproved):
                approvals.approve(draft, SHOWN(draft), by="Ben")
            with pytest.raises(NotApproved, match="changed it since"):
                approvals.approve(draft, shown, by="Ben")
            transaction.set_rollback(True)
        assert SHOWN(draft) == shown, number
    approvals.approve(draft, shown, by="Ben")


# --- at a time -------------------------------------------------------------------------------------------------------


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


def an_hour_passes() -> None:
    Approval.objects.update(publish_at=timezone.now() - timedelta(minutes=3))


def test_a_time_publishes_once_and_not_before(draft: Update) -> None:
    publishing.schedule(approved(draft), SHOWN(draft), in_an_hour(), by="Ada", letters=Answer.GO)
    tasks.tidy("loop")
    assert Campaign.objects.get().live_update != draft
    an_hour_passes()
    tasks.tidy("loop")
    tasks.tidy("cluster")
    assert Campaign.objects.get().live_update == draft
    assert [act.what for act in Act.objects.order_by("pk")][-3:] == ["scheduled", "published", "letters"]
    assert due.run() == []


@pytest.mark.parametrize("ended", ["stop", "close", "edit", "back", "unschedule"])
def test_what_no_longer_may_be_published_is_not_but_asks(client: Client, draft: Update, ended: str) -> None:
    publishing.schedule(approved(draft), SHOWN(draft), in_an_hour(), by="Ada", letters=Answer.GO)
    ends: dict[str, Callable[[], Any]] = {
        "stop": lambda: campaigns.stop(draft.campaign, by="Cleo", reason="They were freed."),
        "close": lambda: campaigns.close(draft.campaign, by="Cleo", reason="Done."),
        "edit": lambda: edited(draft, "Cleo", title="Another title"),
        "back": lambda: approvals.send_back(draft, by="Ben", reason="A wrong name."),
        "unschedule": lambda: publishing.unschedule(draft, by="Ada"),
    }
    ends[ended]()
    if ended in {"stop", "close"}:
        an_hour_passes()
    assert due.run() == []
    draft.refresh_from_db()
    assert not draft.published
    client.force_login(get_user_model().objects.create_superuser("amara"))
    desk = client.get("/desk/").content.decode()
    said = {"stop": "was not published at the time that was set", "unschedule": "is approved"}
    said |= {"close": said["stop"]}
    assert said.get(ended, "is not published yet") in desk


def test_a_column_that_was_changed_behind_our_back_is_noticed_at_the_time(draft: Update) -> None:
    publishing.schedule(approved(draft), SHOWN(draft), in_an_hour(), by="Ada", letters=Answer.GO)
    an_hour_passes()
    draft.targets.filter(position=1).update(email="stranger@example.org")
    assert due.run() == []
    assert Approval.objects.get().missed == "It no longer says what was approved."


def test_a_copy_of_the_database_publishes_nothing(draft: Update, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing.schedule(approved(draft), SHOWN(draft), in_an_hour(), by="Ada", letters=Answer.GO)
    an_hour_passes()
    monkeypatch.setattr(instance, "reason_to_pause", lambda: "It may be a copy.")
    assert due.run() == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write the day and the time"),
        ("tomorrow", "Write the day and the time"),
        ("2020-01-01T09:30", "That time has passed."),
        ("9999-01-01T09:30", "more than a year ahead"),
        ("2027-03-28T02:30", "The clocks are put forward"),
    ],
)
def test_a_time_that_will_not_do_is_said_and_kept(client: Client, draft: Update, typed: str, words: str) -> None:
    Campaign.objects.update(time_zone="Europe/Berlin")
    client.force_login(get_user_model().objects.create_superuser("amara"))
    where = f"/desk/updates/{approved(draft).pk}/preview/"
    answer = client.post(where, {"do": "publish", "when": "later", "letters": "go", "at": typed, "shown": SHOWN(draft)})
    assert answer.status_code in {409, 422}
    assert words in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()
    assert not Approval.objects.exclude(publish_at=None)


def test_a_time_is_the_campaign_s_own(client: Client, draft: Update) -> None:
    Campaign.objects.update(time_zone="Asia/Shanghai")
    client.force_login(get_user_model().objects.create_superuser("amara"))
    where = f"/desk/updates/{approved(draft).pk}/preview/"
    day = timezone.now().date() + timedelta(days=3)
    client.post(where, {"do": "publish", "when": "later", "letters": "go", "at": f"{day}T09:30", "shown": SHOWN(draft)})
    publish_at = Approval.objects.get().publish_at
    assert publish_at is not None
    assert f"{publish_at:%Y-%m-%d %H:%M}" == f"{day} 01:30"


# --- back ------------------------------------------------------------------------------------------------------------


def test_the_update_before_becomes_live_again_under_the_same_guard(update: Update) -> None:
    second = published(later_text())
    before = Update.objects.values().get(pk=update.pk), Update.objects.values().get(pk=second.pk)
    publishing.ask_to_go_back(update, SHOWN(update), by="Ada", reason="A wrong count.")
    with pytest.raises(NotApproved):
        approvals.approve(update, SHOWN(update), by="Ada")
    with pytest.raises(NotApproved):
        publishing.publish(update, SHOWN(update), by="Ada")
    approvals.approve(update, SHOWN(update), by="Ben")
    publishing.publish(update, SHOWN(update), by="Ada")
    assert Campaign.objects.get().live_update == update
    assert (Update.objects.values().get(pk=update.pk), Update.objects.values().get(pk=second.pk)) == before
    act = Act.objects.filter(what="went_back").get()
    assert (act.by, act.note, act.changes) == ("Ada", "A wrong count.", {"live update": ["Update 2", "Update 1"]})
    # And forward again.
    publishing.ask_to_go_back(second, SHOWN(second), by="Ben", reason="It was right.")
    approvals.approve(second, SHOWN(second), by="Ada")
    publishing.publish(second, SHOWN(second), by="Ben")
    assert Campaign.objects.get().live_update == second


def test_there_is_no_way_back_to_a_draft_or_to_what_is_live(update: Update, draft: Update) -> None:
    for one, words in ((update, "is live"), (draft, "was never published")):
        with pytest.raises(NotApproved, match=words):
            publishing.ask_to_go_back(one, SHOWN(one), by="Ada", reason="Why not.")


def test_there_is_no_way_back_to_a_name_that_must_not_be_said_any_more(update: Update) -> None:
    published(later_text())
    publishing.ask_to_go_back(update, SHOWN(update), by="Ada", reason="A wrong count.")
    approvals.approve(update, SHOWN(update), by="Ben")
    Campaign.objects.update(not_to_be_said=["Kazakhs"])
    update = Update.objects.get(pk=update.pk)
    with pytest.raises(updates.NotPublishable, match="Kazakhs"):
        publishing.publish(update, SHOWN(update), by="Ada")
    approvals.send_back(update, by="Ben", reason="It names somebody.")
    with pytest.raises(updates.NotPublishable, match="Kazakhs"):
        publishing.ask_to_go_back(update, SHOWN(update), by="Ada", reason="Once more.")
    assert Campaign.objects.get().live_update != update


def test_the_way_back_on_the_page(client: Client, update: Update) -> None:
    published(later_text())
    client.force_login(get_user_model().objects.create_superuser("amara"))
    where = f"/desk/updates/{update.pk}/preview/"
    shown = client.get(where)
    assert "Go back to Update 1" in shown.content.decode()
    sent = {"do": "ask_back", "shown": shown.context["shown"]}
    assert client.post(where, sent).status_code == 422
    answer = client.post(where, {**sent, "return-reason": "A wrong count."}, follow=True)
    assert "waits for the approval of a second person" in answer.content.decode()
    assert "Going back to Update 1 of UA 61/21 waits for approval" in client.get("/desk/").content.decode()
    ben = Client()
    ben.force_login(get_user_model().objects.create_superuser("ben"))
    ben.post(where, {"do": "approve", "compared": "1", "shown": SHOWN(update)})
    ben.post(where, {"do": "publish", "when": "now", "shown": SHOWN(update)})
    assert Campaign.objects.get().live_update == update


# --- at once ---------------------------------------------------------------------------------------------------------


def said(act: Callable[[], Any]) -> str:
    """What somebody in a thread of his own was told."""
    try:
        act()
    except (NotApproved, drafts.Conflict, updates.NotPublishable) as fault:
        return str(fault)
    finally:
        connection.close()
    return ""


def together(*acts: Callable[[], Any]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(said, acts))


def test_of_many_who_approve_at_once_one_does(committed: None, draft: Update) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    shown = SHOWN(draft)
    told = together(*(lambda n=n: approvals.approve(draft, shown, by=f"Approver {n}") for n in range(AT_ONCE)))
    assert sorted(map(bool, told)) == [False] + [True] * (AT_ONCE - 1)
    assert Act.objects.filter(what="approved").count() == 1


def test_of_many_who_publish_at_once_one_does(committed: None, draft: Update) -> None:
    shown = SHOWN(approved(draft))
    told = together(*(lambda n=n: publishing.publish(draft, shown, by=f"Publisher {n}") for n in range(AT_ONCE)))
    assert sorted(map(bool, told)) == [False] + [True] * (AT_ONCE - 1)
    assert Act.objects.filter(what="published", update_number=2).count() == 1


def test_of_many_workers_at_the_set_time_one_publishes(committed: None, draft: Update) -> None:
    publishing.schedule(approved(draft), SHOWN(draft), in_an_hour(), by="Ada", letters=Answer.GO)
    an_hour_passes()
    assert together(*[due.run] * AT_ONCE) == [""] * AT_ONCE
    assert Act.objects.filter(what="published", update_number=2).count() == 1


@pytest.mark.parametrize("number", range(4))
def test_an_edit_and_an_approval_at_once_never_leave_an_approved_text_that_nobody_read(
    committed: None, draft: Update, number: int
) -> None:
    publishing.ask(draft, SHOWN(draft), by="Ada")
    draft.refresh_from_db()
    shown, seen, offices = SHOWN(draft), drafts.stamp(draft), drafts.targets_of(draft)
    offices[0].email = "stranger@example.org"
    acts = [
        lambda: approvals.approve(draft, shown, by="Ben"),
        lambda: drafts.keep(draft, seen, {"title": "Another title"}, offices, by="Cleo"),
    ]
    together(*(acts if number % 2 else acts[::-1]))
    draft.refresh_from_db()
    assert (draft.title, state_of(draft)) == ("Another title", "void")
    assert told_to(lambda: publishing.publish(draft, SHOWN(draft), by="Ada"))


def told_to(act: Callable[[], Any]) -> str:
    try:
        act()
    except NotApproved as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize("number", range(4))
def test_an_edit_and_a_publication_at_once_publish_what_was_approved(
    committed: None, draft: Update, number: int
) -> None:
    approved(draft)
    draft.refresh_from_db()
    shown, seen, offices = SHOWN(draft), drafts.stamp(draft), drafts.targets_of(draft)
    acts = [
        lambda: publishing.publish(draft, shown, by="Ada"),
        lambda: drafts.keep(draft, seen, {"title": "Another title"}, offices, by="Cleo"),
    ]
    told = together(*(acts if number % 2 else acts[::-1]))
    draft.refresh_from_db()
    assert sorted(map(bool, told)) == [False, True]
    assert draft.published == (draft.title != "Another title")


@pytest.mark.parametrize("number", range(4))
def test_a_text_pasted_over_a_draft_while_it_is_published_ends_in_one_or_the_other(
    committed: None, update: Update, number: int
) -> None:
    draft = approved(drafted(later_text()))
    shown, other = SHOWN(draft), later_text().replace("Sixty more people", "Seventy more people")
    acts = [
        lambda: publishing.publish(draft, shown, by="Ada"),
        lambda: drafts.begin(other, update.campaign, over=True, by="Cleo"),
    ]
    together(*(acts if number % 2 else acts[::-1]))
    after = Update.objects.get(number=2)
    assert after.published == ("Sixty" in after.summary)


def test_a_stop_and_a_publication_at_once_leave_a_stopped_campaign(committed: None, update: Update) -> None:
    for n in range(3):
        confirmed(update, f"supporter{n}@example.org")
    draft = approved(drafts.begin_from_live(update.campaign, by="Ada"))
    shown = SHOWN(draft)
    told = together(
        lambda: publishing.publish(draft, shown, by="Ada", letters=Answer.ANEW),
        lambda: campaigns.stop(update.campaign, by="Cleo", reason="They were freed."),
    )
    assert not told[0] or "was stopped for good" in told[0], "whichever was first"
    assert told[1] == ""
    assert Campaign.objects.get().status == "stopped"
    assert set(Message.objects.filter(kind="letter").values_list("status", flat=True)) == {"cancelled"}
