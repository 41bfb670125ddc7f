"""Tests of what must be asked or reported instead of guessed, trap by trap."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.reading import Reading, reading_of
from advocacy.reading.countries import country_of
from advocacy.reading.dates import dates_in
from advocacy.reading.indexes import indexes_in
from advocacy.reading.references import read_subject, references_in

pytestmark = pytest.mark.once

LAYOUTS = Path(__file__).resolve().parent / "layouts"
HEAD = "UA 7/24, Index: EUR 28/1/2024, 3 April 2024\n\nICELAND\n\nAn invented heading\n\nSomething happened here.\n\n"
OFFICE = "Write to:\n\nMinister of Tides\nJón Invented\n1 Quay Street\nReykjavik\n"


def layout(name: str) -> Reading:
    return reading_of((LAYOUTS / f"{name}.txt").read_text(encoding="utf-8"))


def asked(reading: Reading, field: str) -> tuple[str, ...]:
    """The candidates of the one question about a field."""
    (question,) = [one for one in reading.questions if one.field == field]
    assert question.why.endswith((".", "?"))
    return question.candidates


def noted(reading: Reading, kind: str) -> list[str]:
    return [one.text for one in reading.notices if one.kind == kind]


@pytest.mark.parametrize("name", ["03-columns-in-a-row", "10-columns-with-gaps"])
def test_columns_that_were_read_row_by_row_are_asked(name: str) -> None:
    reading = layout(name)
    assert reading.draft.targets is None
    assert asked(reading, "targets")


def test_addresses_that_are_none_are_reported_and_not_mended() -> None:
    reading = layout("12-addresses-that-are-none")
    assert noted(reading, "not_an_address") == ["mayor@tоwn.example.org", "name @ ombudsman.example.org"]
    assert noted(reading, "web_form") == ["https://town.example.org/write"]
    assert asked(reading, "targets.0.emails") == ("labour.minister@gov.example. org",)
    assert asked(reading, "targets.0.salutation") == ("Dear Minister", "Spoštovani minister")
    assert noted(reading, "correction")
    assert noted(reading, "embassy")
    assert "fiscaliaestado.example.org" in noted(layout("04-many-offices"), "not_an_address")


def test_the_organisation_s_own_address_is_no_target_s() -> None:
    assert noted(layout("53-held-web-two-officials"), "own_address") == ["uan@section.example.org"]
    assert noted(layout("09-web-ended"), "own_address") == ["feedback@section.example.org"]
    assert noted(layout("62-held-mise-a-jour"), "own_address") == ["reponses@section.example.org"]
    assert noted(layout("07-passed-on-mail"), "own_address")
    assert noted(reading_of("Call us, or write to someone@elsewhere.example.org"), "other_address")


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("STOP ACTION\n" + HEAD, "stop"),
        (HEAD + "This action ended on 3 May 2024", "ended"),
        (HEAD + "Action terminée", "ended"),
        (HEAD + "Aucune action complémentaire n'est requise.", "ended"),
        ("Final update on UA 7/24\n" + HEAD, "final"),
        ("Correction to UA 7/24\n" + HEAD, "correction"),
        ("[UA 339/05 never issued]", "void"),
        (HEAD + OFFICE, ""),
    ],
)
def test_how_a_text_ends_its_case(text: str, closing: str) -> None:
    assert reading_of(text).closing == closing


def test_a_day_on_which_an_action_ended_is_neither_issue_nor_deadline() -> None:
    draft = reading_of("Chile: Lamps\n\nUA: 8/09\nThis action ended on May 30, 2012\n").draft
    assert (draft.ended_on, draft.issued_on, draft.deadline) == (date(2012, 5, 30), None, None)


def test_two_dates_two_references_and_two_indexes_are_asked() -> None:
    reading = reading_of("UA 7/24 and UA 8/24\nASA 17/1/2024, ASA 17/2/2024\nDate: 3 May 2024\nDate: 4 May 2024")
    assert (reading.draft.reference, reading.draft.index, reading.draft.issued_on) == ("", "", None)
    assert asked(reading, "reference") == ("UA 7/24", "UA 8/24")
    assert asked(reading, "index") == ("ASA 17/001/2024", "ASA 17/002/2024")
    assert asked(reading, "issued_on") == ("2024-05-03", "2024-05-04")


def test_an_update_without_its_number_is_asked() -> None:
    reading = reading_of(HEAD.replace("UA 7/24", "Further information on UA 7/24"))
    assert (reading.draft.update_number, reading.draft.is_update) == (None, True)
    assert asked(reading, "update_number") == ()
    assert reading_of("UA 7/24").draft.update_number is None  # undated: it may show any state of its case
    assert reading_of(HEAD).draft.update_number == 0


@pytest.mark.parametrize(
    ("lines", "candidates"),
    [
        ("Someone\nSomewhere\n1 Quay Street", ("Someone", "Somewhere")),
        ("Minister of Tides\nPort Louis\nMauritius", ("Minister of Tides", "Port Louis")),  # a name, or a town
        ("Minister of Tides\nPort\nQuayside\nMauritius", ("Minister of Tides", "Port")),
        ("Judge Anna Invented\nLower Harbour\n1 Quay Street", ("Judge Anna Invented", "Lower Harbour")),
        ("Director\nNational Tide Centre\nAnna Invented\n1 Quay Street", ("Anna Invented",)),
        ("Minister of Tides\nMinister of Ebbs\n1 Quay Street", ("Minister of Tides", "Minister of Ebbs")),
    ],
)
def test_who_cannot_be_told_is_asked_and_left_empty(lines: str, candidates: tuple[str, ...]) -> None:
    reading = reading_of(f"{HEAD}Write to:\n\n{lines}\nEmail: a@example.org\n")
    (target,) = reading.draft.targets or ()
    assert target.name == ""
    assert asked(reading, "targets.0.name") == candidates
    assert target.emails == ("a@example.org",)
    assert not set(candidates) & set(target.address_lines)


@pytest.mark.parametrize(
    ("printed", "emails"),
    [
        ("Email: a@example.org, b@example.org", ("a@example.org", "b@example.org")),
        ("E-mail: a@example.org / b@example.org", ("a@example.org", "b@example.org")),
        ("Email: a@example.org OR b@example.org", ("a@example.org", "b@example.org")),
        ("Email: [write to us](mailto:a@example.org)", ("a@example.org",)),
        ("Email: <a@example.org>.", ("a@example.org",)),
        ("Email: Office <o.brien@example.org>; http://example.org/form", ("o.brien@example.org",)),
        ("a@example.org", ("a@example.org",)),
        ("Email: [email protected]", ()),
        ("Email: a(at)example.org", ()),
        ("Email: a at example dot org", ()),
        ("Email: a@example", ()),
        ("Email: a@exаmple.org", ()),
        ("Email: a@b@example.org", ()),
        ("Email: 邮箱a@example.org", ()),
        ("Email: a@example.\norg", ()),
    ],
)
def test_only_a_sound_address_is_one(printed: str, emails: tuple[str, ...]) -> None:
    (target,) = reading_of(f"{HEAD}{OFFICE}{printed}\n").draft.targets or ()
    assert target.emails == emails
    assert target.address_lines == ("1 Quay Street", "Reykjavik")


def test_a_label_that_is_not_known_is_asked() -> None:
    reading = reading_of(f"{HEAD}{OFFICE}Pager: 555 0100\n")
    assert asked(reading, "targets.0.address_lines") == ("Pager: 555 0100",)


def test_a_letter_s_salutation_goes_to_the_office_that_it_names_or_is_asked() -> None:
    two = OFFICE + "\nGovernor\nHanna Invented\n2 Quay Street\nReykjavik\n"
    fits = reading_of(f"{HEAD}{two}\nDear Governor Invented,\n\nI write to you.\n\nYours sincerely,")
    assert [one.salutation for one in fits.draft.targets or ()] == ["", "Dear Governor Invented"]
    unsure = reading_of(f"{HEAD}{two}\nDear Madam,\n\nI write to you.\n\nYours sincerely,")
    assert [one.salutation for one in unsure.draft.targets or ()] == ["", ""]
    assert asked(unsure, "targets.salutation") == ("Jón Invented", "Hanna Invented")
    readers = reading_of(f"{HEAD}Dear friends,\n\nThank you all.\n")
    assert readers.draft.letter_text == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ua 12/13 on iceland issued on (31 may 2013)", ("UA 12/13", "initial", 0, "iceland")),
        ("second update on ua 12/13 on malta issued on (30 may 2013)", ("UA 12/13", "update", 2, "malta")),
        ("eigth update to ua 12/11 on fiji", ("UA 12/11", "update", 8, "fiji")),
        ("fisrt update to ua 1/06 on togo", ("UA 1/06", "update", 1, "togo")),
        ("ist update to ua 16/05 on togo/malta", ("UA 16/05", "update", 1, "togo/malta")),
        ("update on ua299/07 on dom. rep.", ("UA 299/07", "update", None, "dom. rep.")),
        ("further information for ua 66/11 on tonga.", ("UA 66/11", "update", None, "tonga")),
        ("final update to ua 197/08 on tonga", ("UA 197/08", "final", None, "tonga")),
        ("stop action to ex 14/97 on tonga", ("EX 14/97", "stop", None, "tonga")),
        ("extra 106/98 on tonga", ("EX 106/98", "initial", 0, "tonga")),
        ("[ua 339/05 never issued]", ("UA 339/05", "void", None, "")),
        ("untitled", ("", "", None, "")),
    ],
)
def test_a_subject_as_people_type_it(line: str, said: tuple[str, str, int | None, str]) -> None:
    subject = read_subject(line)
    assert (subject.reference, subject.kind, subject.update_number, subject.country) == said


def test_a_subject_without_its_series_keeps_the_number_and_adds_nothing() -> None:
    subject = read_subject("first update to 075/12 tonga")
    assert (subject.series, subject.number, subject.reference, subject.country) == ("", "75/12", "", "tonga")
    assert read_subject("final update to us 197/08 on tonga").series == ""


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("UA 222.17", "UA 222/17"), ("UA #141/05", "UA 141/05"), ("ua281/09", "UA 281/09"), ("AU 96/14", "UA 96/14"),
        ("UA: 015/2008", "UA 15/08"), ("EXTRA 9/99", "EX 9/99"), ("Urgent Action 46.18", "UA 46/18"),
    ],
)  # fmt: skip
def test_a_reference_has_one_form(printed: str, name: str) -> None:
    assert [one.name for one in references_in(printed)] == [name]


def test_indexes_dates_and_countries_have_one_form_each() -> None:
    assert [one.name for one in indexes_in("ASA 17/ 4243/2021 and AI Index: EUR 34/24/93")] == [
        "ASA 17/4243/2021", "EUR 34/024/1993",
    ]  # fmt: skip
    printed = "10 June 2021, June 11, 2021, 1er juin 2021, 12 JUIN 2021, 2021-06-13, 2021年6月14日, 15 يونيو 2021"
    assert [one.day.day for one in dates_in(printed)] == [10, 11, 1, 12, 13, 14, 15]
    assert dates_in("31 June 2021, 1/2/2021") == []
    assert [country_of(one) for one in ("CHINA", "Chine", "中国", "TOGO/MALTA", "Atlantis")] == [
        "China", "China", "China", "Togo/Malta", "",
    ]  # fmt: skip
