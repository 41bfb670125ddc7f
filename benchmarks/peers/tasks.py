"""Owns the task of the peer that queues one Django Q2 task for each letter."""

from typing import Any

from django.core.mail import EmailMultiAlternatives


def send(letter: str, fields: dict[str, Any], html: str) -> None:
    """Send one letter; ``letter`` is its id, kept so that a waiting or failed task can be told from others."""
    mail = EmailMultiAlternatives(**fields)
    mail.attach_alternative(html, "text/html")
    mail.send()
