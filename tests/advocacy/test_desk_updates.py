"""Tests of a campaigner's way: paste a text, check its fields, preview, publish; and of what must not happen on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from advocacy import drafts
from advocacy.models import Update
from tests.advocacy.making import (
    AMBASSADOR,
    DEMO,
    PRESIDENT,
    at_the_desk,
    confirmed,
    later_text,
    messages_of,
    ticks,
    written,
)

NEW = "/desk/campaigns/ua-61-21/new/"


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


def page(answer: Any) -> str:
    return str(answer.content.decode())


def form_of(answer: Any) -> dict[str, str]:
    """What the browser would send back from the edit page, untouched."""
    context = answer.context
    fields = [field for form in (context["form"], *context["targets"].forms) for field in form]
    fields += list(context["targets"].management_form)
    return {"seen": context["seen"], "began": context["began"], **{f.html_name: str(f.value() or "") for f in fields}}


def opened(staff: Client, draft: Update) -> dict[str, str]:
    return form_of(staff.get(f"/desk/updates/{draft.pk}/"))


def press(staff: Client, where: str, act: str, **typed: str) -> Any:
    """Press a button of the preview page, as it stands there now, with every alarm ticked."""
    shown = staff.get(where)
    return staff.post(where, {"do": act, "shown": shown.context["shown"], **ticks(shown), **typed}, follow=True)


def test_a_campaigner_s_way_from_the_text_to_the_live_page(staff: Client, ben: Client, update: Update) -> None:
    before = confirmed(update)
    waiting = written(update, "second@example.org")

    # Amara pastes the new text. It becomes a draft; the page shows what it showed.
    edit = staff.post(NEW, {"text": later_text(), "do": "read"}, follow=True)
    draft = Update.objects.get(number=2)
    assert edit.redirect_chain == [(f"/desk/updates/{draft.pk}/", 302)]
    assert "Update 2 is read and kept as a draft." in page(edit)
    assert "Sixty more people" not in page(Client().get("/ua-61-21/"))

    # She mends a field, and sees page and letter as they will be.
    changed = {**form_of(edit), "title": "Sixty more, and no word", "do": "preview"}
    preview = staff.post(f"/desk/updates/{draft.pk}/", changed, follow=True)
    shown = page(preview)
    assert "Sixty more, and no word" in shown
    assert "Sixty more of them have now been named" in shown
    assert "Sample Supporter" in shown
    assert "As in the live update" in shown

    # Without the tick she cannot ask for approval. With it she can, and then it is somebody else's turn.
    where = f"/desk/updates/{draft.pk}/preview/"
    assert press(staff, where, "ask").status_code == 422
    assert "waits for the approval of a second person" in page(press(staff, where, "ask", compared="1"))
    assert "You asked for it, so somebody else must approve it." in page(staff.get(where))
    assert press(staff, where, "approve", compared="1").status_code == 409

    # Ben reads it, and approves. Nothing is public yet. Then she publishes.
    assert press(ben, where, "approve").status_code == 422
    assert "is approved as it stands here" in page(press(ben, where, "approve", compared="1"))
    assert not Update.objects.get(number=2).published
    unanswered = press(staff, where, "publish", when="now")
    assert unanswered.status_code == 422
    assert "<strong>1</strong> confirmed letter has not begun to leave" in page(unanswered)
    assert "<strong>1</strong> waits for its writer to confirm" in page(unanswered)
    assert page(unanswered).count("Say what is to become of the letters that wait.") == 2
    assert "Update 2 is live." in page(press(staff, where, "publish", when="now", letters="go"))
    assert Update.objects.get(number=2).published_by == "amara"

    # The page and new letters use it at once; earlier letters keep theirs.
    assert "Sixty more, and no word" in page(Client().get("/ua-61-21/"))
    after = written(Update.objects.get(number=2), "third@example.org")
    texts = [messages_of(letter)[0].content.text for letter in (before, waiting, after)]
    assert ["Forty-eight more of them" in text for text in texts] == [True, True, False]
    assert "Sixty more of them" in texts[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the text of the update, or choose its file."),
        ("Dear all, please write.", "No reference was found."),
        ("UA 62/21, Update 1\n\nAnother case", "This text speaks of UA 62/21, but this campaign is UA 61/21."),
        ("UA 61/21, Update 2 {{ settings.SECRET_KEY }}", "without double braces"),
        ("UA 61/21, Update 2 \u202e", "turn the reading direction"),
        ("UA 61/21, Update 2\n\n" + "Long " * 60, "200 fit."),
    ],
)
def test_a_text_that_cannot_be_read_is_told_in_words_and_kept(
    staff: Client, update: Update, text: str, words: str
) -> None:
    answer = staff.post(NEW, {"text": text})
    assert answer.status_code == 422
    assert page(answer).count(words) == 2
    assert answer.context["form"]["text"].value() == text
    assert Update.objects.count() == 1


def test_the_number_of_a_published_update_cannot_be_used_again(staff: Client, update: Update) -> None:
    answer = staff.post(NEW, {"text": later_text(1)})
    assert answer.status_code == 422
    assert "is published already with another text" in page(answer)
    assert Update.objects.count() == 1
    same = staff.post(NEW, {"text": update.source_text}, follow=True)
    assert "This very text is published already, as Update 1." in page(same)


def test_a_text_does_not_replace_a_draft_unless_that_is_ticked(staff: Client, draft: Update) -> None:
    answer = staff.post(NEW, {"text": later_text()})
    assert "There is a draft of Update 2 already." in page(answer)
    assert "Sixty" not in Update.objects.get(number=2).summary
    staff.post(NEW, {"text": later_text(), "over": "1"})
    assert "Sixty" in Update.objects.get(number=2).summary


def test_a_text_without_a_letter_takes_the_live_one_and_says_so(staff: Client, update: Update) -> None:
    text = later_text()
    start, end = text.index("Model letter"), text.index("Additional information")
    answer = staff.post(NEW, {"text": text[:start] + text[end:]}, follow=True)
    assert "The text brings no letter of its own" in page(answer)
    draft = Update.objects.get(number=2)
    assert (draft.letter_text, draft.letter_subject) == (update.letter_text, update.letter_subject)
    shown = page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    assert "is at a public mail service" in shown


def test_a_text_may_begin_a_new_campaign(staff: Client) -> None:
    staff.post("/desk/campaigns/new/", {"text": DEMO.read_text(encoding="utf-8")})
    draft = Update.objects.get()
    assert (draft.campaign.slug, draft.campaign.status) == ("ua-61-21", "draft")
    assert Client().get("/ua-61-21/").status_code == 404


def test_the_live_update_can_be_the_start(staff: Client, update: Update) -> None:
    staff.post(NEW, {"do": "live"})
    draft = Update.objects.get(number=2)
    assert (draft.title, draft.letter_text, draft.index, draft.issued_on) == (
        update.title,
        update.letter_text,
        "",
        None,
    )
    assert [target.email for target in draft.targets.all()] == [PRESIDENT, AMBASSADOR]
    shown = page(staff.get(f"/desk/updates/{draft.pk}/preview/"))
    assert "The letter names ASA 17/5905/2022, the index of Update 1." in shown


def test_an_untouched_form_changes_nothing(staff: Client, draft: Update) -> None:
    before = drafts.targets_of(draft)
    staff.post(f"/desk/updates/{draft.pk}/", opened(staff, draft))
    after = Update.objects.get(pk=draft.pk)
    for name in ("number", "title", "summary", "facts", "asks", "letter_text", "letter_subject", "original_issued_on"):
        assert getattr(after, name) == getattr(draft, name), name
    assert drafts.targets_of(after) == before


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "Free\x07 them", "control characters"),
        ("title", "x" * 201, "These are 201 characters; 200 fit."),
        ("facts", "<script>alert(1)</script>", "Write plain text"),
        ("letter_subject", "{name}: hello", "only {reference} is replaced"),
        ("letter_text", "{salutation} {asks} {signature} {own_wrods}", "{own_wrods}, which means nothing"),
        ("letter_text", "Hello", "The letter lacks {target_salutation}"),
        ("issued_on", "the 29th", "Write the date like 29 July 2022"),
        ("number", "1", "There is an update with the number 1 already."),
        ("number", "", "Write the number of the update"),
        ("office-0-email", "one@example.org, two@example.org", "Write one address only."),
        ("office-0-email", "english@mail", "with an @ and a dot"),
        ("office-0-name", "", "Write the name"),
        ("office-0-salutation", "Dear\r\nBcc: x@example.org", "on a single line"),
        ("office-0-role", "boss", "Choose To or Copy."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(
    staff: Client, draft: Update, field: str, typed: str, words: str
) -> None:
    sent = {**opened(staff, draft), "summary": "A summary that was typed just now.", field: typed}
    answer = staff.post(f"/desk/updates/{draft.pk}/", sent)
    shown = page(answer)
    assert answer.status_code == 422
    assert shown.index('role="alert"') < shown.index("<h1>")
    assert words.replace("'", "&#x27;") in shown
    assert "A summary that was typed just now." in shown
    kept = form_of(answer)
    assert {name: kept[name] for name in sent} == sent
    assert Update.objects.get(pk=draft.pk).summary == draft.summary


def test_offices_are_added_and_left_out(staff: Client, draft: Update) -> None:
    more = {"office-2-role": "to", "office-2-name": "Jane Doe", "office-2-email": "jane@office.example.org"}
    more |= {
        "office-2-salutation": "Dear Jane Doe",
        "office-2-address_lines": "1 Street\n\nTown ",
        "office-1-DELETE": "on",
    }
    staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), **more})
    offices = drafts.targets_of(Update.objects.get(pk=draft.pk))
    assert [(office.role, office.name) for office in offices] == [("to", "Xi Jinping"), ("to", "Jane Doe")]
    assert offices[1].address_lines == ["1 Street", "Town"]
    answer = staff.get(f"/desk/updates/{draft.pk}/preview/")
    assert "jane@office.example.org" in [alarm.new for alarm in answer.context["comparison"].of.alarms]
    assert page(answer).count('class="paper"') == 2


@pytest.mark.parametrize("sample", ["usual", "plain", "long", "chinese", "nonsense"])
def test_the_letter_is_shown_with_different_supporters(staff: Client, draft: Update, sample: str) -> None:
    shown = page(staff.get(f"/desk/updates/{draft.pk}/preview/", {"sample": sample}))
    assert 'class="paper"' in shown
    assert ("歐陽志明" in shown) == (sample == "chinese")


def test_what_stands_in_the_way_is_listed_and_holds(staff: Client, draft: Update) -> None:
    sent = {**opened(staff, draft), "title": "", "asks": "", "letter_text": "", "office-0-email": ""}
    preview = staff.post(f"/desk/updates/{draft.pk}/", sent, follow=True)
    for words in ("The title is missing.", "The asks are missing", "lacks {signature}", "needs an email address"):
        assert words in page(preview)
    answer = press(staff, preview.request["PATH_INFO"], "ask", compared="1")
    assert answer.status_code == 422
    assert "The title is missing." in page(answer)
    assert not Update.objects.get(pk=draft.pk).published


def test_what_is_asked_for_is_what_was_looked_at(staff: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/preview/"
    shown = staff.get(where).context["shown"]
    staff.post(f"/desk/updates/{draft.pk}/", {**opened(staff, draft), "office-0-email": "other@mail.gov.cn"})
    answer = staff.post(where, {"do": "ask", "shown": shown, "compared": "1"})
    assert answer.status_code == 409
    assert "somebody changed it since. Read it once more." in page(answer)
    assert not draft.approvals.exists()


def test_a_published_update_opens_to_be_read_and_cannot_be_changed(staff: Client, update: Update) -> None:
    where = f"/desk/updates/{update.pk}/"
    shown = page(staff.get(where, follow=True))
    assert "A published update never changes" in shown
    assert 'name="title"' not in shown
    staff.post(where, {"title": "Changed", "seen": drafts.stamp(update)})
    for act in ("ask", "ask_back", "publish"):
        answer = press(staff, f"{where}preview/", act, compared="1", when="now", **{"return-reason": "Why not."})
        assert answer.status_code == 409
    gone = staff.post(f"{where}discard/", {"seen": drafts.stamp(update)}, follow=True)
    assert "Nothing was thrown away." in page(gone)
    after = Update.objects.get(pk=update.pk)
    assert (after.title, after.published_at) == (update.title, update.published_at)


CHANGES: dict[str, Callable[[Update], object]] = {
    "words": lambda update: Update.objects.filter(pk=update.pk).update(title="Changed"),
    "delete": lambda update: Update.objects.filter(pk=update.pk)._raw_delete("default"),
    "office": lambda update: update.targets.update(email="stranger@example.org"),
    "new office": lambda update: update.targets.create(role="copy", position=9, name="Stranger"),
    "no office": lambda update: update.targets.all().delete(),
    "draft again": lambda update: connection.cursor().execute(
        "UPDATE advocacy_update SET published_at = NULL WHERE id = %s", [update.pk]
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_itself_refuses_to_change_what_is_published(
    update: Update, change: Callable[[Update], object]
) -> None:
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        change(update)


def test_a_draft_can_be_thrown_away(staff: Client, draft: Update) -> None:
    assert "is gone" in page(
        staff.post(f"/desk/updates/{draft.pk}/discard/", {"seen": drafts.stamp(draft)}, follow=True)
    )
    assert Update.objects.count() == 1


@pytest.mark.parametrize("count", ["-1", "-99999", "99999", "x", ""])
def test_a_count_of_offices_that_no_page_has_sent_breaks_nothing(staff: Client, draft: Update, count: str) -> None:
    address = f"/desk/updates/{draft.pk}/"
    answer = staff.post(address, {**opened(staff, draft), "office-INITIAL_FORMS": count, "do": "preview"}, follow=True)
    assert answer.status_code in {200, 422}
    assert Update.objects.get(pk=draft.pk).targets.count() == 2


# --- from a file ------------------------------------------------------------------------------------------------------


def chosen(name: str, content: bytes) -> dict[str, Any]:
    return {"do": "read", "text": "", "file": SimpleUploadedFile(name, content)}


def test_a_file_becomes_a_draft(staff: Client, update: Update) -> None:
    staff.post(NEW, chosen("update-2.txt", later_text().encode()))
    made = Update.objects.get(campaign=update.campaign, number=2)
    assert made.source_text == later_text()
    assert not made.published


def test_a_page_that_was_pasted_as_its_source_is_read_as_its_reader_sees_it(staff: Client, update: Update) -> None:
    lines = "".join(f"<p>{line}</p>" for line in later_text().splitlines() if line)
    staff.post(NEW, {"do": "read", "text": f"<!doctype html><html><body>{lines}</body></html>"})
    assert Update.objects.filter(campaign=update.campaign, number=2).exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("update.docx", b"not a Word file", "Word"),
        ("update.exe", b"MZ", "Files of this kind"),
        ("update.txt", b"", "empty"),
        ("update.pdf", b"%PDF-1.7 and nothing else", "PDF"),
        ("update.txt", b"x" * 10_000_001, "10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words_beside_it(
    staff: Client, update: Update, name: str, content: bytes, said: str
) -> None:
    answer = staff.post(NEW, chosen(name, content))
    assert answer.status_code == 422
    (fault,) = answer.context["form"].errors["file"]
    assert said in fault
    assert page(answer).count(fault) >= 2, "in the summary and beside the field"
    assert Update.objects.count() == 1


def test_the_text_of_a_file_that_says_too_little_can_be_mended_in_the_box(staff: Client, update: Update) -> None:
    answer = staff.post(NEW, chosen("update.txt", b"A text without any reference\n"))
    assert answer.status_code == 422
    assert "A text without any reference" in answer.context["form"]["text"].value()
    assert "No reference was found" in page(answer)


def test_a_text_and_a_file_are_one_too_many_and_none_is_one_too_few(staff: Client, update: Update) -> None:
    both = staff.post(NEW, {**chosen("update.txt", later_text().encode()), "text": later_text()})
    assert both.status_code == 422
    assert both.context["form"]["text"].value() == later_text()
    assert Update.objects.count() == 1
    none = staff.post(NEW, {"do": "read", "text": ""})
    assert "Paste the text of the update, or choose its file." in page(none)


# --- where it was read ------------------------------------------------------------------------------------------------


def source_of(answer: Any, field: str) -> Any:
    return answer.context["sources"].fields[field]


def test_each_field_shows_the_line_that_it_came_from(staff: Client, update: Update) -> None:
    answer = staff.post(NEW, {"do": "read", "text": later_text()}, follow=True)
    lines = later_text().splitlines()
    source = source_of(answer, "title")
    assert (source.state, source.quote) == ("found", lines[source.lines[0].number - 1])
    assert f'<a href="#L{source.lines[0].number}">' in page(answer)
    assert page(answer).count('<li id="L') == len(lines)
    to, copy = answer.context["sources"].offices
    assert to["email"].lines[0].text.endswith(PRESIDENT)
    assert copy["email"].lines[0].text.endswith(AMBASSADOR)


def test_what_was_edited_and_what_no_line_says_is_marked(staff: Client, update: Update) -> None:
    staff.post(NEW, {"do": "read", "text": later_text()})
    made = Update.objects.get(number=2)
    Update.objects.filter(pk=made.pk).update(title="Another title", country="", deadline="2027-01-31")
    answer = staff.get(f"/desk/updates/{made.pk}/")
    assert source_of(answer, "title").state == "changed"
    assert source_of(answer, "deadline").state == "added"
    made.targets.filter(position=1).update(name="Somebody Else", email="else@office.example.org")
    assert staff.get(f"/desk/updates/{made.pk}/").context["sources"].offices[0] == {}


def test_a_draft_without_a_text_has_no_lines(staff: Client, draft: Update) -> None:
    answer = staff.get(f"/desk/updates/{draft.pk}/")
    assert not answer.context["sources"].lines
    assert "Not in the text" not in page(answer)


def test_an_address_that_a_page_has_hidden_is_told_and_not_filled_in(staff: Client, update: Update) -> None:
    hidden = later_text().replace(PRESIDENT, "[email protected]")
    answer = staff.post(NEW, {"do": "read", "text": hidden}, follow=True)
    number = next(n for n, line in enumerate(hidden.splitlines(), 1) if "[email" in line)
    assert f'hidden by the page that this was copied from. <a href="#L{number}">Line {number}</a>' in page(answer)
    assert Update.objects.get(number=2).targets.get(position=1).email == ""


def test_a_text_that_ends_the_case_offers_to_stop_instead(staff: Client, update: Update) -> None:
    ended = later_text().replace("Update 2", "Update 2 - STOP ACTION", 1)
    answer = staff.post(NEW, {"do": "read", "text": ended}, follow=True)
    assert "This text ends the case." in page(answer)
    assert "/desk/campaigns/ua-61-21/#state" in page(answer)


def test_what_filters_would_mind_is_told_before_it_is_approved(staff: Client, draft: Update) -> None:
    where = f"/desk/updates/{draft.pk}/preview/"
    assert "mail filters would hold against" not in page(staff.get(where))
    Update.objects.filter(pk=draft.pk).update(letter_subject="Re: UA 61/21")
    assert "Nobody has written to us" in page(staff.get(where))
