"""Tests of offices from CSV files: what is read, what is refused in which row and column, and all or nothing."""

import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from advocacy import office_changes, office_files, office_imports, offices
from advocacy.access import Role
from advocacy.models import Act, Office, OfficeChange, OfficeSet, SetEntry, Update
from advocacy.office_files import EXAMPLE, MOST_BYTES, MOST_ROWS, Unreadable
from tests.advocacy.making import AMBASSADOR, PRESIDENT, approved, at_the_desk, drafted, gone_live, later_text
from tests.advocacy.test_book import page, well_formed

HEAD = "country,name,email,phone\n"
GOOD = HEAD + "CA,Jo Sample,jo@example.org,+1 613\nFrance,Lee Sample,lee@example.org,\n"
FILE = "/desk/book/file/"
#: As older Excel writes it in Europe.
OLD = "name;title\r\nAndré;Head\r\n".encode("cp1252")


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """The browser of Amara, who works at the desk."""
    client.force_login(at_the_desk("amara"))
    return client


def read(text: str, *, by_country: bool = True) -> office_files.Sheet:
    return office_files.read(text, by_country=by_country)


def faults(text: str, *, by_country: bool = True) -> list[str]:
    return [str(fault) for fault in read(text, by_country=by_country).faults]


def upload(staff: Client, content: bytes | str, into: str = "Embassies", name: str = "a.csv", **typed: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return staff.post(FILE, {"file": SimpleUploadedFile(name, data), "into": into, "do": "show", **typed})


def take(staff: Client, shown: Any) -> Any:
    """Press the button below the rows that were shown."""
    context = shown.context
    sent = {"into": context["form"].cleaned_data["into"], "text": context["text"], "shown": context["plan"].digest}
    return staff.post(FILE, {**sent, "do": "take"}, follow=True)


# --- what a file is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("name\nAndré Śliwa".encode(), "André Śliwa"),
        ("\ufeffname\nAndré Śliwa".encode(), "André Śliwa"),
        ("name\nAndré Śliwa".encode("utf-16"), "André Śliwa"),
        ("name\nAndré Müller".encode("cp1252"), "André Müller"),
        (OLD, "André"),
        ("name\ttitle\rAndré\tHead\r".encode(), "André"),
        ("name\n歐陽志明".encode(), "歐陽志明"),
        (b'name,title\n"Sample, ""Jo""",Head', 'Sample, "Jo"'),
        (b"NAME :,Title*\nJo,Head", "Jo"),
        (b"\n\n  name\nJo", "Jo"),
        (b"name\nJo\n\n,\n", "Jo"),
    ],
)
def test_files_as_excel_and_others_write_them_are_read(content: bytes, name: str) -> None:
    text, doubt = office_files.text_of(content)
    assert ("Windows-1252" in doubt) is (content in {"name\nAndré Müller".encode("cp1252"), OLD})
    sheet = read(text, by_country=False)
    assert ([row.values["name"] for row in sheet.rows], sheet.faults) == ([name], [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"\n\n\n", "The file is empty"),
        (b"name", "and no office"),
        (b"title\nHead", "No column is headed “name”"),
        (b"name,name\nJo,Lee", "Two columns are headed “name”"),
        (b"email,e-mail,name\na,b,c", "Two columns are headed “email”"),
        (b"name,emial\nJo,x", "No column is called “emial”"),
        (b"=HYPERLINK(1),name\nx,Jo", "No column is called"),
        (b"name,<script>\nJo,x", "The first row names the columns"),
        (b"name\nJo\x00Sample", "This is no text file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "This is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an Excel workbook"),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b"name\n\x81\x8d", "cannot be read"),
        (b'name\n"Jo', "Row 2 cannot be told into cells"),
        (b'name\n"Jo"x,Lee', "Row 2 cannot be told into cells"),
        (b"name\n" + b"x" * 140_000, "Row 2 cannot be told into cells"),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), "more than 1,000 rows"),
        (b"name\n" + b"Jo\n" * 10_000, "more than 1,000 rows"),
        (b"name" + b"\n" * 400_000, "more than 1,000 rows"),
        (b"," * 500_000, "No column is headed"),
        (b"x" * (MOST_BYTES + 1), "larger than 600 kB"),
        (b"\xff\xfe\x00", "This is no text file"),
        (b"\xff\xfen\x00\x00\x00", "This is no text file"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words_and_soon(content: bytes, words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable, match=words):
        read(office_files.text_of(content)[0], by_country=False)
    assert time.monotonic() - begun < 5


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        sheet = office_files.read(office_files.text_of(b"name,country,email,notes\n" + content)[0], by_country=True)
    except Unreadable:
        return
    for row in sheet.rows:
        assert all("\x00" not in str(value) for value in row.values.values())


# --- what stands in it -----------------------------------------------------------------------------------------------


def test_each_cell_is_taken_as_it_stands() -> None:
    head = "Country;Name;Postal address;Fax;Local address;Local language;Notes;E-mail address\n"
    row = 'can;Jo Sample;"1 Street\nOttawa|Canada";+1 613 1|(613) 2;渥太华;Chinese;"Two\nlines";Jo@Example.ORG\n'
    (found,) = read(head + row).rows
    assert found.values == {
        "country": "CA",
        "name": "Jo Sample",
        "address_lines": ["1 Street", "Ottawa", "Canada"],
        "fax": ["+1 613 1", "(613) 2"],
        "local_address_lines": ["渥太华"],
        "local_language": "Chinese",
        "notes": "Two\nlines",
        "email": "Jo@example.org",
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("CA,Jo,not an address,", "Row 2, email: “not an address” is no address. Write the address with an @"),
        ("CA,Jo,a@example.org;b@example.org,", "Row 2, email: “a@example.org;b@example.org” is no address."),
        ("CA,Jo,a@g\u043ev.example\x0d,", None),
        ("CA,Jo,a@[127.0.0.1],", "Row 2, email: “a@[127.0.0.1]” is no address."),
        ("CA,Jo,,", "Row 2, email: it is missing."),
        ("CA,,jo@example.org,", "Row 2, name: it is missing."),
        (",Jo,jo@example.org,", "Row 2, country: it is missing."),
        ("Englnd,Jo,jo@example.org,", "Row 2, country: “Englnd” is no country that we know."),
        ("XX,Jo,jo@example.org,", "Row 2, country: “XX” is no country that we know."),
        ("CA,=HYPERLINK(1),jo@example.org,", "Row 2, name: It begins with “=”, as a formula does."),
        ("CA,＝1+1,jo@example.org,", "Row 2, name: It begins with “＝”, as a formula does."),
        ("CA,@SUM(A1),jo@example.org,", "Row 2, name: It begins with “@”, as a formula does."),
        ("CA,-2+3,jo@example.org,", "Row 2, name: It begins with “-”, as a formula does."),
        ("CA,Jo,=cmd|calc@example.org,", "Row 2, email: It begins with “=”, as a formula does."),
        ("CA,Jo,jo@example.org,+cmd|calc", "Row 2, phone: It begins with “+”, as a formula does."),
        ('CA,"\t=1",jo@example.org,', "Row 2, name: It begins with “\t”, as a formula does."),
        ('CA,"Jo\nBcc: x@example.org",jo@example.org,', "Row 2, name: Write this on a single line"),
        ("CA,Jo\x07,jo@example.org,", "Row 2, name: This holds control characters"),
        ("CA,moc\u202elive,jo@example.org,", "Row 2, name: This holds hidden signs"),
        ("CA,{{ x }},jo@example.org,", "Row 2, name: Write plain text"),
        ("CA,<b>Jo</b>,jo@example.org,", "Row 2, name: Write plain text"),
        ("CA," + "e\u0301\u0301\u0301\u0301\u0301\u0301" + ",jo@example.org,", "Row 2, name: Some letters here carry"),
        ("CA," + "x" * 121 + ",jo@example.org,", "Row 2, name: These are 121 characters; 120 fit."),
        ("CA,Jo,jo@example.org," + "x" * 2001, "Row 2, phone: These are 2,001 characters; 2,000 fit."),
        ("CA,Jo,jo@example.org,,more", "Row 2, cell 5: it stands under no head."),
    ],
)
def test_each_fault_is_said_with_its_row_and_column(row: str, fault: str | None) -> None:
    found = faults(HEAD + row + "\n")
    if fault is None:
        assert all("no address" in one or "missing" in one or "cannot" in one for one in found)
    else:
        assert any(one.startswith(fault) for one in found), found
        assert len(found) == 1, found


