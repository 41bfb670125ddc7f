"""Tests of the sandbox: the provider that sends nothing, its mailbox, and its reports through the real signal."""

from email import message_from_bytes, policy

import pytest
from django.test import Client
from pytest_django import Settings

from mailings import tasks
from mailings.compose import Address
from mailings.models import Event, Message, SandboxMail, Suppression
from mailings.sandbox import backend
from tests.mailings.making import AMBASSADOR, PRESIDENT, mail, post, said_of, status_of

# The sandbox keeps mails in the database, and workers hand them over in threads of their own.
pytestmark = pytest.mark.django_db(transaction=True)

KEYS = {"id", "kind", "mode", "from", "to", "cc", "reply_to", "subject", "text", "html", "headers", "status"}


@pytest.fixture(autouse=True)
def _the_sandbox(settings: Settings) -> None:
    """Let mail go where it goes in the sandbox: for tests Django puts a mailbox of its own in the place of all."""
    settings.EMAIL_BACKEND = "mailings.sandbox.backend.EmailBackend"


def test_a_letter_lands_in_the_mailbox_as_it_would_have_left() -> None:
    message = post()
    assert tasks.drain() == 1
    kept = SandboxMail.objects.get()
    raw = message_from_bytes(bytes(kept.raw), policy=policy.default)
    assert str(raw["Message-ID"]) == f"<{message.uid.hex}@letters.example.org>"
    assert bytes(kept.raw).isascii()


def test_it_reports_delivered_and_for_dead_addresses_bounced() -> None:
    message = post(cc=(Address("embassy@bounce.example.org", "Embassy"),))
    tasks.drain()
    assert status_of(message) == "sent"
    assert said_of(message) == {PRESIDENT.email: "delivered", "embassy@bounce.example.org": "bounced"}
    assert set(Event.objects.values_list("provider", "type")) == {("Sandbox", "delivered"), ("Sandbox", "bounced")}
    tasks.drain()
    assert Event.objects.count() == 2


def test_a_supporter_whose_mailbox_is_dead_is_suppressed_in_the_sandbox_only() -> None:
    post("confirmation", to=(Address("lea@bounce.example.org"),))
    tasks.drain()
    assert Suppression.objects.get().mode == "sandbox"


def test_messages_json_tells_everything_newest_first(client: Client) -> None:
    letter = post()
    tasks.drain()
    notice = post("copy", cc=(), reply_to="hello@letters.example.org")
    tasks.drain()
    answer = client.get("/sandbox/messages.json")
    assert answer["Content-Type"] == "application/json"
    found = answer.json()
    assert [item["kind"] for item in found] == ["copy", "letter"]
    by_kind = {item["kind"]: item for item in found}
    told = by_kind["letter"]
    assert set(told) >= KEYS
    assert told["mode"] == "sandbox"
    assert told["status"] == "sent"
    assert told["from"] == "Léa Tremblay <ua-61-21@letters.example.org>"
    assert (told["to"], told["cc"]) == ([PRESIDENT.email], [AMBASSADOR.email])
    assert told["reply_to"] == ["answers@letters.example.org"]
    assert (told["subject"], told["text"].strip(), told["html"].strip()) == (mail().subject, mail().text, mail().html)
    assert told["headers"]["Message-ID"] == f"<{letter.uid.hex}@letters.example.org>"
    assert "Auto-Submitted" not in told["headers"]
    assert by_kind["copy"]["headers"]["Auto-Submitted"] == "auto-generated"
    assert by_kind["copy"]["cc"] == []
    assert Message.objects.get(pk=notice.pk).provider_message_id == by_kind["copy"]["id"]


@pytest.mark.parametrize("view", ["", "text", "html", "headers", "raw", "nonsense"])
def test_the_mailbox_shows_a_mail_as_a_mail_program_does(client: Client, view: str) -> None:
    post()
    tasks.drain()
    provider_id = SandboxMail.objects.get().provider_id
    for address in ("/sandbox/", f"/sandbox/{provider_id}/"):
        answer = client.get(address, {"view": view} if view else {})
        assert answer.status_code == 200
        assert mail().subject in answer.content.decode()


def test_the_html_of_a_mail_is_locked_in(client: Client) -> None:
    post(html="<p>Hello</p><script>alert(1)</script>")
    tasks.drain()
    answer = client.get(f"/sandbox/{SandboxMail.objects.get().provider_id}/frame/")
    policy_ = answer["Content-Security-Policy"]
    assert "sandbox" in policy_
    assert "script-src 'none'" in policy_
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_another_answer_can_be_pretended(client: Client) -> None:
    message = post()
    tasks.drain()
    address = f"/sandbox/{SandboxMail.objects.get().provider_id}/pretend/"
    assert client.post(address, {"recipient": AMBASSADOR.email, "say": "bounced"}).status_code == 302
    assert said_of(message)[AMBASSADOR.email] == "bounced"
    for wrong in (
        {"recipient": "a@example.net", "say": "bounced"},
        {"recipient": PRESIDENT.email, "say": "opened"},
        {},
    ):
        assert client.post(address, wrong).status_code == 302
    assert said_of(message)[PRESIDENT.email] == "delivered"
    assert client.get(address).status_code == 405


def test_a_mailbox_can_be_emptied_and_the_outbox_remembers(client: Client) -> None:
    message = post()
    tasks.drain()
    client.post("/sandbox/empty/")
    assert not SandboxMail.objects.exists()
    assert status_of(message) == "sent"
    assert client.get("/sandbox/").status_code == 200
    assert client.get("/sandbox/messages.json").json() == []


@pytest.mark.parametrize("mode", ["test", "live"])
def test_there_is_no_mailbox_in_any_other_mode(client: Client, settings: Settings, mode: str) -> None:
    post()
    tasks.drain()
    provider_id = SandboxMail.objects.get().provider_id
    settings.MAIL_MODE = mode
    for address in ("", "messages.json", f"{provider_id}/", f"{provider_id}/frame/"):
        assert client.get(f"/sandbox/{address}").status_code == 404, address
    for address in ("empty/", f"{provider_id}/pretend/"):
        assert client.post(f"/sandbox/{address}").status_code == 404, address
    assert SandboxMail.objects.exists()


def test_the_oldest_mails_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "MOST_MAILS", 3)
    for _ in range(5):
        post()
    tasks.drain()
    assert SandboxMail.objects.count() == 3
