"""Tests of the letter that every engine sends: of one size, and told apart."""

import pytest

from benchmarks.letters import SIZE, write

pytestmark = pytest.mark.once


def test_every_letter_has_the_same_size_and_other_words() -> None:
    letters = [write(number) for number in (0, 7, 1_000, 999_999)]
    assert {letter.size for letter in letters} == {SIZE}
    assert len({letter.text for letter in letters}) == len({letter.html for letter in letters}) == len(letters)
