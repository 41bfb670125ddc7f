"""Tests of comparing a draft with the live update: what differs, what is an alarm, and the guard of ticks."""

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from advocacy import alarms, approvals, drafts, publishing
from advocacy.comparing import Comparison, Difference, Office, Says, compare, paired
from advocacy.comparing_asks import came_of, carried_over
from advocacy.models import Act, Campaign, Update
from advocacy.people_counts import counts
from advocacy.text_diff import Budget, Kind, Part, by_character, by_word
from tests.advocacy.making import AMBASSADOR, DEMO, at_the_desk, drafted, later_text, ticks
from tests.advocacy.pages import read as pages_read

TEXTS = st.text(alphabet=st.sampled_from("ab .\n,é京長ا1-'\u0301"), max_size=80)
FULL = 200_000
#: Generous for a busy machine, and far below what an unbounded comparison of such texts takes.
#: What is not bounded takes hours; a busy machine takes some seconds.
SECONDS = 60


def marked(parts: list[Part] | tuple[Part, ...]) -> str:
    """The parts on one line: [-removed-] and {+added+}."""
    signs = {Kind.KEPT: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return "".join(signs[part.kind].format(part.old if part.kind is Kind.REMOVED else part.new) for part in parts)


# --- texts -----------------------------------------------------------------------------------------------------------


@given(old=TEXTS, new=TEXTS, steps=st.sampled_from([0, 5, 100, 10**6]))
def test_nothing_is_lost_and_the_difference_leads_to_the_new_text(old: str, new: str, steps: int) -> None:
    for compared in (by_word, by_character):
        parts = compared(old, new, Budget(steps))
        assert ("".join(p.old for p in parts), "".join(p.new for p in parts)) == (old, new)
        for part in parts:
            assert {
                Kind.KEPT: "".join(part.old.split()) == "".join(part.new.split()),
                Kind.REMOVED: not part.new,
                Kind.ADDED: not part.old,
            }[part.kind]


@given(text=TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    for compared in (by_word, by_character):
        assert {part.kind for part in compared(text, text)} <= {Kind.KEPT}


@given(old=TEXTS, new=TEXTS)
def test_what_differs_in_more_than_white_space_is_marked(old: str, new: str) -> None:
    differs = any(part.kind is not Kind.KEPT for part in by_word(old, new))
    assert differs or "".join(old.split()) == "".join(new.split())


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("He is held.", "He is still held.", "He is {+still +}held."),
        ("He is\nheld  there.", "He is held there.", "He is held there."),
        ("Il est détenu à Kaboul.", "Il est détenu à Herat.", "Il est détenu à [-Kaboul-]{+Herat+}."),
        ("北京市西城区长安街", "北京市东城区长安街", "北京市[-西-]{+东+}城区长安街"),
        ("هو محتجز في المدينة", "هو محتجز في القرية", "هو محتجز في [-المدينة-]{+القرية+}"),
        ("Free them. Tell us where they are.", "Free them.", "Free them.[-Tell us where they are.-]"),
    ],
)
def test_texts_are_compared_word_by_word(old: str, new: str, shown: str) -> None:
    assert marked(by_word(old, new)) == shown


def test_a_sentence_that_was_written_anew_is_no_salad_of_common_words() -> None:
    parts = by_word("He was seen by a friend in the town.", "Lawyers have asked for news of a hearing, in vain.")
    assert [part.kind for part in parts if len(part.old + part.new) > 2] == [Kind.REMOVED, Kind.ADDED]


