"""Tests of the points of a letter: chosen, put in order, kept with the letter, and carried to another update."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from advocacy import changeovers, drafts, letters, points
from advocacy.models import Campaign, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.models.identity import Level
from advocacy.wording import Choices, letter_mails
from tests.advocacy import pages
from tests.advocacy.making import (
    DEMO,
    LEA,
    PAGE,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    letter_of,
    messages_of,
    published,
    send,
    ticks,
    written,
)

FIRST, SECOND, THIRD = "Release at once", "Say, until they are released", "Let a doctor see them"
PLAIN = Choices("Cleo Gill", "Leeds", "GB")


@pytest.fixture
def three(db: None) -> Update:
    """A live update with three asks, of which the second is in every letter."""
    return live(with_a_third(later_text()), stay=[2])


def with_a_third(text: str) -> str:
    lines = text.split("\n")
    place = next(number for number, line in enumerate(lines) if "say, until they are released" in line.casefold())
    return "\n".join([*lines[: place + 1], lines[place][:2] + THIRD[0].lower() + THIRD[1:], *lines[place + 1 :]])


def live(text: str, stay: list[int], answer: Answer = Answer.GO) -> Update:
    draft = drafted(text)
    Update.objects.filter(pk=draft.pk).update(points_that_stay=stay)
    draft.refresh_from_db()
    return gone_live(approved(draft), answer)


def asked(letter: Letter) -> list[str]:
    """The points of the newest letter to an office, in their order, without the words' ends."""
    text = messages_of(letter)[-1].content.text
    lines = [line for line in text.split("\n") if line[:1].isdigit() and line[1:3] == ". "]
    known = (FIRST, SECOND, THIRD)
    return [next(one for one in known if line[3:].casefold().startswith(one.casefold())) for line in lines]


def boxes(update: Update, **changed: str) -> dict[str, str]:
    """The points as the form sends them when nobody touched them, with other things over it; "" leaves a box out."""
    sent: dict[str, str] = {}
    for number in range(1, len(update.asks) + 1):
        sent |= {f"point-{number}": "1", f"place-{number}": str(number), f"was-{number}": str(number)}
    sent |= {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in sent.items() if value}


def test_the_update_of_this_test_has_three(three: Update) -> None:
    assert [ask[:8].casefold() for ask in three.asks] == [one[:8].casefold() for one in (FIRST, SECOND, THIRD)]


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stay", "chosen", "made"),
    [
        ([], [], ()),
        ([], [1, 2, 3], ()),
        ([], [3], (3,)),
        ([], [3, 1, 2], (3, 1, 2)),
        ([2], [3], (3, 2)),
        ([1, 2], [3, 2], (3, 2, 1)),
        ([1, 2, 3], [2], (2, 1, 3)),
        ([2], [2], (2,)),
        ([], [9, 0, -1], ()),
        ([9], [1], (1,)),
        ([], [2, 2, 1, 2], (2, 1)),
    ],
)
def test_what_must_stay_stays_and_the_order_holds(stay: list[int], chosen: list[int], made: tuple[int, ...]) -> None:
    assert points.settled(3, stay, chosen) == made


@given(st.lists(st.integers(-2, 9), max_size=8), st.lists(st.integers(-2, 9), max_size=8), st.integers(1, 6))
def test_no_choice_makes_a_letter_without_a_point(stay: list[int], chosen: list[int], count: int) -> None:
    asks = [f"ask {number}" for number in range(1, count + 1)]
    made = points.made(asks, stay, chosen)
    assert made
    assert len(made) == len(set(made))
    assert set(made) <= set(asks)
    assert {asks[number - 1] for number in stay if 0 < number <= count} <= set(made)


def test_points_go_to_another_update_by_their_words() -> None:
    old, new = ["a", "b", "c"], ["x", "c", "a"]
    assert points.carried(old, new, [], [3, 1]) == (2, 3)
    assert points.carried(old, new, [1], [3]) == (2, 1)
    assert points.carried(old, new, [], [2]) == ()
    assert points.carried(old, new, [], []) == ()
    assert points.carried(old, old, [], [3, 1]) == (3, 1)


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_form_offers_each_point_with_a_box_and_a_place(client: Client, three: Update) -> None:
    html = client.get(PAGE).content.decode()
    page = pages.read(html)
    assert page.faults == []
    assert [value for _, name, value in page.fields if name.startswith("place-")] == ["1", "2", "3"]
    assert html.count("(in every letter)") == 1
    assert 'name="point-2" value="1" checked disabled' in html


