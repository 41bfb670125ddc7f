"""Several people translate and publish at once: one is first, the others get a sentence, nothing half done is live."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from advocacy import approvals, publishing, translating
from advocacy.models import Translation, Update
from tests.advocacy.making import approved
from tests.advocacy.tongues import FRENCH, drafted, told

AT_ONCE = 6


def kept(update: Update, name: str) -> str:
    try:
        pairs = list(translating.to_begin_with(update, "fr").pairs)
        translating.keep(update, "fr", "", pairs, by=name)
    except translating.Conflict as fault:
        return str(fault)
    finally:
        connection.close()
    return "kept"


def test_of_those_who_begin_a_translation_at_once_one_is_first(committed: None) -> None:
    draft = drafted()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(lambda name: kept(draft, name), [f"translator {n}" for n in range(AT_ONCE)]))
    assert said.count("kept") == 1
    assert all("saved this translation at" in words for words in said if words != "kept")
    assert Translation.objects.count() == 1


def test_a_translation_gets_into_what_is_published_before_its_approval_or_not_at_all(committed: None) -> None:
    draft = drafted()
    told(draft, "fr", FRENCH)
    approved(draft)
    shown = approvals.digest_of(draft)

    def publish(_: int) -> str:
        try:
            publishing.publish(draft, shown, by="Ada")
        except approvals.NotApproved:
            return "refused"
        finally:
            connection.close()
        return "public"

    def change(_: int) -> str:
        try:
            told(draft, "fr", {"title": ["Un autre titre"]})
        except translating.Conflict:
            return "refused"
        finally:
            connection.close()
        return "changed"

    with ThreadPoolExecutor(2) as pool:
        said = {one.result() for one in (pool.submit(publish, 0), pool.submit(change, 0))}
    title = Translation.objects.get().words["title"]
    assert (said, title) in [({"public", "refused"}, FRENCH["title"]), ({"changed", "refused"}, ["Un autre titre"])]
    assert Update.objects.get().published is ("public" in said)
