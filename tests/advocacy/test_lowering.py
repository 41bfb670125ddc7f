"""Tests of a campaign that lets out less than before: what becomes of each letter that waits, and who is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from advocacy import campaigns, changeovers, desk_acts, letters, lowering, queries, story, tokens
from advocacy.letters import Confirmed
from advocacy.models import Act, Campaign, Changeover, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.models.identity import Level
from advocacy.tokens import Purpose
from advocacy.wording import Choices
from mailings.models import Message
from tests.advocacy import pages
from tests.advocacy.making import (
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    messages_of,
    send,
    shown_settings,
    states_of,
    written,
)
from tests.advocacy.test_desk_campaigns import SETTINGS

DESK = "/desk/campaigns/ua-61-21/"
CLEO = Choices("Cleo Gill", "Leeds", "GB", "I have not forgotten them.")
PEN = Choices("Dora Hale", "Derby", "GB", level=Level.PEN, shown_name="Quiet Neighbour")
FIRST = Choices("Dora Hale", "Derby", "GB", level=Level.FIRST, shown_name="Dodo")
MINE = ("Cleo", "Gill", "Leeds", "United Kingdom")


def lower(most: Level) -> lowering.Showing | None:
    """What the desk's settings page does."""
    found = lowering.store_settings(Campaign.objects.get(), {"most_identity": most}, by="Ada")
    changeovers.work(60)
    return found


def fresh(letter: Letter) -> Letter:
    return letter_of(letter.supporter.email, letter.update)


def newest(letter: Letter) -> str:
    """Everything of the newest mail to an office that could name its writer."""
    content = messages_of(letter)[-1].content
    return f"{content.sender_name}\n{content.subject}\n{content.text}\n{content.html}"


def outcomes(letter: Letter) -> list[tuple[str, bool]]:
    return [(str(one.outcome), one.edited) for one in letter.changes.all()]


def page_of(letter: Letter, what: str = "confirm/", purpose: Purpose = Purpose.CONFIRM) -> str:
    return f"/letters/{tokens.make(letter, purpose)}/{what}"


def text_at(address: str) -> str:
    return pages.read(Client().get(address).content.decode()).text


def put(letter: Letter, status: str) -> None:
    """Its first mail in a state that only a hand-over leads to."""
    extra = {"owner": "w", "lease": "2030-01-01T00:00Z"} if status == "sending" else {}
    Message.objects.filter(pk=messages_of(letter)[0].pk).update(status=status, **extra)


@pytest.mark.parametrize("most", [Level.FIRST, Level.PEN, Level.ORGANISATION])
def test_what_is_confirmed_and_waits_is_written_anew_showing_less(update: Update, most: Level) -> None:
    letter = confirmed(update, choices=CLEO)
    lower(most)
    after = fresh(letter)
    assert (after.level, after.version, after.confirmed) == (Level.ORGANISATION, 2, True)
    assert states_of(after) == [("cancelled", ""), ("queued", "")]
    assert not any(word in newest(after) for word in MINE)
    assert CLEO.own_words in newest(after)
    assert outcomes(after) == [("anew", False)]
    (notice,) = messages_of(after, "notice")
    assert notice.content.subject == "Your letter shows less of you"
    assert CLEO.own_words not in notice.content.text
    assert "It was written anew, and shows less of you" in repr(story.lines(after, queries.letters_of(after)))
    assert "This campaign lets out less of its supporters since" in text_at(page_of(after, "", Purpose.STATUS))


@pytest.mark.parametrize(
    ("choices", "most", "level", "version"),
    [
        (FIRST, Level.FIRST, Level.FIRST, 1),
        (PEN, Level.FIRST, Level.PEN, 1),
        (PEN, Level.PEN, Level.PEN, 1),
        (FIRST, Level.PEN, Level.ORGANISATION, 2),
        (PEN, Level.ORGANISATION, Level.ORGANISATION, 2),
    ],
)
def test_a_letter_that_shows_no_more_is_left_alone(
    update: Update, choices: Choices, most: Level, level: Level, version: int
) -> None:
    letter = confirmed(update, choices=choices)
    lower(most)
    after = fresh(letter)
    assert (after.level, after.version, states_of(after)[-1]) == (level, version, ("queued", ""))
    assert (choices.shown_name in newest(after)) is (version == 1)


