"""Owns what a log line may say: ids, never persons."""

import logging
import re

ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+\.[^\s<>\"'(),;:=]+")
LETTER_LINK = re.compile(r"(/letters/)[^/\s]+")


class PlainFormatter(logging.Formatter):
    """One plain line per event, with email addresses and the private part of letter links struck out.

    The strike-out runs on the finished text, so that it also covers exceptions: a database tells the value of a
    duplicate key, and Django logs the path of a page that failed.
    """

    def format(self, record: logging.LogRecord) -> str:
        return LETTER_LINK.sub(r"\1...", ADDRESS.sub("<address>", super().format(record)))
