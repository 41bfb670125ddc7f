"""Tests of changing an office once: what it touches, who approves it, and that letters leave as they were shown."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from advocacy import (
    alarms,
    approvals,
    book,
    changeovers,
    drafts,
    office_changes,
    office_effects,
    offices,
    publishing,
    trail,
)
from advocacy.access import Role
from advocacy.approvals import NotApproved
from advocacy.drafts import Conflict
from advocacy.models import Act, Campaign, Office, OfficeChange, Update
from advocacy.models.changeover import Answer
from advocacy.models.office_change import ChangeState
from advocacy.office_changes import Came
from mailings import addresses
from tests.advocacy import pages
from tests.advocacy.making import (
    AMBASSADOR,
    PRESIDENT,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    messages_of,
)
from tests.advocacy.test_book import page, well_formed

NEW = "president@example.org"


@pytest.fixture
def office(update: Update) -> Office:
    """The President in the book."""
    offices.gather(None, by="Ada")
    return Office.objects.get(email=PRESIDENT)


def ticks_of(office: Office, values: dict[str, Any]) -> list[str]:
    return [one.key for one in office_changes.comparison(office, values).alarms]


def asked(office: Office, by: str = "Ada", **values: Any) -> OfficeChange:
    """A change that somebody asked for."""
    office.refresh_from_db()
    came = office_changes.propose(
        office, office_changes.stamp(office), values, by=by, ticked=ticks_of(office, values), reason="They told us"
    )
    assert came is Came.ASKED
    return OfficeChange.objects.get(state=ChangeState.ASKED)


def shown_of(change: OfficeChange) -> str:
    return office_changes.digest_of(change, office_effects.reach(change.office, change.values))


# --- where nothing is live -------------------------------------------------------------------------------------------


def test_where_nothing_is_live_a_change_reaches_the_drafts_at_once_and_ends_their_approval(db: None) -> None:
    draft = approved(drafted(later_text(1)))
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    came = office_changes.propose(office, office_changes.stamp(office), {"email": NEW}, by="Ada", ticked=[])
    assert came is Came.CHANGED
    assert draft.targets.filter(email=NEW).exists()
    assert Office.objects.get(pk=office.pk).email == NEW
    assert not approvals.open_for(draft)
    told = [(act.what, act.by, act.note) for act in Act.objects.order_by("-pk")[:3]]
    assert told == [
        ("changed", "Ada", ""),
        ("voided", "Ada", ""),
        ("edited", "Ada", f"{office.name} is changed in the book"),
    ]


def test_a_draft_that_prints_otherwise_keeps_its_own_word(db: None) -> None:
    draft = drafted(later_text(1))
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    own = drafts.targets_of(draft)
    own[0].salutation = "Dear Mr President"
    drafts.keep(draft, drafts.stamp(draft), {}, own, by="Ada")
    values = {"salutation": "Your Excellency", "phone": ["+86 1"]}
    office_changes.propose(office, office_changes.stamp(office), values, by="Ada")
    target = draft.targets.get(email=PRESIDENT)
    assert (target.salutation, target.phone) == ("Dear Mr President", ["+86 1"])


def test_a_draft_of_others_is_left_and_its_page_asks(client: Client, db: None) -> None:
    draft = drafted(later_text(1))
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    drafts.keep(draft, drafts.stamp(draft), {}, drafts.targets_of(draft), by="Ada")
    office_changes.propose(office, office_changes.stamp(office), {"title": "Head"}, by="Bo", theirs=frozenset())
    assert draft.targets.get(email=PRESIDENT).title != "Head"
    client.force_login(at_the_desk("amara"))
    assert "the address book says otherwise (title)" in page(client.get(f"/desk/updates/{draft.pk}/preview/"))


def test_nothing_changes_where_nothing_differs(office: Office) -> None:
    came = office_changes.propose(office, office_changes.stamp(office), {"email": PRESIDENT}, by="Ada")
    assert came is Came.NOTHING
    assert not OfficeChange.objects.exists()


def test_notes_concern_no_letter_and_take_effect_at_once(office: Office) -> None:
    came = office_changes.propose(office, office_changes.stamp(office), {"notes": "Moves in May"}, by="Ada")
    assert came is Came.CHANGED
    assert Update.objects.count() == 1


# --- where it is live ------------------------------------------------------------------------------------------------


def test_a_change_that_is_live_waits_for_a_second_person_and_changes_nothing_meanwhile(office: Office) -> None:
    asked(office, email=NEW)
    assert Office.objects.get(pk=office.pk).email == PRESIDENT
    assert Update.objects.count() == 1
    with pytest.raises(Conflict, match="waits for approval"):
        office_changes.propose(office, office_changes.stamp(office), {"email": "z@example.org"}, by="Bo")


def test_each_alarm_of_a_live_change_is_ticked(office: Office) -> None:
    with pytest.raises(alarms.NotTicked, match="email address"):
        office_changes.propose(office, office_changes.stamp(office), {"email": NEW}, by="Ada", ticked=["x"])
    assert not OfficeChange.objects.exists()


def test_whoever_asked_does_not_approve_it(office: Office) -> None:
    change = asked(office, email=NEW)
    with pytest.raises(NotApproved, match="You asked for it"):
        office_changes.approve(change, shown_of(change), by="Ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeChange.objects.filter(pk=change.pk).update(state="done", decided_by="Ada")
    with pytest.raises(NotApproved, match="an administrator must approve it"):
        office_changes.approve(change, shown_of(change), by="Ben", theirs=frozenset({"another"}))
    assert Update.objects.count() == 1


def test_approving_begins_a_correction_which_says_the_same_save_for_the_office(office: Office) -> None:
    live = Update.objects.get()
    before = trail.values_of(live)
    change = asked(office, email=NEW)
    begun = office_changes.approve(change, shown_of(change), by="Ben")
    draft = Update.objects.get(published_at=None)
    assert begun == [draft]
    differs = trail.difference(before, trail.values_of(draft))
    assert differs == {
        "correction": [0, 1],
        "source_text": [live.source_text, ""],
        "office 1: email": [PRESIDENT, NEW],
    }
    assert trail.values_of(live) == before
    assert Campaign.objects.get().live_update == live
    approval = approvals.open_for(draft)
    assert approval is not None
    assert (approval.state, approval.asked_by, approval.decided_by, approval.alone) == ("approved", "Ada", "Ben", False)
    assert Office.objects.get(pk=office.pk).email == NEW


def test_published_the_next_letters_go_to_the_new_address_and_those_that_wait_as_was_answered(office: Office) -> None:
    live = Update.objects.get()
    early = confirmed(live, "early@example.org")
    change = asked(office, email=NEW)
    draft = office_changes.approve(change, shown_of(change), by="Ben")[0]
    between = confirmed(live, "between@example.org")
    assert [r.address for r in messages_of(between)[0].recipients.filter(role="to")] == [PRESIDENT]
    publishing.publish(draft, approvals.digest_of(draft), by="Ada", letters=Answer.ANEW)
    changeovers.work(5)
    after = confirmed(Campaign.objects.get().live_update or live, "after@example.org")
    for letter in (letter_of("early@example.org"), letter_of("between@example.org"), after):
        newest = messages_of(letter)[-1]
        # Léa changed the subject, so whoever waited is asked again first.
        assert [r.address for r in newest.recipients.filter(role="to")] == [NEW], letter
    assert early.update_id == live.pk


def test_a_draft_that_uses_it_carries_the_change_and_no_other_is_begun(office: Office) -> None:
    draft = approved(drafts.begin_from_live(Campaign.objects.get(), by="Ada"))
    change = asked(office, email=NEW)
    assert office_changes.approve(change, shown_of(change), by="Ben") == []
    assert Update.objects.count() == 2
    assert draft.targets.filter(email=NEW).exists()
    assert not approvals.open_for(draft)


def test_the_approval_binds_to_what_it_touches(office: Office) -> None:
    change = asked(office, email=NEW)
    shown = shown_of(change)
    gone_live(approved(drafted(later_text())))
    with pytest.raises(NotApproved, match="not what you were shown"):
        office_changes.approve(change, shown, by="Ben")
    assert Office.objects.get(pk=office.pk).email == PRESIDENT
    office_changes.approve(change, shown_of(change), by="Ben")
    with pytest.raises(NotApproved, match="decided already"):
        office_changes.approve(change, shown, by="Ben")
    assert Update.objects.filter(published_at=None).count() == 1


def test_two_who_edit_one_office_lose_nobody_s_words(office: Office) -> None:
    seen = office_changes.stamp(office)
    office_changes.propose(office, seen, {"notes": "One"}, by="Ada")
    with pytest.raises(Conflict, match="after you opened it"):
        office_changes.propose(office, seen, {"notes": "Two"}, by="Ben")


def test_a_stopped_campaign_is_not_touched(office: Office) -> None:
    Campaign.objects.update(status="stopped")
    came = office_changes.propose(office, office_changes.stamp(office), {"email": NEW}, by="Ada")
    assert came is Came.CHANGED
    assert Update.objects.count() == 1


def test_a_change_that_leaves_the_letter_unfit_is_begun_and_not_approved(office: Office) -> None:
    change = asked(office, salutation="")
    draft = office_changes.approve(change, shown_of(change), by="Ben")[0]
    assert not approvals.open_for(draft)


def test_an_office_that_no_update_is_tied_to_is_found_by_its_address(update: Update) -> None:
    office = offices.put({"name": "The President", "email": PRESIDENT.upper()}, by="Ada")
    values = {"email": NEW}
    # Spelt otherwise it is the same office, and keeps its own word.
    assert [use.update for use in book.uses(office)] == [update]
    assert office_effects.reach(office, values).live == []
    Office.objects.filter(pk=office.pk).update(email=PRESIDENT)
    assert [one.update for one in office_effects.reach(Office.objects.get(), values).live] == [update]


def test_where_one_person_is_enough_it_takes_effect_with_the_ticks(office: Office, settings: Settings) -> None:
    settings.APPROVAL = "one"
    values = {"email": NEW}
    ticked = ticks_of(office, values)
    came = office_changes.propose(office, office_changes.stamp(office), values, by="Ada", ticked=ticked)
    assert came is Came.CHANGED
    draft = Update.objects.get(published_at=None)
    approval = approvals.open_for(draft)
    assert approval is not None
    assert (approval.state, approval.alone) == ("approved", True)
    assert OfficeChange.objects.get().alone


def test_sent_back_it_changes_nothing_and_says_why(office: Office) -> None:
    change = asked(office, email=NEW)
    office_changes.send_back(change, by="Ben", reason="Their page says otherwise")
    change.refresh_from_db()
    assert (change.state, change.decision, change.decided_by) == ("sent_back", "Their page says otherwise", "Ben")
    assert Office.objects.get(pk=office.pk).email == PRESIDENT
    asked(office, email=NEW)


# --- the page --------------------------------------------------------------------------------------------------------


def sent(client: Client, office: Office, **typed: str) -> dict[str, str]:
    """The form of an office's page, with other things typed over it."""
    answer = client.get(f"/desk/book/{office.pk}/")
    form = answer.context["form"]
    return {"do": "save", "seen": answer.context["seen"], **{f.html_name: str(f.value() or "") for f in form}, **typed}


