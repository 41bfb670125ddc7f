"""Tests of translations: how they lie beside their original, who may write them when, and that they freeze with it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from advocacy import alarms, approvals, drafts, publishing, translating, translations, updates
from advocacy.approvals import NotApproved
from advocacy.comparing_languages import Told, compare_languages
from advocacy.languages import LANGUAGES, is_not, language, likely
from advocacy.models import Act, Approval, Translation, Update
from advocacy.reading import Fault
from advocacy.translations import Pair, aligned, stored
from advocacy.updates import NotPublishable
from tests.advocacy import tongues
from tests.advocacy.making import approved, gone_live
from tests.advocacy.tongues import ARABIC, ARABIC_DOCUMENT, FRENCH, FRENCH_DOCUMENT, drafted, told

EMPTY: dict[str, list[str]] = {field: [] for field in translations.FIELDS}


def facts(*texts: str) -> dict[str, list[str]]:
    return EMPTY | {"facts": list(texts)}


def beside(now: list[str], then: list[str], words: list[str]) -> translations.Beside:
    return aligned(facts(*now), LANGUAGES["fr"], facts(*words), facts(*then))


def seen(one: translations.Beside) -> list[tuple[str, str, bool]]:
    return [(pair.original, pair.words, pair.stale) for pair in one.pairs]


# --- paragraph by paragraph ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected", "left"),
    [
        (["A", "B", "C"], [("A", "a", False), ("B", "b", False), ("C", "c", False)], []),
        (["A", "B2", "C"], [("A", "a", False), ("B2", "b", True), ("C", "c", False)], []),
        (["C", "A", "B"], [("C", "c", False), ("A", "a", False), ("B", "b", False)], []),
        (["A", "C"], [("A", "a", False), ("C", "c", False)], ["b"]),
        (["A", "B", "X", "C"], [("A", "a", False), ("B", "b", False), ("X", "", False), ("C", "c", False)], []),
        (["X", "Y"], [("X", "a", True), ("Y", "b", True)], ["c"]),
        ([], [], ["a", "b", "c"]),
        (["A", "A", "B", "C"], [("A", "a", False), ("A", "", False), ("B", "b", False), ("C", "c", False)], []),
    ],
)
def test_a_translated_paragraph_stays_beside_the_one_it_was_made_from(
    now: list[str], expected: list[tuple[str, str, bool]], left: list[str]
) -> None:
    one = beside(now, ["A", "B", "C"], ["a", "b", "c"])
    assert seen(one) == expected
    assert [pair.words for pair in one.left_over] == left


def test_what_is_not_written_yet_stays_in_its_place() -> None:
    one = beside(["A", "B2", "C"], ["A", "", "C"], ["a", "", "c"])
    assert seen(one) == [("A", "a", False), ("B2", "", False), ("C", "c", False)]
    assert stored(one.pairs) == (facts("a", "", "c"), facts("A", "", "C"))


def test_a_row_that_was_cut_short_is_read_as_lacking() -> None:
    one = aligned(facts("A", "B"), LANGUAGES["fr"], facts("a"), facts("A", "B"))
    assert seen(one) == [("A", "a", False), ("B", "", False)]


def test_very_many_paragraphs_are_laid_side_by_side_in_no_time() -> None:
    many = ["same"] * 20_000
    one = beside(many, many, many)
    assert len(one.pairs) == 20_000
    assert not one.stale


@pytest.mark.parametrize(
    ("original", "words", "fault"),
    [
        ("{salutation}", "{salutation}", ""),
        ("About {reference}.", "Au sujet de {reference}.", ""),
        ("About {reference}.", "Au sujet.", "{reference}"),
        ("About it.", "Au sujet de {reference}.", "no words in braces"),
        ("{asks}", "{asks} {asks}", "{asks}"),
        ("{asks}", "", ""),
    ],
)
def test_tokens_of_a_letter_must_be_the_originals(original: str, words: str, fault: str) -> None:
    found = Pair("letter_text", original, words, original).token_fault
    assert fault in found if fault else not found
    assert not Pair("facts", original, words, original).token_fault


def test_nobody_writes_what_is_only_tokens() -> None:
    now = EMPTY | {"letter_text": ["{salutation}", "About {reference}.", "{asks}\n{own_words}"]}
    one = aligned(now, LANGUAGES["fr"], {}, {})
    assert [pair.words for pair in one.pairs] == ["{salutation}", "", "{asks}\n{own_words}"]
    then = EMPTY | {"letter_text": ["{signature}", "B", "C"]}
    one = aligned(now, LANGUAGES["fr"], EMPTY | {"letter_text": ["{signature}", "b", "c {asks}"]}, then)
    assert seen(one)[0] == ("{salutation}", "{salutation}", False)
    assert [pair.stale for pair in one.pairs] == [False, True, True]


# --- languages -------------------------------------------------------------------------------------------------------


def test_every_language_has_a_tag_a_name_and_a_direction() -> None:
    assert {"en", "fr", "es", "de", "ar", "fa", "zh-Hans", "zh-Hant", "ru", "pt", "tr", "ko"} <= set(LANGUAGES)
    assert {code for code, one in LANGUAGES.items() if one.dir == "rtl"} == {"ar", "fa", "he", "ug", "ur"}
    assert all(code == one.code and one.name and one.own for code, one in LANGUAGES.items())
    assert language("xx").own == "xx"


@pytest.mark.parametrize(
    ("code", "read", "wrong"),
    [("ar", "ar", False), ("fa", "ar", False), ("ar", "en", True), ("fr", "ar", True), ("fr", "en", False),
     ("es", "fr", False), ("th", "en", False), ("ja", "zh", False), ("zh-Hant", "zh", False), ("ko", "ja", True)],
)  # fmt: skip
def test_a_text_in_another_script_is_in_another_language(code: str, read: str, *, wrong: bool) -> None:
    assert is_not(code, read) is wrong


def test_a_new_text_is_taken_for_what_the_case_was_in_so_far() -> None:
    assert [likely("en"), likely("fr"), likely("zh"), likely("ar", "en"), likely("en", "es")] == [
        "en", "fr", "zh-Hans", "ar", "es",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_document_is_drafted_in_its_own_language() -> None:
    draft, _ = drafts.begin(FRENCH_DOCUMENT, None, over=False)
    assert (draft.language, draft.campaign.reference) == ("fr", "UA 7/26")


# --- a translator's work ---------------------------------------------------------------------------------------------


def changed(draft: Update, **values: Any) -> None:
    """Edit a draft as Ada."""
    drafts.keep(draft, drafts.stamp(draft), values, drafts.targets_of(draft), by="Ada")
    draft.refresh_from_db()


@pytest.mark.django_db
def test_a_translation_is_kept_with_the_paragraphs_it_was_made_from() -> None:
    draft = drafted()
    one = told(draft, "fr", FRENCH)
    assert one.whole
    row = Translation.objects.get()
    assert (row.language, row.edited_by) == ("fr", "Zoe")
    assert row.words["facts"] == FRENCH["facts"]
    assert row.made_from == translations.pieces(draft)
    act = Act.objects.latest("pk")
    assert (act.what, act.by, act.note) == ("edited", "Zoe", "In French")
    assert act.changes["in French: title"] == [None, FRENCH["title"]]


@pytest.mark.django_db
def test_two_translators_of_one_language_do_not_write_over_each_other() -> None:
    draft = drafted()
    one = told(draft, "fr", FRENCH)
    row = translating.find(draft, "fr")
    first = translating.stamp(row)
    translating.keep(draft, "fr", first, list(one.pairs), by="Ada")
    for stale in (first, ""):
        with pytest.raises(translating.Conflict, match=r"Ada saved this translation at .* after you opened it"):
            translating.keep(draft, "fr", stale, list(one.pairs), by="Zoe")
    told(draft, "ar", ARABIC)  # another language is nobody's conflict
    translating.discard(draft, "fr", translating.stamp(translating.find(draft, "fr")), by="Ada")
    with pytest.raises(translating.Conflict, match="threw this translation away"):
        translating.keep(draft, "fr", first, list(one.pairs), by="Zoe")


@pytest.mark.django_db
def test_a_translation_of_another_text_than_the_draft_has_is_not_stored() -> None:
    draft = drafted()
    pairs = list(translating.to_begin_with(draft, "fr").pairs)
    drafts.keep(draft, drafts.stamp(draft), {"facts": "Something else."}, drafts.targets_of(draft), by="Ada")
    with pytest.raises(translating.Conflict, match="The original was changed"):
        translating.keep(draft, "fr", "", pairs, by="Zoe")
    assert not Translation.objects.exists()


@pytest.mark.django_db
def test_the_next_draft_gets_the_live_translations_and_marks_what_it_changes() -> None:
    update = tongues.live()
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    assert {one.language for one in draft.translations.all()} == {"fr", "ar"}
    assert translations.doubts(draft) == []
    changed(draft, facts=draft.facts.replace("The ferry", "The old ferry") + "\n\nA third day has passed.")
    one = translating.to_begin_with(draft, "fr")
    assert [pair.words for pair in one.stale] == [FRENCH["facts"][0]]
    assert [pair.original for pair in one.lacking] == ["A third day has passed."]
    assert "French is older than its original in 1 paragraph. Its readers see them marked." in drafts.doubts(draft)
    assert any("French lacks 1 paragraph (What happened)." in words for words in updates.faults(draft))


@pytest.mark.django_db
def test_throwing_a_translation_away_leaves_its_words_in_the_trail() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    translating.discard(draft, "fr", translating.stamp(translating.find(draft, "fr")), by="Ben")
    assert not Translation.objects.exists()
    assert Act.objects.latest("pk").changes["in French: facts"] == [FRENCH["facts"], None]
    assert Update.objects.get().written_by[-1] == "Ben"


# --- a document in another language ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_french_document_of_the_same_case_fills_the_french_translation() -> None:
    draft = drafted()
    filled = translating.fill(draft, translating.to_begin_with(draft, "fr"), FRENCH_DOCUMENT)
    words = {field: [pair.words for pair in filled.beside.of(field)] for field in translations.FIELDS}
    assert words["title"] == ["Trois institutrices détenues au bac"]
    assert words["facts"][1] == "Leurs élèves attendent à l'embarcadère chaque matin."
    assert words["asks"] == ["libérer les trois institutrices immédiatement", "dire à leurs familles où elles sont"]
    assert [text for text in words["letter_text"] if text and not text.startswith("{")] == []
    assert any(note.startswith("Letter: the document has nothing") for note in filled.notes)
    assert not Translation.objects.exists()


@pytest.mark.django_db
def test_an_arabic_document_fills_the_arabic_translation() -> None:
    draft = drafted()
    filled = translating.fill(draft, translating.to_begin_with(draft, "ar"), ARABIC_DOCUMENT).beside
    assert [pair.words for pair in filled.pairs[:4]] == [*ARABIC["title"], *ARABIC["summary"], *ARABIC["facts"]]


@pytest.mark.django_db
def test_a_text_that_is_read_anew_leaves_its_translations_to_be_checked() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    text = tongues.ENGLISH.replace("The ferry", "The old ferry")
    again, _ = drafts.begin(text, None, over=True)
    assert again.pk == draft.pk
    assert [pair.words for pair in translating.to_begin_with(again, "fr").stale] == FRENCH["facts"][:1]


@pytest.mark.django_db
def test_what_was_written_stays_and_what_is_older_is_filled() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    changed(draft, facts=draft.facts.replace("The ferry", "The old ferry"))
    filled = translating.fill(draft, translating.to_begin_with(draft, "fr"), FRENCH_DOCUMENT).beside
    assert filled.of("summary")[0].words == FRENCH["summary"][0]
    first, second = filled.of("facts")
    assert first.words == "Elles se rendaient à une réunion sur le toit de l'école. Le bac est revenu sans elles."
    assert not first.stale
    assert second.words == FRENCH["facts"][1]


@pytest.mark.django_db
def test_paragraphs_that_have_no_place_are_shown_and_told() -> None:
    draft = drafted()
    text = FRENCH_DOCUMENT.replace("Écrivez au", "Personne ne répond au téléphone.\n\nÉcrivez au")
    filled = translating.fill(draft, translating.to_begin_with(draft, "fr"), text)
    assert [pair.words for pair in filled.beside.left_over] == ["Personne ne répond au téléphone."]
    assert "What happened: the document has 3, the original 2. Compare each one." in filled.notes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("fr", FRENCH_DOCUMENT.replace("AU 7/26", "AU 8/26"), "This text speaks of UA 8/26, but this is UA 7/26"),
        ("fr", "Trois institutrices", "No reference was found in this text."),
        ("fr", FRENCH_DOCUMENT.replace("AU 7/26,", "AU 7/26, Update 3,"), "This text is Update 3 of UA 7/26"),
        ("ar", FRENCH_DOCUMENT, "This text is not in Arabic."),
        ("fr", ARABIC_DOCUMENT, "This text is not in French."),
    ],
)
def test_a_document_of_another_case_number_or_language_is_refused_in_words(code: str, text: str, words: str) -> None:
    draft = drafted()
    with pytest.raises(Fault, match=words):
        translating.fill(draft, translating.to_begin_with(draft, code), text)


# --- approval and publishing -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_approval_holds_for_translations_and_an_edit_of_one_ends_it() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    approved(draft)
    shown = approvals.digest_of(draft)
    told(draft, "fr", {"title": ["Trois institutrices"]})
    assert Approval.objects.get().state == "void"
    with pytest.raises(NotApproved):
        publishing.publish(draft, shown, by="Ada")
    approved(draft)
    told(draft, "ar", ARABIC)
    assert Approval.objects.latest("pk").state == "void"
    approved(draft)
    translating.discard(draft, "fr", translating.stamp(translating.find(draft, "fr")), by="Ada")
    assert Approval.objects.latest("pk").state == "void"


@pytest.mark.django_db
def test_whoever_translated_last_does_not_approve() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH, by="Ben")
    publishing.ask(draft, approvals.digest_of(draft), by="Ada")
    with pytest.raises(NotApproved, match="You wrote a part of it"):
        approvals.approve(draft, approvals.digest_of(draft), by="Ben")
    approvals.approve(draft, approvals.digest_of(draft), by="Zoe")


@pytest.mark.django_db
def test_never_half_of_a_language_is_published() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH | {"facts": FRENCH["facts"][:1]})
    with pytest.raises(NotPublishable) as refusal:
        publishing.ask(draft, approvals.digest_of(draft), by="Ada")
    assert refusal.value.faults == [f"French lacks 1 paragraph (What happened). {translations.FINISH}"]
    translating.discard(draft, "fr", translating.stamp(translating.find(draft, "fr")), by="Ada")
    gone_live(approved(draft))
    assert Update.objects.get().published


@pytest.mark.django_db
def test_a_name_that_must_not_be_said_is_found_in_a_translation() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH | {"summary": ["Anna Exemple et deux autres sont détenues."]})
    draft.campaign.not_to_be_said = ["Anna Exemple"]
    (fault,) = [words for words in updates.faults(draft) if "Anna" in words]
    assert fault.startswith("The translation into French names “Anna Exemple”.")


@pytest.mark.django_db
def test_a_draft_whose_letter_turns_into_its_translation_is_not_published() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    changed(draft, language="fr")
    assert any("The letter itself is in French." in words for words in updates.faults(draft))


@pytest.mark.django_db
def test_words_in_another_script_than_the_letters_language_are_doubted() -> None:
    draft = drafted(language="ar")
    assert [words for words in drafts.doubts(draft) if "does not look like Arabic" in words] == [
        "The page does not look like Arabic, the language that the letter is said to be in.",
        "The letter does not look like Arabic, the language that the letter is said to be in.",
    ]


@pytest.mark.django_db
def test_the_comparison_names_each_language_that_changed() -> None:
    update = tongues.live()
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    told(draft, "fr", {"title": ["Trois institutrices"]})
    told(draft, "es", FRENCH)
    translating.discard(draft, "ar", translating.stamp(translating.find(draft, "ar")), by="Ada")
    found = alarms.comparison(draft)
    assert found is not None
    assert "Translation: Arabic" in [one.label for one in found.alarms]
    assert [one.label for one in found.others if "French" in one.label or "Translation" in one.label] == [
        "Translation: Spanish", "In French: Title",
    ]  # fmt: skip
    assert "In French: Facts" in found.same


def test_another_language_of_the_letter_is_an_alarm() -> None:
    alarmed, others, same = compare_languages(Told("English"), Told("Arabic"))
    assert [(one.label, one.old, one.new) for one in alarmed] == [("Language of the letter", "English", "Arabic")]
    assert (others, same) == ([], [])


# --- the database's own promise --------------------------------------------------------------------------------------


def refused(statement: str, values: list[Any]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as fault:
        return "the translations of a published update never change" in str(fault)
    return False


@pytest.mark.django_db
def test_translations_of_a_published_update_never_change() -> None:
    update = tongues.live()
    row = update.translations.get(language="fr")
    other = drafts.begin_from_live(update.campaign).translations.get(language="fr")
    columns = "(update_id, language, words, made_from, edited_at, edited_by)"
    values = [update.pk, "de", "{}", "{}", row.edited_at.isoformat(sep=" "), ""]
    assert refused("UPDATE advocacy_translation SET edited_by = 'x' WHERE id = %s", [row.pk])
    assert refused("DELETE FROM advocacy_translation WHERE id = %s", [row.pk])
    assert refused("UPDATE advocacy_translation SET update_id = %s WHERE id = %s", [update.pk, other.pk])
    assert refused("UPDATE advocacy_translation SET update_id = %s WHERE id = %s", [other.update_id, row.pk])
    assert refused(f"INSERT INTO advocacy_translation {columns} VALUES (%s, %s, %s, %s, %s, %s)", values)
    if connection.vendor == "sqlite":
        replace = f"INSERT OR REPLACE INTO advocacy_translation (id, {columns[1:]}"
        taken = [row.pk, other.update_id, "de", "{}", "{}", str(row.edited_at), ""]
        assert refused(f"{replace} VALUES (%s, %s, %s, %s, %s, %s, %s)", taken)
        assert refused("UPDATE OR REPLACE advocacy_translation SET id = %s WHERE id = %s", [row.pk, other.pk])
    assert update.translations.count() == 2
    with pytest.raises(translating.Conflict, match="was published meanwhile"):
        translating.discard(update, "fr", translating.stamp(row))


@pytest.mark.django_db
def test_a_draft_with_translations_can_be_thrown_away() -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    drafts.discard(draft, drafts.stamp(draft), by="Ada")
    assert not Translation.objects.exists()
    assert "in French: facts" in Act.objects.latest("pk").changes
