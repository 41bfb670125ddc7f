"""Tests of the earlier documents of a case: the page lists them, and a letter that names an old index is doubted."""

import pytest
from django.test import Client

from advocacy import drafts
from advocacy.models import Campaign, Update
from tests.advocacy import pages
from tests.advocacy.making import DEMO, PAGE, approved, drafted, gone_live, later_text

OLD, FIRST = "ASA 17/5905/2022", "ASA 17/4243/2021"


def published(number: int, index: str) -> Update:
    """A live update with an index of its own, which its letter names."""
    draft = drafted(later_text(number).replace(OLD, index))
    assert draft.index == index
    return gone_live(approved(draft))


def begun(**values: object) -> Update:
    """A draft of what comes next, begun from what is live."""
    draft = drafts.begin_from_live(Campaign.objects.select_related("live_update").get(), by="Ada")
    Update.objects.filter(pk=draft.pk).update(**values)
    return Update.objects.select_related("campaign__live_update").get(pk=draft.pk)


def asked_of(draft: Update) -> list[str]:
    return [one for one in drafts.doubts(draft) if one.startswith("The letter names")]


# --- the letter ------------------------------------------------------------------------------------------------------


def test_every_earlier_index_is_known(update: Update) -> None:
    published(2, "ASA 17/6312/2023")
    live = published(3, "ASA 17/7001/2024")
    letter = live.letter_text.replace("ASA 17/7001/2024", "ASA 17/8002/2025")
    for index, of in (("ASA 17/6312/2023", "Update 2"), (OLD, "Update 1"), ("ASA 17/7001/2024", "Update 3")):
        draft = begun(index="ASA 17/8002/2025", letter_text=letter.replace(FIRST, index))
        assert asked_of(draft) == [
            f"The letter names {index}, the index of {of}. Is that still the one it should name?"
        ]
        draft.delete()


def test_the_first_index_may_stand_beside_its_own_and_not_alone(update: Update) -> None:
    letter = update.letter_text.replace(OLD, "ASA 17/8002/2025")
    assert FIRST in letter
    assert asked_of(begun(index="ASA 17/8002/2025", letter_text=letter)) == []
    alone = letter.replace("ASA 17/8002/2025", "our report")
    assert asked_of(begun(index="ASA 17/8002/2025", letter_text=alone)) == [
        f"The letter names {FIRST}, the index of the first appeal. Is that still the one it should name?"
    ]


def test_a_longer_index_is_another_one(update: Update) -> None:
    letter = update.letter_text.replace(OLD, f"{OLD}/1 and ASA 17/8002/2025")
    assert asked_of(begun(index="ASA 17/8002/2025", letter_text=letter)) == []


def test_a_subject_that_names_one_is_asked_about_too(update: Update) -> None:
    letter = update.letter_text.replace(OLD, "ASA 17/8002/2025")
    draft = begun(index="ASA 17/8002/2025", letter_text=letter, letter_subjects=[f"On {OLD}"])
    assert len(asked_of(draft)) == 1


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def third(update: Update) -> Update:
    """Update 3, with two before it."""
    published(2, "ASA 17/6312/2023")
    return published(3, "ASA 17/7001/2024")


def history(client: Client) -> str:
    shown = client.get(PAGE).content.decode()
    assert pages.read(shown).faults == []
    return " ".join(pages.read(f"<html><title>x</title><h1>x</h1>{part(shown)}</html>").text.split())


def part(shown: str) -> str:
    return shown.split('id="history"')[1].split("<ul", 1)[1].split(">", 1)[1].split("</ul>", maxsplit=1)[0]


def test_the_page_lists_every_document_before_it_newest_first(client: Client, third: Update) -> None:
    told = history(client)
    places = [told.index(one) for one in ("Update 3", "Update 2", "Update 1", "First appeal")]
    assert places == sorted(places)
    assert "ASA 17/6312/2023" in told
    assert OLD in told
    assert told.count("First appeal") == 1


def test_a_corrected_document_stands_there_once_and_under_its_own_name(client: Client, update: Update) -> None:
    live = Campaign.objects.select_related("live_update").get()
    gone_live(approved(drafts.begin_from_live(live, by="Ada", offices=drafts.targets_of(update))))
    published(2, "ASA 17/6312/2023")
    told = history(client)
    assert (told.count("Update 1"), "corrected" in told) == (1, False)


def test_a_first_appeal_that_was_on_our_pages_stands_there_once(client: Client, db: None) -> None:
    first = drafted(DEMO.read_text(encoding="utf-8"))
    Update.objects.filter(pk=first.pk).update(number=0, original_index="", index=FIRST)
    gone_live(approved(Update.objects.get(pk=first.pk)))
    gone_live(approved(drafted(later_text(1))))
    told = history(client)
    assert (told.count("First appeal"), told.count(FIRST)) == (1, 1)


def test_what_was_gone_back_from_is_not_before_it(client: Client, third: Update) -> None:
    Campaign.objects.update(live_update=Update.objects.get(number=2))
    told = history(client)
    assert "Update 3" not in told
    assert "Update 1" in told
