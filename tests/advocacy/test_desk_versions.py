"""Tests of two who edit one draft: what only one changed stands, what both changed is asked, and nothing is lost."""

from typing import Any

import pytest
from django.test import Client

from advocacy import drafts
from advocacy.models import Act, Update
from tests.advocacy.making import AMBASSADOR, PRESIDENT, at_the_desk
from tests.advocacy.test_book import well_formed
from tests.advocacy.test_desk_updates import opened, page

CHANGED = {"title": "Hers", "summary": "Her summary.", "office-0-phone": "+86 1"}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


@pytest.fixture
def ben(db: None) -> Client:
    """The browser of Ben, who works there too."""
    client = Client()
    client.force_login(at_the_desk("ben"))
    return client


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2, begun from the live one."""
    return drafts.begin_from_live(update.campaign)


def now(draft: Update) -> Update:
    return Update.objects.get(pk=draft.pk)


def again(answer: Any, **chosen: str) -> dict[str, Any]:
    """The form of a page on which two met, as the browser sends it back with these answers."""
    form, targets = answer.context["form"], answer.context["targets"]
    sent = {name: form.data.getlist(name) for name in form.data}
    for one in (form, *targets.forms):
        sent |= {field.html_name: field.value() for field in one if field.value() not in (None, "")}
    answers = {name.replace("__", "-"): value for name, value in chosen.items()}
    return {**sent, "seen": answer.context["seen"], "began": answer.context["began"], **answers}


def test_what_only_one_of_two_changed_stands_after_both_saved(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, **CHANGED})
    answer = ben.post(
        where, {**his, "facts": "His facts.", "office-0-fax": "+86 2", "office-1-DELETE": "on"}, follow=True
    )
    assert answer.redirect_chain[-1] == (f"{where}preview/", 302)
    assert "amara saved this draft at" in page(answer)
    assert "Both stand now; what came in: Title, Summary, Xi Jinping." in page(answer)
    draft = now(draft)
    assert (draft.title, draft.summary, draft.facts) == ("Hers", "Her summary.", "His facts.")
    assert [(one.phone, one.fax, one.email) for one in draft.targets.all()] == [(["+86 1"], ["+86 2"], PRESIDENT)]


def test_what_both_changed_is_shown_with_both_values_and_chosen(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, **CHANGED})
    answer = ben.post(where, {**his, "title": "His", "facts": "His facts."})
    assert answer.status_code == 409
    well_formed(answer)
    shown = page(answer)
    assert "Where both of you changed the same, choose." in shown
    assert 'value="His"' in shown
    assert "What amara wrote:" in shown
    assert "Hers" in shown
    assert shown.count("Both of you changed this: which stays?") == 1
    assert answer.context["form"]["summary"].value() == "Her summary."
    assert now(draft).title == "Hers"

    unanswered = ben.post(where, again(answer))
    assert unanswered.status_code == 422
    assert "Title: Both of you changed this. Choose which stays." in page(unanswered)
    assert now(draft).facts != "His facts."

    ben.post(where, again(answer, choose__title="theirs"))
    kept = now(draft)
    assert (kept.title, kept.summary, kept.facts) == ("Hers", "Her summary.", "His facts.")


def test_the_value_that_was_replaced_stands_in_the_trail(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, "title": "Hers"})
    answer = ben.post(where, {**his, "title": "His"})
    ben.post(where, again(answer, choose__title="mine"))
    assert now(draft).title == "His"
    assert Act.objects.latest("pk").changes["title"] == ["Hers", "His"]


def test_two_windows_of_one_person_are_called_that(staff: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    first, second = opened(staff, draft), opened(staff, draft)
    staff.post(where, {**first, "title": "First"})
    answer = staff.post(where, {**second, "title": "Second"})
    assert "You, in another window, saved this draft at" in page(answer)


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_an_office_that_became_another_is_never_mixed(staff: Client, ben: Client, draft: Update, choice: str) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, "office-0-phone": "+86 1"})
    other = {"office-0-name": "Jo Sample", "office-0-email": "jo@example.org", "office-0-salutation": "Dear Jo Sample"}
    answer = ben.post(where, {**his, **other, "office-0-title": ""})
    assert answer.status_code == 409
    well_formed(answer)
    ben.post(where, again(answer, choose__office__0=choice))
    first = now(draft).targets.get(position=1)
    told = {"mine": ("Jo Sample", "jo@example.org", []), "theirs": ("Xi Jinping", PRESIDENT, ["+86 1"])}
    assert (first.name, first.email, first.phone) == told[choice]


@pytest.mark.parametrize("choice", ["mine", "theirs"])
@pytest.mark.parametrize("out", ["hers", "his"])
def test_an_office_that_one_left_out_and_one_changed_is_asked(
    staff: Client, ben: Client, draft: Update, out: str, choice: str
) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    gone, changed = {"office-1-DELETE": "on"}, {"office-1-phone": "+1 613"}
    staff.post(where, {**hers, **(gone if out == "hers" else changed)})
    answer = ben.post(where, {**his, **(changed if out == "hers" else gone)})
    assert answer.status_code == 409
    ben.post(where, again(answer, choose__office__1=choice))
    emails = [one.email for one in now(draft).targets.all()]
    stays = (out == "hers") == (choice == "mine")
    assert emails == ([PRESIDENT, AMBASSADOR] if stays else [PRESIDENT])


def test_offices_that_each_added_are_both_there(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    for client, form, name in ((staff, hers, "Ann Sample"), (ben, his, "Jo Sample")):
        client.post(where, {**form, "office-2-name": name, "office-2-email": f"{name[:2].lower()}@example.org"})
    assert [one.name for one in now(draft).targets.all()][2:] == ["Ann Sample", "Jo Sample"]


def test_a_form_that_does_not_say_what_it_began_from_asks_for_everything(
    staff: Client, ben: Client, draft: Update
) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, "title": "Hers"})
    answer = ben.post(where, {**his, "began": "made up", "title": "His", "office-0-phone": "+86 1"})
    assert answer.status_code == 409
    assert set(answer.context["form"].data.getlist("asked")) == {"title", "office-0:"}
    assert now(draft).title == "Hers"


def test_a_form_with_a_fault_stays_a_form_of_before(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, "title": "Hers"})
    faulty = ben.post(where, {**his, "facts": "His facts.", "issued_on": "the 29th"})
    assert faulty.status_code == 422
    sent = {**his, "facts": "His facts.", "seen": faulty.context["seen"], "began": faulty.context["began"]}
    ben.post(where, sent)
    assert (now(draft).title, now(draft).facts) == ("Hers", "His facts.")


def test_ticks_go_with_the_asks_that_they_were_given_to(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    first, second = draft.asks
    ticked_of = {"ticked_of": f"{first}\n{second}"}
    hers, his = opened(staff, draft) | ticked_of, opened(ben, draft) | ticked_of
    staff.post(where, {**hers, "asks": f"A new one\n{first}\n{second}"})
    ben.post(where, {**his, "points_that_stay": ["2"]})
    kept = now(draft)
    assert (kept.asks, kept.points_that_stay) == (["A new one", first, second], [3])


def test_a_button_of_the_book_waits_until_both_are_merged(staff: Client, ben: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/"
    hers, his = opened(staff, draft), opened(ben, draft)
    staff.post(where, {**hers, "title": "Hers"})
    answer = ben.post(where, {**his, "facts": "His facts.", "do": "put-0"})
    assert answer.status_code == 409
    assert "nothing is saved yet. Save once more." in page(answer)
    answer = ben.post(where, {**again(answer), "do": "put-0"}, follow=True)
    assert "The office is in the book." in page(answer)
    assert (now(draft).title, now(draft).facts) == ("Hers", "His facts.")
