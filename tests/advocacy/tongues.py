"""Owns an invented case in English, French and Arabic, as the tests of translations need it."""

from typing import Any

from advocacy import reading, translating, translations, updates
from advocacy.models import Update
from advocacy.translations import Beside
from tests.advocacy.making import approved, gone_live

ENGLISH = """UA 7/26, Index: AMR 20/0007/2026 of 3 March 2026

CANADA

Three teachers held at the ferry

Three teachers of a village school have been held since Monday. Nobody was told why.

They were on their way to a meeting about the school's roof. The ferry came back without them.

Their pupils wait at the landing every morning.

Write to the Governor asking him to:

- release the three teachers at once
- tell their families where they are

Write to:

Governor of the Islands
Jo Harbour
1 Quay Road
Halifax, NS B3H 0A0
Canada
Email: governor@example.org
Salutation: Dear Governor:

Model letter

Subject: {reference}: three teachers

{salutation}

I write about three teachers of the islands ({reference}).

{own_words}

I ask you to:

{asks}

Yours sincerely,

{signature}
"""

FRENCH_DOCUMENT = """AU 7/26, Index : AMR 20/0007/2026, 3 mars 2026

CANADA

Trois institutrices détenues au bac

Trois institutrices d'une école de village sont détenues depuis lundi. Personne n'a été informé des raisons.

Elles se rendaient à une réunion sur le toit de l'école. Le bac est revenu sans elles.

Leurs élèves attendent à l'embarcadère chaque matin.

Écrivez au gouverneur pour lui demander de :

- libérer les trois institutrices immédiatement
- dire à leurs familles où elles sont
"""

ARABIC_DOCUMENT = """UA 7/26, AMR 20/0007/2026, 3 March 2026

كندا

احتجاز ثلاث معلمات عند العبّارة

احتُجزت ثلاث معلمات من مدرسة القرية منذ يوم الاثنين. ولم يُخبَر أحد بالسبب.

كنّ في طريقهن إلى اجتماع عن سقف المدرسة. وعادت العبّارة من دونهن.

ينتظر التلاميذ عند المرسى كل صباح.
"""

FRENCH: dict[str, list[str]] = {
    "title": ["Trois institutrices détenues au bac"],
    "summary": ["Trois institutrices d’une école de village sont détenues depuis lundi. Personne ne sait pourquoi."],
    "facts": [
        "Elles se rendaient à une réunion sur le toit de l’école. Le bac est revenu sans elles.",
        "Leurs élèves attendent à l’embarcadère chaque matin.",
    ],
    "asks": ["libérer les trois institutrices", "dire à leurs familles où elles sont"],
    "letter_subject": ["{reference} : trois institutrices"],
    "letter_text": [
        "{salutation}",
        "Je vous écris au sujet de trois institutrices des îles ({reference}).",
        "{own_words}",
        "Je vous demande de :",
        "{asks}",
        "Veuillez agréer mes salutations,",
        "{signature}",
    ],
}
ARABIC: dict[str, list[str]] = {
    "title": ["احتجاز ثلاث معلمات عند العبّارة"],
    "summary": ["احتُجزت ثلاث معلمات من مدرسة القرية منذ يوم الاثنين. ولم يُخبَر أحد بالسبب."],
    "facts": ["كنّ في طريقهن إلى اجتماع عن سقف المدرسة. وعادت العبّارة من دونهن.", "ينتظر التلاميذ عند المرسى كل صباح."],
    "asks": ["الإفراج عن المعلمات الثلاث", "إخبار عائلاتهن بمكانهن"],
    "letter_subject": ["{reference}: ثلاث معلمات"],
    "letter_text": [
        "{salutation}",
        "أكتب إليكم عن ثلاث معلمات من الجزر ({reference}).",
        "{own_words}",
        "أطلب منكم:",
        "{asks}",
        "مع الاحترام،",
        "{signature}",
    ],
}


def drafted(**values: Any) -> Update:
    """The draft of the invented case, with other values where they are given."""
    draft = updates.draft(reading.read(ENGLISH), ENGLISH, by="Ada")
    if values:
        for name, value in values.items():
            setattr(draft, name, value)
        draft.save()
    return draft


def told(update: Update, code: str, words: dict[str, list[str]], *, by: str = "Zoe") -> Beside:
    """A translation of an update, stored as a translator does; fields that are not given stay as they are."""
    known = translating.find(update, code)
    beside = translating.to_begin_with(update, code)
    left = {field: list(texts) for field, texts in words.items()}
    pairs = [
        translations.Pair(pair.field, pair.original, left[pair.field].pop(0), pair.original)
        if left.get(pair.field)
        else pair
        for pair in beside.pairs
    ]
    translating.keep(update, code, translating.stamp(known), pairs, by=by)
    return translating.to_begin_with(update, code)


def live(*, french: bool = True, arabic: bool = True, **values: Any) -> Update:
    """The invented case, public in English with these translations."""
    draft = drafted(**values)
    if french:
        told(draft, "fr", FRENCH)
    if arabic:
        told(draft, "ar", ARABIC)
    update = gone_live(approved(draft))
    return Update.objects.select_related("campaign").get(pk=update.pk)
