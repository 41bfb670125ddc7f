"""Tests of advocacy.updates: drafted, faulty, published once, and frozen by the database itself."""

import pytest
from django.db import DatabaseError, connection, transaction

from advocacy import reading, updates
from advocacy.models import Campaign, Target, Update
from advocacy.models.campaign import CampaignStatus
from advocacy.updates import NotPublishable
from tests.advocacy.making import AMBASSADOR, DEMO, PRESIDENT, later_text, published

pytestmark = pytest.mark.django_db


def drafted(text: str) -> Update:
    return updates.draft(reading.read(text), text)


def demo_text() -> str:
    return DEMO.read_text(encoding="utf-8")


def test_a_text_becomes_a_draft_of_a_new_campaign() -> None:
    update = drafted(demo_text())
    campaign = update.campaign
    assert (campaign.slug, campaign.reference, campaign.status) == ("ua-61-21", "UA 61/21", CampaignStatus.DRAFT)
    assert (campaign.live_update, update.published, update.name) == (None, False, "Update 1")
    assert update.source_text == demo_text()
    assert [(target.role, target.email, target.position) for target in update.targets.all()] == [
        ("to", PRESIDENT, 1),
        ("copy", AMBASSADOR, 2),
    ]


def test_publishing_opens_the_campaign_with_this_update() -> None:
    update = drafted(demo_text())
    assert updates.faults(update) == []
    updates.publish(update, by="Ada")
    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.live_update) == (CampaignStatus.OPEN, update)
    assert update.published
    assert update.published_by == "Ada"


def test_a_draft_may_be_read_again_over_itself() -> None:
    first = drafted(demo_text())
    again = drafted(demo_text().replace("Forty-eight more people", "Fifty more people"))
    assert again.pk == first.pk
    assert again.summary.startswith("Fifty more people")
    assert Target.objects.count() == 2


def test_the_same_text_once_more_changes_nothing(update: Update) -> None:
    assert drafted(demo_text()) == update
    assert Update.objects.count() == 1


def test_another_text_under_a_published_number_is_refused(update: Update) -> None:
    with pytest.raises(NotPublishable) as raised:
        drafted(demo_text().replace("Forty-eight", "Fifty"))
    assert raised.value.faults == [
        "UA 61/21, Update 1 is published already with another text, and a published text never changes."
    ]
    update.refresh_from_db()
    assert update.summary.startswith("Forty-eight")


def test_publishing_twice_is_refused(update: Update) -> None:
    with pytest.raises(NotPublishable, match="has been published already"):
        updates.publish(update, by="Ben")
    update.refresh_from_db()
    assert update.published_by == "a test"


def test_a_new_update_takes_the_place_of_the_old_one(update: Update) -> None:
    second = published(later_text())
    campaign = Campaign.objects.get()
    assert (campaign.live_update, campaign.updates.count()) == (second, 2)
    update.refresh_from_db()
    assert update.published


def test_a_new_update_opens_no_campaign_that_was_paused(update: Update) -> None:
    Campaign.objects.update(status=CampaignStatus.PAUSED)
    published(later_text())
    assert Campaign.objects.get().status == CampaignStatus.PAUSED


def test_publishing_opens_no_campaign_that_was_stopped_meanwhile(update: Update) -> None:
    second = drafted(later_text())
    assert second.campaign.status == CampaignStatus.OPEN
    Campaign.objects.update(status=CampaignStatus.STOPPED, status_reason="They were freed.")
    updates.publish(second, by="Ada")
    assert (Campaign.objects.get().status, second.campaign.status) == (CampaignStatus.STOPPED, CampaignStatus.STOPPED)
    assert Campaign.objects.get().live_update == second


