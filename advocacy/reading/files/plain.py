"""Owns the encodings of plain text: UTF-8, UTF-16 and Windows-1252 are read, and nothing else is guessed."""

import codecs

from advocacy.reading.draft import Fault

_REMEDY = "Save it as plain text in UTF-8, or paste its text."
#: Texts in Latin letters have fewer accents than this; in another encoding nearly every byte is a high one.
_MOST_HIGH_BYTES = 0.2
#: Control bytes that texts have: tab, line ends, form feed.
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1a")


def text_of(content: bytes) -> str:
    """The text of some bytes.

    Raises:
        Fault: where they are no text, or one in an encoding that cannot be told.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, encoding)
    wide = _wide(content)
    if wide:
        return _decoded(content, wide)
    if _is_binary(content):
        raise Fault([f"This is not text. {_REMEDY}"])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _western(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Fault([f"The text is damaged. {_REMEDY}"]) from error
    if "\x00" in text:
        raise Fault([f"This is not text. {_REMEDY}"])
    return text


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    sample = content[:2000]
    if len(sample) < 4 or len(content) % 2:
        return ""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.6 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and not odd else ""


def _is_binary(content: bytes) -> bool:
    return any(byte < 32 and byte not in _TEXT_CONTROLS for byte in set(content))


def _western(content: bytes) -> str:
    high = sum(byte >= 0x80 for byte in content)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Fault([f"The encoding of this text cannot be told. {_REMEDY}"]) from error
    if high > len(content) * _MOST_HIGH_BYTES:
        raise Fault([f"The encoding of this text cannot be told. {_REMEDY}"])
    return text
