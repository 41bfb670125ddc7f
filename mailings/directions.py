"""Owns the reading direction in a mail's HTML, where a language that is read from right to left is in it.

Only what stands here puts an attribute into a mail, and its values are ours: what a person typed is cleaned before.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby

#: A tag of a language, as it may stand in an attribute.
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,8})*")


def direction_of(text: str) -> str:
    """``rtl`` or ``ltr``, by what most of its letters are; "" where none has a direction.

    Not by the first letter: in Arabic a paragraph may begin with the Latin reference of a case.
    """
    sides = [unicodedata.bidirectional(char) for char in text]
    right, left = sides.count("R") + sides.count("AL"), sides.count("L")
    return "" if not right and not left else "rtl" if right >= left else "ltr"


def directed(text: str, language: str, html_of: Callable[[str], str]) -> str:
    """A text as HTML in which each paragraph has its own direction, so that its full stop stands where it belongs.

    Args:
        text: finished and clean.
        language: the tag of the right-to-left language in it.
        html_of: makes clean HTML of a part of the text.
    Raises:
        ValueError: where the language is no tag.
    """
    if not TAG.fullmatch(language):
        raise ValueError(f"{language!r} is no tag of a language")
    parts = []
    for direction, run in groupby(text.split("\n\n"), direction_of):
        words = html_of("\n\n".join(run))
        attributes = f'dir="rtl" lang="{language}"' if direction == "rtl" else 'dir="ltr"'
        parts.append(f"<div {attributes}>\n{words}\n</div>")
    return "\n".join(parts)
