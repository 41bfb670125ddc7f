"""Tests of ties that nobody sees: a false one is not taken, and an address is found whatever it is tied to."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from advocacy import approvals, book, drafts, office_changes, office_effects, offices
from advocacy.access import Role
from advocacy.approvals import NotApproved
from advocacy.models import Campaign, Office, OfficeChange, Target, Update
from advocacy.models.office_change import ChangeState
from advocacy.office_changes import Came
from tests.advocacy.making import AMBASSADOR, PRESIDENT, approved, at_the_desk, drafted, gone_live, later_text
from tests.advocacy.test_book import page, well_formed

NEW = "new@example.org"
ELSEWHERE = frozenset({"ua-1-26"})


@pytest.fixture
def the_book(update: Update) -> dict[str, Office]:
    """The offices of the demo campaign in the book, by their address."""
    offices.gather(None, by="Ada")
    return {office.email: office for office in Office.objects.all()}


def kept(draft: Update, **values: Any) -> list[Target]:
    """The targets of a draft after the President's was stored with other values, by Eve."""
    draft.refresh_from_db()
    first, *others = drafts.targets_of(draft)
    drafts.keep(draft, drafts.stamp(draft), {}, [replace(first, **values), *others], by="Eve")
    return list(Update.objects.get(pk=draft.pk).targets.all())


def proposed(office: Office, values: dict[str, Any], theirs: frozenset[str] | None = None) -> Came:
    office.refresh_from_db()
    return office_changes.propose(office, office_changes.stamp(office), values, by="Eve", theirs=theirs)


# --- what is taken ---------------------------------------------------------------------------------------------------


def test_a_tie_to_an_office_that_agrees_in_nothing_is_not_taken(the_book: dict[str, Office]) -> None:
    draft = approved(drafted(later_text()))
    first, second = kept(draft, book_office_id=the_book[AMBASSADOR].pk)
    assert (first.book_office, second.book_office) == (the_book[PRESIDENT], the_book[AMBASSADOR])


def test_with_nobody_in_the_book_it_is_tied_to_nobody(update: Update) -> None:
    stranger = offices.put({"name": "Press of the embassy", "email": AMBASSADOR}, by="Eve")
    first, _ = kept(drafted(later_text()), book_office_id=stranger.pk)
    assert first.book_office is None


def test_an_office_of_the_same_name_is_no_tie_where_another_has_the_address(the_book: dict[str, Office]) -> None:
    twin = offices.put({"name": the_book[PRESIDENT].name, "email": "twin@example.org"}, by="Eve")
    first, _ = kept(drafted(later_text()), book_office_id=twin.pk)
    assert first.book_office == the_book[PRESIDENT]


def test_a_true_tie_stays_when_the_draft_prints_another_name_or_address(the_book: dict[str, Office]) -> None:
    draft = drafted(later_text())
    (first, _), office = kept(draft, email=NEW), the_book[PRESIDENT]
    assert (first.book_office, first.email) == (office, NEW)
    assert kept(draft, name="Somebody Example")[0].book_office == office


def test_a_draft_of_others_keeps_its_tie_when_the_book_says_both_otherwise(the_book: dict[str, Office]) -> None:
    """Their page has to ask which of both is right."""
    draft = drafted(later_text())
    Office.objects.filter(email=PRESIDENT).update(name="Somebody Example", email=NEW)
    assert kept(draft)[0].book_office == the_book[PRESIDENT]


def test_an_office_that_changes_name_and_address_at_once_takes_its_draft_along(db: None) -> None:
    draft = drafted(later_text(1))
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    kept(draft)
    assert proposed(office, {"name": "Somebody Example", "email": NEW}) is Came.CHANGED
    target = draft.targets.get(email=NEW)
    assert (target.name, target.book_office) == ("Somebody Example", office)


# --- what is found ---------------------------------------------------------------------------------------------------


def test_whoever_corrects_an_address_finds_every_letter_that_goes_there(the_book: dict[str, Office]) -> None:
    """Also where a tie of long ago, frozen with its update, says otherwise."""
    draft = drafted(later_text())
    draft.targets.filter(email=PRESIDENT).update(book_office=the_book[AMBASSADOR])
    live = gone_live(approved(draft))
    found = office_effects.reach(the_book[PRESIDENT], {"email": NEW})
    assert [one.update for one in found.live] == [live]
    assert [use.target.email for use in book.uses(the_book[PRESIDENT], today=True)] == [PRESIDENT]


