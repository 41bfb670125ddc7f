"""Tests of advocacy.linting: what filters mind is found, and what a sound letter says is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy import linting
from advocacy.linting import findings
from advocacy.models import Update

SOUND = """{salutation}

I write about the people who are held in Xinjiang (UA 61/21, ASA 17/5905/2022 of 29 July 2022). The OHCHR has asked the
PRC about them. You will find the list at https://www.example.org/list.

{own_words}

I ask you to:

{asks}

Yours sincerely,

{signature}"""


def said(subject: str, text: str) -> list[str]:
    return [f"{one.where}: {one.words}" for one in findings(subject, text)]


def test_a_sound_letter_costs_nothing() -> None:
    assert findings("{reference}: please let 120 people in Xinjiang go home", SOUND) == []


def test_the_demo_s_letter_costs_nothing(update: Update) -> None:
    assert findings(update.letter_subject, update.letter_text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My name is {signature} and I write", "“My name is” is how frauds begin"),
        ("I am Dr. {signature}, and I write", "“I am Dr” is how frauds begin"),
        ("Je m’appelle {signature}", "is how frauds begin"),
        ("I await your urgent and kind response.", "reads like a fraud"),
        ("PLEASE LET ALL OF THEM GO HOME NOW", "A line is written in capitals"),
        ("![her face](https://example.org/face.jpg)", "A picture has no place"),
        ("Read [www.example.org](https://track.example.net/x)", "leads elsewhere"),
        ("Read [https://example.org/list](https://example.net/list)", "leads elsewhere"),
        ("See http://192.0.2.7/list", "a number instead of a name"),
        ("Click here to see it", "what advertisements say"),
    ],
)
def test_what_filters_mind_is_told_with_its_cost(text: str, words: str) -> None:
    (finding,) = findings("A letter", text)
    assert words in finding.words
    assert finding.where == "text"
    assert finding.cost


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: your letter", "reads as an answer would"),
        ("UA 61/21: Re: your letter", "reads as an answer would"),
        ("Please let them go!", "exclamation marks"),
        ("I await your urgent response", "reads like a fraud"),
        ("Act now for 48 people", "what advertisements say"),
        ("FREE THEM ALL AT ONCE", "written in capitals"),
        ("a" * 79, "79 characters"),
    ],
)
def test_a_subject_is_looked_at_too(subject: str, words: str) -> None:
    (found,) = said(subject, SOUND)
    assert found.startswith("subject: ")
    assert words in found


def test_a_subject_with_everything_is_told_of_everything() -> None:
    found = said("URGENT RESPONSE: Re: FREE THEM NOW!!!", SOUND)
    assert len(found) == 4
    for words in ("capitals", "an answer", "reads like a fraud", "exclamation"):
        assert any(words in one for one in found), words


def test_each_further_subject_is_looked_at_and_named() -> None:
    (found,) = findings("A letter", SOUND, ["UA 61/21: a second one", "Re: a third one"])
    assert found.words.startswith("“Re: a third one”: The subject reads as an answer would.")


@pytest.mark.parametrize("subject", ["Regarding UA 61/21: 48 people", "Core: a word", "Urgent: UA 61/21", "UA 61/21"])
def test_a_subject_that_harms_nobody_is_left_alone(subject: str) -> None:
    assert findings(subject, SOUND) == []


@pytest.mark.parametrize(
    "text",
    [
        "Read [the list](https://www.example.org/list)",
        "Read [example.org](https://www.example.org/list)",
        "The UNHCR, the OHCHR and UNICEF wrote to them",
        "An urgent action was published",
        "This matter is urgent.",
        "“Regarding” is a word",
        "請釋放他們",
        "رجاء أطلقوا سراحهم",
    ],
)
def test_what_harms_nobody_is_left_alone(text: str) -> None:
    assert findings("Regarding UA 61/21", text) == []


@given(st.text(max_size=300), st.text(max_size=3000))
def test_every_text_is_read_to_its_end(subject: str, text: str) -> None:
    for finding in findings(subject, text):
        assert finding.words.endswith(".")
        assert finding.where in {"subject", "text"}


def test_a_long_and_hostile_text_is_read_in_one_pass() -> None:
    for part in ("[", "[a](", "urgent ", "http://", "![", "A" * 50 + " ", "reply urgent "):
        assert isinstance(findings(part * 2000, part * 20_000), list)
    assert linting.LONGEST_SUBJECT < 80
