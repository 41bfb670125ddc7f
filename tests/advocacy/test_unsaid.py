"""Tests of the names that a campaign must not say: found in any spelling, refused everywhere, shown to nobody."""

import pytest
from django.test import Client

from advocacy import campaigns, changeovers, letters, publishing, unnaming, unsaid, updates
from advocacy.approvals import digest_of
from advocacy.models import Act, Campaign, Letter, Update
from advocacy.models.changeover import Answer
from advocacy.unsaid import found, name_fault
from advocacy.wording import Choices
from mailings.text import UnfitText
from tests.advocacy import pages
from tests.advocacy.making import (
    LEA,
    PAGE,
    approved,
    at_the_desk,
    confirmed,
    drafted,
    gone_live,
    later_text,
    send,
    shown_settings,
    written,
)

NAMES = ["Ayşe Özdemir", "王小明", "Rahile", "محمد", "Łukasz", "राम सिंह", "김철수", "דוד", "Anna Maria"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("We met Ayşe Özdemir.", ["Ayşe Özdemir"]),
        ("AYSE OZDEMIR and her son", ["AYSE OZDEMIR"]),
        ("of Ayşe-Özdemir’s house", ["Ayşe-Özdemir"]),
        ("Ayşe\nÖzdemir", ["Ayşe\nÖzdemir"]),
        ("A\u0301yşe Ozdemir", ["A\u0301yşe Ozdemir"]),
        ("Ayşe waits. Özdemir too.", []),
        ("Ayşe Özdemiroğlu", []),
        ("我是王小明的朋友", ["王小明"]),
        ("王小", []),
        ("Rahile!", ["Rahile"]),
        ("_Rahile_", ["Rahile"]),
        ("Rahiles", []),
        ("rahilé, Rahile", ["rahilé", "Rahile"]),
        ("أخي محمد هناك", ["محمد"]),
        ("ومحمد أيضا", ["ومحمد"]),
        ("مُحَمَّد", ["مُحَمَّد"]),
        ("محمدي", []),
        ("lukasz", ["lukasz"]),
        ("यह राम सिंह है", ["राम सिंह"]),
        ("राम सिंहल", []),
        ("김철수는 어디에", ["김철수"]),
        ("ודוד", ["ודוד"]),
        ("ＲＡＨＩＬＥ", ["ＲＡＨＩＬＥ"]),
        ("Anna, Maria", ["Anna, Maria"]),
        ("Anna and Maria", []),
        ("", []),
    ],
)
def test_a_name_is_found_in_any_spelling_as_whole_words(text: str, quoted: list[str]) -> None:
    assert found(NAMES, text) == quoted


def test_of_two_names_the_longer_one_is_quoted_and_no_name_finds_nothing() -> None:
    assert found(["Anna", "Anna Maria"], "Anna Maria and Anna") == ["Anna Maria", "Anna"]
    assert found([], "Anna") == found([" ", "-"], "Anna - ") == []
    assert found(["(a+)+$", "[x]"], "a" * 5000 + "!") == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("An", "too short"), ("李", "too short"), ("Li", "too short"), ("x" * 101, "100 fit"), ("--", "too short"),
     ("Ana", ""), ("李娜", ""), ("김철", ""), ("Jean-Luc d’Arc", "")],
)  # fmt: skip
def test_a_name_that_would_be_found_everywhere_is_no_name(name: str, said: str) -> None:
    fault = name_fault(name)
    assert said in fault
    assert bool(said) == bool(fault)


# --- a supporter's words ----------------------------------------------------------------------------------------------