def test_a_country_stands_in_a_set_once_and_every_fault_of_a_file_is_said() -> None:
    text = HEAD + "CA,Jo,jo@example.org,\nCanada,Lee,lee@example.org,\nXX,,bad,\n"
    assert faults(text) == [
        "Row 3, country: this country stands in row 2 already. One office stands for each.",
        "Row 4, country: “XX” is no country that we know. Write its two letters, such as CA, or its name.",
        "Row 4, email: “bad” is no address. Write the address with an @ and a dot, like name@example.org.",
        "Row 4, name: it is missing.",
    ]


def test_an_empty_phone_and_a_short_row_empty_the_book_s_word_and_a_column_left_out_leaves_it(db: None) -> None:
    values = {"name": "Jo", "email": "jo@example.org", "phone": ["+1 613"], "title": "Head"}
    offices.put(values, by="Ada")
    plan = office_imports.plan(read("name,email,phone\nJo,jo@example.org\n", by_country=False), "")
    assert plan.steps[0].changes == {"phone": (["+1 613"], [])}


# --- what it does ----------------------------------------------------------------------------------------------------


def test_a_set_comes_from_a_file_after_it_was_shown_and_a_second_time_changes_nothing(staff: Client) -> None:
    shown = upload(staff, GOOD)
    assert shown.status_code == 200
    assert "<strong>Nothing is taken yet.</strong> 2 new, 0 changed, 0 as they are." in well_formed(shown)
    assert not Office.objects.exists()
    assert "2 new, 0 changed, 0 as they were." in well_formed(take(staff, shown))
    said = {entry.country: entry.office.email for entry in SetEntry.objects.select_related("office")}
    assert said == {"CA": "jo@example.org", "FR": "lee@example.org"}
    again = upload(staff, GOOD)
    assert "0 new, 0 changed, 2 as they are." in well_formed(again)
    assert "0 new, 0 changed, 2 as they were." in page(take(staff, again))
    assert Office.objects.count() == 2
    assert [act.what for act in Act.objects.order_by("pk")] == ["booked", "booked", "sets", "sets"]


