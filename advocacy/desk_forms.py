"""Owns the desk's forms: what staff may type, and what is said beside a field that needs a second look."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

from advocacy.access import has_a_place
from advocacy.forms import CleanField
from mailings.text import UnfitText, clean_address, clean_line, clean_text

LONGEST_TEXT = 60_000
LONGEST_PASTE = 200_000
#: The states of messages and of addresses that a list can be narrowed to, with the words of their pills.
STATUSES = (
    ("held", "Not confirmed yet"),
    ("queued", "In line to leave"),
    ("sending", "Being handed over"),
    ("sent", "Handed over"),
    ("failed", "Could not be sent"),
    ("in_doubt", "In doubt"),
    ("cancelled", "Withdrawn"),
)
#: What a held letter waits for beside its writer: a list can be narrowed to these as well.
HELD_FOR = (("pause", "Waits for the end of a pause"), ("address", "Waits for a working address"))
DELIVERIES = (
    ("unknown", "No word yet"),
    ("sent", "On its way"),
    ("deferred", "Asked to wait"),
    ("soft_bounce", "Came back for now"),
    ("delivered", "Accepted by their server"),
    ("bounced", "Came back"),
    ("complained", "Marked unwanted"),
    ("rejected", "Refused by our provider"),
    ("suppressed", "Not mailed"),
)
KINDS = (("letter", "Letters to offices"), ("own", "Mails to supporters"), ("all", "Both"))


def line(longest: int, required: str = "") -> CleanField:
    """A field of one clean line; optional unless the words for its absence are given."""
    return CleanField(clean_line, longest, "", required=bool(required), error_messages={"required": required})


def text(longest: int = LONGEST_TEXT) -> CleanField:
    """An optional field of several paragraphs."""
    return CleanField(clean_text, longest, "", required=False)


class LinesField(forms.CharField):
    """A list of texts, one on each line. Bullets that were pasted along are taken off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what this field is for
        """The lines that hold something."""
        try:
            lines = clean_text(str(value or "")).split("\n")
        except UnfitText as fault:
            raise ValidationError(str(fault)) from fault
        return [found for found in (one.lstrip("-*•").strip() for one in lines) if found]

    def prepare_value(self, value: Any) -> Any:
        """A stored list as the lines of a text; what was typed as it was typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """``to_python`` has said everything already."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """True where the lines differ, not where only their ends do."""
        try:
            return self.to_python(data) != list(initial or [])
        except ValidationError:
            return True


class DayField(forms.DateField):
    """A date in the form that browsers' date fields speak, or typed as documents print it."""

    def __init__(self) -> None:
        words = {"invalid": "Write the date like 29 July 2022 or 2022-07-29."}
        formats = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"]
        super().__init__(required=False, input_formats=formats, error_messages=words)

    def prepare_value(self, value: Any) -> Any:
        """A stored date as 2022-07-29; what was typed as it was typed."""
        return value.isoformat() if isinstance(value, date) else value


class EmailField(forms.CharField):
    """One address in the form in which it is mailed, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """The clean address."""
        typed = str(value or "").strip()
        try:
            return clean_address(typed) if typed else ""
        except UnfitText as fault:
            raise ValidationError(str(fault).replace("your email address", "the address")) from fault

    def run_validators(self, value: Any) -> None:
        """``to_python`` has said everything already."""


class LoginForm(AuthenticationForm):
    """Name and password of a member of staff."""

    error_messages = {
        "invalid_login": "This name and this password do not belong together. Mind capitals in both.",
        "inactive": "This account is closed. Ask an administrator.",
    }

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Turn away whoever could not open a single page of the desk."""
        super().confirm_login_allowed(user)  # type: ignore[arg-type]  # any model of users will do
        if not has_a_place(user):
            raise ValidationError("This account has no place at the desk. Ask an administrator.")


class FilterForm(forms.Form):
    """The list of messages, narrowed. A word that means nothing narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    status = forms.ChoiceField(required=False, choices=[("", "All"), *STATUSES, *HELD_FOR])
    delivery = forms.ChoiceField(required=False, choices=[("", "All"), *DELIVERIES])
    campaign = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False, choices=KINDS)
    address = forms.CharField(required=False, max_length=254)

    def __init__(self, data: Any, campaigns: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["campaign"].choices = [("", "All"), *campaigns]  # type: ignore[attr-defined]  # a ChoiceField has them

    def values(self) -> dict[str, str]:
        """What is chosen, "" for whatever was not."""
        self.is_valid()
        chosen = {name: str(self.cleaned_data.get(name, "")) for name in self.fields}
        return chosen | {"kind": {"": "letter", "all": ""}.get(chosen["kind"], chosen["kind"])}


class ReasonForm(forms.Form):
    """Why somebody decided something: kept under their name."""

    reason = line(300, "Write in one line why, for whoever asks later.")


class WorksForm(ReasonForm):
    """Somebody says that an address works."""

    prefix = "works"


class CorrectForm(ReasonForm):
    """The address to use instead of a dead one."""

    prefix = "correct"
    address = EmailField()
    again = forms.BooleanField(required=False)
    compared = forms.BooleanField(
        error_messages={"required": "Compare the address with the office’s own words, then tick the box."}
    )
    field_order = ("address", "again", "compared", "reason")

    def clean_address(self) -> str:
        """An address: without one there is nothing to send to."""
        if not self.cleaned_data["address"]:
            raise ValidationError("Write the address to use instead.")
        return str(self.cleaned_data["address"])


class PasteForm(forms.Form):
    """The whole text of a published urgent action, pasted or in a file."""

    text = forms.CharField(
        strip=False,
        required=False,
        max_length=LONGEST_PASTE,
        error_messages={
            "max_length": "This is longer than any update: %(show_value)d characters; %(limit_value)d fit.",
        },
    )
    file = forms.FileField(required=False, allow_empty_file=True, max_length=None)
    over = forms.BooleanField(required=False)
    #: What the text is where its number is published already.
    taken = forms.ChoiceField(
        required=False,
        choices=[("correction", "The same document"), ("next", "Another document")],
        error_messages={"invalid_choice": "Choose what this text is."},
    )

    def clean(self) -> dict[str, Any]:
        """One of both, and not both."""
        values = self.cleaned_data
        typed, file = values.get("text", "").strip(), values.get("file")
        if "text" in values and not typed and not file:
            self.add_error("text", "Paste the text of the update, or choose its file.")
        if typed and file:
            self.add_error("file", "There is a text above and a file here. Empty the box, or choose no file.")
        return values


def error_list(form: forms.BaseForm, whole: str = "main") -> list[tuple[str, str]]:
    """(field's id, message) for the summary on top, in the order of the page; ``whole`` is where the rest points to."""
    found = [(str(form[name].id_for_label), str(fault)) for name in form.fields for fault in form.errors.get(name, [])]
    return found + [(whole, str(fault)) for fault in form.non_field_errors()]
