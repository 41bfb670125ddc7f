"""Owns the forms for an update's offices: one row each, and the rows together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from advocacy import hails
from advocacy.desk_forms import EmailField, LinesField, line
from advocacy.models.target import TargetRole
from advocacy.reading import DraftTarget

MOST_TARGETS = 20
ONLY_A_COPY = (
    "Only a copy can depend on the supporter’s country. Leave this one under Copy, and add whom the letter is to."
)


class TieField(forms.IntegerField):
    """The number of a row in the address book, carried along unseen. One that was made up ties to nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class TargetForm(forms.Form):
    """One office that a letter goes to."""

    role = forms.ChoiceField(
        choices=[("to", "To"), ("copy", "Copy")],
        initial="copy",
        error_messages={"required": "Choose To or Copy.", "invalid_choice": "Choose To or Copy."},
    )
    name = line(120, "Write the name, or tick “Leave this office out”.")
    title = line(160)
    organisation = line(160)
    salutation = line(160)
    email = EmailField()
    address_lines = LinesField()
    local_address_lines = LinesField()
    local_language = line(40)
    fax = LinesField()
    phone = LinesField()
    book_office_id = TieField()
    office_set_id = TieField()

    def clean(self) -> dict[str, Any]:
        """A salutation that fits the office."""
        data = super().clean() or {}
        names = ("role", "name", "title", "organisation", "salutation")
        known = DraftTarget(**{name: data.get(name, "") for name in names})
        for fault in hails.target_faults(known):
            self.add_error("salutation", fault)
        if data.get("office_set_id") and data.get("role") == TargetRole.TO:
            self.add_error("role", ONLY_A_COPY)
        return data

    def value(self) -> DraftTarget:
        """The office of a valid form."""
        names = DraftTarget.__dataclass_fields__
        return DraftTarget(**{name: value for name, value in self.cleaned_data.items() if name in names})


class OfficeFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Generic for mypy alone.
    """The offices of an update. Under a count that no page of ours has sent, every row is looked at in full."""

    def initial_form_count(self) -> int:
        """How many rows were there before; all of them where the count cannot be."""
        told = super().initial_form_count()
        return told if not self.is_bound or 0 <= told <= self.total_form_count() else self.total_form_count()


TargetFormSet: Callable[..., forms.BaseFormSet[TargetForm]] = forms.formset_factory(
    TargetForm,
    formset=OfficeFormSet,
    extra=1,
    can_delete=True,
    max_num=MOST_TARGETS,
    validate_max=True,
    absolute_max=MOST_TARGETS * 2,
)


def offices(formset: forms.BaseFormSet[TargetForm]) -> list[DraftTarget]:
    """The offices of a valid formset, without empty rows and those that are left out."""
    return [target for _, target in numbered(formset)]


def numbered(formset: forms.BaseFormSet[TargetForm]) -> list[tuple[int, DraftTarget]]:
    """The same, each with the number of its row on the page."""
    filled = [(place, form) for place, form in enumerate(formset.forms) if form.has_changed() or form.initial]
    return [(place, form.value()) for place, form in filled if not form.cleaned_data.get("DELETE")]
