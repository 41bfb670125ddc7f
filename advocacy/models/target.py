"""A target: an office that a letter goes to, with its role in one update. Frozen together with its update."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django_countries import countries

from advocacy.models.office import PRINTED, Office, OfficeSet
from advocacy.models.update import Update


class TargetRole(models.TextChoices):
    """How an office stands in the letter's head."""

    TO = "to", "To"
    COPY = "copy", "Copy"


class Target(models.Model):
    """One office in one update, as that update printed it."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="targets")
    role = models.CharField(max_length=4, choices=TargetRole)
    position = models.PositiveSmallIntegerField()
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
    #: The office in the book that it was taken from or known as. Only a tie: what is printed is what stands above.
    book_office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    #: The set in the book that ``by_country`` was copied from.
    office_set = models.ForeignKey(OfficeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    #: Who stands in its place for supporters of one country: ``country``, ``office`` (its number in the book), and
    #: what is printed, without what is empty. Copied when the draft was saved, and frozen with the update.
    by_country: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, blank=True
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["update", "position"], name="target_position_once_per_update"),
            models.CheckConstraint(condition=models.Q(role__in=TargetRole.values), name="target_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.name}"

    @property
    def office(self) -> str:
        """Title and organisation on one line."""
        return ", ".join(part for part in (self.title, self.organisation) if part)

    def seen_from(self, country: str) -> Self:
        """The office that a supporter in this country writes to: one of ``by_country``, else this one. No query."""
        row = next((row for row in self.by_country if row["country"] == country), None)
        if row is None:
            return self
        place = type(self)(update_id=self.update_id, role=self.role, position=self.position)
        for name in PRINTED:
            setattr(place, name, row.get(name, getattr(place, name)))
        return place

    @property
    def places(self) -> list[tuple[str, dict[str, Any]]]:
        """(name of the country, who stands in this office's place there), by name."""
        return sorted(
            ((str(countries.name(row["country"])), row) for row in self.by_country), key=lambda place: place[0]
        )

    @property
    def mail_name(self) -> str:
        """The name beside the address in the letter's head: "President Xi Jinping", "Ambassador Peiwu Cong"."""
        return mail_name(self.name, self.title)

    @property
    def local_language_code(self) -> str:
        """The language tag of the local address, for the page's ``lang``; "" where we do not know it."""
        return LANGUAGE_TAGS.get(self.local_language.casefold(), "")


LANGUAGE_TAGS = {
    "chinese": "zh-Hans",
    "arabic": "ar",
    "persian": "fa",
    "russian": "ru",
    "korean": "ko",
    "japanese": "ja",
}
HONORIFICS = ("His Excellency ", "Her Excellency ", "H.E. ", "Mr ", "Mrs ", "Ms ")


def mail_name(name: str, title: str) -> str:
    """A name fit for a mail's head: the first word of the title instead of an honorific."""
    bare = name
    for honorific in HONORIFICS:
        bare = bare.removeprefix(honorific)
    rank = title.split(" ", maxsplit=1)[0].rstrip(",") if title else ""
    return f"{rank} {bare}" if rank in RANKS else bare


#: Titles that stand before a name in English.
RANKS = frozenset({"President", "Ambassador", "Minister", "Governor", "General", "Judge", "King", "Queen", "Prince"})
