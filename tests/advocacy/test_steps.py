"""Tests that no text takes a person's page long: eight times as much of it takes about eight times as long."""

import gc
import time
from collections.abc import Callable

import pytest

from advocacy import hails, linting, merging, readability, unsaid
from advocacy.comparing import Says, compare
from advocacy.comparing_asks import came_of
from advocacy.people_counts import counts

pytestmark = pytest.mark.once

SMALL, TIMES = 8_000, 8
#: Of a quadratic rule the larger text takes 64 times as long: tens of seconds. Below the floor a busy machine decides.
MOST_TIMES, FLOOR = 32, 3.0
RULES: dict[str, Callable[[str], object]] = {
    "counts": counts,
    "readability": readability.reading,
    "linting": lambda text: linting.findings("A subject", text),
    "hails": hails.letter_faults,
    "merging": merging.letter_faults,
    "unsaid": lambda text: unsaid.found(["Maria Lopez", "a a a a a a"], text),
    "compared": lambda text: compare(Says(facts=text[::-1]), Says(facts=text)),
    "asks": lambda text: compare(Says(asks=tuple(text[::-1].split())), Says(asks=tuple(text.split()))),
}
UNITS = (
    "1,", "1,1 ", "千", "1 人 ", "Dr. ", "Art. ", "a.", "A. ", "{a", "{a}", "{", "a\n", "Dear a ", "[a](", "Re: ",
    "www.a ", "urgent ", "a a a ", "more than 60 ", "sixty-", "’", "é\u0301",
)  # fmt: skip


def seconds(rule: Callable[[str], object], text: str) -> float:
    """The processor's time alone, without the tidying up of whatever ran before in this process."""
    gc.disable()
    try:
        began = time.process_time()
        rule(text)
        return time.process_time() - began
    finally:
        gc.enable()


@pytest.mark.parametrize("name", RULES)
def test_a_longer_text_takes_no_more_than_its_share(name: str) -> None:
    for unit in UNITS:
        small = unit * (SMALL // len(unit))
        least = min(seconds(RULES[name], small) for _ in range(2))
        assert seconds(RULES[name], small * TIMES) < max(least * MOST_TIMES, FLOOR), (name, unit)


def test_many_different_words_are_looked_at_once() -> None:
    words = [f"{{a{number}}}" for number in range(10_000)]
    assert seconds(merging.letter_faults, " ".join(words)) < max(
        MOST_TIMES * seconds(merging.letter_faults, " ".join(words[:1000])), FLOOR
    )
    old, new = ([f"{word} {which}" for word in words] for which in ("old", "new"))
    small = seconds(lambda _: came_of(old[:1000], new[:1000]), "")
    assert seconds(lambda _: came_of(old, new), "") < max(MOST_TIMES * small, FLOOR)
    assert came_of(old, new) == [""] * len(new)


def test_abbreviations_and_numbers_mean_what_they_did() -> None:
    assert readability._sentences("He met Dr. Example. She met Mr. A. B. Other. The end.") == [
        "He met Dr. Example.",
        "She met Mr. A. B. Other.",
        "The end.",
    ]
    assert [count.number for count in counts("\u0301 \u0301 60 people")] == [60], "a mark that stands on no letter"
    said = {count.phrase: count.number for count in counts("超过1,234人被捕，另有一百二十名，共60多人。")}
    assert said == {"超过1,234人": 1234, "另有一百二十名": 120, "共60多人": 60}
