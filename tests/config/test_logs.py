"""Tests of config.logs: what a line keeps, and what is struck out of it."""

import logging
import sys

import pytest

from config.logs import PlainFormatter

pytestmark = pytest.mark.once


def line(message: str, *arguments: object) -> str:
    """`message` as it would be logged."""
    return PlainFormatter().format(logging.LogRecord("x", logging.INFO, "", 0, message, arguments, None))


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("message 7 sent in 12 ms", "message 7 sent in 12 ms"),
        ("to maria.h+un@example.org, now", "to <address>, now"),
        ("Key (email_key)=(maria@example.org) already exists.", "Key (email_key)=(<address>) already exists."),
        ("<王@例子.公司>", "<<address>>"),
        ("Internal Server Error: /letters/abc:DEF-_1/confirm/", "Internal Server Error: /letters/.../confirm/"),
        ("Not Found: /letters/abc", "Not Found: /letters/..."),
        ("/ua-61-21/", "/ua-61-21/"),
    ],
)
def test_persons_are_struck_out(message: str, logged: str) -> None:
    assert line(message) == logged


def test_arguments_are_struck_out() -> None:
    assert line("to %s", "maria@example.org") == "to <address>"


def test_exceptions_are_struck_out() -> None:
    try:
        raise ValueError("maria@example.org")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    text = PlainFormatter().format(record)
    assert "ValueError: <address>" in text
    assert "maria" not in text.replace('raise ValueError("maria@example.org")', "")
