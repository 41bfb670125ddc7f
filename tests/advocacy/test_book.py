"""Tests of the address book: which office a target is, the book beside a draft, who uses an office, what sends back."""

from typing import Any

import pytest
from django.test import Client

from advocacy import alarms, approvals, book, drafts, office_changes, offices
from advocacy.access import Role
from advocacy.models import Act, Campaign, Office, Update
from advocacy.reading import DraftTarget
from mailings import addresses
from tests.advocacy import pages
from tests.advocacy.making import AMBASSADOR, PRESIDENT, approved, at_the_desk, drafted, gone_live, later_text
from tests.advocacy.test_desk_updates import opened

EMBASSY = {"name": "Jo Sample", "title": "Ambassador", "organisation": "Embassy of Example", "email": "jo@example.org"}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2, begun from the live one."""
    return drafts.begin_from_live(update.campaign, by="Ada")


def page(answer: Any) -> str:
    return str(answer.content.decode())


def well_formed(answer: Any) -> str:
    """The page's source, once a strict reader found no fault in it."""
    assert pages.read(page(answer), "testserver").faults == []
    return page(answer)


def known(update: Update) -> dict[str, Office]:
    """The offices of an update, put into the book, by their address."""
    offices.gather(None, by="Ada")
    return {office.email: office for office in Office.objects.all()}


# --- which office it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "is_known"),
    [
        (DraftTarget("to", name="Somebody else", email="JO@Example.org"), True),
        (DraftTarget("to", name="jo sample", organisation="embassy of example"), True),
        (DraftTarget("to", name="Jo Sample", organisation="Embassy of Example", email="other@example.org"), True),
        (DraftTarget("to", name="Jo Sample", organisation="Another house"), False),
        (DraftTarget("to", name="Jo Sample"), False),
        (DraftTarget("to", organisation="Embassy of Example"), False),
        (DraftTarget("to"), False),
    ],
)
def test_an_office_is_known_again_by_its_address_else_by_name_and_house(
    db: None, target: DraftTarget, is_known: bool
) -> None:
    office = offices.put(EMBASSY, by="Ada")
    found = book.match(target, book.candidates([target]))
    assert (found == office) is is_known


def test_of_two_with_one_address_the_name_decides_and_else_nobody(db: None) -> None:
    first = offices.put(EMBASSY, by="Ada")
    offices.put({**EMBASSY, "name": "Kim Sample"}, by="Ada")
    for name, found in (("Jo Sample", first), ("Lee Sample", None)):
        target = DraftTarget("to", name=name, email="jo@example.org")
        assert book.match(target, book.candidates([target])) == found


def test_a_document_is_tied_to_the_book_and_never_mended_from_it(update: Update) -> None:
    office = known(update)[PRESIDENT]
    Office.objects.filter(pk=office.pk).update(salutation="Your Excellency", name="Another Name")
    target = drafted(later_text()).targets.get(email=PRESIDENT)
    assert target.book_office == office
    was = update.targets.get(email=PRESIDENT)
    assert (target.name, target.salutation) == (was.name, was.salutation)
    assert book.differences(target, Office.objects.get(pk=office.pk)) == {
        "name": (was.name, "Another Name"),
        "salutation": (was.salutation, "Your Excellency"),
    }


def test_a_tie_changes_nothing_that_an_approval_binds_to(draft: Update) -> None:
    before = approvals.digest_of(draft)
    approved(draft)
    known(draft)
    drafts.keep(draft, drafts.stamp(draft), {}, drafts.targets_of(draft), by="Ada")
    assert draft.targets.filter(book_office=None).count() == 0
    assert approvals.digest_of(draft) == before
    assert Update.objects.get(pk=draft.pk).approval_state == "approved"


def test_a_tie_that_was_made_up_ties_to_nothing(draft: Update) -> None:
    forged = [DraftTarget("to", name="X", email="x@example.org", book_office_id=999, office_set_id=999)]
    drafts.keep(draft, drafts.stamp(draft), {}, forged, by="Ada")
    target = draft.targets.get()
    assert (target.book_office, target.office_set, target.by_country) == (None, None, [])


# --- gathering and the list ------------------------------------------------------------------------------------------


