"""A target: an office that a letter goes to, with its role in one update. Frozen together with its update."""

from __future__ import annotations

from django.db import models

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
