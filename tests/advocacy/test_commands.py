"""Tests of the commands: load_campaign, make_letters and welcome, and the words in which they refuse."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from advocacy import access, bulk, campaigns
from advocacy.models import Campaign, Letter, Supporter, Target, Update
from mailings.models import Content, Message, Recipient
from tests.advocacy.making import AMBASSADOR, DEMO, PRESIDENT, later_text

pytestmark = pytest.mark.django_db


def run(*words: str, **options: Any) -> str:
    """What a command printed."""
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def refusal(*words: str) -> str:
    """The words in which a command refuses."""
    with pytest.raises(CommandError) as raised:
        run(*words)
    return str(raised.value)


# --- load_campaign ----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "update.txt"


def test_a_file_becomes_a_draft(db: None) -> None:
    assert run("load_campaign", str(DEMO)) == (
        "UA 61/21, Update 1 is a draft. Nothing stands in the way of publishing it.\n"
    )
    assert (Campaign.objects.get().status, Update.objects.get().published) == ("draft", False)


def test_a_file_is_published_where_asked(db: None) -> None:
    assert run("load_campaign", str(DEMO), "--publish") == "UA 61/21, Update 1 is published: /ua-61-21/\n"
    update = Update.objects.get()
    assert (Campaign.objects.get().status, update.published_by) == ("open", "load_campaign")


@pytest.mark.parametrize("words", [(), ("--publish",)])
def test_loading_again_changes_nothing(words: tuple[str, ...]) -> None:
    run("load_campaign", str(DEMO), *words)
    before = Update.objects.values_list("pk", "campaign", "source_text", "published_at").get()
    said = run("load_campaign", str(DEMO), *words)
    assert Update.objects.values_list("pk", "campaign", "source_text", "published_at").get() == before
    assert Campaign.objects.count() == 1
    assert Target.objects.count() == 2
    assert ("published" in said) == bool(words)


def test_a_draft_says_what_it_lacks(file: Path) -> None:
    file.write_text(DEMO.read_text().replace("{asks}", ""))
    assert "UA 61/21, Update 1 is a draft. The letter lacks {points}" in run("load_campaign", str(file))
    assert "The letter lacks {points}: what the letter asks for, numbered, as the supporter chose it." in refusal(
        "load_campaign", str(file), "--publish"
    )
    assert not Update.objects.get().published


def test_windows_line_ends_and_a_mark_at_the_front_are_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + DEMO.read_bytes().replace(b"\n", b"\r\n"))
    assert "is published" in run("load_campaign", str(file), "--publish")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No reference was found. The first line must name it, like: UA 61/21, Update 1"),
        (b"Only words.", "No reference was found."),
        ("UA 1/26\nÜber".encode("utf-16"), "is not UTF-8 text. Save it as plain text in UTF-8."),
        (b"UA 1/26\n\x00", "This holds control characters that cannot be sent."),
        (b"\x89PNG\r\n\x1a\n", "is not UTF-8 text."),
    ],
)
def test_a_file_that_is_no_action_is_refused_in_words(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    assert said in refusal("load_campaign", str(file))
    assert not Campaign.objects.exists()


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.txt"
    assert refusal("load_campaign", str(missing)) == f"{missing} cannot be read: No such file or directory"
    assert refusal("load_campaign", str(tmp_path)) == f"{tmp_path} cannot be read: Is a directory"


def test_another_text_under_a_published_number_is_refused(file: Path, update: Update) -> None:
    file.write_text(DEMO.read_text().replace("Forty-eight", "Fifty"))
    for words in ((), ("--publish",)):
        assert refusal("load_campaign", str(file), *words) == (
            "UA 61/21, Update 1 is published already with another text, and a published text never changes."
        )


def test_the_next_update_takes_its_place(file: Path, update: Update) -> None:
    file.write_text(later_text())
    assert "UA 61/21, Update 2 is published" in run("load_campaign", str(file), "--publish")
    live = Campaign.objects.get().live_update
    assert live is not None
    assert live.number == 2


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("Missing and arbitrarily detained in Xinjiang", "The text: the title was read as 300 characters; 200 fit."),
        ("Xi Jinping\nZhongnanhai", "the name was read as 310 characters; 120 fit."),
        (
            "{reference}: please let 120 people in Xinjiang go home",
            "The text: the letter subject was read as 300 characters; 120 fit.",
        ),
    ],
)
def test_what_is_too_long_is_refused_in_words(file: Path, old: str, said: str) -> None:
    file.write_text(DEMO.read_text().replace(old, f"Xi Jinping{'x' * 300}\nZhong" if "Jinping" in old else "x" * 300))
    assert said in refusal("load_campaign", str(file), "--publish")
    assert not Campaign.objects.exists()


# --- make_letters -----------------------------------------------------------------------------------------------------


def test_many_different_letters_are_confirmed_and_in_line(update: Update) -> None:
    assert run("make_letters", "37", "--campaign", "ua-61-21") == "37 letters are confirmed and in line.\n"
    assert Letter.objects.exclude(confirmed_at=None).count() == Supporter.objects.count() == 37
    assert set(Message.objects.values_list("kind", "status", "mode", "stream")) == {
        ("letter", "queued", "sandbox", "ua-61-21/1")
    }
    assert len(set(Content.objects.values_list("text", flat=True))) == 37
    assert set(Recipient.objects.values_list("role", "address")) == {("to", PRESIDENT), ("cc", AMBASSADOR)}
    # Invented people live at example.org, where nobody is.
    assert {email.rpartition("@")[2] for email in Supporter.objects.values_list("email", flat=True)} == {"example.org"}


def test_a_second_run_makes_more(update: Update, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 4)
    for _ in range(2):
        run("make_letters", "10", "--campaign", "ua-61-21")
    assert Message.objects.filter(status="queued").count() == 20
    assert len(set(Content.objects.values_list("text", flat=True))) == 20


@pytest.mark.parametrize("count", ["0", "-3", "5000001"])
def test_a_number_out_of_range_is_refused(update: Update, count: str) -> None:
    with pytest.raises(CommandError, match="Give a number of letters from 1 to 5,000,000"):
        call_command("make_letters", "--campaign", "ua-61-21", "--", count)
    assert not Message.objects.exists()


def test_a_campaign_that_is_not_open_gets_none(update: Update) -> None:
    assert refusal("make_letters", "1", "--campaign", "x") == "There is no open campaign with the slug x."
    campaigns.pause(update.campaign, by="Ada", reason="")
    assert refusal("make_letters", "1", "--campaign", "ua-61-21") == "There is no open campaign with the slug ua-61-21."


@pytest.mark.parametrize("mode", ["test", "live"])
@pytest.mark.parametrize("url", ["", "https://api.example.com/", "http://127.0.0.1.example.com/"])
def test_invented_letters_never_reach_a_real_office(update: Update, settings: Settings, mode: str, url: str) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_API_URL = mode, "postmark", url
    assert refusal("make_letters", "3", "--campaign", "ua-61-21") == (
        "Invented letters may not reach a real office: the mail provider is not on this machine."
    )
    assert not Message.objects.exists()
    assert not Letter.objects.exists()


def test_a_provider_on_this_machine_may_have_them(update: Update, settings: Settings) -> None:
    settings.MAIL_MODE, settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_API_URL = (
        "live",
        "postmark",
        "http://127.0.0.1:9/",
    )
    run("make_letters", "2", "--campaign", "ua-61-21")
    assert set(Message.objects.values_list("mode", "status")) == {("live", "queued")}


# --- welcome ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def var(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for what an installation keeps."""
    settings.VAR_DIR = tmp_path
    return tmp_path