@pytest.mark.parametrize(
    ("changed", "expected", "stored"),
    [
        ({}, [FIRST, SECOND, THIRD], []),
        ({"point_1": ""}, [SECOND, THIRD], [2, 3]),
        ({"point_1": "", "point_2": "", "point_3": ""}, [SECOND], [2]),
        ({"place_3": "1"}, [THIRD, FIRST, SECOND], [3, 1, 2]),
        ({"place_1": "3"}, [SECOND, THIRD, FIRST], [2, 3, 1]),
        ({"place_1": "2"}, [SECOND, FIRST, THIRD], [2, 1, 3]),
        ({"place_1": "3", "place_3": "1"}, [THIRD, SECOND, FIRST], [3, 2, 1]),
        ({"place_3": "1", "point_1": ""}, [THIRD, SECOND], [3, 2]),
        ({"place_1": "x", "place_2": "-4", "place_3": "99999999"}, [FIRST, SECOND, THIRD], []),
    ],
)
def test_what_is_ticked_and_placed_is_what_leaves(
    client: Client, three: Update, changed: dict[str, str], expected: list[str], stored: list[int]
) -> None:
    shown = client.post(PAGE, {**LEA, "do": "preview", **boxes(three, **changed)}).content.decode()
    assert send(client, three, boxes(three, **changed)).status_code == 302
    letter = letter_of(LEA["email"])
    assert (letter.points, asked(letter)) == (stored, expected)
    part = shown[shown.index('<article class="paper"') :]
    listed = part[part.index("<ol") : part.index("</ol>")].casefold()
    assert [listed.find(one.casefold()) for one in expected] == sorted(listed.find(one.casefold()) for one in expected)
    assert all((one.casefold() in listed) is (one in expected) for one in (FIRST, SECOND, THIRD))


def test_a_second_turn_begins_where_the_first_one_ended(client: Client, three: Update) -> None:
    shown = client.post(PAGE, {**LEA, "do": "preview", **boxes(three, place_3="1")})
    page = pages.read(shown.content.decode())
    order = [name for _, name, _ in page.fields if name.startswith("place-")]
    assert order == ["place-3", "place-1", "place-2"]
    again = {"place-3": "1", "was-3": "1", "place-1": "2", "was-1": "2", "place-2": "2", "was-2": "3"}
    ticked = {f"point-{number}": "1" for number in (1, 2, 3)}
    assert send(client, three, {**ticked, **again}).status_code == 302
    assert asked(letter_of(LEA["email"])) == [THIRD, SECOND, FIRST]


def test_a_letter_without_a_point_is_refused_in_words(client: Client, update: Update) -> None:
    answer = send(client, update, boxes(update, point_1="", point_2="", place_2="1"), own_words="Kept.")
    page = pages.read(answer.content.decode())
    assert (answer.status_code, Letter.objects.count(), page.faults) == (422, 0, [])
    assert "Keep at least one point" in page.words["id_points"]
    assert ("#id_points" in answer.content.decode(), page.value("own_words")) == (True, "Kept.")
    assert [name for _, name, _ in page.fields if name.startswith("place-")] == ["place-2", "place-1"]


def test_a_form_from_elsewhere_that_knows_no_points_makes_all_of_them(client: Client, three: Update) -> None:
    assert send(client, three).status_code == 302
    assert asked(letter_of(LEA["email"])) == [FIRST, SECOND, THIRD]


def test_one_ask_is_no_choice(client: Client, db: None) -> None:
    text = DEMO.read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if not line[2:].casefold().startswith("say, until they are released")]
    update = published("\n".join(lines))
    assert len(update.asks) == 1
    assert "point-1" not in client.get(PAGE).content.decode()
    assert send(client, update).status_code == 302


# --- a text that its writer edits, and what must stay ----------------------------------------------------------------