def test_what_changes_is_shown_row_by_row_and_what_is_not_named_stays(staff: Client) -> None:
    take(staff, upload(staff, GOOD))
    text = HEAD + "CA,Jo Sample,jo@example.org,+1 999\nDE,New,new@example.org,\n"
    shown = well_formed(upload(staff, text))
    assert "1 new, 1 changed, 0 as they are." in shown
    assert "1 country of the set is not in the file and stays as it is: FR." in shown
    assert '<del class="kept-lines">+1 613</del> <ins class="kept-lines">+1 999</ins>' in shown
    take(staff, upload(staff, text))
    assert SetEntry.objects.count() == 3
    assert Office.objects.get(email="jo@example.org").phone == ["+1 999"]


def test_another_address_in_the_same_embassy_changes_it_and_another_embassy_takes_its_place(staff: Client) -> None:
    head = "country,name,organisation,email\n"
    take(
        staff, upload(staff, head + "CA,Jo,Embassy in Ottawa,old@example.org\nFR,Lee,Embassy in Paris,p@example.org\n")
    )
    text = head + "CA,Kim,Embassy in Ottawa,new@example.org\nFR,Max,Consulate in Lyon,lyon@example.org\n"
    shown = upload(staff, text)
    assert "1 new, 1 changed" in well_formed(shown)
    assert "Stands in the place of" in page(shown)
    take(staff, shown)
    said = {entry.country: entry.office.email for entry in SetEntry.objects.select_related("office")}
    assert said == {"CA": "new@example.org", "FR": "lyon@example.org"}
    assert Office.objects.count() == 3


