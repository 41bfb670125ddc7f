"""Owns a translator's work: keep it, throw it away, hand it on to the next update, fill it from a document.

The promise: nobody's words are written over unseen, and a change of a translation ends an approval as any other does.
"""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from advocacy import approvals, languages, reading, trail, translations
from advocacy.models import Translation, Update
from advocacy.models.act import What
from advocacy.reading import Fault, PrintedUpdate
from advocacy.translations import FIELDS, Beside, Pair
from mailings.text import UnfitText, clean_text


class Conflict(ValueError):
    """Somebody else was faster. Its message is a whole sentence."""


def stamp(translation: Translation | None) -> str:
    """Which state of a translation somebody looked at; "" where there was none. Comes back with the form."""
    return translation.edited_at.isoformat() if translation else ""


def find(update: Update, code: str) -> Translation | None:
    """The translation of an update into a language; None where nobody has begun one."""
    return update.translations.filter(language=code).first()


def to_begin_with(update: Update, code: str) -> Beside:
    """What a page of a translation opens with: what is stored, else what the live update has in that language."""
    known = find(update, code)
    live = update.campaign.live_update
    if known is None and live is not None and live.pk != update.pk:
        known = find(live, code)
    return translations.beside(update, known) if known else translations.begun(update, code)


def keep(update: Update, code: str, seen: str, pairs: list[Pair], *, by: str = "") -> None:
    """Store a translation.

    Args:
        update: the draft.
        code: the language.
        seen: the translation's ``stamp`` when the form was opened.
        pairs: every paragraph of the original as it was on the form, with what was written.
        by: who did; "" for the machine.
    Raises:
        Conflict: where somebody else saved, published or threw it away since, or the original changed. Nothing is
            stored then.
    """
    with transaction.atomic():
        current, known = _locked(update, code, seen)
        now = [(field, piece) for field, parts in translations.pieces(current).items() for piece in parts]
        if now != [(pair.field, pair.original) for pair in pairs]:
            raise Conflict("The original was changed after you opened this page.")
        row = known or Translation(update=current, language=code)
        before = trail.values_of(current)
        row.words, row.made_from = translations.stored(pairs)
        row.edited_at, row.edited_by = timezone.now(), by
        row.save()
        _recorded(current, before, row, by)


def _recorded(update: Update, before: dict[str, object], row: Translation, by: str) -> None:
    changes = trail.difference(before, trail.values_of(update))
    if changes:
        trail.record(What.EDITED, by=by, update=update, note=f"In {row.tongue.name}", changes=changes)
    approvals.end_where_changed(update, by=by)


def discard(update: Update, code: str, seen: str, *, by: str = "") -> None:
    """Throw a translation away. Its last words stay in the trail.

    Raises:
        Conflict: where it was changed, published or thrown away since.
    """
    with transaction.atomic():
        current, known = _locked(update, code, seen)
        if known is None:
            raise Conflict("There is no such translation any more.")
        before = trail.values_of(current)
        known.delete()
        # Nothing of the translation is left to say who edited last, and whoever did may not approve.
        current.edited_at, current.edited_by = timezone.now(), by
        current.save(update_fields=["edited_at", "edited_by"])
        _recorded(current, before, known, by)


def _locked(update: Update, code: str, seen: str) -> tuple[Update, Translation | None]:
    try:
        current = approvals.locked(update)
    except approvals.NotApproved as fault:
        raise Conflict(str(fault)) from fault
    if current.published:
        raise Conflict(f"{current.name} was published meanwhile by {current.published_by}; it can no longer change.")
    known = find(current, code)
    if stamp(known) != seen:
        who = known.edited_by if known else ""
        raise Conflict(
            f"{who or 'Somebody'} saved this translation at {known.edited_at:%H:%M} UTC, after you opened it."
            if known
            else "Somebody threw this translation away after you opened it."
        )
    return current, known


def hand_on(live: Update, draft: Update, *, by: str = "") -> None:
    """Give a new draft the translations of the live update. What its words change from then on is marked as older."""
    now = timezone.now()
    Translation.objects.bulk_create(
        Translation(
            update=draft,
            language=one.language,
            words=one.words,
            made_from=one.made_from,
            edited_at=now,
            edited_by=by,
        )
        for one in live.translations.all()
    )


# --- a document of the same case in another language -----------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A translation with what a document brought, and what whoever looks at it must know of that."""

    beside: Beside
    notes: tuple[str, ...]


def fill(update: Update, typed: Beside, text: str) -> Filled:
    """Put what a document says into a translation, where nothing is written or what is written is older.

    Args:
        update: the draft; the document must be the same update of the same case.
        typed: the translation as it stands on the page.
        text: of the document.
    Raises:
        Fault: where it is another case, another update or in another language, in words.
    """
    draft = reading.reading_of(text).draft
    _is_the_same(update, draft, typed)
    told = _told(draft)
    notes: list[str] = []
    filled: dict[int, Pair] = {}
    left = list(typed.left_over)
    for field, label in FIELDS.items():
        given = told.get(field, [])
        places = [at for at, pair in enumerate(typed.pairs) if pair.field == field]
        if not given:
            notes += [f"{label}: the document has nothing that can be taken."] if places else []
            continue
        if len(given) != len(places):
            notes.append(f"{label}: the document has {len(given)}, the original {len(places)}. Compare each one.")
        for place, words in zip(places, given, strict=False):
            pair = typed.pairs[place]
            if pair.lacking or pair.stale:
                filled[place] = replace(pair, words=words, made_from=pair.original)
        left += [Pair(field, "", words) for words in given[len(places) :]]
    pairs = tuple(filled.get(at, pair) for at, pair in enumerate(typed.pairs))
    return Filled(replace(typed, pairs=pairs, left_over=tuple(left)), tuple(notes))


def _is_the_same(update: Update, draft: PrintedUpdate, typed: Beside) -> None:
    here = f"{update.campaign.reference}, {update.name}"
    if not draft.reference:
        raise Fault([f"No reference was found in this text. Its first line must name the case: {here}."])
    if draft.reference != update.campaign.reference:
        raise Fault([f"This text speaks of {draft.reference}, but this is {here}."])
    if draft.update_number is None and draft.is_update:
        raise Fault([f"This is an update, but not which one. Write its number into the first line: {here}."])
    if (draft.update_number or 0) != update.number:
        other = Update(number=draft.update_number or 0).name
        raise Fault([f"This text is {other} of {draft.reference}, but this draft is {update.name}."])
    if languages.is_not(typed.language.code, draft.text_language):
        raise Fault([f"This text is not in {typed.language.name}. Choose its own language first."])


def _told(draft: PrintedUpdate) -> dict[str, list[str]]:
    """What a document says, in paragraphs. A finished letter is not taken: it lacks the tokens that letters need."""
    letter = draft.letter_text if "{" in draft.letter_text else ""
    texts = {
        "title": draft.title,
        "summary": draft.summary,
        "facts": draft.facts,
        "additional_information": draft.additional_information,
        "letter_subject": draft.letter_subject if letter else "",
        "letter_text": letter,
    }
    told = {field: _clean(text).split("\n\n") for field, text in texts.items() if text.strip()}
    return told | {"asks": [_clean(ask).rstrip(" .;؛；。") for ask in draft.asks]}


def _clean(text: str) -> str:
    try:
        return clean_text(text)
    except UnfitText as fault:
        raise Fault([str(fault)]) from fault
