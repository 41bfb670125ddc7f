"""Owns the counts of people in a text: which numbers speak of people, and how ("more than 60", "120 in all")."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """One number of people, as it was said."""

    number: int
    #: ">" more than, "≥" at least, "~" about; "" for just so many.
    bound: str
    #: "+" for more of them, "=" for all of them together; "" otherwise.
    share: str
    phrase: str

    @property
    def meaning(self) -> tuple[int, str, str]:
        """What two ways to say it have in common."""
        return self.number, self.bound, self.share


def fold(word: str) -> str:
    """A word without case and accents."""
    if word.isascii():
        return word.lower()
    bare = (sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return "".join(bare).casefold().replace("’", "'")


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


#: Who is counted, in English, French, Spanish and Arabic.
PEOPLE = _folded(
    "people persons person men man women woman children child boys girls others individuals detainees prisoners "
    "activists students journalists families relatives protesters demonstrators victims civilians villagers residents "
    "refugees workers lawyers teachers defendants names named detained arrested killed missing held disappeared "
    "personnes personne hommes homme femmes femme enfants enfant autres détenus détenues détenu prisonniers "
    "prisonnières militants militantes étudiants journalistes familles victimes manifestants villageois réfugiés noms "
    "nommés arrêtées arrêtés détenues tuées tués disparus disparues "
    "personas hombres mujeres niños detenidos presos estudiantes familias víctimas manifestantes otros otras nombres "
    "شخص شخصا أشخاص معتقل معتقلا معتقلين معتقلون محتجز محتجزا محتجزين محتجزون سجين سجينا سجناء رجل رجال امرأة نساء "
    "طفل أطفال آخرين آخرون ناشط ناشطا نشطاء"
)
#: What else numbers count, and the months: such a number is no count of people.
OTHERWISE = _folded(
    "year years day days month months week weeks hour hours minutes km kilometres kilometers miles per percent % "
    "euros dollars pounds letters copies times pages lashes "
    "an ans année années jour jours mois semaine semaines heure heures pour kilomètres coups fois "
    "años días meses semanas horas سنة سنوات يوم أيام شهر أشهر ساعة "
    "january february march april may june july august september october november december "
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
BEFORE = {
    ">": ("more than", "over", "plus de", "más de", "أكثر من"),
    "≥": ("at least", "au moins", "al menos", "ما لا يقل عن", "على الأقل"),
    "~": ("about", "around", "nearly", "almost", "some", "environ", "près de", "unos"),
}
AFTER = {
    "+": ("more", "others", "other", "additional", "de plus", "autres", "más", "otros", "otras", "آخرين", "آخرون"),
    "=": ("in all", "in total", "altogether", "au total", "en tout", "en total", "إجمالا"),
}
Phrases = tuple[tuple[str, tuple[str, ...]], ...]
LEADS: Phrases = tuple((mark, tuple(map(fold, one.split()))) for mark, known in BEFORE.items() for one in known)
SHARES: Phrases = tuple((mark, tuple(map(fold, one.split()))) for mark, known in AFTER.items() for one in known)
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
ONES_FR = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMERALS = {
    **{fold(word): n for n, word in enumerate(ONES_FR.split())},
    **{word: n for n, word in enumerate(ONES.split())},
    **{word: 10 * n for n, word in enumerate(TENS.split(), 2)},
    "vingt": 20,
    "vingts": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "hundred": 100,
    "cent": 100,
    "cents": 100,
    "thousand": 1000,
    "mille": 1000,
    "million": 10**6,
    "millions": 10**6,
}
#: Articles as well as numerals: alone they count nobody.
ARTICLES = frozenset({"one", "un", "zero"})
TOKEN = re.compile(
    r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+"
    r"|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652]|['’](?=\w))*"
    r"|[^\w\s]|\n\s*\n"
)
#: Sentences end here, and so does what a number may count.
BREAKS = frozenset(".;:!?()。؛؟،,")
NEAR = 5
YEARS = range(1900, 2100)
BEFORE_A_YEAR = OTHERWISE | _folded("in since of by until en depuis de desde")
HAN_NUMBER = r"(?:\d[\d,]*|[一二两三四五六七八九十百千]+)"
HAN_WORDS = re.compile("[一二两三四五六七八九十百千]+")
HAN = re.compile(rf"(超过|超過|至少|大约|约|另有|另外|另|共有|共|总共)?({HAN_NUMBER})([多余餘])?(?:名|位|(?:个|個)?人)")
HAN_BOUND = {"超过": ">", "超過": ">", "至少": "≥", "大约": "~", "约": "~"}
HAN_SHARE = {"另有": "+", "另外": "+", "另": "+", "共有": "=", "共": "=", "总共": "="}
HAN_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
HAN_TENS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True)
class _Word:
    folded: str
    start: int
    end: int


def counts(text: str) -> list[Count]:
    """Every count of people in a text, each meaning once, in the order of the text."""
    found: dict[tuple[int, str, str], Count] = {}
    for count in [*_spelled(text), *_chinese(text)]:
        found.setdefault(count.meaning, count)
    return list(found.values())


def numbers(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Every number of a text, whatever it counts.

    Returns:
        Those in digits of any script, and those in English, French or Chinese words.
    """
    words, at = _words(text), 0
    digits: set[int] = set()
    spelled = {number for one in HAN_WORDS.findall(text) if (number := _han_number(one)) is not None}
    while at < len(words):
        number, after = _number(words, at)
        if number is not None and words[at].folded[0].isdecimal():
            point = at > 1 and words[at - 1].folded in {".", ","} and words[at - 2].folded[0].isdecimal()
            times = NUMERALS.get(words[after].folded, 0) if after < len(words) and not point else 0
            digits.add(number * times if times >= 100 else number)
            after += times >= 100
        elif number is not None:
            spelled.add(number)
        at = after
    return frozenset(digits), frozenset(spelled)


