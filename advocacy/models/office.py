"""An office in the address book: who is written to, where, and how, kept once for many campaigns."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

#: What an update prints of an office. ``Target`` has fields of the same names, and keeps its own copy of them.
PRINTED = (
    "name", "title", "organisation", "salutation", "email", "address_lines", "local_address_lines", "local_language",
    "fax", "phone",
)  # fmt: skip


class Office(models.Model):
    """One office as the book has it. Changing it changes no update that is published."""

    name = models.CharField(max_length=120)
    title = models.CharField(max_length=160, blank=True)
    organisation = models.CharField(max_length=160, blank=True)
    salutation = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    address_lines: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    local_address_lines: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    local_language = models.CharField(max_length=40, blank=True)
    fax: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    phone: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    #: The country it speaks for, by its code; "" where nobody said.
    country = models.CharField(max_length=2, blank=True)
    notes = models.TextField(blank=True)
    #: No longer offered: it closed, or was put in by mistake. It is never deleted, because its trail stays.
    retired = models.BooleanField(default=False)
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("name", "id")
        indexes = [
            # Serves advocacy.book.match: an office is known again by its address, however that is spelt.
            models.Index(Lower("email"), name="office_email"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.title, self.organisation) if part)

    @property
    def post(self) -> str:
        """Title and organisation on one line."""
        return ", ".join(part for part in (self.title, self.organisation) if part)

    def printed(self) -> dict[str, Any]:
        """What an update prints of it."""
        return {name: getattr(self, name) for name in PRINTED}


class OfficeSet(models.Model):
    """Offices of which one is chosen by the country that a supporter lives in: "Embassies of China"."""

    name = models.CharField(max_length=80)
    #: Thrown away. Its row stays without entries, because earlier updates say which set their offices were copied from.
    discarded = models.BooleanField(default=False)
    offices = models.ManyToManyField(Office, through="SetEntry", related_name="sets")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(discarded=False), name="set_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SetEntry(models.Model):
    """The office that supporters in one country write to."""

    office_set = models.ForeignKey(OfficeSet, on_delete=models.CASCADE, related_name="entries")
    country = models.CharField(max_length=2)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        ordering = ("country",)
        constraints = [
            models.UniqueConstraint(fields=["office_set", "country"], name="set_entry_once_per_country"),
            models.CheckConstraint(condition=~models.Q(country=""), name="set_entry_has_country"),
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.office}"