def test_addresses_are_compared_character_by_character() -> None:
    assert marked(by_character("embassy@example.org", "ernbassy@example.org")) == "e[-m-]{+rn+}bassy@example.org"
    assert marked(by_character("a b", "a  b")) == "a {+ +}b"
    assert marked(by_character("a@example.org", "а@example.org")) == "[-a-]{+а+}@example.org"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * (FULL // 4), "b a " * (FULL // 4)),
        ("a. b. " * (FULL // 6), "b. b. a. " * (FULL // 9)),
        (" ".join(map(str, range(FULL // 6))), " ".join(map(str, reversed(range(FULL // 6))))),
        ("京" * FULL, "都京" * (FULL // 2)),
        ("." * FULL, " ." * (FULL // 2)),
    ],
)
def test_a_very_long_text_does_not_stall_the_page(old: str, new: str) -> None:
    begun = time.monotonic()
    found = compare(Says(facts=old, letter_text=new), Says(facts=new, letter_text=old))
    assert time.monotonic() - begun < SECONDS
    assert {one.label: (one.old, one.new) for one in found.others} == {"Facts": (old, new), "Letter": (new, old)}


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The list holds more than 60 people.", ["more than 60 people"]),
        ("Forty-eight more were named, 120 in all.", ["Forty-eight more were named", "120 in all"]),
        ("With the 48 who are named, 1,200 detainees", ["48 who are named", "1,200 detainees"]),
        ("At least two hundred and five Uyghur men", ["At least two hundred and five Uyghur men"]),
        ("Plus de soixante-dix-huit personnes, 12 détenus", ["Plus de soixante-dix-huit personnes", "12 détenus"]),
        ("quarante-huit autres, 120 au total", ["quarante-huit autres", "120 au total"]),
        ("más de 30 personas", ["más de 30 personas"]),
        ("أكثر من ٦٠ شخصًا", ["أكثر من ٦٠ شخصًا"]),
        ("六十多人，另有48人，共一百二十人", ["六十多人", "另有48人", "共一百二十人"]),
        ("He got 60 years, on 29 July 2022, aged 32.", []),
        ("In 2017 people were taken. 48 more days. Article 9.", []),
        ("No one knows. One of them wrote.", []),
        ("9" * 5000 + " people", []),
    ],
)
def test_counts_of_people_are_found(text: str, found: list[str]) -> None:
    assert [count.phrase for count in counts(text)] == found


def test_words_and_digits_count_the_same() -> None:
    pairs = [("Forty-eight people", "48 people"), ("more than 60 men", "over sixty men"), ("共120人", "共一百二十人")]
    pairs += [("quatre-vingt-dix-neuf détenus", "99 personnes"), ("deux cent vingt et un hommes", "221 women")]
    for one, other in pairs:
        assert [c.meaning for c in counts(one)] == [c.meaning for c in counts(other)] != []


@given(st.text(alphabet=st.sampled_from("18 twoforty人百多,.-\n"), max_size=60))
def test_a_count_is_always_words_of_the_text(text: str) -> None:
    for count in counts(text):
        assert count.phrase in " ".join(text.split())


# --- alarms ----------------------------------------------------------------------------------------------------------

PRESIDENT = Office("To", "Ann Example", "President", "Office of the President", "Dear President:", "a@example.org")
EMBASSY = Office(
    "Copy", "Ben Example", "Ambassador", "Embassy", "Dear Ambassador:", "b@example.org", ("1 Road", "Town")
)
LIVE = Says(
    name="First appeal",
    index="ASA 17/4243/2021",
    issued_on=date(2021, 6, 10),
    title="Missing",
    facts="The list holds more than 60 people. Nobody knows where they are.",
    asks=("free everyone who is held without evidence", "say where each of them is"),
    letter_text="{salutation}\n\nPlease free them.",
    offices=(PRESIDENT, EMBASSY),
)
NEXT = replace(LIVE, name="Update 1", index="ASA 17/5905/2022", issued_on=date(2022, 7, 29))


def labels(found: tuple[Difference, ...]) -> list[str]:
    return [one.label for one in found]


def against_live(**values: Any) -> Comparison:
    return compare(LIVE, replace(NEXT, **values))


def with_embassy(**values: Any) -> Comparison:
    return against_live(offices=(PRESIDENT, replace(EMBASSY, **values)))


def test_a_newer_date_and_another_index_are_expected_and_said_quietly() -> None:
    found = against_live()
    assert (found.alarms, labels(found.others)) == ((), ["Index", "Date"])
    assert {"Facts", "Ask 1", "Copy: Ben Example, email address"} <= set(found.same)


@pytest.mark.parametrize(
    ("values", "label", "word", "question"),
    [
        ({"issued_on": date(2021, 6, 9)}, "Date", "Changed", "older than what is live"),
        ({"issued_on": None}, "Date", "Removed", "the draft has none"),
        ({"index": LIVE.index}, "Index", "Same as live", "First appeal has the same index"),
        ({"asks": LIVE.asks[:1]}, "Ask 2 of the live update", "Removed", "granted, or forgotten"),
        ({"offices": (PRESIDENT,)}, "Copy: Ben Example, email address", "Removed", "aloud"),
    ],
)
def test_what_may_do_harm_is_an_alarm(values: dict[str, Any], label: str, word: str, question: str) -> None:
    (alarm,) = against_live(**values).alarms
    assert (alarm.label, alarm.word, question in alarm.question) == (label, word, True)


@pytest.mark.parametrize(
    ("values", "label", "word"),
    [
        ({"email": "b@examp1e.org"}, "email address", "Changed address"),
        ({"email": ""}, "email address", "Removed"),
        ({"salutation": "Dear Mr Example:"}, "salutation", "Changed"),
        ({"name": "Cleo Example"}, "name", "Changed"),
        ({"title": "Consul"}, "title", "Changed"),
        ({"organisation": "Consulate"}, "organisation", "Changed"),
        ({"role": "To"}, "role", "Changed"),
    ],
)
def test_what_changes_at_an_office_is_an_alarm(values: dict[str, str], label: str, word: str) -> None:
    (alarm,) = with_embassy(**values).alarms
    assert (alarm.label.rpartition(", ")[2], alarm.word) == (label, word)


def test_an_added_office_is_an_alarm_for_its_address_and_a_postal_line_is_none() -> None:
    (alarm,) = against_live(offices=(*NEXT.offices, Office("Copy", "New", email="new@example.org"))).alarms
    assert (alarm.label, alarm.word) == ("Copy: New, email address", "Added")
    found = with_embassy(address_lines=("2 Road", "Town"))
    (line,) = [one for one in found.others if one.address]
    assert (found.alarms, line.word, marked(line.parts)) == ((), "Changed address", "[-1-]{+2+} Road\nTown")


def test_a_changed_count_of_people_is_told_with_every_count_of_both() -> None:
    found = against_live(facts="The list holds 120 people in all, with 48 more. Nobody knows where they are.")
    (alarm,) = found.alarms
    assert alarm.question == "No longer there: more than 60 people. New: 120 people in all; 48 more."
    assert marked(alarm.parts) == "[-more than 60 people\n-]{+120 people in all\n+}{+48 more\n+}"
    assert "Facts" in labels(found.others)
    same = against_live(facts="The list holds over sixty people. Nobody knows where they are.")
    assert same.alarms == ()


def test_a_reworded_ask_is_a_change_and_another_one_is_new() -> None:
    found = against_live(
        asks=("free everyone who is still held without evidence", LIVE.asks[1], "let a doctor see them")
    )
    (reworded,) = [one for one in found.others if one.label == "Ask 1"]
    assert (found.alarms, marked(reworded.parts)) == ((), "free everyone who is {+still +}held without evidence")
    assert [one.word for one in found.others if one.label == "Ask 3"] == ["Added"]


def test_alarms_keep_a_name_that_holds_for_exactly_what_differs() -> None:
    keys = [with_embassy(email=email).alarms[0].key for email in ("c@example.org", "c@example.org", "d@example.org")]
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)


OFFICES = st.lists(
    st.builds(Office, st.sampled_from(["To", "Copy"]), st.sampled_from("AB"), st.sampled_from(["", "T"]), st.just(""),
              st.sampled_from(["", "Dear:"]), st.sampled_from(["", "a@example.org", "b@example.org"])),
    max_size=5,
)  # fmt: skip


@given(old=OFFICES, new=OFFICES)
def test_each_office_stands_in_one_pair_and_no_address_changes_unseen(old: list[Office], new: list[Office]) -> None:
    pairs = paired(old, new)
    for side, offices in enumerate((old, new)):
        assert sorted(map(repr, offices)) == sorted(repr(pair[side]) for pair in pairs if pair[side])
    found = compare(replace(LIVE, offices=tuple(old)), replace(NEXT, offices=tuple(new)))
    gone = {one.email for one in old} - {one.email for one in new}
    come = {one.email for one in new} - {one.email for one in old}
    shown = [(one.old, one.new) for one in found.alarms if one.label.endswith("email address")]
    assert gone - {""} <= {was for was, _ in shown}
    assert come - {""} <= {now for _, now in shown}


# --- the campaign of a text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["UA 61.21", "UA: 61/21", "UA 61 / 21"])
@pytest.mark.parametrize("title", ["Disparus et détenus arbitrairement", "مفقودون ومحتجزون تعسفيا"])
def test_a_text_finds_its_campaign_by_series_number_and_year(update: Update, reference: str, title: str) -> None:
    text = later_text().replace("UA 61/21", reference, 1).replace("Missing and arbitrarily detained in Xinjiang", title)
    draft = drafted(text)
    assert (draft.campaign, draft.title, Campaign.objects.count()) == (update.campaign, title, 1)
    assert alarms.comparison(draft) is not None


def test_another_year_is_another_case_and_has_nothing_to_compare_with(update: Update) -> None:
    draft = drafted(later_text().replace("UA 61/21", "UA 61/22", 1))
    assert draft.campaign != update.campaign
    assert alarms.comparison(draft) is None
    assert alarms.comparison(update) is None


# --- the page and the guard ------------------------------------------------------------------------------------------


@pytest.fixture
def amara(db: None, client: Client) -> Client:
    client.force_login(at_the_desk("amara"))
    return client


@pytest.fixture
def draft(update: Update) -> Update:
    """Update 2, with another number of people and another address of the embassy."""
    return drafted(later_text().replace(AMBASSADOR, "chinese.embassy@example.org"))


def where(draft: Update) -> str:
    return f"/desk/updates/{draft.pk}/preview/"


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_shows_alarms_first_and_each_has_its_box(amara: Client, draft: Update) -> None:
    answer = amara.get(where(draft))
    shown, boxes = page(answer), ticks(answer)
    assert pages_read(shown, "testserver").faults == []
    assert [row.difference.word for row in answer.context["comparison"].alarms] == [
        "Changed address",
        "Changed",
        "Same as live",
    ]
    assert "embassy" in shown.split('id="comparison"')[1].split("Addresses")[0]
    for name in boxes:
        assert shown.count(f'type="checkbox" form="decide" id="tick-{name[6:]}" name="{name}" value="1"') == 1
    assert '<form class="flow" id="decide"' in shown


@pytest.mark.parametrize("forgotten", [0, 1, 2])
def test_an_unticked_alarm_refuses_with_words_and_keeps_the_other_ticks(
    amara: Client, draft: Update, forgotten: int
) -> None:
    shown = amara.get(where(draft))
    boxes = ticks(shown)
    names = list(boxes)
    del boxes[names[forgotten]]
    answer = amara.post(where(draft), {"do": "ask", "compared": "1", "shown": shown.context["shown"], **boxes})
    assert (answer.status_code, draft.approvals.exists()) == (422, False)
    read = pages_read(page(answer), "testserver")
    assert read.faults == []
    assert "compare it, then tick its box." in read.text
    assert [row.ticked for row in answer.context["comparison"].alarms] == [at != forgotten for at in range(3)]
    assert page(answer).count('value="1" checked') == 3, "two alarms, and the box for all addresses"


def test_what_was_ticked_stands_in_the_trail(amara: Client, draft: Update) -> None:
    shown = amara.get(where(draft))
    sent = {"do": "ask", "compared": "1", "shown": shown.context["shown"], **ticks(shown)}
    assert amara.post(where(draft), sent).status_code == 302
    act = Act.objects.get(what="asked")
    assert act.changes["compared: Copy: His Excellency Peiwu Cong, email address"] == [
        AMBASSADOR,
        "chinese.embassy@example.org",
    ]
    assert "Forty-eight more people" in act.changes["compared: Numbers of people"][0]
    told = page(amara.get("/desk/campaigns/ua-61-21/trail/"))
    assert "<ins>chinese.embassy@example.org</ins>" in told
    asked = page(amara.get(where(draft)))
    assert ("what was ticked stands in the" in asked, 'name="alarm-' in asked) == (True, False)


def test_the_second_person_ticks_as_well(amara: Client, draft: Update) -> None:
    shown = amara.get(where(draft))
    amara.post(where(draft), {"do": "ask", "compared": "1", "shown": shown.context["shown"], **ticks(shown)})
    ben = Client()
    ben.force_login(at_the_desk("ben"))
    shown = ben.get(where(draft))
    boxes = ticks(shown)
    assert page(shown).count('type="checkbox" form="decide"') == len(boxes) == 3
    sent = {"do": "approve", "compared": "1", "shown": shown.context["shown"], **boxes}
    for forgotten in boxes:
        answer = ben.post(where(draft), {name: value for name, value in sent.items() if name != forgotten})
        assert (answer.status_code, "compare it, then tick its box" in page(answer)) == (422, True)
    with pytest.raises(alarms.NotTicked):
        publishing.approve(draft, sent["shown"], by="ben", ticked=[])
    assert draft.approvals.get().state == "asked"
    assert ben.post(where(draft), sent).status_code == 302
    assert draft.approvals.get().state == "approved"
    act = Act.objects.get(what="approved")
    assert "compared: Copy: His Excellency Peiwu Cong, email address" in act.changes


def test_an_edit_clears_the_ticks(amara: Client, draft: Update) -> None:
    shown = amara.get(where(draft))
    sent = {"do": "ask", "compared": "1", "shown": shown.context["shown"], **ticks(shown)}
    drafts.keep(draft, drafts.stamp(draft), {"title": "Another title"}, drafts.targets_of(draft), by="Cleo")
    answer = amara.post(where(draft), sent)
    assert answer.status_code == 409
    assert "somebody changed it since" in page(answer)
    assert not any(row.ticked for row in answer.context["comparison"].alarms)


def test_where_something_else_became_live_meanwhile_the_ticks_no_longer_fit(update: Update, draft: Update) -> None:
    compared = alarms.comparison(draft)
    assert compared is not None
    keys = [alarm.key for alarm in compared.alarms]
    between = drafted(later_text(3).replace(AMBASSADOR, "between@example.org"))
    publishing.ask(between, approvals.digest_of(between), by="Ada")
    approvals.approve(between, approvals.digest_of(between), by="Ben")
    publishing.publish(between, approvals.digest_of(between), by="Ada")
    with pytest.raises(alarms.NotTicked, match="email address"):
        publishing.ask(draft, approvals.digest_of(draft), by="Ada", ticked=keys)
    assert not draft.approvals.exists()


@pytest.mark.parametrize("when", ["now", "later"])
def test_whoever_publishes_alone_ticks_as_well(amara: Client, draft: Update, settings: Settings, when: str) -> None:
    settings.APPROVAL = "one"
    shown = amara.get(where(draft))
    sent = {
        "do": "publish",
        "compared": "1",
        "when": when,
        "at": f"{timezone.now() + timedelta(days=9):%Y-%m-%d %H:%M}",
        "letters": "go",
    }
    sent["shown"] = shown.context["shown"]
    assert amara.post(where(draft), sent).status_code == 422
    with pytest.raises(alarms.NotTicked):
        publishing.publish(draft, sent["shown"], by="amara", ticked=[])
    draft.refresh_from_db()
    assert (draft.published, draft.approvals.exists()) == (False, False)
    assert amara.post(where(draft), {**sent, **ticks(shown)}).status_code == 302
    assert len(Act.objects.get(what="asked").changes) == 3


def test_right_to_left_and_foreign_words_keep_their_direction(amara: Client, update: Update) -> None:
    text = DEMO.read_text(encoding="utf-8").replace("Update 1,", "Update 2,")
    draft = drafted(text.replace("Missing and arbitrarily detained in Xinjiang", "مفقودون & محتجزون"))
    shown = page(amara.get(where(draft))).split('id="comparison"')[1]
    assert 'dir="auto"' in shown
    assert "<ins>مفقودون &amp; محتجزون</ins>" in shown


def test_a_first_appeal_is_compared_with_nothing(amara: Client, db: None) -> None:
    draft = drafted(DEMO.read_text(encoding="utf-8"))
    answer = amara.get(where(draft))
    assert (answer.context["comparison"], 'id="comparison"' in page(answer)) == (None, False)
    sent = {"do": "ask", "compared": "1", "shown": answer.context["shown"]}
    assert amara.post(where(draft), sent).status_code == 302


# --- the letter's points and subjects ---------------------------------------------------------------------------------


def test_points_that_stay_are_compared_by_their_words() -> None:
    live = Says(asks=("free them", "say where they are"), points_that_stay=(2,))
    same = Says(asks=("say where they are", "free them"), points_that_stay=(1,))
    other = Says(asks=("free them", "say where they are"), points_that_stay=(1, 9))
    assert "Points that stay" in compare(live, same).same
    (found,) = (one for one in compare(live, other).alarms if one.label == "Points that stay")
    assert (found.old, found.new) == ("say where they are", "free them")


def test_further_subjects_are_compared_and_their_counts_of_people_too() -> None:
    live, new = Says(letter_subjects=("A", "48 people wait")), Says(letter_subjects=("A", "60 people wait"))
    found = compare(live, new)
    assert "Further subjects" in [one.label for one in found.others]
    assert "Numbers of people" in [one.label for one in found.alarms]


def test_a_point_that_stayed_and_may_be_left_out_now_is_an_alarm() -> None:
    live = Says(asks=("free them at once", "say where they are held", "let them be seen"), points_that_stay=(1, 2))
    asks = ("free them all at once", "say where they are held", "let them be seen")
    assert not compare(live, replace(live, asks=asks)).alarms
    (found,) = compare(live, replace(live, asks=asks, points_that_stay=(3,))).alarms
    assert found.question == "A supporter may leave out ask 1 and ask 2 now, and could not before. Is that meant?"
    assert (found.label, found.word) == ("Points that stay", "Changed")
    more = compare(live, replace(live, points_that_stay=(1, 2, 3)))
    assert (more.alarms, [one.label for one in more.others]) == ((), ["Points that stay"])


def test_a_point_that_stayed_and_vanished_is_one_alarm_that_says_so() -> None:
    live = Says(asks=("free them at once", "say where they are held"), points_that_stay=(2,))
    (found,) = compare(live, Says(asks=("free them at once",))).alarms
    assert (found.label, found.old) == ("Ask 2 of the live update", "say where they are held")
    assert (
        found.question == "Every letter had to make this point, and the draft does not. Was it granted, or forgotten?"
    )


def test_of_two_equal_asks_neither_loses_the_one_that_it_was_made_of() -> None:
    assert came_of(["free them now"], ["free them all now", "free them all now"]) == ["free them now", ""]
    assert came_of(["a", "b"], ["b", "a", "x"]) == ["b", "a", ""]
    assert carried_over(["free them now", "b"], [1, 9], ["b", "free them all now"]) == [2]
