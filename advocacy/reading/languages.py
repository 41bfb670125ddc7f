"""Owns languages: those that appeals may be written in, and the one that a text is written in."""

import re

from advocacy.reading import labels
from advocacy.reading.asks import Asks
from advocacy.reading.countries import country_of
from advocacy.reading.findings import Findings
from advocacy.reading.lines import straight
from advocacy.reading.sections import Placed

_AFTER = re.compile("|".join(f"(?:{one})" for one in labels.LANGUAGES), re.IGNORECASE)
_LISTED = re.compile(
    r"\b(?:in|en) ("
    r"(?:[^\W\d_]+(?:,? (?:and |or |et |ou |en |in |dans )*)){0,6}?(?:your own language|votre propre langue)|"
    r"[A-Z][^\W\d_]+(?:, [A-Z][^\W\d_]+)*(?: (?:or|and) [A-Z][^\W\d_]+)?)"
    r"(?:\s*[:.]| to | as |,? (?:calling|urging|asking|demanding|pour )\b)",
)
_APART = re.compile(r"\s*[,;/]\s*|\s+(?:or|and|ou|et)\s+", re.IGNORECASE)
_OWN = re.compile("|".join(f"(?:{one})" for one in labels.OWN_LANGUAGE), re.IGNORECASE)
_ENGLISH = labels.words("the of and to in was were is are that for with has have been his her their")
_FRENCH = labels.words("le la les des du de et un une est sont dans que qui pour avec son ses leur depuis sans")


def tell_languages(asks: Asks, placed: list[Placed], findings: Findings) -> None:
    """The languages that the document prefers, as it prints them."""
    for at, one in enumerate(placed):
        label = _AFTER.match(straight(one.text[:200]))
        if label:
            languages = _apart(one.text[label.end() : 600])
            lines = [one.number]
            for other in placed[at : at + 2]:
                own = _OWN.search(straight(other.text[:300]))
                if own and own[0] not in languages:
                    languages.append(own[0])
                    lines.append(other.number)
            if languages:
                findings.tell("languages", tuple(languages), lines)
                return
    listed = _LISTED.search(straight(asks.introduction[-400:]))
    if listed:
        languages = _apart(listed[1])
        if languages:
            findings.tell("languages", tuple(languages), asks.introduction_lines)


def _apart(text: str) -> list[str]:
    words = [
        re.sub(r"^(?:(?:in|en|or|and|ou|et|dans) )+", "", part.strip(" .:"))
        for part in _APART.split(text.partition(". ")[0])
    ]
    return [word for word in words if word and len(word) < 40 and not country_of(word)]


def language_of(text: str) -> str:
    """The tag of the language that running text is in: ja, zh, ar, fa, fr, ru, ko or en."""
    sample = text[:4000]
    counts = {
        "ja": len(re.findall(r"[\u3040-\u30ff]", sample)),
        "ko": len(re.findall(r"[\uac00-\ud7af]", sample)),
        "zh": len(re.findall(r"[\u4e00-\u9fff]", sample)),
        "ar": len(re.findall(r"[\u0600-\u06ff]", sample)),
        "ru": len(re.findall(r"[\u0400-\u04ff]", sample)),
    }
    latin = len(re.findall(r"[A-Za-zÀ-ÿ]", sample))
    if sum(counts.values()) > latin:
        return "ja" if counts["ja"] else max(counts, key=lambda tag: counts[tag])
    words = re.findall(r"[^\W\d_]+", sample.casefold())
    french, english = (sum(word in known for word in words) for known in (_FRENCH, _ENGLISH))
    return "fr" if french > english else "en"
