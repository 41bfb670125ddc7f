"""Owns the names of countries as urgent actions print them, in the languages that they come in."""

import re
from functools import cache

from django.utils import translation
from django_countries import countries

from advocacy.reading.lines import fold

LANGUAGES = ("en", "fr", "ar", "ja", "zh-hans", "zh-hant")
#: Printed names that no table of today has -> the name they are known by.
OTHER_NAMES = {
    "kazakstan": "Kazakstan", "burma": "Burma", "north korea": "North Korea", "south korea": "South Korea",
    "usa": "USA", "united states": "United States", "uk": "United Kingdom", "uae": "United Arab Emirates",
    "israel/opt": "Israel/OPT", "opt": "OPT", "palestine": "Palestine", "drc": "Democratic Republic of the Congo",
    "democratic republic of congo": "Democratic Republic of the Congo", "congo": "Congo", "syria": "Syria",
    "russia": "Russia", "russian federation": "Russian Federation", "viet nam": "Viet Nam", "vietnam": "Vietnam",
    "turkey": "Turkey", "turquie": "Turkey", "turkiye": "Türkiye", "swaziland": "Swaziland", "gambia": "Gambia",
    "the gambia": "Gambia", "macedonia": "Macedonia", "ivory coast": "Côte d'Ivoire", "cote d'ivoire": "Côte d'Ivoire",
    "laos": "Laos", "czech republic": "Czech Republic", "taiwan": "Taiwan", "hong kong": "Hong Kong",
    "états-unis": "United States", "iran": "Iran", "chine": "China", "birmanie": "Myanmar", "russie": "Russia",
    "syrie": "Syria", "corée du nord": "North Korea", "royaume-uni": "United Kingdom", "émirats arabes unis":
    "United Arab Emirates", "中国": "China", "中國": "China", "mainland china": "China",
}  # fmt: skip
#: A state's full name in an address.
_FULL = re.compile(
    r"(?:the )?(?:people's |islamic |federal |arab |socialist |democratic |united |bolivarian |co-operative |"
    r"plurinational |hashemite |oriental )*(?:republic|kingdom|state|sultanate|principality|federation) of "
    r"[^\W\d][\w' -]{2,40}$|république (?:\w+ ){0,3}(?:de |du |d')[\w' -]{2,40}$",
    re.IGNORECASE,
)


@cache
def _names() -> dict[str, str]:
    """Folded name -> the name in English."""
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
    known: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            known |= {fold(str(name)): english[code] for code, name in countries}
    return known | OTHER_NAMES


def country_of(printed: str) -> str:
    """The English name of a printed country, two joined by ``/`` included; "" for anything else."""
    folded = fold(printed.strip(" :.,()"))
    if len(folded) > 60:
        return ""
    if folded in _names():
        name = _names()[folded]
        return name if name.casefold() != folded else _as_printed(printed, name)
    parts = folded.split("/")
    names = [_names().get(part.strip(), "") for part in parts]
    return "/".join(names) if len(parts) > 1 and all(names) else ""


def _as_printed(printed: str, name: str) -> str:
    return name if fold(printed.strip(" :.,()")) == fold(name) else printed


def is_country_line(text: str) -> bool:
    """True for a line of an address that is a country's name, short or full."""
    if len(text) > 60:
        return False
    return bool(country_of(text)) or _FULL.match(fold(text)) is not None


def full_name_at_the_end(text: str) -> int:
    """Where a state's full name begins that ends this line; -1 where none does."""
    folded = fold(text)
    if len(folded) != len(text):
        return -1
    for opening in ("people's republic of ", "islamic republic of ", "republic of ", "kingdom of "):
        place = folded.rfind(opening)
        if place > 0 and _FULL.match(folded, place):
            return place
    return -1


def countries_in(text: str) -> list[str]:
    """The countries that a short text names in English, without looking inside words: candidates, no more."""
    words = re.findall(r"[^\W\d_][\w'-]*", text[:400])
    found: list[str] = []
    for size in (4, 3, 2, 1):
        for start in range(len(words) - size + 1):
            name = country_of(" ".join(words[start : start + size]))
            if name and name not in found and words[start][0].isupper():
                found.append(name)
    return found
