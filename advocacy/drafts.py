"""Owns a campaigner's work on a draft: begin it from a text or from the live update, keep what was edited.

The promise: of two campaigners who edit one draft, the one who saves later learns of the other before anything is
written over.
"""

from dataclasses import asdict, fields, replace
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from advocacy import reading, trail, translating, translations, updates
from advocacy.comparing_asks import carried_over
from advocacy.models import Campaign, Target, Update
from advocacy.models.act import What
from advocacy.reading import DraftTarget, DraftUpdate, Fault
from mailings.text import domain_of

#: What the live update hands on to its successor. Index, dates and deadline belong to one published document each.
HANDED_ON = (
    "language", "country", "title", "summary", "facts", "asks", "points_that_stay", "additional_information",
    "letter_subject", "letter_subjects", "letter_text",
)  # fmt: skip
#: Mail services where anyone can open an address in an office's name.
PUBLIC_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "outlook.com",
        "yahoo.com",
        "mail.ru",
        "qq.com",
        "163.com",
        "gmx.net",
    }
)


class Conflict(ValueError):
    """Somebody else was faster. Its message is a whole sentence."""


class AlreadyDrafted(ValueError):
    """There is a draft of this number already; ``draft`` is it."""

    def __init__(self, draft: Update) -> None:
        super().__init__(f"There is a draft of {draft.name} already.")
        self.draft = draft


def stamp(update: Update) -> str:
    """Which state of a draft somebody looked at. Comes back with the form."""
    return update.edited_at.isoformat()


def read(text: str, campaign: Campaign | None) -> DraftUpdate:
    """What a pasted text says, once it is known to fit this campaign and the database.

    Args:
        text: in the layout of a published urgent action.
        campaign: the one it must speak of; None where it may begin a new one.
    Raises:
        Fault: with sentences for whoever pasted it.
    """
    found = reading.read(text)
    if campaign and found.reference != campaign.reference:
        raise Fault([f"This text speaks of {found.reference}, but this campaign is {campaign.reference}."])
    long = _too_long(Update, found, "The text")
    for target in found.targets:
        long += _too_long(Target, target, target.name or "An office")
    if long:
        raise Fault(long)
    return found


def _too_long(model: type[models.Model], part: DraftUpdate | DraftTarget, whose: str) -> list[str]:
    faults = []
    # The reference is the campaign's, and only texts have a most.
    texts = [name for name in asdict(part) if name != "reference" and isinstance(getattr(part, name), str)]
    for name in texts:
        most, length = getattr(model._meta.get_field(name), "max_length", None), len(getattr(part, name))
        if most and length > most:
            faults.append(f"{whose}: the {name.replace('_', ' ')} was read as {length} characters; {most} fit.")
    return faults


def begin(
    text: str,
    campaign: Campaign | None,
    *,
    over: bool,
    by: str = "",
    theirs: frozenset[str] | None = None,
    taken: str = "",
) -> tuple[Update, bool]:
    """Store what a text says as a draft.

    Args:
        text: as it was pasted.
        campaign: the one it must speak of; None where it may begin a new one.
        over: True puts it in the place of an earlier draft of the same number.
        by: who begins it; "" for the machine.
        theirs: the slugs of the campaigns that this person works on; None for all.
        taken: what it is where its number is published: a ``correction`` of that text, or the ``next`` document.
    Returns:
        The draft, and True where the text brought no letter and the live update's was taken. Where the very same text
        was published before, that update.
    Raises:
        Fault: where the text cannot be read.
        AlreadyDrafted: where there is such a draft and ``over`` is False.
        updates.NumberTaken: where that number is published with another text, and ``taken`` does not say more.
    """
    found = read(text, campaign)
    with transaction.atomic():
        known = Campaign.objects.filter(reference=found.reference)
        alone(known)
        if theirs is not None and known.exclude(slug__in=theirs).exists():
            raise Fault([f"You do not work on {found.reference} yet. Ask an administrator to let you in."])
        ended = next((one.ending for one in known if one.ended), "")
        if ended:
            raise Fault([ended])
        found, correction = _numbered(found, taken)
        return _begin(found, text, campaign, correction, over=over, by=by)


def _numbered(found: DraftUpdate, taken: str) -> tuple[DraftUpdate, int]:
    """A text with the number that it gets, and which correction of that number it is."""
    rows = Update.objects.filter(campaign__reference=found.reference)
    same = rows.filter(number=found.number)
    if not taken or not same.exclude(published_at=None).exists():
        return found, 0
    if taken == "next":
        return replace(found, number=_largest(rows, "number") + 1), 0
    waits = same.filter(published_at=None, correction__gt=0).first()
    return found, waits.correction if waits else _largest(same, "correction") + 1


def _largest(rows: models.QuerySet[Update], name: str) -> int:
    return rows.aggregate(most=Max(name))["most"] or 0


def alone(campaigns: models.QuerySet[Campaign]) -> None:
    """Let nobody else begin a draft of this campaign before the present transaction ends."""
    if connection.features.has_select_for_update:
        # Not its key: whoever writes something down about this campaign at the same time need not wait.
        campaigns = campaigns.select_for_update(no_key=True)
    list(campaigns.values_list("pk"))


