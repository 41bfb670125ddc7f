"""Tests of the letter at the desk: its fields on the edit page, its preview, and what an approval of it binds to."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client

from advocacy import approvals, changeovers, drafts, publishing, samples, updates
from advocacy.approvals import NotApproved
from advocacy.merging import TOKENS
from advocacy.models import Act, Campaign, Update
from advocacy.models.changeover import Answer
from advocacy.models.identity import Level, levels_up_to
from advocacy.wording import letter_mails
from mailings.models import Message
from tests.advocacy import pages
from tests.advocacy.making import LEA, PAGE, approved, at_the_desk, drafted, gone_live, later_text, letter_of, send
from tests.advocacy.test_desk_updates import form_of

MORE = "{reference}: where are they?\r\nPlease answer 120 families"


@pytest.fixture
def staff(client: Client, update: Update) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2, begun from the live one."""
    return drafts.begin_from_live(update.campaign, by="Ada")


def where(draft: Update, page: str = "") -> str:
    return f"/desk/updates/{draft.pk}/{page}"


def saved(staff: Client, draft: Update, **typed: str) -> Any:
    """Save the edit page with other things typed over what it shows."""
    return staff.post(where(draft), {**form_of(staff.get(where(draft))), "do": "preview", **typed}, follow=True)


def fresh(draft: Update) -> Update:
    return Update.objects.select_related("campaign").get(pk=draft.pk)


# --- the edit page ----------------------------------------------------------------------------------------------------


def test_points_and_subjects_are_kept_and_shown(staff: Client, draft: Update) -> None:
    edit = saved(staff, draft, points_that_stay="2 and 1", letter_subjects=MORE)
    after = fresh(draft)
    assert after.points_that_stay == [1, 2]
    assert after.letter_subjects == ["{reference}: where are they?", "Please answer 120 families"]
    html = edit.content.decode()
    assert pages.read(html).faults == []
    assert html.count("In every letter") == 2
    assert "UA 61/21: where are they?" in html
    again = form_of(staff.get(where(draft)))
    assert (again["points_that_stay"], again["seen"]) == ("1, 2", drafts.stamp(after))
    act = Act.objects.filter(what="edited").latest("pk")
    assert act.changes["points_that_stay"] == [[], [1, 2]]
    assert "letter_subjects" in act.changes
    assert "where are they?" in staff.get("/desk/campaigns/ua-61-21/trail/").content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("letter_subjects", "About {points}", "only {reference} is replaced"),
        ("letter_subjects", "x" * 121, "121 characters; 120 fit."),
        ("letter_subjects", "\n".join(f"subject {n}" for n in range(7)), "nobody chooses among more than 6"),
        ("letter_text", "{salutation}\n\nDear President\n\n{points}\n\n{signature}", "Write {target_salutation}"),
        ("letter_text", "x" * 6001, "6,001 characters; 6,000 fit"),
        ("letter_text", "{target_salutatoin}", "Did you mean {target_salutation}?"),
        ("office-1-salutation", "Dear President", "“Ambassador” is an Ambassador. Mend one of them."),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_stays(
    staff: Client, draft: Update, field: str, typed: str, said: str
) -> None:
    answer = saved(staff, draft, **{field: typed})
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert said in page.beside(field)
    assert page.value(field) == typed
    assert fresh(draft).points_that_stay == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("first", "Write the numbers of the asks, like 1, 3."),
        ("0", "Write the numbers of the asks, like 1, 3."),
        ("1, 3", "There is no ask 3: the list above has 2."),
        ("9" * 300, "Write the numbers of the asks, like 1, 3."),
    ],
)
def test_a_tick_that_no_page_has_offered_is_refused(staff: Client, draft: Update, typed: str, said: str) -> None:
    answer = saved(staff, draft, points_that_stay=typed)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert said in page.beside("points_that_stay")
    assert fresh(draft).points_that_stay == []