def test_one_embassy_stands_for_several_countries_where_it_says_the_same(staff: Client) -> None:
    text = HEAD + "CA,Jo,jo@example.org,\nFR,Jo,jo@example.org,\n"
    shown = upload(staff, text)
    assert "1 new, 1 changed" in page(shown)
    take(staff, shown)
    assert (Office.objects.count(), SetEntry.objects.count()) == (1, 2)
    assert "2 as they are" in page(upload(staff, text))
    other = HEAD + "CA,Jo,jo@example.org,+1 613\nFR,Jo,jo@example.org,+1 614\n"
    assert "this office stands in row 2 already, with other words." in page(upload(staff, other))


def test_a_faulty_file_does_nothing_at_all(staff: Client) -> None:
    answer = upload(staff, GOOD + "XX,Bad,bad@example.org,\n")
    assert answer.status_code == 422
    assert "Nothing is taken. 1 cell wants a second look." in well_formed(answer)
    assert ">Take " not in page(answer)
    sent = {"into": "Embassies", "text": GOOD + "XX,Bad,bad@example.org,\n", "shown": "", "do": "take"}
    assert staff.post(FILE, sent).status_code == 409
    assert not Office.objects.exists()
    assert not OfficeSet.objects.exists()


def test_the_book_changed_since_the_rows_were_shown_so_nothing_is_taken(staff: Client) -> None:
    shown = upload(staff, GOOD)
    offices.put({"name": "Other", "email": "jo@example.org"}, by="Ben")
    answer = take(staff, shown)
    assert answer.status_code == 409
    assert "The book was changed since these rows were shown." in well_formed(answer)
    assert Office.objects.count() == 1


@pytest.mark.parametrize("shown", [{}, {"shown": ""}], ids=["missing", "empty"])
def test_nothing_is_taken_that_was_not_shown(staff: Client, shown: dict[str, str]) -> None:
    answer = staff.post(FILE, {"into": "Embassies", "text": GOOD, "do": "take", **shown})
    assert answer.status_code == 409
    assert "these rows were not shown before. Look at them, then take them." in well_formed(answer)
    assert not Office.objects.exists()
    # They are shown with it, and can be taken now.
    assert "2 new, 0 changed, 0 as they were." in page(take(staff, answer))


def test_what_was_shown_for_one_set_is_not_taken_into_another(staff: Client) -> None:
    shown = upload(staff, GOOD)
    sent = {"into": "Others", "text": shown.context["text"], "shown": shown.context["plan"].digest, "do": "take"}
    assert staff.post(FILE, sent).status_code == 409
    assert not OfficeSet.objects.exists()


def test_a_country_that_came_into_the_set_meanwhile_is_shown_first(staff: Client) -> None:
    take(staff, upload(staff, GOOD))
    shown = upload(staff, HEAD + "CA,Jo Sample,jo@example.org,+1 999\n")
    office_set = OfficeSet.objects.get()
    offices.stand_for(
        office_set, [("DE", offices.put({"name": "New", "email": "new@example.org"}, by="Ben"))], by="Ben"
    )
    answer = take(staff, shown)
    assert answer.status_code == 409
    assert "not in the file and stay as they are: DE, FR." in well_formed(answer)
    assert Office.objects.get(email="jo@example.org").phone == ["+1 613"]
    assert take(staff, answer).status_code == 200
    assert Office.objects.get(email="jo@example.org").phone == ["+1 999"]


