"""Tests of letters that wait when another update becomes live: each answer and state, crashes, and many at once."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from advocacy import approvals, campaigns, changeovers, drafts, letters, publishing, rewriting, tokens
from advocacy.models import Act, Campaign, ChangedLetter, Changeover, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.tokens import Purpose
from advocacy.wording import Choices
from mailings import claiming
from mailings.models import Message
from mailings.transports import Road
from tests.advocacy.making import (
    approved,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    messages_of,
    states_of,
    written,
)

PLAIN = Choices("Léa Tremblay", "Montréal", "CA", "I teach at a school.")
OWN_SUBJECT = Choices("Ben Roy", "Halifax", "CA", "", "Please free them")
OWN_TEXT = Choices("Cleo Gill", "Leeds", "GB", "", "", "I have written all of this myself.")
OLD, NEW = "Forty-eight more of them", "Sixty more of them"


def second() -> Update:
    """Update 2, approved."""
    return approved(drafted(later_text()))


def decided(answer: Answer) -> Update:
    """Update 2 live, and everything done that follows."""
    update = gone_live(second(), answer)
    changeovers.work(60)
    return update


def text_of(letter: Letter) -> str:
    """The words that would go out, of the newest message."""
    return messages_of(letter)[-1].content.text


def outcome_of(email: str) -> str:
    return str(ChangedLetter.objects.get(letter__supporter__email=email).outcome)


def put(letter: Letter, status: str) -> None:
    """Its message in a state that only a hand-over leads to."""
    extra = {"owner": "w", "lease": "2030-01-01T00:00Z"} if status == "sending" else {}
    Message.objects.filter(reference=letter.code, kind="letter").update(status=status, **extra)


def test_let_go(update: Update) -> None:
    letter, waits = confirmed(update, choices=PLAIN), written(update, "second@example.org", PLAIN)
    decided(Answer.GO)
    assert (states_of(letter), states_of(waits)) == ([("queued", "")], [("held", "confirmation")])
    assert OLD in text_of(letter)
    assert not Changeover.objects.exists()
    note = Act.objects.get(what="letters").note
    assert note == "Let them go as they are: 1 confirmed, 1 not confirmed yet"


def test_written_anew(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    new = decided(Answer.ANEW)
    letter = letter_of(letter.supporter.email)
    assert (letter.update, letter.version, bool(letter.confirmed_at), letter.own_words) == (
        new,
        2,
        True,
        PLAIN.own_words,
    )
    assert states_of(letter) == [("cancelled", ""), ("queued", "")]
    assert (NEW in text_of(letter), PLAIN.own_words in text_of(letter)) == (True, True)
    assert messages_of(letter)[-1].stream == "ua-61-21/2"
    (notice,) = messages_of(letter, "notice")
    assert "We wrote it anew" in notice.content.text.replace("So we", "We")
    assert PLAIN.own_words not in notice.content.text


@pytest.mark.parametrize("choices", [OWN_SUBJECT, OWN_TEXT], ids=["subject", "text"])
def test_who_changed_the_letter_is_asked_again(update: Update, choices: Choices) -> None:
    Campaign.objects.update(body_editable=True)
    letter = confirmed(update, choices=choices)
    assert changeovers.waiting(second()).edited == 1
    decided_letter(letter, Answer.ANEW)


def decided_letter(letter: Letter, answer: Answer) -> None:
    gone_live(Update.objects.get(number=2), answer)
    changeovers.work(60)
    after = letter_of(letter.supporter.email)
    assert outcome_of(letter.supporter.email) == "asked"
    assert (after.confirmed_at, after.update.number, after.version) == (None, 2, 2)
    assert (after.subject, after.body) == (letter.subject, letter.body)
    assert states_of(after) == [("cancelled", ""), ("held", "confirmation")]
    mail = messages_of(after, "confirmation")[-1].content
    for typed in (letter.name, letter.city, letter.own_words, letter.subject, letter.body):
        assert not typed or typed not in mail.text + mail.subject
    (link,) = re.findall(r"https?://\S+", mail.text)
    assert f"/letters/{letter.code}." in link
    assert letters.confirm(after, after.version) is letters.Confirmed.NOW
    assert states_of(after)[-1] == ("queued", "")


def test_everybody_is_asked_again(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    gone_live(second(), Answer.ASK)
    changeovers.work(60)
    after = letter_of(letter.supporter.email)
    assert (outcome_of(letter.supporter.email), after.confirmed_at) == ("asked", None)
    assert NEW in text_of(after)
    mail = messages_of(after, "confirmation")[-1].content.text
    assert PLAIN.own_words not in mail
    assert PLAIN.name not in mail
    assert letters.confirm(after, 1) is letters.Confirmed.CHANGED
    assert letters.confirm(after, 2) is letters.Confirmed.NOW


def test_withdrawn(update: Update) -> None:
    letter, waits = confirmed(update, choices=PLAIN), written(update, "second@example.org", PLAIN)
    decided(Answer.CANCEL)
    for one in (letter, waits):
        assert states_of(one) == [("cancelled", "")]
        assert letter_of(one.supporter.email).withdrawn_at
    page = Client().get(f"/letters/{tokens.make(letter, Purpose.STATUS)}/").content.decode()
    assert "This letter was withdrawn" in page
    assert "The campaign went on to Update 2" in page


@pytest.mark.parametrize("answer", [Answer.ANEW, Answer.ASK, Answer.CANCEL])
@pytest.mark.parametrize("status", ["sending", "sent", "in_doubt", "failed"])
def test_what_has_begun_to_leave_is_never_touched(update: Update, answer: Answer, status: str) -> None:
    letter = confirmed(update, choices=PLAIN)
    put(letter, status)
    before = Message.objects.values().get(reference=letter.code, kind="letter")
    decided(answer)
    assert Message.objects.values().get(reference=letter.code, kind="letter") == before
    assert letter_of(letter.supporter.email).update == update


def test_a_letter_of_which_one_mail_has_left_stays_as_it_is(update: Update) -> None:
    draft = drafted(later_text())
    offices = drafts.targets_of(draft)
    offices[1].role, offices[1].salutation = "to", "Dear Ambassador"
    drafts.keep(draft, drafts.stamp(draft), {}, offices, by="Ada")
    letter = confirmed(gone_live(approved(draft)), choices=PLAIN)
    first = messages_of(letter)[0]
    Message.objects.filter(pk=first.pk).update(status="sent")
    gone_live(approved(drafted(later_text(3))), Answer.ANEW)
    changeovers.work(60)
    assert states_of(letter) == [("sent", ""), ("queued", "")]
    assert outcome_of(letter.supporter.email) == "left"
    assert letter_of(letter.supporter.email).update.number == 2


def test_who_has_written_on_the_new_update_has_one_letter(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    new = gone_live(second(), Answer.ANEW)
    Changeover.objects.update(done_at=None, reached=0)
    other = confirmed(new, choices=PLAIN)
    changeovers.work(60)
    assert Letter.objects.get(pk=letter.pk).withdrawn_at
    assert outcome_of(letter.supporter.email) == "cancelled"
    assert states_of(other) == [("queued", "")]
    assert Message.objects.filter(kind="letter", status="queued").count() == 1


def test_a_pause_holds_what_is_written_anew(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    campaigns.pause(update.campaign, by="Ada", reason="We check an address.")
    decided(Answer.ANEW)
    assert states_of(letter) == [("cancelled", ""), ("held", "pause")]
    campaigns.resume(Campaign.objects.get(), by="Ada")
    assert states_of(letter)[-1] == ("queued", "")


def test_a_stop_ends_it(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    gone_live(second(), Answer.ANEW)
    campaigns.stop(Campaign.objects.get(), by="Ada", reason="They were freed.")
    changeovers.work(60)
    assert states_of(letter) == [("cancelled", "")]
    assert Changeover.objects.get().done_at


def test_letters_go_back_with_the_update_before(update: Update) -> None:
    new = gone_live(second(), Answer.GO)
    letter = confirmed(new, choices=PLAIN)
    shown = approvals.digest_of(update)
    publishing.ask_to_go_back(update, shown, by="Ada", reason="A wrong count.")
    approvals.approve(update, shown, by="Ben")
    with pytest.raises(publishing.NotAnswered):
        publishing.publish(update, shown, by="Ada")
    assert Campaign.objects.get().live_update == new
    publishing.publish(update, shown, by="Ada", letters=Answer.ANEW)
    changeovers.work(60)
    assert OLD in text_of(letter)
    assert letter_of(letter.supporter.email).update == update


# --- what the supporter reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "choices", "was_confirmed", "words"),
    [
        (Answer.GO, PLAIN, False, "Your letter keeps the words that you saw."),
        (Answer.ANEW, PLAIN, False, "It stands here with the newer facts."),
        (Answer.ANEW, OWN_SUBJECT, True, "You had confirmed it as it was."),
        (Answer.ANEW, OWN_SUBJECT, False, "these words of yours stand as you wrote them"),
        (Answer.ASK, PLAIN, True, "It does not leave until you have read it once more and press Confirm."),
        (Answer.CANCEL, PLAIN, False, "So it was withdrawn."),
    ],
)
def test_the_page_behind_the_link_says_what_became_of_it(
    update: Update, answer: Answer, choices: Choices, was_confirmed: bool, words: str
) -> None:
    letter = (confirmed if was_confirmed else written)(update, choices=choices)
    decided(answer)
    page = Client().get(f"/letters/{tokens.make(letter, Purpose.CONFIRM)}/confirm/")
    assert page.status_code == 200
    assert words in page.content.decode()


def test_the_private_page_tells_that_it_was_written_anew(update: Update) -> None:
    letter = confirmed(update, choices=PLAIN)
    decided(Answer.ANEW)
    page = Client().get(f"/letters/{tokens.make(letter, Purpose.STATUS)}/").content.decode()
    assert "It was written anew with the newer facts; your name, your place and your own words stand" in page
    assert "Update 2 was published. It was written anew with the newer facts" in page
    assert NEW in page


# --- many, crashes, and others at the same time ----------------------------------------------------------------------


def many(update: Update, count: int = 7) -> list[str]:
    emails = [f"supporter{number}@example.org" for number in range(count)]
    for email in emails:
        confirmed(update, email, PLAIN)
    return emails


def each_once(emails: list[str], new: Update) -> None:
    """Each letter is taken over once, and one message of it is in line."""
    assert Letter.objects.filter(update=new, version=2).count() == len(emails)
    assert ChangedLetter.objects.filter(outcome="anew").count() == len(emails)
    queued = Message.objects.filter(kind="letter", status="queued")
    assert set(queued.values_list("stream", flat=True)) == {new.stream}
    assert len(set(queued.values_list("reference", flat=True))) == queued.count() == len(emails)
    assert Message.objects.filter(kind="notice").count() == len(emails)


def test_a_crash_in_the_middle_loses_and_doubles_nothing(update: Update, monkeypatch: pytest.MonkeyPatch) -> None:
    emails = many(update)
    monkeypatch.setattr(changeovers, "BATCH", 2)
    new = gone_live(second(), Answer.ANEW)
    real, calls = rewriting.write_anew, iter(range(100))

    def dies_at_the_fourth(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        if next(calls) == 3:
            raise MemoryError

    monkeypatch.setattr(rewriting, "write_anew", dies_at_the_fourth)
    with pytest.raises(MemoryError):
        changeovers.work(60)
    assert ChangedLetter.objects.count() == 2  # the first batch alone
    assert Message.objects.filter(kind="letter", stream=new.stream).count() == 2
    monkeypatch.setattr(rewriting, "write_anew", real)
    changeovers.work(60)
    each_once(emails, new)
    assert Changeover.objects.get().done_at
    assert changeovers.work(60) == 0


def test_a_run_that_begins_again_does_nothing_twice(update: Update) -> None:
    emails = many(update, 3)
    new = decided(Answer.ANEW)
    Changeover.objects.update(done_at=None, reached=0)
    changeovers.work(60)
    each_once(emails, new)


def together(*acts: Callable[[], Any]) -> None:
    def alone(act: Callable[[], Any]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(alone, acts))


def test_several_workers_take_each_letter_once(
    committed: None, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = many(update)
    monkeypatch.setattr(changeovers, "BATCH", 2)
    new = gone_live(second(), Answer.ANEW)
    together(*[lambda: changeovers.work(20)] * 4)
    changeovers.work(20)
    each_once(emails, new)


def test_a_worker_that_hands_over_meanwhile_has_the_old_letter_or_the_new_one(
    committed: None, update: Update, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = many(update, 12)
    monkeypatch.setattr(changeovers, "BATCH", 1)
    new = gone_live(second(), Answer.ANEW)
    road = Road(settings.MAIL_PROVIDER)
    together(lambda: changeovers.work(20), *[lambda n=n: claiming.claim(2, f"w{n}", road) for n in range(3)])
    changeovers.work(20)
    for email in emails:
        letter = letter_of(email)
        alive = [message for message in messages_of(letter) if message.status != "cancelled"]
        assert len(alive) == 1, states_of(letter)
        assert alive[0].stream == letter.update.stream
        assert (letter.update == new) or alive[0].status == "sending"


@pytest.mark.postgres  # SQLite lets one write at a time.
def test_a_letter_that_was_waited_for_is_found_under_its_new_update(committed: None, update: Update) -> None:
    letter, new = written(update, choices=PLAIN), second()

    def moves() -> None:
        with transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(update=new, version=2)
            time.sleep(1)  # the other one waits for the row by now

    def confirms() -> None:
        time.sleep(0.3)
        assert letters.confirm(letter, 1) is letters.Confirmed.CHANGED

    together(moves, confirms)


def test_a_supporter_who_confirms_meanwhile_confirms_what_was_read(committed: None, update: Update) -> None:
    letter = written(update, choices=PLAIN)
    draft = second()
    results: list[letters.Confirmed] = []
    together(
        lambda: (gone_live(draft, Answer.ANEW), changeovers.work(20)),
        lambda: results.append(letters.confirm(letter, 1)),
    )
    changeovers.work(20)
    after = letter_of(letter.supporter.email)
    assert after.update.number == 2
    assert NEW in text_of(after)
    assert results[0] in {letters.Confirmed.NOW, letters.Confirmed.CHANGED}
    assert states_of(after)[-1][0] == ("queued" if results[0] is letters.Confirmed.NOW else "held")
