"""Tests of a corrected update: it keeps the number of its document, and stands in the way of no later document."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from advocacy import (
    alarms,
    approvals,
    changeovers,
    desk_queries,
    drafts,
    office_changes,
    office_effects,
    offices,
    publishing,
)
from advocacy.models import Act, Campaign, Office, OfficeChange, Update
from advocacy.models.changeover import Answer
from advocacy.models.office_change import ChangeState
from mailings import reports
from tests.advocacy.making import (
    DEMO,
    LEA,
    PAGE,
    PRESIDENT,
    approved,
    at_the_desk,
    confirmed,
    filled,
    gone_live,
    later_text,
    letter_of,
    messages_of,
    send,
)
from tests.advocacy.test_book import page, well_formed
from tests.advocacy.test_desk_updates import opened

NEW = "president@example.org"


def correction(by: str = "Ada", **values: Any) -> Update:
    """The draft that a change of the President's office begins, approved with it."""
    offices.gather(None, by=by)
    office = Office.objects.get(name=Update.objects.earliest("pk").targets.get(position=1).name)
    ticked = [one.key for one in office_changes.comparison(office, values).alarms]
    office_changes.propose(office, office_changes.stamp(office), values, by=by, ticked=ticked)
    change = OfficeChange.objects.get(state=ChangeState.ASKED)
    shown = office_changes.digest_of(change, office_effects.reach(change.office, change.values))
    return office_changes.approve(change, shown, by="Ben")[0]


def corrected(answer: Answer = Answer.GO, **values: Any) -> Update:
    """The live update, corrected."""
    draft = gone_live(correction(**values), answer)
    changeovers.work(60)
    return draft


def test_it_keeps_the_number_of_its_document_and_counts_for_itself(update: Update) -> None:
    first = corrected(email=NEW)
    second = corrected(phone=["+86 1"])
    third = corrected(fax=["+86 2"])
    names = ["Update 1 (corrected)", "Update 1 (corrected twice)", "Update 1 (corrected 3 times)"]
    assert [one.name for one in (first, second, third)] == names
    assert {one.document for one in (update, first, second, third)} == {"Update 1"}
    assert [one.stream for one in (update, first, second)] == ["ua-61-21/1", "ua-61-21/1.1", "ua-61-21/1.2"]
    assert [one.name for one in desk_queries.updates_of(update.campaign)] == [*reversed(names), "Update 1"]
    assert (first.index, first.issued_on, first.deadline) == (update.index, update.issued_on, update.deadline)
    assert Update(number=0, correction=1).name == "First appeal (corrected)"


def test_the_organisation_s_next_document_takes_its_own_number_and_is_newer(update: Update) -> None:
    live = corrected(email=NEW)
    waits = correction(phone=["+86 1"])
    draft, _ = drafts.begin(later_text().replace(PRESIDENT, NEW), update.campaign, over=False, by="Ada")
    assert (draft.number, draft.correction, draft.name) == (2, 0, "Update 2")
    assert not [words for words in drafts.doubts(draft) if "comes before" in words]
    gone_live(approved(draft))
    assert Campaign.objects.get().live_update == draft
    # The correction that still waits corrects what is live no longer.
    waits.refresh_from_db()
    waits.campaign.refresh_from_db()
    assert "Update 2 is live already, and this one comes before it." in drafts.doubts(waits)
    assert waits.number == live.number


def test_its_own_document_pasted_once_more_is_still_the_published_one(update: Update) -> None:
    corrected(email=NEW)
    text = DEMO.read_text(encoding="utf-8")
    assert drafts.begin(text, update.campaign, over=False, by="Ada")[0] == update


def test_it_has_the_index_of_its_document_and_a_later_document_has_not(update: Update) -> None:
    draft = correction(email=NEW)
    found = alarms.comparison(draft)
    assert found is not None
    assert [one.label for one in found.alarms] == ["To: Xi Jinping, email address"]
    gone_live(draft)
    later = drafts.begin(later_text(), update.campaign, over=False, by="Ada")[0]
    assert later.index == draft.index
    shown = alarms.comparison(later)
    assert shown is not None
    (alarm,) = [one for one in shown.alarms if one.label == "Index"]
    assert alarm.question.startswith("Update 1 (corrected) has the same index.")