def test_a_change_that_became_live_meanwhile_is_shown_as_one_that_is_asked_for(staff: Client, db: None) -> None:
    draft = approved(drafted(later_text(1)))
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    shown = upload(staff, f"name,email,phone\n{office.name},{PRESIDENT},+86 1\n", into="")
    assert "of the changes concern" not in page(shown)
    gone_live(draft)
    answer = take(staff, shown)
    assert (answer.status_code, OfficeChange.objects.count()) == (409, 0)
    assert "1 of the changes concerns a live campaign" in well_formed(answer)


def test_what_is_live_is_asked_for_and_approved_on_its_own_page(staff: Client, update: Update) -> None:
    offices.gather(None, by="Ada")
    text = f"name,email,phone\nXi Jinping,{PRESIDENT},+86 1\nNew,new@example.org,\n"
    name = Office.objects.get(email=PRESIDENT).name
    shown = upload(staff, text.replace("Xi Jinping", name), into="")
    assert "1 of the changes concerns a live campaign" in well_formed(shown)
    answer = page(take(staff, shown))
    assert "1 new, 0 changed, 0 as they were. 1 are live in a campaign" in answer
    change = OfficeChange.objects.get()
    assert (change.values, change.asked_by) == ({"phone": ["+86 1"]}, "amara")
    again = upload(staff, text.replace("Xi Jinping", name), into="")
    assert "a change of this office waits for approval" in page(again)
    assert Update.objects.count() == 1


def test_of_several_with_one_address_none_is_guessed(staff: Client) -> None:
    for name in ("Jo", "Kim"):
        offices.put({"name": name, "email": "office@example.org"}, by="Ada")
    answer = upload(staff, "name,email\nLee,office@example.org\n", into="")
    assert "2 offices of the book have this address, and none or several this name." in page(answer)
    doubled = upload(staff, "name,email\nX,x@example.org\nX,X@example.org\n", into="")
    assert "Row 3, name: this office stands in row 2 already." in page(doubled)


