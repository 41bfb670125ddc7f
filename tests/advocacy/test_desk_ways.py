"""Tests of ways that had no end: a language for the live update, a number that is taken, a campaign that is over."""

from typing import Any

import pytest
from django.test import Client

from advocacy import alarms, approvals, campaigns, drafts, publishing, translating
from advocacy.approvals import NotApproved
from advocacy.models import Campaign, Update
from advocacy.models.campaign import Why
from advocacy.reading import Fault
from tests.advocacy.making import approved, at_the_desk, drafted, gone_live, later_text
from tests.advocacy.test_book import page, well_formed
from tests.advocacy.test_desk_updates import NEW, opened
from tests.advocacy.tongues import FRENCH, told
from tests.advocacy.tongues import drafted as invented


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


# --- a language for the live update ----------------------------------------------------------------------------------


@pytest.fixture
def live(db: None) -> Update:
    """The live update of an invented case, in English."""
    return gone_live(approved(invented()))


def begun(staff: Client, live: Update, code: str = "fr") -> Any:
    return staff.post(f"/desk/updates/{live.pk}/in/", {"language": code}, follow=True)


def test_a_language_for_the_live_update_begins_a_correction_with_everything_kept(staff: Client, live: Update) -> None:
    assert "Add a language" in well_formed(staff.get(f"/desk/updates/{live.pk}/preview/"))
    answer = begun(staff, live)
    draft = Update.objects.get(published_at=None)
    assert answer.redirect_chain[-1][0] == f"/desk/updates/{draft.pk}/in/fr/"
    assert "number, index, date, letter and offices stay" in page(answer)
    names = ("number", "index", "issued_on", "deadline", "letter_text", "title", "facts", "asks")
    assert [getattr(draft, name) for name in names] == [getattr(live, name) for name in names]
    assert drafts.targets_of(draft) == drafts.targets_of(live)
    told(draft, "fr", FRENCH)
    found = alarms.comparison(draft)
    assert found is not None
    assert found.alarms == ()
    assert [one.label for one in found.others] == ["Translation: French"]
    assert gone_live(approved(draft)).name == f"{live.name} (corrected)"


def test_a_correction_that_waits_takes_the_next_language_as_well(staff: Client, live: Update) -> None:
    begun(staff, live)
    answer = begun(staff, live, "ar")
    draft = Update.objects.get(published_at=None)
    assert answer.redirect_chain[-1][0] == f"/desk/updates/{draft.pk}/in/ar/"
    assert "is a draft already, so Arabic goes into it" in page(answer)


def test_what_is_live_no_longer_gets_no_language(staff: Client, live: Update) -> None:
    drafts.begin_from_live(live.campaign)
    Campaign.objects.update(live_update=gone_live(approved(drafts.begin_from_live(live.campaign))))
    assert "is live no longer" in page(begun(staff, live))
    assert translating.find(live, "fr") is None


# --- a number that is taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chosen", "name"), [("correction", "Update 1 (corrected)"), ("next", "Update 2")])
def test_a_text_whose_number_is_taken_says_what_it_is(staff: Client, update: Update, chosen: str, name: str) -> None:
    answer = staff.post(NEW, {"text": later_text(1)})
    assert answer.status_code == 422
    assert "Say what this text is." in well_formed(answer)
    assert answer.context["form"]["text"].value() == later_text(1)
    after = staff.post(NEW, {"text": later_text(1), "taken": chosen}, follow=True)
    draft = Update.objects.get(published_at=None)
    assert (draft.name, draft.source_text) == (name, later_text(1))
    assert f"{name} is read and kept as a draft." in page(after)


def test_a_correction_that_waits_is_not_replaced_unseen(staff: Client, update: Update) -> None:
    sent = {"text": later_text(1), "taken": "correction"}
    staff.post(NEW, sent)
    answer = staff.post(NEW, sent)
    assert "There is a draft of Update 1 (corrected) already." in page(answer)
    assert Update.objects.filter(published_at=None).count() == 1


# --- a campaign that is over -----------------------------------------------------------------------------------------


@pytest.fixture
def over(update: Update) -> Campaign:
    """A stopped campaign with an earlier update, and an approved draft of the next one."""
    gone_live(approved(drafted(later_text())))
    approved(drafted(later_text(3)))
    campaigns.stop(update.campaign, by="Ada", reason="They are free.", why=Why.FREED)
    return Campaign.objects.get()