# --- an office that a live update prints otherwise -------------------------------------------------------------------


@pytest.fixture
def otherwise(the_book: dict[str, Office]) -> Office:
    """The President in the book, with another address than the live update prints."""
    Office.objects.filter(email=PRESIDENT).update(email="book@example.org")
    return Office.objects.get(email="book@example.org")


def test_an_account_of_another_campaign_does_not_change_it_alone(otherwise: Office, update: Update) -> None:
    assert proposed(otherwise, {"email": NEW}, ELSEWHERE) is Came.ASKED
    otherwise.refresh_from_db()
    assert otherwise.email == "book@example.org"
    change = OfficeChange.objects.get(state=ChangeState.ASKED)
    found = office_effects.reach(otherwise, change.values)
    shown = office_changes.digest_of(change, found)
    assert (found.live, found.otherwise) == ([], [update])
    with pytest.raises(NotApproved, match="live in a campaign that you do not work on"):
        office_changes.approve(change, shown, by="Ben", theirs=ELSEWHERE)
    with pytest.raises(NotApproved, match="You asked for it"):
        office_changes.approve(change, shown, by="Eve", theirs=frozenset({"ua-61-21"}))
    assert office_changes.approve(change, shown, by="Ben", theirs=frozenset({"ua-61-21"})) == []
    otherwise.refresh_from_db()
    assert (otherwise.email, Update.objects.count()) == (NEW, 1)  # The live update keeps its word.


def test_what_every_live_update_prints_already_comes_into_the_book_at_once(otherwise: Office) -> None:
    assert proposed(otherwise, {"email": PRESIDENT}) is Came.CHANGED


def test_what_no_letter_holds_is_changed_at_once(otherwise: Office) -> None:
    assert proposed(otherwise, {"notes": "Ask for the press office."}, ELSEWHERE) is Came.CHANGED


def test_the_approval_binds_to_those_that_say_otherwise_too(otherwise: Office) -> None:
    proposed(otherwise, {"email": NEW})
    change = OfficeChange.objects.get()
    before = office_changes.digest_of(change, office_effects.reach(otherwise, change.values))
    Campaign.objects.update(status="stopped")
    assert office_changes.digest_of(change, office_effects.reach(otherwise, change.values)) != before


def test_the_pages_tell_that_it_is_live_in_campaigns_of_others(client: Client, otherwise: Office) -> None:
    other = Campaign.objects.create(slug="ua-1-26", reference="UA 1/26")
    client.force_login(at_the_desk("eve", Role.CAMPAIGNER, campaigns=[other]))
    listed = well_formed(client.get("/desk/book/"))
    assert "1 campaign that you do not work on" in listed
    assert "UA 61/21" not in listed
    form = {name: getattr(otherwise, name) for name in offices.FIELDS} | {"email": NEW}
    sent = {name: "\n".join(value) if isinstance(value, list) else value for name, value in form.items()}
    sent |= {"do": "save", "seen": office_changes.stamp(otherwise)}
    answer = client.post(f"/desk/book/{otherwise.pk}/", sent)
    assert "It is live in 1 campaign that you do not work on, too." in page(answer)
    ticked = {f"alarm-{row.difference.key}": "1" for row in answer.context["comparison"].alarms}
    assert client.post(f"/desk/book/{otherwise.pk}/", {**sent, **ticked}).status_code == 302
    assert Office.objects.get(pk=otherwise.pk).email == "book@example.org"
    client.force_login(at_the_desk("amara"))
    shown = well_formed(client.get(f"/desk/book/{otherwise.pk}/"))
    assert "says otherwise than the book, and keeps its word" in shown


def test_an_approval_stays_where_a_tie_becomes_true(the_book: dict[str, Office]) -> None:
    draft = approved(drafted(later_text()))
    kept(draft)
    current = Update.objects.get(pk=draft.pk)
    approval = approvals.open_for(current)
    assert approval is not None
    assert approval.state == "approved"
    assert "Eve" not in current.written_by
