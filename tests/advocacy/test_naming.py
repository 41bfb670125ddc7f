"""Tests of a name that is listed while letters wait which say it: none leaves so, and their writers are asked."""

from dataclasses import replace

import pytest
from django.test import Client

from advocacy import campaigns, changeovers, letters, lowering, tokens, unnaming
from advocacy.letters import Confirmed
from advocacy.models import Act, Campaign, Letter, Update
from advocacy.tokens import Purpose
from advocacy.wording import Choices
from mailings import tasks
from mailings.models import Message
from tests.advocacy import pages
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

SAID = "For Rahile Invented."
LEA = Choices("Léa", "Lyon", "FR", own_words=f"I wait for news.\n\n{SAID}")


def list_it(*names: str) -> unnaming.Naming:
    """What the desk's settings page does."""
    values = {"not_to_be_said": list(names or ["Rahile Invented"])}
    _, naming = unnaming.store_settings(Campaign.objects.get(), values, by="Ada")
    return naming


def fresh(letter: Letter) -> Letter:
    return letter_of(letter.supporter.email, letter.update)


def page_of(letter: Letter) -> str:
    return f"/letters/{tokens.make(letter, Purpose.CONFIRM)}/confirm/"


# --- not confirmed yet -----------------------------------------------------------------------------------------------


def test_it_cannot_be_confirmed_and_its_page_says_kindly_what_to_do(client: Client, update: Update) -> None:
    letter = written(update, choices=LEA)
    assert list_it() == unnaming.Naming(unconfirmed=[letter.reference])
    assert letters.confirm(letter, letter.version) is Confirmed.NAMES_SOMEBODY
    tasks.drain()
    assert states_of(letter) == [("held", "confirmation")]
    for answer in (client.get(page_of(letter)), client.post(page_of(letter), {"do": "confirm", "version": "1"})):
        shown = pages.read(answer.content.decode())
        assert shown.faults == []
        assert "Please do not name “Rahile Invented” here: it could harm them." in shown.text
        assert "Write it afresh" in shown.text
        assert "I wait for news." in shown.text  # to take one's words from
        assert "Confirm and send" not in shown.text


def test_written_afresh_without_it_the_same_link_lets_it_go(client: Client, update: Update) -> None:
    letter = written(update, choices=LEA)
    list_it()
    written(Update.objects.select_related("campaign").get(pk=update.pk), choices=replace(LEA, own_words="I wait."))
    assert client.post(page_of(letter), {"do": "confirm", "version": "2"}).status_code == 302
    assert states_of(fresh(letter))[-1] == ("queued", "")


def test_a_page_from_before_lets_no_letter_go_at_once(update: Update) -> None:
    """Without a confirmation nothing stands between the form and the line."""
    Campaign.objects.update(confirmation=False)
    stale = Update.objects.select_related("campaign").get(pk=update.pk)
    list_it()
    with pytest.raises(letters.CampaignChanged):
        letters.write(stale, "lea@example.org", LEA)
    assert (Letter.objects.count(), Message.objects.filter(kind="letter").count()) == (0, 0)


# --- confirmed, and waiting ------------------------------------------------------------------------------------------


def test_what_was_confirmed_is_held_back_in_the_same_step_and_its_writer_asked_without_it(
    client: Client, update: Update
) -> None:
    letter, other = confirmed(update, choices=LEA), confirmed(update, "b@example.org")
    assert list_it() == unnaming.Naming(confirmed=[letter.reference])
    assert states_of(letter) == [("held", "confirmation")]
    tasks.drain()  # The workers write it anew as well.
    changeovers.work(60)
    after = fresh(letter)
    assert (after.version, after.confirmed, after.own_words) == (2, False, "")
    assert states_of(after) == [("cancelled", ""), ("held", "confirmation")]
    assert states_of(other)[-1][0] != "held"
    mails = messages_of(after, "confirmation")
    (asked,) = [mail for mail in mails if "could harm" in " ".join(mail.content.text.split())]
    assert "Rahile" not in asked.content.text
    shown = pages.read(client.get(page_of(after)).content.decode())
    assert shown.faults == []
    assert "A name in your letter could harm somebody" in shown.text
    assert "Rahile" not in messages_of(after)[-1].content.text
    assert letters.confirm(after, 2) is Confirmed.NOW
    assert states_of(fresh(letter))[-1] == ("queued", "")


def test_a_letter_in_a_pause_is_held_back_too(update: Update) -> None:
    letter = confirmed(update, choices=LEA)
    campaigns.pause(update.campaign, by="Ada", reason="We check a fact.")
    list_it()
    campaigns.resume(Campaign.objects.get(), by="Ada")
    assert states_of(letter) == [("held", "confirmation")]


def test_a_writer_who_has_the_name_is_not_sent_under_it(update: Update) -> None:
    letter = confirmed(update, choices=Choices("Rahile Invented", "Lyon", "FR"))
    list_it()
    changeovers.work(60)
    assert states_of(fresh(letter)) == [("cancelled", "")]
    assert fresh(letter).withdrawn_at is not None


def test_what_was_being_handed_over_is_told_and_held_back_once_it_is_in_line_again(update: Update) -> None:
    letter = confirmed(update, choices=LEA)
    Message.objects.filter(reference=letter.code, kind="letter").update(
        status="sending", owner="w", lease="2030-01-01T00:00Z"
    )
    assert list_it() == unnaming.Naming(flying=[letter.reference])
    Message.objects.filter(reference=letter.code, kind="letter").update(status="queued", owner="", lease=None)
    changeovers.work(60)
    assert fresh(letter).version == 2
    assert "Rahile" not in messages_of(fresh(letter))[-1].content.text
    assert [str(one.outcome) for one in letter.changes.all()] == ["asked"]


def test_one_that_failed_is_not_sent_again_as_it_is(update: Update) -> None:
    letter = confirmed(update, choices=LEA)
    Message.objects.filter(reference=letter.code, kind="letter").update(status="failed")
    list_it()
    uids = [message.uid for message in messages_of(letter)]
    assert lowering.fit_to_retry(uids) == []


def test_a_name_that_is_taken_off_again_lets_go_what_waited_for_the_workers(update: Update) -> None:
    letter = confirmed(update, choices=LEA)
    list_it()
    campaigns.change_settings(Campaign.objects.get(), {"not_to_be_said": []}, by="Ada")
    changeovers.work(60)
    assert states_of(letter) == [("queued", "")]


def test_a_name_that_was_listed_before_is_not_looked_for_again(update: Update) -> None:
    list_it()
    letter = confirmed(update, choices=Choices("Léa", "Lyon", "FR", own_words="For Ana Other."))
    acts = Act.objects.count()
    assert list_it() == unnaming.Naming()
    assert Act.objects.count() == acts
    assert list_it("Rahile Invented", "Ana Other").confirmed == [letter.reference]


def test_the_trail_counts_them_and_names_nobody(update: Update) -> None:
    confirmed(update, choices=LEA)
    written(update, "b@example.org", LEA)
    list_it()
    note = Act.objects.latest("pk").note
    told = "1 confirmed, 1 not confirmed yet; 0 being handed over"
    assert note == f"Say no name that the campaign must not say: {told}"
    assert "Rahile" not in repr(list(Act.objects.values_list("note", "changes")))


def test_a_letter_that_waits_under_an_earlier_update_is_found_too(update: Update) -> None:
    letter = confirmed(update, choices=LEA)
    Campaign.objects.update(not_to_be_said=["Rahile Invented"])
    gone_live(approved(drafted(later_text())))
    assert unnaming.waiting(Campaign.objects.get()) == [letter.reference]
