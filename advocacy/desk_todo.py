"""Owns the answer to one question: what wants a person's hand now. Most pressing first, each with the evidence."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from advocacy import desk_queries
from advocacy.access import Desk, May
from advocacy.models import Approval, Campaign, OfficeChange, Update
from advocacy.models.approval import ApprovalState
from advocacy.models.office_change import ChangeState
from mailings import instance, lanes, reports
from mailings.addresses import Listed

#: These states of an address are worth a look at any number. What came back for good is shown with its dead address.
CAME_BACK = {
    "complained": "marked as unwanted",
    "rejected": "refused by our provider",
    "soft_bounce": "sent back for now",
}
MOST_DRAFTS = 5


@dataclass(frozen=True)
class Todo:
    """One thing to do: a tone, what it is, the evidence, and where to go."""

    tone: str
    icon: str
    what: str
    more: str
    do: str
    url: str
    #: A mail address that the evidence begins with.
    address: str = ""


def things(desk: Desk, totals: reports.Totals, addresses: list[reports.AddressTotals]) -> list[Todo]:
    """Everything that waits for a person, and that this one may see to.

    Args:
        desk: of whoever looks.
        totals: of all letters in the present mode that are on this person's campaigns.
        addresses: what the provider said, per address.
    """
    found = []
    if desk.may(May.ADMINISTER):
        found += [*_copy(), *_worker(), *_lanes()]
    if desk.may(May.LETTERS):
        found += _letters(totals)
    if desk.may(May.ADMINISTER):
        dead = desk_queries.dead_addresses()
        found += [*_dead(dead), *_own_mails(), *_addresses(addresses, dead)]
    if desk.may(May.HALT):
        found += [_deadline(one) for one in desk_queries.holding() if desk.sees(one.slug)]
    if desk.may(May.BOOK):
        found += [_change(one) for one in OfficeChange.objects.filter(state=ChangeState.ASKED).select_related("office")]
    return found + (_drafts(desk.slugs) if desk.may(May.DRAFTS) else [])


def _list(**chosen: str) -> str:
    return f"{reverse('desk:letters')}?{urlencode(chosen)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _copy() -> list[Todo]:
    why = instance.reason_to_pause()
    if not why:
        return []
    return [Todo("bad", "warning", "Nothing is sent: this database may be a copy", why, "Decide", reverse("desk:copy"))]


def _worker() -> list[Todo]:
    health = reports.health()
    found = []
    if not health.alive:
        since = (
            f"The last sign of life was {_ago(health.last_beat)} ago."
            if health.last_beat
            else "None has ever run here."
        )
        more = f"{since} Letters wait in line, and none is lost. Start the worker, or call whoever runs this site."
        found.append(Todo("bad", "warning", "No worker is running", more, "See the line", _list(status="queued")))
    elif health.oldest_due and not health.moving and not health.rests_until:
        more = f"The oldest should have left {_ago(health.oldest_due)} ago, though a worker lives."
        found.append(Todo("bad", "clock", "The line does not move", more, "See the line", _list(status="queued")))
    if health.alive:
        found += [_silent(one.host, one.since) for one in health.silent]
    if health.rests_until:
        more = f"We try again at {health.rests_until:%H:%M} UTC. It said: {health.rest_reason or 'nothing'}"
        what = "Our mail provider takes nothing at present"
        found.append(Todo("wait", "pause", what, more, "See the line", _list(status="queued")))
    return found


def _silent(host: str, since: datetime) -> Todo:
    what = f"No sign of life from the worker on {host} since {since:%A %H:%M} UTC"
    more = (
        "Another one goes on, and no letter is lost. What it was handing over is in doubt until there is proof. "
        "Start it again, or call whoever runs this site. A machine that is gone for good is forgotten after seven days."
    )
    return Todo("wait", "warning", what, more, "See the line", _list(status="queued"))


def _ago(when: object) -> str:
    return timesince(when, timezone.now(), depth=1).replace("\xa0", " ")  # type: ignore[arg-type]  # a datetime, by its callers


def _lanes() -> list[Todo]:
    found = []
    for lane in lanes.stopped():
        what = f"The lane to {lane.domain} paused itself"
        more = f"Its mail server refused letter after letter, and said: {lane.paused_why.rstrip('.')}. " + (
            f"{_counted(lane.waiting, 'letter waits', 'letters wait')} for a decision."
            if lane.waiting
            else "No letter waits."
        )
        found.append(Todo("bad", "pause", what, more, "Decide", f"{reverse('desk:lane', args=[lane.pk])}#state"))
    return found


def _letters(totals: reports.Totals) -> list[Todo]:
    found = []
    doubt, failed = totals.messages["in_doubt"], totals.messages["failed"]
    if doubt:
        what = f"{_counted(doubt, 'letter', 'letters')} may or may not have left"
        more = "The line broke while each was handed over. What our provider cannot tell waits for somebody to decide."
        found.append(Todo("doubt", "ask", what, more, "Decide", _list(status="in_doubt")))
    if failed:
        what = f"{_counted(failed, 'letter', 'letters')} could not be sent"
        more = "Our provider took none of them. Its words stand on each; mend the cause, then send them again."
        found.append(Todo("bad", "cross", what, more, "Look at them", _list(status="failed")))
    return found


def _dead(dead: list[Listed]) -> list[Todo]:
    """Addresses that want a decision: those that nobody corrected yet, and those that letters wait for again."""
    found = []
    for one in dead:
        if one.corrected_to and not one.waiting:
            continue
        came_back = f"{_counted(one.times, 'letter', 'letters')} to one address came back for good" if one.times else ""
        waiting = f"{_counted(one.waiting, 'letter waits', 'letters wait')} for an address" if one.waiting else ""
        what = "; ".join(words for words in (came_back, waiting) if words)
        said = f"Its server said: {one.answer}" if one.answer else "No reason was given."
        url = reverse("desk:address", args=[one.address])
        found.append(Todo("bad", "return", what, said, "Decide", url, one.address))
    return found


def _own_mails() -> list[Todo]:
    rows = desk_queries.messages(desk_queries.Filter(kind="own"))
    counts = desk_queries.by_status(rows.filter(status="failed"))
    number = counts.get("failed", 0)
    if not number:
        return []
    what = f"{_counted(number, 'mail to a supporter', 'mails to supporters')} could not be sent"
    more = "Links to confirm, copies and notices. Without the link a letter cannot be confirmed."
    return [Todo("bad", "mail", what, more, "Look at them", _list(kind="own", status="failed"))]


def _addresses(addresses: list[reports.AddressTotals], dead: list[Listed]) -> list[Todo]:
    found = []
    dead_ones = {one.address for one in dead}
    for row in addresses:
        for state, words in CAME_BACK.items():
            number = row.counts[state]
            # What came back for now is no news of an address that is dead, and its last words would be the wrong ones.
            if number and not (state == "soft_bounce" and row.address.lower() in dead_ones):
                what = (
                    f"{_counted(number, 'letter', 'letters')} to one address {'was' if number == 1 else 'were'} {words}"
                )
                said = f"Its server said: {row.latest_answer}" if row.latest_answer else "No reason was given."
                url = _list(delivery=state, address=row.address)
                found.append(Todo("bad", "return", what, said, "Look at it", url, row.address))
    return found


def _deadline(campaign: Campaign) -> Todo:
    what = f"The date to write before has passed: {campaign.reference}"
    more = "Its letters wait. Extend the date, go on without one, or close the campaign."
    return Todo("wait", "clock", what, more, "Decide", f"{reverse('desk:campaign', args=[campaign.slug])}#state")


def _change(change: OfficeChange) -> Todo:
    what = f"A change of {change.office.name} in the address book waits for approval"
    more = f"{change.asked_by} asked {_ago(change.asked_at)} ago. Letters go to the office as it was meanwhile."
    return Todo("wait", "pencil", what, more, "Read it", reverse("desk:office", args=[change.office_id]))


def _drafts(theirs: frozenset[str] | None) -> list[Todo]:
    return [_draft(draft) for draft in desk_queries.drafts(theirs)[:MOST_DRAFTS]] + [
        _waiting(approval) for approval in desk_queries.returns(theirs)
    ]


def _draft(draft: Update) -> Todo:
    approval = next((one for one in draft.approvals.all() if one.open), None)
    if approval is not None:
        return _waiting(approval)
    what = f"{draft.name} of {draft.campaign.reference} is not published yet"
    more = f"Last saved {_ago(draft.edited_at)} ago. The page shows what was published before."
    last = next(iter(draft.approvals.all()), None)
    if last is not None and last.missed and not last.open:
        more = f"It was to become public at a set time, and its approval has ended. {last.decision}"
    return Todo("wait", "pencil", what, more, "Read it", reverse("desk:preview", args=[draft.pk]))


def _waiting(approval: Approval) -> Todo:
    update, url = approval.update, f"{reverse('desk:preview', args=[approval.update_id])}#publish"
    name = f"{update.name} of {update.campaign.reference}"
    act = "Going back to " if update.published else ""
    if approval.missed:
        what = f"{name} was not published at the time that was set"
        return Todo("bad", "clock", what, approval.missed, "Decide", url)
    if approval.publish_at:
        what = f"{name} becomes public at {approval.publish_at:%H:%M} UTC on {approval.publish_at:%-d %B}"
        return Todo("info", "clock", what, f"{approval.scheduled_by} set the time.", "Look at it", url)
    if approval.state == ApprovalState.APPROVED:
        more = f"{approval.decided_by} approved it {_ago(approval.decided_at)} ago. It is not public yet."
        return Todo("wait", "tick", f"{act}{name} is approved", more, "Publish it", url)
    more = f"{approval.asked_by} asked {_ago(approval.asked_at)} ago. Somebody else must read it first."
    return Todo("wait", "clock", f"{act}{name} waits for approval", more, "Read it", url)
