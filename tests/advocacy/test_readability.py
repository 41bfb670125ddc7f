"""Tests of how long a letter is and how it reads: hints in words, and one limit."""

import pytest

from advocacy import updates
from advocacy.models import Update
from advocacy.readability import LONGEST_LETTER, length_faults, reading
from tests.advocacy.making import drafted, later_text

SHORT = "I write about two people. They were taken from home in May. Nobody has seen them since."
LONG = "I write about people " + "who were taken from their homes " * 6 + "and have not come back."


def test_a_short_letter_needs_no_hint() -> None:
    found = reading(SHORT)
    assert (found.words, found.long, found.hints) == (17, [], [])
    assert found.summary == "17 words, less than half a page; 6 words in an average sentence: easy to read."


def test_a_long_sentence_is_named_with_its_words() -> None:
    found = reading(f"{SHORT} {LONG} {SHORT}")
    ((count, sentence),) = found.long
    assert (count, sentence) == (45, LONG)
    assert "A sentence of 45 words: “I write about people who were taken from …” Make two of it." in found.hints


def test_what_ends_a_sentence_and_what_does_not() -> None:
    titled = "Mr. Example met Dr. Other on No. 5 St. James street yesterday. They talked for very long there."
    assert reading(titled).average == pytest.approx(9.0)
    listed = "I ask you to:\n\n1. let all of them go home today;\n2. tell their families where they are now.\n\nYours,"
    assert reading(listed).average == pytest.approx(6.0)
    assert reading("").summary == "0 words, less than half a page."


def test_more_than_a_page_is_said() -> None:
    found = reading(" ".join([SHORT] * 25))
    assert "The letter has 425 words, about 1.2 pages. One page is read" in found.hints[0]
    assert "about 1.2 pages" in found.summary


def test_hard_reading_is_said_with_what_it_means() -> None:
    hints = reading(f"{LONG}\n\n{LONG}").hints
    assert any("on average. Below 18 it reads easily, above 24 it is hard to follow." in hint for hint in hints)


def test_a_script_without_spaces_is_counted_by_its_signs() -> None:
    found = reading("我們沒有忘記他們。" * 100)
    assert (found.words, found.long) == (800, [])
    assert found.pages > 1


def test_a_letter_has_a_hard_limit(update: Update) -> None:
    assert length_faults("x" * LONGEST_LETTER) == []
    assert "6,001 characters; 6,000 fit" in length_faults("x" * (LONGEST_LETTER + 1))[0]
    draft = drafted(later_text().replace("I write about", "Many words here. " * 400 + "I write about", 1))
    assert any("6,000 fit. Shorten it: one page is read." in fault for fault in updates.faults(draft))
