"""Tests of mailings.compose: finished mails, and the last wall before a header."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailings.compose import Address, Mail, assert_header_safe, compose, sending_address
from mailings.sanitize import clean_letter_html, clean_notice_html
from mailings.text import UnfitText
from tests.mailings.making import AMBASSADOR, PRESIDENT, mail

pytestmark = pytest.mark.once

HOSTILE = [
    "a\r\nBcc: v@example.org",
    "a\nb",
    "a\rb",
    "a\x00",
    "a\x0bb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "a\x7f",
    "a\x1b[2J",
]
#: Where a header is made of words.
DOORS: list[tuple[str, Any]] = [
    ("subject", lambda words: mail(subject=words)),
    ("reply-to", lambda words: mail(reply_to=words)),
    ("sender's name", lambda words: mail(sender=Address("a@example.org", words))),
    ("recipient's name", lambda words: Address("a@example.org", words)),
    ("recipient's address", lambda words: Address(f"a@example.org{words}")),
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("door", "make"), DOORS, ids=[name for name, _ in DOORS])
def test_no_line_break_reaches_a_header(door: str, make: Any, hostile: str) -> None:
    with pytest.raises(UnfitText):
        make(hostile)


@given(st.text())
def test_what_passes_the_wall_is_one_line(words: str) -> None:
    try:
        assert_header_safe(words)
    except UnfitText:
        return
    assert len(words.splitlines()) <= 1
    assert all(ord(char) >= 32 for char in words)


@pytest.mark.parametrize("address", ["", "a", "a@b@c", "a@b.org, c@d.org", "a@b.org;c@d.org", '"a"@b.org', "a b@c.org"])
def test_an_address_is_one_address(address: str) -> None:
    with pytest.raises(UnfitText):
        Address(address)


def test_a_mail_goes_to_somebody_and_to_nobody_twice() -> None:
    with pytest.raises(UnfitText, match="somebody to go to"):
        mail(to=())
    with pytest.raises(UnfitText, match="stands twice"):
        mail(cc=(Address(PRESIDENT.email.upper()),))


@pytest.mark.parametrize("changed", [{"subject": "x" * 201}, {"sender": Address("a@example.org", "x" * 201)}])
def test_a_head_has_an_end(changed: dict[str, Any]) -> None:
    with pytest.raises(UnfitText, match="too long"):
        mail(**changed)


def test_an_address_reads_as_people_write_it() -> None:
    assert str(PRESIDENT) == "President Example <president@office.example.org>"
    assert str(Address("a@example.org")) == "a@example.org"
    assert str(sending_address("ua-61-21", "Letters.Example.org", "Léa")) == "Léa <ua-61-21@letters.example.org>"


def letter(**values: Any) -> Mail:
    """A letter from the real template."""
    given = {
        "letter": "Dear President Example:\n\nI teach.\n\nI ask:\n\n1. free them;\n2. say where they are.\n\nLéa",
        "copies": ["Ambassador Example, Embassy"],
        "name": "Léa",
        "organisation": "Example Rights",
    }
    return compose(
        "letter",
        {**given, **values},
        kind="letter",
        sender=sending_address("ua-61-21", "letters.example.org", "Léa"),
        to=(PRESIDENT,),
        cc=(AMBASSADOR,),
        reply_to="answers@letters.example.org",
        subject="UA 61/21: let them go",
    )


def test_a_letter_is_plain_text_with_simple_html_beside_it() -> None:
    made = letter()
    assert made.text.startswith("Dear President Example:\n\nI teach.")
    assert "1. free them;\n2. say where they are." in made.text
    assert "Ambassador Example" in made.text
    assert "<li>free them;</li>" in made.html
    for tag in ("<img", "<a ", "style", "<script", "<link", "<table"):
        assert tag not in made.html


def test_the_same_values_make_the_same_mail() -> None:
    assert letter() == letter()


@pytest.mark.parametrize("typed", ["{{ 7|add:7 }}", "{% now 'Y' %}", "<b>bold</b>"])
def test_words_are_never_a_template(typed: str) -> None:
    with pytest.raises(UnfitText):
        letter(letter=f"Dear President:\n\n{typed}")


def test_signs_of_html_are_words_in_the_html() -> None:
    made = letter(letter='Dear President:\n\n3 < 4 & 5 > 4, "quoted"')
    assert "3 < 4 & 5 > 4" in made.text
    assert "3 &lt; 4 &amp; 5 &gt; 4" in made.html


def test_cleaning_leaves_what_a_letter_needs() -> None:
    dirty = (
        '<p onclick="x">a<script>b</script></p><img src="http://t.example/p.gif"><a href="javascript:x">c</a>'
        "<style>d</style><!-- e --><ol><li>f</li></ol>"
    )
    clean = clean_letter_html(dirty)
    assert "<ol><li>f</li></ol>" in clean
    for word in ("onclick", "<script", "<img", "<a", "javascript", "<style", "<!--"):
        assert word not in clean
    assert clean_notice_html('<a href="https://x.example/" onclick="y">z</a>') == '<a href="https://x.example/">z</a>'
    assert "javascript" not in clean_notice_html('<a href="javascript:y">z</a>')