def filled(client: Client, office: Office, **typed: str) -> dict[str, str]:
    data = sent(client, office, **typed)
    lists = {
        name: "\n".join(getattr(office, name)) for name in ("address_lines", "local_address_lines", "fax", "phone")
    }
    return {**data, **lists, **typed}


def test_on_the_page_a_live_change_is_compared_ticked_asked_for_and_approved_by_another(
    client: Client, office: Office
) -> None:
    campaign = Campaign.objects.get()
    ben = Client()
    ben.force_login(at_the_desk("ben", Role.APPROVER, campaigns=[campaign]))
    client.force_login(at_the_desk("amara", Role.CAMPAIGNER, campaigns=[campaign]))
    where = f"/desk/book/{office.pk}/"
    data = filled(client, office, email=NEW, reason="Their page")
    answer = client.post(where, data)
    shown = well_formed(answer)
    assert answer.status_code == 200, "nothing was to be ticked yet, so nothing was forgotten"
    assert "Nothing is changed yet." in shown
    assert "second look" not in shown
    assert 'name="offered" value="1"' in shown
    forgotten = client.post(where, {**data, "offered": "1"})
    assert forgotten.status_code == 422
    assert "compare it, then tick its box" in well_formed(forgotten)
    assert "A correction of it is begun with this office" in shown
    assert '<p class="kept-lines big-addr"' in shown
    ticked = {f"alarm-{key}": "1" for key in answer.context["comparison"].keys}
    assert "waits for the approval of a second person" in page(client.post(where, {**data, **ticked}, follow=True))

    # Amara cannot approve it, and the desk tells both of it.
    assert client.post(where, {"do": "approve", "compared": "1"}).status_code == 403
    assert "in the address book waits for approval" in page(ben.get("/desk/"))
    looked = ben.get(where)
    assert "A change waits for approval." in well_formed(looked)
    assert ben.post(where, {"do": "approve", "shown": looked.context["shown"]}).status_code == 422
    assert ben.post(where, {"do": "approve", "compared": "1", "shown": "x"}).status_code == 409
    sent_in = {"do": "approve", "compared": "1", "shown": looked.context["shown"]}
    unticked = ben.post(where, sent_in)
    assert unticked.status_code == 422
    assert "email address: compare it, then tick its box." in well_formed(unticked)
    sent_in |= {f"alarm-{key}": "1" for key in looked.context["comparison"].keys}
    assert "waits to be published with it" in well_formed(ben.post(where, sent_in, follow=True))
    draft = Update.objects.get(published_at=None)
    preview = well_formed(ben.get(f"/desk/updates/{draft.pk}/preview/"))
    assert "ben approved it" in preview
    assert "Publish Update 1 (corrected)" in preview
    assert ben.post(where, sent_in).status_code == 409