def test_letters_go_over_to_it_and_reports_count_both(update: Update) -> None:
    waits = confirmed(update, "early@example.org")
    live = corrected(Answer.ANEW, email=NEW)
    after = confirmed(live, "after@example.org")
    assert [one.stream for one in messages_of(letter_of("early@example.org"))] == ["ua-61-21/1", "ua-61-21/1.1"]
    assert messages_of(after)[-1].stream == "ua-61-21/1.1"
    assert changeovers.waiting(live).total == 0
    assert [change.outcome for change in waits.changes.all()] == ["asked"]  # Léa has chosen a subject of her own.
    assert sum(reports.totals("ua-61-21/").messages.values()) == 3


def test_the_way_back_leads_to_the_text_before_and_the_trail_says_which(update: Update) -> None:
    live = corrected(email=NEW)
    assert desk_queries.live_before(Campaign.objects.get()) == update
    shown = approvals.digest_of(update)
    publishing.ask_to_go_back(update, shown, by="Ada", reason="It was right before.")
    approvals.approve(update, shown, by="Ben")
    publishing.publish(update, shown, by="Ada", letters=Answer.GO)
    campaign = Campaign.objects.get()
    assert campaign.live_update == update
    assert desk_queries.live_before(campaign) == live
    act = Act.objects.get(what="went_back")
    assert act.changes == {"live update": ["Update 1 (corrected)", "Update 1"]}
    told = list(Act.objects.filter(what="published").order_by("pk"))
    assert [one.update_name for one in told] == ["Update 1", "Update 1 (corrected)"]


def test_under_another_number_it_is_an_update_of_its_own(client: Client, update: Update) -> None:
    draft = correction(email=NEW)
    client.force_login(at_the_desk("amara"))
    where = f"/desk/updates/{draft.pk}/"
    assert "It corrects Update 1 and keeps its number." in page(client.get(where))
    client.post(where, {**opened(client, draft), "title": "Another title"})
    draft.refresh_from_db()
    assert draft.place == (1, 1)
    client.post(where, {**opened(client, draft), "number": "2"})
    draft.refresh_from_db()
    assert (draft.place, draft.name) == ((2, 0), "Update 2")
    refused = client.post(where, {**opened(client, draft), "number": "1"})
    assert "There is an update with the number 1 already." in well_formed(refused)


def test_its_form_is_taken_and_one_of_the_text_before_is_shown_once_more(client: Client, update: Update) -> None:
    before = filled(update, email="early@example.org")
    live = corrected(email=NEW)
    assert send(client, live).status_code == 302
    assert letter_of(LEA["email"]).update == live
    assert client.post(PAGE, before).status_code == 422


def test_pages_name_the_document_where_they_name_its_date(client: Client, update: Update) -> None:
    corrected(email=NEW)
    shown = client.get(PAGE).content.decode()
    assert "<dt>Update 1 of</dt>" in shown
    assert "<strong>Update 1 (corrected)</strong>" in shown
    assert "Update 1 of 29 July 2022" in " ".join(client.get("/").content.decode().split())


def test_the_database_freezes_it_and_lets_it_stand_beside_its_document_once(update: Update) -> None:
    live = corrected(email=NEW)
    rows = Update.objects.filter(pk=live.pk)
    for change in (lambda: rows.update(correction=2), lambda: rows.update(title="x"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        Update.objects.create(campaign=update.campaign, number=1, correction=1, title="x")
    Update.objects.create(campaign=update.campaign, number=1, correction=2, title="x")


@pytest.mark.once
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's REPLACE alone removes what is in its way")
@pytest.mark.parametrize("place", [(1, 0), (1, 1)])
def test_no_replace_takes_the_place_of_a_published_one(update: Update, place: tuple[int, int]) -> None:
    corrected(email=NEW)
    columns = [f'"{field.column}"' for field in Update._meta.concrete_fields if field.column != "id"]
    own = {'"number"': str(place[0]), '"correction"': str(place[1])}
    names, values = ", ".join(columns), ", ".join(own.get(name, name) for name in columns)
    copy = f"INSERT OR REPLACE INTO advocacy_update ({names}) SELECT {values} FROM advocacy_update WHERE id = %s"
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy, [update.pk])
    assert Update.objects.count() == 2