def test_a_campaign_that_is_over_offers_nothing_that_cannot_be(staff: Client, over: Campaign) -> None:
    shown = well_formed(staff.get("/desk/campaigns/ua-61-21/"))
    for words in ("New update", "Go back to"):
        assert words not in shown
    draft = Update.objects.get(number=3)
    for where in (NEW, f"/desk/updates/{draft.pk}/", f"/desk/updates/{draft.pk}/preview/"):
        assert "UA 61/21 was stopped for good on" in well_formed(staff.get(where)), where
    assert "Read it" not in page(staff.get(NEW))
    assert 'name="do" value="publish"' not in page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    assert "Update 3" not in page(staff.get("/desk/"))


def test_a_campaign_that_is_over_refuses_in_words(staff: Client, over: Campaign) -> None:
    said = "UA 61/21 was stopped for good on"
    for where, sent in (
        (NEW, {"text": later_text(4)}),
        (NEW, {"do": "live"}),
        ("/desk/campaigns/new/", {"text": later_text(4)}),
    ):
        answer = staff.post(where, sent, follow=True)
        assert said in page(answer), (where, sent)
    assert Update.objects.count() == 3
    with pytest.raises(Fault, match=said):
        drafts.begin(later_text(4), None, over=False)
    draft = Update.objects.get(number=3)
    where = f"/desk/updates/{draft.pk}/preview/"
    answer = staff.post(where, {"do": "publish", "when": "now", "letters": "go", "shown": approvals.digest_of(draft)})
    assert answer.status_code == 409
    assert said in page(answer)
    first = Update.objects.get(number=1)
    with pytest.raises(NotApproved, match=said):
        publishing.ask_to_go_back(first, approvals.digest_of(first), by="Ada", reason="Why not.")


# --- the mark behind the salutation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["{target_salutation},", "{salutation} :", "{target_salutation}，"])
def test_a_mark_behind_the_salutation_goes_away(staff: Client, update: Update, token: str) -> None:
    draft = drafts.begin_from_live(update.campaign)
    sent = opened(staff, draft)
    letter = sent["letter_text"].replace("{salutation}", token)
    assert letter != sent["letter_text"]
    staff.post(f"/desk/updates/{draft.pk}/", {**sent, "letter_text": letter})
    shown = page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    assert "Dear President Xi Jinping:" in shown or "Dear President:" in shown
    for doubled in (":,", "::", ": :", ":，"):
        assert doubled not in Update.objects.get(pk=draft.pk).letter_text
        assert f"President{doubled}" not in shown


def test_a_pasted_letter_loses_it_as_well_and_a_stored_one_is_refused(staff: Client, update: Update) -> None:
    text = later_text().replace("{salutation}", "{salutation},")
    assert text != later_text()
    staff.post(NEW, {"text": text})
    draft = Update.objects.get(number=2)
    assert "{salutation}\n" in draft.letter_text
    Update.objects.filter(pk=draft.pk).update(letter_text=draft.letter_text.replace("{salutation}", "{salutation},"))
    assert "brings its own mark" in page(staff.get(f"/desk/updates/{draft.pk}/preview/"))


def test_a_translation_loses_it_as_well(staff: Client, live: Update) -> None:
    begun(staff, live)
    draft = Update.objects.get(published_at=None)
    told(draft, "fr", {**FRENCH, "letter_text": ["{salutation}", *FRENCH["letter_text"][1:]]})
    where = f"/desk/updates/{draft.pk}/in/fr/"
    answer = staff.get(where)
    form = answer.context
    sent = {"seen": form["seen"], "do": "save"}
    for section in form["sections"]:
        for row in section.rows:
            sent[row.field.html_name] = row.field.value() or ""
            sent[f"original-{row.field.html_name}"] = row.pair.original
    staff.post(where, {**sent, "letter_text-1": "{salutation},"})
    known = translating.find(draft, "fr")
    assert known is not None
    assert known.words["letter_text"][0] == "{salutation}"


# --- a text that would be left unused --------------------------------------------------------------------------------


def test_a_pasted_text_is_not_thrown_away_by_the_other_button(staff: Client, update: Update) -> None:
    assert 'form="paste" name="do" value="live"' in well_formed(staff.get(NEW))
    sent = {"do": "live", "text": later_text()}
    answer = staff.post(NEW, sent)
    assert answer.status_code == 422
    shown = well_formed(answer)
    assert shown.count("Read this text, or press") == 2
    assert 'name="left" value="1"' in shown
    assert answer.context["form"]["text"].value() == later_text()
    assert Update.objects.count() == 1
    staff.post(NEW, {**sent, "left": "1"})
    assert Update.objects.get(published_at=None).source_text == ""
