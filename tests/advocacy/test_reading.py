"""Tests of advocacy.reading: every fact of the demo and of a printed action, and what cannot be told apart."""

from datetime import date

import pytest

from advocacy.reading import DraftUpdate, Fault, Unnumbered, read
from tests.advocacy.making import DEMO

pytestmark = pytest.mark.once

#: An invented action in the layout in which the real ones are printed: bold marks, dead links, a blank in an index,
#: a trailing blank, capitals for country and title, no part "Model letter".
PRINTED = """\
UA 61/21, **Update 1**, AI Index: ASA 17/5905/2022 of 29 July 2022\x20

The original index number is ASA 17/ 4243/2021 of 10 June 2021

CHINA

AN INVENTED HEADING IN CAPITALS

Invented sentence one of the summary. It has [a link](#) in it.

Invented facts follow here.

And here they go on ["with a title"](#).

Write to the President urging him to:

- open the invented door for everybody who waits behind it, unless
  there is a reason
- until then, say where they are.

Write to:

President of the People's Republic of China
Xi Jinping
Zhongnanhai
Xichangan'jie Xichengqu, Beijing Shi 100017
People's Republic of China
Fax: 011 86 10 6238 1025
Email: english@mail.gov.cn
In Chinese:

北京市西城区西长安街街道 100017

Salutation: Dear President Xi Jinping:

And Copy:

His Excellency Peiwu Cong
Ambassador
Embassy of the People's Republic of China
515 St. Patrick Street
Ottawa, ON K1N 5H3
Fax: 613 789 1911
Email: chineseembassy.ca@gmail.com

Additional information

Invented background.

It has two paragraphs.
"""


@pytest.fixture(scope="module")
def demo() -> DraftUpdate:
    return read(DEMO.read_text(encoding="utf-8"))


def head_of(draft: DraftUpdate) -> None:
    assert (draft.reference, draft.number) == ("UA 61/21", 1)
    assert (draft.index, draft.issued_on) == ("ASA 17/5905/2022", date(2022, 7, 29))
    assert (draft.original_index, draft.original_issued_on) == ("ASA 17/4243/2021", date(2021, 6, 10))
    assert (draft.country, draft.deadline) == ("China", None)


def offices_of(draft: DraftUpdate) -> None:
    president, ambassador = draft.targets
    assert president.role == "to"
    assert president.name == "Xi Jinping"
    assert president.title == "President of the People's Republic of China"
    assert president.organisation == ""
    assert president.salutation == "Dear President Xi Jinping"
    assert president.email == "english@mail.gov.cn"
    assert president.address_lines == [
        "Zhongnanhai",
        "Xichangan'jie Xichengqu, Beijing Shi 100017",
        "People's Republic of China",
    ]
    assert president.local_address_lines == ["北京市西城区西长安街街道 100017"]
    assert president.local_language == "Chinese"
    assert (president.fax, president.phone) == (["011 86 10 6238 1025"], [])
    assert ambassador.role == "copy"
    assert ambassador.name == "His Excellency Peiwu Cong"
    assert ambassador.title == "Ambassador"
    assert ambassador.organisation == "Embassy of the People's Republic of China"
    assert ambassador.salutation == ""
    assert ambassador.email == "chineseembassy.ca@gmail.com"
    assert ambassador.address_lines == ["515 St. Patrick Street", "Ottawa, ON K1N 5H3"]
    assert (ambassador.local_address_lines, ambassador.local_language) == ([], "")
    assert (ambassador.fax, ambassador.phone) == (["613 789 1911"], [])


def test_the_demo_carries_every_fact(demo: DraftUpdate) -> None:
    head_of(demo)
    offices_of(demo)
    assert demo.title == "Missing and arbitrarily detained in Xinjiang"
    assert len(demo.asks) == 2
    assert demo.asks[0].startswith("release at once everyone who is held in the internment camps and prisons")
    assert demo.asks[0].endswith("a crime recognised under international law")
    assert demo.asks[1].startswith("say, until they are released, where each of them is")
    assert demo.asks[1].endswith("torture and every other ill-treatment")


def test_the_demo_brings_its_letter(demo: DraftUpdate) -> None:
    assert demo.letter_subject == "{reference}: please let 120 people in Xinjiang go home"
    assert demo.letter_text.startswith("{salutation}\n\nI write about the people")
    assert demo.letter_text.endswith("Yours sincerely,\n\n{signature}")
    assert "ASA 17/5905/2022 of 29 July 2022, following ASA 17/4243/2021 of 10 June 2021" in demo.letter_text
    for token in ("{salutation}", "{own_words}", "{asks}", "{signature}"):
        assert demo.letter_text.count(token) == 1
    # The parts do not run into each other.
    assert demo.summary.startswith("Forty-eight more people")
    assert demo.facts.startswith("With the 48 who are named")
    assert demo.facts.endswith("torture and other ill-treatment.")
    assert demo.additional_information.startswith("Xinjiang has 22 million inhabitants.")
    assert "{" not in demo.summary + demo.facts + demo.additional_information


def test_a_printed_action_is_read_to_the_same_facts() -> None:
    draft = read(PRINTED)
    head_of(draft)
    offices_of(draft)
    assert draft.title == "AN INVENTED HEADING IN CAPITALS"
    assert draft.summary == "Invented sentence one of the summary. It has a link in it."
    assert draft.facts == 'Invented facts follow here.\n\nAnd here they go on "with a title".'
    assert draft.asks == [
        "open the invented door for everybody who waits behind it, unless there is a reason",
        "until then, say where they are",
    ]
    assert draft.additional_information == "Invented background.\n\nIt has two paragraphs."
    # What the text does not say stays empty: nothing is made up.
    assert (draft.letter_subject, draft.letter_text) == ("", "")


