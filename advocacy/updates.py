"""Owns what can be done with an update: draft it from a text, see what is missing, publish it."""

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from advocacy import approvals, book, hails, languages, letter_checks, people, trail, translations
from advocacy.merging import mended
from advocacy.models import Campaign, Target, Update
from advocacy.models.act import What
from advocacy.models.campaign import CampaignStatus
from advocacy.models.target import TargetRole, mail_name
from advocacy.reading import DraftTarget, DraftUpdate
from advocacy.wording import COUNTRIES
from mailings.text import UnfitText, address_key, clean_address

#: Fields of a draft that are fields of an update by the same name.
COPIED = (
    "index", "issued_on", "original_index", "original_issued_on", "country", "title", "summary", "facts", "asks",
    "points_that_stay", "additional_information", "letter_subject", "letter_subjects", "letter_text", "deadline",
)  # fmt: skip


class NotPublishable(ValueError):
    """An update that must not be published yet. ``faults`` are whole sentences."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class NumberTaken(NotPublishable):
    """A text whose number is published with another text; ``update`` is that one."""

    def __init__(self, update: Update) -> None:
        super().__init__([f"{update} is published already with another text, and a published text never changes."])
        self.update = update


def campaign_for(reference: str, *, by: str = "") -> Campaign:
    """The campaign of a case, new where there was none: then whoever begins it works on it.

    Its slug is made of the reference: ``ua-61-21``.
    """
    slug = slugify(reference.replace("/", "-").replace(".", "-"))
    campaign, new = Campaign.objects.get_or_create(reference=reference, defaults={"slug": slug})
    if new:
        people.let_its_author_in(campaign, by)
    return campaign


def draft(read: DraftUpdate, source_text: str, *, by: str = "", correction: int = 0) -> Update:
    """Store what was read as a draft, or over the earlier draft of the same number.

    Args:
        read: from ``advocacy.reading.read``.
        source_text: the text it was read from, kept beside it.
        by: who drafts it; "" for the machine.
        correction: which correction of a published document it is; 0 where it is a document.
    Returns:
        The draft; the published update itself where the very same text was published before.
    Raises:
        NumberTaken: where that number is published with another text.
    """
    with transaction.atomic():
        campaign = campaign_for(read.reference, by=by)
        known = Update.objects.filter(campaign=campaign, number=read.number, correction=correction)
        update = known.first() or Update(campaign=campaign, number=read.number, correction=correction)
        if update.published:
            if update.source_text == source_text:
                return update
            raise NumberTaken(update)
        for name in COPIED:
            setattr(update, name, getattr(read, name))
        update.letter_text = mended(update.letter_text)
        live = campaign.live_update
        update.language = languages.likely(read.language, live.language if live else "")
        update.source_text = source_text
        save(update, read.targets, by=by)
    return update


def save(update: Update, targets: list[DraftTarget], *, by: str = "", note: str = "") -> None:
    """Store a draft and its targets in the order given, and in the trail what changed.

    Args:
        update: a draft, new or with other words than are stored.
        targets: its offices.
        by: who did this; "" for the machine.
        note: why, where it was no edit by hand.
    """
    with transaction.atomic():
        targets = book.tied(update, targets)
        stored = Update.objects.filter(pk=update.pk).first()
        before = trail.values_of(stored) if stored else {}
        update.edited_at, update.edited_by = timezone.now(), by
        update.save()
        update.targets.all().delete()
        Target.objects.bulk_create(
            Target(update=update, position=position, **asdict(target)) for position, target in enumerate(targets, 1)
        )
        changes = trail.difference(before, trail.values_of(update))
        if not stored:
            trail.record(What.BEGAN, by=by, update=update, note=note)
        elif changes:
            trail.record(What.EDITED, by=by, update=update, note=note, changes=changes)
            approvals.end_where_changed(update, by=by)


def faults(update: Update) -> list[str]:
    """Why a draft must not be published yet, each a whole sentence; empty where it may."""
    found = []
    needed = {"title": "title", "facts": "account of what happened", "letter_subject": "subject of the letter"}
    found += [f"The {words} is missing." for name, words in needed.items() if not getattr(update, name).strip()]
    if not update.asks:
        found.append("The asks are missing: a letter that asks for nothing cannot be published.")
    targets = list(update.targets.all())
    found += _target_faults(targets)
    found += letter_checks.faults(update)
    found += translations.faults(update)
    return found or letter_checks.mail_faults(update)


def _target_faults(targets: list[Target]) -> list[str]:
    found = []
    if not any(target.role == TargetRole.TO for target in targets):
        found.append("Nobody stands under To.")
    addresses = [address_key(target.email) for target in targets if target.email]
    if len(addresses) != len(set(addresses)):
        found.append("Two offices have the same email address.")
    for target in targets:
        found += [f"{target.name or 'An office'}: {fault}" for fault in target_faults(target)]
        found += _country_faults(target)
    return found + _doubled_by_country(targets)


def _country_faults(target: Target) -> list[str]:
    """What is wrong with the offices that stand for one by the supporter's country."""
    if target.by_country and target.role != TargetRole.COPY:
        return [f"{target.name}: only a copy can depend on the supporter's country."]
    found = []
    for row in target.by_country:
        place, name = target.seen_from(row["country"]), COUNTRIES.get(row["country"], row["country"])
        found += [f"{place.name or 'An office'} ({name}): {fault}" for fault in target_faults(place)]
    return found


