"""Several people act on one office at once: each act is done once, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from advocacy import approvals, book, drafts, office_changes, office_effects, office_imports, offices
from advocacy.models import Office, OfficeChange, Update
from advocacy.office_files import read
from tests.advocacy.making import PRESIDENT

AT_ONCE = 6
FILE = "country,name,email\n" + "".join(f"{c},Jo {c},{c}@example.org\n" for c in ("CA", "FR", "DE", "GB"))


def approving(change: OfficeChange, shown: str, by: str) -> str:
    try:
        return f"began {len(office_changes.approve(change, shown, by=by))}"
    except approvals.NotApproved as fault:
        return str(fault)
    finally:
        connection.close()


def test_of_several_who_approve_one_change_one_does(committed: None, update: Update) -> None:
    offices.gather(None, by="Ada")
    office = Office.objects.get(email=PRESIDENT)
    office_changes.propose(office, office_changes.stamp(office), {"title": "Head"}, by="Ada")
    change = OfficeChange.objects.get()
    shown = office_changes.digest_of(change, office_effects.reach(office, change.values))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(lambda n: approving(change, shown, f"Ben {n}"), range(AT_ONCE)))
    assert sorted(said) == ["This change is decided already."] * (AT_ONCE - 1) + ["began 1"]
    assert Update.objects.filter(published_at=None).count() == 1


def changing(office: Office, seen: str, number: int) -> str:
    try:
        return office_changes.propose(office, seen, {"notes": f"Note {number}"}, by="Ada").value
    except drafts.Conflict:
        return "conflict"
    finally:
        connection.close()


def test_of_several_who_change_one_office_one_does_and_the_others_learn_of_it(committed: None, update: Update) -> None:
    office = offices.put({"name": "Jo", "email": "jo@example.org"}, by="Ada")
    seen = office_changes.stamp(Office.objects.get())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(lambda n: changing(office, seen, n), range(AT_ONCE)))
    assert sorted(said) == ["changed"] + ["conflict"] * (AT_ONCE - 1)


def saving(draft: Update, office: Office, number: int) -> str:
    """Every second one changes the office, the others save a draft that prints it."""
    try:
        if number % 2:
            fresh = Office.objects.get(pk=office.pk)
            return office_changes.propose(
                fresh, office_changes.stamp(fresh), {"fax": [f"{number}"]}, by="Ada", ticked=None
            ).value
        fresh_draft = Update.objects.get(pk=draft.pk)
        drafts.keep(fresh_draft, drafts.stamp(fresh_draft), {}, drafts.targets_of(fresh_draft), by="Ben")
    except drafts.Conflict:
        return "conflict"
    finally:
        connection.close()
    return "saved"


def test_a_change_and_an_edit_of_a_draft_do_not_wait_for_each_other(committed: None, update: Update) -> None:
    offices.gather(None, by="Ada")
    draft = drafts.begin_from_live(update.campaign, by="Ada")
    update.campaign.status = "stopped"
    update.campaign.save()
    office = Office.objects.get(email=PRESIDENT)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = set(pool.map(lambda n: saving(draft, office, n), range(AT_ONCE)))
    assert said <= {"changed", "saved", "conflict"}
    assert draft.targets.count() == 2
    assert book.differences(draft.targets.get(email=PRESIDENT), Office.objects.get(pk=office.pk)) == {}


def taking(shown: str, by: str) -> str:
    sheet = read(FILE, by_country=True)
    try:
        taken = office_imports.take(sheet, "Embassies", shown, by=by)
    except office_imports.NotAsShown:
        return "not as shown"
    finally:
        connection.close()
    return f"{taken.new} new"


def test_one_file_that_is_taken_twice_at_once_makes_no_office_twice(committed: None, db: None) -> None:
    shown = office_imports.plan(read(FILE, by_country=True), "Embassies").digest
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = sorted(pool.map(lambda n: taking(shown, f"Ada {n}"), range(AT_ONCE)))
    assert Office.objects.count() == 4, said
    # Whoever comes second was shown a book without these offices.
    assert said == ["4 new"] + ["not as shown"] * (AT_ONCE - 1)