def test_line_ends_and_a_mark_at_the_front_do_not_matter() -> None:
    assert read("\ufeff" + PRINTED.replace("\n", "\r\n")) == read(PRINTED)


def test_empty_lines_change_no_fact() -> None:
    assert read("\n\n\n" + PRINTED.replace("\n\n", "\n\n\n \n")) == read(PRINTED)


def test_a_fault_names_the_line_as_it_was_given() -> None:
    given = "\n\n\n" + PRINTED.replace("Zhongnanhai", "Zhong\u202enanhai")
    with pytest.raises(Fault, match=r"^Line 28: This holds hidden signs"):
        read(given)
    with pytest.raises(Fault, match=r"^Line 2: This holds control characters"):
        read("UA 1/26\r\nA \x00 title")


@pytest.mark.parametrize(
    ("reference", "said"),
    [("UA 222.17", "UA 222/17"), ("UA: 46/18", "UA 46/18"), ("UA 061/21", "UA 61/21"), ("NSA 9/08", "NSA 9/08")],
)
def test_a_reference_has_one_form(reference: str, said: str) -> None:
    draft = read(PRINTED.replace("UA 61/21, **Update 1**", reference))
    assert (draft.reference, draft.number) == (said, 0)


def test_a_deadline_is_read() -> None:
    draft = read(PRINTED.replace("CHINA\n", "Deadline: 1 November 2022\n\nCHINA\n", 1))
    assert draft.deadline == date(2022, 11, 1)
    assert draft.title == "AN INVENTED HEADING IN CAPITALS"


def test_a_day_that_does_not_exist_is_no_date() -> None:
    draft = read(PRINTED.replace("29 July 2022", "31 June 2022"))
    assert (draft.index, draft.issued_on) == ("ASA 17/5905/2022", None)


def test_labels_tell_name_and_title_where_no_title_word_does() -> None:
    changed = PRINTED.replace(
        "His Excellency Peiwu Cong\nAmbassador\n", "Name: Invented Person\nTitle: Keeper of Keys\nPhone: 1\nTel: 2\n"
    )
    office = read(changed).targets[1]
    assert (office.name, office.title, office.phone) == ("Invented Person", "Keeper of Keys", ["1", "2"])
    assert office.organisation == "Embassy of the People's Republic of China"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("UA 61/21, **Update 1**", "An action", "No reference was found. The first line must name it"),
        ("UA 61/21, **Update 1**", "Further information on UA 61/21", "of UA 61/21, but the text does not say which"),
        ("Zhongnanhai", "Zhong\u202enanhai", "turn the reading direction"),
        ("Zhongnanhai", "Zhong\x00nanhai", "control characters"),
        ("Zhongnanhai", "<b>Zhongnanhai</b>", "plain text, without tags"),
        ("Zhongnanhai", "{{ settings.SECRET_KEY }}", "without double braces"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(old: str, new: str, said: str) -> None:
    text = PRINTED.replace(old, new, 1)
    assert text != PRINTED
    with pytest.raises(Fault) as raised:
        read(text)
    assert said in str(raised.value)
    assert all(line[0].isupper() and line[-1] not in ",;" for line in raised.value.lines)


@pytest.mark.parametrize(
    ("old", "new", "office"),
    [
        ("Email: english@mail.gov.cn", "Email: a@example.org\nEmail: b@example.org", ("Xi Jinping", "")),
        ("Email: english@mail.gov.cn", "Email: formerly english@mail.gov.cn", ("Xi Jinping", "")),
        (
            "President of the People's Republic of China\nXi Jinping\nZhong",
            "Someone\nSomewhere\nZhong",
            ("", "english@mail.gov.cn"),
        ),
    ],
)
def test_what_cannot_be_told_apart_stays_empty_and_all_else_is_read(
    old: str, new: str, office: tuple[str, str]
) -> None:
    draft = read(PRINTED.replace(old, new, 1))
    assert (draft.targets[0].name, draft.targets[0].email) == office
    assert draft.targets[1] == read(PRINTED).targets[1]
    assert (draft.facts, draft.asks) == (read(PRINTED).facts, read(PRINTED).asks)


def test_a_number_that_the_text_does_not_say_is_what_a_person_says() -> None:
    unsaid = PRINTED.replace("UA 61/21, **Update 1**", "Further information on UA 61/21")
    with pytest.raises(Unnumbered):
        read(unsaid)
    assert read(unsaid, 3).number == 3
    assert read(PRINTED, 3).number == 1, "the text's own word goes first"


def test_a_finished_letter_is_kept_as_it_is_printed() -> None:
    letter = "Dear President Xi Jinping:\n\nI write for those behind the door.\n\nYours sincerely,"
    draft = read(PRINTED.replace("Additional information", f"Model letter\n\n{letter}\n\nAdditional information"))
    assert draft.letter_text == letter
    assert draft.additional_information == read(PRINTED).additional_information


def test_a_single_paragraph_is_not_told_twice() -> None:
    one = PRINTED.replace('Invented facts follow here.\n\nAnd here they go on ["with a title"](#).\n', "")
    draft = read(one)
    assert (draft.summary, draft.facts) == ("Invented sentence one of the summary.", "It has a link in it.")
    short = read(one.replace(" It has [a link](#) in it.", ""))
    assert (short.summary, short.facts) == ("", "Invented sentence one of the summary.")


@pytest.mark.parametrize("text", ["", "\n\n\n", "Write to:", "Dear all,\nno facts here", "- \n-\n*"])
def test_a_text_that_is_no_action_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        read(text)
