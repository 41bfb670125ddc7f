"""Owns the book beside a draft: where both differ, whose address sends letters back, what is taken from the book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms

from advocacy import book, desk_book, drafts, offices
from advocacy.desk_offices import TargetForm, numbered
from advocacy.models import Office, OfficeSet, Target, Update
from advocacy.models.office import PRINTED
from advocacy.reading import DraftTarget
from advocacy.wording import COUNTRIES, Choices
from mailings.addresses import Listed
from mailings.text import address_key, domain_of

#: So many can be chosen from on a draft's page; a longer book is searched on its own pages.
MOST_CHOICES = desk_book.MOST_CHOICES


@dataclass(frozen=True)
class Beside:
    """What the book says of one office of a draft."""

    target: Target
    office: Office | None
    #: (field, what the draft says, what the book says) where both differ.
    differences: list[tuple[str, str, str]]
    flag: Listed | None
    office_set: OfficeSet | None = None
    #: How many countries its set has in the draft, and the names of those for which the book says otherwise now.
    countries: int = 0
    apart: tuple[str, ...] = ()


def beside(update: Update) -> list[Beside]:
    """The book beside each office of a draft, in their order."""
    targets = list(update.targets.select_related("book_office", "office_set"))
    flags = book.flags([target.email for target in targets])
    told = []
    for target in targets:
        office = target.book_office
        apart = book.differences(target, office) if office else {}
        lines = [(desk_book.LABELS[name], _said(own), _said(books)) for name, (own, books) in apart.items()]
        codes = tuple(str(COUNTRIES.get(code, code)) for code in book.rows_apart(target))
        flag = flags.get(address_key(target.email))
        told.append(Beside(target, office, lines, flag, target.office_set, len(target.by_country), codes))
    return told


def _said(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def doubts(update: Update) -> list[str]:
    """What the book makes worth a second look before publishing: sentences."""
    emails = {target.email: "" for target in update.targets.all() if target.email}
    for target in update.targets.all():
        emails |= {row["email"]: COUNTRIES.get(row["country"], "") for row in target.by_country if row.get("email")}
    said = [_sends_back(one) for one in book.flags(list(emails)).values()]
    public = [email for email, country in emails.items() if country and domain_of(email) in drafts.PUBLIC_MAIL]
    if public:
        said.append(f"In the set by country these are at public mail services: {', '.join(public)}. Are they theirs?")
    for target, one in zip(update.targets.all(), beside(update), strict=True):
        if one.differences:
            fields = ", ".join(field for field, _, _ in one.differences)
            said.append(f"{target.name}: the address book says otherwise ({fields}). Which of both is right?")
        if one.apart:
            said.append(f"{one.office_set}: the address book says otherwise for {', '.join(one.apart[:12])}.")
    return said


def _sends_back(one: Listed) -> str:
    answer = f" Its server said: {one.answer}" if one.answer else ""
    return f"{one.address} sends letters back. Letters to it would wait.{answer}"


def countries(update: Update) -> list[tuple[str, str]]:
    """(code, name) of each country whose supporters write to an office of their own, by name."""
    codes = {row["country"] for target in update.targets.all() for row in target.by_country}
    return sorted(((code, str(COUNTRIES.get(code, code))) for code in codes), key=lambda one: one[1])


def living_in(sample: Choices, country: str, update: Update) -> Choices:
    """A sample supporter as one who lives in a country that has an office of its own; as he or she is, in another."""
    return replace(sample, country=country, city="") if country in dict(countries(update)) else sample


def choices() -> tuple[list[tuple[str, str]], bool]:
    """What can be put into a draft from the book: (value, words), and False where the book holds more than fits."""
    told = [
        (f"set-{one.pk}", f"{one.name}: by the supporter’s country ({count})")
        for one, count in desk_book.sets()
        if count
    ]
    known = list(Office.objects.filter(retired=False).order_by("name", "pk")[: MOST_CHOICES + 1])
    told += [(f"office-{one.pk}", f"{one}{f' <{one.email}>' if one.email else ''}") for one in known[:MOST_CHOICES]]
    return told, len(known) <= MOST_CHOICES


class NotInTheBook(ValueError):
    """Nothing was chosen from the book, or it is not there. Its message is a sentence."""


def with_the_book(formset: forms.BaseFormSet[TargetForm], act: str, pick: str, role: str, by: str) -> list[DraftTarget]:
    """The offices of a valid formset after a button of the book was pressed.

    Args:
        formset: valid.
        act: ``pick`` adds what was chosen; ``take-2`` lets the book's word stand in row 2, ``put-2`` books that row.
        pick, role: what was chosen, and whether it stands under To or Copy.
        by: who pressed it.
    Raises:
        NotInTheBook: where nothing was chosen, or the row is tied to nothing.
    """
    known = numbered(formset)
    word, _, row = act.partition("-")
    if word == "pick":
        if pick.startswith("set-") and any(pick == f"set-{target.office_set_id}" for _, target in known):
            raise NotInTheBook("This set is in the draft already.")
        return [*(target for _, target in known), _picked(pick, "to" if role == "to" else "copy")]
    return [_told(target, word, by) if str(place) == row else target for place, target in known]


def _told(target: DraftTarget, word: str, by: str) -> DraftTarget:
    if word == "put":
        return replace(target, book_office_id=offices.put({n: getattr(target, n) for n in PRINTED}, by=by).pk)
    office = Office.objects.filter(pk=target.book_office_id or 0).first()
    if word == "rows":
        if not book.sets().filter(pk=target.office_set_id or 0).exists():
            raise NotInTheBook("This set is not in the book any more. The draft keeps its offices by country.")
        return replace(target, by_country=book.rows_of(target.office_set_id))
    if office is None:
        raise NotInTheBook("This office is not in the book any more.")
    return replace(target, **office.printed())


def _picked(pick: str, role: str) -> DraftTarget:
    kind, _, number = pick.partition("-")
    key = int(number) if number.isdecimal() and len(number) < 18 else 0
    if kind == "set" and (chosen := book.sets().filter(pk=key).first()):
        return DraftTarget("copy", name=chosen.name, office_set_id=chosen.pk)
    office = Office.objects.filter(pk=key).first() if kind == "office" else None
    if office is None:
        raise NotInTheBook("Choose an office from the book first.")
    return DraftTarget(role, **office.printed(), book_office_id=office.pk)
