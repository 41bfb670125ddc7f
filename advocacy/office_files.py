"""Owns the reading of a CSV file of offices: which column is what, and what is wrong with each cell, in words.

The promise: a cell is taken as it stands or refused with its row and column; none is mended or guessed.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django_countries import countries

from advocacy.models import Office
from mailings.text import LINE_BREAKS, UnfitText, clean_address, clean_line

#: An office takes a few hundred bytes, and a set has one for each country.
MOST_BYTES = 600_000
MOST_ROWS = 1_000
MOST_FAULTS = 200
LONGEST_CELL = 2_000
LISTS = frozenset({"address_lines", "local_address_lines", "fax", "phone"})
#: Column -> how it may be headed, in lower case. The first is how it is told.
HEADS: dict[str, tuple[str, ...]] = {
    "country": ("country", "country code"),
    "name": ("name",),
    "title": ("title",),
    "organisation": ("organisation", "organization"),
    "salutation": ("salutation",),
    "email": ("email", "e-mail", "email address", "e-mail address"),
    "address_lines": ("address", "postal address"),
    "local_address_lines": ("local address", "address in the local script"),
    "local_language": ("local language", "language of that script"),
    "fax": ("fax",),
    "phone": ("phone", "telephone"),
    "notes": ("notes",),
}
COLUMNS = {head: column for column, heads in HEADS.items() for head in heads}
#: What a spreadsheet would run when the file is opened; the wide forms are taken for the plain ones there.
FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r]")
NUMBER = re.compile(r"\+[\d\s().\-/]{3,}\Z")
MARKS = {b"PK\x03\x04": "an Excel workbook", b"\xd0\xcf\x11\xe0": "an Excel workbook", b"%PDF": "a PDF"}
DELIMITERS = ",;\t"
CODES = {str(name).casefold(): code for code, name in countries} | {code.casefold(): code for code, _ in countries}
EXAMPLE = """Country;Name;Title;Organisation;Salutation;Email;Address;Phone;Fax
Canada;Jane Sample;Ambassador;Embassy of Example in Canada;Dear Ambassador;ottawa@example.org;\
1 Sample Street|Ottawa ON K1A 0A1|Canada;+1 613 555 0100;
FR;Jean Exemple;Ambassadeur;Ambassade d’Exemple en France;Monsieur l’Ambassadeur;paris@example.org;\
2 rue de l’Exemple|75000 Paris|France;+33 1 55 50 01 00;
"""


class Unreadable(ValueError):
    """A file that cannot be read at all. Its message is a whole sentence with the remedy."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column}: {self.words}"


@dataclass(frozen=True)
class Row:
    """One office of the file: the number of its row, and what its cells say by the names of the columns."""

    number: int
    values: dict[str, Any]