def edited(client: Client, update: Update, body: str, **typed: str) -> Any:
    Campaign.objects.update(body_editable=True)
    return send(client, update, {"body": body, **typed})


def test_an_edited_text_keeps_what_must_stay(client: Client, three: Update) -> None:
    must = three.asks[1]
    assert edited(client, three, f"On UA 61/21. I ask you to\n{must.upper()}!").status_code == 302
    assert letter_of(LEA["email"]).points == []


@pytest.mark.parametrize(
    ("body", "subject", "said"),
    [
        ("On UA 61/21, I ask for mercy.", "Mine", "This point must stay, in these words: "),
        ("I ask you to {must}.", "Mine", "The letter must name the case, UA 61/21."),
    ],
)
def test_an_edited_text_without_it_is_refused_and_nothing_is_lost(
    client: Client, three: Update, body: str, subject: str, said: str
) -> None:
    typed = body.format(must=three.asks[1])
    answer = edited(client, three, typed, subject=subject)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, Letter.objects.count()) == (422, 0)
    assert said in page.beside("body")
    assert page.value("body") == typed
    assert edited(client, three, typed, subject="UA 61/21: mine").status_code == (422 if "point" in said else 302)


def test_where_nothing_is_named_one_point_stays_all_the_same(client: Client, update: Update) -> None:
    answer = edited(client, update, "On UA 61/21: hello.")
    assert "Keep at least one point, such as: " in pages.read(answer.content.decode()).beside("body")
    assert edited(client, update, f"On UA 61/21: {update.asks[1]}.").status_code == 302


# --- another update ---------------------------------------------------------------------------------------------------


def second(text: str, answer: Answer) -> Update:
    update = live(text.replace("Update 2,", "Update 3,"), [2], answer)
    changeovers.work(60)
    return update


def test_chosen_points_of_the_same_asks_are_no_edit(three: Update) -> None:
    letter = confirmed(three, choices=Choices("Cleo Gill", "Leeds", "GB", points=(3, 2)))
    update = second(with_a_third(later_text()), Answer.ANEW)
    after = letter_of(LEA["email"])
    assert [change.outcome for change in letter.changes.all()] == ["anew"]
    assert (after.update, after.points, asked(after)) == (update, [3, 2], [THIRD, SECOND])


def test_chosen_points_of_changed_asks_are_an_edit(three: Update) -> None:
    letter = confirmed(three, choices=Choices("Cleo Gill", "Leeds", "GB", points=(3, 2)))
    untouched = confirmed(three, "second@example.org", PLAIN)
    text = with_a_third(later_text()).replace("Update 2,", "Update 3,")
    draft = drafted(text.replace("release at once everyone", "free at once everyone", 1))
    assert changeovers.waiting(draft).edited == 1
    Update.objects.filter(pk=draft.pk).update(points_that_stay=[2])
    draft.refresh_from_db()
    gone_live(approved(draft), Answer.ANEW)
    changeovers.work(60)
    assert [change.outcome for change in letter.changes.all()] == ["asked"]
    assert [change.outcome for change in untouched.changes.all()] == ["anew"]
    after = letter_of(LEA["email"])
    assert (after.points, asked(after), after.confirmed_at) == ([3, 2], [THIRD, SECOND], None)


def test_a_text_that_lacks_what_must_stay_by_now_is_withdrawn(three: Update) -> None:
    Campaign.objects.update(body_editable=True)
    own = Choices("Cleo Gill", "Leeds", "GB", body=f"On UA 61/21: {three.asks[1]}.")
    letter = confirmed(three, choices=own)
    live(later_text(3).replace("say, until they are released", "tell, until they are released", 1), [2], Answer.ASK)
    changeovers.work(60)
    assert [change.outcome for change in letter.changes.all()] == ["cancelled"]


@pytest.mark.parametrize(("most", "outcome"), [(Level.PLACE, "asked"), (Level.ORGANISATION, "cancelled")])
def test_a_text_that_would_lose_what_must_stay_with_an_empty_line_is_withdrawn(
    three: Update, most: Level, outcome: str
) -> None:
    Campaign.objects.update(body_editable=True)
    own = Choices("Cleo Gill", "Leeds", "GB", body=f"On UA 61/21, from [my country]: {three.asks[1]}.")
    letter = confirmed(three, choices=own)
    Campaign.objects.update(most_identity=most)
    second(with_a_third(later_text()), Answer.ASK)
    assert [change.outcome for change in letter.changes.all()] == [outcome]


