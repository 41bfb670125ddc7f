"""Owns who may do what at the desk, and on which campaigns. Every page of the desk asks here, and nowhere else.

Roles are Django groups. An administrator, and a superuser, sees every campaign; everybody else those that an
administrator let them into. What somebody may not do at all is refused (403); a campaign that is not theirs does not
exist for them (404).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from advocacy.models import Membership

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]
User = AbstractBaseUser | AnonymousUser


class Role(StrEnum):
    """What somebody is at the desk: the name of a Django group."""

    CAMPAIGNER = "Campaigner"
    APPROVER = "Approver"
    REPORTER = "Reporter"
    ADMINISTRATOR = "Administrator"


class May(Enum):
    """What can be allowed."""

    READ = "read"  # figures, and what the offices' servers said
    DRAFTS = "drafts"  # every text of a campaign, and its trail
    EDIT = "edit"  # begin, change and throw away drafts; ask for approval
    APPROVE = "approve"
    PUBLISH = "publish"  # what is approved; set or take back a time
    HALT = "halt"  # pause, resume, stop, close
    SETTINGS = "settings"
    LETTERS = "letters"  # read supporters' letters, and act on them
    BOOK = "book"  # read the address book
    ADMINISTER = "administer"  # what belongs to no single campaign: lanes, addresses, people


EVERYBODY = frozenset(Role)
WORKERS = frozenset({Role.CAMPAIGNER, Role.APPROVER, Role.ADMINISTRATOR})
CAMPAIGNERS = frozenset({Role.CAMPAIGNER, Role.ADMINISTRATOR})
GRANTS: dict[May, frozenset[Role]] = {
    May.READ: EVERYBODY,
    May.DRAFTS: WORKERS,
    May.EDIT: CAMPAIGNERS,
    May.APPROVE: frozenset({Role.APPROVER, Role.ADMINISTRATOR}),
    May.PUBLISH: WORKERS,
    # Whoever learns first that somebody was freed must be able to stop.
    May.HALT: WORKERS,
    May.SETTINGS: CAMPAIGNERS,
    May.LETTERS: CAMPAIGNERS,
    # Changing it needs EDIT, and APPROVE where it is live.
    May.BOOK: WORKERS,
    May.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}


@dataclass(frozen=True)
class Desk:
    """The desk as one person has it."""

    roles: frozenset[Role]
    #: The slugs of the campaigns that he or she works on; None for all.
    slugs: frozenset[str] | None

    def may(self, what: May) -> bool:
        """True where one of the roles allows it."""
        return bool(self.roles & GRANTS[what])

    def sees(self, slug: str) -> bool:
        """True for a campaign that exists for this person."""
        return self.slugs is None or slug in self.slugs

    def demand(self, what: May) -> None:
        """Refuse what no role allows. Raises PermissionDenied."""
        if not self.may(what):
            raise PermissionDenied

    @property
    def words(self) -> dict[str, bool]:
        """What may be done, by name, for templates."""
        return {what.value: self.may(what) for what in May}


NO_DESK = Desk(frozenset(), frozenset())


def desk_of(user: User) -> Desk:
    """What somebody may do. Looked up once for each request."""
    known: Desk | None = getattr(user, "_desk", None)
    if known is None:
        known = _desk_of(user)
        user._desk = known  # type: ignore[union-attr]  # the request's own user object
    return known


def _desk_of(user: Any) -> Desk:
    if not (user.is_authenticated and user.is_active and getattr(user, "is_staff", False)):
        return NO_DESK
    names = set(user.groups.values_list("name", flat=True))
    roles = frozenset(role for role in Role if role in names)
    if user.is_superuser:
        roles |= {Role.ADMINISTRATOR}
    if Role.ADMINISTRATOR in roles:
        return Desk(roles, None)
    return Desk(roles, frozenset(Membership.objects.filter(user=user).values_list("campaign__slug", flat=True)))


def has_a_place(user: User) -> bool:
    """True for an active member of staff with a role: the others could not open a single page."""
    return bool(desk_of(user).roles)


def ensure_groups() -> None:
    """Create the group of each role. Doing it twice changes nothing."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)


def desk_page(what: May) -> Callable[[View[Args]], View[Args]]:
    """Let only those in whom a role allows it, and let no cache keep what they saw.

    Whoever is not logged in is sent to the login page and comes back afterwards; a form that was sent without a login
    is not sent again by that, so its sender comes back to the desk instead.

    Args:
        what: the least that the page is about. What more an act on it needs, its view demands.
    Raises:
        PermissionDenied: for somebody who is logged in without such a role.
    """

    def decorate(view: View[Args]) -> View[Args]:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                back = request.get_full_path() if request.method in {"GET", "HEAD"} else settings.LOGIN_REDIRECT_URL
                return redirect_to_login(back, settings.LOGIN_URL)
            desk_of(request.user).demand(what)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
