"""Owns what administrators decide about people: their roles, and the campaigns that they work on. All of it is kept."""

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
