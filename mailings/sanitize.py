"""Owns the cleaning of HTML; the only importer of bleach. Only what a simple letter needs passes."""

import re

import bleach

#: A letter has paragraphs, lists and line breaks. No link, no picture, no style, no attribute at all.
LETTER_TAGS = frozenset({"html", "body", "p", "br", "ol", "ul", "li", "strong", "em"})
#: Words between tags as a template escapes them, without control characters.
_WORDS = r"(?:[^<>&\x00-\x08\x0b-\x1f\x7f]++|&(?:amp|lt|gt|quot|\#x27);)*+"
#: What ``mailings.compose`` makes of a text: whole paragraphs and numbered lists, without one attribute. Cleaning would
#: give it back as it is, and take longer than all else that a letter needs; so it is recognised instead.
CLEAN_ALREADY = re.compile(
    rf"\s*+(?:<p>{_WORDS}(?:<br>{_WORDS})*+</p>\s*+|<ol>\s*+(?:<li>{_WORDS}</li>\s*+)++</ol>\s*+)*+"
)


def clean_letter_html(html: str) -> str:
    """HTML of a mail body with everything removed that a plain letter does not need.

    Args:
        html: rendered from our own template; whatever a person typed in it is already escaped.
    Returns:
        HTML with only the tags of ``LETTER_TAGS`` and no attributes. Other tags are dropped, their text stays.
    """
    if CLEAN_ALREADY.fullmatch(html):
        return html
    return bleach.clean(
        html, tags=LETTER_TAGS - {"html", "body"}, attributes={}, protocols=(), strip=True, strip_comments=True
    )


def clean_notice_html(html: str) -> str:
    """HTML of a mail to a supporter: as a letter's, and links to https or http pages."""
    if CLEAN_ALREADY.fullmatch(html):
        return html
    return bleach.clean(
        html,
        tags=(LETTER_TAGS - {"html", "body"}) | {"a"},
        attributes={"a": ["href"]},
        protocols=["https", "http"],
        strip=True,
        strip_comments=True,
    )