@pytest.fixture
def listed(update: Update) -> Update:
    """The demo campaign, which must not name a relative."""
    Campaign.objects.update(not_to_be_said=["Rahile Invented", "王小明"], body_editable=True)
    return Update.objects.select_related("campaign").get(pk=update.pk)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("own_words", "Please ask for RAHILE invented."),
        ("subject", "UA 61/21: for Rahile Invented"),
        ("body", "On UA 61/21, 王小明"),
        ("name", "Rahile Invented"),
        ("city", "Rahile-Invented"),
    ],
)
def test_supporters_are_kindly_refused_with_the_reason(client: Client, listed: Update, field: str, typed: str) -> None:
    answer = send(client, listed, {field: typed})
    page = pages.read(answer.content.decode())
    assert (answer.status_code, Letter.objects.count(), page.faults) == (422, 0, [])
    assert "Please do not name “" in page.beside(field)
    assert "it could harm them" in page.beside(field)
    assert page.value(field) == typed


def test_a_name_that_does_not_leave_may_be_ones_own(client: Client, listed: Update) -> None:
    own = {"name": "Rahile Invented", "own_words": ""}
    assert send(client, listed, own, level="pen", shown_name="Quiet Neighbour").status_code == 302
    answer = send(client, listed, own, level="first", shown_name="Rahile Invented", email="b@example.org")
    assert answer.status_code == 422


def test_the_list_is_on_no_public_page(client: Client, listed: Update) -> None:
    answers = [client.get(PAGE), send(client, listed, own_words="Ask 王小明."), client.get("/")]
    answers.append(client.post(PAGE, {**LEA, "do": "preview"}))
    assert all("Rahile" not in answer.content.decode() for answer in answers)


def test_the_act_itself_refuses_it_too(listed: Update) -> None:
    for choices in (
        Choices("Léa", "Lyon", "FR", own_words="For Rahile Invented."),
        Choices("Rahile Invented", "Lyon", "FR"),
        Choices("Léa", "Lyon", "FR", level="pen", shown_name="Rahile Invented"),
    ):
        with pytest.raises(UnfitText, match="it could harm them"):
            letters.write(listed, "lea@example.org", choices)
    assert Letter.objects.count() == 0


def test_a_letter_that_names_somebody_by_now_is_withdrawn_at_the_next_update(update: Update) -> None:
    letter = confirmed(update, choices=Choices("Léa", "Lyon", "FR", own_words="For Rahile Invented."))
    Campaign.objects.update(not_to_be_said=["Rahile Invented"])
    gone_live(approved(drafted(later_text())), Answer.ANEW)
    changeovers.work(60)
    assert [change.outcome for change in letter.changes.all()] == ["cancelled"]


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("title", "Rahile Invented", "The title"),
        ("summary", "About Rahile Invented.", "The summary"),
        ("facts", "On 王小明。", "The account of what happened"),
        ("additional_information", "rahile invented", "The additional information"),
        ("letter_subject", "UA 61/21: Rahile Invented", "A subject of the letter"),
        ("letter_subjects", ["UA 61/21: Rahile Invented"], "A subject of the letter"),
        ("asks", ["free Rahile Invented"], "Ask 1"),
    ],
)
def test_a_draft_that_says_it_cannot_go_on_its_way(listed: Update, field: str, value: object, where: str) -> None:
    draft = drafted(later_text())
    Update.objects.filter(pk=draft.pk).update(**{field: value})
    draft = Update.objects.get(pk=draft.pk)
    (fault,) = updates.faults(draft)
    assert fault.startswith(f"{where} names “")
    assert "must not say that name" in fault
    with pytest.raises(updates.NotPublishable, match="must not say"):
        publishing.ask(draft, digest_of(draft), by="Ada")


def test_a_letter_text_that_says_it_is_refused_as_well(listed: Update) -> None:
    draft = drafted(later_text().replace("I write about", "For Rahile Invented I write about"))
    assert unsaid.update_faults(draft) == [
        "The letter names “Rahile Invented”. This campaign must not say that name: it could harm them. Take it out."
    ]


SETTINGS = {"confirmation": "on", "subject_editable": "on", "goal": "0", "random_delay_hours": "0", "time_zone": "UTC"}
CAMPAIGN = "/desk/campaigns/ua-61-21/"


