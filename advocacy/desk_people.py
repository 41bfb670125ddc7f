"""Owns what the desk's pages of people show and ask for: accounts with their roles and campaigns."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from advocacy.access import Role
from advocacy.desk_forms import EmailField
from advocacy.models import Campaign, Membership

#: What each role may do, in a sentence.
ROLES = (
    (Role.CAMPAIGNER, "Drafts updates, asks for approval, publishes, reads letters, stops."),
    (Role.APPROVER, "Reads drafts, approves what somebody else wrote, publishes, stops."),
    (Role.REPORTER, "Reads the figures, and no letter and no draft."),
    (Role.ADMINISTRATOR, "Does everything, on every campaign; decides who may do what."),
)


@dataclass(frozen=True)
class Person:
    """One account of the desk."""

    user: User
    roles: list[str]
    #: References of the campaigns that it works on; empty for an administrator, who sees all.
    campaigns: list[str]
    everything: bool

    @property
    def shown_roles(self) -> list[str]:
        """What the list calls it; a superuser is an administrator, whatever is ticked."""
        return list(dict.fromkeys([*self.roles, *([str(Role.ADMINISTRATOR)] if self.user.is_superuser else [])]))


def everybody() -> list[Person]:
    """Every account that may log in to the desk, by name."""
    users = get_user_model().objects.filter(is_staff=True).order_by("username").prefetch_related("groups")
    return [_person(user) for user in users]


def account(pk: int) -> User | None:
    """One account of the desk; None where there is none."""
    return get_user_model().objects.filter(pk=pk, is_staff=True).first()


def _person(user: User) -> Person:
    names = {group.name for group in user.groups.all()}
    roles = [str(role) for role, _ in ROLES if role in names]
    everything = user.is_superuser or Role.ADMINISTRATOR in roles
    campaigns = list(Campaign.objects.filter(memberships__user=user).values_list("reference", flat=True))
    return Person(user, roles, [] if everything else campaigns, everything)


class PersonForm(forms.Form):
    """Roles and campaigns of one account."""

    roles = forms.MultipleChoiceField(required=False, choices=[(str(role), str(role)) for role, _ in ROLES])
    campaigns = forms.MultipleChoiceField(required=False)

    def __init__(self, user: User | None, data: Any = None) -> None:
        roles = _person(user).roles if user else []
        slugs = list(Membership.objects.filter(user=user).values_list("campaign__slug", flat=True)) if user else []
        super().__init__(data, initial={"roles": roles, "campaigns": slugs})
        choices = list(Campaign.objects.values_list("slug", "reference"))
        self.fields["campaigns"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has them

    def role_rows(self) -> list[tuple[str, str, bool]]:
        """(role, what it may do, whether it is ticked)."""
        ticked = self["roles"].value() or []
        return [(str(role), words, str(role) in ticked) for role, words in ROLES]

    def campaign_rows(self) -> list[tuple[str, str, bool]]:
        """(slug, reference, whether it is ticked)."""
        ticked = self["campaigns"].value() or []
        choices = self.fields["campaigns"].choices  # type: ignore[attr-defined]
        return [(slug, reference, slug in ticked) for slug, reference in choices]


class NewPersonForm(PersonForm):
    """A new account: who it is, what it may do, and where."""

    username = forms.CharField(
        max_length=150,
        validators=[User.username_validator],
        error_messages={"required": "Write the name by which this person signs in."},
    )
    email = EmailField()

    def __init__(self, data: Any = None) -> None:
        super().__init__(None, data)
        self.fields["roles"].required = True
        self.fields["roles"].error_messages["required"] = "Tick a role: without one no page opens."

    def clean_username(self) -> str:
        """A name that nobody has yet, however it is spelt."""
        name = str(self.cleaned_data["username"])
        if get_user_model().objects.filter(username__iexact=name).exists():
            raise ValidationError("There is an account of this name already. Choose another one.")
        return name
