"""Tests of advocacy.merging: what a letter's template may hold, in which words, and what is said of the rest."""

import pytest

from advocacy.merging import ALIASES, TOKENS, letter_faults, merge, nearest, subject_faults
from advocacy.models import Update
from advocacy.wording import Choices, letter_mails
from tests.advocacy.making import CHOICES, later_text, published

LETTER = "{target_salutation}\n\nBefore.\n\n{own_words}\n\n{points}\n\nYours sincerely,\n\n{signature}"
NEW = {"{salutation}": "{target_salutation}", "{asks}": "{points}"}


def test_earlier_names_mean_the_same_for_ever(update: Update) -> None:
    assert "{salutation}" in update.letter_text
    text = update.letter_text
    for old, new in NEW.items():
        text = text.replace(old, new)
    renamed = Update(campaign=update.campaign, letter_text=text, letter_subject=update.letter_subject, asks=update.asks)
    renamed.pk = update.pk
    assert letter_mails(renamed, CHOICES) == letter_mails(update, CHOICES)
    assert letter_faults(text) == letter_faults(update.letter_text) == []
    assert set(ALIASES) == {"salutation", "asks"}
    assert set(ALIASES.values()) <= set(TOKENS)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{own_wrods}", "The letter has {own_wrods}, which means nothing. Did you mean {own_words}?"),
        ("{Points}", "The letter has {Points}, which means nothing. Did you mean {points}?"),
        ("{own words}", "The letter has {own words}, which means nothing. Did you mean {own_words}?"),
        ("{target salutation }", "Did you mean {target_salutation}?"),
        ("{saluttion}", "Did you mean {target_salutation}?"),
        ("{xyz}", "The letter has {xyz}, which means nothing. Use one of those listed."),
        ("{}", "The letter has {}, which means nothing."),
        ("{", "A brace stands alone in the letter."),
        ("own_words}", "A brace stands alone in the letter."),
    ],
)
def test_what_means_nothing_is_refused_with_what_was_meant(typed: str, said: str) -> None:
    assert any(said in fault for fault in letter_faults(LETTER.replace("Before", f"Before {typed}")))


def test_what_must_be_there_must_be_there_once_and_in_its_order() -> None:
    assert letter_faults(LETTER) == []
    for name in ("target_salutation", "points", "signature"):
        assert any(f"lacks {{{name}}}" in fault for fault in letter_faults(LETTER.replace(f"{{{name}}}", "")))
    for name in ("target_salutation", "points", "own_words", "signature"):
        assert f"The letter has {{{name}}} more than once." in letter_faults(LETTER + f"{{{name}}}")
    assert "The letter has {points} more than once." in letter_faults(LETTER + "{asks}")
    for name in ("place", "country", "supporter_name", "target_name", "target_title", "reference"):
        assert letter_faults(LETTER.replace("Before", f"{{{name}}} {{{name}}}")) == []
    turned = LETTER.replace("{points}", "{x}").replace("{signature}", "{points}").replace("{x}", "{signature}")
    assert letter_faults(turned) == ["Salutation, points and signature must stand in this order."]
    outside = LETTER.replace("{own_words}\n\n", "") + "\n\n{own_words}"
    assert "must stand between the salutation and the signature" in letter_faults(outside)[0]


def test_a_line_goes_away_where_its_value_is_empty() -> None:
    values = {"place": "", "country": "", "points": "1. x.", "target_title": "Minister"}
    assert merge("A.\n\nI write from {place}.\n\n{points}\n{target_title}", values) == "A.\n\n1. x.\nMinister"
    assert merge("I write from {place}.", {"place": "Halifax"}) == "I write from Halifax."


@pytest.mark.parametrize("name", ["target_salutation", "points", "own_words", "signature"])
@pytest.mark.parametrize("empty", ["place", "country", "target_title"])
def test_what_must_stand_in_the_letter_shares_no_line_with_what_may_be_empty(name: str, empty: str) -> None:
    for line in (f"{{{name}}} {{{empty}}}", f"I, of {{{empty}}}, say: {{{name}}}"):
        assert letter_faults(LETTER.replace(f"{{{name}}}", line)) == [
            f"{{{name}}} needs a line of its own: a line that holds {{{empty}}} goes away where that is empty."
        ]
    assert letter_faults(LETTER.replace(f"{{{name}}}", f"{{{name}}}\n{{{empty}}}")) == []


def test_earlier_names_need_a_line_of_their_own_as_well() -> None:
    (fault,) = letter_faults(LETTER.replace("{points}", "From {country}: {asks}"))
    assert fault.startswith("{points} needs a line of its own")


def test_a_subject_takes_the_reference_and_nothing_else() -> None:
    assert subject_faults("{reference}: where are they?") == []
    for typed in ("{points}", "{reference", "reference}", "{Reference}", "{}"):
        assert "only {reference} is replaced" in subject_faults(f"About {typed}")[0]


def test_nothing_far_off_is_suggested() -> None:
    assert nearest("secret_key") == ""
    assert nearest("signatur") == "signature"


def test_every_token_has_a_value(db: None) -> None:
    more = "I write from {place} in {country} to {target_name}, {target_title}. {supporter_name}, on {reference}"
    update = published(later_text().replace("I write about", f"{more}. I write about"))
    (mail,) = letter_mails(update, Choices("Léa Tremblay", "Lyon", "FR"))
    assert "{" not in mail.text
    assert "I write from Lyon, France in France to Xi Jinping, President of the People's Republic" in mail.text
    assert "Léa Tremblay, on UA 61/21. I write about" in mail.text
