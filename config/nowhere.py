"""Owns the email backend that stands in when mail is switched on and no provider is chosen: it refuses."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Sends nothing and never says that it did."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises ImproperlyConfigured, so that no message is taken for sent."""
        raise ImproperlyConfigured("MAIL_PROVIDER names no provider. Run: manage.py check")
