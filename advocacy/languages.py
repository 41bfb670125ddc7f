"""Owns the languages that a case can be told in: tags, own names, reading direction, script.

A table, no rules: one more language is one more line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Language:
    """One language. ``code`` is its BCP 47 tag, as it stands in addresses and in ``lang``."""

    code: str
    #: In English, for staff, and in itself, for readers.
    name: str
    own: str
    script: str = "latin"
    #: What stands between the items of a list, and after the last one.
    between: str = ";"
    end: str = "."

    @property
    def dir(self) -> str:
        """The reading direction, as HTML says it."""
        return "rtl" if self.script in RIGHT_TO_LEFT else "ltr"

    @property
    def rtl(self) -> bool:
        """True where it is read from right to left."""
        return self.script in RIGHT_TO_LEFT


RIGHT_TO_LEFT: Final = frozenset({"arabic", "hebrew"})
DEFAULT: Final = "en"
#: The longest tag that a column has to hold.
LONGEST_CODE: Final = 12

#: In the order in which a page offers them.
LANGUAGES: Final[dict[str, Language]] = {
    one.code: one
    for one in (
        Language("en", "English", "English"),
        Language("ar", "Arabic", "العربية", "arabic", "؛"),
        Language("bn", "Bengali", "বাংলা", "bengali", end="।"),
        Language("cs", "Czech", "Čeština"),
        Language("da", "Danish", "Dansk"),
        Language("de", "German", "Deutsch"),
        Language("el", "Greek", "Ελληνικά", "greek"),
        Language("es", "Spanish", "Español"),
        Language("fa", "Persian", "فارسی", "arabic", "؛"),
        Language("fi", "Finnish", "Suomi"),
        Language("fr", "French", "Français", between=" ;"),
        Language("he", "Hebrew", "עברית", "hebrew"),
        Language("hi", "Hindi", "हिन्दी", "devanagari", end="।"),
        Language("hu", "Hungarian", "Magyar"),
        Language("id", "Indonesian", "Bahasa Indonesia"),
        Language("it", "Italian", "Italiano"),
        Language("ja", "Japanese", "日本語", "kana", "；", "。"),
        Language("kk", "Kazakh", "Қазақша", "cyrillic"),
        Language("ko", "Korean", "한국어", "hangul"),
        Language("ku", "Kurdish (Kurmanji)", "Kurdî"),
        Language("nb", "Norwegian", "Norsk bokmål"),
        Language("nl", "Dutch", "Nederlands"),
        Language("pl", "Polish", "Polski"),
        Language("pt", "Portuguese", "Português"),
        Language("ru", "Russian", "Русский", "cyrillic"),
        Language("sv", "Swedish", "Svenska"),
        Language("sw", "Swahili", "Kiswahili"),
        Language("th", "Thai", "ไทย", "thai"),
        Language("tr", "Turkish", "Türkçe"),
        Language("ug", "Uyghur", "ئۇيغۇرچە", "arabic", "؛"),
        Language("uk", "Ukrainian", "Українська", "cyrillic"),
        Language("ur", "Urdu", "اردو", "arabic", "؛", "۔"),
        Language("vi", "Vietnamese", "Tiếng Việt"),
        Language("zh-Hans", "Chinese (simplified)", "简体中文", "han", "；", "。"),
        Language("zh-Hant", "Chinese (traditional)", "繁體中文", "han", "；", "。"),
    )
}
#: The script that a reading's own tag of a language stands for.
SCRIPTS_READ: Final = {"ar": "arabic", "ja": "kana", "ko": "hangul", "ru": "cyrillic", "zh": "han"}
READ_AS: Final = {"zh": "zh-Hans"}


#: Tags of other people's pages -> ours, where cutting off their ends does not lead there.
MEANT: Final = {
    "zh": "zh-Hans", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant",
    "no": "nb", "nn": "nb", "iw": "he", "in": "id", "kmr": "ku", "prs": "fa",
}  # fmt: skip


def of_tag(tag: str) -> str:
    """The language of ours that a tag means: ``fr-CA`` is French. "" where it is none."""
    parts = tag.lower().replace("_", "-").split("-")
    known = {**MEANT, **{code.lower(): code for code in LANGUAGES}}
    found = (known.get("-".join(parts[:length]), "") for length in range(len(parts), 0, -1))
    return next(filter(None, found), "")


def language(code: str) -> Language:
    """The language of a tag; one that nobody knows any more is called by its tag."""
    return LANGUAGES.get(code) or Language(code, code, code)


def ordered(codes: Iterable[str]) -> list[Language]:
    """Languages in the order in which a page offers them."""
    known = list(LANGUAGES)
    return sorted((language(code) for code in set(codes)), key=lambda one: (one.code not in known, one.code))


def choices(*, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(tag, English name with the own one) for a menu, by English name."""
    left = [one for code, one in LANGUAGES.items() if code not in set(without)]
    return [
        (one.code, one.name if one.own == one.name else f"{one.name}: {one.own}")
        for one in sorted(left, key=lambda one: one.name)
    ]


def is_not(code: str, read: str) -> bool:
    """True where a text cannot be in a language, by the script that a reading found it in.

    Args:
        code: the language it should be in.
        read: the tag that ``advocacy.reading`` gave it, which knows scripts, and French from English.
    """
    wanted, found = language(code).script, SCRIPTS_READ.get(read, "latin")
    told = set(SCRIPTS_READ.values())
    if found == "latin":
        return wanted in told
    return found != wanted and {found, wanted} != {"kana", "han"}


def likely(read: str, before: str = "") -> str:
    """The language of a text that was read, to begin with: that of the case so far where the script allows it."""
    if before and not is_not(before, read):
        return before
    return READ_AS.get(read, read) if READ_AS.get(read, read) in LANGUAGES else DEFAULT
