"""Owns the forms about a whole campaign: its settings, its end, and what follows from a deadline that has passed."""

import json
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy import unsaid
from advocacy.desk_forms import DayField, EmailField, LinesField, ReasonForm, line
from advocacy.models import Campaign
from advocacy.models.campaign import LONGEST_DELAY, Why
from advocacy.models.identity import Level
from mailings import lanes
from mailings.text import domain_of

MOST_NAMES = 50
#: What stands in the place of a setting that a page did not show.
NOT_SHOWN = object()


class SettingsForm(forms.Form):
    """What a campaign lets its supporters do.

    The page sends back what it had shown. Only what was changed on it is stored, so that a page that was open for long
    takes nobody's protection back; where somebody else changed the same meanwhile, both values are said, and the next
    press decides.
    """

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

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        self.stored = {name: getattr(campaign, name) for name in self.base_fields}
        super().__init__(data, initial=self.stored)

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

    @property
    def shown(self) -> str:
        """What the page shows as stored, for it to send back."""
        return json.dumps(self.stored)

    def _had_shown(self) -> dict[str, Any]:
        try:
            shown = json.loads(self.data.get("shown", ""))
        except (ValueError, RecursionError):  # From nobody's page.
            return {}
        return shown if isinstance(shown, dict) else {}

    def _keep_what_was_not_changed(self, data: dict[str, Any]) -> None:
        """Take what the page did not change as it is stored now; ask where it was changed by somebody else as well."""
        had_shown = self._had_shown()
        page = dict(self.data.items())
        for name, stored in self.stored.items():
            typed, shown = data.get(name), had_shown.get(name, NOT_SHOWN)
            if name in self.errors or typed == stored:
                continue
            if typed == shown:
                data[name] = stored
                _show(page, name, stored)
            elif shown != stored:
                now, yours = _told(self.fields[name], stored), _told(self.fields[name], typed)
                self.add_error(
                    name,
                    f"Somebody has changed this since you opened the page. Now: {now}. Yours: {yours}. Store the "
                    "settings once more to put yours in its place.",
                )
        self.data = page

    def changed(self) -> dict[str, Any]:
        """What a valid form changes: name -> value."""
        return {name: self.cleaned_data[name] for name, old in self.stored.items() if self.cleaned_data[name] != old}

    def clean(self) -> dict[str, Any]:
        """A way to answer needs a mailbox in which somebody reads."""
        data = super().clean() or {}
        self._keep_what_was_not_changed(data)
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


def _show(page: dict[str, Any], name: str, value: Any) -> None:
    """Let a page show a value: else its next press would take the older one for a change."""
    if isinstance(value, bool):
        page.pop(name, None)
        if value:
            page[name] = "on"
    else:
        page[name] = "\n".join(value) if isinstance(value, list) else str(value)


def _told(field: forms.Field, value: Any) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    words = dict(field.choices).get(value, value) if isinstance(field, forms.ChoiceField) else value  # type: ignore[arg-type]
    return f"“{words}”" if words != "" else "empty"


class StopForm(ReasonForm):
    """Why a campaign is stopped: one of a list for the trail, and the words that everybody reads."""

    prefix = "stop"
    field_order = ("why", "reason")
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
