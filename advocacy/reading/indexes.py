"""Owns document indexes: ``ASA 17/ 4243/2021`` and its older forms, in one form."""

import re
from dataclasses import dataclass

#: Regions and offices that documents are counted under; another three letters need the label.
REGIONS = "AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR|ORG|NWS|DOC|REG|PRE|CPT"
_NUMBERS = r"\s?([0-9]{1,2})\s?/\s?([0-9]{1,4})\s?/\s?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9/])"
_INDEX = re.compile(rf"\b({REGIONS}){_NUMBERS}")
_LABELLED = re.compile(rf"\bindex(?: number)?\s*:\s*([A-Z]{{3}}){_NUMBERS}", re.IGNORECASE)
#: Documents of before 1930 there are none.
_CENTURY = 30


@dataclass(frozen=True)
class Index:
    """An index in its one form and where in its line it stands."""

    name: str
    start: int
    end: int
    labelled: bool


def indexes_in(text: str) -> list[Index]:
    """Every index of a line, in its order."""
    labelled = [_index(match, labelled=True) for match in _LABELLED.finditer(text)]
    ends = {one.end for one in labelled}
    plain = [_index(match, labelled=False) for match in _INDEX.finditer(text) if match.end() not in ends]
    return sorted(labelled + plain, key=lambda one: one.start)


def _index(match: re.Match[str], *, labelled: bool) -> Index:
    region, country, number, year = match.groups()
    if len(year) == 2:
        year = f"{'20' if int(year) < _CENTURY else '19'}{year}"
    return Index(f"{region.upper()} {country}/{number.zfill(3)}/{year}", match.start(), match.end(), labelled)
