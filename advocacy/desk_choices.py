"""Owns what a page shows where two people changed the same: both values, and the choice of one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing

SALT = "form-as-opened"
UNCHOSEN = "Both of you changed this. Choose which stays."
TO_CHOOSE = (
    "What only one of you changed stands below. Where both of you changed the same, choose. Nothing is saved yet."
)
MINE, THEIRS = "What stands here", "What {who} wrote"


@dataclass(frozen=True)
class Both:
    """One thing that both changed, on the page."""

    #: As the form sends it back.
    asked: str
    name: str
    label: str
    mine_words: str
    their_words: str
    #: Their value; "" for nothing, and where an office is left out.
    theirs: str
    choice: str


def unchosen(found: Iterable[Both]) -> list[Both]:
    """What is still to be chosen."""
    return [one for one in found if one.choice not in {"mine", "theirs"}]


def errors(found: Iterable[Both]) -> list[tuple[str, str]]:
    """What is still to be chosen, for the summary."""
    return [(f"both-{one.name}", f"{one.label}: {UNCHOSEN}") for one in unchosen(found)]


def listed(taken: list[str]) -> str:
    """What came in from the other one, for the end of a sentence."""
    return f"; what came in: {', '.join(dict.fromkeys(taken))}" if taken else ""


def packed(whose: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """What a form begins from, signed: it comes back with the form. ``whose`` says of which thing."""
    return signing.dumps({"whose": dict(whose), "told": dict(told)}, salt=SALT, compress=True)


def opened(whose: Mapping[str, Any], began: str) -> dict[str, Any] | None:
    """What a form that was sent began from; None where it does not say so, or is the form of another thing."""
    try:
        found = signing.loads(began, salt=SALT)
    except signing.BadSignature:
        return None
    return dict(found["told"]) if found["whose"] == dict(whose) else None


def plain(value: Any) -> str:
    r"""A text as it was shown: a browser sends ``\r\n`` for each line break."""
    return str(value).replace("\r\n", "\n").strip()


def without_choices(data: Iterable[str]) -> list[str]:
    """The names of what was chosen before: a new question is asked anew."""
    return [name for name in data if name == "asked" or name.startswith("choose-")]
