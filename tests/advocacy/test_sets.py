"""Tests of a copy that depends on the supporter's country: who gets it, what is frozen, compared and approved."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from advocacy import (
    alarms,
    approvals,
    book,
    desk_beside,
    desk_trail,
    drafts,
    letter_checks,
    office_changes,
    office_effects,
    offices,
    queries,
    trail,
    trials,
    updates,
)
from advocacy.country_rows import MOST_APART, rows_apart
from advocacy.models import Act, Campaign, Office, OfficeChange, OfficeSet, Target, Update
from advocacy.office_changes import Came
from advocacy.reading import DraftTarget
from advocacy.wording import Choices, Sample, letter_mails
from mailings import addresses
from tests.advocacy import pages
from tests.advocacy.making import (
    AMBASSADOR,
    PRESIDENT,
    approved,
    at_the_desk,
    confirmed,
    gone_live,
    messages_of,
    ticks,
)
from tests.advocacy.test_book import page, well_formed
from tests.advocacy.test_desk_updates import opened

OTTAWA, PARIS = "ottawa@example.org", "paris@example.org"


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


@pytest.fixture
def embassies(db: None) -> OfficeSet:
    """A set with two countries."""
    found = offices.a_set("Embassies of Example", by="Ada")
    rows = [(code, offices.put(embassy(code, email), by="Ada")) for code, email in (("CA", OTTAWA), ("FR", PARIS))]
    offices.stand_for(found, rows, by="Ada")
    return found


def embassy(code: str, email: str) -> dict[str, Any]:
    title, house = "Ambassador", f"Embassy in {code}"
    return {"name": f"Jo {code}", "title": title, "organisation": house, "email": email, "country": code}


def with_set(campaign: Campaign, embassies: OfficeSet, **stated: Any) -> Update:
    """A draft whose ambassador's copy depends on the supporter's country, else goes as ``stated``."""
    draft = drafts.begin_from_live(campaign, by="Ada")
    offered = drafts.targets_of(draft)
    for name, value in {**stated, "office_set_id": embassies.pk, "by_country": None}.items():
        setattr(offered[1], name, value)
    drafts.keep(draft, drafts.stamp(draft), {}, offered, by="Ada")
    draft.refresh_from_db()
    return draft


def copies(update: Update, country: str) -> list[str]:
    mails = letter_mails(update, Choices("A Name", "A town", country))
    return [address.email for address in mails[0].cc]


# --- who gets the copy -----------------------------------------------------------------------------------------------


def test_the_copy_goes_to_the_embassy_where_the_supporter_lives_else_to_the_stated_one(
    update: Update, embassies: OfficeSet
) -> None:
    draft = with_set(update.campaign, embassies)
    assert [copies(draft, code) for code in ("CA", "FR", "DE", "", "XX")] == [
        [OTTAWA],
        [PARIS],
        [AMBASSADOR],
        [AMBASSADOR],
        [AMBASSADOR],
    ]
    text = letter_mails(draft, Choices("A Name", "Lyon", "FR"))[0].text
    assert "Jo FR, Ambassador, Embassy in FR" in text
    assert [address.email for address in letter_mails(draft, Sample())[0].cc] == [AMBASSADOR]


def test_without_a_stated_one_it_goes_to_nobody_elsewhere(update: Update, embassies: OfficeSet) -> None:
    draft = with_set(update.campaign, embassies, email="")
    assert updates.faults(draft) == []
    assert (copies(draft, "CA"), copies(draft, "DE")) == ([OTTAWA], [])


def test_letters_that_are_written_carry_it(update: Update, embassies: OfficeSet) -> None:
    live = gone_live(approved(with_set(update.campaign, embassies)))
    for code, email in (("CA", OTTAWA), ("FR", PARIS), ("DE", AMBASSADOR)):
        letter = confirmed(live, f"{code}@example.org", Choices("A Name", "A town", code))
        said = [(one.role, one.address) for one in messages_of(letter)[0].recipients.order_by("pk")]
        assert said == [("to", PRESIDENT), ("cc", email)]


def test_choosing_it_costs_no_query(
    update: Update, embassies: OfficeSet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    gone_live(approved(with_set(update.campaign, embassies)))
    found = queries.public_campaign("ua-61-21")
    assert found is not None
    assert found.live_update is not None
    with django_assert_num_queries(0):
        assert copies(found.live_update, "FR") == [PARIS]


# --- what is wrong with one ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "row", "words"),
    [
        ({"role": "to"}, {}, "only a copy can depend on the supporter's country"),
        ({}, {"email": PRESIDENT}, f"Jo CA (of “Embassies of Example”) have the same email address, {PRESIDENT}."),
        ({}, {"email": "no address"}, "Jo CA (Canada): "),
        ({}, {"name": ""}, "An office (Canada): The name is missing."),
    ],
)
def test_what_is_wrong_with_a_row_stands_in_the_way(
    update: Update, embassies: OfficeSet, stated: dict[str, Any], row: dict[str, Any], words: str
) -> None:
    Office.objects.filter(email=OTTAWA).update(**row)
    found = updates.faults(with_set(update.campaign, embassies, **stated))
    assert any(words in fault for fault in found), found


def test_two_sets_with_one_address_for_a_country_stand_in_the_way(update: Update, embassies: OfficeSet) -> None:
    others = offices.a_set("Consulates of Example", by="Ada")
    same = offices.put({**embassy("CA", OTTAWA.upper()), "name": "Ola CA"}, by="Ada")
    paris = offices.put({**embassy("FR", "consul@example.org"), "name": "Ola FR"}, by="Ada")
    offices.stand_for(others, [("CA", same), ("FR", paris)], by="Ada")
    draft = with_set(update.campaign, embassies)
    targets = [*drafts.targets_of(draft), DraftTarget("copy", name="Consulates", office_set_id=others.pk)]
    drafts.keep(draft, drafts.stamp(draft), {}, targets, by="Ada")
    draft.refresh_from_db()
    assert updates.faults(draft) == [
        (
            "Canada: Jo CA (of “Embassies of Example”) and Ola CA (of “Consulates of Example”) "
            f"have the same email address, {OTTAWA.upper()}."
        )
    ]
    assert copies(draft, "FR") == [PARIS, "consul@example.org"]


def test_a_stated_address_may_stand_in_a_set_where_nobody_gets_it_twice(update: Update, embassies: OfficeSet) -> None:
    Office.objects.filter(email=OTTAWA).update(email=AMBASSADOR)
    assert updates.faults(with_set(update.campaign, embassies)) == []


# --- frozen, compared, approved --------------------------------------------------------------------------------------


def test_what_was_published_stays_when_the_book_changes(update: Update, embassies: OfficeSet) -> None:
    live = gone_live(approved(with_set(update.campaign, embassies)))
    offices.take_out(embassies, "CA", by="Ada")
    Office.objects.filter(email=PARIS).update(email="other@example.org")
    live = Update.objects.get(pk=live.pk)
    assert (copies(live, "CA"), copies(live, "FR")) == ([OTTAWA], [PARIS])
    assert drafts.targets_of(drafts.begin_from_live(live.campaign))[1].by_country == live.targets.all()[1].by_country
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE advocacy_target SET by_country = '[]' WHERE update_id = %s", [live.pk])


def test_an_edit_keeps_the_rows_that_a_draft_has(staff: Client, update: Update, embassies: OfficeSet) -> None:
    draft = with_set(update.campaign, embassies)
    offices.take_out(embassies, "CA", by="Ada")
    staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "title": "Another"})
    assert copies(Update.objects.get(pk=draft.pk), "CA") == [OTTAWA]
    shown = well_formed(staff.get(f"/desk/updates/{draft.pk}/"))
    assert "The book says otherwise now for Canada" in shown
    assert "Embassies of Example: the address book says otherwise for Canada." in page(
        staff.get(f"/desk/updates/{draft.pk}/preview/")
    )
    answer = staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "do": "rows-1"}, follow=True)
    assert "The offices by country are those of the book now." in well_formed(answer)
    assert copies(Update.objects.get(pk=draft.pk), "CA") == [AMBASSADOR]


def test_an_approval_binds_to_each_row(update: Update, embassies: OfficeSet) -> None:
    draft = approved(with_set(update.campaign, embassies))
    before = approvals.digest_of(draft)
    offered = drafts.targets_of(draft)
    rows = [{**row} for row in offered[1].by_country or []]
    rows[0]["email"] = "ottowa@example.org"
    offered[1].by_country = rows
    drafts.keep(draft, drafts.stamp(draft), {}, offered, by="Cyd")
    assert approvals.digest_of(draft) != before
    assert not approvals.open_for(draft)
    told = Act.objects.filter(what="edited").first()
    assert told is not None
    assert list(told.changes) == ["office 2, CA"]


def test_changed_rows_of_a_set_are_alarms_by_country(update: Update, embassies: OfficeSet) -> None:
    live = gone_live(approved(with_set(update.campaign, embassies)))
    draft = with_set(live.campaign, embassies)
    assert not any("Canada" in one.label for one in getattr(alarms.comparison(draft), "alarms", ()))
    Office.objects.filter(email=OTTAWA).update(email="ottowa@example.org")
    offices.stand_for(embassies, [("DE", offices.put(embassy("DE", "berlin@example.org"), by="Ada"))], by="Ada")
    offered = drafts.targets_of(draft)
    offered[1].by_country = book.rows_of(embassies.pk)
    drafts.keep(draft, drafts.stamp(draft), {}, offered, by="Ada")
    found = alarms.comparison(draft)
    assert found is not None
    told = {one.label.partition(", ")[2]: (one.old[:18], one.new[:18], one.address) for one in found.alarms}
    told.pop("", None)
    assert told["Canada"] == (OTTAWA, "ottowa@example.org", True)
    assert told["Germany"] == ("", "berlin@example.org", True)
    assert "France" not in told


def test_of_very_many_changed_rows_all_are_shown_under_one_tick() -> None:
    old = [(f"Country {n}", f"{n}@example.org") for n in range(MOST_APART + 1)]
    new = [(name, f"new-{email}") for name, email in old]
    assert rows_apart(old, old) == []
    assert len(rows_apart(old[1:], new[1:])) == MOST_APART
    ((label, was, now),) = rows_apart(old, new)
    assert label == f"by country ({MOST_APART + 1} countries)"
    assert (was.count("\n"), now.count("new-")) == (MOST_APART, MOST_APART + 1)


# --- a change of an office in a set ----------------------------------------------------------------------------------


def test_a_change_of_an_office_reaches_the_rows_of_a_live_set(update: Update, embassies: OfficeSet) -> None:
    live = gone_live(approved(with_set(update.campaign, embassies)))
    office = Office.objects.get(email=OTTAWA)
    values = {"email": "new@example.org", "phone": ["+1 613"], "title": ""}
    ticked = [one.key for one in office_changes.comparison(office, values).alarms]
    came = office_changes.propose(office, office_changes.stamp(office), values, by="Ada", ticked=ticked)
    assert came is Came.ASKED
    change = OfficeChange.objects.get()
    shown = office_changes.digest_of(change, office_effects.reach(office, values))
    draft = office_changes.approve(change, shown, by="Ben")[0]
    assert copies(draft, "CA") == ["new@example.org"]
    row = draft.targets.all()[1].by_country[0]
    assert (row["phone"], "title" in row) == (["+1 613"], False)
    assert row == book.row_of("CA", Office.objects.get(pk=office.pk))
    assert copies(live, "CA") == [OTTAWA]
    assert list(trail.difference(trail.values_of(live), trail.values_of(draft))) == ["correction", "office 2, CA"]


def test_a_dead_address_of_a_set_is_a_doubt_and_names_its_campaign(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    draft = with_set(update.campaign, embassies)
    addresses.mark({OTTAWA: ["550 no such user"]})
    assert f"{OTTAWA} sends letters back." in page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    gone_live(approved(draft))
    assert "still sends new letters to it" in page(staff.get(f"/desk/addresses/{OTTAWA}/"))


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_set_is_picked_for_a_draft_and_tried_country_by_country(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    sent = {**opened(staff, draft), "do": "pick", "pick": f"set-{embassies.pk}", "pick_role": "to"}
    staff.post(f"/desk/updates/{draft.pk}/", sent)
    added = draft.targets.get(position=3)
    assert (added.role, added.office_set, len(added.by_country), added.email) == ("copy", embassies, 2, "")
    again = {**opened(staff, draft), "do": "pick", "pick": f"set-{embassies.pk}"}
    assert "This set is in the draft already." in page(staff.post(f"/desk/updates/{draft.pk}/", again))
    where = f"/desk/updates/{draft.pk}/preview/"
    shown = well_formed(staff.get(where))
    assert f"Jo FR &lt;{PARIS}&gt;" not in shown
    assert "Copy: Embassies of Example, France" in shown
    assert PARIS in shown
    shown = well_formed(staff.get(where, {"country": "FR"}))
    assert f"Ambassador Jo FR &lt;{PARIS}&gt;" in shown
    assert '<option value="FR" selected>France</option>' in shown
    for nonsense in ("XX", "'", "\x00", "x" * 999):
        assert f"Jo FR &lt;{PARIS}&gt;" not in page(staff.get(where, {"country": nonsense}))


def test_supporters_and_staff_read_in_plain_words_what_a_set_is(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    gone_live(approved(with_set(update.campaign, embassies)))
    shown = page(Client().get("/ua-61-21/"))
    assert "The copy goes to the one in your country, where there is one: Canada, France." in shown
    assert "From elsewhere it goes to the address above." in shown
    assert "Where you live: 2 countries" not in shown
    assert "To use it: open a draft" in well_formed(staff.get(f"/desk/book/sets/{embassies.pk}/"))


def test_a_set_is_refused_under_to_beside_its_field_and_nothing_is_lost(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    draft = with_set(update.campaign, embassies)
    sent = {**opened(staff, draft), "office-1-role": "to", "title": "Another title"}
    answer = staff.post(f"/desk/updates/{draft.pk}/", sent)
    assert answer.status_code == 422
    shown = pages.read(well_formed(answer))
    assert "Only a copy can depend on the supporter’s country." in shown.beside("office-1-role")
    assert (shown.value("title"), shown.value("office-1-role")) == ("Another title", "to")
    assert draft.targets.all()[1].role == "copy"


def test_a_test_mail_shows_the_embassy_of_the_chosen_country(update: Update, embassies: OfficeSet) -> None:
    draft = with_set(update.campaign, embassies)
    for code, email in (("FR", PARIS), ("DE", OTTAWA), ("", OTTAWA)):
        chosen = desk_beside.living_in(letter_checks.SAMPLE, code, draft)
        assert f"<{email}>" in trials.mail(draft, chosen, "amara@example.org").text, code


def test_the_ticks_of_a_new_set_let_it_be_asked_for(staff: Client, update: Update, embassies: OfficeSet) -> None:
    draft = with_set(update.campaign, embassies)
    where = f"/desk/updates/{draft.pk}/preview/"
    shown = staff.get(where)
    sent = {"do": "ask", "compared": "1", "shown": shown.context["shown"]}
    missing = staff.post(where, sent)
    assert missing.status_code == 422
    assert "Copy" in page(missing)
    assert "Canada: compare it, then tick its box" in page(missing)
    assert "waits for the approval" in page(staff.post(where, {**sent, **ticks(shown)}, follow=True))


def test_the_public_page_shows_which_embassy(client: Client, update: Update, embassies: OfficeSet) -> None:
    gone_live(approved(with_set(update.campaign, embassies)))
    shown = page(client.get("/ua-61-21/"))
    assert "The offices, country by country (2)" in shown
    assert OTTAWA in shown
    shown = page(
        client.post("/ua-61-21/", {"do": "preview", "level": "place", "country": "FR", "name": "Léa", "city": "Lyon"})
    )
    assert f"Jo FR &lt;{PARIS}&gt;" in shown
    part = client.post("/ua-61-21/", {"do": "preview", "level": "place", "country": "CA"}, headers={"X-Part": "letter"})
    assert f"Jo CA &lt;{OTTAWA}&gt;" in page(part)
    assert PARIS not in page(part)


def test_a_set_s_page_adds_and_takes_out_countries(staff: Client, update: Update, embassies: OfficeSet) -> None:
    gone_live(approved(with_set(update.campaign, embassies)))
    where = f"/desk/book/sets/{embassies.pk}/"
    office = offices.put(embassy("DE", "berlin@example.org"), by="Ada")
    assert staff.post(where, {"do": "add", "country": "DE", "office": "999"}).status_code == 422
    shown = well_formed(staff.post(where, {"do": "add"}))
    assert "Choose a country." in shown
    staff.post(where, {"do": "add", "country": "DE", "office": str(office.pk)})
    staff.post(where, {"do": "add", "country": "CA", "office": str(office.pk)})
    shown = well_formed(staff.get(where))
    assert [one.entry.office_id == office.pk for one in staff.get(where).context["rows"]] == [True, False, True]
    assert "It keeps its own until a new update is published" in shown
    staff.post(where, {"do": "drop", "country": "DE"})
    assert "Nothing changed." in page(staff.post(where, {"do": "drop", "country": "DE"}, follow=True))
    assert embassies.entries.count() == 2
    assert staff.post(where, {"do": "burn"}).status_code == 404
    assert staff.get("/desk/book/sets/999/").status_code == 404


# --- renamed, thrown away --------------------------------------------------------------------------------------------


def test_a_renamed_set_changes_no_draft_and_stands_in_its_trail(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    draft = approved(with_set(update.campaign, embassies))
    before = trail.values_of(draft)
    where = f"/desk/book/sets/{embassies.pk}/"
    shown = well_formed(staff.post(where, {"do": "rename", "name": "Missions  of Example"}, follow=True))
    assert "The set has its new name." in shown
    assert "<h1><bdi>Missions of Example</bdi></h1>" in shown
    draft.refresh_from_db()
    assert trail.values_of(draft) == before
    assert approvals.open_for(draft)
    told = staff.get(where).context["lines"]
    assert [(one.who, [(c.field, c.old, c.new) for c in one.changes]) for one in told[:1]] == [
        ("amara", [("name", "Embassies of Example", "Missions of Example")])
    ]
    assert [one.note for one in told[1:]] == ["Embassies of Example", "Began Embassies of Example"]
    assert "Nothing changed." in page(staff.post(where, {"do": "rename", "name": "Missions of Example"}, follow=True))
    # The same letters in other capitals are no other set.
    staff.post(where, {"do": "rename", "name": "missions of Example"})
    assert OfficeSet.objects.get().name == "missions of Example"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("consulates", "Another set is called “Consulates”."), ("", "Write a name for the set."), ("x" * 81, "80 fit")],
)
def test_a_name_that_will_not_do_is_told_beside_it(staff: Client, embassies: OfficeSet, typed: str, said: str) -> None:
    offices.a_set("Consulates", by="Ada")
    answer = staff.post(f"/desk/book/sets/{embassies.pk}/", {"do": "rename", "name": typed})
    assert answer.status_code == 422
    shown = pages.read(well_formed(answer))
    assert said in shown.beside("name")
    assert shown.value("name") == typed
    embassies.refresh_from_db()
    assert embassies.name == "Embassies of Example"


def test_a_set_in_use_is_not_thrown_away_and_says_where(staff: Client, update: Update, embassies: OfficeSet) -> None:
    where = f"/desk/book/sets/{embassies.pk}/"
    draft = with_set(update.campaign, embassies)
    answer = staff.post(where, {"do": "discard"})
    assert answer.status_code == 409
    assert "“Embassies of Example” is in use: UA 61/21, Update 2 (draft). Take it out there first." in page(answer)
    gone_live(approved(draft))
    assert "UA 61/21, Update 2 (live)" in page(staff.post(where, {"do": "discard"}))
    assert "It can be thrown away once" in page(staff.get(where))
    with pytest.raises(drafts.Conflict, match="in use: 1 update of campaigns that you do not work on"):
        offices.discard(embassies, by="Cyd", theirs=frozenset({"ua-7-26"}))
    assert embassies.entries.count() == 2


def test_a_set_that_nothing_uses_is_thrown_away(staff: Client, embassies: OfficeSet) -> None:
    answer = staff.post(f"/desk/book/sets/{embassies.pk}/", {"do": "discard"}, follow=True)
    shown = well_formed(answer)
    assert answer.redirect_chain == [("/desk/book/", 302)]
    assert "“Embassies of Example” is thrown away. Its offices stay in the book." in shown
    assert "None yet." in shown
    assert staff.get(f"/desk/book/sets/{embassies.pk}/").status_code == 404
    act = Act.objects.filter(what="sets").first()
    assert act is not None
    assert (act.by, sorted(act.changes), act.changes["FR"]) == (
        "amara",
        ["CA", "FR", "name"],
        ["Jo FR, Ambassador, Embassy in FR", None],
    )
    office_changes.retire(Office.objects.get(email=PARIS), by="Ada")
    for act_on in (
        lambda: offices.discard(embassies, by="Ben"),
        lambda: offices.rename(embassies, "Other", by="Ben"),
        lambda: offices.stand_for(embassies, [("CA", Office.objects.get(email=OTTAWA))], by="Ben"),
    ):
        with pytest.raises(drafts.Conflict, match="thrown away meanwhile"):
            act_on()
    again = offices.a_set("Embassies of Example", by="Ada")
    assert again != embassies
    assert len(desk_trail.acts_on_set(again)) == 1


def test_what_earlier_updates_say_stays_when_their_set_is_thrown_away(
    staff: Client, update: Update, embassies: OfficeSet
) -> None:
    live = gone_live(approved(with_set(update.campaign, embassies)))
    draft = drafts.begin_from_live(live.campaign, by="Ada")
    drafts.keep(draft, drafts.stamp(draft), {}, drafts.targets_of(draft)[:1], by="Ada")
    gone_live(approved(draft))
    offices.discard(embassies, by="Ada")
    live = Update.objects.get(pk=live.pk)
    assert (copies(live, "CA"), copies(live, "FR")) == ([OTTAWA], [PARIS])
    # Gone back to it is live once more, and a draft that begins from it keeps its offices by country.
    Campaign.objects.update(live_update=live)
    draft = drafts.begin_from_live(Campaign.objects.get(), by="Ada")
    shown = well_formed(staff.get(f"/desk/updates/{draft.pk}/"))
    assert "a set that the book has no longer" in shown
    assert f"/desk/book/sets/{embassies.pk}/" not in shown
    assert "The book says otherwise now" not in shown
    staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "title": "Another"})
    draft = Update.objects.get(pk=draft.pk)
    assert (draft.title, copies(draft, "CA"), updates.faults(draft)) == ("Another", [OTTAWA], [])
    answer = staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "do": "rows-1"})
    assert "This set is not in the book any more." in page(answer)
    assert copies(Update.objects.get(pk=draft.pk), "CA") == [OTTAWA]


def test_a_country_has_one_office_in_a_set_and_a_set_one_name(embassies: OfficeSet) -> None:
    assert offices.a_set("embassies of example", by="Ada") == embassies
    office = Office.objects.get(email=PARIS)
    assert offices.stand_for(embassies, [("FR", office)], by="Ada") == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        embassies.entries.create(country="FR", office=office)
    with pytest.raises(DatabaseError), transaction.atomic():
        embassies.entries.create(country="", office=office)


def test_a_target_seen_from_a_country_has_nothing_of_the_stated_one(update: Update) -> None:
    target = Target(
        role="copy",
        name="Stated",
        title="Head",
        salutation="Dear",
        phone=["1"],
        by_country=[{"country": "FR", "name": "Jo"}],
    )
    place = target.seen_from("FR")
    assert (place.name, place.title, place.salutation, place.phone, place.email) == ("Jo", "", "", [], "")
    assert target.seen_from("CA") is target