def _doubled_by_country(targets: list[Target]) -> list[str]:
    """Two offices that get one and the same address where a supporter lives in some country, each a sentence.

    Stated addresses that are doubled everywhere are told once, elsewhere.
    """
    found = []
    for country in sorted({row["country"] for target in targets for row in target.by_country}):
        first: dict[str, tuple[Target, Target]] = {}
        for target in targets:
            place = target.seen_from(country)
            before = first.setdefault(address_key(place.email), (target, place))
            by_country = before[0] is not before[1] or place is not target
            if place.email and before[0] is not target and by_country:
                both = f"{_told(*before)} and {_told(target, place)}"
                found.append(f"{COUNTRIES.get(country, country)}: {both} have the same email address, {place.email}.")
    return found


def _told(target: Target, place: Target) -> str:
    """An office as its supporters of one country see it, with the set that it comes from."""
    name = place.name or "an office"
    return name if place is target else f"{name} (of “{target.office_set or target.name}”)"


def target_faults(target: Target | DraftTarget) -> list[str]:
    """What is wrong with one office: a sentence each."""
    found = []
    if not target.name:
        found.append("The name is missing.")
    if target.role == TargetRole.TO and not target.email:
        found.append("An office under To needs an email address.")
    if target.role == TargetRole.TO and not target.salutation:
        found.append("An office under To needs a salutation, such as: Dear President.")
    found += hails.target_faults(target)
    if target.email:
        try:
            clean_address(target.email)
        except UnfitText as fault:
            found.append(str(fault))
    if target.name and not mail_name(target.name, target.title):
        found.append("The name holds nothing but an honorific.")
    return found


def publish(update: Update, *, by: str) -> None:
    """Make an update the live one. From here on the database lets nobody change it.

    Asks for no approval: ``advocacy.publishing`` does, and is the way for everybody at the desk.

    The page and every letter written after this use it; letters written before keep the update they were written on.

    Args:
        update: a draft.
        by: the member of staff, kept with it.
    Raises:
        NotPublishable: with everything that still stands in its way.
    """
    with transaction.atomic():
        found = faults(update)
        if found:
            raise NotPublishable(found)
        now = timezone.now()
        rows = Update.objects.filter(pk=update.pk, published_at=None)
        if not rows.update(published_at=now, published_by=by):
            raise NotPublishable([f"{update} has been published already."])
        # Said in the database, not from what was read before: the campaign may have been stopped since.
        campaign = Campaign.objects.filter(pk=update.campaign_id)
        before = campaign.get().live_update
        campaign.update(live_update=update)
        campaign.filter(status=CampaignStatus.DRAFT).update(status=CampaignStatus.OPEN, status_at=now)
        changes = {"live update": [before.name if before else None, update.name]}
        trail.record(What.PUBLISHED, by=by, update=update, changes=changes)
    update.refresh_from_db()
    update.campaign.refresh_from_db()