@pytest.mark.parametrize("field", ["own_words", "body", "subject"])
def test_who_gives_away_more_in_their_own_words_is_asked_again_without_them(update: Update, field: str) -> None:
    Campaign.objects.update(body_editable=True)
    told = "UA 61/21. I am Cleo from Leeds."
    own: dict[str, Any] = {field: told}
    letter = confirmed(update, choices=Choices("Cleo Gill", "Leeds", "GB", **own))
    lower(Level.PEN)
    after = fresh(letter)
    assert (after.level, after.version, after.confirmed) == (Level.ORGANISATION, 2, False)
    assert states_of(after) == [("cancelled", ""), ("held", "confirmation")]
    assert outcomes(after) == [("asked", True)]
    assert not any(word in newest(after) for word in MINE)
    mail = messages_of(after, "confirmation")[-1].content.text
    assert "Some words in yours would still tell who you are" in mail
    assert not any(word in mail for word in MINE)
    shown = text_at(page_of(after))
    assert "Words of yours that told who you are were left out." in shown
    assert letters.confirm(after, 2) is Confirmed.NOW
    assert states_of(fresh(letter))[-1] == ("queued", "")


def test_what_is_not_confirmed_is_shown_anew(client: Client, update: Update) -> None:
    letter = written(update, choices=CLEO)
    lower(Level.FIRST)
    after = fresh(letter)
    assert (after.level, after.version, states_of(after)) == (
        Level.ORGANISATION,
        2,
        [("cancelled", ""), ("held", "confirmation")],
    )
    assert messages_of(after, "notice") == []
    shown = " ".join(text_at(page_of(after)).split())
    assert "This campaign lets out less of its supporters since" in shown
    assert "Name not shown" in shown
    old = client.post(page_of(after), {"do": "confirm", "version": "1"})
    assert (old.status_code, old.context["outcome"]) == (409, "changed")
    assert letters.confirm(after, 2) is Confirmed.NOW


def test_whoever_confirms_before_the_workers_came_is_shown_it_anew_first(client: Client, update: Update) -> None:
    """Also where nothing but the campaign's row says it: no letter is let go at a level above it."""
    letter = written(update, choices=CLEO)
    Campaign.objects.update(most_identity=Level.PEN)
    answer = client.post(page_of(letter), {"do": "confirm", "version": "1"})
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults) == (409, [])
    assert "Your letter has not left: this campaign now lets out less of its supporters" in page.text
    assert "Name not shown" in " ".join(page.text.split())
    after = fresh(letter)
    assert (after.version, after.level, after.confirmed) == (2, Level.ORGANISATION, False)
    assert states_of(after) == [("cancelled", ""), ("held", "confirmation")]
    assert not any(word in newest(after) for word in MINE)
    assert client.post(page_of(letter), {"do": "confirm", "version": "2"}).status_code == 302
    assert states_of(after) == [("cancelled", ""), ("queued", "")]


def test_nothing_that_shows_more_may_leave_from_the_commit_on(update: Update) -> None:
    letter, pen = confirmed(update, choices=CLEO), confirmed(update, "pen@example.org", PEN)
    lowering.store_settings(Campaign.objects.get(), {"most_identity": Level.PEN}, by="Ada")
    assert (states_of(letter), states_of(pen)) == ([("held", "confirmation")], [("queued", "")])
    assert letters.confirm(fresh(letter), 1) is Confirmed.BEFORE
    # Whatever happens before the workers come, it ends well.
    gone_live(approved(drafted(later_text())), Answer.GO)
    changeovers.work(60)
    assert (fresh(letter).level, states_of(letter)[-1]) == (Level.ORGANISATION, ("queued", ""))
    assert changeovers.work(60) == 0
    assert not Changeover.objects.filter(done_at=None).exists()


def test_what_is_raised_again_before_the_workers_came_goes_as_it_is(update: Update) -> None:
    letter = confirmed(update, choices=CLEO)
    for most in (Level.PEN, Level.PLACE):
        lowering.store_settings(Campaign.objects.get(), {"most_identity": most}, by="Ada")
    changeovers.work(60)
    assert (fresh(letter).version, states_of(letter)) == (1, [("queued", "")])


def test_in_a_pause_it_waits_for_its_end(update: Update) -> None:
    letter = confirmed(update, choices=CLEO)
    campaigns.pause(Campaign.objects.get(), by="Ada", reason="We look.")
    lower(Level.PEN)
    assert states_of(letter) == [("cancelled", ""), ("held", "pause")]
    campaigns.resume(Campaign.objects.get(), by="Ada")
    assert states_of(letter)[-1] == ("queued", "")


@pytest.mark.parametrize("status", ["sending", "sent", "in_doubt"])
def test_what_is_gone_is_counted_and_stays(update: Update, status: str) -> None:
    letter, waits = confirmed(update, choices=CLEO), confirmed(update, "second@example.org", CLEO)
    put(letter, status)
    found = lower(Level.PEN)
    assert found == lowering.Showing(1, 0, [letter.reference])
    assert (fresh(letter).version, states_of(letter)) == (1, [(status, "")])
    assert fresh(waits).version == 2


def test_what_comes_back_from_a_hand_over_is_written_anew_as_well(update: Update) -> None:
    letter = confirmed(update, choices=CLEO)
    put(letter, "sending")
    lower(Level.PEN)
    Message.objects.filter(reference=letter.code, kind="letter").update(status="queued", owner="", lease=None)
    changeovers.work(60)
    assert (fresh(letter).version, states_of(letter)) == (2, [("cancelled", ""), ("queued", "")])
    assert outcomes(letter) == [("anew", False)]
    assert changeovers.work(60) == 0


