"""Tests of the desk's pages of translations: nothing typed is lost, nobody is written over, what is older is marked."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from advocacy import approvals, drafts, translating
from advocacy.models import Translation, Update
from tests.advocacy import pages, tongues
from tests.advocacy.making import approved, at_the_desk
from tests.advocacy.tongues import ARABIC, FRENCH, FRENCH_DOCUMENT, drafted, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    """Amara, an administrator, at the desk."""
    client.force_login(at_the_desk())
    return client


@pytest.fixture
def draft() -> Update:
    """The invented case, not public yet."""
    return drafted()


def at(update: Update, code: str = "fr") -> str:
    return f"/desk/updates/{update.pk}/in/{code}/"


def shown(answer: Any) -> str:
    text = str(answer.content.decode())
    assert pages.read(text).faults == []
    return text


def words(answer: Any) -> str:
    return " ".join(pages.read(answer.content.decode()).text.split())


def form(desk: Client, update: Update, code: str = "fr", **typed: str) -> dict[str, str]:
    """The form as the page has it, hidden fields and all, with other things typed over it."""
    context = desk.get(at(update, code)).context
    found = {"seen": context["seen"], "began": context["began"], "do": "save", "text": ""}
    for section in context["sections"]:
        for row in section.rows:
            found[row.field.html_name] = row.field.value()
            # A browser sends line breaks like this.
            found[f"original-{row.field.html_name}"] = row.pair.original.replace("\n", "\r\n")
    return found | typed


def all_french() -> dict[str, str]:
    return {f"{field}-{n}": text for field, texts in FRENCH.items() for n, text in enumerate(texts, 1)}


def change(update: Update, **values: Any) -> None:
    current = Update.objects.get(pk=update.pk)
    drafts.keep(current, drafts.stamp(current), values, drafts.targets_of(current), by="Ada")
    update.refresh_from_db()


# --- writing ---------------------------------------------------------------------------------------------------------


def test_the_draft_lists_its_languages_and_offers_others(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    told(draft, "ar", ARABIC | {"facts": []})
    answer = desk.get(f"/desk/updates/{draft.pk}/")
    text = shown(answer)
    assert "French: Français Complete" in words(answer)
    assert "Arabic: العربية Lacks 2 of 14" in words(answer)
    assert '<option value="de">German: Deutsch</option>' in text.partition('id="add-language"')[2]
    assert '<option value="fr">' not in text.partition('id="add-language"')[2]
    answer = desk.get(f"/desk/updates/{draft.pk}/in/?language=de")
    assert answer["Location"] == at(draft, "de")
    for code in ("en", "xx", ""):
        assert desk.get(f"/desk/updates/{draft.pk}/in/?language={code}")["Location"].endswith("#languages")


def test_each_paragraph_has_a_field_beside_it(desk: Client, draft: Update) -> None:
    text = shown(desk.get(at(draft, "ar")))
    assert '<p class="kept-lines" lang="en" dir="ltr">Their pupils wait at the landing every morning.</p>' in text
    assert 'name="facts-2" lang="ar" dir="rtl"' in text
    page = pages.read(text)
    assert "facts-2" in [name for _, name, _ in page.fields]
    assert "What happened, 2 of 2" in page.text
    assert desk.get(at(draft, "xx")).status_code == 404
    assert desk.get(at(draft, "en")).status_code == 404


def test_a_translation_is_saved_paragraph_by_paragraph(desk: Client, draft: Update) -> None:
    sent = form(desk, draft, **all_french())
    answer = desk.post(at(draft), sent, follow=True)
    assert "French is saved. Complete." in words(answer)
    assert Translation.objects.get().words["letter_text"] == FRENCH["letter_text"]
    answer = desk.post(at(draft), form(desk, draft, **{"facts-1": ""}), follow=True)
    assert "French is saved. Lacks 1 of 14." in words(answer)


def test_a_letter_paragraph_keeps_its_line_breaks(desk: Client, draft: Update) -> None:
    change(draft, letter_text=draft.letter_text.replace("sincerely,\n\n{sig", "sincerely,\n{sig"))
    sent = form(desk, draft, **{"letter_text-6": "Salutations,\r\n{signature}"})
    assert desk.post(at(draft), sent).status_code == 302
    one = translating.to_begin_with(draft, "fr").of("letter_text")[5]
    assert (one.words, one.original) == ("Salutations,\n{signature}", "Yours sincerely,\n{signature}")


@pytest.mark.parametrize(
    ("name", "typed", "fault"),
    [
        ("letter_text-2", "Je vous écris.", "Write in it what the original has: {reference}."),
        ("letter_text-4", "Je demande : {asks}", "The original has no words in braces here."),
        ("letter_subject-1", "Trois institutrices", "Write in it what the original has: {reference}."),
        ("facts-1", "Un.\n\nDeux.", "Write it as one paragraph, without an empty line"),
        ("title-1", "Trois\ninstitutrices", "Write this on a single line"),
        ("facts-1", "Un \u202etxt", "hidden signs that turn the reading direction"),
        ("summary-1", "{{ x }}", "Write plain text"),
        ("title-1", "x" * 301, "300 fit"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_nothing_is_lost(
    desk: Client, draft: Update, name: str, typed: str, fault: str
) -> None:
    more = {"summary-1": "Un résumé.", "asks-1": "les libérer", "text": "Un document.", name: typed}
    answer = desk.post(at(draft), form(desk, draft, **more))
    assert answer.status_code == 422
    text = shown(answer)
    page = pages.read(text)
    assert fault in page.beside(name)
    assert page.value(name) == typed
    assert page.value("asks-1") == "les libérer"
    assert page.value("text") == "Un document."
    assert not Translation.objects.exists()


def test_a_long_ask_may_be_translated_at_three_times_its_length(desk: Client, draft: Update) -> None:
    change(draft, asks=["release them " * 40 + "now", draft.asks[1]])
    room = 3 * len(draft.asks[0])
    answer = desk.post(at(draft), form(desk, draft, **{"asks-1": "x" * (room + 1), "asks-2": "y" * 301}))
    page = pages.read(shown(answer))
    assert f"These are {room + 1:,} characters; {room:,} fit. Nothing was cut." in page.beside("asks-1")
    assert "These are 301 characters; 300 fit." in page.beside("asks-2")
    assert desk.post(at(draft), form(desk, draft, **{"asks-1": "x" * room, "asks-2": "y" * 300})).status_code == 302


@pytest.mark.parametrize("chosen", ["mine", "theirs"])
def test_of_two_who_translate_at_once_the_second_learns_of_the_first(desk: Client, draft: Update, chosen: str) -> None:
    sent = form(desk, draft, **all_french())
    told(draft, "fr", {"title": ["Mon titre"]})
    answer = desk.post(at(draft), sent)
    assert answer.status_code == 409
    assert "Zoe saved this translation at" in words(answer)
    assert pages.read(shown(answer)).value("title-1") == FRENCH["title"][0]
    assert "What Zoe wrote: Mon titre" in words(answer)
    assert Translation.objects.get().words["title"] == ["Mon titre"]
    sent |= {"seen": answer.context["seen"], "began": answer.context["began"], "asked": "title-1"}
    unanswered = desk.post(at(draft), sent)
    assert unanswered.status_code == 422
    assert "Title: Both of you changed this. Choose which stays." in words(unanswered)
    assert "What Zoe wrote: Mon titre" in words(unanswered)
    answer = desk.post(at(draft), {**sent, "choose-title-1": chosen})
    assert answer.status_code == 302
    assert Translation.objects.get().words["title"] == [{"mine": FRENCH["title"][0], "theirs": "Mon titre"}[chosen]]
    assert Translation.objects.get().words["facts"] == FRENCH["facts"]


def test_of_two_who_translate_different_paragraphs_both_stand(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    sent = form(desk, draft, **{"facts-1": "Autre chose."})
    told(draft, "fr", {**FRENCH, "title": ["Mon titre"]})
    answer = desk.post(at(draft), sent, follow=True)
    assert "Both stand now; what came in: Title." in words(answer)
    found = Translation.objects.get().words
    assert (found["title"], found["facts"][0]) == (["Mon titre"], "Autre chose.")


def test_what_another_one_translated_stays_also_where_the_original_changed(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    sent = form(desk, draft, **{"letter_text-2": "Autre chose ({reference})."})
    told(draft, "fr", {**FRENCH, "title": ["Mon titre"]})
    change(draft, facts=f"A new beginning.\n\n{draft.facts}")
    answer = desk.post(at(draft), sent)
    assert answer.status_code == 409
    page = pages.read(shown(answer))
    assert page.value("title-1") == "Mon titre"
    assert page.value("letter_text-2") == "Autre chose ({reference})."
    assert [page.value(f"facts-{n}") for n in (1, 2, 3)] == ["", *FRENCH["facts"]]


def test_an_original_that_changed_meanwhile_is_shown_with_what_was_typed(desk: Client, draft: Update) -> None:
    sent = form(desk, draft, **all_french())
    facts = "A new beginning.\n\nTheir pupils wait at the landing each morning.\n\nThe end."
    change(draft, facts=facts)
    answer = desk.post(at(draft), sent)
    assert answer.status_code == 409
    assert "The original was changed after you opened this page." in words(answer)
    page = pages.read(shown(answer))
    typed = [page.value(f"facts-{n}") for n in (1, 2, 3)]
    assert typed == [*FRENCH["facts"], ""]
    assert page.value("letter_text-2") == FRENCH["letter_text"][1]
    assert not Translation.objects.exists()
    change(draft, facts="The end.")
    answer = desk.post(at(draft), sent)
    assert FRENCH["facts"][1] in shown(answer).partition("No longer in the original")[2]


def test_what_is_older_says_what_changed_until_it_is_mended_or_ticked(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    change(
        draft,
        facts=draft.facts.replace("The ferry", "The old ferry").replace("every morning", "each morning"),
    )
    answer = desk.get(at(draft))
    assert "The <ins>old </ins>ferry came back" in shown(answer)
    assert "Older in 2 of 14" in words(answer)
    desk.post(at(draft), form(desk, draft))
    assert len(translating.to_begin_with(draft, "fr").stale) == 2
    desk.post(at(draft), form(desk, draft, **{"kept-facts-1": "1"}))
    assert [pair.original for pair in translating.to_begin_with(draft, "fr").stale] == [
        "Their pupils wait at the landing each morning."
    ]
    desk.post(at(draft), form(desk, draft, **{"facts-2": "Les élèves attendent."}))
    assert not translating.to_begin_with(draft, "fr").stale


def test_what_left_the_original_is_shown_until_it_is_saved(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    change(draft, facts=draft.facts.partition("\n\n")[0])
    answer = desk.get(at(draft))
    assert "No longer in the original" in words(answer)
    assert FRENCH["facts"][1] in shown(answer)
    desk.post(at(draft), form(desk, draft))
    assert Translation.objects.get().words["facts"] == FRENCH["facts"][:1]


def test_a_translation_is_thrown_away_in_the_state_that_was_looked_at(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    answer = desk.post(at(draft), {"do": "discard", "seen": "another"}, follow=True)
    assert "Nothing was thrown away." in words(answer)
    seen = translating.stamp(Translation.objects.get())
    answer = desk.post(at(draft), {"do": "discard", "seen": seen}, follow=True)
    assert "The translation into French is gone." in words(answer)
    assert not Translation.objects.exists()


def test_a_text_of_too_many_paragraphs_is_told_so(desk: Client, draft: Update) -> None:
    change(draft, facts="\n\n".join(f"{n}." for n in range(320)))
    answer = desk.get(at(draft), follow=True)
    assert "A translation holds 300 paragraphs; this has 332." in words(answer)


def test_a_published_translation_cannot_be_edited(desk: Client) -> None:
    update = tongues.live()
    for answer in (desk.get(at(update)), desk.post(at(update), {"do": "save"})):
        assert answer["Location"] == f"/desk/updates/{update.pk}/preview/"


def test_the_live_translation_is_offered_to_a_draft_that_was_pasted(desk: Client) -> None:
    update = tongues.live(arabic=False)
    text = tongues.ENGLISH.replace("UA 7/26,", "UA 7/26, Update 1,").replace("The ferry", "The old ferry")
    draft, _ = drafts.begin(text, update.campaign, over=False)
    assert draft.translations.count() == 0
    answer = desk.get(at(draft))
    assert pages.read(shown(answer)).value("facts-2") == FRENCH["facts"][1]
    assert "Not saved yet" in words(answer)
    assert "These are the words of the live update" in words(answer)
    assert "The original has changed" in words(answer)
    assert draft.translations.count() == 0


# --- a document ------------------------------------------------------------------------------------------------------


def test_a_document_fills_what_is_empty_and_stores_nothing(desk: Client, draft: Update) -> None:
    sent = form(desk, draft, **{"summary-1": "Mon résumé.", "do": "read", "text": FRENCH_DOCUMENT})
    answer = desk.post(at(draft), sent)
    assert answer.status_code == 200
    page = pages.read(shown(answer))
    assert page.value("summary-1") == "Mon résumé."
    assert page.value("title-1") == "Trois institutrices détenues au bac"
    assert page.value("asks-2") == "dire à leurs familles où elles sont"
    assert "Nothing is saved yet. Compare each paragraph, then save." in page.text
    assert not Translation.objects.exists()
    file = SimpleUploadedFile("appel.txt", FRENCH_DOCUMENT.encode())
    answer = desk.post(at(draft), {**form(desk, draft, do="read"), "file": file})
    assert pages.read(shown(answer)).value("facts-2") == "Leurs élèves attendent à l'embarcadère chaque matin."


def test_a_document_of_another_case_is_refused_and_stays_in_its_box(desk: Client, draft: Update) -> None:
    other = FRENCH_DOCUMENT.replace("AU 7/26", "AU 8/26")
    sent = form(desk, draft, **{"summary-1": "Mon résumé.", "do": "read", "text": other})
    answer = desk.post(at(draft), sent)
    assert answer.status_code == 422
    page = pages.read(shown(answer))
    assert "This text speaks of UA 8/26, but this is UA 7/26" in page.text
    assert "AU 8/26" in page.value("text")
    assert page.value("summary-1") == "Mon résumé."
    answer = desk.post(at(draft), form(desk, draft, do="read"))
    assert answer.status_code == 422
    assert "Paste the text of the update, or choose its file." in words(answer)


# --- approval --------------------------------------------------------------------------------------------------------


def test_the_preview_shows_each_language_with_its_letter(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    told(draft, "ar", ARABIC | {"facts": ARABIC["facts"][:1]})
    answer = desk.get(f"/desk/updates/{draft.pk}/preview/")
    text = shown(answer)
    assert f'<p lang="fr" dir="ltr">{FRENCH["facts"][1]}</p>' in text
    assert "Je vous écris au sujet de trois institutrices des îles (UA 7/26)." in text
    assert f'dir="rtl">{ARABIC["title"][0]}</h3>' in text
    assert "Not translated yet." in text
    assert "Arabic lacks 1 paragraph (What happened)." in words(answer)
    assert "Approval holds for these too." in text


def test_saving_a_translation_ends_an_approval_and_says_so_before(desk: Client, draft: Update) -> None:
    told(draft, "fr", FRENCH)
    approved(draft)
    assert "This draft is approved as it stands." in words(desk.get(at(draft)))
    desk.post(at(draft), form(desk, draft, **{"title-1": "Trois institutrices"}))
    last = approvals.last_for(draft)
    assert last is not None
    assert last.state == "void"
    assert "Trois institutrices" in words(desk.get(f"/desk/campaigns/{draft.campaign.slug}/trail/"))


def test_the_language_of_the_letter_is_chosen_on_the_draft(desk: Client, draft: Update) -> None:
    answer = desk.get(f"/desk/updates/{draft.pk}/")
    page = pages.read(shown(answer))
    assert page.value("language") == "en"
    sent = {name: value for _, name, value in page.fields if not name.endswith("DELETE")}
    sent |= {"seen": answer.context["seen"], "office-TOTAL_FORMS": "0", "office-INITIAL_FORMS": "0"}
    desk.post(f"/desk/updates/{draft.pk}/", {**sent, "language": "ar"})
    draft.refresh_from_db()
    assert draft.language == "ar"
    answer = desk.post(f"/desk/updates/{draft.pk}/", {**sent, "language": "xx"})
    assert "Choose a language from the list." in words(answer)
