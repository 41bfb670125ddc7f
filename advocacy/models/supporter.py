"""A supporter: the person who writes, known by one mailbox."""

from django.db import models
from django.utils import timezone


class Supporter(models.Model):
    """One mailbox. Name and place are taken from a letter only once its writer has confirmed it."""

    email = models.EmailField()
    #: The address under which two spellings of one mailbox are the same (``mailings.text.address_key``).
    email_key = models.CharField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Not unique=True: that makes a second index for LIKE, which every letter would pay for.
            models.UniqueConstraint(fields=["email_key"], name="supporter_once_per_mailbox"),
        ]

    def __str__(self) -> str:
        return f"Supporter {self.pk}"