def password_in(said: str) -> str:
    (line,) = (line for line in said.splitlines() if "Login" in line)
    return line.split()[-1]


def test_the_first_welcome_creates_staff_and_says_where_everything_is(var: Path, update: Update) -> None:
    said = run("welcome")
    for words in ("http://127.0.0.1:8000/ua-61-21/", "http://127.0.0.1:8000/sandbox/", "http://127.0.0.1:8000/desk/"):
        assert words in said
    user = authenticate(username="staff", password=password_in(said))
    assert user is not None
    assert user.is_staff


def test_the_password_is_kept_for_its_owner_alone(var: Path) -> None:
    password = password_in(run("welcome"))
    file = var / "desk-password.txt"
    assert file.read_text() == password + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(password) >= 16


def test_every_later_welcome_says_the_same(var: Path) -> None:
    first, second = run("welcome"), run("welcome")
    assert first == second
    assert set(get_user_model().objects.values_list("username", flat=True)) == {"staff", "approver"}


def test_a_second_person_is_there_to_approve(var: Path, update: Update) -> None:
    (line,) = (line for line in run("welcome").splitlines() if "To approve" in line)
    user = authenticate(username="approver", password=line.split()[-1])
    assert user is not None
    assert access.desk_of(user) == access.Desk(frozenset({access.Role.APPROVER}), frozenset({"ua-61-21"}))


def test_a_new_password_takes_the_place_of_the_old_one(var: Path) -> None:
    old = password_in(run("welcome"))
    new = password_in(run("welcome", "--new-password"))
    assert old != new
    assert authenticate(username="staff", password=old) is None
    assert authenticate(username="staff", password=new) is not None
    assert password_in(run("welcome")) == new
    assert stat.S_IMODE((var / "desk-password.txt").stat().st_mode) == 0o600


def test_outside_of_the_sandbox_the_password_is_shown_once_and_kept_nowhere(var: Path, settings: Settings) -> None:
    settings.MAIL_MODE = "live"
    said = run("welcome")
    assert authenticate(username="staff", password=password_in(said)) is not None
    assert list(var.iterdir()) == []
    assert "/sandbox/" not in said
    assert list(get_user_model().objects.values_list("username", flat=True)) == ["staff"]
    assert "set before; manage.py welcome --new-password makes a new one" in run("welcome")


def test_without_a_campaign_the_home_page_is_named(var: Path) -> None:
    assert "Campaign page    http://127.0.0.1:8000/\n" in run("welcome")
