"""Tests of who may approve a draft: nobody who wrote any of it, however it was saved since."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from pytest_django import Settings

from advocacy import approvals, drafts, publishing, translating, translations, updates
from advocacy.approvals import NotApproved
from advocacy.models import Act, Update
from tests.advocacy.making import at_the_desk, drafted, later_text

SHOWN = approvals.digest_of
MIGRATIONS = Path(drafts.__file__).parent / "migrations"


@pytest.fixture
def draft(update: Update) -> Update:
    """A draft of Update 2, begun by Ada from the live one."""
    return drafts.begin_from_live(update.campaign, by="Ada")


def saved(draft: Update, by: str, **values: Any) -> Update:
    draft.refresh_from_db()
    drafts.keep(draft, drafts.stamp(draft), values, drafts.targets_of(draft), by=by)
    return Update.objects.get(pk=draft.pk)


def asked(draft: Update, by: str) -> Update:
    draft = Update.objects.get(pk=draft.pk)
    publishing.ask(draft, SHOWN(draft), by=by)
    return draft


def refused(draft: Update, by: str) -> str:
    """Why somebody may not approve a draft; "" where he or she did."""
    current = Update.objects.get(pk=draft.pk)
    try:
        approvals.approve(current, SHOWN(current), by=by)
    except NotApproved as fault:
        return str(fault)
    return ""


def test_a_save_that_changes_nothing_frees_nobody(draft: Update) -> None:
    saved(draft, "Bea", facts="Bea's own facts.")
    asked(draft, "Cleo")
    current = saved(draft, "Ada", facts="Bea's own facts.")
    assert (current.edited_by, current.written_by) == ("Bea", ["Bea"])
    assert Act.objects.filter(what="edited").count() == 1
    assert refused(current, "Bea") == "You wrote a part of it, so somebody else must approve it."
    assert refused(current, "Ada") == ""


def test_a_dot_by_somebody_else_frees_nobody(draft: Update) -> None:
    saved(draft, "Bea", facts="Bea's own facts.")
    current = saved(draft, "Ada", additional_information=f"{draft.additional_information}.")
    asked(current, "Ada")
    assert current.written_by == ["Bea", "Ada"]
    assert "You wrote a part of it" in refused(current, "Bea")
    assert "You asked for it" in refused(current, "Ada")
    assert refused(current, "Cleo") == ""


def test_whoever_began_it_from_words_that_are_live_wrote_nothing(draft: Update) -> None:
    assert draft.written_by == []
    asked(saved(draft, "Bea", title="Another title"), "Bea")
    assert refused(draft, "Ada") == ""


def test_whoever_pasted_it_wrote_all_of_it(update: Update) -> None:
    draft = drafted(later_text())
    assert draft.written_by == ["Ada"]
    asked(saved(draft, "Bea", title="Another title"), "Cleo")
    assert "You wrote a part of it" in refused(draft, "Ada")


def test_whoever_throws_a_translation_away_changed_the_draft_too(update: Update) -> None:
    draft = drafted(later_text())
    pairs = list(translations.begun(draft, "fr").pairs)
    translating.keep(draft, "fr", "", pairs, by="Zoe")
    row = translating.find(draft, "fr")
    translating.discard(draft, "fr", translating.stamp(row), by="Dora")
    assert Update.objects.get(pk=draft.pk).written_by[-1] == "Dora"


def test_a_draft_that_was_thrown_away_and_begun_anew_has_other_writers(update: Update) -> None:
    """The way out where everybody at a small desk has written some of it."""
    first = saved(drafted(later_text()), "Bea", title="Another title")
    drafts.discard(first, drafts.stamp(first), by="Bea")
    again = drafted(later_text())
    assert again.written_by == ["Ada"]
    asked(again, "Ada")
    assert refused(again, "Bea") == ""


def test_where_one_person_is_enough_whoever_wrote_it_may_approve_and_it_says_alone(
    draft: Update, settings: Settings
) -> None:
    settings.APPROVAL = "one"
    saved(draft, "Bea", title="Another title")
    asked(draft, "Ada")
    assert refused(draft, "Bea") == ""
    assert approvals.last_for(draft).alone is True  # type: ignore[union-attr]  # There is one.


def test_the_page_says_so_and_offers_no_button(client: Client, draft: Update) -> None:
    saved(draft, "amara", title="Another title")
    asked(saved(draft, "Ada", title="A third title"), "Ada")
    client.force_login(at_the_desk("amara"))
    shown = client.get(f"/desk/updates/{draft.pk}/preview/").content.decode()
    assert "You wrote a part of it, so somebody else must approve it." in shown
    assert 'value="approve"' not in shown


def test_the_names_are_known_for_drafts_from_before(draft: Update, update: Update) -> None:
    saved(draft, "Bea", title="Another title")
    saved(draft, "Ada", title="A third title")
    Update.objects.filter(pk=draft.pk).update(written_by=[])
    name = next(MIGRATIONS.glob("*_written_by.py")).stem
    import_module(f"advocacy.migrations.{name}").those_that_are_known(apps, None)
    assert set(Update.objects.get(pk=draft.pk).written_by) == {"Ada", "Bea"}
    assert Update.objects.get(pk=update.pk).written_by == []


def test_nothing_stored_in_between_is_forgotten(draft: Update) -> None:
    """Somebody who looked at an older state writes over no name."""
    stale = Update.objects.get(pk=draft.pk)
    saved(draft, "Bea", title="Another title")
    updates.save(stale, drafts.targets_of(stale), by="Cleo")
    assert Update.objects.get(pk=draft.pk).written_by == ["Bea", "Cleo"]