def test_the_page_takes_a_request_back_from_whoever_asked_alone(client: Client, office: Office) -> None:
    campaign = Campaign.objects.get()
    asked(office, by="amara", email=NEW)
    where, data = f"/desk/book/{office.pk}/", {"do": "send_back", "back-reason": "A slip"}
    client.force_login(at_the_desk("cyd", Role.CAMPAIGNER, campaigns=[campaign]))
    assert client.post(where, data).status_code == 403
    client.force_login(at_the_desk("amara", Role.CAMPAIGNER, campaigns=[campaign]))
    assert client.post(where, {"do": "send_back"}).status_code == 422
    shown = well_formed(client.post(where, data, follow=True))
    assert "The request is taken back. The office stays as it is." in shown
    assert "amara took the last request for a change back" in shown


def test_an_office_changed_meanwhile_is_a_conflict_and_nothing_typed_is_lost(client: Client, office: Office) -> None:
    client.force_login(at_the_desk("amara"))
    data = filled(client, office, notes="Mine")
    office_changes.propose(office, office_changes.stamp(office), {"notes": "Theirs"}, by="Ben")
    answer = client.post(f"/desk/book/{office.pk}/", data)
    assert answer.status_code == 409
    assert "after you opened it" in well_formed(answer)
    assert pages.read(page(answer), "testserver").value("notes") == "Mine"
    assert "The book is changed" in page(
        client.post(f"/desk/book/{office.pk}/", {**data, "seen": answer.context["seen"]}, follow=True)
    )
    assert Office.objects.get(pk=office.pk).notes == "Mine"


