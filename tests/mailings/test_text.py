"""Tests of mailings.text: what may stand in a header, a body, an address, and what never may."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailings.text import (
    BIDI_CONTROLS,
    LINE_BREAKS,
    UnfitText,
    address_key,
    blocks,
    clean_address,
    clean_line,
    clean_text,
)

pytestmark = pytest.mark.once

LINE_BREAKING = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
CONTROLS = ["\x00", "\x01", "\x07", "\x1b", "\x7f", "\x80", "\x9f", "\ud83d", "\ufffe", "\ufdd0", "\U000e0041"]
BIDI = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
MARKUP = [
    "{{ settings.SECRET_KEY }}",
    "{% load static %}",
    "{# note #}",
    "}}",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "</textarea>",
    "<!-- a",
    "<svg/onload=x>",
    "<%= x %>",
    "*|NAME|*",
    "%recipient.name%",
]


@pytest.mark.parametrize("sign", LINE_BREAKING)
def test_a_line_has_no_line_break(sign: str) -> None:
    with pytest.raises(UnfitText, match="single line"):
        clean_line(f"Lena{sign}Bcc: victim@example.org")


@pytest.mark.parametrize("sign", [*CONTROLS, *BIDI])
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_neither_line_nor_text_hides_controls(clean: object, sign: str) -> None:
    assert callable(clean)
    with pytest.raises(UnfitText):
        clean(f"Lena {sign} Weber")


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_markup_and_merge_syntax_are_refused_in_words(clean: object, markup: str) -> None:
    assert callable(clean)
    with pytest.raises(UnfitText, match="Write plain text"):
        clean(f"I hope {markup}")


def test_stacked_marks_are_refused_and_four_are_not() -> None:
    assert clean_line("a\u0323\u0302\u0301") == unicodedata.normalize("NFC", "a\u0323\u0302\u0301")
    with pytest.raises(UnfitText, match="too many marks"):
        clean_line("x" + "\u0334" * 50)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Lena \t Weber ", "Lena Weber"),
        ("Le\u0301a", "Léa"),
        ("Li\u200bn\u2060", "Lin"),
        ("\ufeffLena", "Lena"),
        ("soft\u00adhyphen", "softhyphen"),
        ("王\u3000小明", "王 小明"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200dLena\u200d \u200c", "Lena"),
        ("Le\u200d\u200dna", "Le\u200dna"),
        ("e\u200b\u0301", "é"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩🏽\u200d🏫", "👩🏽\u200d🏫"),
        ("O’Brien–Smith", "O’Brien–Smith"),
        ("𠮷田", "𠮷田"),
        ("ليلى حداد", "ليلى حداد"),
        ("👩\u200d🏫 teaches", "👩\u200d🏫 teaches"),
        ("3 < 4 and a & b", "3 < 4 and a & b"),
        ("\u3000\u2800 ", ""),
        ("Lena\n", "Lena"),
    ],
)
def test_what_people_type_is_kept(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_paragraphs() -> None:
    assert clean_text("One\r\ntwo  \r\n\r\n\r\n\r\nthree\u2028four\n") == "One\ntwo\n\nthree\nfour"


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("lena@example.org", "lena@example.org"),
        ("  Lena.W+ua@Example.ORG ", "Lena.W+ua@example.org"),
        ("user@例子.公司", "user@xn--fsqu00a.xn--55qx5d"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_an_address_is_mailed_in_one_form(typed: str, mailed: str) -> None:
    assert clean_address(typed) == mailed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lena",
        "lena@",
        "@example.org",
        "lena@localhost",
        "lena@[127.0.0.1]",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "a@example.org b@example.org",
        '"Boss" <lena@example.org>',
        "lena@example.org\r\nBcc: b@example.org",
        "lena\x00@example.org",
        "le\u200bna@example.org",
        "王@例子.公司",
        "%0d%0aBcc@example.org",
        "=cmd|calc@example.org",
        "{{7*7}}@example.org",
        '"a b"@example.org',
        "x" * 65 + "@example.org",
        "lena@" + "x" * 300 + ".org",
        "lena@exam ple.org",
        "lena@example..org",
    ],
)
def test_what_is_not_one_address_is_refused_with_the_remedy(typed: str) -> None:
    with pytest.raises(UnfitText, match=r"^Write "):
        clean_address(typed)


def test_two_spellings_of_one_mailbox_are_one() -> None:
    assert address_key(clean_address("Lena@Example.org")) == address_key(clean_address("lena@example.org"))


def test_blocks_tell_paragraphs_from_lists() -> None:
    found = list(blocks("Dear President:\n\n1. free them;\n2. say where they are.\n\nYours\nLena\n\n2. not a list"))
    assert [(block.kind, block.lines) for block in found] == [
        ("paragraph", ("Dear President:",)),
        ("list", ("free them;", "say where they are.")),
        ("paragraph", ("Yours", "Lena")),
        ("paragraph", ("2. not a list",)),
    ]
    assert "\n\n".join(block.text for block in found[:3]) == (
        "Dear President:\n\n1. free them;\n2. say where they are.\n\nYours\nLena"
    )


anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@given(anything)
def test_a_clean_line_is_safe_and_stays_as_it_is(typed: str) -> None:
    try:
        line = clean_line(typed)
    except UnfitText:
        return
    assert not LINE_BREAKS.search(line)
    assert not BIDI_CONTROLS.search(line)
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in line)
    assert "{{" not in line
    line.encode()
    assert clean_line(line) == line


@given(anything)
def test_a_clean_text_is_safe_and_stays_as_it_is(typed: str) -> None:
    try:
        text = clean_text(typed)
    except UnfitText:
        return
    assert not LINE_BREAKS.search(text.replace("\n", ""))
    assert "\n\n\n" not in text
    assert not BIDI_CONTROLS.search(text)
    text.encode()
    assert clean_text(text) == text


@given(anything)
def test_no_address_carries_anything_else(typed: str) -> None:
    try:
        address = clean_address(typed)
    except UnfitText:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set(' ,;<>"(){}|%=') & set(address)