def test_the_offices_of_live_updates_and_drafts_come_into_the_book_with_one_button(
    staff: Client, draft: Update
) -> None:
    shown = well_formed(staff.get("/desk/book/"))
    assert "2 offices of drafts and live updates are not in the book" in shown
    assert "2 offices put into the book." in page(staff.post("/desk/book/", follow=True))
    shown = well_formed(staff.get("/desk/book/"))
    assert "are not in the book" not in shown
    assert PRESIDENT in shown
    assert AMBASSADOR in shown
    assert '<a href="/desk/campaigns/ua-61-21/">UA 61/21</a>' in shown
    assert "0 offices put into the book." in page(staff.post("/desk/book/", follow=True))
    assert Office.objects.count() == 2
    assert [act.what for act in Act.objects.filter(office__isnull=False)] == ["booked", "booked"]


def test_a_campaigner_gathers_from_the_own_campaigns_alone(client: Client, draft: Update) -> None:
    client.force_login(at_the_desk("ben", Role.CAMPAIGNER))
    assert "are not in the book" not in page(client.get("/desk/book/"))
    client.post("/desk/book/")
    assert not Office.objects.exists()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("sample", True),
        ("jo embassy", True),
        ("JO@EXAMPLE", True),
        ("canada", True),
        ("sample nobody", False),
        ("%_", False),
        ("' OR 1=1", False),
        ("jo\x00", True),
        ("x" * 5000, False),
    ],
)
def test_the_book_is_searched_by_name_place_and_address(staff: Client, q: str, found: bool) -> None:
    offices.put({**EMBASSY, "country": "CA"}, by="Ada")
    assert ("jo@example.org" in well_formed(staff.get("/desk/book/", {"q": q}))) is found


def test_the_book_is_read_in_pages(staff: Client) -> None:
    for number in range(60):
        offices.put({"name": f"Office {number:02}", "email": f"office{number}@example.org"}, by="Ada")
    assert "Office 49" in page(staff.get("/desk/book/"))
    second = well_formed(staff.get("/desk/book/?page=2"))
    assert "Office 59" in second
    assert "Office 49" not in second
    assert "Page 2 of 2" in well_formed(staff.get("/desk/book/?page=999"))


# --- one office ------------------------------------------------------------------------------------------------------


def test_a_new_office_is_put_in_and_what_is_wrong_is_said(staff: Client) -> None:
    bad = {"name": "", "email": "not an address", "phone": "+1 613\n+1 614"}
    answer = staff.post("/desk/book/new/", bad)
    assert answer.status_code == 422
    shown = pages.read(well_formed(answer), "testserver")
    assert "Write the name of whoever holds the office" in shown.beside("name")
    assert "Write the address with an @ and a dot" in shown.beside("email")
    assert (shown.value("email"), shown.value("phone")) == ("not an address", "+1 613\n+1 614")
    assert not Office.objects.exists()
    answer = staff.post("/desk/book/new/", {**EMBASSY, "country": "CA", "phone": "+1 613\n+1 614"}, follow=True)
    assert "Jo Sample is in the book." in well_formed(answer)
    office = Office.objects.get()
    assert (office.phone, office.country, office.edited_by) == (["+1 613", "+1 614"], "CA", "amara")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "Jo\r\nBcc: victim@example.org"),
        ("name", "moc\u202elive"),
        ("name", "{{ settings.SECRET_KEY }}"),
        ("name", "x" * 121),
        ("email", "a@example.org, b@example.org"),
        ("email", "a@[127.0.0.1]"),
        ("email", "=cmd|calc@example.org"),
        ("email", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 63}.{'f' * 9}.org"),
        ("salutation", "Dear\x00President"),
        ("address_lines", "<script>alert(1)</script>"),
        ("country", "XX"),
        ("notes", "a\u0301\u0301\u0301\u0301\u0301\u0301"),
    ],
)
def test_what_no_letter_may_hold_does_not_come_into_the_book(staff: Client, field: str, typed: str) -> None:
    answer = staff.post("/desk/book/new/", {**EMBASSY, field: typed})
    assert answer.status_code == 422
    assert not Office.objects.exists()


