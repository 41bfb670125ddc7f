"""Owns the names of the people a case is about, where the document labels them. None is guessed from running text."""

import re

from advocacy.reading import labels
from advocacy.reading.findings import Findings
from advocacy.reading.head import Head
from advocacy.reading.lines import straight
from advocacy.reading.sections import Placed, numbers

_AFTER = re.compile("|".join(f"(?:{one})" for one in labels.PEOPLE), re.IGNORECASE)
_NAMED = re.compile(r"((?:[^\W\d_][\w'’-]*\s*){1,6}?)(?:\([^()]{3,80}\)\s*)?\((?:m|f)\)")
_PRONOUN = re.compile(r"\s*\([^()]{1,40}\)")


def tell_people(head: Head, placed: list[Placed], findings: Findings) -> None:
    """The people named in the head with ``(m)`` or ``(f)``, or after the label at the end."""
    for one in placed:
        label = _AFTER.match(straight(one.text[:200]))
        if label:
            names = [name.strip(" .") for name in re.split(r"[,;]\s*", _PRONOUN.sub("", one.text[label.end() : 600]))]
            findings.tell("individuals", tuple(name for name in names if name), [one.number])
            return
    if head.people:
        text = " ".join(one.text for one in head.people)[:1000]
        first = re.split(r":\s", text, maxsplit=1)[-1]
        for name, _, _ in head.countries:
            first = re.sub(rf"^{re.escape(name)}\s+", "", first, flags=re.IGNORECASE)
        people = [" ".join(found[1].split()) for found in _NAMED.finditer(first)]
        people = [re.sub(r"^aged\s+", "", name) for name in people if name]
        if people:
            findings.tell("individuals", tuple(people), numbers(head.people))