def test_no_other_act_is_known(client: Client, office: Office) -> None:
    client.force_login(at_the_desk("amara"))
    assert client.post(f"/desk/book/{office.pk}/", {"do": "burn"}).status_code == 404
    assert client.get("/desk/book/999/").status_code == 404
    assert client.post(f"/desk/book/{office.pk}/", {"do": "approve", "compared": "1"}).status_code == 409


def test_the_copy_is_changed_just_as_well(office: Office) -> None:
    embassy = Office.objects.get(email=AMBASSADOR)
    change = asked(embassy, email="embassy@example.org", name="Ambassador Sample")
    draft = office_changes.approve(change, shown_of(change), by="Ben")[0]
    target = draft.targets.get(email="embassy@example.org")
    assert (target.role, target.name) == ("copy", "Ambassador Sample")


def test_what_was_published_before_there_was_a_book_is_known_by_name_once_its_address_is_another(
    client: Client, office: Office
) -> None:
    change = asked(office, email=NEW)
    office_changes.approve(change, shown_of(change), by="Ben")
    client.force_login(at_the_desk("amara"))
    shown = well_formed(client.get(f"/desk/book/{office.pk}/"))
    assert "Prints otherwise: email" in shown
    assert shown.count("Prints otherwise") == 1


def test_the_page_of_a_dead_address_leads_to_the_book(client: Client, office: Office) -> None:
    client.force_login(at_the_desk("amara"))
    addresses.mark({PRESIDENT: ["550 no such user"]})
    shown = well_formed(client.get(f"/desk/addresses/{PRESIDENT}/"))
    assert f'<a href="/desk/book/{office.pk}/">' in shown