def test_what_failed_and_shows_more_is_not_sent_again(client: Client, update: Update) -> None:
    letter, pen = confirmed(update, choices=CLEO), confirmed(update, "pen@example.org", PEN)
    for one in (letter, pen):
        put(one, "failed")
    lower(Level.PEN)
    uids = [messages_of(one)[0].uid for one in (letter, pen)]
    assert desk_acts.act_on("retry", uids, by="Ada", reason="Once more.") == 1
    assert (states_of(letter), states_of(pen)) == ([("failed", "")], [("queued", "")])


def test_of_a_letter_that_is_half_gone_the_rest_is_withdrawn(update: Update) -> None:
    letter = confirmed(update, choices=CLEO)
    message = messages_of(letter)[0]
    put(letter, "sent")
    message.pk, message.uid, message.dedupe_key, message.status = None, "0" * 32, "another", "queued"
    content = message.content
    message.save()
    content.pk = content.message_id = message.pk
    content.save(force_insert=True)
    lower(Level.PEN)
    assert states_of(letter) == [("sent", ""), ("cancelled", "")]
    assert outcomes(letter) == [("left", False)]
    assert "what had not, was withdrawn" in repr(story.lines(fresh(letter), queries.letters_of(letter)))


def test_the_desk_says_it_before_and_after(client: Client, update: Update) -> None:
    letter, gone = confirmed(update, choices=CLEO), confirmed(update, "gone@example.org", CLEO)
    written(update, "third@example.org", FIRST)
    put(gone, "sent")
    client.force_login(at_the_desk("amara"))
    before = pages.read(client.get(DESK).content.decode())
    assert before.faults == []
    assert "Letters that wait to leave: 1 with “Full name and place”, 1 with “First name and country”." in (
        before.beside("most_identity")
    )
    after = client.post(DESK, {**SETTINGS, **shown_settings(), "most_identity": "pen"}, follow=True)
    page = pages.read(after.content.decode())
    assert page.faults == []
    assert "2 letters that waited showed more than this. None leaves as it was" in page.text
    assert f"have left, or are leaving: 1, with the references {gone.reference}. They cannot be called back." in (
        page.text
    )
    assert "Letters that waited and showed more of their writers" in page.text
    assert "2 written anew" in page.text
    settings, decided = Act.objects.order_by("pk")[Act.objects.count() - 2 :]
    assert (settings.what, settings.changes["most_identity"]) == ("settings", ["place", "pen"])
    assert decided.note == (
        "Show no more of their writers than the campaign lets out: 1 confirmed, 1 not confirmed yet; 1 were gone"
    )
    assert "Cleo" not in repr([act.note for act in Act.objects.all()])
    # Stored once more, nothing is said of it again.
    again = client.post(DESK, {**SETTINGS, **shown_settings(), "most_identity": "pen", "goal": "7"}, follow=True)
    assert "showed more than this" not in again.content.decode()
    assert fresh(letter).version == 2


def test_a_letter_is_written_only_within_the_new_level(client: Client, update: Update) -> None:
    lower(Level.PEN)
    assert send(client, update, level="place").status_code == 422


def test_many_are_done_batch_by_batch(update: Update, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        confirmed(update, f"{number}@example.org", CLEO)
    monkeypatch.setattr(changeovers, "BATCH", 2)
    lower(Level.ORGANISATION)
    rows = Message.objects.filter(kind="letter")
    assert rows.filter(status="queued").count() == rows.filter(status="cancelled").count() == 5
    assert set(Letter.objects.values_list("level", "version")) == {("org", 2)}
    assert [one.letters.count() for one in Changeover.objects.all()] == [5]


def test_lowering_and_confirming_at_once_let_nothing_out(committed: None, update: Update) -> None:
    waits = [written(update, f"{number}@example.org", CLEO) for number in range(8)]
    acts: list[Callable[[], Any]] = [lambda letter=letter: letters.confirm(letter, 1) for letter in waits]  # type: ignore[misc]
    values = {"most_identity": Level.PEN}
    acts.insert(4, lambda: lowering.store_settings(Campaign.objects.get(), values, by="Ada"))

    def alone(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        came = [one for one in pool.map(alone, acts) if isinstance(one, Confirmed)]
    assert set(came) <= {Confirmed.NOW, Confirmed.SHOWS_MORE}
    assert not Message.objects.filter(kind="letter", status="queued").exists()
    changeovers.work(60)
    assert set(Letter.objects.values_list("level", "version")) == {("org", 2)}
    assert Message.objects.filter(kind="letter", status="queued").count() == came.count(Confirmed.NOW)