def test_an_office_s_page_tells_who_uses_it_and_what_was_done(staff: Client, update: Update) -> None:
    office = known(update)[PRESIDENT]
    later = gone_live(approved(drafted(later_text())))
    draft = drafts.begin_from_live(later.campaign, by="Ada")
    shown = well_formed(staff.get(f"/desk/book/{office.pk}/"))
    assert f'<a href="/desk/updates/{later.pk}/preview/">Update 2</a>' in shown
    assert f'<a href="/desk/updates/{draft.pk}/preview/">UA 61/21, Update 3</a>' in shown
    assert "1 earlier update" in shown
    assert "<bdi>Ada</bdi> put an office into the book" in shown


def test_campaigns_of_others_are_counted_and_not_named(client: Client, update: Update) -> None:
    office = known(update)[PRESIDENT]
    client.force_login(at_the_desk("ben", Role.CAMPAIGNER))
    for where in ("/desk/book/", f"/desk/book/{office.pk}/"):
        assert "UA 61/21" not in page(client.get(where))
    assert "And 1 update of campaigns that you do not work on." in page(client.get(f"/desk/book/{office.pk}/"))


def test_an_address_that_sends_letters_back_is_flagged_wherever_it_is_chosen(staff: Client, draft: Update) -> None:
    office = known(draft)[AMBASSADOR]
    assert "sends letters back" not in page(staff.get("/desk/book/"))
    addresses.mark({AMBASSADOR: ["550 5.1.1 no such user"]})
    assert "Sends letters back" in well_formed(staff.get("/desk/book/"))
    for where in (f"/desk/book/{office.pk}/", f"/desk/updates/{draft.pk}/", f"/desk/updates/{draft.pk}/preview/"):
        shown = well_formed(staff.get(where))
        assert "sends letters back" in shown, where
        assert "550 5.1.1 no such user" in shown, where
    assert f'href="/desk/addresses/{AMBASSADOR}/"' in page(staff.get(f"/desk/book/{office.pk}/"))


# --- beside a draft --------------------------------------------------------------------------------------------------


def test_an_office_from_the_book_is_put_into_a_draft_without_a_script(staff: Client, draft: Update) -> None:
    office = offices.put({**EMBASSY, "salutation": "Dear Ambassador", "address_lines": ["1 Street", "Town"]}, by="Ada")
    sent = {**opened(staff, draft), "do": "pick", "pick": f"office-{office.pk}", "pick_role": "to"}
    answer = staff.post(f"/desk/updates/{draft.pk}/", {**sent, "title": "Another title"}, follow=True)
    assert "The office from the book stands at the end." in well_formed(answer)
    draft.refresh_from_db()
    added = draft.targets.get(email="jo@example.org")
    assert (added.role, added.salutation, added.address_lines) == ("to", "Dear Ambassador", ["1 Street", "Town"])
    assert (added.book_office, added.position, draft.title) == (office, 3, "Another title")


@pytest.mark.parametrize("pick", ["", "office-0", "office-x", "set-7", f"office-{'9' * 30}", "\x00"])
def test_what_is_not_in_the_book_cannot_be_picked_and_nothing_typed_is_lost(
    staff: Client, draft: Update, pick: str
) -> None:
    sent = {**opened(staff, draft), "do": "pick", "pick": pick, "title": "Another title"}
    answer = staff.post(f"/desk/updates/{draft.pk}/", sent)
    assert answer.status_code == 422
    assert "Choose an office from the book first." in page(answer)
    assert pages.read(page(answer), "testserver").value("title") == "Another title"
    assert draft.targets.count() == 2


def test_a_difference_is_shown_and_asked_and_the_book_s_word_taken_by_a_button(staff: Client, draft: Update) -> None:
    office = known(draft)[PRESIDENT]
    drafts.keep(draft, drafts.stamp(draft), {}, drafts.targets_of(draft), by="Ada")
    Office.objects.filter(pk=office.pk).update(salutation="Your Excellency")
    shown = well_formed(staff.get(f"/desk/updates/{draft.pk}/"))
    assert "Which of both is right?" in shown
    assert "Your Excellency" in shown
    assert "the address book says otherwise (salutation)" in page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "do": "take-0"}, follow=True)
    assert draft.targets.get(email=PRESIDENT).salutation == "Your Excellency"
    assert "Which of both is right?" not in page(staff.get(f"/desk/updates/{draft.pk}/"))