def test_each_ask_has_a_tick_which_goes_with_its_words(staff: Client, draft: Update) -> None:
    first, second = draft.asks
    html = staff.get(where(draft)).content.decode()
    assert pages.read(html).faults == []
    assert [html.count(f'name="points_that_stay" value="{number}"') for number in (1, 2, 3)] == [1, 1, 0]
    sent = form_of(staff.get(where(draft))) | {
        "ticked_of": f"{first}\r\n{second}",
        "asks": f"A new one\n{second}\n{first}",
    }
    staff.post(where(draft), {**sent, "points_that_stay": ["2"]})
    after = fresh(draft)
    assert after.asks == ["A new one", second, first]
    assert after.points_that_stay == [2]
    html = staff.get(where(draft)).content.decode()
    assert 'name="points_that_stay" value="2" checked' in html
    assert html.count("checked><span") == 1
    staff.post(where(draft), {**form_of(staff.get(where(draft))), "points_that_stay": ["1", "3"]})
    assert fresh(draft).points_that_stay == [1, 3]


def test_the_letter_says_which_names_must_not_be_said_and_which_tokens_are_older(staff: Client, draft: Update) -> None:
    html = staff.get(where(draft)).content.decode()
    assert "No name is listed yet." in html
    assert "/desk/campaigns/ua-61-21/#id_not_to_be_said" in html
    assert "{salutation}</span> for" in html
    Campaign.objects.update(not_to_be_said=["Jo Harbour", "Mei Sample"])
    html = staff.get(where(draft)).content.decode()
    assert pages.read(html).faults == []
    assert "<bdi>Jo Harbour</bdi>, <bdi>Mei Sample</bdi>." in html


def test_the_words_in_braces_are_listed_and_advice_stands_beside(staff: Client, draft: Update) -> None:
    html = staff.get(where(draft)).content.decode()
    page = pages.read(html)
    assert page.faults == []
    for name, words in TOKENS.items():
        assert f"{{{name}}}" in page.words["tokens"]
        assert words in page.words["tokens"]
    assert "What makes an office read a letter" in page.text
    assert "tokens.js" in html


def test_the_reference_must_be_somewhere(draft: Update) -> None:
    Update.objects.filter(pk=draft.pk).update(letter_subjects=["Where are they?"])
    assert updates.faults(fresh(draft)) == []  # the text names the case
    bare = draft.letter_text.replace("{reference}", "this case")
    Update.objects.filter(pk=draft.pk).update(letter_text=bare)
    assert updates.faults(fresh(draft)) == [
        "Neither the letter nor the subject “Where are they?” names the case. Put {reference} into one of them."
    ]
    Update.objects.filter(pk=draft.pk).update(letter_subjects=["On UA 61/21"] * 2)
    assert updates.faults(fresh(draft)) == ["A subject is there twice."]
    Update.objects.filter(pk=draft.pk).update(letter_subjects=["x" * 121], points_that_stay=[1, 7])
    assert "121 characters; 120 fit." in updates.faults(fresh(draft))[0]
    assert "There is no ask 7, but it is to stay." in updates.faults(fresh(draft))[-1]


# --- the supporter's side of several subjects -------------------------------------------------------------------------


@pytest.fixture
def offered(update: Update) -> Update:
    """A live update with two further subjects, whose text does not name the case."""
    text = later_text().replace("({reference}, ASA", "(ASA")
    draft = drafted(text)
    Update.objects.filter(pk=draft.pk).update(letter_subjects=["{reference}: where are they?", "120 for UA 61/21"])
    return gone_live(approved(fresh(draft)))


def test_a_subject_is_chosen_or_written(client: Client, offered: Update) -> None:
    html = client.get(PAGE).content.decode()
    assert pages.read(html).faults == []
    assert 'name="subject_choice" value="1" checked' in html
    assert send(client, offered, subject="", subject_choice="2").status_code == 302
    assert letter_of(LEA["email"]).subject == "UA 61/21: where are they?"
    assert send(client, offered, subject="Mine", subject_choice="3", email="b@example.org").status_code == 302
    assert letter_of("b@example.org").subject == "120 for UA 61/21"
    assert send(client, offered, subject="Mine", subject_choice="own", email="c@example.org").status_code == 302
    assert letter_of("c@example.org").subject == "UA 61/21: Mine"  # the reference is put there


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"subject_choice": "own", "subject": ""}, "subject", "Write your subject, or choose one of those above."),
        ({"subject_choice": "own", "subject": "x" * 111}, "subject", "UA 61/21, comes before it: 110 characters fit."),
        ({"subject_choice": "4", "subject": ""}, "subject_choice", "Choose one of these."),
        ({"subject_choice": "x", "subject": ""}, "subject_choice", "Choose one of these."),
    ],
)
def test_a_subject_that_will_not_do(
    client: Client, offered: Update, typed: dict[str, str], field: str, said: str
) -> None:
    answer = send(client, offered, typed)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert said in (page.words["id_subject_choice"] if field == "subject_choice" else page.beside(field))
    assert page.value("subject") == typed["subject"]


