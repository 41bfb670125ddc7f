"""Owns which line of an office's block is the name, the title, the organisation and the address. Nothing is guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from advocacy.reading import roles
from advocacy.reading.countries import full_name_at_the_end, is_country_line
from advocacy.reading.lines import straight

_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
#: A label in the country's own script before the name: "温家宝首相: Mr. Wen Jiabao".
_LOCAL_LABEL = re.compile(r"^([^A-Za-zÀ-ɏ\d\s][^A-Za-zÀ-ɏ\d]{0,20}?)\s*[:：]\s*(?=\S)")


def _begins(phrases: Iterable[str], after: str = r"(?![\w'])") -> re.Pattern[str]:
    return re.compile(
        "(?:" + "|".join(sorted((re.escape(one) for one in phrases), key=len, reverse=True)) + f"){after}",
        re.IGNORECASE,
    )


_BEFORE = "(?:(?:" + "|".join(re.escape(one) for one in roles.BEFORE_A_TITLE) + r")[ -]){0,2}"
TITLE = re.compile(_BEFORE + _begins(roles.TITLES).pattern, re.IGNORECASE)
_HONORIFIC = re.compile(_begins(roles.HONORIFICS, r"(?![\w'])").pattern + r"(?!\s+(?:le|la|l')\b)", re.IGNORECASE)
_OFFICE = re.compile(r"(?:the |le |la |l')?" + _begins(roles.OFFICE_BEGINS).pattern, re.IGNORECASE)
_OF = re.compile(r"\s+(?:of|for|de|du|des|to|et|général|générale)\b|\s+d['’]", re.IGNORECASE)
_ADDRESS_BEGINS = re.compile(r"(?<=\s)(?:No\.? ?[0-9]|P\.? ?O\.? |B\.?P\.? ?[0-9]|[0-9])")


@dataclass(frozen=True)
class Office:
    """Who an office is. ``question`` says what could not be told apart, with the lines in doubt."""

    name: str = ""
    title: str = ""
    organisation: str = ""
    local_title: str = ""
    address: tuple[int, ...] = ()
    #: Address lines that are parts of a line, in the place of whole ones.
    texts: tuple[str, ...] = ()
    sources: dict[str, int] = field(default_factory=dict)
    question: str = ""
    candidates: tuple[str, ...] = ()
    flat: bool = False
    #: True where the first two lines were read as one.
    wrapped: bool = False


def kind_of(line: str) -> str:
    """title, name (with an honorific), office, country, address, or "" for a line that shows nothing by itself."""
    plain = straight(line)
    if is_country_line(plain):
        return "country"
    if TITLE.match(plain):
        return "title"
    if _HONORIFIC.match(plain):
        return "name"
    if plain.split(" ")[-1].casefold() in roles.BUILDINGS:
        return "address"
    if _OFFICE.match(plain) or (not _digits(plain) and _words(plain) & roles.OFFICE_WORDS and "," not in plain):
        return "office"
    if _digits(plain) or _words(plain) & roles.STREET_WORDS:
        return "address"
    return ""


def _digits(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold().rstrip("'") for word in text.replace(",", " ").split())


def looks_like_a_name(line: str) -> bool:
    """True for two to six words with capitals and nothing else: what a name looks like where a title stands by it."""
    words = _WORD.findall(line)
    if not 2 <= len(words) <= 6 or _digits(line) or "," in line or not _LATIN.search(line):
        return False
    return all(_is_capital(word) or word.casefold() in roles.SMALL_WORDS for word in words) and line[0].isupper()


def _is_capital(word: str) -> bool:
    """True for "Harthy" and for "al-Harthy"."""
    return word[0].isupper() or word.partition("-")[2][:1].isupper()


def reads_as_names(text: str) -> bool:
    """True where nearly every word has a capital, as names and addresses are printed, and no sentence is."""
    words = _WORD.findall(text[:1000])
    small = sum(word[0].islower() and word.casefold() not in roles.SMALL_WORDS for word in words)
    return bool(words) and small * 8 <= len(words)


def office_of(lines: list[str]) -> Office:
    """Who an office is, from the lines of its block that have no label.

    Args:
        lines: as printed, without those that are labelled, remarks or in the local script.
    Returns:
        What can be told; where name and title cannot, a question and both left empty.
    """
    if not lines:
        return Office()
    local = _LOCAL_LABEL.match(lines[0])
    if local:
        found = office_of([lines[0][local.end() :], *lines[1:]])
        return replace(found, local_title=local[1])
    if len(lines) > 1 and _HONORIFIC.fullmatch(straight(lines[0])):  # "His Excellency" on a line of its own
        found = office_of([f"{lines[0]} {lines[1]}", *lines[2:]])
        sources = {said: place + (place > 0) for said, place in found.sources.items()}
        address = tuple(place + (place > 0) for place in found.address)
        return replace(found, sources=sources, address=address, wrapped=True)
    if len(lines) == 1 and len(lines[0]) > 60 and _digits(lines[0].split(",")[0]):
        return _flattened(lines[0])
    return _by_lines(lines)


def _by_lines(lines: list[str]) -> Office:
    first = _parts(lines[0])
    if first:
        return _with_rest(first, lines)
    kinds = [kind_of(line) for line in lines[:3]]
    titles = [place for place, kind in enumerate(kinds[:2]) if kind == "title"]
    ranked = [place for place in titles if split_title(lines[place])[1]]
    if len(titles) == 2 and len(ranked) == 1:  # "Commissioner of Police" beside "Commissioner Jane Doe"
        kinds[ranked[0]] = "name"
        titles.remove(ranked[0])
    if len(titles) == 1:
        return _beside_title(lines, kinds, titles[0])
    if not titles and kinds[0] == "office":
        return _rest(Office(), lines, 0)
    if not titles and kinds[0] == "name":
        return _rest(Office(name=lines[0], sources={"name": 0}), lines, 1)
    return _unclear(lines)


def _unclear(lines: list[str]) -> Office:
    return Office(
        address=tuple(range(2, len(lines))),
        question="Name and title cannot be told apart.",
        candidates=tuple(lines[:2]),
    )


def _beside_title(lines: list[str], kinds: list[str], title: int) -> Office:
    """One of the first two lines is a title; the name stands before or after it, or within it."""
    other = 1 - title
    beside = lines[other] if other < len(lines) else ""
    honoured = bool(beside) and kinds[other] == "name"
    named = honoured or (bool(beside) and kinds[other] == "" and looks_like_a_name(beside))
    rank, within = split_title(lines[title])
    # Two lines that could be the name; or one that may as well be a town: only its country follows.
    doubtful = bool(within) or (len(lines) > 2 and all(is_country_line(line) for line in lines[2:]))
    if title == 0 and named and not honoured and doubtful:
        return _unclear(lines)
    if named:
        office = Office(name=beside, title=lines[title], sources={"name": other, "title": title})
        return _rest(office, lines, 2)
    if title == 0 and within:
        return _rest(Office(title=rank, name=within, sources={"name": 0, "title": 0}), lines, 1)
    return _unclear(lines) if title == 1 else _title_alone(lines, kinds)


def _title_alone(lines: list[str], kinds: list[str]) -> Office:
    """A title without a name beside it; the name may still stand below the organisation."""
    office = Office(title=lines[0], sources={"title": 0})
    if kinds[1:2] == [""] and len(lines) > 2 and _LATIN.search(lines[1]) and not _digits(lines[1]):
        return _unclear(lines)
    if kinds[1:2] == ["office"] and len(lines) > 2:
        below = replace(office, organisation=lines[1], sources={"title": 0, "organisation": 1})
        if kinds[2] == "name":
            return _rest(replace(below, name=lines[2], sources={**below.sources, "name": 2}), lines, 3)
        if kinds[2] == "" and looks_like_a_name(lines[2]):
            unsure = replace(below, question="This may be a name or a place.", candidates=(lines[2],))
            return _rest(unsure, lines, 3)
    return _rest(office, lines, 1)


def _rest(office: Office, lines: list[str], start: int) -> Office:
    """Organisation and address of the lines after name and title."""
    texts = list(lines[start:])
    if texts and not office.organisation and kind_of(texts[0].split(",")[0]) == "office":
        first, _, after = texts[0].partition(", ")
        whole = not after or not (kind_of(after.split(",")[0]) in {"address", "country"} or "," in after)
        office = replace(
            office,
            organisation=texts[0] if whole else first,
            sources={**office.sources, "organisation": start},
        )
        texts[0] = "" if whole else after
    elif texts and not office.organisation:
        parts = texts[0].split(", ")
        inside = [part for part in parts[1:] if kind_of(part) == "office"]
        if inside:  # Named within the address: told, and the printed line stays whole.
            office = replace(office, organisation=inside[0], sources={**office.sources, "organisation": start})
    places = tuple(start + place for place, text in enumerate(texts) if text)
    return replace(office, address=places, texts=tuple(text for text in texts if text))


def _with_rest(office: Office, lines: list[str]) -> Office:
    """An office whose first line said several things; what that line says of the address comes first."""
    inside = office.texts
    whole = _rest(replace(office, texts=()), lines, 1)
    places = tuple(0 for _ in inside) + whole.address
    return replace(whole, texts=inside + whole.texts, address=places)


def _parts(line: str) -> Office | None:
    """A line such as "Ambassador Tiankai Cui, Embassy of ..." by its commas; None where they do not part it so."""
    parts = [part.strip() for part in line.rstrip(" .").split(", ")]
    if len(parts) < 2 or _digits(parts[0]):
        return None
    office = _first_part(parts)
    if office is None:
        return None
    used = 1 if office.title and office.name and kind_of(parts[0]) == "title" else 2
    if not (office.title and (office.name or office.organisation)):
        used = 1
    rest = parts[used:]
    if rest and not office.organisation and kind_of(rest[0]) == "office":
        office = replace(office, organisation=rest.pop(0), sources={**office.sources, "organisation": 0})
    return replace(office, texts=(", ".join(rest),) if rest else (), address=())


def _first_part(parts: list[str]) -> Office | None:
    first, second = kind_of(parts[0]), kind_of(parts[1])
    named = first == "name" or (first == "" and looks_like_a_name(parts[0]))
    if named and second == "title":
        return Office(name=parts[0], title=parts[1], sources={"name": 0, "title": 0})
    if first != "title":
        return None
    title, name = split_title(parts[0])
    if name:
        return Office(name=name, title=title, sources={"name": 0, "title": 0})
    if second == "name":
        return Office(name=parts[1], title=parts[0], sources={"name": 0, "title": 0})
    if second == "office" or re.match(r"(?:the|le|la|les) [A-Z]", parts[1], re.IGNORECASE):
        return Office(title=parts[0], organisation=parts[1], sources={"title": 0, "organisation": 0})
    return None


def split_title(line: str) -> tuple[str, str]:
    """("Director", "Wang Jiang"): a bare title with a name after it; (line, "") where that is not so."""
    plain = straight(line)
    found = TITLE.match(plain)
    if not found:
        return line, ""
    rest = line[found.end() :]
    if not rest.strip() or _OF.match(straight(rest)) or not looks_like_a_name(rest.strip()):
        return line, ""
    return line[: found.end()], rest.strip()


def _flattened(line: str) -> Office:
    """An office whose line breaks are lost: cut only where a title, an organisation or a number begins."""
    where = _ADDRESS_BEGINS.search(straight(line))
    head = line[: where.start()].strip() if where else line
    lost = Office(question="The line breaks of this office are lost.", candidates=(line,), flat=True)
    title = TITLE.search(straight(head))
    if not title or (title.start() and head[title.start() - 1] != " "):
        return lost
    before, after = head[: title.start()].strip(), head[title.start() :]
    place = _office_inside(after, title.end() - title.start())
    words = (after[:place] if place else after).strip(" ,")
    said, name = (words, before) if before else split_title(words)
    if not name or (before and not looks_like_a_name(before)):
        return lost
    organisation = after[place:].strip() if place else ""
    sources = {"name": 0, "title": 0} | ({"organisation": 0} if organisation else {})
    texts = _address_lines(line[where.start() :].strip() if where else "")
    return Office(name, said, organisation, "", tuple(0 for _ in texts), texts, sources, flat=True)


def _office_inside(text: str, start: int) -> int:
    """Where an organisation's name begins in a line after its title; 0 where none does."""
    for found in _OFFICE.finditer(straight(text), start):
        place = found.start()
        before = text[:place].split()[-1:]
        goes_on = bool(before) and before[0].casefold() in {"of", "the", "de", "la", "du", "for"}
        if text[place - 1] == " " and text[place].isupper() and not goes_on:
            return place
    return 0


def _address_lines(address: str) -> tuple[str, ...]:
    """An address on one line; a state's full name at its end is a line where the words before it are complete."""
    if not address:
        return ()
    place = full_name_at_the_end(straight(address))
    before = address[:place].rstrip() if place > 0 else ""
    last = before.split()[-1] if before else ""
    if last and (last.casefold().strip(",.") in roles.ENDS_A_PLACE or _digits(last) or last.endswith(",")):
        return (before, address[place:])
    return (address,)
