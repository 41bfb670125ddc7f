"""Owns the words in braces that a letter's template may hold, what is wrong with a template, and the one merge.

No template of a person is ever compiled, and a value that was put in is never looked at for tokens again.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches

#: What a letter's template may hold, and what it becomes.
TOKENS = {
    "target_salutation": "how the office is addressed, with its mark: “Dear President Example:”",
    "target_name": "the name of whoever holds the office",
    "target_title": "the title of whoever holds the office",
    "points": "what the letter asks for, numbered, as the supporter chose it",
    "own_words": "the supporter’s own words, or nothing",
    "supporter_name": "the supporter’s name, as far as they let it be seen",
    "place": "their town and country; a line that holds it goes away where they show none",
    "country": "their country; a line that holds it goes away where they show none",
    "signature": "the supporter’s name and place, as far as they let them be seen",
    "reference": "the case’s reference, such as UA 61/21",
}
#: What earlier templates say. Published updates and letters never change, so these mean the same for ever.
ALIASES = {"salutation": "target_salutation", "asks": "points"}
NEEDED = ("target_salutation", "points", "signature")
#: More than one of these makes no sense.
ONCE = ("target_salutation", "points", "own_words", "signature")
#: Empty at some levels of identity. A line that holds such a one goes away, lest half a sentence be left.
MAY_BE_EMPTY = frozenset({"target_title", "place", "country", "supporter_name"})
TOKEN = re.compile(r"\{([a-z_]+)\}")
#: Whatever somebody may have meant for a token.
BRACED = re.compile(r"\{([^{}\n]*)\}")


#: A mark behind the salutation, which brings one of its own.
DOUBLED = re.compile(r"(\{(?:target_)?salutation\})[ \t\u00a0]*[,:;،؛：，；、]+")


def canonical(name: str) -> str:
    """A token's present name."""
    return ALIASES.get(name, name)


def merge(text: str, values: Mapping[str, str]) -> str:
    """Put values in for tokens, in one pass. A paragraph whose only token is empty goes away; unknown tokens stay."""
    gone = {name for name in MAY_BE_EMPTY if values.get(name) == ""}
    if gone:
        text = "\n".join(line for line in text.split("\n") if gone.isdisjoint(map(canonical, TOKEN.findall(line))))
    merged = TOKEN.sub(lambda found: values.get(canonical(found[1]), found[0]), text)
    return re.sub(r"\n{3,}", "\n\n", merged).strip()


def mended(text: str) -> str:
    """A template without the marks that would stand twice behind the salutation."""
    return DOUBLED.sub(r"\1", text)


def span_of(text: str, name: str) -> tuple[int, int]:
    """Where a token, or its earlier name, begins and ends for the first time; the end of the text where it is not."""
    found = next((found for found in TOKEN.finditer(text) if canonical(found[1]) == name), None)
    return found.span() if found else (len(text), len(text))


def names_case(template: str, reference: str) -> bool:
    """True where what is made of a template holds the case's reference."""
    return reference in template or "reference" in TOKEN.findall(template)


def letter_faults(letter_text: str) -> list[str]:
    """What is wrong with a template, each a whole sentence for the campaigner; empty where it is sound."""
    found = [canonical(name) for name in TOKEN.findall(letter_text)]
    faults = [*_unknown(letter_text), *(f"The letter lacks {{{name}}}: {TOKENS[name]}." for name in NEEDED
              if name not in found)]  # fmt: skip
    faults += [f"The letter has {{{name}}} more than once." for name in ONCE if found.count(name) > 1]
    if DOUBLED.search(letter_text):
        faults.append(
            "{target_salutation} brings its own mark. Take the one behind it away, or save the fields once more."
        )
    return faults or [*_order(letter_text, found), *line_faults(letter_text)]


def line_faults(text: str) -> list[str]:
    """Each token that would go away because another one on its line is empty, as a sentence."""
    faults = []
    for line in text.split("\n"):
        names = [canonical(name) for name in TOKEN.findall(line)]
        empty = next((name for name in names if name in MAY_BE_EMPTY), "")
        faults += [
            f"{{{name}}} needs a line of its own: a line that holds {{{empty}}} goes away where that is empty."
            for name in ONCE
            if empty and name in names
        ]
    return faults


def _unknown(letter_text: str) -> list[str]:
    faults = []
    for name in dict.fromkeys(BRACED.findall(letter_text)):
        if canonical(name) not in TOKENS:
            near = nearest(name)
            remedy = f"Did you mean {{{near}}}?" if near else "Use one of those listed."
            faults.append(f"The letter has {{{name}}}, which means nothing. {remedy}")
    if re.search("[{}]", BRACED.sub("", letter_text)):
        faults.append("A brace stands alone in the letter. Write both, like {points}, or none.")
    return faults


def nearest(name: str) -> str:
    """The token that somebody may have meant; "" where none is like it."""
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    near = get_close_matches(plain, [*TOKENS, *ALIASES], 1, 0.6)
    return canonical(near[0]) if near else ""


def _order(letter_text: str, found: list[str]) -> list[str]:
    if not found.index("target_salutation") < found.index("points") < found.index("signature"):
        return ["Salutation, points and signature must stand in this order."]
    first, last = span_of(letter_text, "target_salutation")[0], span_of(letter_text, "signature")[0]
    if "own_words" in found and not first < span_of(letter_text, "own_words")[0] < last:
        return ["The supporter’s own words must stand between the salutation and the signature."]
    return []


def subject_faults(subject: str) -> list[str]:
    """What is wrong with a subject: it may name the case, and nothing else is put in for it."""
    others = [name for name in BRACED.findall(subject) if name != "reference"]
    if others or re.search("[{}]", BRACED.sub("", subject)):
        return ["In a subject only {reference} is replaced. Leave other words in braces out."]
    return []
