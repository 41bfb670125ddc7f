"""Tests of config.run: the words when it cannot start, and what the processes are given."""

import socket
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from config import run

pytestmark = pytest.mark.once


def test_port_is_free_and_taken() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not run.port_is_free(port)
    assert run.port_is_free(port)


def test_a_taken_port_is_said_in_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "port_is_free", lambda port: False)
    settings.PORT = 8123
    assert run.main() == 1
    assert "Port 8123 is taken by another program" in capfd.readouterr().err


def test_a_step_that_fails_is_said_in_words(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise CommandError("The demo campaign is not there.")

    monkeypatch.setattr(run, "port_is_free", lambda port: True)
    monkeypatch.setattr(run, "prepare", fail)
    assert run.main() == 1
    assert capfd.readouterr().err == "Not started. The demo campaign is not there.\n"


@pytest.mark.parametrize(("mode", "loaded"), [("sandbox", True), ("test", True), ("live", False)])
def test_the_demo_never_goes_live(settings: Settings, monkeypatch: pytest.MonkeyPatch, mode: str, loaded: bool) -> None:
    called: list[str] = []
    monkeypatch.setattr(run, "call_command", lambda name, *words, **options: called.append(name))
    settings.MAIL_MODE = mode
    run.prepare()
    assert ("load_campaign" in called) is loaded
    assert called[0] == "check"
    assert called[-1] == "welcome"


def test_programs_of_this_python_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    assert run.child_environment()["PATH"] == f"{Path(sys.executable).parent}:/usr/bin"