def _begin(
    found: DraftUpdate, text: str, campaign: Campaign | None, correction: int, *, over: bool, by: str
) -> tuple[Update, bool]:
    # A correction of the same number is no document of its own, so it stands in nobody's way.
    rows = Update.objects.filter(campaign__reference=found.reference, number=found.number)
    earlier = rows.filter(correction=correction).first()
    if earlier and not earlier.published and not over:
        raise AlreadyDrafted(earlier)
    live = campaign.live_update if campaign else None
    borrowed = bool(live and not found.letter_text)
    if live and borrowed:
        found = replace(found, letter_text=live.letter_text)
        if not found.letter_subject:
            found = replace(found, letter_subject=live.letter_subject, letter_subjects=live.letter_subjects)
    return updates.draft(_with_points_that_stay(found), text, by=by, correction=correction), borrowed


def _with_points_that_stay(found: DraftUpdate) -> DraftUpdate:
    """No text says which asks every letter makes: those that did so in the live update go on, by their words."""
    live = Update.objects.filter(live_for__reference=found.reference).first()
    if live is None:
        return found
    return replace(found, points_that_stay=carried_over(live.asks, live.points_that_stay, found.asks))


def begin_from_live(
    campaign: Campaign, *, by: str = "", offices: list[DraftTarget] | None = None, note: str = ""
) -> Update:
    """A draft with the next number and the live update's words and offices, or a correction of the live update.

    Args:
        campaign: with a live update.
        by: who begins it.
        offices: what stands in the place of the live update's, where it is the same document with these corrected:
            then it keeps number, index, dates and deadline as well.
        note: why, for the trail.
    Raises:
        ValueError: where nothing is live yet, or the campaign is over.
    """
    live = campaign.live_update
    if live is None or campaign.ended:
        raise ValueError(campaign.ending or "This campaign has no live update to start from.")
    with transaction.atomic():
        alone(Campaign.objects.filter(pk=campaign.pk))
        draft = _next(campaign) if offices is None else _correction_of(live)
        if offices is None:
            draft.original_index = live.original_index or live.index
            draft.original_issued_on = live.original_issued_on or live.issued_on
        for name in HANDED_ON if offices is None else updates.COPIED:
            setattr(draft, name, getattr(live, name))
        draft.language = live.language
        updates.save(draft, targets_of(live) if offices is None else offices, by=by, note=note)
        translating.hand_on(live, draft, by=by)
    return draft


def _next(campaign: Campaign) -> Update:
    return Update(campaign=campaign, number=_largest(campaign.updates.all(), "number") + 1)


def _correction_of(live: Update) -> Update:
    same = live.campaign.updates.filter(number=live.number)
    return Update(campaign=live.campaign, number=live.number, correction=_largest(same, "correction") + 1)


def targets_of(update: Update) -> list[DraftTarget]:
    """The offices of an update as values, in their order."""
    names = [field.name for field in fields(DraftTarget)]
    return [DraftTarget(**{name: getattr(target, name) for name in names}) for target in update.targets.all()]


def target_values(update: Update) -> list[dict[str, Any]]:
    """The same, as a form begins with them."""
    return [asdict(target) for target in targets_of(update)]


def doubts(update: Update) -> list[str]:
    """What is allowed, but often a mistake: sentences for whoever is about to publish."""
    found = []
    live = update.campaign.live_update
    if live and live.place > update.place:
        found.append(f"{live.name} is live already, and this one comes before it.")
    if not update.index:
        found.append("The draft has no index. The published document prints one.")
    if update.deadline and update.deadline < timezone.localdate():
        found.append(f"The date to write before, {update.deadline:%d %B %Y}, has passed.")
    if live and live.index and live.index != update.index and live.index in update.letter_text:
        found.append(f"The letter names {live.index}, the index of {live.name}. Is that still the one it should name?")
    found += translations.doubts(update)
    public = [target.email for target in update.targets.all() if domain_of(target.email) in PUBLIC_MAIL]
    found += [
        f"{email} is at a public mail service, where anyone can open an address. Is it theirs?" for email in public
    ]
    return found


def keep(update: Update, seen: str, values: dict[str, Any], targets: list[DraftTarget], *, by: str = "") -> None:
    """Store what was edited.

    Args:
        update: the draft.
        seen: its ``stamp`` when the form was opened.
        values: the fields of the update, clean.
        targets: its offices in their order, clean.
        by: who edited it; "" for the machine.
    Raises:
        Conflict: where it was saved or published by somebody else meanwhile, or its number was taken. Nothing is
        stored then.
    """
    with transaction.atomic():
        current = _locked(update, seen)
        if values.get("number", current.number) != current.number:
            current.correction = 0  # Under another number it is a document of its own.
        for name, value in values.items():
            setattr(current, name, value)
        try:
            with transaction.atomic():
                updates.save(current, targets, by=by)
        except IntegrityError as error:
            raise Conflict(f"There is an update with the number {current.number} already.") from error


def discard(update: Update, seen: str, *, by: str = "") -> None:
    """Throw a draft away. Its last words stay in the trail.

    Raises:
        Conflict: where it was changed or published since.
    """
    with transaction.atomic():
        current = _locked(update, seen)
        trail.record(What.DISCARDED, by=by, update=current, changes=trail.difference(trail.values_of(current), {}))
        current.delete()


def _locked(update: Update, seen: str) -> Update:
    rows = Update.objects.select_related("campaign")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    current = rows.filter(pk=update.pk).first()
    if current is None:
        raise Conflict("This draft was thrown away meanwhile.")
    if current.published:
        raise Conflict(f"{current.name} was published meanwhile by {current.published_by}; it can no longer change.")
    if stamp(current) != seen:
        raise Conflict(f"Somebody saved this draft at {current.edited_at:%H:%M} UTC, after you opened it.")
    return current
