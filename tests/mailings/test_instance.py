"""Tests of mailings.instance: which database may send from this machine, and what a person's confirmation does."""

import logging
import os
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core import checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from mailings import instance, tasks
from mailings.instance import ERA, CannotJoinError, NothingToConfirmError, confirm, join, keep, stranger
from mailings.models import Instance, Message
from mailings.models.message import HeldFor, Status
from tests.mailings.making import drained, post, put, status_of
from tests.provider import Provider

pytestmark = pytest.mark.django_db

ANOTHER = uuid.UUID("0123456789abcdef0123456789abcdef")


@pytest.fixture(autouse=True)
def _live(settings: Settings, tmp_path: Path) -> None:
    """Live mode on a machine with a folder of its own."""
    settings.MAIL_MODE = "live"
    settings.VAR_DIR = tmp_path / "var"


def row() -> Instance:
    return Instance.objects.get()


def file() -> Path:
    return instance._path()


def remembered() -> tuple[uuid.UUID, int]:
    memory = instance._remembered()
    assert memory is not None
    return memory.uid, memory.generation


def at_home() -> Instance:
    """A database that this machine has sent from for a while."""
    assert stranger() == ""
    Instance.objects.update(generation=500)
    keep()
    return row()


def another_machine(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "another"


# --- the usual ways of life -------------------------------------------------------------------------------------------


def test_a_new_database_is_this_machine_s_own_before_the_first_letter_leaves() -> None:
    assert stranger() == ""
    assert row().generation == 1
    assert remembered() == (row().uid, 0)
    assert stranger() == ""


def test_each_minute_is_remembered() -> None:
    before = at_home().generation
    keep()
    keep()
    assert row().generation == before + 2
    assert remembered() == (row().uid, before + 2)
    assert [path.name for path in file().parent.iterdir()] == ["instance"]  # no draft is left


def test_the_sweep_keeps_in_every_mode(settings: Settings) -> None:
    settings.MAIL_MODE = "sandbox"
    tasks.sweep()
    tasks.sweep()
    assert remembered() == (row().uid, row().generation)
    assert row().generation >= 2
    settings.MAIL_MODE = "live"
    assert stranger() == ""


def test_a_host_that_is_behind_the_others_is_no_stranger() -> None:
    at_home()
    Instance.objects.update(generation=10_000)
    assert stranger() == ""


def test_several_hosts_share_one_id(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_ID = at_home().uid
    another_machine(settings, tmp_path)
    assert stranger() == ""
    keep()
    assert remembered() == (row().uid, row().generation)


def test_a_machine_that_cannot_write_goes_on_under_its_id(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(handle: int) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "fsync", refused)
    assert "Let this user write there, or set INSTANCE_ID." in stranger()
    settings.INSTANCE_ID = row().uid
    with caplog.at_level(logging.WARNING):
        assert stranger() == ""
        keep()
    assert "cannot remember how far" in caplog.text
    assert "could not be remembered" in caplog.text


def test_a_row_that_is_missing_is_made_again_and_there_is_only_one(settings: Settings) -> None:
    settings.INSTANCE_ID = ANOTHER
    Instance.objects.all().delete()
    instance.ensure()
    instance.ensure()
    assert row().uid == ANOTHER
    Instance.objects.all().delete()
    assert stranger() == ""
    with pytest.raises(IntegrityError):
        Instance.objects.create(pk=2)


def test_migrating_back_to_before_there_was_one_is_no_fault() -> None:
    instance.ensure(apps=Apps())


# --- strangers --------------------------------------------------------------------------------------------------------


def copied_to_another_machine(settings: Settings, tmp_path: Path) -> None:
    another_machine(settings, tmp_path)


def copied_to_a_machine_with_its_own(settings: Settings, tmp_path: Path) -> None:
    Instance.objects.update(uid=ANOTHER)


def copied_to_another_environment(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_ID = ANOTHER


def copied_with_its_folder(settings: Settings, tmp_path: Path) -> None:
    whole = tmp_path / "copied"
    file().parent.rename(whole)
    settings.VAR_DIR = whole


def copied_with_its_folder_and_environment(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_ID = row().uid
    copied_with_its_folder(settings, tmp_path)


def cloned_with_another_machine_id(settings: Settings, tmp_path: Path) -> None:
    instance.MACHINE_ID.write_text("another\n")


def restored(settings: Settings, tmp_path: Path) -> None:
    Instance.objects.update(generation=499)


def restored_under_an_id(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_ID = row().uid
    restored(settings, tmp_path)


def restored_from_the_first_day(settings: Settings, tmp_path: Path) -> None:
    Instance.objects.update(generation=0)


def left_a_file_that_nobody_can_read(settings: Settings, tmp_path: Path) -> None:
    file().write_bytes(b"\xff\xfe nonsense")


Happens = Callable[[Settings, Path], None]
HAPPENINGS: list[tuple[Happens, str]] = [
    (copied_to_another_machine, "Letters left from this database elsewhere"),
    (copied_to_a_machine_with_its_own, "This machine sends from another database"),
    (copied_to_another_environment, "INSTANCE_ID names another database"),
    (copied_with_its_folder, "was written in another place"),
    (copied_with_its_folder_and_environment, "was written in another place"),
    (cloned_with_another_machine_id, "was written in another place"),
    (restored, "it was restored from a backup"),
    (restored_under_an_id, "it was restored from a backup"),
    (restored_from_the_first_day, "it was restored from a backup"),
    (left_a_file_that_nobody_can_read, "cannot be read"),
]
each_happening = pytest.mark.parametrize(("happens", "words"), HAPPENINGS, ids=[one[0].__name__ for one in HAPPENINGS])


@pytest.fixture
def _machine_id(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "machine-id"
    path.write_text("this\n")
    monkeypatch.setattr(instance, "MACHINE_ID", path)


@pytest.mark.usefixtures("_machine_id")
@each_happening
def test_a_stranger_sends_nothing_and_says_why(
    settings: Settings,
    tmp_path: Path,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    happens: Happens,
    words: str,
) -> None:
    at_home()
    waiting, own = post(), post("confirmation")
    happens(settings, tmp_path)
    before = row().generation
    for mode in ("live", "test"):
        settings.MAIL_MODE = mode
        with caplog.at_level(logging.ERROR):
            assert drained() == 0
        assert words in stranger()
        assert words in instance.reason_to_pause()
        assert words in caplog.text
    assert (status_of(waiting), status_of(own), provider.requests) == ("queued", "queued", 0)
    keep()
    assert row().generation == before  # it does not catch up by waiting
    assert words in stranger()
    settings.MAIL_MODE = "sandbox"
    assert stranger() == instance.reason_to_pause() == ""
    keep()
    settings.MAIL_MODE = "live"
    assert words in stranger()  # nor by some time in the sandbox


@pytest.mark.usefixtures("_machine_id")
@each_happening
def test_a_person_s_word_makes_it_the_one_that_sends(
    settings: Settings, tmp_path: Path, provider: Provider, happens: Happens, words: str
) -> None:
    at_home()
    waiting = post()
    happens(settings, tmp_path)
    earlier = row().uid
    assert confirm(by="Ada", note="The other one was switched off.") == 1
    assert stranger() == ""
    assert (row().uid == earlier) is (earlier == settings.INSTANCE_ID)
    assert remembered() == (row().uid, row().generation)
    fresh = post()
    assert drained() == 1
    assert (status_of(waiting), status_of(fresh)) == ("in_doubt", "sent")
    assert [mail.metadata["m"] for mail in provider.mails] == [fresh.uid.hex]


def test_the_database_itself_remembers_no_machine_that_only_looks(settings: Settings, tmp_path: Path) -> None:
    assert instance.reason_to_pause() == ""
    assert not file().exists()
    assert row().generation == 0


def test_after_a_confirmation_an_older_backup_is_a_stranger_again(settings: Settings) -> None:
    settings.INSTANCE_ID = at_home().uid
    Instance.objects.update(generation=10)
    confirm(by="Ada", note="Restored")
    assert row().generation == 501 + ERA
    Instance.objects.update(generation=501 + 60)
    assert "restored from a backup" in stranger()


def test_hosts_that_remember_more_go_on_after_a_confirmation_under_one_id(settings: Settings, tmp_path: Path) -> None:
    settings.INSTANCE_ID = at_home().uid
    another_machine(settings, tmp_path)
    Instance.objects.update(generation=503)
    keep()
    first, settings.VAR_DIR = settings.VAR_DIR, tmp_path / "var"
    Instance.objects.update(generation=100)
    assert stranger()
    confirm(by="Ada", note="Restored")
    settings.VAR_DIR = first
    assert stranger() == ""


# --- what a confirmation puts in doubt --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "columns", "left_as"),
    [
        (Status.QUEUED, {}, "in_doubt"),
        (Status.SENDING, {}, "in_doubt"),
        (Status.IN_DOUBT, {"noes": 1}, "in_doubt"),
        (Status.HELD, {"held_for": HeldFor.PAUSE}, "in_doubt"),
        (Status.HELD, {"held_for": HeldFor.ADDRESS}, "in_doubt"),
        (Status.HELD, {"held_for": HeldFor.CONFIRMATION}, "held"),
        (Status.SENT, {}, "sent"),
        (Status.FAILED, {}, "failed"),
        (Status.CANCELLED, {}, "cancelled"),
        (Status.QUEUED, {"mode": "test"}, "in_doubt"),
        (Status.QUEUED, {"mode": "sandbox"}, "queued"),
        (Status.QUEUED, {"kind": "confirmation"}, "queued"),
    ],
    ids=str,
)
def test_what_may_have_left_from_the_other_one_waits_for_a_person(
    status: Status, columns: dict[str, Any], left_as: str
) -> None:
    at_home()
    began = timezone.now()
    message = put(post(), status, claimed_at=began, doubted_at=began, **columns)
    Instance.objects.update(uid=ANOTHER)
    confirm(by="Ada", note="The other one was switched off.")
    message.refresh_from_db()
    assert message.status == left_as
    if left_as == "in_doubt":
        assert message.doubted_at not in {None, message.claimed_at}  # so that no repeat and no "no" sends it again
        assert (message.noes, message.looked_at, message.lease) == (0, None, None)
        step = message.steps.get()
        assert step.by == "Ada"
        assert step.note == (
            "This database was confirmed as the one that sends. The letter may have left from the other one. "
            "The other one was switched off."
        )


def test_the_carrier_is_noted_where_none_was_known(provider: Provider) -> None:
    at_home()
    fresh, tried = post(), put(post(), Status.QUEUED, provider="mailgun")
    Instance.objects.update(uid=ANOTHER)
    confirm(by="Ada", note="Restored")
    assert [Message.objects.get(pk=one.pk).provider for one in (fresh, tried)] == ["postmark", "mailgun"]


def test_many_are_put_in_doubt_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "BATCH", 2)
    at_home()
    messages = [post() for _ in range(5)]
    Instance.objects.update(uid=ANOTHER)
    assert instance.letters_in_question() == 5
    assert confirm(by="Ada", note="Restored") == 5
    assert {status_of(message) for message in messages} == {"in_doubt"}


def test_where_nothing_is_wrong_nothing_is_confirmed() -> None:
    at_home()
    message = post()
    with pytest.raises(NothingToConfirmError):
        confirm(by="Ada", note="To be sure")
    assert status_of(message) == "queued"


@pytest.mark.parametrize("killed_at", ["_put_in_doubt", "_remember"])
def test_killed_in_the_middle_of_a_confirmation_it_is_still_a_stranger(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, killed_at: str
) -> None:
    at_home()
    message = post()
    Instance.objects.update(uid=ANOTHER)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(instance, killed_at, killed)
        with pytest.raises(KeyboardInterrupt):
            confirm(by="Ada", note="Restored")
    assert stranger()
    assert drained() == 0
    confirm(by="Ada", note="Restored")
    assert stranger() == ""
    assert (drained(), status_of(message)) == (0, "in_doubt")


def test_killed_between_file_and_database_a_new_one_is_no_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    instance._remember(row())
    assert row().generation == 0
    assert stranger() == ""
    assert row().generation == 1


def test_a_file_that_could_not_be_finished_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    at_home()
    before = file().read_text()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        keep()
    assert file().read_text() == before
    assert [path.name for path in file().parent.iterdir()] == ["instance"]
    assert stranger() == ""


# --- one more host ----------------------------------------------------------------------------------------------------


def test_one_more_host_joins_and_nothing_is_put_in_doubt(settings: Settings, tmp_path: Path) -> None:
    home = at_home()
    message = post()
    another_machine(settings, tmp_path)
    assert stranger()
    join()
    assert stranger() == ""
    assert (row().uid, status_of(message)) == (home.uid, "queued")


def test_a_folder_that_was_moved_joins(settings: Settings, tmp_path: Path) -> None:
    at_home()
    copied_with_its_folder(settings, tmp_path)
    join()
    assert stranger() == ""


def test_no_host_can_vouch_for_a_restored_backup_by_joining(settings: Settings, tmp_path: Path) -> None:
    at_home()
    restored(settings, tmp_path)
    with pytest.raises(CannotJoinError, match="restored from a backup"):
        join()
    copied_with_its_folder(settings, tmp_path)
    with pytest.raises(CannotJoinError, match="restored from a backup"):
        join()
    assert stranger()


def test_a_host_with_another_id_cannot_join(settings: Settings) -> None:
    uid = at_home().uid
    settings.INSTANCE_ID = ANOTHER
    with pytest.raises(CannotJoinError, match=f"Set it to {uid}"):
        join()


# --- the command, the checks, the health page -------------------------------------------------------------------------


def said(*words: str) -> str:
    out = StringIO()
    call_command("confirm_instance", *words, stdout=out)
    return out.getvalue().strip()


def test_the_command_confirms_joins_and_shows(settings: Settings, tmp_path: Path) -> None:
    assert said("--show") == str(at_home().uid)
    message = post()
    another_machine(settings, tmp_path)
    assert said("--join") == "This machine works for this database from now on."
    Instance.objects.update(uid=ANOTHER)
    assert said("--why", "Restored") == (
        "This database is the one that sends. Letters in doubt until somebody decides: 1"
    )
    step = message.steps.get()
    assert (step.by, step.note.endswith("Restored")) == ("manage.py", True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--why", "x"], "There is nothing to confirm"),
        (["--why", " "], "Say why in a few words"),
        ([], "one of the arguments --why --join --show is required"),
    ],
)
def test_the_command_refuses_in_words(given: list[str], words: str) -> None:
    at_home()
    with pytest.raises(CommandError, match=words):
        said(*given)


def test_the_command_says_where_it_cannot_join_or_remember(settings: Settings, tmp_path: Path) -> None:
    at_home()
    restored(settings, tmp_path)
    with pytest.raises(CommandError, match="Confirm it without --join"):
        said("--join")
    file().unlink()
    file().mkdir()
    with pytest.raises(CommandError, match="This machine cannot remember it"):
        said("--why", "Restored")
    assert "cannot be read" in stranger()


def test_migrate_and_check_say_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home()
    assert instance.check_instance(databases=["default"]) == []
    another_machine(settings, tmp_path)
    (warning,) = instance.check_instance(databases=["default"])
    assert warning.id == "appeal.W140"
    assert str(warning.msg).startswith("Nothing is sent. Letters left from this database elsewhere")
    assert instance.check_instance() == []
    assert warning in checks.run_checks(tags=[checks.Tags.database], databases=["default"])

    def no_table() -> str:
        raise DatabaseError

    monkeypatch.setattr(instance, "reason_to_pause", no_table)
    assert instance.check_instance(databases=["default"]) == []


def test_the_health_page_is_red_and_shows_no_path(client: Client, settings: Settings, tmp_path: Path) -> None:
    at_home()
    settings.MAIL_MODE = "sandbox"
    tasks.sweep()
    settings.MAIL_MODE = "live"
    body = client.get("/healthz").json()
    assert (body["ok"], body["instance"]) == (True, {"confirmed": True, "why": ""})
    copied_with_its_folder(settings, tmp_path)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["instance"] == {
        "confirmed": False,
        "why": "This database may be a copy. Nothing is sent until a person confirms it at the desk.",
    }
    assert str(tmp_path) not in answer.text
    assert connection.is_usable()