def _words(text: str) -> list[_Word]:
    return [_Word(fold(one[0]), one.start(), one.end()) for one in TOKEN.finditer(text) if one[0] not in "-‐"]


def _spelled(text: str) -> Iterable[Count]:
    words = _words(text)
    at = 0
    while at < len(words):
        number, after = _number(words, at)
        if number is None:
            at += 1
            continue
        count = _count(text, words, at, after, number)
        if count:
            yield count
        at = after


def _number(words: list[_Word], at: int) -> tuple[int | None, int]:
    """The number that begins at a word and where it ends; None where none begins."""
    if words[at].folded[0].isdecimal():
        digits = "".join(sign for sign in words[at].folded if sign.isdecimal())
        # Longer ones count nobody, and Python refuses to read very long ones.
        return (int(digits) if len(digits) <= 9 else None), at + 1
    total = current = 0
    here = at
    while here < len(words) and here < at + 9:
        value = NUMERALS.get(words[here].folded)
        joins = here > at and words[here].folded in {"and", "et"} and here + 1 < len(words)
        if value is None and joins and words[here + 1].folded in NUMERALS:
            here += 1
            continue
        if value is None:
            break
        total, current = _added(total, current, value)
        here += 1
    if here == at or (here == at + 1 and words[at].folded in ARTICLES):
        return None, at + 1
    return total + current, here


def _added(total: int, current: int, value: int) -> tuple[int, int]:
    if value >= 1000:
        return total + (current or 1) * value, 0
    if value == 100:
        return total, (current or 1) * 100
    if value == 20 and current % 10 == 4 and current % 100 == 4:
        return total, current - 4 + 80  # quatre-vingts
    return total, current + value


def _count(text: str, words: list[_Word], at: int, after: int, number: int) -> Count | None:
    near = [word.folded for word in words[after : after + NEAR]]
    near = near[: next((n for n, word in enumerate(near) if word in BREAKS or not word.strip()), NEAR)]
    if OTHERWISE.intersection(near[:2]):
        return None
    people = next((n for n, word in enumerate(near) if word in PEOPLE), None)
    share, size = _share(near)
    if people is None and not share:
        return None
    bound, begin = _lead(words, at)
    if number in YEARS and not bound and (people != 0 or (at and words[at - 1].folded in BEFORE_A_YEAR)):
        return None
    last = max(size, people + 1 if people is not None else 0)
    share, size = (share, last) if share else _share(near, last)
    phrase = text[words[begin].start : words[after + max(last, size) - 1].end]
    return Count(number, bound, share, " ".join(phrase.split()))


def _lead(words: list[_Word], at: int) -> tuple[str, int]:
    """The bound that ends before a number, and where it begins."""
    before = tuple(word.folded for word in words[max(0, at - 5) : at])
    found = ((mark, at - len(wanted)) for mark, wanted in LEADS if before[-len(wanted) :] == wanted)
    return next(found, ("", at))


def _share(near: list[str], first: int = 0) -> tuple[str, int]:
    """The share that stands after a number, or after ``first`` words, and where it ends."""
    for start in (first,) if first else (0, 1):
        for mark, wanted in SHARES:
            if tuple(near[start : start + len(wanted)]) == wanted:
                return mark, start + len(wanted)
    return "", first


def _chinese(text: str) -> Iterable[Count]:
    for found in HAN.finditer(text):
        lead, digits, more = found[1] or "", found[2], found[3]
        number = _han_number(digits)
        if number is not None:
            yield Count(number, ">" if more else HAN_BOUND.get(lead, ""), HAN_SHARE.get(lead, ""), found[0])


def _han_number(digits: str) -> int | None:
    if digits[0].isdecimal():
        bare = digits.replace(",", "")
        return int(bare) if len(bare) <= 9 else None
    total = current = 0
    for sign in digits:
        if sign in HAN_TENS:
            total, current = total + (current or 1) * HAN_TENS[sign], 0
        else:
            current = HAN_DIGITS[sign]
    return total + current