@dataclass
class Sheet:
    """A whole file."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: How it was read, where that may have been wrong.
    doubt: str = ""


def text_of(content: bytes) -> tuple[str, str]:
    """The text of a file, and a doubt about its letters; "" where there is none.

    Raises:
        Unreadable: where it is too large, or no text.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1000} kB. Cut it into several.")
    for mark, words in MARKS.items():
        if content.startswith(mark):
            raise Unreadable(f"This is {words}. Open it, choose Save as, and there CSV UTF-8; then take that file.")
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return _plain(content.decode("utf-16")), ""
        return _plain(content.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        pass
    try:
        text = _plain(content.decode("cp1252"))
    except UnicodeDecodeError as error:
        raise Unreadable("The letters of this file cannot be read. Save it as CSV UTF-8.") from error
    return text, "The file was read as Windows-1252, as older Excel writes it. Look at every é, ñ and ü below."


def _plain(text: str) -> str:
    if "\x00" in text:
        raise Unreadable("This is no text file. Save it as CSV UTF-8.")
    return text


def read(text: str, *, by_country: bool) -> Sheet:
    """Read the text of a file.

    Args:
        text: from ``text_of``.
        by_country: True for a set: then each row needs a country of its own and an address.
    Raises:
        Unreadable: where its head does not say what is what, or it holds too many rows.
    """
    lines = _cells(text)
    head = next((cells for _, cells in lines), None)
    if head is None:
        raise Unreadable("The file is empty. Its first row names the columns, and each row after it is an office.")
    columns = _columns(head, by_country=by_country)
    sheet, countries_seen = Sheet(), dict[str, int]()
    for number, cells in lines[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(sheet.rows) + 1 > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Cut it into several.")
        row, faults = _row(number, cells, columns, by_country=by_country)
        code = str(row.values.get("country", ""))
        if by_country and code and countries_seen.setdefault(code, number) != number:
            words = f"this country stands in row {countries_seen[code]} already. One office stands for each."
            faults.append(Fault(number, "country", words))
        sheet.rows.append(row)
        sheet.faults += faults
    if not sheet.rows:
        raise Unreadable("The file names its columns, and no office. Each row after the first is an office.")
    return sheet


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Every row with the number under which a spreadsheet shows it."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(reader, 1):
            # The rest is not read: a table of millions of rows is none of ours.
            if number > MOST_ROWS * 3:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Cut it into several.")
            if cells or found:
                found.append((number, cells))
    except csv.Error as error:
        words = "a quotation mark opens or closes where none should, or a cell is far too long"
        raise Unreadable(f"Row {len(found) + 1} cannot be told into cells: {words}.") from error
    return found


def _columns(head: Sequence[str], *, by_country: bool) -> list[str]:
    """The column of each cell; "" for a cell without a head."""
    columns = [_column(cell) for cell in head]
    for column in HEADS:
        if columns.count(column) > 1:
            raise Unreadable(f"Two columns are headed “{HEADS[column][0]}”. Leave one of them out.")
    needed = ("name", "country", "email") if by_country else ("name",)
    missing = [HEADS[column][0] for column in needed if column not in columns]
    if missing:
        said = ", ".join(f"“{name}”" for name in missing)
        raise Unreadable(f"No column is headed {said}. The first row of the file names its columns.")
    return columns


def _column(cell: str) -> str:
    """The column that a head names; "" for none."""
    try:
        words = clean_line(LINE_BREAKS.sub(" ", cell[:LONGEST_CELL])).rstrip(" *:").casefold()
    except UnfitText as fault:
        raise Unreadable(
            f"The first row names the columns, and one of its cells holds what none can: {fault}"
        ) from fault
    if words and words not in COLUMNS:
        known = ", ".join(heads[0] for heads in HEADS.values())
        raise Unreadable(f"No column is called “{words[:40]}”. These are: {known}. Leave others out.")
    return COLUMNS[words] if words else ""


def _row(number: int, cells: Sequence[str], columns: Sequence[str], *, by_country: bool) -> tuple[Row, list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for place, cell in enumerate(cells):
        column = columns[place] if place < len(columns) else ""
        if not column:
            if cell.strip():
                faults.append(Fault(number, f"cell {place + 1}", "it stands under no head. Is a delimiter too much?"))
            continue
        try:
            values[column] = _value(column, cell)
        except UnfitText as fault:
            faults.append(Fault(number, HEADS[column][0], str(fault)))
    # A row that ends early has empty cells.
    values |= {column: [] if column in LISTS else "" for column in columns[len(cells) :] if column}
    told = {fault.column for fault in faults}
    needed = {HEADS[column][0]: column for column in (("name", "country", "email") if by_country else ("name",))}
    missing = [head for head, column in needed.items() if not values.get(column) and head not in told]
    faults += [Fault(number, head, "it is missing.") for head in missing]
    return Row(number, values), faults


def _value(column: str, cell: str) -> Any:
    """What a cell says. Raises UnfitText with the remedy."""
    bare = cell.strip(" \u00a0\ufeff")
    if len(bare) > LONGEST_CELL:
        raise UnfitText(f"These are {len(bare):,} characters; {LONGEST_CELL:,} fit.")
    if column in LISTS:
        parts = [part for part in re.split(r"\r\n|[\r\n|]", bare) if part.strip()]
        return [_line(part.strip(), number=column in {"fax", "phone"}) for part in parts]
    if column == "notes":
        return "\n".join(_line(part) for part in re.split(r"\r\n|[\r\n]", bare)) if bare else ""
    return _single(column, _line(bare))


def _single(column: str, text: str) -> str:
    if column == "country":
        return _country(text)
    if column == "email" and text:
        try:
            text = clean_address(text)
        except UnfitText as fault:
            words = str(fault).replace("your email address", "the address")
            raise UnfitText(f"“{text[:60]}” is no address. {words}") from fault
    longest = getattr(Office._meta.get_field(column), "max_length", None) or LONGEST_CELL
    if len(text) > longest:
        raise UnfitText(f"These are {len(text):,} characters; {longest:,} fit.")
    return text


def _line(text: str, *, number: bool = False) -> str:
    if FORMULA.match(text) and not (number and NUMBER.match(text)):
        raise UnfitText(f"It begins with “{text[0]}”, as a formula does. Take that sign away, or leave the cell empty.")
    return clean_line(text)


def _country(text: str) -> str:
    if not text:
        return ""
    code = CODES.get(text.casefold()) or (countries.alpha2(text.upper()) if re.fullmatch("[A-Za-z]{3}", text) else "")
    if not code:
        raise UnfitText(f"“{text[:40]}” is no country that we know. Write its two letters, such as CA, or its name.")
    return str(code)