def test_writing_again_with_other_points_makes_the_letter_anew(three: Update) -> None:
    first = written(three, choices=PLAIN)
    letters.write(three, LEA["email"], Choices("Cleo Gill", "Leeds", "GB", points=(2, 1)))
    again = letter_of(LEA["email"])
    assert (again.code, again.version, again.points) == (first.code, 2, [2, 1])
    assert asked(again) == [SECOND, FIRST]
    letters.write(three, LEA["email"], Choices("Cleo Gill", "Leeds", "GB", points=(2, 1)))
    assert letter_of(LEA["email"]).version == 2


def test_a_choice_that_the_update_forbids_leaves_in_no_letter(three: Update) -> None:
    (mail,) = letter_mails(three, Choices("Cleo Gill", "Leeds", "GB", points=(1,)))
    assert three.asks[1] in mail.text


# --- a text that is pasted says nothing of what stays -----------------------------------------------------------------


def pasted(text: str, campaign: Campaign | None = None) -> Update:
    return drafts.begin(text, campaign, over=False, by="Ada")[0]


def newer(text: str) -> str:
    return with_a_third(text).replace("Update 2,", "Update 3,")


@pytest.mark.parametrize("there", [True, False], ids=["from its campaign", "from nowhere"])
def test_an_ask_that_stayed_stays_in_a_pasted_update_whatever_its_number(three: Update, there: bool) -> None:
    text = newer(later_text()).replace("say, until they are released", "tell us, until they are all released", 1)
    lines = text.split("\n")
    place = next(number for number, line in enumerate(lines) if "release at once everyone" in line.casefold())
    lines.insert(place, f"{lines[place][:2]}let their families write to them")
    draft = pasted("\n".join(lines), three.campaign if there else None)
    assert draft.asks[2].startswith("tell us, until they are all released")
    assert draft.points_that_stay == [3]


def test_an_ask_that_stayed_and_vanished_is_ticked_by_both(client: Client, three: Update) -> None:
    lines = [line for line in newer(later_text()).split("\n") if "say, until they are released" not in line.casefold()]
    draft = pasted("\n".join(lines), three.campaign)
    assert draft.points_that_stay == []
    assert_both_tick(client, draft, "Ask 2 of the live update", "Every letter had to make this point")


def test_an_ask_that_no_longer_stays_is_ticked_by_both(client: Client, three: Update) -> None:
    draft = pasted(newer(later_text()), three.campaign)
    drafts.keep(draft, drafts.stamp(draft), {"points_that_stay": [1]}, drafts.targets_of(draft), by="amara")
    assert_both_tick(client, draft, "Points that stay", "A supporter may leave out ask 2 now")


def assert_both_tick(client: Client, draft: Update, label: str, question: str) -> None:
    """Neither asking for approval nor giving it goes on without the tick of this alarm."""
    where = f"/desk/updates/{draft.pk}/preview/"
    for name, act in (("amara", "ask"), ("ben", "approve")):
        client.force_login(at_the_desk(name))
        shown = client.get(where)
        assert question in shown.content.decode()
        keys = {row.difference.label: f"alarm-{row.difference.key}" for row in shown.context["comparison"].alarms}
        sent = {"do": act, "shown": shown.context["shown"], "compared": "1", **ticks(shown)}
        del sent[keys[label]]
        refused = client.post(where, sent)
        assert refused.status_code == 422
        assert f"{label}: compare it, then tick its box." in refused.content.decode()
        assert client.post(where, {**sent, keys[label]: "1"}).status_code == 302


def test_a_file_that_is_loaded_keeps_what_stays_as_well(three: Update, tmp_path: Path) -> None:
    file = tmp_path / "update-3.txt"
    file.write_text(newer(later_text()), encoding="utf-8")
    call_command("load_campaign", str(file), stdout=StringIO())
    assert Update.objects.get(number=3).points_that_stay == [2]
