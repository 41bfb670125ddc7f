"""Several campaigners begin at once: each gets a draft or a sentence, and none gets a failed page."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from advocacy import drafts
from advocacy.models import Update
from tests.advocacy.making import later_text

AT_ONCE = 8


def numbered_from_live(update: Update) -> int:
    try:
        return drafts.begin_from_live(update.campaign).number
    finally:
        connection.close()


def pasted(update: Update) -> str:
    try:
        drafts.begin(later_text(), update.campaign, over=False)
    except drafts.AlreadyDrafted:
        return "drafted already"
    finally:
        connection.close()
    return "drafted"


def test_each_who_starts_from_the_live_update_gets_a_number(committed: None, update: Update) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        numbers = list(pool.map(numbered_from_live, [update] * AT_ONCE))
    assert sorted(numbers) == list(range(2, 2 + AT_ONCE))


def test_of_those_who_paste_one_text_one_drafts_it(committed: None, update: Update) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(pasted, [update] * AT_ONCE))
    assert sorted(said) == ["drafted"] + ["drafted already"] * (AT_ONCE - 1)