SALUTATION = "Salutation: Dear President Xi Jinping:\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (SALUTATION, "", "Xi Jinping: An office under To needs a salutation, such as: Dear President."),
        (f"Email: {PRESIDENT}\n", "", "Xi Jinping: An office under To needs an email address."),
        (f"Email: {PRESIDENT}\n", "Email: nobody\n", "Xi Jinping: An office under To needs an email address."),
        (AMBASSADOR, PRESIDENT.upper(), "Two offices have the same email address."),
        ("\nWrite to:\n", "\nAnd copy:\n", "Nobody stands under To."),
        (
            "Subject: {reference}: please let 120 people in Xinjiang go home\n",
            "",
            "The subject of the letter is missing.",
        ),
        ("{asks}", "", "The letter lacks {points}: what the letter asks for, numbered, as the supporter chose it."),
        ("{signature}", "", "The letter lacks {signature}"),
        ("{salutation}", "{salutation} {salutation}", "The letter has {target_salutation} more than once."),
        ("{own_words}", "{secret_key}", "The letter has {secret_key}, which means nothing. Use one of those listed."),
        ("\n- ", "\nand ", "The asks are missing: a letter that asks for nothing cannot be published."),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_published(old: str, new: str, said: str) -> None:
    text = demo_text()
    assert old in text
    update = drafted(text.replace(old, new))
    with pytest.raises(NotPublishable) as raised:
        updates.publish(update, by="Ada")
    assert any(fault.startswith(said) for fault in raised.value.faults), raised.value.faults
    update.refresh_from_db()
    assert not update.published
    assert Campaign.objects.get().status == CampaignStatus.DRAFT


def test_every_fault_is_told_at_once() -> None:
    update = drafted("UA 7/26\nA title\n")
    assert updates.faults(update) == [
        "The account of what happened is missing.",
        "The subject of the letter is missing.",
        "The asks are missing: a letter that asks for nothing cannot be published.",
        "Nobody stands under To.",
        *[fault for fault in updates.faults(update) if fault.startswith("The letter lacks")],
    ]


# --- frozen by the database ------------------------------------------------------------------------------------------

SPOILING = [
    "UPDATE advocacy_update SET summary = 'false' WHERE id = {update}",
    "UPDATE advocacy_update SET published_at = NULL WHERE id = {update}",
    "UPDATE advocacy_update SET source_text = '' WHERE 1 = 1",
    "DELETE FROM advocacy_update WHERE id = {update}",
    "UPDATE advocacy_target SET email = 'false@example.org' WHERE update_id = {update}",
    "UPDATE advocacy_target SET update_id = {draft} WHERE update_id = {update}",
    "UPDATE advocacy_target SET update_id = {update}, position = 9 WHERE id = {free}",
    "DELETE FROM advocacy_target WHERE update_id = {update}",
    (
        "INSERT INTO advocacy_target (update_id, role, position, name, title, organisation, salutation, email,"
        " address_lines, local_address_lines, local_language, fax, phone, by_country)"
        " VALUES ({update}, 'to', 9, 'False', '', '', '', 'false@example.org', '[]', '[]', '', '[]', '[]', '[]')"
    ),
]


@pytest.mark.parametrize("statement", SPOILING)
def test_the_database_refuses_every_change_of_what_is_published(update: Update, statement: str) -> None:
    draft = drafted(later_text())
    before = everything(update)
    free = draft.targets.order_by("position")[0].pk
    with pytest.raises(DatabaseError, match=r"published update never change"):
        run(statement.format(update=update.pk, draft=draft.pk, free=free))
    assert everything(update) == before


@pytest.mark.parametrize("statement", [words for words in SPOILING if "{draft}" not in words and "{free}" not in words])
def test_a_draft_may_change(update: Update, statement: str) -> None:
    draft = drafted(later_text())
    if "1 = 1" in statement or "FROM advocacy_update" in statement:
        draft.targets.all().delete()
        statement = f"DELETE FROM advocacy_update WHERE id = {draft.pk}"
    run(statement.format(update=draft.pk))


def test_the_code_cannot_change_it_either(update: Update) -> None:
    update.title = "Another title"
    with pytest.raises(DatabaseError), transaction.atomic():
        update.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        updates.save(Update.objects.get(), [])
    target = Update.objects.get().targets.all()[0]
    target.email = "another@example.org"
    with pytest.raises(DatabaseError), transaction.atomic():
        target.save()


def everything(update: Update) -> list[object]:
    return [
        Update.objects.filter(pk=update.pk).values().get(),
        list(Target.objects.filter(update=update).order_by("pk").values()),
    ]


def run(statement: str) -> None:
    """Raw SQL, past all of our own code."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