def test_where_subjects_may_not_be_changed_one_of_them_is_chosen(client: Client, offered: Update) -> None:
    Campaign.objects.update(subject_editable=False)
    assert 'value="own"' not in client.get(PAGE).content.decode()
    assert send(client, offered, subject="Mine", subject_choice="own").status_code == 422
    assert send(client, offered, subject="Mine", subject_choice="2").status_code == 302
    assert letter_of(LEA["email"]).subject == "UA 61/21: where are they?"


def test_an_offered_subject_is_no_edit_and_gives_way(client: Client, offered: Update) -> None:
    Campaign.objects.update(confirmation=False)
    for choice, email in (("2", "b@example.org"), ("3", "c@example.org"), ("own", "d@example.org")):
        assert send(client, offered, subject="Mine", subject_choice=choice, email=email).status_code == 302
    draft = drafts.begin_from_live(offered.campaign, by="Ada")
    assert draft.letter_subjects == offered.letter_subjects
    Update.objects.filter(pk=draft.pk).update(letter_subjects=["120 for UA 61/21"])
    draft = fresh(draft)
    assert changeovers.waiting(draft).edited == 1
    gone_live(approved(draft), Answer.ANEW)
    changeovers.work(60)
    assert letter_of("b@example.org").subject == "UA 61/21: please let 120 people in Xinjiang go home"
    assert letter_of("c@example.org").subject == "120 for UA 61/21"
    after = letter_of("d@example.org")
    assert (after.subject, after.confirmed_at) == ("UA 61/21: Mine", None)


# --- the preview ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [Level.ANSWER, Level.FIRST, Level.ORGANISATION])
def test_every_sample_is_shown_at_every_level_that_may_leave(staff: Client, draft: Update, most: Level) -> None:
    Campaign.objects.update(most_identity=most)
    for sample in samples.tabs(draft):
        for level in levels_up_to(most):
            answer = staff.get(where(draft, "preview/"), {"sample": sample, "level": level})
            page = pages.read(answer.content.decode())
            assert page.faults == []
            _, _, choices = samples.chosen(fresh(draft), {"sample": sample, "level": level})
            (mail,) = letter_mails(fresh(draft), choices)
            (sheet,) = answer.context["sheets"]
            assert (sheet.subject, sheet.sender_line) == (mail.subject, str(mail.sender))
            assert str(mail.sender) in page.text
            assert answer.context["level"] == level
    html = answer.content.decode()
    assert ('aria-label="What leaves of the supporter"' in html) is (most != Level.ORGANISATION)


def test_the_samples_of_points_make_as_few_and_turn_them(draft: Update) -> None:
    draft.points_that_stay = [2]
    assert samples.chosen(draft, {"sample": "one"})[2].points == (2,)
    assert samples.chosen(draft, {"sample": "turned"})[2].points == (2, 1)
    draft.points_that_stay = []
    assert samples.chosen(draft, {"sample": "one"})[2].points == (1,)
    draft.asks = draft.asks[:1]
    assert not {"one", "turned"} & set(samples.tabs(draft))


@pytest.mark.parametrize("given", [{}, {"sample": "x", "level": "y"}, {"level": "answer"}, {"sample": ""}])
def test_a_sample_that_means_nothing_shows_the_usual_one(staff: Client, draft: Update, given: dict[str, str]) -> None:
    answer = staff.get(where(draft, "preview/"), given)
    assert (answer.status_code, answer.context["sample"], answer.context["level"]) == (200, "usual", Level.PLACE)


def test_the_preview_says_how_the_letter_reads(staff: Client, draft: Update) -> None:
    page = pages.read(staff.get(where(draft, "preview/")).content.decode())
    assert "words in an average sentence" in page.text
    assert "A sentence of 34 words: “I write about the people who are held …” Make two of it." in page.text