@pytest.mark.parametrize(
    ("content", "into", "words"),
    [
        (b"", "", "Choose a file."),
        (b"PK\x03\x04", "", "This is an Excel workbook"),
        (b"x" * (MOST_BYTES + 1), "", "larger than 600 kB"),
        (b"name\nJo", "Set", "No column is headed “country”, “email”"),
        (b"name\nJo", "x" * 81, "These are 81 characters; 80 fit."),
        (b"name\nJo", "{{ x }}", "Write plain text"),
        (b"name\nJo", "a\x00b", "control characters"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(staff: Client, content: bytes, into: str, words: str) -> None:
    data = {"into": into, "do": "show"} | ({"file": SimpleUploadedFile("a.csv", content)} if content else {})
    answer = staff.post(FILE, data)
    assert answer.status_code == 422
    assert words in page(answer)
    assert not Office.objects.exists()


@pytest.mark.parametrize("name", ["../../x.csv", "a.csv\r\nX: y", "\u202evsc.exe", "x" * 300 + ".csv", ".docx.exe"])
def test_the_name_of_a_file_means_nothing(staff: Client, name: str) -> None:
    assert upload(staff, GOOD, name=name).status_code == 200


def test_an_old_windows_file_is_doubted(staff: Client) -> None:
    shown = upload(staff, "name;country;email\r\nAndré;CA;a@example.org\r\n".encode("cp1252"))
    assert "read as Windows-1252" in well_formed(shown)
    assert "André" in page(shown)


def test_the_largest_file_is_shown_and_taken(staff: Client) -> None:
    rows = "".join(f"Office {n},office{n}@example.org\n" for n in range(MOST_ROWS))
    begun = time.monotonic()
    shown = upload(staff, f"name,email\n{rows}", into="")
    text = well_formed(shown)
    assert "The other 900 of 1,000 rows" in text
    assert all(f"office{n}@example.org</span>" in text for n in range(MOST_ROWS)), "a row that is taken was not shown"
    assert "1,000 new" in page(take(staff, shown))
    assert "1,000 as they are" in page(upload(staff, f"name,email\n{rows}", into=""))
    assert time.monotonic() - begun < 60
    assert Office.objects.count() == MOST_ROWS


def test_the_example_is_itself_in_order(staff: Client) -> None:
    answer = staff.get("/desk/book/file/offices.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="offices.csv"'
    shown = upload(staff, answer.content)
    assert "2 new" in well_formed(shown)
    assert take(staff, shown).status_code == 200
    assert Office.objects.get(country="CA").address_lines == ["1 Sample Street", "Ottawa ON K1A 0A1", "Canada"]


def test_a_file_is_taken_by_campaigners_on_their_own_drafts_alone(client: Client, update: Update) -> None:
    offices.gather(None, by="Ada")
    Update.objects.update()
    client.force_login(at_the_desk("ben", Role.CAMPAIGNER))
    name = Office.objects.get(email=AMBASSADOR).name
    shown = upload(client, f"name,email,phone\n{name},{AMBASSADOR},+1 613 5\n", into="")
    assert "UA 61/21" not in page(shown)
    take(client, shown)
    assert OfficeChange.objects.get().asked_by == "ben"


# --- on the command line ---------------------------------------------------------------------------------------------


def run(file: Path, *words: str) -> str:
    out = StringIO()
    call_command("import_offices", str(file), *words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_does_as_the_page_does(db: None, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(EXAMPLE, encoding="utf-8")
    told = run(file, "--set", "Embassies of Example", "--dry-run")
    assert told.splitlines() == ["Row 2: new, Jane Sample", "Row 3: new, Jean Exemple"]
    assert not Office.objects.exists()
    assert run(file, "--set", "Embassies of Example") == "2 new, 0 changed, 0 as they were, 0 asked for at the desk.\n"
    assert OfficeSet.objects.get().entries.count() == 2
    file.write_bytes(EXAMPLE.replace("ottawa@", "ottowa@").encode("cp1252"))
    told = run(file, "--set", "Embassies of Example", "--dry-run")
    assert "Windows-1252" in told
    assert "Row 2: change, Jane Sample (email: 'ottawa@example.org' -> 'ottowa@example.org')" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,country,email\nJo,XX,jo@example.org\n", "Row 2, country: “XX” is no country"),
        (b"\x00", "This is no text file"),
        (None, "cannot be read: No such file"),
    ],
)
def test_the_command_refuses_in_words(db: None, tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "a.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run(file, "--set", "Embassies")
    assert not Office.objects.exists()


def test_a_proposal_made_between_showing_and_taking_is_not_run_over(staff: Client, update: Update) -> None:
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    shown = upload(staff, f"name,email,phone\n{office.name},{PRESIDENT},+86 1\n", into="")
    office_changes.propose(office, office_changes.stamp(office), {"title": "Head"}, by="Ben")
    assert take(staff, shown).status_code == 409
    assert OfficeChange.objects.get().asked_by == "Ben"


def test_an_embassy_that_stands_for_two_countries_is_not_changed_for_one_of_them(staff: Client) -> None:
    both = "country,name,organisation,email\n{0},Jo Sample,{1},{2}\n"
    first = both.format("FR", "Embassy in Paris", "paris@example.org")
    assert take(staff, upload(staff, first + "BE,Jo Sample,Embassy in Paris,paris@example.org\n")).status_code == 200
    assert Office.objects.count() == 1
    take(staff, upload(staff, both.format("FR", "Embassy in Paris", "new@example.org").replace("Jo", "Lee")))
    entries = {entry.country: entry.office.email for entry in SetEntry.objects.select_related("office")}
    assert entries == {"FR": "new@example.org", "BE": "paris@example.org"}
    # Without an organisation nothing says that it is the same embassy.
    take(staff, upload(staff, "country,name,email\nCA,Ada,a@example.org\n", into="Others"))
    take(staff, upload(staff, "country,name,email\nCA,Ben,b@example.org\n", into="Others"))
    assert set(Office.objects.filter(name__in=["Ada", "Ben"]).values_list("email", flat=True)) == {
        "a@example.org",
        "b@example.org",
    }
