"""Tests of what holds for every text: nothing is raised, no address is made up, no text takes long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.reading import as_labels, reading_of
from tests.reading.scoring import Document
from tests.reading.test_scores import DOCUMENTS

pytestmark = pytest.mark.once

#: What texts are made of that look like urgent actions and are none.
SCRAPS = (
    "UA 61/21", "UA: 222.17", "Update 2", "Further information on", "Index: ASA 17/ 1/2020", "10 June 2021", "CHINA",
    "URGENT ACTION", "Write to:", "And copies to:", "Copie à :", "PLEASE SEND APPEALS BEFORE 7 MAY 2017 TO:",
    "In Chinese:", "北京市 100017", "Minister of Tides", "His Excellency Jón", "Embassy of Tides", "1 Quay Street",
    "Email:", "a@example.org", "b@example", "c(at)example.org", "[email protected]", "mailto:d@example.org",
    "a@b@c.org",
    "Fax: +1 2 3", "Tel: 1 I Fax: 2", "Salutation: Dear Minister,", "Dear Minister,", "Yours sincerely,",
    "- ask", "n x",
    "•", "\uf06e", "Additional information", "Model letter", "Subject: {reference}", "I urge you to", "[a](#)",
    "[b](c)",
    "(m), aged 35", "Action terminée", "From: x@example.org", "Subject: Fwd:", "> ", "Contents", "1. Summary", "\n",
    "\n\n", "   ", "\t", "\u202e", "\x00", "\ud83d", "\u0301" * 8, "ß", "İ", "ﬁ", "=?utf-8?q?", "{{", "<b>", "المرسل",
)  # fmt: skip
SCRAPPY = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=12), max_size=60).map(" ".join)
LINED = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=30), max_size=60).map("\n".join)
CUT = st.builds(
    lambda document, start, length: document.text[start : start + length],
    st.sampled_from(DOCUMENTS),
    st.integers(0, 2000),
    st.integers(0, 3000),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCRAPPY | LINED | CUT | st.text())
def test_any_text_is_read_and_nothing_is_made_up(text: str) -> None:
    reading = reading_of(text)
    as_labels(reading, whole=True)
    count = len(text.splitlines()) + 1
    for numbers in reading.found.values():
        assert numbers
        assert all(1 <= number <= count for number in numbers)
    for said in [one.lines for one in reading.questions] + [one.lines for one in reading.notices]:
        assert all(1 <= number <= count for number in said)
    for target in reading.draft.targets or ():
        for email in target.emails:
            assert email in text
            assert email.isascii()
        for words in (target.name, target.title, target.organisation):
            assert all(word in text for word in words.split() if word.isascii() and "*" not in text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_ends_of_lines_and_blanks_change_nothing(document: Document) -> None:
    plain = as_labels(reading_of(document.text))
    assert as_labels(reading_of("\ufeff" + document.text.replace("\n", "\r\n"))) == plain


UNITS = (
    "a", "A ", "a@b.", "@", "x@y.org ", "(", "[", "[a](", "[a]() ", "é", "\u0301", "1/", "UA 1/20 ", "ASA 17/1/2020 ",
    "1 May 2020 ", "Dear ", "Email: ", "Fax: 1 ", "Copies to: ", "Merci. ", "I urge you to ", "\uf06e x", "/ ", "中国:",
    "Minister of ", "deadline: ", "in English, ", "Republic of a ", "(m) ", "Write to: ", "\\", "From: x Subject: ",
)  # fmt: skip
SIZE = 200_000


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("end", ["", "\n"])
def test_no_text_takes_long(unit: str, end: str) -> None:
    """Where a rule looked at every sign for every sign, 200 kB would take minutes; now it is a few seconds at most."""
    piece = f"{unit.strip()}{end}" if end else unit
    text = "UA 1/20\n\nWrite to:\n\n" + piece * (SIZE // len(piece))
    began = time.process_time()
    reading_of(text)
    assert time.process_time() - began < 20
