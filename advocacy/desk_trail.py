"""Owns the audit trail as a person reads it: acts in words, and each change with its old and new value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from advocacy import offices
from advocacy.models import Act, Campaign, Office, OfficeSet
from advocacy.models.act import What

ACTS_ON_A_PAGE = 50
#: Tone and icon of the acts that are not everyday.
LOOKS = {
    What.PUBLISHED: ("good", "tick"),
    What.WENT_BACK: ("wait", "return"),
    What.APPROVED: ("good", "tick"),
    What.SENT_BACK: ("wait", "return"),
    What.VOIDED: ("wait", "warning"),
    What.ASKED: ("info", "ask"),
    What.SCHEDULED: ("info", "clock"),
    What.UNSCHEDULED: ("quiet", "clock"),
    What.MISSED: ("bad", "clock"),
    What.PAUSED: ("wait", "pause"),
    What.RESUMED: ("good", "arrow"),
    What.STOPPED: ("bad", "slash"),
    What.CLOSED: ("quiet", "lock"),
    What.DISCARDED: ("quiet", "slash"),
    What.BEGAN: ("quiet", "plus"),
    What.BOOKED: ("quiet", "plus"),
    What.ACCOUNT: ("quiet", "plus"),
    What.PROPOSED: ("info", "ask"),
    What.REFUSED: ("wait", "return"),
    What.RETIRED: ("quiet", "slash"),
    What.BROUGHT_BACK: ("quiet", "return"),
}
#: Longer values are folded away.
LONG = 160


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    old: str
    new: str

    @property
    def long(self) -> bool:
        """True where it does not fit into two lines."""
        return len(self.old) > LONG or len(self.new) > LONG


@dataclass(frozen=True)
class Line:
    """One act."""

    at: datetime
    who: str
    what: str
    update: str
    note: str
    tone: str
    icon: str
    changes: list[Change]
    #: The campaign's reference.
    campaign: str


def acts_of(campaign: Campaign) -> QuerySet[Act]:
    """Everything that was done with a campaign, newest first."""
    return campaign.acts.select_related("campaign")


def acts_about_people() -> QuerySet[Act]:
    """What administrators decided last about accounts, roles and campaigns, newest first."""
    about = [What.ACCOUNT, What.PASSWORD, What.ROLES, What.ALLOWED, What.DISALLOWED]
    return Act.objects.filter(what__in=about).select_related("campaign")


def acts_on(office: Office) -> QuerySet[Act]:
    """Everything that was done with an office in the book, newest first."""
    return office.acts.select_related("campaign")


def acts_on_set(office_set: OfficeSet) -> QuerySet[Act]:
    """Everything that was done with a set of offices, under its name and those that it had before, newest first."""
    acts = Act.objects.filter(what=What.SETS, at__gte=office_set.created_at)
    names = {office_set.name}
    for act in acts.filter(changes__has_key="name"):
        old, new = act.changes["name"]
        names |= {old} if new in names else set()
    return acts.filter(note__in=[*names, *map(offices.began, names)]).select_related("campaign")


def lines(acts: Iterable[Act]) -> list[Line]:
    """Acts as the page tells them."""
    return [_line(act) for act in acts]


def _line(act: Act) -> Line:
    tone, icon = LOOKS.get(What(act.what), ("quiet", "pencil"))
    changes = [Change(name.replace("_", " "), _words(old), _words(new)) for name, (old, new) in act.changes.items()]
    who = act.by or "The machine"
    return Line(act.at, who, act.get_what_display(), act.update_name, act.note, tone, icon, changes, _reference(act))


def _reference(act: Act) -> str:
    return act.campaign.reference if act.campaign else ""


def _words(value: Any) -> str:
    """A stored value as a person reads it; "" for nothing."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(_words(one) for one in value.values())
    return str(value)