def test_the_test_mail_is_the_letter_that_is_shown(staff: Client, draft: Update) -> None:
    get_user_model().objects.update(email="amara@example.org")
    answer = staff.post(where(draft, "trial/"), {"sample": "turned", "level": "pen"}, follow=True)
    assert "A test is on its way" in answer.content.decode()
    text = Message.objects.select_related("content").get().content.text
    assert "Sent for Sam by Example Rights." in text
    assert text.index(draft.asks[1]) < text.index(draft.asks[0])
    assert "Sample Supporter" not in text


# --- what an approval, a comparison and the database hold -------------------------------------------------------------


@pytest.mark.parametrize("field", ["points_that_stay", "letter_subjects"])
def test_an_approval_binds_to_it(draft: Update, field: str) -> None:
    approved(draft)
    shown = approvals.digest_of(draft)
    Update.objects.filter(pk=draft.pk).update(**{field: [1] if field == "points_that_stay" else ["UA 61/21"]})
    with pytest.raises(NotApproved):
        publishing.publish(fresh(draft), shown, by="Ada")
    with pytest.raises(NotApproved):
        publishing.publish(fresh(draft), approvals.digest_of(fresh(draft)), by="Ada")


def test_an_edit_of_it_ends_an_approval(staff: Client, draft: Update) -> None:
    approved(draft)
    saved(staff, draft, points_that_stay="1")
    assert [one.state for one in draft.approvals.all()] == ["void"]


def test_the_comparison_shows_it_in_words(staff: Client, draft: Update) -> None:
    saved(staff, draft, points_that_stay="2", letter_subjects=MORE)
    page = pages.read(staff.get(where(draft, "preview/")).content.decode())
    compared = page.words["comparison"]
    assert "Further subjects" in compared
    assert "Please answer 120 families" in compared
    assert "Points that stay" in compared
    assert draft.asks[1] in compared


def test_it_is_handed_on_and_a_new_text_keeps_the_points_that_stay(update: Update, draft: Update) -> None:
    Update.objects.filter(pk=draft.pk).update(points_that_stay=[2], letter_subjects=["UA 61/21"])
    live = gone_live(approved(fresh(draft)))
    live.campaign.refresh_from_db()
    after = drafts.begin_from_live(live.campaign, by="Ada")
    assert (after.points_that_stay, after.letter_subjects) == ([2], ["UA 61/21"])
    read, _ = drafts.begin(later_text(3), live.campaign, over=True, by="Ada")
    assert (read.pk, read.points_that_stay, read.letter_subjects) == (after.pk, [2], [])


def test_a_published_update_keeps_it(update: Update) -> None:
    for change in ({"points_that_stay": [1]}, {"letter_subjects": ["x"]}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Update.objects.filter(pk=update.pk).update(**change)


def test_of_updates_from_before_every_point_stays(draft: Update) -> None:
    migration = import_module("advocacy.migrations.0010_the_letter")
    Update.objects.create(campaign=draft.campaign, number=9, title="Nothing yet")
    frozen = import_module("advocacy.migrations.0002_published_updates_are_frozen")
    with connection.cursor() as cursor:
        for statement in frozen.UNDO[connection.vendor]:
            cursor.execute(statement)
        migration.every_point_stays(apps, None)
        for statement in frozen.DO[connection.vendor]:
            cursor.execute(statement)
    assert dict(Update.objects.values_list("number", "points_that_stay")) == {1: [1, 2], 2: [1, 2], 9: []}


# --- settings ---------------------------------------------------------------------------------------------------------

SETTINGS = {"confirmation": "on", "subject_editable": "on", "goal": "0", "random_delay_hours": "0", "time_zone": "UTC"}


def test_a_way_to_answer_needs_a_mailbox(staff: Client) -> None:
    answer = staff.post("/desk/campaigns/ua-61-21/", {**SETTINGS, "most_identity": "answer", "mailbox": ""})
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (422, [])
    assert "For a way to answer, write the mailbox" in page.beside("mailbox")
    sent = {**SETTINGS, "most_identity": "answer", "mailbox": "ua-61-21@letters.example.org"}
    assert staff.post("/desk/campaigns/ua-61-21/", sent).status_code == 302
    assert Campaign.objects.get().most_identity == Level.ANSWER
    assert staff.post("/desk/campaigns/ua-61-21/", {**sent, "most_identity": "all"}).status_code == 422
    assert staff.post("/desk/campaigns/ua-61-21/", {**SETTINGS, "mailbox": sent["mailbox"]}).status_code == 302
    assert Campaign.objects.get().most_identity == Level.ANSWER  # the page did not ask