def test_the_book_is_corrected_from_a_draft_by_hand(staff: Client, draft: Update) -> None:
    office = known(draft)[PRESIDENT]
    offered = [*drafts.targets_of(draft)]
    offered[0].salutation = "Dear Mr President"
    drafts.keep(draft, drafts.stamp(draft), {}, offered, by="Ada")
    target = draft.targets.get(email=PRESIDENT)
    assert f"/desk/book/{office.pk}/?from={target.pk}#edit" in page(staff.get(f"/desk/updates/{draft.pk}/"))
    shown = pages.read(page(staff.get(f"/desk/book/{office.pk}/?from={target.pk}")), "testserver")
    assert shown.value("salutation") == "Dear Mr President"
    for nonsense in ("x", "9" * 40, "999"):
        shown = pages.read(page(staff.get(f"/desk/book/{office.pk}/?from={nonsense}")), "testserver")
        assert shown.value("salutation") == office.salutation


def test_a_new_office_of_a_draft_is_put_into_the_book_by_a_button(staff: Client, draft: Update) -> None:
    assert "Save, and put it into the book" in page(staff.get(f"/desk/updates/{draft.pk}/"))
    answer = staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "do": "put-1"}, follow=True)
    assert "The office is in the book." in well_formed(answer)
    office = Office.objects.get()
    assert office.email == AMBASSADOR
    assert draft.targets.get(email=AMBASSADOR).book_office == office


def test_a_conflict_puts_nothing_into_the_book(staff: Client, draft: Update) -> None:
    sent = {**opened(staff, draft), "do": "put-1"}
    drafts.keep(draft, drafts.stamp(draft), {"title": "Faster"}, drafts.targets_of(draft), by="Ben")
    assert staff.post(f"/desk/updates/{draft.pk}/", sent).status_code == 409
    assert not Office.objects.exists()


def test_the_frozen_copy_of_a_published_update_knows_no_change_of_the_book(update: Update) -> None:
    office = known(update)[PRESIDENT]
    before = alarms.says(update)
    Office.objects.filter(pk=office.pk).update(email="other@example.org", name="Another")
    assert alarms.says(Campaign.objects.get().live_update or update) == before


# --- retiring --------------------------------------------------------------------------------------------------------


def test_an_office_that_nobody_uses_is_retired_and_brought_back(staff: Client, draft: Update) -> None:
    office = offices.put(EMBASSY, by="Ada")
    where = f"/desk/book/{office.pk}/"
    assert "is retired: nobody is offered it any more" in well_formed(staff.post(where, {"do": "retire"}, follow=True))
    assert "jo@example.org" not in page(staff.get("/desk/book/"))
    assert "jo@example.org" in well_formed(staff.get("/desk/book/?retired"))
    assert f'value="office-{office.pk}"' not in page(staff.get(f"/desk/updates/{draft.pk}/"))
    staff.post(where, {"do": "retire"})
    staff.post(where, {"do": "bring_back"})
    staff.post(where, {"do": "bring_back"})
    assert "jo@example.org" in page(staff.get("/desk/book/"))
    assert [act.what for act in office.acts.order_by("pk")] == ["booked", "retired", "brought_back"]


def test_an_office_in_use_is_not_retired(staff: Client, draft: Update) -> None:
    office = known(draft)[PRESIDENT]
    answer = staff.post(f"/desk/book/{office.pk}/", {"do": "retire"})
    assert answer.status_code == 409
    shown = well_formed(answer)
    assert "It is written to: UA 61/21, Update 2 (draft); UA 61/21, Update 1 (live). Take it out there first." in shown
    assert "It can be retired once no draft, no live campaign and no set uses it." in shown
    with pytest.raises(drafts.Conflict, match="written to: 2 updates of campaigns that you do not work on"):
        office_changes.retire(office, by="Ada", theirs=frozenset())
    other = offices.put(EMBASSY, by="Ada")
    offices.stand_for(offices.a_set("Embassies", by="Ada"), [("CA", other)], by="Ada")
    answer = staff.post(f"/desk/book/{other.pk}/", {"do": "retire"})
    assert answer.status_code == 409
    assert "It stands in a set by country: “Embassies”. Take it out there first." in page(answer)
    assert not Office.objects.filter(retired=True).exists()