def test_the_list_is_kept_in_the_settings_and_not_in_the_trail(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara"))
    typed = "Rahile Invented\r\n  王小明 \r\n\r\nRahile Invented"
    answer = client.post(CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": typed}, follow=True)
    assert answer.status_code == 200
    assert Campaign.objects.get().not_to_be_said == ["Rahile Invented", "王小明"]
    assert (
        client.post(
            CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": "Rahile Invented\nAna Other"}
        ).status_code
        == 302
    )
    told = [act.changes["names that must not be said"] for act in Act.objects.filter(what="settings")]
    assert sorted(told) == [["0", "2"], ["2", "2, not the same"]]
    assert "Rahile" not in client.get(f"{CAMPAIGN}trail/").content.decode()
    assert client.post(CAMPAIGN, {**SETTINGS, **shown_settings()}).status_code == 302
    assert Campaign.objects.get().not_to_be_said == ["Rahile Invented", "Ana Other"]  # the page did not ask


def test_a_list_that_will_not_do_is_refused_and_stays(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara"))
    answer = client.post(CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": "An\nRahile Invented"})
    page = pages.read(answer.content.decode())
    assert (answer.status_code, page.faults, page.value("not_to_be_said")) == (422, [], "An\nRahile Invented")
    assert "“An” is too short" in page.beside("not_to_be_said")
    many = "\n".join(f"Invented {'x' * number}" for number in range(3, 60))
    assert (
        "57 names; 50 fit"
        in client.post(CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": many}).content.decode()
    )
    assert Campaign.objects.get().not_to_be_said == []


def test_a_name_that_the_live_page_says_is_pointed_out(client: Client, update: Update) -> None:
    client.force_login(at_the_desk("amara"))
    answer = client.post(CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": "Xinjiang"}, follow=True)
    assert "The live page. The title names “Xinjiang”" in answer.content.decode()


def test_letters_that_wait_are_pointed_out(client: Client, update: Update) -> None:
    letter = written(update, choices=Choices("Léa", "Lyon", "FR", own_words="For Rahile Invented."))
    other = written(update, "b@example.org", Choices("Rahile Invented", "Lyon", "FR"))
    pen = Choices("Rahile Invented", "Lyon", "FR", level="pen", shown_name="Quiet Neighbour")
    written(update, "c@example.org", pen)
    written(update, "d@example.org")
    client.force_login(at_the_desk("amara"))
    answer = client.post(CAMPAIGN, {**SETTINGS, **shown_settings(), "not_to_be_said": "Rahile Invented"}, follow=True)
    told = f"say a name of the list: 2, with the references {letter.reference}, {other.reference}."
    assert told in answer.content.decode()
    assert "Nobody has confirmed them, and nobody can" in answer.content.decode()
    assert letters.withdraw(letter)
    assert unnaming.waiting(Campaign.objects.get()) == [other.reference]
    assert letters.confirm(other, other.version) is letters.Confirmed.NAMES_SOMEBODY


# --- words of the desk that stand on the page, or in the trail for ever -----------------------------------------------

STATE = "/desk/campaigns/ua-61-21/state/"


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "stop", "stop-why": "freed", "stop-reason": "Rahile Invented told us that he is free."},
        {"do": "pause", "reason": "We ask rahile INVENTED first."},
        {"do": "close", "reason": "We thank 王小明."},
    ],
)
def test_no_reason_says_it(client: Client, listed: Update, sent: dict[str, str]) -> None:
    client.force_login(at_the_desk("amara"))
    acts = Act.objects.count()
    answer = client.post(STATE, sent)
    page = pages.read(answer.content.decode())
    field = "stop-reason" if sent["do"] == "stop" else "reason"
    assert (answer.status_code, page.faults, Act.objects.count()) == (422, [], acts)
    assert "This campaign must not say “" in page.beside(field)
    assert page.value(field) == sent[field]
    assert Campaign.objects.get().status == "open"
    assert client.post(STATE, {**sent, field: "We check a fact."}).status_code == 302


def test_neither_does_a_reason_at_a_draft(client: Client, listed: Update) -> None:
    client.force_login(at_the_desk("amara"))
    draft = gone_live(approved(drafted(later_text())))
    where = f"/desk/updates/{listed.pk}/preview/"
    shown = client.get(where).context["shown"]
    back = {"do": "ask_back", "shown": shown, "return-reason": "Rahile Invented asked us to."}
    answer = client.post(where, back)
    assert (answer.status_code, draft.campaign.acts.filter(note__contains="Rahile").count()) == (422, 0)
    assert client.post(where, {**back, "return-reason": "It was wrong."}).status_code == 302
    no = {"do": "send_back", "back-reason": "For Rahile Invented’s sake."}
    assert client.post(where, no).status_code == 422
    assert not Act.objects.filter(note__contains="Rahile").exists()


def test_a_reason_on_the_page_that_says_it_by_now_is_shown_no_longer(client: Client, update: Update) -> None:
    campaigns.pause(update.campaign, by="Ada", reason="Rahile Invented wrote to us.")
    assert "Rahile Invented" in client.get(PAGE).content.decode()
    campaigns.change_settings(Campaign.objects.get(), {"not_to_be_said": ["Rahile Invented"]}, by="Ada")
    assert "Rahile Invented" not in client.get(PAGE).content.decode()
    assert Act.objects.latest("pk").note == campaigns.NAMED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Rahile Invented"),
        ("organisation", "Office of Rahile Invented"),
        ("address_lines", ["c/o Rahile Invented", "Town"]),
        ("by_country", [{"country": "CA", "office": 1, "name": "Rahile Invented", "email": "a@example.org"}]),
    ],
)
def test_what_is_printed_of_an_office_is_looked_at_too(listed: Update, field: str, value: object) -> None:
    draft = drafted(later_text())
    draft.targets.filter(position=2).update(**{field: value})
    (fault,) = unsaid.update_faults(Update.objects.get(pk=draft.pk))
    assert fault.startswith("What is printed of ")
    assert "names “Rahile Invented”" in fault


def test_the_country_of_an_update_is_looked_at_too(listed: Update) -> None:
    draft = drafted(later_text())
    draft.country = "Rahile Invented"
    assert unsaid.update_faults(draft)[0].startswith("The country names “Rahile Invented”")


# --- a name in two pieces ---------------------------------------------------------------------------------------------

PARTS = [
    {"body": "On UA 61/21: help Rahile [my own words] now. {asks}", "own_words": "Invented"},
    {"body": "On UA 61/21: help Rahile [my name] now. {asks}", "own_words": "", "name": "Invented"},
]


@pytest.mark.parametrize("parts", PARTS)
def test_a_name_in_pieces_is_found_in_the_finished_letter(
    client: Client, listed: Update, parts: dict[str, str]
) -> None:
    asks = "\n\n".join(listed.asks)
    typed = {**parts, "body": parts["body"].replace("{asks}", asks)}
    answer = send(client, listed, typed)
    page = pages.read(answer.content.decode())
    assert (answer.status_code, Letter.objects.count(), page.faults) == (422, 0, [])
    assert "Please do not name “Rahile Invented” here" in page.beside("own_words")
    choices = Choices(typed.get("name", "Léa"), "Lyon", "FR", own_words=typed["own_words"], body=typed["body"])
    with pytest.raises(UnfitText, match="do not name “Rahile Invented” here"):
        letters.write(listed, "lea@example.org", choices)


def test_a_name_that_the_letter_itself_says_is_not_held_against_its_writers(listed: Update) -> None:
    """The desk is told of it; nobody could write any more, and nobody would know why."""
    Campaign.objects.update(not_to_be_said=["Xinjiang"])
    live = Update.objects.select_related("campaign").get(pk=listed.pk)
    assert "Xinjiang" in live.letter_text
    letter = written(live, choices=Choices("Léa", "Lyon", "FR", own_words="I wait for news."))
    assert letters.confirm(letter, letter.version) is letters.Confirmed.NOW
