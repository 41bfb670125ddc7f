"""Owns the forms about a whole campaign: its settings, its end, and what follows from a deadline that has passed."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy import unsaid
from advocacy.desk_forms import DayField, EmailField, LinesField, line
from advocacy.models import Campaign
from advocacy.models.campaign import LONGEST_DELAY, Why
from advocacy.models.identity import Level
from mailings import lanes
from mailings.text import domain_of

MOST_NAMES = 50


class SettingsForm(forms.Form):
    """What a campaign lets its supporters do."""

    confirmation = forms.BooleanField(required=False)
    subject_editable = forms.BooleanField(required=False)
    body_editable = forms.BooleanField(required=False)
    goal = forms.IntegerField(
        min_value=0,
        max_value=100_000_000,
        error_messages={
            "required": "Write 0 where no number is hoped for.",
            "invalid": "Write a number in digits, like 5000.",
            "min_value": "Write 0 or a larger number.",
            "max_value": "Write a number up to 100 million.",
        },
    )
    mailbox = EmailField()
    random_delay_hours = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_DELAY,
        error_messages={
            "required": "Write 0 where letters may leave at once.",
            "invalid": "Write the hours in digits, like 24.",
            "min_value": "Write 0 or a larger number.",
            "max_value": "Write a number of hours up to 72: longer, and the case may have moved on.",
        },
    )

    most_identity = forms.ChoiceField(
        required=False, choices=Level.choices, error_messages={"invalid_choice": "Choose one of these."}
    )
    not_to_be_said = LinesField()

    time_zone = line(60, "Write a time zone by its name, like Asia/Shanghai, or a capital, like Beijing.")

    def clean_time_zone(self) -> str:
        """The zone's own name."""
        try:
            return lanes.time_zone_named(str(self.cleaned_data["time_zone"]))
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault

    def clean_most_identity(self) -> str:
        """A level; what it was where the page did not ask."""
        return str(self.cleaned_data["most_identity"] or self.initial.get("most_identity", Level.PLACE))

    def clean_not_to_be_said(self) -> list[str]:
        """Names that can be told from words, each once; those it had where the page did not ask."""
        if "not_to_be_said" not in self.data:
            return list(self.initial.get("not_to_be_said", []))
        names = list(dict.fromkeys(self.cleaned_data["not_to_be_said"]))
        faults = [fault for name in names if (fault := unsaid.name_fault(name))]
        if len(names) > MOST_NAMES:
            faults.append(f"These are {len(names)} names; {MOST_NAMES} fit.")
        if faults:
            raise ValidationError(list[Any](faults))
        return names

    def clean(self) -> dict[str, Any]:
        """A way to answer needs a mailbox in which somebody reads."""
        data = super().clean() or {}
        if data.get("most_identity") == Level.ANSWER and not data.get("mailbox") and "mailbox" not in self.errors:
            self.add_error("mailbox", "For a way to answer, write the mailbox from which somebody passes answers on.")
        return data

    def clean_mailbox(self) -> str:
        """An address of ours: an answer must not reach a stranger, nor a letter claim to be from one."""
        mailbox = str(self.cleaned_data["mailbox"])
        if mailbox and domain_of(mailbox) != settings.MAIL_DOMAIN:
            raise ValidationError(
                f"Answers must come to an address that ends in @{settings.MAIL_DOMAIN}, or leave it empty."
            )
        return mailbox


class StopForm(forms.Form):
    """Why a campaign is stopped: one of a list for the trail, and the words that everybody reads."""

    prefix = "stop"
    why = forms.ChoiceField(
        choices=[("", "Choose"), *Why.choices],
        error_messages={"required": "Choose why.", "invalid_choice": "Choose why."},
    )
    reason = line(300, "Write in a line what everybody may read on the page.")


class DeadlineForm(forms.Form):
    """What follows when the last day has passed."""

    prefix = "deadline"
    do = forms.ChoiceField(
        choices=[("extend", "Extend it"), ("go_on", "Go on without a date")],
        error_messages={"required": "Choose what comes next.", "invalid_choice": "Choose what comes next."},
    )
    until = DayField()

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        self.campaign = campaign
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        """A day that is still to come, where it is extended."""
        data = super().clean() or {}
        if data.get("do") == "extend" and "until" not in self.errors:
            until, today = data.get("until"), timezone.now().astimezone(self.campaign.zone).date()
            if until is None:
                self.add_error("until", "Write the new last day.")
            elif until <= today:
                self.add_error("until", "Write a day after today.")
        return data

    def day(self) -> date | None:
        """The new last day of a valid form; None goes on without one."""
        return self.cleaned_data["until"] if self.cleaned_data["do"] == "extend" else None
