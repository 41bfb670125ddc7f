"""Owns the sample supporters with whom the desk shows a letter before anybody writes it."""

from collections.abc import Mapping
from dataclasses import replace

from advocacy.letter_checks import SAMPLE
from advocacy.models import Update
from advocacy.models.identity import Level, levels_up_to
from advocacy.wording import Choices

USUAL = "usual"
#: Name in addresses -> (name of the tab, who).
_PEOPLE: dict[str, tuple[str, Choices]] = {
    USUAL: ("Own words", replace(SAMPLE, shown_name="Sam")),
    "plain": ("No own words", Choices("Sample Supporter", "Halifax", "CA", shown_name="Sam")),
    "long": (
        "Long name",
        Choices(
            "Maximiliane Freifrau von Hohenstein-Papadopoulou",
            "Rural Municipality of St. Laurent",
            "CA",
            shown_name="Maximiliane-Alexandra Theodora",
        ),
    ),
    "chinese": ("Chinese name", Choices("歐陽志明", "臺北市", "TW", "我們沒有忘記他們。", shown_name="志明")),
}
_ONE, _TURNED = "one", "turned"
#: What a letter may be made of beside its writer, where there is more than one point.
_POINTS = {_ONE: "As few points as may be", _TURNED: "Points in another order"}


def tabs(update: Update) -> dict[str, str]:
    """The samples that an update can be shown with: name in addresses -> words."""
    people = {name: words for name, (words, _) in _PEOPLE.items()}
    return people | (_POINTS if len(update.asks) > 1 else {})


def levels(update: Update) -> list[Level]:
    """The levels of identity at which its letters may leave, the most first."""
    return levels_up_to(update.campaign.most_identity)


def chosen(update: Update, given: Mapping[str, str]) -> tuple[str, Level, Choices]:
    """The sample and the level that somebody asks for, and the supporter that they make.

    Args:
        update: the one to be shown.
        given: ``sample`` and ``level``; what means nothing there is passed over.
    """
    sample = given.get("sample", USUAL)
    sample = sample if sample in tabs(update) else USUAL
    offered = levels(update)
    level = next((level for level in offered if level == given.get("level")), offered[0])
    return sample, level, replace(_supporter(update, sample), level=level)


def _supporter(update: Update, sample: str) -> Choices:
    if sample not in _POINTS:
        return _PEOPLE[sample][1]
    usual, numbers = _PEOPLE[USUAL][1], range(1, len(update.asks) + 1)
    if sample == _TURNED:
        return replace(usual, points=tuple(reversed(numbers)))
    return replace(usual, points=tuple(update.points_that_stay) or (1,))
