"""Tests of advocacy.wording: one merge, in one pass, and what a typed value can never do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from advocacy import wording
from advocacy.merging import letter_faults, merge
from advocacy.models import Target, Update
from advocacy.points import numbered
from advocacy.wording import Choices, Sample, letter_mails, with_body
from mailings.text import clean_text
from tests.advocacy.making import AMBASSADOR, CHOICES, PRESIDENT, later_text, published

LETTER = "{target_salutation}\n\nBefore.\n\n{own_words}\n\nI ask:\n\n{points}\n\nYours sincerely,\n\n{signature}"


def test_the_letter_is_the_one_that_the_action_asks_for(update: Update) -> None:
    (mail,) = letter_mails(update, CHOICES)
    assert [(to.name, to.email) for to in mail.to] == [("President Xi Jinping", PRESIDENT)]
    assert [(copy.name, copy.email) for copy in mail.cc] == [("Ambassador Peiwu Cong", AMBASSADOR)]
    assert str(mail.sender) == "Léa Tremblay <ua-61-21@letters.example.org>"
    assert (mail.reply_to, mail.kind, mail.subject) == ("answers@letters.example.org", "letter", CHOICES.subject)
    parts = mail.text.split("\n\n")
    assert parts[0] == "Dear President Xi Jinping:"
    assert "UA 61/21, ASA 17/5905/2022 of 29 July 2022, following ASA 17/4243/2021 of 10 June 2021" in parts[1]
    assert parts[2] == CHOICES.own_words
    assert parts[4] == "\n".join(
        [
            f"1. {update.asks[0]};",
            f"2. {update.asks[1]}.",
        ]
    )
    assert parts[5:7] == ["Yours sincerely,", "Léa Tremblay\nMontréal, Canada"]
    assert "Copy: His Excellency Peiwu Cong, Ambassador, Embassy of the People's Republic of China" in mail.text
    assert mail.text.endswith("Sent for Léa Tremblay by Example Rights. Answers to this message reach Example Rights.")


def test_without_own_words_their_paragraph_goes_away(update: Update) -> None:
    (mail,) = letter_mails(update, Choices("Léa", "Lyon", "FR"))
    assert "\n\n\n" not in mail.text
    assert mail.text.split("\n\n")[2].startswith("I ask you to")
    assert mail.subject == "UA 61/21: please let 120 people in Xinjiang go home"


def test_a_campaigns_own_mailbox_takes_the_answers(update: Update) -> None:
    update.campaign.mailbox = "ua-61-21@answers.example.org"
    assert letter_mails(update, CHOICES)[0].reply_to == "ua-61-21@answers.example.org"


def test_our_own_domain_is_the_sender_whatever_it_is(update: Update, settings: Settings) -> None:
    settings.MAIL_DOMAIN = "Mail.Example.NET"
    assert letter_mails(update, CHOICES)[0].sender.email == "ua-61-21@mail.example.net"


def test_the_supporters_address_stands_nowhere_in_the_letter(update: Update) -> None:
    assert "lea.tremblay" not in repr(letter_mails(update, CHOICES))


def test_several_offices_get_a_letter_each_and_the_copies_go_on_the_first(db: None) -> None:
    more = "Write to:\n\nMinister\nInvented Person\nEmail: minister@example.org\nSalutation: Dear Minister\n\nAnd Copy:"
    update = published(later_text().replace("And Copy:", more, 1))
    first, second = letter_mails(update, CHOICES)
    assert [mail.to[0].email for mail in (first, second)] == [PRESIDENT, "minister@example.org"]
    assert [[copy.email for copy in mail.cc] for mail in (first, second)] == [[AMBASSADOR], []]
    assert second.text.startswith("Dear Minister:\n\n")
    assert "Copy:" not in second.text
    assert first.sender == second.sender


def test_an_office_without_an_address_gets_no_copy_by_mail(db: None) -> None:
    update = published(later_text().replace(f"Email: {AMBASSADOR}\n", "", 1))
    (mail,) = letter_mails(update, CHOICES)
    assert (mail.cc, "Copy:" in mail.text) == ((), False)


def test_an_update_with_nobody_to_write_to_makes_no_letter(update: Update) -> None:
    empty = Update(campaign=update.campaign, number=9, letter_text=LETTER, letter_subject="x")
    empty.save()
    with pytest.raises(ValueError, match="nobody to write to"):
        letter_mails(empty, CHOICES)


def test_an_empty_form_shows_where_names_will_stand(update: Update) -> None:
    (mail,) = letter_mails(update, Sample())
    assert "Your name\nYour town, your country" in mail.text
    (mail,) = letter_mails(update, Sample(name="Léa", country="CA"))
    assert "Léa\nYour town, Canada" in mail.text


@pytest.mark.parametrize(
    "token", ["{asks}", "{own_words}", "{signature}", "{salutation}", "{reference}", "{secret_key}"]
)
def test_a_typed_token_is_only_text(update: Update, token: str) -> None:
    choices = Choices(f"Léa {token}", f"Lyon {token}", "FR", f"Mine: {token}", f"About {token}")
    (mail,) = letter_mails(update, choices)
    assert f"\n\nMine: {token}\n\n" in mail.text
    assert f"Léa {token}\nLyon {token}, France" in mail.text
    assert mail.subject == f"About {token}"
    assert mail.text.count(update.asks[0]) == 1
    assert mail.text.count("Dear President") == 1


@settings(max_examples=100)
@given(st.text(alphabet="{}abcdnorsuw_ \n"), st.text(alphabet="{}abcdnorsuw_ \n"))
def test_a_merge_never_looks_at_what_it_put_in(own: str, name: str) -> None:
    merged = merge("[{own_words}][{signature}]", {"own_words": own, "signature": name})
    squeezed = merge("[{a}][{b}]", {"a": own, "b": name})
    assert merged == squeezed
    if "\n\n\n" not in own + name:
        assert merged == f"[{own}][{name}]"


def test_a_token_without_a_value_stays_as_it_is() -> None:
    assert merge("{unknown} and {asks}", {"points": "x"}) == "{unknown} and x"


def test_asks_are_numbered_with_semicolons_and_a_full_stop() -> None:
    assert numbered(["free them.", "say where they are;", "stop"]) == "1. free them;\n2. say where they are;\n3. stop."
    assert numbered(["free them"]) == "1. free them."
    assert numbered([]) == ""


# --- a text that its writer edits -------------------------------------------------------------------------------------


def test_the_editable_text_is_the_middle_with_everything_written_out(update: Update) -> None:
    body = wording.editable_body(update)
    assert body.startswith("I write about the people")
    assert "\n\n[my own words]\n\n" in body
    assert numbered(update.asks) in body
    assert not any(words in body for words in ("{", "Dear President", "Yours sincerely", "signature"))


def test_an_untouched_text_makes_the_same_letter(update: Update) -> None:
    edited = Choices(
        CHOICES.name, CHOICES.city, "CA", CHOICES.own_words, CHOICES.subject, wording.editable_body(update)
    )
    assert letter_mails(update, edited) == letter_mails(update, CHOICES)


def test_a_changed_text_keeps_salutation_and_signature() -> None:
    text = with_body(LETTER, "All mine.\n\n[my own words]\n\nAnd an end.")
    assert text == "{target_salutation}\n\nAll mine.\n\n{own_words}\n\nAnd an end.\n\nYours sincerely,\n\n{signature}"


def test_own_words_are_never_lost() -> None:
    assert with_body(LETTER, "All mine.").split("\n\n")[1:3] == ["All mine.", "{own_words}"]
    twice = with_body(LETTER, "[my own words] and [my own words]")
    assert (twice.count("{own_words}"), "[my own words]" in twice) == (1, False)


@pytest.mark.parametrize("typed", ["{asks}", "{signature}", "{{own_words}}", "{salutation}{salutation}", "}{"])
def test_braces_in_a_changed_text_are_only_brackets(update: Update, typed: str) -> None:
    choices = Choices("Léa", "Lyon", "FR", "Mine.", body=f"Look: {typed} here.")
    (mail,) = letter_mails(update, choices)
    harmless = typed.replace("{", "(").replace("}", ")")
    assert (
        f"Dear President Xi Jinping:\n\nLook: {harmless} here.\n\nMine.\n\nYours sincerely,\n\nLéa\nLyon" in mail.text
    )


# --- an update's letter, as a campaigner wrote it ---------------------------------------------------------------------


def test_a_sound_letter_has_no_faults() -> None:
    assert letter_faults(LETTER) == []
    assert letter_faults("{salutation} {asks} {signature}") == []  # own words and reference may be left out
    assert letter_faults(LETTER.replace("Before", "{reference} and {reference}")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "The letter lacks {target_salutation}: how the office is addressed, with its mark: “Dear President",
        ),
        (LETTER.replace("{points}", ""), "The letter lacks {points}: what the letter asks for, numbered"),
        (LETTER + "{asks}", "The letter has {points} more than once."),
        (LETTER + "{name}", "The letter has {name}, which means nothing. Use one of those listed."),
        ("{signature} {asks} {salutation}", "Salutation, points and signature must stand in this order."),
        ("{salutation} {signature} {asks}", "Salutation, points and signature must stand in this order."),
    ],
)
def test_the_faults_of_a_letter_are_sentences(text: str, said: str) -> None:
    assert any(fault.startswith(said) for fault in letter_faults(text))


# --- as a page shows it -----------------------------------------------------------------------------------------------


def test_a_rule_stands_beside_own_words_only(update: Update) -> None:
    own = "First of mine.\n\nSecond of mine."
    (mail,) = letter_mails(update, Choices("Léa", "Lyon", "FR", own))
    assert [part.block.text for part in wording.paper(mail.text, own) if part.own] == own.split("\n\n")
    assert not any(part.own for part in wording.paper(mail.text))


@settings(max_examples=60)
@given(st.text(alphabet="ab1. \n", max_size=60))
def test_the_page_leaves_no_word_out(text: str) -> None:
    clean = clean_text(text)
    assert "\n\n".join(part.block.text for part in wording.paper(clean)) == clean


def test_a_name_in_a_mails_head_has_its_rank_and_no_honorific() -> None:
    named = [("Xi Jinping", "President of the Republic"), ("His Excellency Peiwu Cong", "Ambassador")]
    named += [("Ms Invented Person", "Keeper of Keys"), ("Mr A B", ""), ("H.E. C D", "Minister, of Doors")]
    assert [Target(name=name, title=title).mail_name for name, title in named] == [
        "President Xi Jinping",
        "Ambassador Peiwu Cong",
        "Invented Person",
        "A B",
        "Minister C D",
    ]
