"""Owns what administrators decide about people: accounts, their roles, and the campaigns that they work on.

All of it is kept in the trail; a password stands nowhere but on the page that shows it once.
"""

import secrets
from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import transaction

from advocacy import trail
from advocacy.access import Role
from advocacy.models import Campaign, Membership
from advocacy.models.act import What


class NotOneself(ValueError):
    """An administrator would end the own role: then perhaps nobody could undo it. Its message is a sentence."""


class NotTheirs(ValueError):
    """An administrator would take over an account that may do more. Its message is a sentence."""


def create(name: str, email: str, roles: Collection[Role], slugs: Collection[str], *, by: str) -> tuple[User, str]:
    """Make an account of the desk.

    Args:
        name: by which it signs in; nobody has it yet.
        email: its clean address; "" for none.
        roles, slugs: what it may do, and on which campaigns.
        by: the administrator.
    Returns:
        The account, and its password, to be shown once.
    """
    password = new_password()
    with transaction.atomic():
        user: User = get_user_model().objects.create_user(name, email=email, password=password, is_staff=True)
        trail.record(What.ACCOUNT, by=by, note=f"About {name}")
        set_roles(user, roles, by=by)
        set_campaigns(user, slugs, by=by)
    return user, password


def renew_password(user: User, *, by: User) -> str:
    """Give an account a new password, and end wherever it is signed in. Returns the password, to be shown once.

    Raises:
        NotTheirs: for a superuser, by somebody who is none.
    """
    if user.is_superuser and not by.is_superuser:
        raise NotTheirs(f"{user.username} may do more than you: another superuser gives a new password.")
    password = new_password()
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        trail.record(What.PASSWORD, by=by.get_username(), note=f"About {user.username}")
    return password


def new_password() -> str:
    """A password that nobody guesses: 16 letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(12)


def set_roles(user: User, roles: Collection[Role], *, by: str) -> bool:
    """Give somebody these roles and no others.

    Args:
        user: a member of staff.
        roles: all that he or she shall have.
        by: the administrator.
    Returns:
        False where it was so already.
    Raises:
        NotOneself: where an administrator would take this role from himself or herself.
    """
    with transaction.atomic():
        names = {str(role) for role in Role}
        before = sorted(user.groups.filter(name__in=names).values_list("name", flat=True))
        after = sorted(str(role) for role in roles)
        if before == after:
            return False
        if user.username == by and Role.ADMINISTRATOR in before and Role.ADMINISTRATOR not in after:
            raise NotOneself("Another administrator has to take this role from you.")
        user.groups.remove(*Group.objects.filter(name__in=set(before) - set(after)))
        user.groups.add(*Group.objects.filter(name__in=set(after) - set(before)))
        trail.record(What.ROLES, by=by, note=f"About {user.username}", changes={"roles": [before, after]})
    return True


def set_campaigns(user: User, slugs: Collection[str], *, by: str) -> bool:
    """Let somebody into these campaigns and no others. Returns False where it was so already."""
    with transaction.atomic():
        before = set(Membership.objects.filter(user=user).values_list("campaign__slug", flat=True))
        for campaign in Campaign.objects.filter(slug__in=set(slugs) - before):
            let_in(campaign, user, by=by)
        for campaign in Campaign.objects.filter(slug__in=before - set(slugs)):
            Membership.objects.filter(campaign=campaign, user=user).delete()
            trail.record(What.DISALLOWED, by=by, campaign=campaign, note=f"About {user.username}")
    return before != set(slugs)


def let_in(campaign: Campaign, user: User, *, by: str) -> None:
    """Let somebody into one campaign. Call it in a transaction."""
    _, new = Membership.objects.get_or_create(campaign=campaign, user=user)
    if new:
        trail.record(What.ALLOWED, by=by, campaign=campaign, note=f"About {user.username}")


def let_its_author_in(campaign: Campaign, name: str) -> None:
    """Let whoever began a campaign work on it. Call it in a transaction."""
    author = get_user_model().objects.filter(username=name).first() if name else None
    if author is not None:
        let_in(campaign, author, by=name)
