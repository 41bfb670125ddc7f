"""Tests of addresses that a line prints and that must not be taken: broken ones, ones that are denied, coded ones."""

import pytest

from advocacy.reading import PrintedTarget, Question, read, reading_of

pytestmark = pytest.mark.once

HEAD = "UA 7/24, Index: EUR 28/1/2024, 3 April 2024\n\nICELAND\n\nAn invented heading\n\nSomething happened here.\n\n"
OFFICE = "Write to:\n\nMinister of Tides\nJón Invented\n1 Quay Street\nReykjavik\n"


def office_of(printed: str) -> tuple[PrintedTarget, list[Question]]:
    """The office with these lines at its end, and what is asked about its addresses."""
    reading = reading_of(f"{HEAD}{OFFICE}{printed}\n\nThank you.\n")
    (target,) = reading.draft.targets or ()
    return target, [one for one in reading.questions if one.field == "targets.0.emails"]


@pytest.mark.parametrize(
    ("printed", "candidate"),
    [
        ("Email: tides@gov.example\n.org", "tides@gov.example .org"),
        ("Email: tides@gov.example.o\nrg", "tides@gov.example.o rg"),
        ("Email: tides@gov.ex\nample.org; or by fax", "tides@gov.ex ample.org; or by fax"),
        ("Email: tides@gov.example.or\ng, Reykjavik", "tides@gov.example.or g, Reykjavik"),
        ("Email: tides@gov.exam\n-ple.org", "tides@gov.exam -ple.org"),
        ("tides@gov.example\n.org", "tides@gov.example .org"),
        ("Email: TIDES@GOV.EXAMPLE\n.ORG", "TIDES@GOV.EXAMPLE .ORG"),
        ("Email: tides@gov.example\n\n.org", "tides@gov.example .org"),
        ("Email: mini\nster@gov.example.org", "mini ster@gov.example.org"),
        ("Email: office_\ntides@gov.example.org", "office_ tides@gov.example.org"),
        ("Email: office.\ntides@gov.example.org", "office. tides@gov.example.org"),
        ("Email: a@example.org; press-\noffice@gov.example.org", "press- office@gov.example.org"),
        ("mini\nster@gov.example.org", "mini ster@gov.example.org"),
    ],
)
def test_an_address_that_is_broken_over_lines_is_asked(printed: str, candidate: str) -> None:
    target, questions = office_of(printed)
    assert [one for one in target.emails if one != "a@example.org"] == []
    assert (candidate,) in [one.candidates for one in questions]
    assert any("is not whole" in one.why for one in questions)
    assert read(f"{HEAD}{OFFICE}{printed}\n").targets[0].email == ""


def test_what_an_address_goes_on_with_is_no_postal_address() -> None:
    for broken in ("tides@gov.example\n.org", "tides@gov\n.example.org", "tides@\ngov.example.org"):
        printed = f"Email: {broken}"
        target, _ = office_of(printed)
        assert target.address_lines == ("1 Quay Street", "Reykjavik"), printed
        assert target.emails == ()


@pytest.mark.parametrize(
    "printed",
    [
        "Email: a@example.org\nIceland",
        "Email: a@example.org\nFax: 1234567",
        "Email: a@example.org\nwww.example.org",
        "Email: a@example.org\nSalutation: Dear Minister",
        "Email: a@example.org;\nb@example.org",
        "Email: a@example.org\nb@example.org",
        "Email: a@example.org or\nb@example.org",
        "Email:\na@example.org",
        "a@example.org",
        "Email: A@EXAMPLE.ORG\nICELAND",
        "Email: a@example.org Fax: 12",
        "Fax: 12, Email: a@example.org",
        "Email: Office of the Minister <a@example.org>",
        "Email (press office): a@example.org",
        "E-mail: a@example.org (in English or French)",
        "Write to a@example.org",
        "Courriel : a@example.org ou b@example.org",
        "Email: a@example.org\n(If you receive an error message, please try calling instead!)",
    ],
)
def test_an_address_that_stands_whole_and_alone_is_taken(printed: str) -> None:
    target, questions = office_of(printed)
    assert target.emails[0].casefold() == "a@example.org"
    assert all("more than one address" in one.why for one in questions)


@pytest.mark.parametrize(
    "printed",
    [
        "Email: formerly a@example.org",
        "Email: do not write to a@example.org",
        "Email: a@example.org (no longer in use)",
        "Email: a@example.org(old)",
        "Email (do not use): a@example.org",
        "Old email (do not use): a@example.org",
        "Old email: a@example.org",
        "Email: Formerly <a@example.org>",
        "Email: a@example.org bounces",
        "Email: the lawyer of the family, a@example.org",
        "Ancien courriel : a@example.org",
        "Courriel : n'écrivez pas à a@example.org",
        "Email: a@example.org\n(This address is no longer used.)",
        "Do not use any more:\nEmail: a@example.org",
        "Please do not use this address\na@example.org",
    ],
)
def test_an_address_with_words_that_may_deny_it_is_asked(printed: str) -> None:
    target, questions = office_of(printed)
    assert target.emails == ()
    assert [one.candidates for one in questions] == [("a@example.org",)]
    assert "Are letters to go to it?" in questions[0].why


def test_of_two_addresses_of_which_one_is_denied_both_are_asked() -> None:
    target, questions = office_of("Email: a@example.org\nOld email: b@example.org")
    assert target.emails == ("a@example.org",)
    assert ("a@example.org", "b@example.org") in [one.candidates for one in questions]
    text = f"{HEAD}{OFFICE}Email: a@example.org\nOld email: b@example.org\n"
    assert read(text).targets[0].email == ""


def test_a_domain_in_code_is_asked_and_shown_as_it_would_be_read() -> None:
    target, questions = office_of("Email: tides@xn--mil-6cd.example.org")
    assert target.emails == ()
    (question,) = questions
    assert question.candidates == ("tides@xn--mil-6cd.example.org",)
    assert "reads “mаil.example.org”" in question.why  # with a Cyrillic а


def test_every_doubt_names_its_line() -> None:
    text = f"{HEAD}{OFFICE}Email: tides@gov.example\n.org\n"
    (question,) = [one for one in reading_of(text).questions if one.field == "targets.0.emails"]
    assert text.split("\n")[question.lines[0] - 1] == "Email: tides@gov.example"
